"""What is assigned: our own parameters document, or assignments as Resource Manager or `az` return them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from s2sguard.azure_policy.derived.model import Registry
from s2sguard.azure_policy.derived.ranges import covered
from s2sguard.errors import InputError
from s2sguard.expression.interface import Json
from s2sguard.model.address import AddressSet, union
from s2sguard.model.folding import fold
from s2sguard.model.inventory import fold_id

OURS = frozenset({"partnerRanges", "allowedRanges", "networkRanges"})
"""An assignment without any of these parameters is not of the derived initiative."""

_HINT = "give the document of `policy parameters`, or the output of `az policy assignment list`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """One assignment as it was found."""

    name: str
    scope: str
    values: Mapping[str, Json]
    """Parameter name -> plain value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedScope:
    """What all assignments at one scope say together."""

    scope: str
    registry: Registry
    unreadable: tuple[str, ...]
    """Ranges that are none; Azure's evaluation fails on them, which denies every request."""


def read_assigned(path: str) -> tuple[Assigned, ...]:
    """Return the assignments of the derived initiative in a file, `-` for standard input; raise `InputError` if there are none.

    Error text never quotes the file.
    """
    document = _load(path)
    found = tuple(one for element in _elements(document) if (one := _assigned(element)) is not None)
    if not found and not _is_ours(document):
        raise InputError(f"`{path}` holds no assignment with parameters of the derived initiative", hint=_HINT)
    return found


def by_scope(assigned: Iterable[Assigned]) -> tuple[AssignedScope, ...]:
    """Join the assignments at each scope, scopes in order of their ids."""
    groups: dict[str, list[Assigned]] = defaultdict(list)
    for one in assigned:
        groups[fold_id(one.scope)].append(one)
    return tuple(_joined(groups[key]) for key in sorted(groups))


def together(scopes: Iterable[AssignedScope]) -> Registry:
    """Return the claims and allowed ranges that all assignments hold, at any scope."""
    claims: dict[tuple[str, str], list[AddressSet]] = defaultdict(list)
    allowed: dict[str, list[AddressSet]] = defaultdict(list)
    partners: set[str] = set()
    for one in scopes:
        partners |= one.registry.partners
        for key, addresses in one.registry.claims.items():
            claims[key].append(addresses)
        for partner, addresses in one.registry.allowed.items():
            allowed[partner].append(addresses)
    return Registry(
        claims={key: union(parts) for key, parts in claims.items()},
        allowed={partner: union(parts) for partner, parts in allowed.items()},
        partners=frozenset(partners),
    )


def _load(path: str) -> Json:
    import sys

    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise InputError(f"`{path}` cannot be read", hint=_HINT) from None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(f"`{path}` is not JSON", hint=_HINT) from None


def _is_ours(document: Json) -> bool:
    return isinstance(document, dict) and document.get("kind") == "s2sguard-derived-parameters"


def _elements(document: Json) -> Iterator[Json]:
    if isinstance(document, list):
        yield from document
    elif isinstance(document, dict):
        listed = next((document[name] for name in ("assignments", "value") if isinstance(document.get(name), list)), None)
        yield from (document,) if listed is None else listed


def _assigned(element: Json) -> Assigned | None:
    """Read one assignment; None for anything else. `az` writes `properties` flat."""
    if not isinstance(element, dict):
        return None
    inner = element.get("properties")
    flat = {**element, **inner} if isinstance(inner, dict) else element
    parameters = flat.get("parameters")
    if not isinstance(parameters, dict) or not OURS & set(parameters):
        return None
    name, scope = flat.get("name"), flat.get("scope")
    identity = flat.get("id")
    if not isinstance(scope, str) and isinstance(identity, str):
        scope = identity[: identity.lower().find("/providers/microsoft.authorization/")]
    values = {key: value.get("value") if isinstance(value, dict) and "value" in value else value for key, value in parameters.items()}
    return Assigned(name=name if isinstance(name, str) else "", scope=scope if isinstance(scope, str) else "", values=values)


def _joined(group: Sequence[Assigned]) -> AssignedScope:
    unreadable: list[str] = []

    def sets(name: str, *keys: str) -> dict[tuple[str, ...], AddressSet]:
        texts: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for one in group:
            for entry in _list(one.values.get(name)):
                if isinstance(entry, dict):
                    texts[tuple(_fold(entry.get(key)) for key in keys)].append(str(entry.get("range", "")))
                else:
                    unreadable.append(f"{name}: a member that is no object")
        found = {key: covered(written) for key, written in texts.items()}
        unreadable.extend(text for _, bad in found.values() for text in bad)
        return {key: addresses for key, (addresses, _) in found.items() if addresses}

    claims = sets("partnerRanges", "gateway", "partner")
    allowed, networks = sets("allowedRanges", "partner"), sets("networkRanges", "gateway")
    registry = Registry(
        claims={(gateway, partner): addresses for (gateway, partner), addresses in claims.items()},
        allowed={partner: addresses for (partner,), addresses in allowed.items()},
        networks={gateway: addresses for (gateway,), addresses in networks.items()},
        gateways=_names(group, "gateways"),
        network_gateways=_names(group, "networkGateways"),
        partners=_names(group, "partners"),
        partner_of=_table(group, "partnerOf"),
        trust_of=_table(group, "trustOf"),
        site_partner=_table(group, "sitePartner"),
        site_trust=_table(group, "siteTrust"),
        site_gateways=_lists(group, "siteGateways"),
        site_overlaps=_lists(group, "siteOverlaps"),
        site_network_overlaps=_lists(group, "siteNetworkOverlaps"),
        partner_tag=_text(group, "partnerTag", "partner"),
        trust_tag=_text(group, "trustTag", "trust"),
    )
    return AssignedScope(scope=group[0].scope, registry=registry, unreadable=tuple(dict.fromkeys(unreadable)))


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _fold(value: Json) -> str:
    """Return an id, or the name of a partner, as facts have them."""
    if not isinstance(value, str):
        return ""
    return fold_id(value) if value.strip().startswith("/") else fold(value.strip())


def _names(group: Iterable[Assigned], name: str) -> frozenset[str]:
    """Return what every assignment lists: a name that one of them lacks is refused by that one."""
    listed = [frozenset(_fold(value) for value in _list(one.values.get(name))) for one in group]
    if name == "networkGateways":
        return frozenset().union(*listed)
    return frozenset.intersection(*listed)


def _objects(group: Iterable[Assigned], name: str) -> Iterator[tuple[str, Json]]:
    for one in group:
        value = one.values.get(name)
        if isinstance(value, dict):
            yield from ((_fold(key), member) for key, member in value.items())


def _table(group: Iterable[Assigned], name: str) -> dict[str, str]:
    return {key: _fold(value) for key, value in _objects(group, name)}


def _lists(group: Iterable[Assigned], name: str) -> dict[str, tuple[str, ...]]:
    """Return key -> what the assignments list for it together: a deny by one of them is enough."""
    found: dict[str, set[str]] = defaultdict(set)
    for key, members in _objects(group, name):
        found[key].update(_fold(one) for one in _list(members))
    return {key: tuple(sorted(names)) for key, names in found.items()}


def _text(group: Iterable[Assigned], name: str, default: str) -> str:
    found = next((one.values[name] for one in group if isinstance(one.values.get(name), str)), default)
    return str(found)
