"""Isolation facts: witnesses are real flows, unknowns are sound, completeness and identity count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from random import Random

import pytest

from s2sguard.facts import FactsOptions
from s2sguard.facts.build import document_of
from s2sguard.facts.document import ConnectionFacts, Witness
from s2sguard.facts.given import Assumptions
from s2sguard.model.address import AddressSet, parse_address, parse_range
from s2sguard.model.estate import Connection, Estate, Gateway, Prefixes, Site
from s2sguard.model.value import Unknown

from .estates import connection, fixed, gateway, random_gateway, site
from .oracle import Expected, expected, possible_flows

OPTIONS = FactsOptions(today=date(2026, 11, 23))


def facts_of(one: Gateway, options: FactsOptions = OPTIONS) -> dict[str, ConnectionFacts]:
    """Connection facts by name."""
    return {facts["name"]: facts for facts in document_of(Estate(gateways=(one,), sites=()), options)["connections"]}


def ranges(*texts: str) -> AddressSet:
    """An address set from prefixes."""
    found = AddressSet()
    for text in texts:
        parsed = parse_range(text)
        assert isinstance(parsed, AddressSet)
        found = found | parsed
    return found


HUB = ranges("172.16.1.0/24")
RED = connection("red", site=site("red", ranges("10.1.0.0/16")), fixed_selectors=(fixed(HUB, ranges("10.1.0.0/16")),))
BLUE = connection("blue", site=site("blue", ranges("10.2.0.0/16")), fixed_selectors=(fixed(HUB, ranges("10.2.0.0/16")),))


def counts(facts: ConnectionFacts) -> tuple[int, int, int, int]:
    """(two-way, possible, one-way, possible)."""
    return facts["two_way"]["count"], facts["two_way"]["possible"], facts["one_way"]["count"], facts["one_way"]["possible"]


def test_hardened_partners_do_not_meet() -> None:
    """Article, stage 4: no flow in either direction, and nothing is unknown."""
    found = facts_of(gateway(RED, BLUE))
    assert [(0, 0, 0, 0)] * 2 == [counts(found[name]) for name in ("red", "blue")]
    assert {} == found["red"]["unknown"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"mode": "Default"}, "responder-allowed"),
        ({"mode": "ResponderOnly"}, "responder-allowed"),
        ({"protocol": "IKEv1"}, "ikev1"),
        ({"policy": None}, "no-custom-policy"),
        ({"policy_based_selectors": False}, "policy-based-selectors-off"),
        ({"fixed_selectors": ()}, "no-fixed-selectors"),
        ({"nat_rules": ("/rule",)}, "nat-rules"),
    ],
)
def test_each_missing_setting_opens_the_ceiling(change: dict[str, object], reason: str) -> None:
    """Each of the pattern's settings is needed: without it two partners reach each other, for a named reason."""
    found = facts_of(gateway(replace(RED, **change), replace(BLUE, **change)))  # type: ignore[arg-type]
    assert reason in found["red"]["ceiling"]["reasons"]
    if reason != "nat-rules":
        assert 1 == found["red"]["two_way"]["count"]


def test_witness_lies_in_both_sites() -> None:
    """Article, stage 3: the witness goes from 10.1/16 to 10.2/16 and names the two connections and why."""
    found = facts_of(gateway(replace(RED, mode="Default"), replace(BLUE, mode="Default")))
    assert [
        {
            "src": "10.1.0.10",
            "dst": "10.2.0.10",
            "from": "/connection/red",
            "to": "/connection/blue",
            "from_selector": "any <-> any",
            "to_selector": "any <-> any",
            "because": [
                "red: any selector fits, as its mode lets the partner start",
                "blue: any selector fits, as its mode lets the partner start",
            ],
        }
    ] == found["red"]["two_way"]["witnesses"]


def test_open_neighbour_injects_into_hardened_tunnel() -> None:
    """One open connection can send packets with a borrowed source into a hardened one, but gets no answer."""
    found = facts_of(gateway(replace(RED, mode="Default"), BLUE))
    assert (0, 0, 1, 0) == counts(found["red"]) == counts(found["blue"])
    packet = found["blue"]["one_way"]["witnesses"][0]
    assert ("172.16.1.10", "10.2.0.10") == (packet["src"], packet["dst"])
    assert ("/connection/red", "/connection/blue") == (packet["from"], packet["to"])


def test_connections_of_one_partner_never_concern_each_other() -> None:
    """Two open tunnels of one partner are no finding."""
    found = facts_of(gateway(replace(RED, mode="Default"), replace(BLUE, mode="Default", partner="red")))
    assert (0, 0, 0, 0) == counts(found["red"])


def test_accepting_peer_child_sa_opens_everything() -> None:
    """Under peer_child_sa=accepted even hardened partners reach each other (design section 4, facts F0.1)."""
    accepted: Assumptions = {"peer_child_sa": "accepted", "answer_clipped": True, "no_fallback_with_fixed": True}
    found = facts_of(gateway(RED, BLUE), FactsOptions(today=OPTIONS.today, assumptions=accepted))
    assert (1, ["assume-peer-child-sa-accepted"]) == (found["red"]["two_way"]["count"], found["red"]["ceiling"]["reasons"])


def test_incomplete_gateway_makes_a_pass_unknown() -> None:
    """A gateway that may carry more connections has no isolation pass."""
    found = facts_of(gateway(RED, BLUE, incomplete="other connections may exist: it is only referred to"))
    assert {"two_way", "one_way", "to_internal", "remote_overlap"} <= set(found["red"]["unknown"])


def test_true_count_beyond_the_shown_witnesses() -> None:
    """Forty open partners: ten witnesses, and the true count of thirty-nine."""
    many = [connection(f"p{n}", mode="Default", site=site(f"p{n}", ranges(f"10.{n}.0.0/16"))) for n in range(40)]
    found = facts_of(gateway(*many))["p7"]["two_way"]
    assert (39, 10) == (found["count"], len(found["witnesses"]))


def test_every_witness_is_a_flow() -> None:
    """In random estates each witness packet is a flow from its `from` to its `to`, as enumeration finds it."""
    random = Random(7)
    shown = 0
    for one in (random_gateway(random) for _ in range(1500)):
        if any(member.nat_rules for member in one.connections):
            continue
        flows = possible_flows(one)
        for facts in facts_of(one).values():
            for packet in (*facts["two_way"]["witnesses"], *facts["one_way"]["witnesses"], *facts["to_internal"]["witnesses"]):
                key = packet["from"].removeprefix("/connection/"), packet["to"].removeprefix("/connection/")
                assert facts["id"] in {packet["from"], packet["to"]}
                if in_universe(packet):
                    assert in_tiny_space(packet) in flows[key]
                    shown += 1
    assert shown > 500


def in_tiny_space(packet: Witness) -> tuple[int, int, int]:
    """The packet as the oracle writes it."""
    source, destination = parse_address(packet["src"]), parse_address(packet["dst"])
    assert source
    assert destination
    return source[0], source[1], destination[1]


def in_universe(packet: Witness) -> bool:
    """Addresses outside the oracle's few (an open tunnel with BGP takes any) cannot be looked up."""
    version, source, destination = in_tiny_space(packet)
    return max(source, destination) < {4: 6, 6: 2}[version]


UNKNOWNS = ("mode", "site", "bgp", "fixed_selectors", "policy", "partner", "trust")


def test_unknown_is_sound() -> None:
    """Whatever the unknown turns out to be: a pass stays a pass, a fail stays a fail; only `possible` may go either way."""
    random = Random(11)
    undecided = 0
    for complete in (random_gateway(random, most=3) for _ in range(250)):
        if any(member.nat_rules for member in complete.connections):
            continue
        blurred, completions = blur(complete, random)
        partners = [facts for facts in facts_of(blurred).values() if facts.get("trust") == "partner"]
        truths = [(completion, expected(completion)) for completion in completions]
        for facts in partners:
            undecided += bool(facts["two_way"]["possible"] or facts["one_way"]["possible"])
            for completion, truth in truths:
                agrees(facts, completion, truth)
    assert undecided > 20


def agrees(facts: ConnectionFacts, completion: Gateway, truth: Expected) -> None:
    """What the facts call certain, or call impossible, is so in one gateway the unknowns may stand for."""
    name = facts["name"]
    if facts["one_way"]["count"]:
        # If the pair turns out two-way over other connections of the partner, those fail instead.
        mates = {member.name for member in completion.connections if member.partner == facts["partner"]}
        assert any(truth.one_way[mate] or truth.two_way[mate] for mate in mates)
    for exposure, real in ((facts["two_way"], truth.two_way[name]), (facts["to_internal"], truth.to_internal[name])):
        assert real or not exposure["count"]
        assert not real or exposure["count"] + exposure["possible"]
    assert not truth.one_way[name] or facts["one_way"]["count"] + facts["one_way"]["possible"]


def blur(complete: Gateway, random: Random) -> tuple[Gateway, list[Gateway]]:
    """Make one or two values unknown; return that gateway and several it may really be."""
    blurred = list(complete.connections)
    choices: list[list[Connection]] = [[member] for member in complete.connections]
    for _ in range(random.randint(1, 2)):
        index = random.randrange(len(blurred))
        name = random.choice(UNKNOWNS)
        blurred[index] = hide(blurred[index], name)
        choices[index] = [replace(old, **{name: value}) for old in choices[index] for value in possible(name, old)]  # type: ignore[arg-type]
    completions = [replace(complete, connections=tuple(one)) for one in product(*choices)]
    return replace(complete, connections=tuple(blurred)), completions


def hide(member: Connection, name: str) -> Connection:
    """Make one value unknown; a site becomes one with unknown prefixes."""
    if name == "site" and isinstance(member.site, Site):
        return replace(member, site=replace(member.site, prefixes=Unknown("test")))
    return replace(member, **{name: Unknown("test")})  # type: ignore[arg-type]


def possible(name: str, member: Connection) -> list[object]:
    """Some of the values an unknown may have."""
    if name == "site":
        spaces = [AddressSet(), AddressSet(((0, 1),)), AddressSet(((2, 4),)), AddressSet((), ((0, 1),)), AddressSet(((0, 5),), ((0, 1),))]
        if member.site is None:
            return [None]
        assert isinstance(member.site, Site)
        return [member.site, *(replace(member.site, prefixes=Prefixes(texts=(), addresses=space)) for space in spaces)]
    some = AddressSet(((0, 3),))
    values: dict[str, list[object]] = {
        "mode": ["Default", "InitiatorOnly"],
        "bgp": [False, True],
        "fixed_selectors": [(), (fixed(some, some),), member.fixed_selectors],
        "policy": [None, RED.policy],
        "partner": ["p0", "p1", "elsewhere"],
        "trust": ["partner", "internal"],
    }
    return values[name]
