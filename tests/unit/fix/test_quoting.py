"""Quoting: a hostile name stays one string in every language, and never acts on a terminal."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.fix.snippets.quoting import bicep, comment, hcl, powershell, shell

HOSTILE = (
    "to-red",
    "it's",
    "a b; rm -rf / #",
    "$(id) `id` ${HOME} %{if}",
    'q"q\\',
    "line\nbreak\r\t",
    "\x1b[31m red \x07",
    "\u202egnp.exe\u2066",
    "\u2018id\u2019 \u201cx\u201d \u201e",
    "'; Remove-AzResource #",
    "''' @\" \"@",
    "\U000e0001 \U0001f600 é",
    "```\n```sh",
    "--set",
)
NAMES = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=30)


def unquoted_powershell(text: str) -> str:
    """Read one PowerShell string as its language specification says, or fail."""
    if text.startswith("'"):
        inner = text[1:-1]
        assert text.endswith("'")
        assert re.fullmatch("(?:[^'\u2018\u2019\u201a\u201b]|(['\u2018\u2019\u201a\u201b])\\1)*", inner)
        return re.sub("(['\u2018\u2019\u201a\u201b])\\1", r"\1", inner)
    assert text[0] == text[-1] == '"'
    inner = text[1:-1]
    assert re.fullmatch('(?:[^"`$\u201c\u201d\u201e]|`u\\{[0-9a-f]+\\}|`[^u])*', inner)
    return re.sub(r"`(?:u\{([0-9a-f]+)\}|(.))", lambda found: chr(int(found[1], 16)) if found[1] else found[2], inner)


def unquoted_bicep(text: str) -> str:
    """Read one Bicep string as its documentation says, or fail."""
    inner = text[1:-1]
    assert text[0] == text[-1] == "'"
    assert re.fullmatch(r"(?:[^'\\$]|\$(?!\{)|\\(?:\\|'|\$|u\{[0-9a-f]+\}))*", inner)
    return re.sub(r"\\(?:u\{([0-9a-f]+)\}|(.))", lambda found: chr(int(found[1], 16)) if found[1] else found[2], inner)


def unquoted_hcl(text: str) -> str:
    """Read one Terraform string as its documentation says, or fail: templates are doubled."""
    inner = text[1:-1]
    assert text[0] == text[-1] == '"'
    assert re.fullmatch(r'(?:\$\$\{|%%\{|[^"\\$%]|[$%](?!\{)|\\(?:["\\]|u[0-9a-f]{4}|U[0-9a-f]{8}))*', inner)
    inner = re.sub(r"([$%])\1\{", r"\1{", inner)
    return re.sub(r"\\(?:u(\w{4})|U(\w{8})|(.))", lambda found: found[3] or chr(int(found[1] or found[2], 16)), inner)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(("write", "read"), [(powershell, unquoted_powershell), (bicep, unquoted_bicep), (hcl, unquoted_hcl)])
def test_a_hostile_name_is_one_string(name: str, write: object, read: object) -> None:
    """What is written reads as the same name, on one printable line."""
    assert callable(write)
    assert callable(read)
    written = write(name)
    assert written.isprintable()
    assert read(written) == name


@given(NAMES)
def test_any_name_is_one_string(name: str) -> None:
    """The same for arbitrary text."""
    for write, read in ((powershell, unquoted_powershell), (bicep, unquoted_bicep)):
        written = write(name)
        assert written.isprintable()
        assert read(written) == name


@pytest.mark.may_skip("not every machine has bash")
def test_bash_reads_every_name_back() -> None:
    """Bash itself prints the names it was given, separated by NUL."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not here")
    script = "LC_ALL=C.UTF-8; printf '%s\\0' " + " ".join(map(shell, HOSTILE))
    assert script.isprintable()
    done = subprocess.run([bash, "-c", script], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"})
    assert done.stdout.decode().split("\0")[:-1] == list(HOSTILE)


def test_a_comment_stays_on_its_line() -> None:
    """A line break in a name would start a line of code."""
    assert all(comment(name).isprintable() for name in HOSTILE)
