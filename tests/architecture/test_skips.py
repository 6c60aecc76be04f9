"""Nothing is skipped unseen in CI: the rule in `tests/conftest.py` is itself tested, in a pytest of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"
TESTS = """\
import socket
import pytest

def test_skips():
    pytest.skip("no tool")

@pytest.mark.skipif(True, reason="no tool")
def test_is_skipped():
    pass

@pytest.mark.may_skip("nobody has it")
def test_may_skip():
    pytest.skip("not here")

@pytest.mark.xfail(strict=True)
def test_is_expected_to_fail():
    assert 1 == 2

def test_of_the_corpus(corpus):
    pass

def test_reaches_out():
    with pytest.raises(OSError, match="reach the network"):
        socket.create_connection(("192.0.2.1", 9), timeout=1)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with our conftest and tests that are skipped in every way."""
    inner = tmp_path_factory.mktemp("project") / "tests"
    inner.mkdir()
    shutil.copy(CONFTEST, inner)
    (inner / "test_it.py").write_text(TESTS, encoding="utf-8")
    (inner / "pytest.ini").write_text("[pytest]\nmarkers =\n    may_skip(reason): allowed\n", encoding="utf-8")
    return inner


def outcomes(folder: Path, **environment: str) -> dict[str, int]:
    """Run the tests in `folder` with `environment` and return how many ended how."""
    clean = {name: value for name, value in os.environ.items() if name not in {"CI", "S2SGUARD_CORPUS"}}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=folder, env=clean | environment, capture_output=True, text=True, check=False)
    return {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", done.stdout.splitlines()[-1].rpartition(" in ")[0])}


def test_a_skip_is_a_skip_at_home(folder: Path) -> None:
    """Without `CI` a missing tool skips its tests."""
    assert {"passed": 1, "skipped": 4, "xfailed": 1} == outcomes(folder)


def test_a_skip_is_a_failure_in_ci(folder: Path) -> None:
    """With `CI=true` only tests of the corpus, and those that say why, may be skipped."""
    assert {"error": 1, "failed": 1, "passed": 1, "skipped": 2, "xfailed": 1} == outcomes(folder, CI="true")
