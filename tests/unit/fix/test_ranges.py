"""The fixed selectors of a fix."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.facts.options import HARDENED_SETTINGS
from s2sguard.fix.ranges import Bounds, SelectorMaker, TooWide, addresses_of, canonical, prefixes_of
from s2sguard.model.address import AddressSet
from s2sguard.model.estate import FixedSelector
from s2sguard.model.selector import Selector
from s2sguard.model.value import Maybe, Unknown

NETWORKS = ("172.16.1.0/24", "172.16.100.0/24")
SITE = ("10.1.0.0/16",)
GONE = Unknown("the gateway's network is not in the input")


def element(local: str, remote: str) -> FixedSelector:
    """One selector as written, ranges separated by blanks."""
    near, far = tuple(local.split()), tuple(remote.split())
    return FixedSelector(local_texts=near, remote_texts=far, selector=Selector(addresses_of(near), addresses_of(far)))


def bounds(side: str, *prefixes: str, doubt: str = "") -> Bounds:
    """What one side must stay inside."""
    return Bounds(side="local" if side == "local" else "remote", prefixes=prefixes, doubt=doubt)


def made(*current: FixedSelector, local: Maybe[Bounds] | None = None, remote: Maybe[Bounds] | None = None) -> object:
    """The selectors of the lab's red, or why there are none."""
    near = bounds("local", *NETWORKS) if local is None else local
    far = bounds("remote", *SITE) if remote is None else remote
    return SelectorMaker(near, far, HARDENED_SETTINGS).make(current)


def test_without_selectors_every_network_meets_the_site() -> None:
    """Hub and spokes on one side, the site's prefixes on the other, in one element: one SA carries them all."""
    assert made() == ((NETWORKS, SITE),)


def test_selectors_that_are_inside_stay_as_they_are_written() -> None:
    """Narrower ones are kept, element by element, whatever else would be possible."""
    current = (element("172.16.1.0/26", "10.1.4.0/24"), element("172.16.100.4", "10.1.0.0/16"))
    assert made(*current) == tuple((one.local_texts, one.remote_texts) for one in current)


@pytest.mark.parametrize(
    ("local", "remote", "wanted"),
    [
        ("0.0.0.0/0", "10.1.0.0/16", (NETWORKS, SITE)),
        ("172.16.1.0/24", "0.0.0.0/0", (("172.16.1.0/24",), SITE)),
        ("172.16.1.0/24", "10.0.0.0/8", (("172.16.1.0/24",), SITE)),
        ("172.16.0.0/23", "10.1.0.0/16", (("172.16.1.0/24",), SITE)),
        ("172.16.1.0/24 172.20.0.0/16", "10.1.0.0/16 10.9.0.0/16", (("172.16.1.0/24",), SITE)),
        ("172.16.1.0-172.16.2.4", "10.1.255.0-10.2.0.255", (("172.16.1.0/24",), ("10.1.255.0/24",))),
        ("192.168.0.0/24", "192.168.1.0/24", (NETWORKS, SITE)),
    ],
)
def test_what_is_outside_is_cut_down(local: str, remote: str, wanted: object) -> None:
    """A wide or foreign range becomes what it has in common with the networks or the site; with nothing in common all of them."""
    assert made(element(local, remote)) == (wanted,)


def test_both_families_get_an_element_of_their_own() -> None:
    """IPv4 and IPv6 never meet in one selector; a family without a far end is left out."""
    near = bounds("local", "172.16.1.0/24", "fd00:1::/64")
    assert made(local=near, remote=bounds("remote", *SITE, "fd00:2::/48")) == (
        (("172.16.1.0/24",), SITE),
        (("fd00:1::/64",), ("fd00:2::/48",)),
    )
    assert made(local=near) == ((("172.16.1.0/24",), SITE),)
    assert isinstance(made(local=bounds("local", "fd00:1::/64")), Unknown)


def test_a_network_wider_than_a_selector_may_be_is_not_split() -> None:
    """256 ranges of /16 would pass and be the /8 all the same: which part is meant is for people to say."""
    found = made(local=bounds("local", "172.0.0.0/8"))
    assert found == TooWide(side="local", texts=("172.0.0.0/8",), shortest=16)
    assert made(element("0.0.0.0/0", "10.1.0.0/16"), local=bounds("local", "172.0.0.0/8")) == found
    assert made(remote=bounds("remote", "10.0.0.0/7")) == TooWide(side="remote", texts=("10.0.0.0/7",), shortest=8)


def test_a_narrow_selector_of_a_wide_network_is_kept() -> None:
    """The network may be as wide as it likes, as long as the selector is not."""
    current = element("172.16.0.0/16", "10.1.0.0/16")
    assert made(current, local=bounds("local", "172.0.0.0/8")) == ((current.local_texts, current.remote_texts),)


def test_what_is_not_known_is_not_invented() -> None:
    """Unknown networks or sites give no selectors; ranges that may lie in an unknown network are kept."""
    doubtful = bounds("local", *NETWORKS, doubt="spoke: not in the input")
    assert made(local=GONE) == GONE
    assert made(local=doubtful) == Unknown("spoke: not in the input")
    current = element("172.31.0.0/24", "10.1.0.0/16")
    for near in (GONE, doubtful):
        assert made(current, local=near) == ((current.local_texts, current.remote_texts),)
    assert isinstance(made(element("0.0.0.0/0", "10.1.0.0/16"), local=doubtful), Unknown)


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), max_size=5))
def test_prefixes_cover_exactly_the_addresses(ranges: list[tuple[int, int]]) -> None:
    """Splitting a set into prefixes loses and adds nothing, whatever the alignment."""
    wanted = AddressSet(tuple(sorted({(10 << 24 | min(pair), 10 << 24 | max(pair)) for pair in ranges[:1]})))
    assert addresses_of(prefixes_of(wanted)) == wanted


def test_prefixes_are_written_once_and_canonically() -> None:
    """Host bits go, ranges become prefixes, and what lies in another prefix is left out."""
    assert canonical(["10.1.2.3/16", "10.1.4.0/24", "10.2.0.0-10.2.1.255", "10.1.0.0/16", "fd00::1/64"]) == (
        "10.1.0.0/16",
        "10.2.0.0/23",
        "fd00::/64",
    )
