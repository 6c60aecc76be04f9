"""Our own file format: what is written comes back, and what others wrote is input like any other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.collect import SnapshotReader, read_inventory, write_snapshot
from s2sguard.collect.interface import Collected, Document
from s2sguard.model.inventory import Gap, Inventory, Resource, Source
from s2sguard.model.value import Unknown
from tests.unit.collect.arm import a_resource, an_id

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text("abc$[]* é\n", max_size=8) | st.builds(Unknown, st.text(max_size=5)),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "B", "$unknown", "$$unknown", "$x"]), inner, max_size=3)
    ),
    max_leaves=12,
)
RESOURCES = st.builds(
    Resource,
    id=st.sampled_from([an_id("connections/a"), 'terraform:x.y["k"]']),
    type=st.sampled_from(["Microsoft.Network/connections", "Contoso.X/y"]),
    name=st.sampled_from(["a", "é"]),
    properties=st.dictionaries(st.sampled_from(["p", "q", "$unknown"]), VALUES, max_size=3),
    tags=st.dictionaries(st.sampled_from(["t", "u"]), VALUES, max_size=2) | st.builds(Unknown, st.text(max_size=5)),
    source=st.builds(Source, file=st.text(min_size=1, max_size=5), pointer=st.sampled_from(["", "/value/0"])),
    parent=st.none() | st.just("/p"),
    existing=st.booleans(),
    resource_group=st.none() | st.just("rg"),
)
GAPS = st.builds(
    Gap,
    kind=st.sampled_from(["not-json", "unknown-shape"]),
    reason=st.text(max_size=5),
    source=st.none() | st.just(Source(file="f")),
    resource=st.none() | st.just("/r"),
)


def read(text: str) -> Collected:
    """Let the snapshot reader read a text."""
    value = json.loads(text)
    assert SnapshotReader().recognises(value)
    return SnapshotReader().read(Document(file="s.json", value=value))


@given(st.lists(RESOURCES, max_size=3), st.lists(GAPS, max_size=2))
def test_what_is_written_comes_back(resources: list[Resource], gaps: list[Gap]) -> None:
    """Reading a snapshot gives the inventory it was made from, whatever is in it."""
    found = read(write_snapshot(Inventory(resources, gaps)))
    assert (found.resources, found.gaps) == (resources, gaps)


def test_equal_inventories_give_equal_bytes() -> None:
    """The order of members in a JSON object does not show."""
    first, second = a_resource(a=1, b={"c": 1, "d": 2}), a_resource(b={"d": 2, "c": 1}, a=1)
    assert write_snapshot(Inventory([first])) == write_snapshot(Inventory([second]))


def test_a_snapshot_is_a_text_with_one_resource_to_a_line() -> None:
    """Snapshots are kept in git: one line for each resource makes a readable difference."""
    inventory = Inventory([a_resource(p=Unknown("redacted")), a_resource("b")], [Gap(kind="not-json", reason="x")], ["n.md"])
    assert write_snapshot(inventory) == (
        '{"kind": "s2sguard-inventory",\n'
        '"schema_version": "1",\n'
        '"resources": [\n'
        f'{{"id":"{an_id("connections/partner-a")}","name":"partner-a","properties":{{"p":{{"$unknown":"redacted"}}}},'
        '"source":{"file":"a.json","pointer":""},"type":"Microsoft.Network/connections"},\n'
        f'{{"id":"{an_id("connections/b")}","name":"b","properties":{{}},'
        '"source":{"file":"a.json","pointer":""},"type":"Microsoft.Network/connections"}\n'
        "],\n"
        '"gaps": [\n{"kind":"not-json","reason":"x"}\n]}\n'
    )


def test_a_reason_with_a_secret_is_not_repeated() -> None:
    """Reasons are printed, and a snapshot is as trustworthy as whoever wrote it."""
    entry = {"kind": "not-json", "reason": "sharedKey: planted", "source": {"file": "f"}}
    found = read(json.dumps({"kind": "s2sguard-inventory", "schema_version": "1", "gaps": [entry]}))
    assert [gap.reason for gap in found.gaps] == ["a text that may hold a secret was not read"]


def test_a_snapshot_read_from_a_file_is_the_same_inventory(tmp_path: Path) -> None:
    """The whole way through a file changes nothing."""
    inventory = Inventory([a_resource(p=Unknown("x"), q=[1]), a_resource("b", p=1)], [Gap(kind="not-json", reason="x")])
    path = tmp_path / "s.json"
    path.write_text(write_snapshot(inventory), encoding="utf-8")
    again = read_inventory([path])
    assert (again.resources, again.gaps) == (inventory.resources, inventory.gaps)


GOOD = {"id": "/x", "type": "A.B/c", "name": "n", "properties": {}, "source": {"file": "f"}}


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"id": ""},
        {"id": 5},
        {"type": "connections"},
        {"name": ["n"]},
        {"properties": []},
        {"properties": {"$unknown": "x"}},
        {"tags": "x"},
        {"source": None},
        {"source": {"file": 1}},
        {"parent": 5},
        {"resource_group": []},
    ],
)
def test_a_bad_resource_in_a_snapshot_is_a_gap(change: dict[str, object]) -> None:
    """Anybody may have edited a snapshot: one bad entry is named, the others are read."""
    entries = [{**GOOD, **change}, GOOD, 5]
    found = read(json.dumps({"kind": "s2sguard-inventory", "schema_version": "1", "resources": entries}))
    assert [resource.id for resource in found.resources] == ["/x"]
    assert [(gap.kind, gap.source and gap.source.pointer) for gap in found.gaps] == [
        ("unknown-shape", "/resources/0"),
        ("unknown-shape", "/resources/2"),
    ]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"schema_version": "2"}, ""),
        ({"resources": {}}, "/resources"),
        ({"gaps": 5}, "/gaps"),
        ({"gaps": [{"kind": "invented", "reason": "x"}]}, "/gaps/0"),
        ({"gaps": [{"kind": ["not-json"], "reason": "x"}]}, "/gaps/0"),
        ({"gaps": [None]}, "/gaps/0"),
    ],
)
def test_a_snapshot_of_another_shape_is_a_gap(change: dict[str, object], pointer: str) -> None:
    """A snapshot of another version, or one that is damaged, is not read as if it were whole."""
    found = read(json.dumps({"kind": "s2sguard-inventory", "schema_version": "1", "resources": [], "gaps": [], **change}))
    assert [(gap.kind, gap.source) for gap in found.gaps] == [("unknown-shape", Source(file="s.json", pointer=pointer))]
