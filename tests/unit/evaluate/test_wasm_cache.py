"""The cache of machine code: only from a folder that nobody else could have written to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from s2sguard.evaluate import wasm_cache


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use a cache below a fresh folder and return where its entries lie."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "s2sguard" / "wasm"


def test_what_is_stored_is_found(cache: Path) -> None:
    """The folder is private, and so is the entry."""
    wasm_cache.store("ab", b"code")
    assert b"code" == wasm_cache.load("ab")
    assert (0o700, 0o600) == (cache.stat().st_mode & 0o777, (cache / "ab").stat().st_mode & 0o777)


def test_what_was_never_stored_is_not_there() -> None:
    """A first run compiles."""
    assert wasm_cache.load("ab") is None


def test_a_damaged_entry_is_not_run(cache: Path) -> None:
    """Machine code with one bit changed would crash the process."""
    wasm_cache.store("ab", b"code")
    (cache / "ab").write_bytes((cache / "ab").read_bytes()[:-1] + b"X")
    assert wasm_cache.load("ab") is None


@pytest.mark.parametrize("part", ["ab", ".", ".."])
def test_what_others_could_change_is_not_run(cache: Path, part: str) -> None:
    """An entry, its folder or the folder above that others can write to is not trusted."""
    wasm_cache.store("ab", b"code")
    (cache / part).chmod(0o777)
    assert wasm_cache.load("ab") is None


def test_a_link_to_another_folder_is_not_trusted(cache: Path, tmp_path: Path) -> None:
    """A symbolic link could lead anywhere."""
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    cache.parent.mkdir(mode=0o700)
    cache.symlink_to(other)
    wasm_cache.store("ab", b"code")
    assert [] == list(other.iterdir())


def test_a_home_that_cannot_be_written_to_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a cache everything still works."""
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    wasm_cache.store("ab", b"code")
    assert wasm_cache.load("ab") is None


def test_no_home_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may run as a user that does not exist."""

    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    monkeypatch.setattr(Path, "home", homeless)
    wasm_cache.store("ab", b"code")
    assert wasm_cache.load("ab") is None


def test_old_entries_are_forgotten(cache: Path) -> None:
    """Every new pack or wasmtime makes an entry; the newest eight stay."""
    for number in range(10):
        wasm_cache.store(f"{number:02}", b"code")
        os.utime(cache / f"{number:02}", (number, number))
    wasm_cache.store("new", b"code")
    assert 8 == len(list(cache.iterdir()))
    assert b"code" == wasm_cache.load("new")
