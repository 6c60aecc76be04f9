"""The network rules of an Azure Firewall, in the order in which it asks them."""

from __future__ import annotations

from dataclasses import dataclass

from s2sguard.model.tunnel import FilterRule
from s2sguard.model.value import Maybe


@dataclass(frozen=True, slots=True, kw_only=True)
class FirewallRules:
    """What a firewall lets through, as far as its network rules tell; what none of them names is denied."""

    name: str
    rules: Maybe[tuple[tuple[str, FilterRule], ...]]
    """(name, rule)."""
