"""What inspection adds to the facts of a gateway."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from s2sguard.facts.document import GatewayFacts
from s2sguard.facts.inspection import Bypass, Inspection, Path
from s2sguard.facts.inspection_facts import BypassFacts, PathFacts, UninspectedFacts
from s2sguard.facts.inspection_zones import not_judged
from s2sguard.facts.isolation import Subject
from s2sguard.model.address import AddressSet, parse_range, union
from s2sguard.model.estate import Gateway
from s2sguard.model.routing import RouteTable, UserRoute
from s2sguard.model.value import Unknown

MOST = 10
"""Names and ranges of one list."""
MOST_PATHS = 100
"""Paths of a gateway: with a route table for each of a thousand spokes there are as many."""
FACTS = ("uninspected_inbound", "uninspected_return", "bypass_routes", "gateway_subnet_problems")
"""What controls read; one reason can keep all of them from being known."""


def add_inspection(facts: GatewayFacts, gateway: Gateway, subjects: Sequence[Subject]) -> None:
    """Add the ways between a gateway and its workloads, where the input holds a route table or a firewall for its networks."""
    routing, unknown = gateway.routing, facts["unknown"]
    if isinstance(routing, Unknown):
        unknown.update(dict.fromkeys(FACTS, routing.reason))
        return
    if routing is None:
        return
    found = Inspection(gateway, routing, subjects)
    paths = found.paths()
    facts["inspection"] = {"paths": [_path(path) for path in paths[:MOST_PATHS]], "left_out": not_judged(routing)[:MOST]}
    facts["uninspected_inbound"], facts["uninspected_return"] = _inbound(paths), _returns(paths)
    bypasses = list(found.bypasses())
    facts["bypass_routes"] = list(_bypasses(one for one in bypasses if not one.doubt))
    _put(unknown, "uninspected_inbound", (*found.doubts, *_inbound_doubts(paths)))
    _put(unknown, "uninspected_return", (*found.doubts, *_return_doubts(paths)))
    doubtful = [f"{one.doubt}: {one.part.route.label} may lead past {one.past.label}" for one in bypasses if one.doubt and one.part.route]
    _put(unknown, "bypass_routes", (*found.doubts, *found.unknown_legs(), *doubtful))
    _gateway_subnet(facts, routing.gateway_subnet.table)


def _put(unknown: dict[str, str], name: str, reasons: Iterable[str]) -> None:
    found = list(dict.fromkeys(reason for reason in reasons if reason))
    if found:
        more = f"; and {len(found) - MOST} more reasons" if len(found) > MOST else ""
        unknown[name] = "; ".join(found[:MOST]) + more


def _fails_in(path: Path) -> bool:
    return path.inbound.kind == "direct"


def _fails_back(path: Path) -> bool:
    return path.back.kind == "direct" or path.asymmetric


def _inbound_doubts(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        if path.inbound.kind == "unknown":
            yield path.inbound.by
        elif _fails_in(path) and path.doubts[0]:
            yield f"packets may arrive directly: {path.doubts[0]}"


def _return_doubts(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        if path.back.kind == "unknown":
            yield path.back.by
        elif path.inbound.kind == "unknown":
            yield path.inbound.by
        elif _fails_back(path) and path.doubts[1]:
            yield f"replies may leave {path.back.text()}: {path.doubts[1]}"


def _inbound(paths: Iterable[Path]) -> list[UninspectedFacts]:
    """Return what arrives past everything that could inspect it, for certain; by the route that brings it."""
    found = (path for path in paths if _fails_in(path) and not path.doubts[0])
    return list(_joined((path, f"{path.inbound.by} delivers them directly") for path in found))


def _returns(paths: Iterable[Path]) -> list[UninspectedFacts]:
    """Return which replies leave uninspected, or through something else than packets came through, for certain."""
    return list(_joined((path, _way_back(path)) for path in paths if _fails_back(path) and not path.doubts[1]))


def _way_back(path: Path) -> str:
    goes = "takes replies straight to the gateway" if path.back.kind == "direct" else f"sends replies {path.back.text()}"
    return f"{path.back.by} {goes}, and packets come {path.inbound.text()}"


def _joined(found: Iterable[tuple[Path, str]]) -> Iterator[UninspectedFacts]:
    """Yield one entry for each reason, with the first packet of it."""
    by_reason: dict[str, list[Path]] = {}
    for path, because in found:
        by_reason.setdefault(because, []).append(path)
    for because, paths in by_reason.items():
        yield {
            "ranges": union(path.local for path in paths).texts()[:MOST],
            "networks": list(dict.fromkeys(name for path in paths for name in path.networks))[:MOST],
            "because": because,
            "witness": paths[0].witness,
        }


def _path(path: Path) -> PathFacts:
    facts: PathFacts = {
        "networks": list(path.networks)[:MOST],
        "subnets": list(path.subnets)[:MOST],
        "local": path.local.texts()[:MOST],
        "remote": path.remote.texts()[:MOST],
        "inbound": path.inbound.facts(),
        "back": path.back.facts(),
        "asymmetric": path.asymmetric,
        "witness": path.witness,
    }
    doubt = path.doubts[0] or path.doubts[1]
    if doubt:
        facts["possible"] = doubt
    return facts


def _bypasses(found: Iterable[Bypass]) -> Iterator[BypassFacts]:
    joined: dict[tuple[str, str, str], AddressSet] = {}
    for one in found:
        key = (one.table, "no route" if one.part.route is None else one.part.route.label, one.past.label)
        joined[key] = joined.get(key, AddressSet()) | one.part.addresses
    for (table, route, past), ranges in sorted(joined.items(), key=lambda item: item[0]):
        yield {"table": table, "route": route, "past": past, "ranges": ranges.texts()[:MOST]}


def _gateway_subnet(facts: GatewayFacts, table: RouteTable | Unknown | None) -> None:
    """Add what Azure does not support on GatewaySubnet (azure.md 4.8; Microsoft Learn, virtual-networks-udr-overview)."""
    unknown = facts["unknown"]
    if isinstance(table, Unknown):
        unknown["gateway_subnet_problems"] = table.reason
        return
    if table is None:
        facts["gateway_subnet_problems"] = []
        return
    routes = () if isinstance(table.routes, Unknown) else table.routes
    problems = [f"{table.name} disables propagation of gateway routes"] if table.propagates is False else []
    problems += [text for route in routes for text in _route_problems(route, table.name)]
    facts["gateway_subnet_problems"] = problems
    doubts = [value.reason for value in (table.propagates, table.routes) if isinstance(value, Unknown)]
    for route in routes:
        values = (route.prefix, route.hop_type)
        doubts += [f"route {route.name} of {table.name}: {value.reason}" for value in values if isinstance(value, Unknown)]
    _put(unknown, "gateway_subnet_problems", doubts)


def _route_problems(route: UserRoute, table: str) -> Iterator[str]:
    prefix = AddressSet() if isinstance(route.prefix, Unknown) else parse_range(route.prefix)
    everything = not isinstance(prefix, Unknown) and any(prefix == one for one in _EVERYTHING)
    if everything:
        yield f"route {route.name} of {table} is for {prefix.texts()[0] if not isinstance(prefix, Unknown) else ''}"
    if not isinstance(route.hop_type, Unknown) and route.hop_type.lower() == "virtualnetworkgateway":
        yield f"route {route.name} of {table} has next hop VirtualNetworkGateway"


_EVERYTHING = tuple(found for text in ("0.0.0.0/0", "::/0") if isinstance(found := parse_range(text), AddressSet))
