"""Values on their way out: without secrets, without `Unknown` objects, on one line for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from s2sguard.collect.secrets import is_secret_key, without_secrets
from s2sguard.model.value import Unknown
from s2sguard.report.printable import printable

HIDDEN = "(a secret, not shown)"
LONGEST_VALUE = 160
"""Characters of a value in a line for people."""


def plain(value: Any) -> Any:  # noqa: ANN401  # JSON in, JSON out
    """Return a value as JSON: secrets gone, and `{"unknown": reason}` where it cannot be known."""
    if isinstance(value, Unknown):
        return {"unknown": value.reason}
    if isinstance(value, Mapping):
        kept = without_secrets(dict(value))
        return {key: plain(member) for key, member in kept.items()} if isinstance(kept, dict) else plain(kept)
    if isinstance(value, list | tuple):
        return [plain(member) for member in value]
    return plain(found) if (found := without_secrets(value)) is not value else value


def value_of(expression: str, value: Any) -> Any:  # noqa: ANN401  # JSON in, JSON out
    """Return the value of a field or expression as JSON; nothing of it where its name says that it is a secret."""
    return HIDDEN if value is not None and is_secret_key(expression.rpartition("/")[2]) else plain(value)


def or_unknown(value: Any, reason: str) -> Any:  # noqa: ANN401  # JSON in
    """Return the value of a trace, as `Unknown` where the trace says why it is not known."""
    return Unknown(reason) if value is None and reason else value


def on_one_line(value: Any) -> str:  # noqa: ANN401  # JSON in
    """Return a JSON value for people, shortened in the middle."""
    return printable(json.dumps(plain(value), ensure_ascii=False), limit=LONGEST_VALUE)
