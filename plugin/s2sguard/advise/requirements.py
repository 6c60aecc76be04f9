"""The article's requirements, each held against what partners need: which headend can meet it, and why (or why not).

Only what a demand shows rules a headend out. What no source says is `unknown`, never a yes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from s2sguard.advise.demand import Demand
from s2sguard.model.address import AddressSet, union
from s2sguard.report.style import some

Headend: TypeAlias = Literal["VPN Gateway", "virtual WAN", "NVA", "edge router"]
HEADENDS: Final[tuple[Headend, ...]] = ("VPN Gateway", "virtual WAN", "NVA", "edge router")
"""In the order they are preferred: what Azure runs before what we run. `virtual WAN` is one with routing intent."""
Verdict: TypeAlias = Literal["yes", "depends", "no", "unknown"]
MOST_NAMES = 5
MOST_CHILD_SAS = 100
"""Quick-mode SAs of one tunnel (azure.md 4.1, default-parameters table)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether one headend can meet one requirement; `depends` names what else has to be true."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What all partners of a headend need, and what verdicts on it rest on."""

    demands: Sequence[Demand]
    opened: str = ""
    """The assumption that does not hold, as `name=value`: then a gateway that Azure runs takes any selector (design section 4)."""


Answers: TypeAlias = Mapping[Headend, Answer]
_BOX = "each device decides: see `s2sguard scan` of its configuration"


def _answers(gateway: Answer, wan: Answer, nva: Answer, edge: Answer | None = None) -> Answers:
    return MappingProxyType(dict(zip(HEADENDS, (gateway, wan, nva, nva if edge is None else edge), strict=True)))


def _all(answer: Answer) -> Answers:
    return _answers(answer, answer, answer)


def _listed(names: Sequence[str]) -> str:
    return some(names, MOST_NAMES)


def selector_lock(needs: Needs) -> Answers:
    """No partner widens what was agreed: fixed selectors, and a tunnel only Azure starts (azure.md 4.1, 4.2)."""
    demands = needs.demands
    moving = [one.partner for one in demands if one.peer == "moving"]
    many = [one.partner for one in demands if one.selectors is not None and len(one.selectors) > MOST_CHILD_SAS]
    unclear = [one.partner for one in demands if one.peer == "unknown"]
    native = Answer("yes", "fixed selectors, policy-based selectors, a custom IPsec policy and initiator-only mode, all four")
    if needs.opened:
        native = Answer("no", f"under {needs.opened} a partner can widen the selectors of a tunnel that Azure ends")
    elif moving:
        native = Answer("no", f"initiator-only needs a peer with a fixed public address, and {_listed(moving)} has none")
    elif many:
        native = Answer(
            "depends", f"{_listed(many)} needs more than {MOST_CHILD_SAS} selectors, the SAs of one tunnel: summarise the ranges"
        )
    elif unclear:
        native = Answer("unknown", f"the peer address of {_listed(unclear)} is not known")
    wan = Answer(native.verdict, f"{native.reason}; the mode is set on each link") if native.verdict == "yes" else native
    return _answers(native, wan, Answer("yes", f"crypto access lists or traffic selectors of the device; {_BOX}"))


def firewall(_needs: Needs) -> Answers:
    """Partner traffic passes a firewall before it meets our hosts (azure.md 4.8, 4.10)."""
    return _answers(
        Answer("yes", "with route tables on GatewaySubnet and on the workloads, both towards the firewall"),
        Answer("yes", "routing intent sends all private traffic through the firewall of the hub"),
        Answer("yes", "in the box, also from tunnel to tunnel"),
        Answer("yes", "in the box or beside it, before the traffic enters Azure"),
    )


def crypto(needs: Needs) -> Answers:
    """Phase 1 and 2 use what our allow-lists hold, and nothing else (azure.md 4.3)."""
    weak = [f"{one.partner} ({', '.join(one.weak)})" for one in needs.demands if one.weak]
    if weak:
        return _all(Answer("no", f"no headend makes this strong: {_listed(weak)} is not on our list; agree on something better"))
    return _answers(
        Answer("yes", "a custom IPsec policy on each connection (not on the Basic SKU)"),
        Answer("yes", "a custom IPsec policy on each link"),
        Answer("yes", "what the device's vendor implements"),
    )


def isolation(needs: Needs) -> Answers:
    """No partner reaches another through the headend."""
    demands = needs.demands
    crossing = [f"{one.partner} to {other.partner}" for one, other in permutations(demands, 2) if _crosses(one, other)]
    unfixed = [one.partner for one in demands if one.selectors is None and one.selectors_known]
    unclear = [one.partner for one in demands if not one.selectors_known]
    native = Answer("yes", "no packet fits the selectors of two partners")
    if len({one.party for one in demands}) < 2:
        native = Answer("yes", "there is one partner, and nobody to isolate it from")
    elif needs.opened:
        native = Answer("no", f"under {needs.opened} no selector keeps two partners apart")
    elif crossing:
        native = Answer("no", f"the selectors themselves let {_listed(crossing)} pass: agree on narrower ones")
    elif unclear:
        native = Answer("unknown", f"the selectors of {_listed(unclear)} are not known")
    elif unfixed:
        native = Answer("depends", f"on the selectors: none are agreed or fixed for {_listed(unfixed)}")
    return _answers(
        native,
        Answer("depends", "on the firewall's rules: routing intent inspects traffic between partners, it does not stop it"),
        Answer("yes", "one routing table (VRF) for each partner, or access lists between tunnels"),
    )


def overlap(needs: Needs) -> Answers:
    """Partners may have each other's addresses, or ours; then somebody translates (azure.md 4.7)."""
    demands = needs.demands
    local = union([selector.local for one in demands for selector in one.selectors or ()])
    pairs = combinations(demands, 2)
    shared = [f"{one.partner} and {other.partner} both have {common}" for one, other in pairs if (common := _both(one, other))]
    ours = [f"{one.partner} has {_listed(found)} of ours" for one in demands if (found := _ours(one, local))]
    nat = [f"{one.partner} needs NAT on our side" for one in demands if one.nat]
    why = "; ".join([*shared[:MOST_NAMES], *ours[:MOST_NAMES], *nat[:MOST_NAMES]])
    if why:
        return _answers(
            Answer("no", f"{why}; NAT rules exclude policy-based selectors"),
            Answer("unknown", f"{why}; links have NAT rules, and no source says that they work beside policy-based selectors"),
            Answer("yes", f"{why}: the device translates, once or twice, in each routing table"),
        )
    blind = [one.partner for one in demands if one.prefixes is None or one.nat is None or one.in_azure is None]
    if blind:
        unknown = Answer("unknown", f"whether prefixes of {_listed(blind)} overlap our networks, or need NAT, is not known")
        return _answers(unknown, unknown, Answer("yes", "the device translates where it has to"))
    return _all(Answer("yes", "no addresses overlap, and nobody needs NAT of us"))


def bgp(needs: Needs) -> Answers:
    """Routes are static, or learned without telling one partner of another (azure.md 4.1, BGP leak)."""
    demands = needs.demands
    speaks = [one.partner for one in demands if one.bgp]
    if speaks:
        return _answers(
            Answer("no", f"{_listed(speaks)} uses BGP, and the gateway tells every BGP peer the prefixes of all partners"),
            Answer("no", f"{_listed(speaks)} uses BGP, and routing intent leaves no routing tables to keep partners' routes apart"),
            Answer("yes", "BGP in one routing table (VRF) for each partner"),
        )
    blind = [one.partner for one in demands if one.bgp is None]
    if blind:
        unknown = Answer("unknown", f"whether {_listed(blind)} uses BGP is not known")
        return _answers(unknown, unknown, Answer("yes", "BGP in one routing table (VRF) for each partner"))
    return _all(Answer("yes", "static routes only"))


def release(_needs: Needs) -> Answers:
    """All of it is released for production (azure.md 4.1, 4.10, 7: the article's warnings are of 2021)."""
    return _answers(
        Answer("yes", "fixed selectors and connection modes carry no preview label any more (Microsoft's page of 2025-06-25)"),
        Answer(
            "yes", "routing intent carries no preview label any more (Microsoft's page of 2025-08-01); not in Azure operated by 21Vianet"
        ),
        Answer("yes", "by its vendor"),
    )


def _crosses(one: Demand, other: Demand) -> bool:
    """Say whether a packet of one partner fits a selector of its own and, the other way round, one of the other."""
    if one.party == other.party or one.selectors is None or other.selectors is None:
        return False
    return any(here.remote.meets(there.local) and here.local.meets(there.remote) for here in one.selectors for there in other.selectors)


def _both(one: Demand, other: Demand) -> str:
    if one.party == other.party or one.prefixes is None or other.prefixes is None:
        return ""
    return _listed((one.prefixes & other.prefixes).texts())


def _ours(one: Demand, local: AddressSet) -> list[str]:
    """Return what a partner has of our addresses: of our networks, or of what partners may reach behind the headend."""
    reached = [] if one.prefixes is None or local.is_any else (one.prefixes & local).texts()
    return [*(one.in_azure or ()), *(text for text in reached if not one.in_azure)]


REQUIREMENTS: Final[Mapping[str, Callable[[Needs], Answers]]] = MappingProxyType(
    {
        "selector lock": selector_lock,
        "firewall": firewall,
        "crypto": crypto,
        "isolation": isolation,
        "overlap": overlap,
        "BGP": bgp,
        "released": release,
    }
)
"""Requirement -> what answers it, in the article's order."""
