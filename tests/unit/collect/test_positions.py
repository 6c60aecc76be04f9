"""Lines and columns of what a report names."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.collect.positions import _in_json, locate
from s2sguard.model.inventory import Position, Source
from s2sguard.model.pointer import pointer_to

TEXT = """\
{
  "a": {"b/c": [1, {"d~": "x"}], "": null},
  "list": [
    [], {},
    {"id": "é𝒳", "n": -1.5e3}
  ]
}
"""


def position(path: Path, pointer: str) -> tuple[int, int, int, int] | None:
    """Return line, column, end line and end column of one pointer."""
    source = Source(file=str(path), pointer=pointer)
    found = locate([source]).get(source)
    return None if found is None else (found.line, found.column, found.end_line, found.end_column)


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("", (1, 1, 7, 2)),
        ("/a", (2, 8, 2, 43)),
        ("/a/b~1c", (2, 16, 2, 32)),
        ("/a/b~1c/0", (2, 17, 2, 18)),
        ("/a/b~1c/1/d~0", (2, 27, 2, 30)),
        ("/a/", (2, 38, 2, 42)),
        ("/list", (3, 11, 6, 4)),
        ("/list/0", (4, 5, 4, 7)),
        ("/list/1", (4, 9, 4, 11)),
        ("/list/2", (5, 5, 5, 30)),
        ("/list/2/id", (5, 12, 5, 16)),
        ("/list/2/n", (5, 23, 5, 29)),
    ],
)
def test_a_value_has_a_line_and_a_column(pointer: str, expected: tuple[int, int, int, int], tmp_path: Path) -> None:
    """Lines and columns count characters from 1, whatever the characters are, and the end is the column after the value."""
    path = tmp_path / "a.json"
    path.write_text(TEXT, encoding="utf-8")
    assert position(path, pointer) == expected


@pytest.mark.parametrize("pointer", ["/x", "/a/b", "/list/3", "/list/-", "/list/00", "/list/2/id/0", "a", "/list/٢"])
def test_a_pointer_that_leads_nowhere_has_no_position(pointer: str, tmp_path: Path) -> None:
    """The file may have changed since it was read; a near miss would name the wrong line."""
    path = tmp_path / "a.json"
    path.write_text(TEXT, encoding="utf-8")
    assert position(path, pointer) is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (TEXT.encode("utf-8-sig"), (5, 12, 5, 16)),
        (TEXT.encode("utf-16"), (5, 12, 5, 16)),
        (TEXT.replace("\n", "\r\n").encode(), (5, 12, 5, 16)),
        (TEXT.replace('"id"', '"\\u0069d"').encode(), (5, 17, 5, 21)),
        (TEXT.replace("[\n", '[ // [ " {\n/* } \n */', 1).encode(), (6, 12, 6, 16)),
        (TEXT.replace("é", "a\nb", 1).encode(), (5, 12, 6, 4)),
        (TEXT.replace('{"id"', '{"id": "é𝒳", "id"').encode(), (5, 24, 5, 28)),
    ],
    ids=["byte order mark", "UTF-16", "CRLF", "escaped key", "comments", "line break in a string", "key twice"],
)
def test_a_position_counts_what_an_editor_shows(data: bytes, expected: tuple[int, int, int, int], tmp_path: Path) -> None:
    """Encodings, line ends and comments move nothing; of a key written twice the last one is where the value comes from."""
    path = tmp_path / "a.json"
    path.write_bytes(data)
    assert position(path, "/list/2/id") == expected


def test_a_file_that_cannot_be_read_again_has_no_positions(tmp_path: Path) -> None:
    """Standard input, a vanished file, a folder, a pipe, a file that is no JSON any more: nothing is raised, nothing waits."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "broken.json").write_text('{"a": [1,', encoding="utf-8")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\xfa")
    (tmp_path / "empty.json").write_text("", encoding="utf-8")
    (tmp_path / "deep.json").write_text("[" * 100_000, encoding="utf-8")
    names = ["-", "\0", *(str(tmp_path / name) for name in ("gone", ".", "pipe", "broken.json", "binary.json", "empty.json", "deep.json"))]
    assert locate([Source(file=name, pointer=pointer) for name in names for pointer in ("", "/a/0", "/0/0" * 200)]) == {}


def test_only_files_that_were_read_are_opened(tmp_path: Path) -> None:
    """A snapshot says where its resources came from, and anybody may have written it."""
    path = tmp_path / "a.json"
    path.write_text(TEXT, encoding="utf-8")
    source = Source(file=str(path), pointer="/a")
    assert locate([source], files=()) == {}
    assert list(locate([source, source], files={str(path)})) == [source]


def test_the_symbol_of_a_bicep_file_has_a_line(tmp_path: Path) -> None:
    """A compiled template names its resources by the symbols of the file it was compiled from."""
    path = tmp_path / "main.bicep"
    path.write_text("param x string\n  resource gw2 'A@1' = {\nresource gw 'A@1' existing = {\n}\n", encoding="utf-8")
    assert position(path, "/resources/gw") == (3, 1, 3, 31)
    assert position(path, "/resources/gw2") == (2, 3, 2, 25)
    assert [position(path, pointer) for pointer in ("", "/resources/x", "/resources/.*", "/resources/0")] == [None] * 4


def pointers(value: Any, at: str = "") -> Iterable[tuple[str, Any]]:  # noqa: ANN401 - parsed JSON
    """Yield every pointer of a value with what it leads to."""
    yield at, value
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, member in members:
        yield from pointers(member, pointer_to(at, step))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.sampled_from([None, 0, 2]), st.booleans())
def test_what_stands_at_a_position_is_the_value(value: object, indent: int | None, ascii_only: bool) -> None:  # noqa: FBT001 - hypothesis
    """For every pointer of every document the text between start and end is the value (RFC 6901)."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    sources = {Source(file="a", pointer=pointer): member for pointer, member in pointers(value)}
    spans = _in_json(text, sources)
    assert {source: json.loads(text[start:end]) for source, (start, end) in spans.items()} == sources


def test_a_large_file_costs_about_one_parse(tmp_path: Path) -> None:
    """Values that no pointer leads to are stepped over by the decoder; the factor leaves room for a busy machine."""
    rows = [{"id": f"/x/{index}", "properties": {"a": list(range(20)), "b": {"c": "d" * 50}}} for index in range(60_000)]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"value": rows}), encoding="utf-8")
    start = time.perf_counter()
    json.loads(path.read_bytes())
    parse = time.perf_counter() - start
    sources = [Source(file=str(path), pointer=f"/value/{index}/properties/b") for index in range(0, 60_000, 1000)]
    start = time.perf_counter()
    found = locate(sources)
    assert len(found) == len(sources)
    assert time.perf_counter() - start < 4 * parse + 0.2
    assert found[sources[-1]].line == 1
    assert isinstance(found[sources[0]], Position)
