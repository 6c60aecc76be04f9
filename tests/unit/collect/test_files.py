"""Paths into documents: folders, special files and everything that cannot be opened."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from s2sguard.collect import files
from s2sguard.collect.files import Loaded, load

Short = tuple[str, object, tuple[str, ...]]


def short(found: Iterable[Loaded], root: Path) -> list[Short]:
    """Return file name below `root`, value and gap kinds of every file that was not ignored."""
    return [
        (str(Path(item.file).relative_to(root)), item.document.value if item.document else None, tuple(gap.kind for gap in item.gaps))
        for item in found
        if not item.ignored
    ]


def test_a_folder_is_read_recursively_in_sorted_order(tmp_path: Path) -> None:
    """All `*.json` below a folder are read, in an order that does not depend on the file system."""
    for name in ("b.json", "a/z.JSON", "a/b/c.json", "c.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f'"{name}"', encoding="utf-8")
    names = [name for name, _, _ in short(load([tmp_path]), tmp_path)]
    assert names == ["a/b/c.json", "a/z.JSON", "b.json", "c.json"]


def test_other_files_are_counted_and_hidden_ones_skipped(tmp_path: Path) -> None:
    """What is not named `*.json` is listed as ignored; hidden files and folders are not even that."""
    for name in ("notes.md", "main.tf", "a.json", ".hidden.json", ".git/config.json", ".terraform/x.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1", encoding="utf-8")
    found = list(load([tmp_path]))
    assert short(found, tmp_path) == [("a.json", 1, ()), ("main.tf", None, ())]
    assert [Path(item.file).name for item in found if item.ignored] == ["notes.md"]
    assert [(Path(item.file).name, item.named) for item in found if item.script is not None] == [("main.tf", False)]


def test_a_bad_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    """After a file that is not JSON the rest of the folder is still read."""
    (tmp_path / "a.json").write_text("{", encoding="utf-8")
    (tmp_path / "b.json").write_text("1", encoding="utf-8")
    assert short(load([tmp_path]), tmp_path) == [("a.json", None, ("not-json",)), ("b.json", 1, ())]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    """A loop of links cannot trap a scan, and what lies behind them is a gap; links to files are read."""
    (tmp_path / "real.json").write_text("1", encoding="utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "loop.json").symlink_to(tmp_path)
    (tmp_path / "link.json").symlink_to("real.json")
    (tmp_path / "self.json").symlink_to("self.json")
    (tmp_path / "gone.json").symlink_to("nowhere.json")
    assert short(load([tmp_path]), tmp_path) == [
        ("gone.json", None, ("unreadable-file",)),
        ("link.json", 1, ()),
        ("loop", None, ("unreadable-file",)),
        ("loop.json", None, ("unreadable-file",)),
        ("real.json", 1, ()),
        ("self.json", None, ("unreadable-file",)),
    ]


def test_a_link_to_a_folder_given_by_name_is_read(tmp_path: Path) -> None:
    """What the user names is followed."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.json").write_text("1", encoding="utf-8")
    (tmp_path / "link").symlink_to("real")
    assert short(load([tmp_path / "link"]), tmp_path) == [("link/a.json", 1, ())]


@pytest.mark.parametrize("path", ["missing.json", "missing/", "with\0null.json", "x" * 5000], ids=["missing", "folder", "null", "long"])
def test_a_path_that_cannot_be_opened_is_a_gap(path: str, tmp_path: Path) -> None:
    """A missing or impossible path is a gap that does not repeat itself."""
    (found,) = load([f"{tmp_path}/{path}"])
    assert [(gap.kind, gap.reason.startswith("cannot be read: ")) for gap in found.gaps] == [("unreadable-file", True)]


def test_pipes_and_devices_are_refused_without_waiting(tmp_path: Path) -> None:
    """Opening a pipe nobody writes to does not hang, and an endless device is not read."""
    os.mkfifo(tmp_path / "pipe.json")
    found = [*load([tmp_path / "pipe.json", "/dev/zero"])]
    reasons = [gap.reason for item in found for gap in item.gaps]
    assert reasons == ["cannot be read: not a regular file; pipe its content into `-`"] * 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.may_skip("containers run as root, who may read everything")
def test_a_file_without_permission_is_a_gap(tmp_path: Path) -> None:
    """An unreadable file and an unreadable folder are gaps."""
    (tmp_path / "a.json").write_text("1", encoding="utf-8")
    (tmp_path / "a.json").chmod(0)
    (tmp_path / "b").mkdir(mode=0)
    assert short(load([tmp_path]), tmp_path) == [("a.json", None, ("unreadable-file",)), ("b", None, ("unreadable-file",))]


def test_a_large_file_is_refused_by_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file above the limit is not read, and the one after it is."""
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    (tmp_path / "a.json").write_text('"' + "x" * 10 + '"', encoding="utf-8")
    (tmp_path / "b.json").write_text('"' + "x" * 8 + '"', encoding="utf-8")
    assert short(load([tmp_path]), tmp_path) == [("a.json", None, ("too-large",)), ("b.json", "x" * 8, ())]


def test_two_hundred_megabytes_are_refused_at_once(tmp_path: Path) -> None:
    """The real limit holds; the sparse file costs nothing to make, and must cost nothing to refuse."""
    with (tmp_path / "big.json").open("wb") as file:
        file.truncate(200_000_000)
    assert short(load([tmp_path]), tmp_path) == [("big.json", None, ("too-large",))]


def test_standard_input_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` stands for standard input, however often it is given, with the same limit."""
    found = list(load(["-", "-"], stdin=io.BytesIO(b'{"a": 1}')))
    assert [(item.file, item.document and item.document.value) for item in found] == [("-", {"a": 1})]
    monkeypatch.setattr(files, "MAX_BYTES", 3)
    assert [gap.kind for item in load(["-"], stdin=io.BytesIO(b"12345")) for gap in item.gaps] == ["too-large"]


def test_a_file_name_that_is_no_text_can_still_be_printed(tmp_path: Path) -> None:
    """File names are bytes: one that is not UTF-8 must not break a report later."""
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.json")).write_text("1", encoding="utf-8")
    except OSError:
        return  # a file system that only has UTF-8 names cannot show this
    (found,) = load([tmp_path])
    assert found.file.encode().endswith(b"/\\xff.json")


def test_a_named_folder_with_nothing_to_read_is_a_gap(tmp_path: Path) -> None:
    """A download that brought nothing must be seen beside one that brought something; a folder inside a folder may be empty."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "README.md").write_text("text", encoding="utf-8")
    (tmp_path / "full" / "inner").mkdir(parents=True)
    (tmp_path / "full" / "a.json").write_text("[]", encoding="utf-8")
    found = list(load([tmp_path / "empty", tmp_path / "notes", tmp_path / "full"]))
    gaps = [(Path(one.file).name, gap.kind) for one in found for gap in one.gaps]
    assert gaps == [("empty", "unreadable-file"), ("notes", "unreadable-file")]
