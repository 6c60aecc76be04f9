"""Texts in ARM JSON that stand for a value nobody wrote down: template expressions, redactions, cut-off dumps."""

from __future__ import annotations

from s2sguard.collect.secrets import hidden_text, scrub_object
from s2sguard.model.value import Unknown

EXPRESSION = Unknown("template expression without a value")
REDACTED = Unknown("redacted in the input")
CUT_OFF = Unknown("cut off when it was written; use `ConvertTo-Json -Depth 100`")

_REDACTED = frozenset({"<redacted>", "[redacted]", "redacted", "(redacted)", "(sensitive value)", "(sensitive)", "<sensitive>", "<masked>"})
_SHORTEST_STARS = 3
_DUMPS = ("System.Object", "System.Collections.", "System.String[", "Microsoft.Azure.Commands.", "Microsoft.Azure.Management.", "@{")
"""How PowerShell writes what lies below `ConvertTo-Json`'s depth."""


def read_values(value: dict[str, object]) -> dict[str, object]:
    """Return ARM JSON without secrets, with `Unknown` for every text that only stands for a value.

    A text counts as a template expression only as a whole: it starts with `[`, ends with `]` and does not start with the
    escape `[[` (azure.md 5.4; ARM template syntax). The same object comes back where nothing changed.
    """
    return scrub_object(value, _leaf)


def _leaf(text: str) -> object:
    first = text[0]
    if first == "[" and text[-1] == "]" and text[:2] != "[[":
        return REDACTED if text.lower() in _REDACTED else EXPRESSION
    if first in "*<(rR" and (text.lower() in _REDACTED or (len(text) >= _SHORTEST_STARS and not text.strip("*"))):
        return REDACTED
    if text.startswith(_DUMPS):
        return CUT_OFF
    return hidden_text(text)
