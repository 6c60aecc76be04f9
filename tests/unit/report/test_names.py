"""Short names that still tell resources apart."""

from __future__ import annotations

from s2sguard.report.names import Names
from tests.unit.report.builders import connection_id


def test_a_name_alone_is_enough_where_it_is_the_only_one() -> None:
    """An id is shown by its name, in whatever casing it is asked for."""
    names = Names(connection=[(connection_id("to-red"), "to-red")])
    assert names[connection_id("to-red").upper()] == "to-red"


def test_equal_names_are_told_apart_by_their_group() -> None:
    """Two resources of one name carry their resource group; names are compared without case, as Azure does."""
    one, two = "/subscriptions/s/resourceGroups/rg1/x/a/To-Red", "/subscriptions/s/resourceGroups/rg2/x/a/to-red"
    names = Names(connection=[(one, "To-Red"), (two, "to-red")])
    assert (names[one], names[two]) == ("To-Red (rg1)", "to-red (rg2)")


def test_equal_groups_are_told_apart_by_their_subscription() -> None:
    """Where the group does not help, the subscription does."""
    one, two = "/subscriptions/s1/resourceGroups/rg/x/a/n", "/subscriptions/s2/resourceGroups/rg/x/a/n"
    names = Names(connection=[(one, "n"), (two, "n")])
    assert (names[one], names[two]) == ("n (s1/rg)", "n (s2/rg)")


def test_things_of_different_kinds_may_share_a_name() -> None:
    """A site and a connection are usually called alike, and their place in a report says which is meant."""
    one, two = connection_id("n"), connection_id("n").replace("connections", "localNetworkGateways")
    names = Names(connection=[(one, "n")], site=[(two, "n")])
    assert (names[one], names[two]) == ("n", "n")


def test_a_name_only_counts_among_its_kind() -> None:
    """Two connections are told apart by their group, and the site of the same name keeps its own."""
    one, two = connection_id("n"), connection_id("n").replace("rg1", "rg2")
    site = one.replace("connections", "localNetworkGateways")
    names = Names(connection=[(one, "n"), (two, "n")], site=[(site, "n")])
    assert (names[one], names[two], names[site]) == ("n (rg1)", "n (rg2)", "n")


def test_a_planned_connection_needs_no_address() -> None:
    """What only a plan knows is named like everything else; its address is shown where the name is not its own."""
    one = 'terraform:azurerm_virtual_network_gateway_connection.partner["red"]'
    assert Names(connection=[(one, "to-red"), (connection_id("to-blue"), "to-blue")])[one] == "to-red"
    two = one.replace("red", "blue")
    names = Names(connection=[(one, "n"), (two, "n")])
    assert (names[one], names[two]) == (one, two)


def test_the_kind_of_a_group_is_said_in_one_word() -> None:
    """Where kinds are mixed or unknown, they are resources."""
    one, two = connection_id("n"), connection_id("n").replace("connections", "localNetworkGateways")
    names = Names(connection=[(one, "n")], site=[(two, "n")])
    groups: list[list[str]] = [[one, one.upper()], [two], [one, two], ["/other"]]
    assert list(map(names.kind, groups)) == ["connection", "site", "resource", "resource"]


def test_whatever_else_is_equal_the_id_is_not() -> None:
    """Where group and subscription are equal, the whole id is shown."""
    one, two = connection_id("n"), connection_id("n").replace("Network", "Other")
    names = Names(connection=[(one, "n"), (two, "n")])
    assert (names[one], names[two]) == (one, two)


def test_the_same_resource_twice_is_no_clash() -> None:
    """An id that is named by facts and verdicts alike keeps its short name."""
    names = Names(connection=[(connection_id("n"), "n"), (connection_id("n").upper(), "n")])
    assert names[connection_id("n")] == "n"


def test_two_hostile_names_do_not_become_one() -> None:
    """Names that only look alike once they are escaped are still told apart."""
    one, two = "/subscriptions/s/resourceGroups/rg1/x/a/1", "/subscriptions/s/resourceGroups/rg2/x/a/2"
    names = Names(connection=[(one, "a\nb"), (two, "a\\nb")])
    assert (names[one], names[two]) == ("a\\nb (rg1)", "a\\nb (rg2)")
