"""From a failing connection to the smallest patch that gives it the hardened pattern (article, stage 4), or the obstacles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from s2sguard.fix.agreed import agreed_policy, agreed_selectors
from s2sguard.fix.case import Case
from s2sguard.fix.model import Change, Obstacle, Patch, Ranges
from s2sguard.fix.obstacles import obstacles_of, unknown
from s2sguard.fix.policy import Policy, hardened_policy, policy_as_it_is
from s2sguard.fix.ranges import SelectorMaker, TooWide, addresses_of
from s2sguard.model.address import AddressSet
from s2sguard.model.estate import FixedSelector, IpsecPolicy
from s2sguard.model.value import Unknown

Target: TypeAlias = Patch | tuple[Obstacle, ...]
"""What to change, or every reason why nothing is offered."""

_SELECTOR_CONTROLS = {"S2S-SEL-002", "S2S-SEL-003", "S2S-SEL-004", "S2S-SEL-005", "S2S-ISO-003", "S2S-AGR-002"}


def target_of(case: Case) -> Target:
    """Return the patch of one connection, worked out without looking at what its neighbours will get."""
    obstacles = list(obstacles_of(case))
    if obstacles:
        return tuple(obstacles)
    policy = _policy(case)
    selectors = _selectors(case)
    if isinstance(policy, Unknown):
        obstacles.append(Obstacle(code="settings", requirement=policy.reason, instead="allow a pair that fits, such as GCMAES256 in both"))
    if isinstance(selectors, Obstacle):
        obstacles.append(selectors)
    if obstacles or isinstance(policy, Unknown) or isinstance(selectors, Obstacle):
        return tuple(obstacles)
    wanted = dict(_settings(case))
    if policy is not None and not (case.connection.policy is None and "S2S-IKE-003" in case.spared):
        wanted["ipsecPolicies"] = [policy]
    if selectors is not None:
        wanted["trafficSelectorPolicies"] = _elements(selectors)
    if "connectionProtocol" in wanted:
        wanted = _anew(case) | wanted
    if case.connection.bgp is True and not {"S2S-RTE-001", "S2S-ISO-004"} & case.spared:
        wanted["enableBgp"] = False
    return Patch(
        resource=case.resource,
        changes=tuple(Change(name=name, before=_plain(case.properties.get(name.lower())), after=value) for name, value in wanted.items()),
    )


def _policy(case: Case) -> Policy | Unknown | None:
    """Return the policy to set; None where the current one stays. What was agreed goes first, where the settings allow it as it is."""
    current: IpsecPolicy | None = case.connection.policy or None  # type: ignore[assignment]  # known here
    agreed = agreed_policy(case.agreement, current) if case.agreement is not None and "S2S-AGR-004" not in case.spared else None
    if agreed is not None and hardened_policy(agreed, case.options.settings, case.spared) is None:
        return policy_as_it_is(agreed)
    return hardened_policy(current, case.options.settings, case.spared)


def selectors_after(case: Case, patch: Patch | None) -> tuple[Ranges, ...]:
    """Return the fixed selectors a connection has once the patch is applied; none where they are not known."""
    changed = patch.properties.get("trafficSelectorPolicies") if patch is not None else None
    if isinstance(changed, list):
        return tuple((tuple(one["localAddressRanges"]), tuple(one["remoteAddressRanges"])) for one in changed)
    current = case.connection.fixed_selectors
    return () if isinstance(current, Unknown) else tuple(map(_written, current))


def remote_after(case: Case, patch: Patch | None) -> AddressSet:
    """Return the remote ranges of `selectors_after`."""
    return addresses_of(text for _, remote in selectors_after(case, patch) for text in remote)


def local_after(case: Case, patch: Patch | None) -> AddressSet:
    """Return the local ranges of `selectors_after`."""
    return addresses_of(text for local, _ in selectors_after(case, patch) for text in local)


def _settings(case: Case) -> Iterator[tuple[str, object]]:
    connection = case.connection
    if connection.protocol != "IKEv2" and "S2S-IKE-002" not in case.spared:
        yield "connectionProtocol", "IKEv2"
    if connection.mode != "InitiatorOnly" and "S2S-IKE-001" not in case.spared:
        yield "connectionMode", "InitiatorOnly"
    if connection.policy_based_selectors is not True and "S2S-SEL-001" not in case.spared:
        yield "usePolicyBasedTrafficSelectors", True


def _anew(case: Case) -> dict[str, object]:
    """Return what a connection that is deleted and made anew has to be given again, in the order of a patch."""
    connection = case.connection
    found: dict[str, object] = {
        "connectionProtocol": "IKEv2",
        "connectionMode": connection.mode,
        "usePolicyBasedTrafficSelectors": connection.policy_based_selectors,
    }
    if isinstance(connection.policy, IpsecPolicy):
        found["ipsecPolicies"] = [policy_as_it_is(connection.policy)]
    if isinstance(connection.fixed_selectors, tuple):
        found["trafficSelectorPolicies"] = _elements(tuple(map(_written, connection.fixed_selectors)))
    return found


def _plain(value: object) -> object:
    """Return a written value as JSON has it; what is not known says so."""
    if isinstance(value, Unknown):
        return f"unknown: {value.reason}"
    if isinstance(value, Mapping):
        return {str(name): _plain(member) for name, member in value.items()}
    return [_plain(member) for member in value] if isinstance(value, list | tuple) else value


def _elements(selectors: tuple[Ranges, ...]) -> list[object]:
    return [{"localAddressRanges": list(local), "remoteAddressRanges": list(remote)} for local, remote in selectors]


def _selectors(case: Case) -> tuple[Ranges, ...] | Obstacle | None:
    """Return the selectors to set; None where the current ones stay."""
    current = case.connection.fixed_selectors
    if isinstance(current, Unknown) or (case.spared & _SELECTOR_CONTROLS):
        return None
    local, remote = case.local_bounds(), case.remote_bounds()
    if isinstance(remote, Unknown):
        return unknown("what the partner's site holds", remote.reason)
    if not remote.prefixes and not current:
        return Obstacle(
            code="no-prefixes",
            requirement="the site lists no prefixes, so nothing says which addresses are the partner's",
            instead="write the signed prefixes into the site's address space, and try again",
        )
    maker = SelectorMaker(local, remote, case.options.settings)
    made = _agreed(case, maker) or maker.make(current)
    if isinstance(made, Unknown):
        return unknown("a range that fixed selectors need", made.reason)
    if isinstance(made, TooWide):
        return _too_wide(made)
    if list(made) == [_written(element) for element in current]:
        return None
    return made


def _agreed(case: Case, maker: SelectorMaker) -> tuple[Ranges, ...]:
    """Return what was agreed, if it is something else than now and our networks and the settings allow it as it is; else nothing."""
    wanted = agreed_selectors(case.agreement, case.connection) if case.agreement is not None else ()
    made = maker.make(wanted) if wanted else ()
    return made if isinstance(made, tuple) and list(made) == [_written(one) for one in wanted] else ()


def _too_wide(wide: TooWide) -> Obstacle:
    whose = "our own networks" if wide.side == "local" else "the partner's site"
    return Obstacle(
        code="too-wide",
        requirement=f"{', '.join(wide.texts)} of {whose} is wider than the allowed /{wide.shortest}, and which part is meant is open",
        instead="take the ranges from what was signed and write them as fixed selectors by hand",
    )


def _written(element: FixedSelector) -> Ranges:
    return element.local_texts, element.remote_texts
