"""A saved answer of `getIkeSas` (`az network vpn-connection list-ike-sas`, `Get-AzVirtualNetworkGatewayConnectionIkeSa`).

The service answers with a text that holds JSON (azure.md 4.9), tools print it parsed or not.
Only what facts need is kept: cookies and SPIs name live SAs and help nobody who reads a report.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, TypeAlias

Sa: TypeAlias = dict[str, object]

_KEPT: Final = frozenset({"localendpoint", "remoteendpoint", "encryption", "integrity", "dhgroup", "issainitiator", "elapsedtimeinseconds"})
_KEPT_OF_CHILD: Final = frozenset(
    {"encryption", "integrity", "pfsgroup", "pfsgroupid", "localtrafficselectors", "remotetrafficselectors", "issainitiator"}
)
_CHILDREN: Final = frozenset({"quickmodesas", "quickmodesa"})
_WRAPPERS: Final = ("value", "output", "ikesas", "properties")
_SIGNS: Final = _CHILDREN | {"issainitiator", "initiatorcookie", "remoteendpoint"}
_DEEPEST: Final = 3


def answer_of(value: object, depth: int = 0) -> list[Sa] | None:
    """Return the IKE SAs of a parsed answer; an empty list for a tunnel that is down, None for what is no such answer."""
    if isinstance(value, str) and depth < _DEEPEST:
        try:
            return answer_of(json.loads(value), depth + 1)
        except (ValueError, RecursionError):
            return None
    if isinstance(value, Mapping):
        names = {str(key).lower(): key for key in value}
        if _SIGNS & names.keys():
            return [_kept(value)]
        inner = next((value[names[name]] for name in _WRAPPERS if name in names), None)
        return answer_of(inner, depth + 1) if inner is not None and depth < _DEEPEST else None
    if not isinstance(value, list) or not all(isinstance(one, Mapping) and _looks_like_one(one) for one in value):
        return None
    return [_kept(one) for one in value]


def _looks_like_one(value: Mapping[str, object]) -> bool:
    return bool(_SIGNS & {str(key).lower() for key in value})


def _kept(value: Mapping[str, object]) -> Sa:
    kept: Sa = {}
    for key, member in value.items():
        name = key.lower()
        if name in _CHILDREN:
            listed = member if isinstance(member, list) else [member]
            kept["quickModeSAs"] = [_child(one) for one in listed if one is not None]
        elif name in _KEPT:
            kept[key] = member
    return kept


def _child(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    return {key: member for key, member in value.items() if key.lower() in _KEPT_OF_CHILD}
