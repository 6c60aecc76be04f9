"""No secret enters the model: not from any form of input, any place in it, or any spelling of its name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from s2sguard.collect import read_inventory, write_snapshot
from s2sguard.collect.secrets import HIDDEN, is_secret_key, without_secrets
from s2sguard.errors import InputError
from tests.unit.collect.arm import a_connection, an_id, write

KEY = "planted-Zx81-key"
PUBLIC = "MIIC5zCCAc+gAwIBAgIQ"


@pytest.mark.parametrize(
    "name",
    [
        "sharedKey",
        "SHAREDKEY",
        "shared_key",
        "shared-key",
        "preSharedKey",
        "psk",
        "vpnPsk",
        "authorizationKey",
        "radiusServerSecret",
        "radius_server_secret",
        "secret",
        "adminPassword",
        "passphrase",
        "token",
        "accessToken",
        "clientSecret",
        "privateKey",
        "primaryKey",
        "connectionString",
        "pfxBlob",
        "pwd",
    ],
)
def test_names_of_secrets(name: str) -> None:
    """A name says that its value is secret, in any spelling."""
    assert is_secret_key(name)


@pytest.mark.parametrize(
    "name",
    [
        "publicCertData",
        "publicKey",
        "connectionType",
        "connectionMode",
        "trafficSelectorPolicies",
        "ipsecPolicies",
        "isSecuritySite",
        "disableIPSecReplayProtection",
        "vpnAuthenticationTypes",
        "authenticationType",
        "vpnClientRootCertificates",
        "inboundAuthCertificateChain",
        "keyName",
        "partner",
        "gatewayIpAddress",
        "enablePrivateIpAddress",
    ],
)
def test_names_that_only_look_like_secrets(name: str) -> None:
    """What the facts need, and what is public, stays."""
    assert not is_secret_key(name)


PLACES: dict[str, Callable[[], dict[str, Any]]] = {
    "property": lambda: a_connection(sharedKey=KEY),
    "other casing": lambda: a_connection(SharedKEY=KEY),
    "snake case": lambda: a_connection(shared_key=KEY),
    "object": lambda: a_connection(sharedKey={"value": KEY}),
    "array": lambda: a_connection(radiusServers=[{"radiusServerAddress": "10.0.0.4", "radiusServerSecret": KEY}]),
    "express route": lambda: a_connection(authorizationKey=KEY),
    "point to site": lambda: a_connection(vpnClientConfiguration={"radiusServerSecret": KEY}),
    "nested resource": lambda: a_connection(peer={"id": an_id("x/y"), "properties": {"sharedKey": KEY}}),
    "link": lambda: {
        "id": an_id("vpnGateways/g"),
        "properties": {
            "connections": [{"name": "c", "properties": {"vpnLinkConnections": [{"name": "l", "properties": {"sharedKey": KEY}}]}}]
        },
    },
    "tag": lambda: {**a_connection(), "tags": {"sharedKey": KEY}},
    "beside the properties": lambda: {**a_connection(), "sharedKey": KEY},
    "pair": lambda: a_connection(settings=[{"name": "VPN_SHARED_KEY", "value": KEY}]),
    "json in a text": lambda: a_connection(note=json.dumps({"sharedKey": KEY})),
    "json in json in a text": lambda: a_connection(note=json.dumps({"a": json.dumps({"sharedKey": KEY})})),
    "connection string": lambda: a_connection(note=f"Endpoint=x;SharedAccessKey={KEY}"),
    "url": lambda: a_connection(note=f"https://x.example/pack?sv=1&sig={KEY}"),
    "command line": lambda: a_connection(note=f"az network vpn-connection create --shared-key={KEY}"),
    "private key": lambda: a_connection(note=f"-----BEGIN RSA PRIVATE KEY-----\n{KEY}\n-----END RSA PRIVATE KEY-----"),
    "certificate": lambda: a_connection(sslCertificates=[{"properties": {"data": KEY, "password": KEY, "publicCertData": PUBLIC}}]),
    "written twice": lambda: a_connection(sharedKey=KEY, SHAREDKEY="x" + KEY),
}


def flat(value: object) -> object:
    """Return a resource as `az ... -o json` prints it: properties beside the id, in nested resources too."""
    if isinstance(value, list):
        return [flat(member) for member in value]
    if not isinstance(value, dict):
        return value
    inner = value.get("properties")
    own = {key: flat(member) for key, member in value.items() if key != "properties"}
    return {**own, **{key: flat(member) for key, member in inner.items()}} if isinstance(inner, dict) else own


FORMS: dict[str, Callable[[dict[str, Any]], object]] = {
    "single": lambda value: value,
    "list": lambda value: {"value": [value]},
    "array": lambda value: [value],
    "example": lambda value: {"parameters": {"body": value}, "responses": {"200": {"body": value}, "201": {"body": value}}},
    "az": flat,
    "resource graph": lambda value: {"data": [{**value, "resourceGroup": "rg"}], "count": 1},
    "table": lambda value: {"data": {"columns": [{"name": name} for name in value], "rows": [list(value.values())]}},
    "what-if": lambda value: {"changes": [{"changeType": "Create", "after": value}, {"changeType": "Ignore", "before": value}]},
    "azapi": lambda value: {"type": "Microsoft.Network/connections@2023-09-01", "name": "n", "body": value},
    "azapi text": lambda value: {"type": "Microsoft.Network/connections@2023-09-01", "name": "n", "body": json.dumps(value)},
    "snapshot": lambda value: {
        "kind": "s2sguard-inventory",
        "schema_version": "1",
        "resources": [{**value, "type": "A.B/c", "name": "n", "source": {"file": "f"}}],
    },
    "no resource": lambda value: {"unknown": value},
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("form", FORMS)
def test_a_planted_key_is_in_no_resource_and_no_gap(form: str, place: str, tmp_path: Path) -> None:
    """Every form of input with a key in every place: the key is in neither resource, gap nor error."""
    path = write(tmp_path / "in.json", FORMS[form](PLACES[place]()))
    assert KEY in path.read_text(encoding="utf-8")
    if form == "no resource":
        with pytest.raises(InputError) as caught:
            read_inventory([path])
        assert KEY not in caught.value.diagnostics()
        return
    inventory = read_inventory([path])
    assert len(inventory.resources) >= 1
    assert KEY not in repr((inventory.resources, inventory.gaps))
    assert KEY not in write_snapshot(inventory)


def test_two_resources_that_differ_in_their_key_do_not_name_it(tmp_path: Path) -> None:
    """A contradiction about anything else does not bring the keys back."""
    first = write(tmp_path / "a.json", a_connection(sharedKey=KEY, routingWeight=1))
    second = write(tmp_path / "b.json", a_connection(sharedKey="x" + KEY, routingWeight=2))
    inventory = read_inventory([first, second])
    assert [gap.kind for gap in inventory.gaps] == ["conflicting-duplicates"]
    assert KEY not in repr((inventory.resources, inventory.gaps))


def test_public_certificates_stay() -> None:
    """Root certificates of point-to-site clients are public."""
    value = {"vpnClientRootCertificates": [{"name": "root", "properties": {"publicCertData": PUBLIC}}]}
    assert without_secrets(value) is value


def test_nothing_is_copied_without_need() -> None:
    """Where nothing had to go the same object comes back, and only what changed is new."""
    clean = {"a": [{"b": 1}]}
    assert without_secrets(clean) is clean
    result = without_secrets({"clean": clean, "sharedKey": KEY})
    assert isinstance(result, dict)
    assert result == {"clean": clean}
    assert result["clean"] is clean


def test_the_input_is_not_changed() -> None:
    """Redaction makes copies: another reader may still need the document."""
    value = {"a": [{"sharedKey": KEY, "b": 1}]}
    assert without_secrets(value) == {"a": [{"b": 1}]}
    assert value == {"a": [{"sharedKey": KEY, "b": 1}]}


@pytest.mark.parametrize("value", [None, True, 5, 1.5, "text", [], {}])
def test_plain_values_stay(value: object) -> None:
    """Values without a name are no secrets."""
    assert without_secrets(value) is value


def test_a_text_with_a_secret_is_unknown() -> None:
    """The rest of such a text cannot be trusted to be harmless."""
    assert without_secrets([f"password: {KEY}"]) == [HIDDEN]


@pytest.mark.parametrize("more", [{"error": {"code": "x", "message": "m"}}, {"Errors": [{"code": "x"}]}])
def test_a_listing_with_an_error_is_not_all_there_is(tmp_path: Path, more: dict[str, object]) -> None:
    """What an answer holds beside an error may be half of what there is, so no gateway of it is whole."""
    path = tmp_path / "listing.json"
    path.write_text(json.dumps({"value": [], **more}), encoding="utf-8")
    assert [gap.kind for gap in read_inventory([path]).gaps] == ["truncated-listing"]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Microsoft.Network/connections/sharedKey", "c/sharedKey"),
        ("Microsoft.KeyVault/vaults/secrets", "v/s"),
        ("microsoft.keyvault/VAULTS/keys", "v/k"),
    ],
)
def test_a_resource_that_is_a_secret_keeps_no_property(tmp_path: Path, kind: str, name: str) -> None:
    """Its value has a harmless name, so the type decides: neither the inventory nor a snapshot has it, however it is read."""
    key = "planted" + "-value-of-a-test"
    path = tmp_path / "secret.json"
    path.write_text(json.dumps({"type": kind, "name": name, "properties": {"value": key}}), encoding="utf-8")
    text = write_snapshot(read_inventory([path]))
    assert kind.lower() in text.lower()
    assert key not in text
    path.write_text(text.replace('"properties":{}', f'"properties":{{"value":"{key}"}}'), encoding="utf-8")
    assert key in path.read_text(encoding="utf-8")
    assert key not in write_snapshot(read_inventory([path]))
