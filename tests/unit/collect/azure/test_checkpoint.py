"""The state of a run: kept whole or not at all, taken up again by the same request only."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from s2sguard.collect.azure.batch import Batch, Rank, Ranked
from s2sguard.collect.azure.checkpoint import Checkpoint
from s2sguard.collect.azure.references import Want
from s2sguard.collect.azure.request import LiveRequest
from s2sguard.errors import UsageError
from s2sguard.model.arm_types import CONNECTION, VNET
from s2sguard.model.inventory import Gap
from tests.unit.collect.arm import GROUP, a_resource, an_id

NOW = 1_800_000_000.0
REAL = "/subscriptions/11111111-1111-1111-1111-111111111111"


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Return where the checkpoint lies."""
    return str(tmp_path / "run.db")


def batch(*names: str, rank: Rank = Rank.OWN, **properties: str) -> Batch:
    """Return a unit that gave connections of these names."""
    return Batch(resources=[Ranked(a_resource(name, existing=False, **properties), rank) for name in names])


def names(checkpoint: Checkpoint) -> list[str]:
    """Return the names of what is kept, in order."""
    return [resource.name for part in checkpoint.batches() for resource in part.resources]


def test_what_is_kept_is_there_again(file: str) -> None:
    """A second run finds finished units, subscriptions, resources, gaps and what is still wanted."""
    first = Checkpoint(file, "request", NOW)
    gap = Gap(kind="forbidden", reason="no permission", resource=an_id("connections/c"))
    found = batch("b", "a")
    found.gaps, found.wants = [gap], [Want(id=an_id("connections/c"), type=CONNECTION)]
    first.finish("scope", found, ["2", "1"])
    first.close()
    second = Checkpoint(file, "request", NOW + 60)
    state = (second.is_done("scope"), second.is_done("other"), second.subscriptions(), names(second), second.open_groups(), second.resumed)
    assert (True, False, ["1", "2"], ["a", "b"], [GROUP.lower()], True) == state
    assert [gap] == [one for part in second.batches() for one in part.gaps]
    second.close()


def test_the_order_is_that_of_ids(file: str) -> None:
    """What arrives in another order comes out in the same."""
    checkpoint = Checkpoint(file, "request", NOW)
    for name in ("c", "a", "b"):
        checkpoint.keep(batch(name))
    assert ["a", "b", "c"] == names(checkpoint)
    checkpoint.close()


@pytest.mark.parametrize("ranks", [(Rank.OWN, Rank.STAND_IN), (Rank.STAND_IN, Rank.OWN), (Rank.OWN, Rank.SECOND_HAND)])
def test_the_better_description_stays(file: str, ranks: tuple[Rank, Rank]) -> None:
    """Azure Resource Manager's own answer stays, whether it comes first or last."""
    checkpoint = Checkpoint(file, "request", NOW)
    for rank in ranks:
        checkpoint.keep(batch("a", rank=rank, from_=rank.name))
    assert ["OWN"] == [resource.properties["from_"] for part in checkpoint.batches() for resource in part.resources]
    checkpoint.close()


@pytest.mark.parametrize(
    ("fingerprint", "seconds", "says"),
    [("another", 60, "of another request"), ("request", 25 * 3600, "older than a day")],
)
def test_another_run_s_checkpoint_is_refused(file: str, fingerprint: str, seconds: float, says: str) -> None:
    """A checkpoint of another request, or of yesterday, is not continued and not touched."""
    first = Checkpoint(file, "request", NOW)
    first.finish("scope", batch("a"))
    first.close()
    before = Path(file).read_bytes()
    with pytest.raises(UsageError, match=says):
        Checkpoint(file, fingerprint, NOW + seconds)
    assert Path(file).read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database, whatever it is called" * 50, b"SQLite format 3\0" + b"\0" * 500])
def test_what_is_no_checkpoint_is_refused(file: str, content: bytes) -> None:
    """Another file is refused in one line and left as it is."""
    Path(file).write_bytes(content)
    with pytest.raises(UsageError, match="it is no checkpoint"):
        Checkpoint(file, "request", NOW)
    assert Path(file).read_bytes() == content


def test_somebody_else_s_database_is_refused(file: str) -> None:
    """A database of another program is refused and keeps its tables."""
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE meta (name, value)")
    other.close()
    with pytest.raises(UsageError, match="it is no checkpoint"):
        Checkpoint(file, "request", NOW)


def test_one_run_at_a_time(file: str) -> None:
    """A checkpoint that another run is using is refused."""
    first = Checkpoint(file, "request", NOW)
    with pytest.raises(UsageError, match="another run is using it"):
        Checkpoint(file, "request", NOW)
    first.close()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """A checkpoint that cannot be created is one line."""
    with pytest.raises(UsageError, match="cannot be opened or created"):
        Checkpoint(str(tmp_path / "none" / "run.db"), "request", NOW)


def test_nobody_else_reads_it(file: str) -> None:
    """The file is its owner's alone."""
    Checkpoint(file, "request", NOW).close()
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600  # noqa: PTH116  # the mode, not the path


def want_network(*, as_hub: bool) -> Want:
    """Return the want of one network."""
    return Want(id=f"{REAL}/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/hub", type=VNET, as_hub=as_hub)


def test_a_network_that_turns_out_to_be_a_hub_is_read_again(file: str) -> None:
    """What was read as a spoke is open again once a gateway stands in it, even when that shows while it is being read."""
    checkpoint = Checkpoint(file, "request", NOW)
    checkpoint.keep(Batch(wants=[want_network(as_hub=False)]))
    (scope,) = checkpoint.open_groups()
    in_flight = checkpoint.wants(scope)
    checkpoint.keep(Batch(wants=[want_network(as_hub=True)]))
    checkpoint.finish_group(in_flight, Batch())
    assert [want_network(as_hub=True)] == [want for want, _ in checkpoint.wants(scope)]
    checkpoint.finish_group(checkpoint.wants(scope), Batch(wants=[want_network(as_hub=False), want_network(as_hub=True)]))
    assert checkpoint.open_groups() == []
    checkpoint.close()


@pytest.mark.parametrize(("failed", "open_again"), [(True, True), (False, False)])
def test_new_knowledge_reopens_what_failed(file: str, *, failed: bool, open_again: bool) -> None:
    """A connection that could not be read is tried again when its gateway names it; one that was read is not."""
    checkpoint = Checkpoint(file, "request", NOW)
    want = Want(id=an_id("connections/c"), type=CONNECTION)
    checkpoint.keep(Batch(wants=[want]))
    (scope,) = checkpoint.open_groups()
    checkpoint.finish_group(checkpoint.wants(scope), Batch(failed={want.key} if failed else set()))
    checkpoint.keep(Batch(wants=[replace(want, hint={"member": True})]))
    assert ([scope] if open_again else []) == checkpoint.open_groups()
    checkpoint.close()


def test_a_unit_is_kept_whole_or_not_at_all(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit that fails while it is kept leaves nothing behind, and is done again."""
    checkpoint = Checkpoint(file, "request", NOW)

    def broken(_: Want) -> None:
        raise RuntimeError

    monkeypatch.setattr(checkpoint, "_want", broken)
    found = batch("a")
    found.wants = [want_network(as_hub=False)]
    with pytest.raises(RuntimeError):
        checkpoint.finish("unit", found)
    assert ([], False) == (names(checkpoint), checkpoint.is_done("unit"))
    checkpoint.close()


CHANGES: list[Callable[[LiveRequest], LiveRequest]] = [
    lambda request: replace(request, cloud="china"),
    lambda request: replace(request, resource_graph=False),
    lambda request: replace(request, subscriptions=("2",)),
    lambda request: replace(request, subscriptions=(), management_group="g"),
    lambda request: replace(request, subscriptions=(), all_subscriptions=True),
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_result_depends_on_is_in_the_fingerprint(change: Callable[[LiveRequest], LiveRequest]) -> None:
    """Another scope, mode, cloud or version is another request; another number of requests at a time is not."""
    request = LiveRequest(subscriptions=("1",))
    assert request.fingerprint("1") != change(request).fingerprint("1")
    assert request.fingerprint("1") != request.fingerprint("2")
    assert request.fingerprint("1") == replace(request, concurrency=1, checkpoint="x").fingerprint("1")
