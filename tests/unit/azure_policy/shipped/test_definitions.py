"""The definitions of the pack, as the package hands them out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pytest

from s2sguard.azure_policy import Policy
from s2sguard.azure_policy.shipped.definitions import (
    ALIASES,
    definition_name,
    initiative_name,
    load_aliases,
    load_definitions,
    load_initiative,
)
from s2sguard.errors import PackError
from s2sguard.evaluate.pack import load_pack

POLICIES = Path(__file__).resolve().parents[4] / "policies"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Return a copy of the pack that a test may break."""
    return shutil.copytree(POLICIES, tmp_path / "policies")


def edit(path: Path, **changes: object) -> None:
    """Change members of a JSON file; None takes one out."""
    document = json.loads(path.read_text(encoding="utf-8")) | changes
    path.write_text(json.dumps({key: value for key, value in document.items() if value is not None}), encoding="utf-8")


def test_every_control_has_a_definition_of_its_own() -> None:
    """Each control has exactly one definition that is not derived, in the order of ids."""
    own = [one.control.id for one in load_definitions() if one.kind != "derived"]
    assert own == [control.id for control in load_pack().controls]


def test_kinds_follow_from_files_and_effects() -> None:
    """A rule with the manual effect is manual, the derived file is derived, anything else denies."""
    kinds = {(one.control.id, one.kind) for one in load_definitions()}
    assert {("S2S-IKE-001", "deny"), ("S2S-ISO-001", "manual"), ("S2S-ISO-003", "manual"), ("S2S-ISO-003", "derived")} <= kinds


def test_names_are_version_5_uuids_of_control_ids() -> None:
    """A name can be worked out by any tool from the control's id, and is nobody else's."""
    assert definition_name("S2S-IKE-001") == str(uuid5(NAMESPACE_URL, "S2S-IKE-001"))
    assert definition_name("S2S-ISO-003", derived=True) == str(uuid5(NAMESPACE_URL, "S2S-ISO-003/derived"))
    for one in load_definitions():
        assert one.name == definition_name(one.control.id, derived=one.kind == "derived")
    names = [one.name for one in load_definitions()] + [initiative_name("static"), initiative_name("derived")]
    assert len(names) == len(set(names))


def test_a_definition_is_compiled_once() -> None:
    """The compiled policy is made when first asked for and kept."""
    first = load_definitions()[0]
    assert isinstance(first.policy, Policy)
    assert first.policy is load_definitions()[0].policy


def test_a_definition_says_what_to_set() -> None:
    """Reference id and message are what an assignment needs."""
    (one,) = (one for one in load_definitions() if one.control.id == "S2S-IKE-001")
    assert (one.reference_id, one.path) == ("S2S-IKE-001", "s2sguard/controls/ike/initiator_only/azure_policy.json")
    assert "set connectionMode to InitiatorOnly" in one.message


def test_the_initiatives_name_their_definitions() -> None:
    """The committed initiatives refer to exactly the definitions of their kind."""
    for kind in ("static", "derived"):
        wanted = {one.name for one in load_definitions() if (one.kind == "derived") == (kind == "derived")}
        initiative = load_initiative(kind=kind)
        referred = {one["policyDefinitionId"].rpartition("/")[2] for one in initiative["properties"]["policyDefinitions"]}
        assert (initiative["name"], referred) == (initiative_name(kind), wanted)


@pytest.mark.parametrize("text", ["", "[]", "{", '"text"', "\ufeff{}", "[" * 100_000])
def test_a_broken_file_is_a_pack_error_that_names_it(pack: Path, text: str) -> None:
    """A definition that is no JSON object stops everything, with the file's name."""
    (pack / "s2sguard/controls/ike/initiator_only/azure_policy.json").write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=r"ike/initiator_only/azure_policy\.json"):
        load_definitions(pack)


@pytest.mark.parametrize("changes", [{"name": None}, {"name": 5}, {"properties": None}, {"properties": {"policyRule": {"then": {}}}}])
def test_a_file_that_is_no_definition_is_a_pack_error(pack: Path, changes: dict[str, object]) -> None:
    """Name, rule and message are needed by everything that follows."""
    edit(pack / "s2sguard/controls/ike/initiator_only/azure_policy.json", **changes)
    with pytest.raises(PackError, match=r"ike/initiator_only/azure_policy\.json"):
        load_definitions(pack)


def test_a_pack_without_the_initiative_says_so(pack: Path) -> None:
    """A file that was never generated is an error with what to do."""
    (pack / "initiative.json").unlink()
    with pytest.raises(PackError, match=r"initiative\.json") as raised:
        load_initiative(pack)
    assert "make schema" in raised.value.hint


def test_a_control_without_a_definition_has_none(pack: Path) -> None:
    """A pack of somebody else's controls need not have the Azure half."""
    (pack / "s2sguard/controls/ike/initiator_only/azure_policy.json").unlink()
    assert "S2S-IKE-001" not in {one.control.id for one in load_definitions(pack)}


def test_the_aliases_are_the_confirmed_ones() -> None:
    """Names are unique without case, stand below their resource type, and none is said to be modifiable."""
    provider = json.loads(ALIASES.read_text(encoding="utf-8"))
    listed = [(one["resourceType"], alias) for one in provider["resourceTypes"] for alias in one["aliases"]]
    names = [alias["name"].lower() for _, alias in listed]
    assert len(names) == len(set(names)) == len(load_aliases())
    for kind, alias in listed:
        assert alias["name"].startswith(f"Microsoft.Network/{kind}/")
        assert alias["defaultPath"].startswith("properties.")
        assert alias["defaultPath"].count("[*]") == alias["name"].count("[*]")
        assert not load_aliases().modifiable(alias["name"])


@pytest.mark.parametrize(
    ("alias", "path"),
    [
        ("connections/ipsecPolicies[*].saLifeTimeSeconds", "properties.ipsecPolicies[*].saLifeTimeSeconds"),
        ("connections/localNetworkGateway2.id", "properties.localNetworkGateway2.id"),
        (
            "vpnGateways/vpnConnections/vpnLinkConnections[*].ipsecPolicies[*].dhGroup",
            "properties.vpnLinkConnections[*].properties.ipsecPolicies[*].dhGroup",
        ),
        ("virtualNetworkGateways/sku.name", "properties.sku.name"),
        ("virtualNetworks/subnets[*].name", "properties.subnets[*].name"),
        ("virtualNetworks/subnets[*].routeTable.id", "properties.subnets[*].properties.routeTable.id"),
        ("connections/virtualNetworkGateway1.sku.name", "properties.virtualNetworkGateway1.properties.sku.name"),
    ],
)
def test_nested_resources_have_properties_of_their_own(alias: str, path: str) -> None:
    """Paths are uniform but for nested resources, which insert another `properties` (facts 2.1)."""
    assert load_aliases().resolve(f"Microsoft.Network/{alias}".upper()) == path
