"""Bytes of one file into parsed JSON, or into the gap that says why not.

Accepted: UTF-8 with or without a byte order mark, and UTF-16 or UTF-32 as PowerShell's redirection writes them.
JSON is RFC 8259 taken strictly: no NaN or Infinity, no number beyond a double, no half surrogate pair,
and no key twice in one object with different values - readers disagree which one counts, so neither does here.
No reason quotes the text it is about: an error near a shared key must not print the key.
"""

from __future__ import annotations

import gc
import json
import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from s2sguard.collect.interface import Document
from s2sguard.model.inventory import Gap, Source
from s2sguard.model.value import Unknown

MAX_BYTES = 100_000_000
"""Larger files are refused: parsed, they would take several gigabytes."""

MAX_DEPTH = 200
"""Levels of nesting. Azure itself stops far below this, and everything after the parser may recurse safely."""

WRITTEN_TWICE = Unknown("the key is written twice with different values")

_DUPLICATE_KEY_REASON = "an object names a key twice with different values; the value counts as unknown"
_SAFE_MESSAGES = frozenset(
    {
        "Expecting value",
        "Expecting property name enclosed in double quotes",
        "Expecting ':' delimiter",
        "Expecting ',' delimiter",
        "Illegal trailing comma before end of object",
        "Illegal trailing comma before end of array",
        "Unterminated string starting at",
        "Invalid control character at",
        "Invalid \\escape",
        "Invalid \\uXXXX escape",
    },
)
"""What Python's parser may say without quoting the text."""
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


class _NotFiniteError(ValueError):
    """A number JSON does not have (NaN, Infinity), or none a double can hold."""


def parse(data: bytes, file: str) -> tuple[Document | None, list[Gap]]:
    """Parse one file's bytes: a document (with gaps, if something in it is doubtful), or None and the gap that says why."""
    try:
        text = data.decode(json.detect_encoding(data))
    except UnicodeDecodeError:
        return None, [_not_json(file, "a binary file, or text in an encoding other than UTF-8, UTF-16 or UTF-32")]
    text = text.removeprefix("\ufeff")
    if not text.strip():
        return None, [_not_json(file, "the file is empty")]
    twice: list[str] = []
    try:
        with no_garbage():
            value: object = json.loads(text, object_pairs_hook=_object_reader(twice), parse_constant=_refuse, parse_float=_finite)
    except json.JSONDecodeError as error:
        return None, [_syntax(file, error)]
    except RecursionError:
        return None, [_too_deep(file)]
    except ValueError as error:
        reason = "NaN, Infinity or a number too large" if isinstance(error, _NotFiniteError) else "a number with too many digits"
        return None, [_not_json(file, f"it holds {reason}")]
    if _deeper_than(value, MAX_DEPTH):
        return None, [_too_deep(file)]
    if _SURROGATE_ESCAPE.search(text) and not _encodes(value):
        return None, [_not_json(file, "a string holds half of a surrogate pair, which is no character")]
    gaps = [Gap(kind="unreadable-value", reason=_DUPLICATE_KEY_REASON, source=Source(file=file))] if twice else []
    return Document(file=file, value=value), gaps


def too_large(file: str) -> Gap:
    """Return the gap for a file above `MAX_BYTES`."""
    limit = MAX_BYTES // 1_000_000
    hint = "split it by subscription or resource group (`az graph query --subscriptions ...`) and give all parts"
    return Gap(kind="too-large", reason=f"larger than {limit} MB, so it was not read; {hint}", source=Source(file=file))


@contextmanager
def no_garbage() -> Iterator[None]:
    """Stop the cycle collector: JSON trees, facts and verdicts have no cycles, and looking for them halves the speed of a large run."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _object_reader(twice: list[str]) -> Callable[[list[tuple[str, object]]], dict[str, object]]:
    def read(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            first: dict[str, object] = {}
            for key, value in pairs:
                if first.setdefault(key, value) != value:
                    found[key] = WRITTEN_TWICE
                    twice.append(key)
        return found

    return read


def _refuse(_constant: str) -> object:
    raise _NotFiniteError


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _NotFiniteError
    return number


def _deeper_than(value: object, limit: int) -> bool:
    """Say whether containers nest deeper than `limit`, level by level: no recursion on what may be hostile."""
    level: list[object] = [value] if isinstance(value, dict | list) else []
    for _ in range(limit):
        if not level:
            return False
        below: list[object] = []
        for container in level:
            members = container.values() if type(container) is dict else container
            below += [member for member in members if type(member) is dict or type(member) is list]  # type: ignore[attr-defined]
        level = below
    return bool(level)


def _encodes(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        return False
    return True


def _syntax(file: str, error: json.JSONDecodeError) -> Gap:
    place = f"{file}:{error.lineno}:{error.colno}"
    if error.pos >= len(error.doc.rstrip()):
        why = "the text ends in the middle: truncated?"
    elif error.msg == "Extra data":
        why = "text after the end of the document; join several documents in one array (`jq -s .`)"
    else:
        why = error.msg[:1].lower() + error.msg[1:] if error.msg in _SAFE_MESSAGES else "unexpected text"
    return _not_json(file, f"at {place}: {why}")


def _not_json(file: str, why: str) -> Gap:
    joint = " " if why.startswith("at ") else ": "
    return Gap(kind="not-json", reason=f"not JSON{joint}{why}", source=Source(file=file))


def _too_deep(file: str) -> Gap:
    return Gap(kind="too-deep", reason=f"nested deeper than {MAX_DEPTH} levels, so it was not read", source=Source(file=file))
