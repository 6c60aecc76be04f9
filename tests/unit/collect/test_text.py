"""Bytes into parsed JSON: encodings, and every way in which a file is not what it should be."""

from __future__ import annotations

import codecs

import pytest

from s2sguard.collect import text
from s2sguard.collect.text import MAX_DEPTH, WRITTEN_TWICE, parse
from s2sguard.model.inventory import Source

PLANTED = "hunter2-planted"


def gap_of(data: bytes) -> tuple[str, str]:
    """Return kind and reason of the only gap, for a file that gives no document."""
    document, gaps = parse(data, "in.json")
    assert document is None
    assert [gap.source for gap in gaps] == [Source(file="in.json")]
    return gaps[0].kind, gaps[0].reason


@pytest.mark.parametrize(
    "data",
    [
        '{"a": "ü"}'.encode(),
        codecs.BOM_UTF8 + '{"a": "ü"}'.encode(),
        codecs.BOM_UTF16_LE + '{"a": "ü"}'.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + '{"a": "ü"}'.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + '{"a": "ü"}'.encode("utf-32-le"),
        codecs.BOM_UTF32_BE + '{"a": "ü"}'.encode("utf-32-be"),
        '{"a": "ü"}'.encode("utf-16-le"),
        b'\r\n {"a": "\\u00fc"} \n',
    ],
    ids=["utf-8", "utf-8-bom", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-16-without-bom", "escaped"],
)
def test_every_encoding_a_shell_writes_is_read(data: bytes) -> None:
    """UTF-8, UTF-16 and UTF-32 with a byte order mark give the same document."""
    document, gaps = parse(data, "in.json")
    assert gaps == []
    assert document is not None
    assert document.value == {"a": "ü"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not JSON: the file is empty"),
        (b" \n\t", "not JSON: the file is empty"),
        (codecs.BOM_UTF8, "not JSON: the file is empty"),
        (b'{"a": [1,\n', "not JSON at in.json:2:1: the text ends in the middle: truncated?"),
        (b'{"a": "x', "not JSON at in.json:1:7: unterminated string starting at"),
        (b'{\n  "a": nope}', "not JSON at in.json:2:8: expecting value"),
        (b"{'a': 1}", "not JSON at in.json:1:2: expecting property name enclosed in double quotes"),
        (
            b'{"a": 1}\n{"a": 2}',
            "not JSON at in.json:2:1: text after the end of the document; join several documents in one array (`jq -s .`)",
        ),
        (b'{"a": "\x01"}', "not JSON at in.json:1:8: invalid control character at"),
        (b'{"a": NaN}', "not JSON: it holds NaN, Infinity or a number too large"),
        (b'{"a": -Infinity}', "not JSON: it holds NaN, Infinity or a number too large"),
        (b'{"a": 1e999}', "not JSON: it holds NaN, Infinity or a number too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON: it holds a number with too many digits"),
        (b'{"a": "\\ud800"}', "not JSON: a string holds half of a surrogate pair, which is no character"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "not JSON: a binary file, or text in an encoding other than UTF-8, UTF-16 or UTF-32"),
        ('{"a": "ü"}'.encode("latin-1"), "not JSON: a binary file, or text in an encoding other than UTF-8, UTF-16 or UTF-32"),
    ],
)
def test_what_is_not_json_says_where(data: bytes, reason: str) -> None:
    """A file that is not JSON gives one gap with file, line and column."""
    assert gap_of(data) == ("not-json", reason)


@pytest.mark.parametrize("data", [b'{"sharedKey": "%s', b'{"sharedKey": %s}', b"%s", b'{"sharedKey": "\\q%s"}', b'{"a": 1} %s'])
def test_no_reason_quotes_the_text(data: bytes) -> None:
    """A parse error beside a shared key does not print the key."""
    _, reason = gap_of(data.replace(b"%s", PLANTED.encode()))
    assert PLANTED not in reason


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 900, 1_100, 100_000])
def test_deep_nesting_is_refused(opening: str, closing: str, depth: int) -> None:
    """What nests deeper than the limit is a gap, whether or not the parser itself could read it."""
    data = (opening * depth + "1" + closing * depth).encode()
    assert gap_of(data) == ("too-deep", "nested deeper than 200 levels, so it was not read")


def test_nesting_up_to_the_limit_is_read() -> None:
    """The limit itself is allowed."""
    document, gaps = parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, "in.json")
    assert (document is not None, gaps) == (True, [])


def test_a_key_written_twice_with_two_values_is_unknown() -> None:
    """Readers disagree which of two equal keys counts, so neither does."""
    document, gaps = parse(b'{"connectionMode": "InitiatorOnly", "connectionMode": "Default", "a": 1}', "in.json")
    assert document is not None
    assert document.value == {"connectionMode": WRITTEN_TWICE, "a": 1}
    assert [(gap.kind, gap.source) for gap in gaps] == [("unreadable-value", Source(file="in.json"))]


def test_a_key_written_twice_with_one_value_is_that_value() -> None:
    """A harmless repetition is no gap."""
    document, gaps = parse(b'{"a": [1], "a": [1]}', "in.json")
    assert document is not None
    assert (document.value, gaps) == ({"a": [1]}, [])


def test_the_gap_for_a_large_file_says_how_to_split_it() -> None:
    """A file above the limit is named with the way out."""
    gap = text.too_large("in.json")
    assert gap.kind == "too-large"
    assert "larger than 100 MB" in gap.reason
    assert "--subscriptions" in gap.reason
