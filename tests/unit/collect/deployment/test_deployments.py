"""Templates with their parameter files, as paths name them or folders hold them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from s2sguard.collect import read_inventory
from s2sguard.collect.deployment.options import DeploymentOptions
from s2sguard.errors import InputError
from s2sguard.model.inventory import Inventory
from s2sguard.model.value import Unknown

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/{}.json#"
REAL = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-hub"


def template(**properties: object) -> dict[str, Any]:
    """Return a template with one connection, whose name and mode are parameters."""
    body = {"connectionType": "IPsec", "connectionMode": "[parameters('mode')]", **properties}
    return {
        "$schema": SCHEMA.format("deploymentTemplate"),
        "contentVersion": "1.0.0.0",
        "parameters": {"title": {"type": "string"}, "mode": {"type": "string", "defaultValue": "Default"}, "psk": {"type": "securestring"}},
        "resources": [
            {"type": "Microsoft.Network/connections", "apiVersion": "2024-05-01", "name": "[parameters('title')]", "properties": body}
        ],
    }


def parameters(**values: object) -> dict[str, Any]:
    """Return a parameter file."""
    given = {name: {"value": value} for name, value in values.items()}
    return {"$schema": SCHEMA.format("deploymentParameters"), "contentVersion": "1.0.0.0", "parameters": given}


def write(folder: Path, **files: object) -> None:
    """Write JSON files; `__` in a name is a dot."""
    for name, value in files.items():
        text = value if isinstance(value, str) else json.dumps(value)
        (folder / f"{name.replace('__', '.')}.json").write_text(text, encoding="utf-8")


def modes(inventory: Inventory) -> dict[str, object]:
    """Return the connections' names and modes."""
    found = {}
    for resource in inventory.resources:
        mode = resource.properties["connectionMode"]
        found[resource.name] = mode.reason if isinstance(mode, Unknown) else mode
    return found


def given(*values: str, **options: Any) -> DeploymentOptions:
    """Return options with `--parameters`."""
    return DeploymentOptions(parameters=values, **options)


def test_a_template_without_values_has_names_with_stand_ins(tmp_path: Path) -> None:
    """What nobody gave is not made up, and the resource is still there."""
    write(tmp_path, main=template())
    inventory = read_inventory([tmp_path / "main.json"])
    assert modes(inventory) == {"{title}": "Default"}
    assert inventory.resources[0].id.startswith("/subscriptions/{subscription}/resourceGroups/{resource-group}/providers/")
    assert (inventory.gaps, inventory.answered) == ((), True)


@pytest.mark.parametrize(
    ("template_name", "file"),
    [
        ("azuredeploy", "azuredeploy__parameters"),
        ("main", "main__parameters__prod"),
        ("main", "Main__Parameters"),
        ("template", "parameters"),
    ],
)
def test_a_parameter_file_in_the_folder_belongs_to_its_template(template_name: str, file: str, tmp_path: Path) -> None:
    """By the names that `az`, Visual Studio and the portal give them."""
    write(tmp_path, **{template_name: template(), file: parameters(title="to-red", mode="InitiatorOnly")})
    assert modes(read_inventory([tmp_path])) == {"to-red": "InitiatorOnly"}


def test_a_parameter_file_named_beside_its_template_belongs_to_it(tmp_path: Path) -> None:
    """Two paths are one deployment."""
    write(tmp_path, main=template(), main__parameters=parameters(title="to-red"))
    assert modes(read_inventory([tmp_path / "main.json", tmp_path / "main.parameters.json"])) == {"to-red": "Default"}
    assert modes(read_inventory([tmp_path / "main.json"])) == {"{title}": "Default"}


def test_what_is_given_by_hand_wins_and_the_last_one_most(tmp_path: Path) -> None:
    """As `az deployment group create --parameters` does it; values may be JSON or text."""
    write(
        tmp_path,
        main=template(),
        main__parameters=parameters(title="file", mode="InitiatorOnly"),
        other={"MODE": {"value": "ResponderOnly"}},
    )
    chosen = given(str(tmp_path / "other.json"), "title=first", "Title=second")
    assert modes(read_inventory([tmp_path / "main.json", tmp_path / "main.parameters.json"], deployment=chosen)) == {
        "second": "ResponderOnly"
    }
    assert modes(read_inventory([tmp_path / "main.json"], deployment=given('title="quoted"'))) == {"quoted": "Default"}


def test_two_parameter_files_are_two_deployments(tmp_path: Path) -> None:
    """`dev` and `prod` of one template have equal names and are not one resource."""
    write(
        tmp_path,
        main=template(),
        main__parameters__dev=parameters(title="to-red"),
        main__parameters__prod=parameters(title="to-red", mode="InitiatorOnly"),
    )
    inventory = read_inventory([tmp_path])
    assert sorted(str(resource.properties["connectionMode"]) for resource in inventory.resources) == ["Default", "InitiatorOnly"]
    assert len({resource.id for resource in inventory.resources}) == 2
    assert all("main.parameters." in resource.id for resource in inventory.resources)
    assert inventory.gaps == ()


def test_equal_templates_in_one_folder_are_one_resource(tmp_path: Path) -> None:
    """The same resource twice is no contradiction."""
    write(tmp_path, a=template(), b=template())
    chosen = given("title=to-red")
    assert modes(read_inventory([tmp_path], deployment=chosen)) == {"to-red": "Default"}


def test_a_named_scope_gives_real_ids(tmp_path: Path) -> None:
    """With `--deploy-to` the ids are those that Azure will give."""
    write(tmp_path, main=template())
    inventory = read_inventory([tmp_path / "main.json"], deployment=given("title=to-red", scope=REAL))
    assert inventory.resources[0].id == f"{REAL}/providers/Microsoft.Network/connections/to-red"


def test_values_that_go_nowhere_are_said(tmp_path: Path) -> None:
    """A misspelt name would leave the default in place without a word; the value is not shown."""
    write(tmp_path, main=template(), main__parameters=parameters(titel="s3cret-value"))
    inventory = read_inventory([tmp_path], deployment=given("mod=s3cret-value"))
    assert [(gap.kind, "does not have" in gap.reason) for gap in inventory.gaps] == [("unknown-attribute", True)] * 2
    assert "s3cret" not in str(inventory.gaps)


def test_a_vault_keeps_its_value(tmp_path: Path) -> None:
    """A key vault reference is unknown, and not the object that refers."""
    vault = {"reference": {"keyVault": {"id": "/v"}, "secretName": "mode"}}
    document = parameters(title="to-red") | {}
    document["parameters"]["mode"] = vault
    write(tmp_path, main=template(), main__parameters=document)
    assert modes(read_inventory([tmp_path])) == {"to-red": "kept in a key vault"}


def test_a_parameter_file_alone_is_refused(tmp_path: Path) -> None:
    """With a hint; in a folder with something else it is a gap."""
    write(tmp_path, lonely__parameters=parameters(title="x"))
    with pytest.raises(InputError, match="without its template"):
        read_inventory([tmp_path])


@pytest.mark.parametrize("missing", ["no-such.json", "@no-such.json"])
def test_a_parameter_file_that_is_missing_is_a_gap(missing: str, tmp_path: Path) -> None:
    """The template is judged all the same, and the run is not complete."""
    write(tmp_path, main=template())
    inventory = read_inventory([tmp_path / "main.json"], deployment=given(missing))
    assert [gap.kind for gap in inventory.gaps] == ["unreadable-file"]
    assert not inventory.answered


def test_comments_and_line_breaks_are_read(tmp_path: Path) -> None:
    """Azure takes both in templates; the rest of the reader does not."""
    text = (
        json.dumps(template(), indent=1)
        .replace('"resources"', '/* what */ "resources"', 1)
        .replace("parameters('mode')", "\nparameters('mode')\n")
    )
    write(tmp_path, main="// ours\n" + text, other='{"value": [] // no\n}')
    inventory = read_inventory([tmp_path], deployment=given("title=to-red"))
    assert modes(inventory) == {"to-red": "Default"}
    assert [(Path(gap.source.file).name, gap.kind) for gap in inventory.gaps if gap.source] == [("other.json", "not-json")]


def built(values: Mapping[str, object]) -> dict[str, str]:
    """Return what `bicep build-params --stdout` prints."""
    return {"templateJson": json.dumps(template()), "parametersJson": json.dumps(parameters(**values)), "templateSpecId": ""}


def test_bicep_parameters_bring_their_template(tmp_path: Path) -> None:
    """One document is the whole deployment; half of one is said to be broken."""
    write(tmp_path, built=built({"title": "to-red"}))
    assert modes(read_inventory([tmp_path])) == {"to-red": "Default"}
    write(tmp_path, built=built({"title": "to-red"}) | {"templateJson": "{"})
    with pytest.raises(InputError, match="build-params"):
        read_inventory([tmp_path])


def module(link: Mapping[str, str], **values: object) -> dict[str, Any]:
    """Return a template that deploys a linked one."""
    properties = {
        "mode": "Incremental",
        "templateLink": dict(link),
        "parameters": {name: {"value": value} for name, value in values.items()},
    }
    resource = {"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "inner", "properties": properties}
    return {"$schema": SCHEMA.format("deploymentTemplate"), "contentVersion": "1.0.0.0", "resources": [resource]}


@pytest.mark.parametrize(
    "link", [{"relativePath": "nested/child.json"}, {"uri": "https://raw.example.com/org/repo/main/nested/child.json"}]
)
def test_a_linked_template_below_is_read_once(link: dict[str, str], tmp_path: Path) -> None:
    """With the values handed down, and not a second time without them when the folder is read."""
    (tmp_path / "nested").mkdir()
    write(tmp_path / "nested", child=template())
    write(tmp_path, main=module(link, title="to-red"))
    for path in (tmp_path, tmp_path / "main.json"):
        inventory = read_inventory([path])
        assert modes(inventory) == {"to-red": "Default"}
        assert Path(inventory.resources[0].source.file).name == "child.json"


@pytest.mark.parametrize("target", ["../secret.json", "/etc/passwd", "nested/../../secret.json", "loop/secret.json", "nested/none.json"])
def test_a_link_reads_nothing_outside_its_folder(target: str, tmp_path: Path) -> None:
    """A template comes from whoever opened the pull request."""
    inside = tmp_path / "inside"
    (inside / "nested").mkdir(parents=True)
    (inside / "loop").symlink_to(tmp_path)
    write(tmp_path, secret=template())
    write(inside, main=module({"relativePath": target}, title="to-red"))
    inventory = read_inventory([inside / "main.json"])
    assert inventory.resources == ()
    assert [gap.kind for gap in inventory.gaps] == ["unreadable-value"]


def test_a_template_that_links_to_itself_ends(tmp_path: Path) -> None:
    """Deployments within deployments stop at a depth."""
    write(tmp_path, main=module({"relativePath": "main.json"}))
    found = read_inventory([tmp_path / "main.json"])
    assert {gap.kind for gap in found.gaps} == {"too-deep"}


def test_a_template_laid_over_what_is_deployed_replaces_it(tmp_path: Path) -> None:
    """Without a scope, the connection of the same name is the one that changes; what it refers to is the deployed gateway."""
    network = f"{REAL}/providers/Microsoft.Network"
    gateway = {"id": f"{network}/virtualNetworkGateways/gw", "type": "Microsoft.Network/virtualNetworkGateways", "name": "gw"}
    live = {"id": f"{network}/connections/to-red", "type": "Microsoft.Network/connections", "name": "to-red"}
    (tmp_path / "live.json").write_text(
        json.dumps([{**gateway, "properties": {"vpnType": "RouteBased"}}, {**live, "properties": {"connectionMode": "InitiatorOnly"}}]),
        encoding="utf-8",
    )
    reference = "[resourceId('Microsoft.Network/virtualNetworkGateways', 'gw')]"
    write(tmp_path, main=template(virtualNetworkGateway1={"id": reference}))
    inventory = read_inventory([tmp_path / "main.json"], overlay=[tmp_path / "live.json"], deployment=given("title=to-red"))
    (connection,) = inventory.of_type("Microsoft.Network/connections")
    assert (connection.id, connection.properties["connectionMode"]) == (live["id"], "Default")
    assert connection.properties["virtualNetworkGateway1"] == {"id": gateway["id"]}
    assert inventory.gaps == ()
    beside = read_inventory([tmp_path / "main.json"], overlay=[tmp_path / "live.json"], deployment=given("title=to-blue"))
    assert sorted(modes_of(beside)) == ["to-blue", "to-red"]


def modes_of(inventory: Inventory) -> list[str]:
    """Return the names of all connections."""
    return [resource.name for resource in inventory.of_type("Microsoft.Network/connections")]
