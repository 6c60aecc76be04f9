"""Short names that still tell resources apart."""

from __future__ import annotations

from s2sguard.report.names import Names
from tests.unit.report.builders import connection_id


def test_a_name_alone_is_enough_where_it_is_the_only_one() -> None:
    """An id is shown by its name, in whatever casing it is asked for."""
    names = Names([(connection_id("to-red"), "to-red")])
    assert names[connection_id("to-red").upper()] == "to-red"


def test_equal_names_are_told_apart_by_their_group() -> None:
    """Two resources of one name carry their resource group; names are compared without case, as Azure does."""
    one, two = "/subscriptions/s/resourceGroups/rg1/x/a/To-Red", "/subscriptions/s/resourceGroups/rg2/x/a/to-red"
    names = Names([(one, "To-Red"), (two, "to-red")])
    assert (names[one], names[two]) == ("To-Red (rg1)", "to-red (rg2)")


def test_equal_groups_are_told_apart_by_their_subscription() -> None:
    """Where the group does not help, the subscription does."""
    one, two = "/subscriptions/s1/resourceGroups/rg/x/a/n", "/subscriptions/s2/resourceGroups/rg/x/a/n"
    names = Names([(one, "n"), (two, "n")])
    assert (names[one], names[two]) == ("n (s1/rg)", "n (s2/rg)")


def test_resources_of_different_kinds_are_told_apart_by_their_kind() -> None:
    """A site and a connection of one name in one group carry their kind."""
    one, two = connection_id("n"), connection_id("n").replace("connections", "localNetworkGateways")
    names = Names([(one, "n"), (two, "n")])
    assert (names[one], names[two]) == ("connections/n", "localNetworkGateways/n")


def test_whatever_else_is_equal_the_id_is_not() -> None:
    """Where kind, group and subscription are equal, the whole id is shown."""
    one, two = connection_id("n"), connection_id("n").replace("Network", "Other")
    names = Names([(one, "n"), (two, "n")])
    assert (names[one], names[two]) == (one, two)


def test_the_same_resource_twice_is_no_clash() -> None:
    """An id that is named by facts and verdicts alike keeps its short name."""
    names = Names([(connection_id("n"), "n"), (connection_id("n").upper(), "n")])
    assert names[connection_id("n")] == "n"


def test_two_hostile_names_do_not_become_one() -> None:
    """Names that only look alike once they are escaped are still told apart."""
    one, two = "/subscriptions/s/resourceGroups/rg1/x/a/1", "/subscriptions/s/resourceGroups/rg2/x/a/2"
    names = Names([(one, "a\nb"), (two, "a\\nb")])
    assert (names[one], names[two]) == ("a\\nb (rg1)", "a\\nb (rg2)")
