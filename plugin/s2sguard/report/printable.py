"""Text from outside, made safe to print.

Resource names, tags and file names are written by people we do not trust:
they may hold terminal escapes, line breaks or direction overrides that make a report say something else (CVE-2021-42574).
What is printed may be read by the agent of a pipeline, which obeys commands it finds in standard output.
"""

from __future__ import annotations

import re

ELLIPSIS = "..."
LATIN_1 = 0xFF
COMMAND = re.compile(r"##|::(?=[A-Fa-f]*[G-Zg-z-][A-Za-z-]*(?:\s|::|$))")
"""What starts a command of Azure DevOps (`##vso[`, anywhere in a line) and of GitHub (`::name`, first in a line, and `##[name]`).

The agents' own parsers: `Command.TryParse` in azure-pipelines-agent, `ActionCommand.TryParseV2` and `TryParse` in actions/runner.
An IPv6 address does not match: every command of GitHub has a letter in its name that is no hexadecimal digit.
"""


def printable(text: str, *, limit: int | None = None) -> str:
    r"""Return `text` on one line, everything invisible or active written out as `\x1b`, `\n`, `\u202e`, and `##vso[` as `#\x23vso[`.

    Longer texts than `limit` characters lose their middle, so that both ends stay recognisable.
    """
    if limit is not None and len(text) > limit:
        keep = limit - len(ELLIPSIS)
        text = text[: keep - keep // 2] + ELLIPSIS + text[len(text) - keep // 2 :]
    if not text.isprintable():
        text = "".join(char if char.isprintable() else _escaped(char) for char in text)
    return COMMAND.sub(_disarmed, text) if "##" in text or "::" in text else text


def _disarmed(found: re.Match[str]) -> str:
    mark = found[0]
    return f"{mark[0]}\\x{ord(mark[1]):02x}"


def _escaped(char: str) -> str:
    code = ord(char)
    if code > LATIN_1:
        return f"\\u{code:04x}"
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char, f"\\x{code:02x}")
