"""Address sets as prefixes: nothing is lost, nothing is added, nothing is longer than it has to be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from s2sguard.azure_policy.derived.ranges import cidrs, covered
from s2sguard.azure_policy.derived.scopes import kind_of, lies_in, scope_of
from s2sguard.model.address import BITS, AddressSet, interval_text, normalise

GROUP = "/subscriptions/s/resourceGroups/g"


def intervals(version: int) -> st.SearchStrategy[tuple[tuple[int, int], ...]]:
    """Return ranges anywhere in a family, many of them small and close together; no IPv6 that may mean IPv4."""
    start, last = (0 if version == 4 else 1 << 64), (1 << BITS[version]) - 1
    low = st.integers(start, start + 300) | st.integers(start, last)
    pair = st.tuples(low, low).map(lambda two: (min(two), max(two)))
    return st.lists(pair, max_size=6).map(normalise)


SETS = st.builds(AddressSet, intervals(4), intervals(6))


@given(SETS)
def test_prefixes_cover_exactly_the_set(addresses: AddressSet) -> None:
    """Writing a set as prefixes and reading them again gives the same set."""
    assert (addresses, []) == covered(cidrs(addresses))


@given(SETS)
def test_no_two_prefixes_could_be_one(addresses: AddressSet) -> None:
    """Each prefix is the largest one around its addresses: the prefix twice as long is not inside the set."""
    for text in cidrs(addresses):
        if not text.endswith("/0"):
            wider = f"{text.rpartition('/')[0]}/{int(text.rpartition('/')[2]) - 1}"
            assert covered([wider])[0] - addresses


@given(st.integers(0, 1 << 20), st.integers(0, 32), SETS)
def test_a_prefix_lies_in_the_set_if_it_lies_in_one_of_its_prefixes(start: int, length: int, addresses: AddressSet) -> None:
    """Testing containment prefix by prefix, as a rule does, is exact."""
    size = 1 << (32 - length)
    first = start // size * size
    one = AddressSet(((first, first + size - 1),))
    by_rule = any(not one - covered([text])[0] for text in cidrs(addresses))
    assert (not one - addresses) == by_rule


def test_what_is_no_range_is_named() -> None:
    """Unreadable texts are returned and cover nothing."""
    assert (AddressSet(((1, 1),)), ["nonsense"]) == covered([interval_text(4, (1, 1)), "nonsense"])


def test_scopes_are_read_from_ids() -> None:
    """The subscription and the group of a resource id are its first segments, in any casing."""
    resource = f"{GROUP.replace('resourceGroups', 'RESOURCEGROUPS')}/providers/Microsoft.Network/connections/c"
    assert scope_of(resource, "subscription") == "/subscriptions/s"
    assert scope_of(resource, "resource-group") == "/subscriptions/s/RESOURCEGROUPS/g"
    assert scope_of("terraform:azurerm_x.y", "subscription") == ""
    assert [kind_of(one) for one in ("/subscriptions/s/", GROUP, "/providers/x/managementGroups/m", "")] == [
        "subscription",
        "resource-group",
        None,
        None,
    ]


def test_a_group_does_not_hold_its_namesakes() -> None:
    """`g` is no part of `g2`."""
    assert lies_in(f"{GROUP.upper()}/providers/x/y/z", GROUP)
    assert not lies_in(f"{GROUP}2/providers/x/y/z", GROUP)
