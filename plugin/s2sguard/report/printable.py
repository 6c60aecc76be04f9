"""Text from outside, made safe to print.

Resource names, tags and file names are written by people we do not trust:
they may hold terminal escapes, line breaks or direction overrides that make a report say something else (CVE-2021-42574).
"""

from __future__ import annotations

ELLIPSIS = "..."
LATIN_1 = 0xFF


def printable(text: str, *, limit: int | None = None) -> str:
    r"""Return `text` on one line, everything invisible or active written out as `\x1b`, `\n`, `\u202e`.

    Longer texts than `limit` characters lose their middle, so that both ends stay recognisable.
    """
    if limit is not None and len(text) > limit:
        keep = limit - len(ELLIPSIS)
        text = text[: keep - keep // 2] + ELLIPSIS + text[len(text) - keep // 2 :]
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    code = ord(char)
    if code > LATIN_1:
        return f"\\u{code:04x}"
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char, f"\\x{code:02x}")
