"""Bytes of one file into parsed JSON, or into the gap that says why not.

Accepted: UTF-8 with or without a byte order mark, and UTF-16 or UTF-32 as PowerShell's redirection writes them.
JSON is RFC 8259 taken strictly: no NaN or Infinity, no number beyond a double, no half surrogate pair,
and no key twice in one object with different values - readers disagree which one counts, so neither does here.
Templates and parameter files may also hold comments and line breaks in strings, as Azure Resource Manager takes them.
No reason quotes the text it is about: an error near a shared key must not print the key.
"""

from __future__ import annotations

import gc
import json
import math
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress

from s2sguard.collect.interface import Document
from s2sguard.collect.large_json import LARGE, Unusual, parse_large
from s2sguard.collect.outline import outline
from s2sguard.model.inventory import Gap, Source
from s2sguard.model.value import Unknown

MAX_BYTES = 100_000_000
"""Larger files are refused: parsed, they would take several gigabytes."""

MAX_RELAXED = 8_000_000
"""Characters of a file that is read with comments in it. Azure takes templates of 4 MB."""

MAX_DEPTH = 200
"""Levels of nesting. Azure itself stops far below this, and everything after the parser may recurse safely."""

WRITTEN_TWICE = Unknown("the key is written twice with different values")

_DUPLICATE_KEY_REASON = "an object names a key twice with different values; the value counts as unknown"
_TOO_LONG = "comments and line breaks in strings are only read in files of up to 8 MB"
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
        _TOO_LONG,
    },
)
"""What Python's parser may say without quoting the text."""
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


_COMMENT = re.compile(
    # A string first: what looks like a comment in it is none. The ends of the text close what nobody closed, so that
    # no part is looked at twice.
    r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)'
    r"|//[^\n]*+"
    r"|/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)",
    re.DOTALL,
)
_NOT_A_BREAK = re.compile(r"[^\r\n]")
_BREAK_IN_STRING = "Invalid control character at"
_DEPLOYMENT_SCHEMA = re.compile(r"deployment(?:Template|Parameters)\.json", re.IGNORECASE)


class _NotFiniteError(ValueError):
    """A number JSON does not have (NaN, Infinity), or none a double can hold."""


def parse(
    data: bytes, file: str, *, relaxed: Callable[[object], bool] | None = None, depth: int = MAX_DEPTH
) -> tuple[Document | None, list[Gap]]:
    """Parse one file's bytes: a document (with gaps, if something in it is doubtful), or None and the gap that says why.

    `depth` is how many levels of nesting are read.
    What is no JSON is tried again with comments and line breaks in strings, and kept if `relaxed` says that its kind may have them.
    """
    if len(data) >= LARGE:
        with suppress(Unusual), no_garbage():
            return Document(file=file, value=parse_large(data.removeprefix(BOM_UTF8), min(depth, MAX_DEPTH))), []
    return _parse_carefully(data, file, relaxed, depth)


def _parse_carefully(data: bytes, file: str, relaxed: Callable[[object], bool] | None, depth: int) -> tuple[Document | None, list[Gap]]:
    text = decoded(data)
    if text is None:
        return None, [_not_json(file, "a binary file, or text in an encoding other than UTF-8, UTF-16 or UTF-32")]
    if not text or text.isspace():
        return None, [_not_json(file, "the file is empty")]
    twice: list[str] = []
    try:
        value, nested = _value(text, twice, relaxed)
    except json.JSONDecodeError as error:
        return None, [_syntax(file, error)]
    except RecursionError:
        return None, [_too_deep(file)]
    except ValueError as error:
        reason = "NaN, Infinity or a number too large" if isinstance(error, _NotFiniteError) else "a number with too many digits"
        return None, [_not_json(file, f"it holds {reason}")]
    if nested > depth:
        return None, [_too_deep(file)]
    if _SURROGATE_ESCAPE.search(text) and not _encodes(value):
        return None, [_not_json(file, "a string holds half of a surrogate pair, which is no character")]
    gaps = [Gap(kind="unreadable-value", reason=_DUPLICATE_KEY_REASON, source=Source(file=file))] if twice else []
    return Document(file=file, value=value), gaps


def decoded(data: bytes) -> str | None:
    """Return the text of a JSON file without its byte order mark, or None if it is in no encoding that is accepted."""
    try:
        return data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None


def without_comments(text: str) -> str:
    """Return JSON with each character of a comment replaced by a space: everything else stays where it was."""
    return _COMMENT.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    text = found.group()
    if text.startswith('"') or (text.startswith("/*") and not text.endswith("*/")):
        return text
    return _NOT_A_BREAK.sub(" ", text)


def _loads(text: str, twice: list[str], *, strict: bool) -> tuple[object, int]:
    """Return the value and its depth; `twice` gets each key that is written twice with different values."""
    counter = _key_counter()
    next(counter)
    with no_garbage():
        value: object = json.loads(text, object_hook=counter.send, parse_constant=_refuse, parse_float=_finite, strict=strict)
        kept = next(counter)
        written = outline(text)
        # The depth first: two values are compared for the key they share, which recurses.
        if written.keys != kept and written.depth <= MAX_DEPTH:
            del value
            value = json.loads(text, object_pairs_hook=_object_reader(twice), parse_constant=_refuse, parse_float=_finite, strict=strict)
    return value, written.depth


def _key_counter() -> Generator[object, dict[str, object] | None, None]:
    """Give back each object that is sent, and the number of members of all of them when asked for the next value."""
    kept = 0
    found = yield None
    while True:
        if found is None:
            found = yield kept
        else:
            kept += len(found)
            found = yield found


def _value(text: str, twice: list[str], relaxed: Callable[[object], bool] | None) -> tuple[object, int]:
    """Parse strictly, then with comments and line breaks in strings; raises what the better of the two says."""
    try:
        return _loads(text, twice, strict=True)
    except json.JSONDecodeError as error:
        if relaxed is None or not (text.startswith("/", error.pos) or error.msg == _BREAK_IN_STRING):
            raise
        strict = error
    if len(text) > MAX_RELAXED:
        raise json.JSONDecodeError(_TOO_LONG, text, strict.pos)
    twice.clear()
    try:
        value, depth = _loads(without_comments(text), twice, strict=False)
    except json.JSONDecodeError as error:
        raise error if _DEPLOYMENT_SCHEMA.search(text) else strict from None
    if not relaxed(value):
        raise strict
    return value, depth


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
