"""Quoting for four languages. Names come from inventories and are hostile: none may end its string, start a line or act on a terminal.

What a terminal would act on is written as an escape of the language, so a snippet is printable and still means the same.
"""

from __future__ import annotations

import re
import shlex
from typing import Final

from s2sguard.report.printable import printable

_POWERSHELL_QUOTES: Final = re.compile("['\u2018\u2019\u201a\u201b]")
"""PowerShell takes typographic single quotes for single quotes (language specification, section 2.3.5.2)."""
_POWERSHELL_DOUBLE: Final = re.compile('[`$"\u201c\u201d\u201e]')

_SHORT: Final = 0xFFFF


def shell(text: str) -> str:
    """Return one word for bash; control and format characters as `$'...'` escapes (bash manual, ANSI-C quoting)."""
    if text.isprintable():
        return shlex.quote(text)
    return "$'" + "".join(_ansi_c(char) for char in text) + "'"


def powershell(text: str) -> str:
    """Return one string for PowerShell; control and format characters as `` `u{...} `` (PowerShell 6 and later)."""
    if text.isprintable():
        return "'" + _POWERSHELL_QUOTES.sub(lambda found: found[0] * 2, text) + "'"
    doubled = _POWERSHELL_DOUBLE.sub(lambda found: "`" + found[0], text)
    return '"' + "".join(char if char.isprintable() else f"`u{{{ord(char):x}}}" for char in doubled) + '"'


def bicep(text: str) -> str:
    r"""Return one string for Bicep (single quotes; `\\`, `'`, `${` and what is not printable escaped)."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${")
    return "'" + "".join(char if char.isprintable() else f"\\u{{{ord(char):x}}}" for char in escaped) + "'"


def hcl(text: str) -> str:
    """Return one string for Terraform: its escapes for what is not printable, `${` and `%{` doubled (Terraform language, strings)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
    return '"' + "".join(char if char.isprintable() else _unicode(char) for char in escaped) + '"'


def comment(text: str) -> str:
    """Return text for the rest of a comment line: on one line, nothing in it active."""
    return printable(text, limit=400)


def _ansi_c(char: str) -> str:
    if char in "'\\":
        return "\\" + char
    if char.isprintable():
        return char
    return _unicode(char)


def _unicode(char: str) -> str:
    """Return the escape that bash and Terraform share."""
    code = ord(char)
    return f"\\u{code:04x}" if code <= _SHORT else f"\\U{code:08x}"
