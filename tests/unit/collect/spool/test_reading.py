"""Paths into a spool: the same resources, gaps and errors as reading them as one inventory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from s2sguard.collect import read_inventory, write_snapshot
from s2sguard.collect.snapshot import gap_line, resource_line, snapshot_text
from s2sguard.collect.spool import Spool, read_into
from s2sguard.collect.spool.streams import looks_streamable
from s2sguard.errors import InputError
from s2sguard.facts.links import clues_of
from s2sguard.model.inventory import Gap, Inventory, Resource, Source
from tests.unit.cli_estate import lab, write_lab

ROOT = Path(__file__).resolve().parents[4]
PLANNED = ROOT / "samples" / "lab" / "stage-1-default"


def spooled(*paths: Path) -> Inventory:
    """What a spool holds of these paths."""
    with Spool(clues_of) as spool:
        read_into(spool, paths)
        found = [resource for shard in spool.shards(1 << 30) for resource in shard.inventory.resources]
        return Inventory(found, spool.gaps, spool.ignored, answered=spool.answered, shared_keys=spool.shared_keys, files=spool.files)


def same(*paths: Path) -> Inventory:
    """Assert that both ways read the same, and return it."""
    expected, found = read_inventory(paths), spooled(*paths)
    for name in ("resources", "gaps", "ignored", "answered", "shared_keys", "files"):
        assert getattr(expected, name) == getattr(found, name)
    return found


def snapshot(folder: Path, stage: int = 3) -> Path:
    """The lab as a snapshot with a gap."""
    inventory = read_inventory([write_lab(folder, stage)])
    path = folder / "snapshot.json"
    path.write_text(write_snapshot(Inventory(inventory.resources, [Gap(kind="too-large", reason="r", source=Source(file="x"))])))
    return path


def test_a_folder_with_everything_in_it(tmp_path: Path) -> None:
    """Listings that contradict each other, a plan, a template, a snapshot, a broken file and one that is no inventory."""
    write_lab(tmp_path, 1)
    write_lab(tmp_path, 5)
    snapshot(tmp_path)
    for file in sorted(PLANNED.rglob("*.json")):
        (tmp_path / f"sample-{file.parent.name}-{file.name}").write_bytes(file.read_bytes())
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "other.json").write_text('{"a": 1}')
    (tmp_path / "read.me").write_text("x")
    bare = [{key: resource[key] for key in ("id", "name", "type")} | {"id": resource["id"] + "x"} for resource in lab(1)]
    (tmp_path / "bare.json").write_text(json.dumps(bare))
    kinds = {gap.kind for gap in same(tmp_path).gaps}
    assert {"conflicting-duplicates", "unreadable-value", "not-json", "not-inventory", "too-large"} <= kinds


def test_a_plan_over_a_snapshot(tmp_path: Path) -> None:
    """An inventory that is in memory is taken over as it is, gaps and files too."""
    paths, deployed = [next(PLANNED.rglob("*plan*.json"))], [snapshot(tmp_path)]
    expected = read_inventory(paths, overlay=deployed)
    with Spool(clues_of) as spool:
        spool.fill(expected)
        assert expected.count_by_type() == spool.count_by_type()
        assert (list(expected.gaps), list(expected.files)) == (spool.gaps, spool.files)


def test_nothing_understood_is_the_same_error(tmp_path: Path) -> None:
    """The error of an input that nobody can read does not depend on how it is read."""
    (tmp_path / "a.json").write_text("[1")
    with pytest.raises(InputError) as expected:
        read_inventory([tmp_path])
    with pytest.raises(InputError) as found:
        spooled(tmp_path)
    assert (expected.value.message, expected.value.hint) == (found.value.message, found.value.hint)


CHANGES = {
    "nothing": ("", ""),
    "windows line ends": ("\n", "\r\n"),
    "another version": ('"schema_version": "1"', '"schema_version": "0"'),
    "no version": ('"schema_version": "1",\n', ""),
    "a key written twice": ('"tags":', '"tags":{},"tags":'),
    "a bad resource": ('"type":"Microsoft.Network/connections"', '"type":7'),
    "a bad gap": ('"kind":"too-large"', '"kind":"huge"'),
    "cut off": ('"gaps": [', ""),
    "text after the end": ("]}\n", "]}\n{}"),
    "a missing comma": ("},\n", "}\n"),
    "a comma too many": ("}\n],", "},\n],"),
    "half a surrogate": ("to-red", "\\ud800"),
    "no number": ('"properties":{', '"properties":{"x":NaN,'),
    "an empty line": ('"resources": [\n', '"resources": [\n\n'),
    "too deep": ('"properties":{', '"properties":{"x":' + "[" * 197 + "]" * 197 + ","),
}


NOTHING_READ = {
    "another version",
    "no version",
    "cut off",
    "text after the end",
    "a missing comma",
    "a comma too many",
    "half a surrogate",
    "no number",
    "too deep",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_snapshot_is_read_alike_by_line_and_as_a_whole(change: str, tmp_path: Path) -> None:
    """Whatever somebody did to a snapshot, both ways of reading it agree on what it says, or that it says nothing."""
    path = snapshot(tmp_path)
    old, new = CHANGES[change]
    path.write_bytes(path.read_text().replace(old, new).encode())
    if change in NOTHING_READ:
        with pytest.raises(InputError) as whole:
            read_inventory([path])
        with pytest.raises(InputError) as by_line:
            spooled(path)
        assert whole.value.message == by_line.value.message
    else:
        same(path)


def test_a_spool_can_be_written_as_a_snapshot(tmp_path: Path) -> None:
    """The snapshot of a spool has the bytes of the snapshot of its inventory."""
    path = snapshot(tmp_path)
    with Spool(clues_of) as spool:
        read_into(spool, [path])
        assert write_snapshot(read_inventory([path])) == "".join(
            snapshot_text(map(resource_line, spool.resources()), map(gap_line, spool.gaps), answered=False)
        )


def test_an_empty_snapshot_is_streamed(tmp_path: Path) -> None:
    """A snapshot without a resource has an empty line where resources would be."""
    path = tmp_path / "empty.json"
    path.write_text(write_snapshot(Inventory(())))
    assert looks_streamable(str(path))
    assert same(path).resources == ()


def test_a_snapshot_above_the_limit_of_a_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot may be larger than a file that is parsed at once; one that is broken too is a gap with its line."""
    path = snapshot(tmp_path)
    expected = read_inventory([path])
    for module in ("s2sguard.collect.files", "s2sguard.collect.spool.reading"):
        monkeypatch.setattr(f"{module}.MAX_BYTES", 1000)
    assert expected.resources == spooled(path).resources
    path.write_text(path.read_text().replace("},\n", "}\n", 1))
    (tmp_path / "small.json").write_text('{"value": []}')
    (gap,) = spooled(path, tmp_path / "small.json").gaps
    assert (gap.kind, gap.reason) == (
        "not-json",
        f"not JSON at {path}:5: not a line of a snapshot; take it again, or give its parts",
    )


def test_no_secret_of_an_edited_snapshot_gets_in(tmp_path: Path) -> None:
    """Secrets are removed from a streamed snapshot as from any other."""
    path = snapshot(tmp_path)
    path.write_text(path.read_text().replace('"properties":{', '"properties":{"sharedKey":"obviously-fake-key",'))
    found: tuple[Resource, ...] = spooled(path).resources
    assert "obviously-fake-key" not in repr(found)
