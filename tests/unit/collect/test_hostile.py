"""No content makes reading fail with anything but an `InputError`: every shape of JSON with the words the readers look for."""

from __future__ import annotations

import contextlib
import io
import json

from hypothesis import example, given
from hypothesis import strategies as st

from s2sguard.collect import read_inventory, write_snapshot
from s2sguard.errors import InputError
from tests.unit.collect.arm import an_id

WORDS = [
    *("id", "ID", "type", "name", "properties", "Properties"),
    *("tags", "value", "data", "columns", "rows", "responses"),
    *("body", "200", "changes", "changeType", "after", "before"),
    *("resourceId", "resources", "contentVersion", "$schema", "error", "subnets"),
    *("natRules", "connections", "vpnLinkConnections", "virtualNetworkPeerings", "parent_id", "subscriptionId"),
    *("resourceGroup", "nextLink", "skip_token", "total_records", "kind", "schema_version"),
    *("gaps", "source", "file", "pointer", "reason", "$unknown"),
    *("sharedKey", "key", "format_version", "planned_values", "resource_changes", "values"),
    *("root_module", "address", "mode", "managed", "change", "actions"),
]
TEXTS = [
    *(
        an_id(path)
        for path in ("connections/c", "virtualNetworks/v", "virtualNetworks/v/subnets/s", "vpnGateways/g", "virtualNetworkGateways/g")
    ),
    *("Microsoft.Network/virtualNetworks", "microsoft.network/vpngateways", "Microsoft.Network/connections@2023-01-01"),
    *(
        "s2sguard-inventory",
        "1",
        "Delete",
        "Modify",
        "Ignore",
        "[x]",
        "***",
        "",
        "/",
        "a/b",
        "https://x/deploymentTemplate.json#",
        "{}",
        "azurerm_subnet",
    ),
]
LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(TEXTS)
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=6),
    max_leaves=30,
)


@given(DOCUMENTS, DOCUMENTS)
@example({"data": {"columns": [None, {"name": []}], "rows": [[1, 2]]}}, {"changes": [{"changeType": []}]})
@example({"id": [], "type": {}, "name": 5, "properties": {}}, [[[]]])
@example({"responses": {"200": []}}, {"kind": "s2sguard-inventory", "resources": [[]], "schema_version": "1"})
@example({"data": [], "total_records": True}, {"data": [], "resultTruncated": []})
def test_any_json_is_read_or_refused(first: object, second: object) -> None:
    """Two arbitrary documents: an inventory with unique ids, which can be written and read again, or a refusal."""
    with contextlib.suppress(InputError):
        inventory = read_inventory(["-"], stdin=io.BytesIO(json.dumps([first, second]).encode()))
        assert len({resource.key for resource in inventory.resources}) == len(inventory.resources)
        again = read_inventory(["-"], stdin=io.BytesIO(write_snapshot(inventory).encode()))
        assert again.resources == inventory.resources
    for document in (first, second):
        with contextlib.suppress(InputError):
            read_inventory(["-"], stdin=io.BytesIO(json.dumps(document).encode()))


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Arbitrary bytes are never more than a refusal."""
    with contextlib.suppress(InputError):
        read_inventory(["-"], stdin=io.BytesIO(data))
