"""Reading the network rules of a firewall: of its policy, or the classic ones on the firewall itself (azure.md 1.6).

Source: Microsoft Learn, firewall/rule-processing. Groups by priority, in them collections by priority, network rules before
application rules; the first rule that matches decides, and what none matches is denied. Rules of a parent policy come first.
Rules for names (FQDN) and application rules are about other traffic than that from partner to partner, and are not counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from s2sguard.facts.reading import Properties, body, of_resource, prefixes
from s2sguard.model.address import ANY, AddressSet, union
from s2sguard.model.arm_types import FIREWALL, RULE_GROUP
from s2sguard.model.firewall import FirewallRules
from s2sguard.model.inventory import Inventory, Resource, fold_id
from s2sguard.model.tunnel import FilterRule
from s2sguard.model.value import Maybe, Unknown

Named: TypeAlias = tuple[str, FilterRule]
_EVERY_PROTOCOL = frozenset({"any"})
_EVERY_PORT = frozenset({"*", "0-65535", "1-65535"})
_PARENT = Unknown("its policy inherits the rules of another one, which come first")


class _OddRulesError(Exception):
    """The rules cannot be brought into their order."""


def hub_firewall(inventory: Inventory, hub_key: str, name: str) -> FirewallRules | None:
    """Return the rules of the firewall of this name in a virtual hub, given by its folded id; None if the input holds none.

    One that does not say in which hub it stands is none: a shard of the input would not hold it.
    """
    for resource in (one for one in inventory.nearby(FIREWALL) if one.name.lower() == name.lower()):
        hub = of_resource(resource).reference("virtualhub")
        if isinstance(hub, str) and fold_id(hub) == hub_key:
            return FirewallRules(name=resource.name, rules=_rules(inventory, resource))
    return None


def _rules(inventory: Inventory, firewall: Resource) -> Maybe[tuple[Named, ...]]:
    properties = of_resource(firewall)
    policy_id = properties.reference("firewallpolicy")
    try:
        if isinstance(policy_id, Unknown):
            return policy_id
        if not policy_id:
            return tuple(_collections(inventory, _sorted(properties.items("networkrulecollections")), classic=True))
        policy = inventory.get(policy_id)
        if policy is None or policy.existing:
            return Unknown("its policy is not in the input")
        parent = of_resource(policy).reference("basepolicy")
        if parent:
            return parent if isinstance(parent, Unknown) else _PARENT
        if not policy.whole:
            return Unknown("rule collection groups of its policy may be managed elsewhere")
        if _missing(inventory, of_resource(policy).references("rulecollectiongroups")):
            return Unknown("a rule collection group of its policy is not in the input")
        groups = [of_resource(one) for one in inventory.children(policy.id, RULE_GROUP)]
        collections = (_sorted(group.items("rulecollections")) for _, group in sorted(_prioritised(groups), key=lambda pair: pair[0]))
        return tuple(rule for one in collections for rule in _collections(inventory, one, classic=False))
    except _OddRulesError as error:
        return Unknown(str(error))


def _missing(inventory: Inventory, named: Maybe[tuple[str, ...]]) -> bool:
    """Say whether a policy names a group that the input does not hold: a list of policies has ids of groups alone."""
    return isinstance(named, Unknown) or any(inventory.get(one) is None for one in named)


def _prioritised(found: Sequence[Properties]) -> Iterator[tuple[int, Properties]]:
    for one in found:
        priority = one.integer("priority")
        if not isinstance(priority, int):
            raise _OddRulesError("the priority of rules is not known")
        yield priority, one


def _sorted(written: Maybe[tuple[object, ...]]) -> list[Properties]:
    if isinstance(written, Unknown):
        raise _OddRulesError(written.reason)
    found = [body(one) for one in written]
    known = [one for one in found if not isinstance(one, Unknown)]
    if len(known) < len(found):
        raise _OddRulesError("a rule collection cannot be read")
    return [one for _, one in sorted(_prioritised(known), key=lambda pair: pair[0])]


def _collections(inventory: Inventory, collections: Sequence[Properties], *, classic: bool) -> Iterator[Named]:
    for collection in collections:
        kind = collection.text("rulecollectiontype", "FirewallPolicyFilterRuleCollection")
        if isinstance(kind, str) and kind.lower() == "firewallpolicynatrulecollection":
            continue
        action = collection.child("action")
        word = action.text("type") if isinstance(action, Properties) else Unknown("an action cannot be read")
        rules = collection.items("rules")
        if isinstance(kind, Unknown) or isinstance(word, Unknown) or word.lower() not in {"allow", "deny"} or isinstance(rules, Unknown):
            raise _OddRulesError("a rule collection cannot be read")
        for rule in rules:
            yield from _rule(inventory, body(rule), permit=word.lower() == "allow", classic=classic)


def _rule(inventory: Inventory, rule: Maybe[Properties], *, permit: bool, classic: bool) -> Iterator[Named]:
    if isinstance(rule, Unknown):
        raise _OddRulesError("a rule cannot be read")
    kind = "networkrule" if classic else rule.text("ruletype")
    name = rule.text("name")
    if isinstance(kind, Unknown):
        raise _OddRulesError("the type of a rule is not known")
    if kind.lower() != "networkrule":
        return
    source = _side(inventory, rule, "sourceaddresses", "sourceipgroups")
    target = _side(inventory, rule, "destinationaddresses", "destinationipgroups")
    known = not isinstance(source, Unknown) and not isinstance(target, Unknown)
    sides = (ANY if isinstance(source, Unknown) else source, ANY if isinstance(target, Unknown) else target)
    # Of an allowing rule any part is one too many; a denying one has to take all of it.
    protocols = "protocols" if classic else "ipprotocols"
    whole = permit or (_all(rule, protocols, _EVERY_PROTOCOL) and _all(rule, "destinationports", _EVERY_PORT))
    yield "" if isinstance(name, Unknown) else name, FilterRule(permit=permit, source=sides[0], destination=sides[1], exact=known and whole)


def _all(rule: Properties, name: str, words: frozenset[str]) -> bool:
    written = rule.items(name)
    return not isinstance(written, Unknown) and any(isinstance(one, str) and one.strip().lower() in words for one in written)


def _side(inventory: Inventory, rule: Properties, addresses: str, groups: str) -> Maybe[AddressSet]:
    """Return one side of a rule: written ranges, `*`, service tags (public, so nobody's here), and IP groups in the input."""
    written, named = rule.items(addresses), rule.items(groups)
    if isinstance(written, Unknown):
        return written
    if isinstance(named, Unknown):
        return named
    parts: list[AddressSet] = []
    for one in written:
        if isinstance(one, str) and one.strip() == "*":
            return ANY
        found = prefixes((one,))
        if isinstance(found, Unknown):
            return found
        parts.append(found.addresses)
    for one in named:
        group = inventory.get(one) if isinstance(one, str) else None
        found = Unknown("an IP group is not in the input") if group is None else prefixes(of_resource(group).items("ipaddresses"))
        if isinstance(found, Unknown):
            return found
        parts.append(found.addresses)
    return union(parts)


def ip_groups(properties: Properties) -> Iterator[str]:
    """Yield the folded ids of the IP groups that rules of a firewall, or of a rule collection group, name."""
    for name in ("networkrulecollections", "rulecollections"):
        collections = properties.items(name)
        for collection in () if isinstance(collections, Unknown) else collections:
            inner = body(collection)
            rules = inner if isinstance(inner, Unknown) else inner.items("rules")
            for rule in () if isinstance(rules, Unknown) else rules:
                yield from _groups_of(body(rule))


def _groups_of(rule: Maybe[Properties]) -> Iterator[str]:
    for side in ("sourceipgroups", "destinationipgroups"):
        found = rule if isinstance(rule, Unknown) else rule.items(side)
        yield from (fold_id(one) for one in (() if isinstance(found, Unknown) else found) if isinstance(one, str) and one)
