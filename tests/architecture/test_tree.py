"""What no file of the tree may hold, and what different files must agree on."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Written in pieces, so that this file does not match itself.
FORBIDDEN = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE" + r" KEY-----\s+[A-Za-z0-9+/=]{40}"),
    "a storage account key": re.compile(r"AccountKey=[A-Za-z0-9+/]{40}"),
    "a shared access signature": re.compile(r"[?&]sig=[A-Za-z0-9%]{30}"),
    "an access token": re.compile(r"\b(?:ghp_[A-Za-z0-9]{36}|AKIA[A-Z0-9]{16}|eyJ[A-Za-z0-9_-]{20,}\.eyJ)"),
    "the shared key of the source article": re.compile("Msft123" * 2),
    "a path of somebody's machine": re.compile(r"/(?:home/\w+|Users/\w+|work)" + "/"),
}


def tree() -> list[Path]:
    """Return every file that is, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607 - the git on the path
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is no git checkout")
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.may_skip("an unpacked sdist has no list of files")
@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds_a_secret_or_a_private_path(what: str) -> None:
    """No committed file holds what looks like a secret, or names a folder of one machine."""
    files = {path: path.read_text(encoding="utf-8", errors="replace") for path in tree()}
    assert [str(path.relative_to(ROOT)) for path, text in files.items() if FORBIDDEN[what].search(text)] == []


def test_forbidden_things_are_found() -> None:
    """The patterns match what they are meant for."""
    examples = {
        "a private key": "-----BEGIN RSA PRIVATE" + " KEY-----\n" + "a" * 64,
        "a storage account key": "AccountKey=" + "a" * 40,
        "a shared access signature": "https://x/y?sig=" + "a" * 30,
        "an access token": "ghp_" + "a" * 36,
        "the shared key of the source article": "Msft123" * 2,
        "a path of somebody's machine": "/home/" + "alice/x",
    }
    assert [what for what, text in examples.items() if not FORBIDDEN[what].search(text)] == []
    assert sorted(examples) == sorted(FORBIDDEN)


def test_tool_versions_agree() -> None:
    """Regal's own module is pinned to the version in the one list of pins."""
    pins = (ROOT / ".ci" / "tools" / "versions").read_text(encoding="utf-8")
    (version,) = re.findall(r"^regal (\S+) ", pins, re.MULTILINE)
    assert f"github.com/open-policy-agent/regal {version}\n" in (ROOT / ".ci/tools/regal/go.mod").read_text(encoding="utf-8")


def test_ci_runs_what_the_readme_says() -> None:
    """The README's test command, the CI script and the Makefile are the same thing."""
    assert "\nmake test\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_make_target_is_explained() -> None:
    """Every target a contributor can type is in the table of CONTRIBUTING.md, and in `make help`."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    described = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    table = set(re.findall(r"^\| `make ([a-z-]+)", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert table == described
