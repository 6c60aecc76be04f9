"""From paths to one inventory: choosing the reader, joining files, and what happens when nothing can be read."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from s2sguard.collect import read_inventory, write_snapshot
from s2sguard.collect.deployment.options import DeploymentOptions
from s2sguard.errors import InputError, UsageError
from s2sguard.model.inventory import Inventory
from s2sguard.model.value import Unknown
from tests.unit.collect.arm import a_connection, a_network, a_resource, an_id, write

PLAN = {"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {}}, "resource_changes": []}


def test_files_of_all_kinds_are_one_inventory(tmp_path: Path) -> None:
    """ARM JSON, a plan and a snapshot in one folder are read together, each by its reader."""
    write(tmp_path / "a.json", {"value": [a_connection("a")]})
    write(tmp_path / "b.json", PLAN)
    (tmp_path / "c.json").write_text(write_snapshot(Inventory([a_resource("c", p=1)])), encoding="utf-8")
    (tmp_path / "d.md").write_text("x", encoding="utf-8")
    inventory = read_inventory([tmp_path])
    assert [resource.name for resource in inventory.resources] == ["a", "c"]
    assert inventory.gaps == ()
    assert inventory.ignored == (str(tmp_path / "d.md"),)


def test_standard_input_is_a_file(tmp_path: Path) -> None:
    """`-` is read like any file, and together with others."""
    path = write(tmp_path / "a.json", a_connection("a"))
    inventory = read_inventory([path, "-"], stdin=io.BytesIO(json.dumps(a_connection("b")).encode()))
    assert [(resource.name, resource.source.file) for resource in inventory.resources] == [("a", str(path)), ("b", "-")]


def test_inline_and_separate_children_are_one(tmp_path: Path) -> None:
    """A subnet inside its network and the same subnet in its own file merge."""
    subnet = {"id": an_id("virtualNetworks/hub/subnets/s"), "name": "s", "etag": "x", "properties": {"addressPrefix": "10.0.0.0/24"}}
    write(tmp_path / "a.json", a_network(subnets=[subnet]))
    write(tmp_path / "b.json", {**subnet, "etag": "y"})
    inventory = read_inventory([tmp_path])
    assert (inventory.count_by_type(), inventory.gaps) == (
        {"Microsoft.Network/virtualNetworks": 1, "Microsoft.Network/virtualNetworks/subnets": 1},
        (),
    )


def test_one_resource_in_two_shapes_is_one(tmp_path: Path) -> None:
    """ARM's answer and what `az` prints of the same resource agree."""
    reference = {"id": an_id("virtualNetworkGateways/gw")}
    write(tmp_path / "arm.json", a_connection(virtualNetworkGateway1=reference))
    flat = {key: value for key, value in a_connection().items() if key != "properties"}
    properties = {"connectionType": "IPsec", "connectionMode": "InitiatorOnly", "peer": None}
    write(tmp_path / "az.json", [{**flat, **properties, "virtualNetworkGateway1": {**reference, "resourceGroup": "rg-hub"}}])
    inventory = read_inventory([tmp_path])
    assert (len(inventory.resources), inventory.gaps) == (1, ())


def test_a_contradiction_between_files_is_unknown(tmp_path: Path) -> None:
    """Two files that disagree about the mode do not make a hardened connection."""
    first = write(tmp_path / "a.json", a_connection())
    second = write(tmp_path / "b.json", a_connection(connectionMode="Default"))
    inventory = read_inventory([second, first])
    assert inventory.resources[0].properties["connectionMode"] == Unknown(f"two inputs disagree: {first} and {second}")
    assert [gap.kind for gap in inventory.gaps] == ["conflicting-duplicates"]


def test_bad_files_do_not_stop_the_rest(tmp_path: Path) -> None:
    """Every bad file of a folder is a gap, and the good one is read."""
    write(tmp_path / "good.json", a_connection("a"))
    (tmp_path / "cut.json").write_text('{"value": [', encoding="utf-8")
    (tmp_path / "deep.json").write_text("[" * 5000, encoding="utf-8")
    write(tmp_path / "other.json", {"a": 1})
    write(tmp_path / "x.parameters.json", {"$schema": "x/deploymentParameters.json#", "parameters": {}})
    inventory = read_inventory([tmp_path, tmp_path / "missing.json"])
    assert [resource.name for resource in inventory.resources] == ["a"]
    assert [(Path(gap.source.file).name, gap.kind) for gap in inventory.gaps if gap.source] == [
        ("cut.json", "not-json"),
        ("deep.json", "too-deep"),
        ("other.json", "not-inventory"),
        ("missing.json", "unreadable-file"),
        ("x.parameters.json", "not-inventory"),
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, "no inventory could be read: {}: cannot be read: no `*.json` file found"),
        ({"a.txt": "x"}, "no inventory could be read: {}: cannot be read: no `*.json` file found (1 other files ignored)"),
        ({"a.json": ""}, "no inventory could be read: {}/a.json: not JSON: the file is empty"),
        ({"a.json": '{"value": [5]}'}, "no inventory could be read: {}/a.json#/value/0: not ARM resource JSON: a value that is no object"),
    ],
)
def test_nothing_readable_is_an_error(files: dict[str, str], expected: str, tmp_path: Path) -> None:
    """A scan of nothing must not look like a clean scan; the error says what was found instead."""
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_inventory([tmp_path])
    assert caught.value.message == expected.format(tmp_path)
    assert caught.value.exit_code == 3


def test_an_error_about_many_files_stays_short(tmp_path: Path) -> None:
    """The first few reasons and a count."""
    for index in range(10):
        (tmp_path / f"{index}.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_inventory([tmp_path])
    assert caught.value.message.count("not JSON") == 3
    assert caught.value.message.endswith("; and 7 more")


def test_an_empty_listing_is_an_inventory(tmp_path: Path) -> None:
    """Azure's answer that there is nothing is an answer."""
    inventory = read_inventory([write(tmp_path / "a.json", {"value": []})])
    assert (inventory.resources, inventory.gaps) == ((), ())


def test_a_document_with_only_unreadable_parts_is_understood(tmp_path: Path) -> None:
    """A what-if result whose one change cannot be followed is an inventory with a gap, not a file of unknown shape."""
    path = write(tmp_path / "a.json", {"changes": [{"changeType": "Deploy", "resourceId": an_id("connections/a")}]})
    inventory = read_inventory([path])
    assert (inventory.resources, [gap.kind for gap in inventory.gaps]) == ((), ["unreadable-value"])


def test_a_flood_of_gaps_is_cut(tmp_path: Path) -> None:
    """A hundred thousand broken entries give a few gaps and their number."""
    path = write(tmp_path / "a.json", {"value": [a_connection(), *[None] * 100_000]})
    gaps = read_inventory([path]).gaps
    assert len(gaps) == 21
    assert gaps[-1].reason.endswith("(and in 99980 more places)")


def test_the_kind_of_input_can_be_forced(tmp_path: Path) -> None:
    """With a forced format another kind of document is not understood."""
    arm, plan = write(tmp_path / "arm.json", a_connection()), write(tmp_path / "plan.json", PLAN)
    assert len(read_inventory([arm], input_format="arm").resources) == 1
    for path, input_format in ((arm, "snapshot"), (plan, "arm"), (plan, "snapshot")):
        with pytest.raises(InputError):
            read_inventory([path], input_format=input_format)  # type: ignore[arg-type]


def test_a_plan_is_laid_over_a_snapshot(tmp_path: Path) -> None:
    """With `overlay` the paths are what will be, over what is there."""
    live = write(tmp_path / "live.json", [a_connection("a"), a_connection("b"), a_connection("c")])
    changes = [
        {"changeType": "Modify", "after": a_connection("a", connectionMode="Default")},
        {"changeType": "Delete", "resourceId": an_id("connections/b")},
    ]
    inventory = read_inventory([write(tmp_path / "what-if.json", {"changes": changes})], overlay=[live])
    modes = {resource.name: resource.properties["connectionMode"] for resource in inventory.resources}
    assert (modes, inventory.gaps) == ({"a": "Default", "c": "InitiatorOnly"}, ())


@pytest.mark.parametrize(
    ("pages", "missing"),
    [
        ([{"data": 2, "total_records": 2, "skip_token": None}], 0),
        ([{"data": 2, "total_records": 3, "skip_token": "x"}], 1),
        ([{"data": 2, "total_records": 3, "skip_token": "x"}, {"data": 1, "total_records": 3, "skip_token": None}], 0),
        ([{"data": 1, "total_records": 3}], 1),
        ([{"data": 1, "totalRecords": 3, "$skipToken": "x"}, {"data": 1, "totalRecords": 3}], 2),
        ([{"data": 1, "resultTruncated": "true"}], 1),
        ([{"data": 1, "resultTruncated": "false"}], 0),
        ([{"data": 2, "total_records": 2, "skip_token": None}, {"data": 1, "total_records": 2, "skip_token": "x"}], 1),
        ([{"data": 1, "total_records": 2, "skip_token": "x"}, {"data": 1, "total_records": 2, "skip_token": "x"}], 0),
        ([{"data": 2, "total_records": 3, "skip_token": "x"}, {"data": 2, "total_records": 3, "skip_token": "y"}], 2),
        ([{"value": 1, "nextLink": "https://management.azure.com/next"}], 1),
        ([{"value": 1, "nextLink": None}, {"value": 1, "nextLink": ""}], 0),
    ],
)
@pytest.mark.parametrize("joined", [False, True], ids=["files", "array"])
def test_missing_pages_of_a_listing_are_a_gap(pages: list[dict[str, object]], missing: int, joined: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """A listing that goes on elsewhere is not the whole estate; pages that add up are."""
    names = iter("abcdefgh")
    key = "data" if "data" in pages[0] else "value"
    filled = [{**page, key: [a_connection(next(names)) for _ in range(int(str(page[key])))]} for page in pages]
    for index, value in enumerate([filled] if joined else filled):
        write(tmp_path / f"{index}.json", value)
    inventory = read_inventory([tmp_path])
    assert [gap.kind for gap in inventory.gaps] == ["truncated-listing"] * missing


def test_a_page_given_twice_counts_once(tmp_path: Path) -> None:
    """The first page as two files is still the first page."""
    for name in ("1", "2"):
        write(tmp_path / f"{name}.json", {"data": [a_connection("a")], "total_records": 2, "skip_token": "x"})
    assert [gap.kind for gap in read_inventory([tmp_path]).gaps] == ["truncated-listing"] * 2


def test_a_page_in_nested_arrays_is_a_page(tmp_path: Path) -> None:
    """Joining joined files (`jq -s .`) hides no next page."""
    write(tmp_path / "a.json", [[{"value": [a_connection("a")], "nextLink": "https://management.azure.com/next"}]])
    assert [str(gap.source).rpartition("#")[2] for gap in read_inventory([tmp_path]).gaps] == ["/0/0"]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two runs over the same folder do not differ."""
    for name in "abc":
        write(tmp_path / f"{name}.json", a_connection(name))
    assert write_snapshot(read_inventory([tmp_path])) == write_snapshot(read_inventory([tmp_path]))


def test_parameters_without_a_template_are_no_silent_nothing(tmp_path: Path) -> None:
    """Whoever gives values for a template that is not there most likely forgot the template."""
    path = write(tmp_path / "listing.json", {"value": []})
    with pytest.raises(UsageError, match=r"the input holds no template"):
        read_inventory([path], deployment=DeploymentOptions(parameters=("a=1",)))
