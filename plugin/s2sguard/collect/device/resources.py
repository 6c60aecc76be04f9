"""A device as resources: each routing table in the place of a gateway, each tunnel below it in the place of a connection.

These are no types of Azure. The properties hold what the facts need, in texts; keys and algorithms are not among them.
"""

from __future__ import annotations

from dataclasses import replace

from s2sguard.collect.interface import Collected
from s2sguard.model.address import AddressSet, union
from s2sguard.model.arm_types import DEVICE_TABLE, DEVICE_TUNNEL
from s2sguard.model.inventory import Gap, Resource, Source
from s2sguard.model.selector import TrafficSelector
from s2sguard.model.tunnel import Device, FilterRule, TunnelEnd
from s2sguard.model.value import Maybe, Unknown

_NOT_LOOKED_AT = Unknown("what this device lets through between its tunnels is not read for this vendor")


def resources_of(device: Device) -> Collected:
    """Return the resources and gaps of one device. Gaps name the device, so that they make no other gateway doubtful."""
    host = f"device:{device.name}"
    hidden = [gap for gap in device.gaps if gap.kind != "not-judged"]
    doubt = device.leaks or (f"other connections may exist: {_place(hidden[0])}{hidden[0].reason}" if hidden else "")
    found = Collected(gaps=[replace(gap, resource=host) for gap in device.gaps])
    tables: dict[str, Resource] = {}
    names: dict[str, int] = {}
    for end in device.ends:
        table = tables.setdefault(end.vrf, _table(device, host, end, doubt))
        count = names[f"{end.vrf}/{end.name}"] = names.get(f"{end.vrf}/{end.name}", 0) + 1
        again = f" ({count})" if count > 1 else ""
        found.resources.append(
            Resource(
                id=f"{table.id}/{end.name}{again}",
                type=DEVICE_TUNNEL,
                name=f"{end.name}{again}",
                properties=_properties(end),
                tags={},
                source=Source(file=device.file, line=end.line or None),
                parent=table.id,
            )
        )
    found.resources = [*tables.values(), *found.resources]
    return found


def _place(gap: Gap) -> str:
    return f"line {gap.source.line}: " if gap.source is not None and gap.source.line else ""


def _table(device: Device, host: str, end: TunnelEnd, doubt: str) -> Resource:
    name = f"{device.name}, table {end.vrf}" if end.vrf else device.name
    properties = {"vendor": device.vendor, "vrf": end.vrf, "doubt": doubt}
    source = Source(file=device.file, line=end.line or None)
    return Resource(id=f"{host}/{end.vrf or 'global'}", type=DEVICE_TABLE, name=name, properties=properties, tags={}, source=source)


def _properties(end: TunnelEnd) -> dict[str, object]:
    passage = end.passage
    found: dict[str, object] = {
        "peers": end.peers if isinstance(end.peers, Unknown) else list(end.peers),
        "ike": end.ike,
        "lines": end.lines
        if isinstance(end.lines, Unknown)
        else [{"own": _texts(line.own), "far": _texts(line.far)} for line in end.lines],
    }
    if passage is None:
        return found | {"translated": _NOT_LOOKED_AT}
    found |= {"encapsulated": passage.encapsulated, "dynamic": passage.dynamic, "translated": passage.translated}
    if passage.routed is not None:
        found["routed"] = passage.routed.texts()
    return found | {"inbound": _rules(passage.inbound), "outbound": _rules(passage.outbound)}


def _texts(selectors: tuple[TrafficSelector, ...]) -> list[str]:
    return union([_set(one) for one in selectors]).texts()


def _set(selector: TrafficSelector) -> AddressSet:
    interval = ((selector.first, selector.last),)
    return AddressSet(v4=interval) if selector.version == 4 else AddressSet(v6=interval)


def _rules(rules: Maybe[tuple[FilterRule, ...]]) -> object:
    if isinstance(rules, Unknown):
        return rules
    return [
        {"permit": rule.permit, "exact": rule.exact, "source": rule.source.texts(), "destination": rule.destination.texts()}
        for rule in rules
    ]
