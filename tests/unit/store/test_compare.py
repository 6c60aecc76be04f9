"""What changed between two runs: laws that hold for any two, and each answer by an example."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from s2sguard.report.summary import SEVERITIES
from s2sguard.store.compare import Before, Changed, Diff, Single, compare, failing
from s2sguard.store.view import Entry, RunView
from tests.unit.store.runs import GAP, WAIVER, entry, view, views


def keys(singles: tuple[Single, ...]) -> list[str]:
    """Return the fingerprints of findings that one run has."""
    return sorted(single.entry.fingerprint for single in singles)


@given(views())
def test_a_run_does_not_differ_from_itself(run: RunView) -> None:
    """diff(A, A) is empty, and every finding is unchanged."""
    diff = compare(run, run)
    assert diff.empty
    assert sorted(found.fingerprint for found in diff.unchanged) == sorted(
        key for key, found in run.entries.items() if found.status == "fail"
    )


@given(views(1), views(2))
def test_the_other_way_round_is_the_mirror(one: RunView, two: RunView) -> None:
    """diff(A, B) and diff(B, A) hold the same, new and ended changed about, and every pair the other way."""
    there, back = compare(one, two), compare(two, one)
    assert (keys(there.new), keys(there.ended)) == (keys(back.ended), keys(back.new))
    assert (keys(there.unknown), keys(there.known)) == (keys(back.known), keys(back.unknown))
    assert [(c.before, c.after, c.aspects) for c in there.changed] == [
        (c.after, c.before, c.aspects) for c in sorted(back.changed, key=order)
    ]
    assert sorted(found.fingerprint for found in there.unchanged) == sorted(found.fingerprint for found in back.unchanged)
    assert (there.pairs is None) == (back.pairs is None)
    turned = [replace(change, before=change.after, after=change.before) for change in back.pairs or ()]
    assert set(there.pairs or ()) == set(turned)


def order(change: Changed) -> tuple[int, str, str]:
    """Sort changes of a diff that was made the other way round as it would sort them itself."""
    return SEVERITIES.index(change.before.severity), change.before.control, change.before.resource


@given(views(1), views(2))
def test_every_finding_is_in_one_place(one: RunView, two: RunView) -> None:
    """New, ended, changed and unchanged part the findings of both runs; resolved and lost part what ended."""
    diff = compare(one, two)
    failed = [{key for key, found in run.entries.items() if found.status == "fail"} for run in (one, two)]
    places = [*keys(diff.new), *keys(diff.ended), *(c.after.fingerprint for c in diff.changed), *(e.fingerprint for e in diff.unchanged)]
    assert sorted(places) == sorted(failed[0] | failed[1])
    assert set(keys(diff.new)) == failed[1] - failed[0]
    assert set(keys(diff.ended)) == failed[0] - failed[1]
    assert sorted((*keys(diff.resolved), *keys(diff.lost))) == keys(diff.ended)


@given(views(1), views(2))
def test_what_is_not_known_is_never_resolved(one: RunView, two: RunView) -> None:
    """A finding is resolved only where the later run has no verdict on it, and saw its resource or everything."""
    for single in compare(one, two).resolved:
        assert single.entry.fingerprint not in two.entries
        assert two.judged(single.entry.resource) or not two.blind


CASES: list[tuple[RunView, str, Before]] = [
    (view(number=2), "resolved", "passed"),
    (view(number=2, judged=()), "resolved", "absent"),
    (view(number=2, judged=(), gaps=(GAP,)), "lost", "unseen"),
    (view(number=2, judged=(), resources={}), "lost", "unseen"),
    (view(number=2, gaps=(GAP,)), "resolved", "passed"),
    (view(entry(status="unknown"), number=2), "lost", "unknown"),
    (view(entry(status="error"), number=2), "lost", "unknown"),
    (view(number=2, judged=(), gaps=({"kind": "not-inventory", "reason": "a package manifest"},)), "resolved", "absent"),
]


@pytest.mark.parametrize(("later", "place", "other"), CASES)
def test_a_finding_that_is_gone(later: RunView, place: str, other: Before) -> None:
    """What passes or was deleted is resolved; what is unknown, or may only be hidden, is not."""
    diff = compare(view(entry()), later)
    assert {"resolved": diff.resolved, "lost": diff.lost}[place] == (Single(entry=entry(), other=other),)
    assert len(diff.ended) == 1


def changed(before: Entry, after: Entry) -> Diff:
    """Return the diff of two runs with one finding each."""
    return compare(view(before), view(after, number=2))


ISO = entry(control="S2S-ISO-001", pairs=1)


@pytest.mark.parametrize(
    ("before", "after", "aspects", "worse"),
    [
        (entry(), entry(severity="critical"), ("severity",), True),
        (entry(), entry(severity="low"), ("severity",), False),
        (entry(), entry(message="is worse"), ("message",), False),
        (entry(), entry(details=["is wrong", "and old"]), ("details",), False),
        (ISO, replace(ISO, node=ISO.node | {"pairs": 3}), ("pairs",), True),
        (replace(ISO, node=ISO.node | {"pairs": 3}), ISO, ("pairs",), False),
        (entry(acceptance=WAIVER), entry(), ("acceptance",), True),
        (entry(), entry(acceptance=WAIVER), ("acceptance",), False),
        (entry(acceptance=WAIVER), entry(acceptance=WAIVER | {"expires": "2026-02-01"}), ("acceptance",), False),
    ],
)
def test_what_changed_about_a_finding(before: Entry, after: Entry, aspects: tuple[str, ...], worse: bool) -> None:  # noqa: FBT001
    """Each aspect is named, and only more severe, more pairs, or no longer accepted is worse."""
    diff = changed(before, after)
    assert [(change.aspects, change.worse) for change in diff.changed] == [(aspects, worse)]
    assert [found.fingerprint for found in failing(diff, SEVERITIES)] == ([after.fingerprint] if worse else [])


def test_another_packet_is_no_change() -> None:
    """Which packet proves a finding depends on other connections; it is the same finding."""
    one, two = (entry(message=f"two-way transit with 1 other partner: a packet from 10.0.0.{n} to 10.1.0.1") for n in (1, 2))
    assert changed(one, two).empty


def test_new_findings_fail_from_their_severity_on() -> None:
    """A new finding fails where it counts and is severe enough; an accepted one never."""
    diff = compare(view(), view(entry(), entry("b", severity="low"), entry("c", acceptance=WAIVER), number=2))
    assert [found.fingerprint for found in failing(diff, ("critical", "high"))] == ["S2S-IKE-001-a"]
    assert [found.fingerprint for found in failing(diff, SEVERITIES)] == ["S2S-IKE-001-a", "S2S-IKE-001-b"]
    assert failing(diff, ()) == ()


def test_verdicts_that_became_unknown_are_told_apart_from_findings() -> None:
    """A pass that is unknown now is no finding that ended, and is listed; the other way round it is known again."""
    diff = compare(view(), view(entry(status="unknown"), number=2))
    assert (keys(diff.unknown), diff.new, diff.ended) == (["S2S-IKE-001-a"], (), ())
    back = compare(view(entry(status="unknown")), view(number=2))
    assert (keys(back.known), back.new, back.ended) == (["S2S-IKE-001-a"], (), ())


def test_an_unknown_that_turns_out_bad_is_new() -> None:
    """A finding where the verdict was unknown is new, and says so."""
    diff = compare(view(entry(status="unknown")), view(entry(), number=2))
    assert [single.other for single in diff.new] == ["unknown"]
