"""The spool as a place on disk: private, temporary, and true to what was put in."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from s2sguard.collect.interface import Collected
from s2sguard.collect.spool import Spool
from s2sguard.collect.spool.rows import gap_of, gap_text, resource_of, resource_text
from s2sguard.collect.spool.spool import SpoolReader
from s2sguard.errors import InputError
from s2sguard.model.inventory import Gap, Resource, Source
from s2sguard.model.links import Clues, Link
from s2sguard.model.value import Unknown


def clues(resource: Resource) -> Clues:
    """A resource refers to what its properties name."""
    targets = resource.properties.get("to", ())
    assert isinstance(targets, list | tuple)
    return Clues(tuple(Link("joins", str(target)) for target in targets))


def resource(name: str, *targets: str, **changes: object) -> Resource:
    """A resource with references."""
    values: dict[str, object] = {
        "id": f"/{name}",
        "type": "T",
        "name": name,
        "properties": {"to": list(targets)},
        "tags": {},
        "source": Source(file="f"),
    }
    return Resource(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "properties",
    [
        {"a": Unknown("why"), "b": [{"c": Unknown("x")}, 1.5, None, True]},
        {"$unknown": "a real member", "$$unknown": {"$unknown": 1}},
        {"$schema": "x", "text": 'a "$unknown" b', "ä\u2028": "\x00\ud7ff😀", "big": 10**30},
        {},
    ],
)
@pytest.mark.parametrize("tags", [{}, {"$unknown": "x"}, {"a": Unknown("y")}, Unknown("z")])
def test_a_resource_comes_back_as_it_was(properties: dict[str, object], tags: dict[str, object]) -> None:
    """Unknown values, members that look like one, and all text survive."""
    for changes in ({}, {"parent": "/P", "existing": True, "whole": False, "resource_group": "g", "source": Source(file="f", line=3)}):
        one = resource("x", properties=properties, tags=tags, **changes)
        assert one == resource_of(resource_text(one), one.type, one.parent)


def test_a_gap_comes_back_as_it_was() -> None:
    """With and without a place and a resource."""
    for gap in (
        Gap(kind="not-json", reason="r"),
        Gap(kind="too-deep", reason="r", source=Source(file="f", pointer="/a", line=2), resource="/x"),
    ):
        assert gap == gap_of(gap_text(gap))


def test_nobody_else_can_read_it_and_nothing_stays(tmp_path: Path) -> None:
    """Folder and file are the owner's alone, and go with the spool, however it ends."""
    spool = Spool(clues, tmp_path)
    assert stat.S_IMODE(spool.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(spool.path.stat().st_mode) == 0o600
    with spool:
        spool.add(Collected(resources=[resource("a")]))
    assert list(tmp_path.iterdir()) == []


def test_documents_have_the_order_of_their_numbers() -> None:
    """What waits for its parameters is added late and still stands where it was read."""
    with Spool(clues) as spool:
        first, second = spool.reserve(), spool.reserve()
        spool.add_resources([resource("c")], second)
        spool.add_resources([resource("a"), resource("b")], first)
        spool.finish()
        assert [one.name for shard in spool.shards(9) for one in shard.inventory.resources] == ["a", "b", "c"]


def test_what_is_connected_is_one_shard() -> None:
    """Over any number of steps, and over an id that is not in the input; small shards stand together when asked."""
    estate = [
        resource("a", "/b"),
        resource("x"),
        resource("b", "/lost"),
        resource("y", "/x"),
        resource("c", "/LOST".lower()),
        resource("z"),
    ]
    with Spool(clues) as spool:
        spool.add(Collected(resources=estate))
        spool.finish()
        alone = [[one.name for one in shard.inventory.resources] for shard in spool.shards()]
        pairs = [[one.name for one in shard.inventory.resources] for shard in spool.shards(together=3)]
    assert alone == [["a", "b", "c"], ["x", "y"], ["z"]]
    assert pairs == [["a", "b", "c"], ["x", "y", "z"]]


def test_a_spool_that_is_gone_is_one_clear_error(tmp_path: Path) -> None:
    """A process that comes too late says so."""
    with pytest.raises(InputError, match="cannot be opened"):
        SpoolReader.open(tmp_path / "absent.db")
