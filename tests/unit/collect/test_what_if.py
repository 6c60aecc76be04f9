"""What-if results, as `az deployment group what-if --no-pretty-print` prints them: what will be there is what is judged."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from s2sguard.collect import read_inventory
from s2sguard.errors import InputError
from s2sguard.model.inventory import Inventory
from s2sguard.model.value import Unknown
from tests.unit.collect.arm import GROUP, a_connection, an_id

MACHINE = f"{GROUP}/providers/Microsoft.Compute/virtualMachines/vm"


def change(kind: str, name: str, *, before: str | None = None, after: str | None = None, **more: object) -> dict[str, Any]:
    """Return one change of a connection, `before` and `after` being its modes."""
    sides = {side: a_connection(name, connectionMode=mode) if mode else None for side, mode in (("before", before), ("after", after))}
    delta = [{"path": "properties.connectionMode", "propertyChangeType": "Modify", "before": before, "after": after, "children": None}]
    return {"changeType": kind, "resourceId": an_id(f"connections/{name}"), **sides, "delta": delta, "unsupportedReason": None, **more}


def result(*changes: object, **more: object) -> dict[str, Any]:
    """Return a result as `az` prints it."""
    return {"status": "Succeeded", "error": None, "changes": list(changes), "potentialChanges": None, "diagnostics": None, **more}


def read(folder: Path, value: object, live: object = None) -> Inventory:
    """Read a result, over what is deployed if that is given."""
    (folder / "what-if.json").write_text(json.dumps(value), encoding="utf-8")
    if live is None:
        return read_inventory([folder / "what-if.json"])
    (folder / "live.json").write_text(json.dumps(live), encoding="utf-8")
    return read_inventory([folder / "what-if.json"], overlay=[folder / "live.json"])


def modes(inventory: Inventory) -> dict[str, object]:
    """Return the connections' modes."""
    return {resource.name: resource.properties["connectionMode"] for resource in inventory.resources}


ALL = (
    change("Create", "created", after="Default"),
    change("Modify", "modified", before="InitiatorOnly", after="Default"),
    change("NoChange", "same", before="InitiatorOnly", after="InitiatorOnly"),
    change("Ignore", "ignored", before="ResponderOnly"),
    change("Deploy", "deployed", after="Default"),
    change("Delete", "deleted", before="Default"),
)


@pytest.mark.parametrize("wrap", [lambda value: value, lambda value: {"status": "Succeeded", "properties": value}], ids=["az", "rest"])
def test_what_will_be_there_is_read(wrap: Callable[[dict[str, Any]], dict[str, Any]], tmp_path: Path) -> None:
    """The state after the deployment, with what stays as it is; what is deleted is not there."""
    inventory = read(tmp_path, wrap(result(*ALL)))
    expected = {"created": "Default", "modified": "Default", "same": "InitiatorOnly", "ignored": "ResponderOnly", "deployed": "Default"}
    assert modes(inventory) == expected
    assert (inventory.gaps, inventory.answered) == ((), True)


def test_over_what_is_deployed_all_changes_apply(tmp_path: Path) -> None:
    """Deletions too; what another deployment made stays."""
    live = [a_connection(name, connectionMode="ResponderOnly") for name in ("modified", "deleted", "other")]
    inventory = read(tmp_path, result(*ALL), live)
    found = modes(inventory)
    assert (found["modified"], found["other"], "deleted" in found) == ("Default", "ResponderOnly", False)
    assert inventory.gaps == ()


def test_a_deletion_alone_leaves_nothing(tmp_path: Path) -> None:
    """That is an answer: no gap, nothing to judge."""
    inventory = read(tmp_path, result(ALL[-1]))
    assert (inventory.resources, inventory.gaps, inventory.answered) == ((), (), True)


def test_a_change_that_cannot_be_predicted_is_a_gap(tmp_path: Path) -> None:
    """Even where a state is given, which is that of today."""
    inventory = read(tmp_path, result(change("Unsupported", "odd", before="InitiatorOnly", after="InitiatorOnly", unsupportedReason="x")))
    assert inventory.resources == ()
    assert [(gap.kind, gap.resource, "cannot predict" in gap.reason) for gap in inventory.gaps] == [("unreadable-value", None, True)]
    assert not inventory.answered


@pytest.mark.parametrize(
    ("target", "concerns"),
    [
        (MACHINE, MACHINE),
        (an_id("connections/x"), None),
        (an_id("virtualNetworks/x"), None),
        (f"{GROUP}/providers/Microsoft.Resources/deployments/x", None),
        (f"{MACHINE}[reference('x')]", None),
        ("x", None),
        (None, None),
    ],
)
def test_a_gap_concerns_more_than_its_resource_if_others_depend_on_it(target: object, concerns: str | None, tmp_path: Path) -> None:
    """What is not known of the network leaves all gateways in doubt; a machine does not."""
    one = {"changeType": "Unsupported", "resourceId": target, "before": None, "after": None}
    (gap,) = read(tmp_path, result(one)).gaps
    assert gap.resource == concerns


def test_what_was_not_worked_out_is_said(tmp_path: Path) -> None:
    """Changes that may come, and parts that were not looked into; a diagnostic that informs is none."""
    diagnostics = [
        {"level": "Warning", "code": "NestedDeploymentShortCircuited", "message": "m", "target": an_id("x/y")},
        {"level": "Info", "code": "c", "message": "m", "target": None},
        "odd",
    ]
    inventory = read(
        tmp_path, result(*ALL, potentialChanges=[change("Create", "perhaps", after="Default"), "odd"], diagnostics=diagnostics)
    )
    assert "perhaps" not in modes(inventory)
    places = [gap.source.pointer for gap in inventory.gaps if gap.source]
    assert places == ["/potentialChanges/0", "/potentialChanges/1", "/diagnostics/0", "/diagnostics/2"]
    assert not inventory.answered


def test_a_result_of_ids_alone_says_how_to_get_more(tmp_path: Path) -> None:
    """`--result-format ResourceIdOnly` has no state at all."""
    inventory = read(tmp_path, result({"changeType": "NoChange", "resourceId": an_id("connections/x")}))
    assert [("FullResourcePayloads" in gap.reason, gap.source and gap.source.pointer) for gap in inventory.gaps] == [(True, "/changes/0")]


def test_a_failed_prediction_is_refused(tmp_path: Path) -> None:
    """There is nothing in it."""
    inventory = read(tmp_path, [a_connection("a"), {"status": "Failed", "error": {"code": "x"}, "changes": None}])
    assert [("error answer" in gap.reason) for gap in inventory.gaps] == [True]


def test_what_only_a_deployment_can_tell_is_unknown(tmp_path: Path) -> None:
    """What-if leaves expressions in the state as they are."""
    inventory = read(tmp_path, result(change("Create", "a", after="[reference('b').mode]")))
    (mode,) = modes(inventory).values()
    assert isinstance(mode, Unknown)


def test_no_key_is_kept(tmp_path: Path) -> None:
    """The states before and after hold shared keys."""
    body = a_connection("a", sharedKey="not-a-real-key-1")
    inventory = read(tmp_path, result({"changeType": "Modify", "resourceId": "x", "before": body, "after": body}))
    assert "not-a-real-key-1" not in repr(inventory.resources)


@pytest.mark.parametrize(
    "value",
    [
        result(status="Failed"),
        result(status="Running"),
        result(error={"code": "Conflict", "message": "m"}),
        {"properties": {"status": "Canceled", "changes": []}},
        {"status": "Failed", "properties": {"changes": []}},
    ],
)
def test_a_result_that_did_not_succeed_is_not_all_there_is(value: dict[str, Any], tmp_path: Path) -> None:
    """A failed prediction without one of our resources says nothing about them: alone it is an error, beside others a gap."""
    with pytest.raises(InputError, match="did not succeed"):
        read(tmp_path, value)
    (tmp_path / "other.json").write_text("[]", encoding="utf-8")
    found = read_inventory([tmp_path])
    assert found.answered is False
    assert ["did not succeed" in gap.reason for gap in found.gaps] == [True]
