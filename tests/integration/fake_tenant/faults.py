"""How the service fails: a share of requests for a while, and some places for good. All of it follows from one seed.

What a request meets depends on its path and on how often it was asked, not on when: two runs meet the same faults.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Final, Literal, TypeAlias

from tests.integration.fake_tenant.tenant import Tenant

Passing: TypeAlias = Literal["throttled", "throttled-with-time", "failed", "dropped", "slow"]
"""Faults that go away when a request is repeated."""
Lasting: TypeAlias = Literal["forbidden", "throttled-for-good", "loop", "elsewhere", "not-registered", "broken", "no-listing"]
"""Faults that stay."""
PASSING: Final[tuple[Passing, ...]] = ("throttled", "throttled-with-time", "failed", "dropped", "slow")
LASTING: Final[tuple[Lasting, ...]] = ("forbidden", "throttled-for-good", "loop", "elsewhere", "not-registered", "broken", "no-listing")


@dataclass(slots=True)
class Faults:
    """The faults of one service."""

    seed: int = 0
    share: float = 0.0
    """Of all paths that meet a passing fault on their first one or two attempts."""
    lasting: dict[str, Lasting] = field(default_factory=dict)
    """Folded start of a path -> what every request below it meets."""
    vanished: set[str] = field(default_factory=set)
    """Folded ids that listings still name, and that are gone."""
    forgotten: bool = False
    """Let gateways no longer name what is gone: only Resource Graph still does."""
    graph: list[Passing] = field(default_factory=list)
    """What the next queries of Resource Graph meet, one after the other."""
    duplicates: bool = False
    """Repeat the last row of a page as the first of the next one."""
    asked: dict[str, int] = field(default_factory=dict)

    def passing(self, method: str, target: str) -> Passing | None:
        """Return what this attempt of a request meets; counts it."""
        number = self.asked[target] = self.asked.get(target, 0) + 1
        random = Random(f"{self.seed} {method} {target}")
        if random.random() >= self.share:
            return None
        fault, lasts = random.choice(PASSING), random.choice((1, 2))
        return fault if number <= lasts else None

    def staying(self, path: str) -> Lasting | None:
        """Return what every request of this path meets."""
        folded = path.lower()
        return next((fault for start, fault in self.lasting.items() if folded == start or folded.startswith(f"{start}/")), None)


def some_faults(tenant: Tenant) -> dict[str, object]:
    """Return the faults of the large runs: one request in twenty for a while, and places in several subscriptions for good.

    Needs a tenant of at least 161 gateways.
    """
    lasting: dict[str, str] = {}
    vanished: list[str] = []
    gateways = sorted(tenant.members)
    for number, fault in ((7, "forbidden"), (33, "throttled-for-good"), (61, "broken")):
        lasting[gateways[number].partition("/providers/")[0]] = fault
    for number, fault in ((85, "loop"), (104, "elsewhere"), (122, "no-listing")):
        lasting[f"{gateways[number]}/connections"] = fault
    for number in (141, 160):
        vanished += [member["id"].lower() for member in tenant.members[gateways[number]][:3]]
    return {"seed": 5, "share": 0.05, "lasting": lasting, "vanished": vanished, "duplicates": True}
