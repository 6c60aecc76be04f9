"""All requirements of one gateway's partners, which of them decides, and which headend is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from s2sguard.advise.demand import Demand, agreed_only, demands_of
from s2sguard.advise.requirements import HEADENDS, REQUIREMENTS, Answers, Headend, Needs, Verdict
from s2sguard.facts.document import FactsDocument, GatewayFacts
from s2sguard.facts.given import Assumptions
from s2sguard.facts.options import DEFAULT_ASSUMPTIONS
from s2sguard.model.agreement import Agreement
from s2sguard.model.inventory import fold_id
from s2sguard.report.about import assumed

Kind: TypeAlias = Literal["VPN Gateway", "virtual WAN", "device", "none yet"]
_WORST: tuple[Verdict, ...] = ("no", "unknown", "depends", "yes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What was found for the partners of one gateway, or for agreements that no connection belongs to."""

    gateway: GatewayFacts | None
    kind: Kind
    demands: tuple[Demand, ...]
    table: Mapping[str, Answers]
    assumptions: Assumptions
    """What the answers for what Azure runs rest on."""
    doubt: str = ""
    """Why there may be more partners than are known."""

    @property
    def partners(self) -> tuple[str, ...]:
        """Their names, one for each party."""
        return tuple({demand.party: demand.partner for demand in self.demands}.values())

    def state(self, headend: Headend) -> Verdict:
        """Return the worst answer of a headend: one requirement it cannot meet is enough."""
        worst = self._worst(headend)
        return "unknown" if self.doubt and worst in {"yes", "depends"} else worst

    def deciding(self, headend: Headend) -> list[str]:
        """Return the requirements behind that state, none where every answer is yes."""
        worst = self._worst(headend)
        return [name for name, answers in self.table.items() if answers[headend].verdict == worst != "yes"]

    def _worst(self, headend: Headend) -> Verdict:
        return min((answers[headend].verdict for answers in self.table.values()), key=_WORST.index)

    @property
    def best(self) -> Headend | None:
        """The headend to take: the first that can carry them, if on conditions; None where all of them fail."""
        left = [headend for headend in HEADENDS if self.state(headend) != "no"]
        return min(left, key=lambda headend: (self.state(headend) == "unknown", HEADENDS.index(headend)), default=None)

    @property
    def present(self) -> Verdict:
        """The state of the headend they are on today; of the best one where there is none yet."""
        if self.kind == "device":
            return min((self.state("NVA"), self.state("edge router")), key=_WORST.index)
        headend = self.best if self.kind == "none yet" else self.kind
        return "no" if headend is None else self.state(headend)


def advise(facts: FactsDocument, agreements: Sequence[Agreement]) -> tuple[Advice, ...]:
    """Return one advice for each gateway with partners, and one for the agreements that nothing of the input belongs to."""
    given, demands = facts["assumptions"], demands_of(facts, agreements)
    facing = [gateway for gateway in facts["gateways"] if gateway["partner_facing"]]
    found = [_advice(tuple(demands.get(fold_id(gateway["id"]), ())), given, gateway) for gateway in facing]
    rest = agreed_only(agreements, facts)
    return (*(one for one in found if one.demands), *([_advice(rest, given)] if rest else []))


def _advice(demands: tuple[Demand, ...], given: Assumptions, gateway: GatewayFacts | None = None) -> Advice:
    needs = Needs(demands, _opened(given))
    table = {name: requirement(needs) for name, requirement in REQUIREMENTS.items()}
    doubt = "" if gateway is None or gateway["complete"] else gateway.get("incomplete_reason", "other connections may exist")
    return Advice(gateway=gateway, kind=_kind(gateway), demands=demands, table=table, assumptions=given, doubt=doubt)


def _opened(given: Assumptions) -> str:
    """Return the first assumption that does not hold; each of them opens every ceiling."""
    values: Mapping[str, object] = {**given}
    return next((assumed({name: values[name]}) for name, usual in DEFAULT_ASSUMPTIONS.items() if values[name] != usual), "")


def _kind(gateway: GatewayFacts | None) -> Kind:
    if gateway is None:
        return "none yet"
    if gateway.get("device"):
        return "device"
    return "virtual WAN" if "hub" in gateway else "VPN Gateway"
