"""What is negotiated lies inside the ceiling, and what decides it and is unknown stays unknown."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.facts.ceiling import Ceiling, ceiling_of
from s2sguard.facts.given import Assumptions
from s2sguard.facts.observed import uncovered
from s2sguard.facts.options import DEFAULT_ASSUMPTIONS
from s2sguard.model.estate import Connection, Gateway
from s2sguard.model.selector import TrafficSelector, narrow
from s2sguard.model.tunnel import Proposal, SelectorLine, TunnelEnd
from s2sguard.model.value import Unknown
from s2sguard.simulate.ends import Pair, answer_of
from s2sguard.simulate.exchange import Simulation, simulate
from tests.unit.facts.estates import POLICY, addresses, connection, fixed, gateway, random_gateway
from tests.unit.simulate.far_ends import far_end

ASSUMED: Final = [
    DEFAULT_ASSUMPTIONS,
    DEFAULT_ASSUMPTIONS | {"peer_child_sa": "accepted"},
    DEFAULT_ASSUMPTIONS | {"answer_clipped": False},
    DEFAULT_ASSUMPTIONS | {"no_fallback_with_fixed": False},
]
HABITS: Final = ("intersect", "own-line", "exact-only")


def simulated(one: Connection, end: TunnelEnd, of: Gateway | None = None, assumptions: Assumptions = DEFAULT_ASSUMPTIONS) -> Simulation:
    """Return a simulation that is known."""
    found = simulate(one, of or gateway(one), end, assumptions)
    assert not isinstance(found, Unknown)
    return found


def narrow_connection(**changes: Any) -> Connection:
    """Return a hardened connection for one address on each side."""
    return connection("red", **({"fixed_selectors": (fixed(addresses(v4={1}), addresses(v4={2})),)} | changes))


@st.composite
def ends(draw: st.DrawFn) -> TunnelEnd:
    """Draw a far end with lines in the tiny address space of the random estates."""

    def side() -> tuple[TrafficSelector, ...]:
        first = draw(st.integers(0, 7))
        return (TrafficSelector(4, first, draw(st.integers(first, 7))),)

    lines = tuple(SelectorLine(own=side(), far=side()) for _ in range(draw(st.integers(0, 3))))
    unknown = Unknown("not compared here")
    return far_end(
        lines=lines, habit=draw(st.sampled_from(HABITS)), starts=draw(st.booleans()), ike="any", phase_1=unknown, phase_2=unknown
    )


@given(st.integers(0, 10_000), ends(), st.sampled_from(ASSUMED))
def test_nothing_comes_up_beyond_the_ceiling(seed: int, end: TunnelEnd, assumptions: Assumptions) -> None:
    """Whatever the far end asks and answers, every selector that comes up fits what isolation takes as the most that can."""
    estate = random_gateway(Random(seed))
    for one in estate.connections:
        ceiling = ceiling_of(one, estate.vpn_type, assumptions)
        assert isinstance(ceiling, Ceiling)
        for pair in simulated(one, end, estate, assumptions).installed:
            assert uncovered(pair.selector, ceiling.selectors) == []


@given(ends(), st.integers(0, 7), st.integers(0, 7))
def test_a_narrowing_device_answers_what_one_line_and_the_proposal_both_allow(end: TunnelEnd, local: int, remote: int) -> None:
    """With `intersect` an answer is RFC 7296's narrowing of the proposal by one line, and none where no line has both sides left."""
    assert not isinstance(end.lines, Unknown)
    proposal = Pair((TrafficSelector(4, local, 7),), (TrafficSelector(4, 0, remote),))
    narrowed = [(narrow(proposal.local, line.far), narrow(proposal.remote, line.own)) for line in end.lines]
    possible = {sides for sides in narrowed if all(sides)}
    answer = answer_of(replace(end, habit="intersect"), end.lines, proposal).pair
    assert (answer is not None) == bool(possible)
    assert answer is None or (frozenset(answer.local), frozenset(answer.remote)) in possible


@given(ends())
def test_a_hardened_connection_never_grows(end: TunnelEnd) -> None:
    """With any far end, nothing but parts of the fixed selector comes up."""
    for pair in simulated(narrow_connection(), end).installed:
        assert pair.selector == fixed(addresses(v4={1}), addresses(v4={2})).selector


def test_the_peer_may_ask_inside_an_established_sa_where_that_is_assumed() -> None:
    """Under `peer_child_sa=accepted` the far end's own lines come up although it may not start."""
    end = far_end("0.0.0.1 <-> 0.0.0.2", "10.0.0.0/8 <-> 10.0.0.0/8")
    refused = simulated(narrow_connection(), end)
    accepted = simulated(narrow_connection(), end, assumptions=ASSUMED[1])
    assert len(refused.installed) == 1
    assert [str(pair) for pair in accepted.installed] == ["0.0.0.1/32 <-> 0.0.0.2/32", "10.0.0.0/8 <-> 10.0.0.0/8"]


def test_responder_only_leaves_it_to_the_far_end() -> None:
    """Azure never starts, and takes what it is asked."""
    found = simulated(narrow_connection(mode="ResponderOnly"), far_end("10.0.0.0/8 <-> 10.0.0.0/8"))
    assert (found.azure_starts, found.far_end_starts) == ("connection mode ResponderOnly", "")
    assert [(one.by, str(one.installed)) for one in found.exchanges] == [("far end", "10.0.0.0/8 <-> 10.0.0.0/8")]


def test_a_mode_that_means_nothing_changes_nothing() -> None:
    """With IKEv1, and on a policy-based gateway, Azure starts whatever the mode says, and takes what it is asked."""
    end = far_end("0.0.0.1 <-> 0.0.0.2", ike="any")
    for one, of in (
        (narrow_connection(mode="ResponderOnly", protocol="IKEv1"), gateway()),
        (narrow_connection(mode="ResponderOnly"), gateway(vpn_type="PolicyBased")),
    ):
        assert simulated(one, end, of).azure_starts == ""
    assert simulated(narrow_connection(protocol="IKEv1"), end).far_end_starts == ""


def test_what_is_no_tunnel_is_not_simulated() -> None:
    """ExpressRoute and VNet-to-VNet have no far end of ours to read."""
    one = narrow_connection(connection_type="ExpressRoute")
    assert simulate(one, gateway(one), far_end(), DEFAULT_ASSUMPTIONS) == Unknown("it is no IPsec tunnel to a site")


@pytest.mark.parametrize("field", ["mode", "protocol", "policy_based_selectors", "policy", "fixed_selectors"])
def test_what_decides_and_is_unknown_is_unknown(field: str) -> None:
    """No setting is guessed."""
    doubt = Unknown("known only after apply")
    one = narrow_connection(**{field: doubt})
    assert simulate(one, gateway(one), far_end("0.0.0.1 <-> 0.0.0.2"), DEFAULT_ASSUMPTIONS) == doubt
    lines = Unknown("its list is missing")
    assert simulate(narrow_connection(), gateway(narrow_connection()), far_end(lines=lines), DEFAULT_ASSUMPTIONS) == lines


@pytest.mark.parametrize(
    ("changes", "phase", "text"),
    [
        ({"ike": "IKEv1"}, "phase_1", "Azure speaks IKEv2, the device IKEv1"),
        (
            {"phase_1": (Proposal(encryption=("AES128",), integrity=("SHA1", "SHA384"), groups=("DHGroup2",)),)},
            "phase_1",
            "Azure asks for AES256, SHA384, ECP384, the device has AES128, SHA1/SHA384, DHGroup2",
        ),
        (
            {"phase_2": (Proposal(encryption=("AES256",), integrity=("SHA256",), groups=()),)},
            "phase_2",
            "Azure asks for GCMAES256, GCMAES256, the device has AES256, SHA256",
        ),
    ],
)
def test_without_a_common_suite_nothing_is_exchanged(changes: dict[str, Any], phase: str, text: str) -> None:
    """A phase that cannot agree ends everything, and says what each side has."""
    found = simulated(narrow_connection(), far_end("0.0.0.1 <-> 0.0.0.2", **changes))
    assert (getattr(found, phase).state, getattr(found, phase).text) == ("differs", text)
    assert (found.exchanges, found.installed) == ((), ())


def test_a_pfs_group_that_differs_is_said_and_fails_nothing_yet() -> None:
    """The first child SA needs none."""
    one = narrow_connection(policy=replace(POLICY, pfs_group="None"))
    found = simulated(one, far_end("0.0.0.1 <-> 0.0.0.2"))
    assert found.phase_2.state == "meets"
    assert "PFS is None in Azure and ECP384 there" in found.phase_2.text
    assert len(found.installed) == 1
