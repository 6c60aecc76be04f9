"""Which actions of Azure's role-based access control a request needs: the type in its path, and `read`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_GROUPS: Final = re.compile(r"/subscriptions/[^/]+/resourcegroups", re.IGNORECASE)
_SPELLED: Final = {
    # Paths name collections; the casing of these differs between the SDK's paths and the list of actions.
    "microsoft.network/virtualnetworkgateways/natrules": "Microsoft.Network/virtualNetworkGateways/natRules",
    "microsoft.network/vpngateways/natrules": "Microsoft.Network/vpnGateways/natRules",
}


def actions_of(log: Iterable[tuple[str, str]]) -> set[str]:
    """Return the actions that these requests need."""
    # A link to the result of an action needs no action of its own.
    return {_action(path) for _, path in log if "/operationresults/" not in path.lower()}


def _action(path: str) -> str:
    if _GROUPS.fullmatch(path):
        return "Microsoft.Resources/subscriptions/resourceGroups/read"
    if path.lower() == "/subscriptions":
        return "Microsoft.Resources/subscriptions/read"
    if path.lower().endswith("/getikesas"):
        return "Microsoft.Network/connections/getikesas/action"
    provider, *rest = path.rpartition("/providers/")[2].split("/")
    kind = "/".join([provider, *rest[::2]])
    return f"{_SPELLED.get(kind.lower(), kind)}/read"
