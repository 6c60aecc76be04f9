"""Which way packets take between a gateway and the workloads behind it, in words (S2S-INS)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Literal, TypeAlias

from s2sguard.facts.document import GatewayFacts
from s2sguard.facts.inspection_facts import LegFacts, PathFacts, UninspectedFacts
from s2sguard.report.printable import printable
from s2sguard.report.style import Style, some

Gate: TypeAlias = Literal["closed", "open", "unknown", "not judged"]
"""Closed: everything passes a firewall both ways. Open: something passes none."""
_MOST = 12
"""Paths that are printed, and names of one list."""


def summary(gateway: GatewayFacts) -> str:
    """Return one clause: what passes a firewall, what does not, or why that is not judged."""
    reason = next((gateway["unknown"][name] for name in ("uninspected_inbound", "uninspected_return") if name in gateway["unknown"]), "")
    inspection = gateway.get("inspection")
    if inspection is None:
        return f"not known: {reason}" if reason else f"not judged: {_why_not(gateway)}"
    arriving = _past("packets to", gateway.get("uninspected_inbound", []), "pass no firewall")
    leaving = _past("replies from", gateway.get("uninspected_return", []), "do not pass what packets pass")
    if arriving or leaving:
        return "; ".join(filter(None, (arriving, leaving)))
    if reason:
        return f"not known in full: {reason}"
    through = sorted({leg["via"] for path in inspection["paths"] for leg in (path["inbound"], path["back"]) if "via" in leg})
    return f"what partners may reach is behind {some(through, _MOST)}, both ways" if through else "partners reach no workload"


def gate(gateway: GatewayFacts) -> Gate:
    """Return what stands between a gateway and its workloads, for a picture."""
    unknown = gateway["unknown"]
    if "inspection" not in gateway:
        return "unknown" if "uninspected_inbound" in unknown else "not judged"
    if gateway.get("uninspected_inbound") or gateway.get("uninspected_return"):
        return "open"
    return "unknown" if unknown.keys() & {"uninspected_inbound", "uninspected_return"} else "closed"


def _why_not(gateway: GatewayFacts) -> str:
    if "hub" in gateway:
        return "in a virtual WAN routing intent decides"
    if "device" in gateway:
        return "the headend is a device"
    return "the input holds no route table and no firewall for its networks"


def _past(what: str, found: Iterable[UninspectedFacts], how: str) -> str:
    ranges = list(dict.fromkeys(text for one in found for text in one["ranges"]))
    return f"{what} {some(ranges, _MOST)} {how}" if ranges else ""


def ways(gateway: GatewayFacts, style: Style) -> Iterator[str]:
    """Yield the paths of a gateway as lines; nothing where there is nothing to inspect."""
    inspection = gateway.get("inspection")
    reason = gateway["unknown"].get("uninspected_inbound", "")
    if inspection is None and not reason:
        return
    yield style.paint(f"WHICH WAY PACKETS TAKE BEHIND {printable(gateway['name'])}", "bold")
    if inspection is None:
        yield from style.wrap(f"not known: {printable(reason)}", first="  ")
        return
    for path in inspection["paths"][:_MOST]:
        yield from _path(path, style)
    if len(inspection["paths"]) > _MOST:
        yield f"  and {len(inspection['paths']) - _MOST} more ways"
    if inspection["left_out"]:
        yield from style.wrap(f"not looked at: {some([printable(name) for name in inspection['left_out']], _MOST)}", first="  ")


def _path(path: PathFacts, style: Style) -> Iterator[str]:
    place = some([printable(name) for name in path["networks"]], _MOST)
    subnets = some([printable(name) for name in path["subnets"]], _MOST)
    yield from style.wrap(f"{some(path['local'], _MOST)} in {place}{f' ({subnets})' if subnets else ''}", first="  ")
    yield from style.wrap(_leg(path["inbound"]), first="    in    ")
    yield from style.wrap(_leg(path["back"]), first="    back  ")
    if path["asymmetric"]:
        yield "    asymmetric: replies do not pass what packets passed"
    if "possible" in path:
        yield from style.wrap(f"perhaps: {printable(path['possible'])}", first="    ")
    yield from style.wrap(printable(path["witness"]), first="    such as  ")


def _leg(leg: LegFacts) -> str:
    words = {
        "firewall": f"through firewall {leg.get('via', '')}",
        "appliance": f"through appliance {leg.get('via', '')}",
        "direct": "directly",
        "dropped": "nowhere",
        "unknown": "not known",
    }
    return printable(f"{words[leg['kind']]}: {leg['by']}")


def firewall_lines(gateway: GatewayFacts, partners: AbstractSet[str], style: Style) -> Iterator[str]:
    """Yield what the hub's firewall does with packets between these partners, or between one and every other."""
    pairs = [one for one in gateway.get("firewall_between", []) if partners <= set(one["partners"])]
    for pair in pairs[:_MOST]:
        words = {"denied": "does not let packets pass", "allowed": "lets packets pass", "unknown": "may let packets pass"}
        names = " and ".join(printable(name.rsplit("/", 1)[-1]) for name in pair["partners"])
        text = f"firewall {printable(pair['firewall'])} {words[pair['state']]} between {names}: {printable(pair['by'])}"
        yield from style.wrap(text, first="  ")
    if len(pairs) > _MOST:
        yield f"  and {len(pairs) - _MOST} more pairs"
