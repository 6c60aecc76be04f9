"""Many gaps of one kind are one entry."""

from __future__ import annotations

from s2sguard.model.inventory import Gap, GapKind, Source
from s2sguard.report.gap_groups import gap_groups

NETWORK = "/subscriptions/s1/resourceGroups/rg1/providers/Microsoft.Network"


def gap(reason: str, pointer: str = "", *, kind: GapKind = "missing-reference", file: str = "a.json", resource: str | None = None) -> Gap:
    """Return a gap."""
    return Gap(kind=kind, reason=reason, source=Source(file=file, pointer=pointer), resource=resource)


def shown(*gaps: Gap) -> list[tuple[int, str, list[str], list[str]]]:
    """Return (how many, reason, targets, places) of every group."""
    return [(len(group.gaps), group.reason(), group.targets(), group.places()) for group in gap_groups(gaps)]


def test_missing_references_of_one_kind_are_one_entry() -> None:
    """Each target is named once, by its name; a file with several places is named once, with how many."""
    reason = "the site it refers to is not in the input"
    found = shown(*(gap(f"{reason}: `{NETWORK}/localNetworkGateways/site-{n // 2}`", f"/{n}") for n in range(4)))
    assert found == [(4, reason, ["site-0", "site-1"], ["a.json (4 places)"])]


def test_targets_of_one_name_are_told_apart() -> None:
    """Two gateways that share a name carry their group, as everywhere in a report."""
    ids = (f"{NETWORK}/virtualNetworkGateways/vpn", f"{NETWORK}/virtualNetworkGateways/vpn".replace("rg1", "rg2"))
    found = shown(*(gap(f"not in the input: `{target}`", "/0") for target in ids))
    assert found == [(2, "not in the input", ["vpn (rg1)", "vpn (rg2)"], ["a.json#/0"])]


def test_reasons_that_differ_in_what_they_quote_are_one_entry() -> None:
    """Two attributes that are not known are two targets of one reason."""
    kind: GapKind = "unknown-attribute"
    found = shown(gap("`foo` is not known here", kind=kind), gap("`bar` is not known here", kind=kind))
    assert found == [(2, "`...` is not known here", ["foo", "bar"], ["a.json"])]


def test_a_single_gap_keeps_its_words() -> None:
    """What is quoted in the middle of a single reason stays there."""
    kind: GapKind = "unknown-shape"
    assert shown(gap("no plan (`terraform show -json`)", kind=kind)) == [(1, "no plan (`terraform show -json`)", [], ["a.json"])]


def test_duplicates_that_contradict_each_other_are_one_entry() -> None:
    """Two exports of one estate disagree on many resources, and that is one mistake."""
    kind: GapKind = "conflicting-duplicates"
    found = shown(
        gap("a.json and b.json disagree on `x`, `y`, so that counts as unknown", kind=kind, resource=f"{NETWORK}/connections/to-red"),
        gap("a.json and c.json disagree on `z`, so that counts as unknown", kind=kind, resource=f"{NETWORK}/connections/to-blue"),
    )
    assert found == [(2, "several inputs disagree on `...`, so that counts as unknown", ["to-red", "to-blue"], ["a.json"])]


def test_the_most_frequent_gap_comes_first() -> None:
    """Forty of one kind matter more than one of another."""
    found = shown(gap("a"), gap("b", "/1"), gap("b", "/2"))
    assert [(number, reason) for number, reason, _, _ in found] == [(2, "b"), (1, "a")]
