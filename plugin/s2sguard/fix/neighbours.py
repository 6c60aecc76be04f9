"""What the connections of one gateway forbid each other: ranges that two partners claim, or that are a partner's and ours.

Fixed selectors cannot tell two partners with one range apart, and Azure's NAT excludes policy-based selectors (azure.md 4.7),
so native settings have no answer (article, "Overlapping IP / NAT").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from s2sguard.fix.case import Case, site_prefixes
from s2sguard.fix.model import Obstacle, Patch
from s2sguard.fix.obstacles import NAT_HEADEND
from s2sguard.fix.target import Target, local_after, remote_after
from s2sguard.model.address import AddressSet
from s2sguard.model.value import Unknown

_SHOWN = 3


def without_conflicts(cases: Mapping[str, Case], targets: Mapping[str, Target]) -> dict[str, Target]:
    """Return the targets of one gateway's connections, patches replaced by obstacles where ranges conflict.

    `cases` holds every tunnel of the gateway by key, `targets` those that fail.
    """
    found: dict[str, Target] = {}
    for key, target in targets.items():
        obstacles = tuple(_conflicts(cases[key], target, cases, targets)) if isinstance(target, Patch) else ()
        found[key] = obstacles or target
    return found


def _conflicts(case: Case, patch: Patch, cases: Mapping[str, Case], targets: Mapping[str, Target]) -> Iterator[Obstacle]:
    remote, local = remote_after(case, patch), local_after(case, patch)
    for other in case.others():
        if other.trust == "internal" or other.key not in cases:
            continue
        common = remote & _claim(cases[other.key], targets.get(other.key))
        if common:
            yield Obstacle(
                code="partner-overlap",
                requirement=f"{_texts(common)} belong to this partner and to `{other.name}`, which needs NAT, and NAT excludes the pattern",
                instead=f"{NAT_HEADEND}; or one partner translates on its own device and gives you other ranges",
            )
        theirs = site_prefixes(other)
        if not isinstance(theirs, Unknown) and (inside := local & theirs.addresses):
            yield _of_both(inside, f"the site of `{other.name}`")
    own = site_prefixes(case.connection)
    if "trafficSelectorPolicies" in patch.properties and not isinstance(own, Unknown) and (inside := local & own.addresses):
        yield _of_both(inside, "the partner's own site")


def _claim(case: Case, target: Target | None) -> AddressSet:
    """Return what another partner rightly claims: its fixed ranges as far as they lie in its site, or its whole site."""
    fixed = remote_after(case, target if isinstance(target, Patch) else None)
    site = site_prefixes(case.connection)
    if isinstance(site, Unknown):
        return fixed
    return (fixed & site.addresses) or site.addresses


def _of_both(ranges: AddressSet, whose: str) -> Obstacle:
    return Obstacle(
        code="network-overlap",
        requirement=f"{_texts(ranges)} lie in our networks and in {whose}, so one side has to be translated",
        instead=f"renumber one side (S2S-ADR-002), or use {NAT_HEADEND}",
    )


def _texts(ranges: AddressSet) -> str:
    texts: Sequence[str] = ranges.texts()
    return ", ".join(texts[:_SHOWN]) + (f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else "")
