"""The flat list every pipeline format shows: what an entry is called, where it is, and why it does not fail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from s2sguard.evaluate.verdict import Acceptance, Severity, Status
from s2sguard.model.inventory import Position, Source
from s2sguard.report.entries import Entry, accepted_because, entries, short_message
from tests.golden.cases import nothing_read
from tests.unit.report.builders import report, transit, verdict

PLACES = [
    (None, None, ""),
    (Source(file="a.json"), None, "a.json"),
    (Source(file="./a/b.json", pointer="/x"), None, "a/b.json#/x"),
    (Source(file="a.json", pointer="/x"), Position(line=7, column=1, end_line=9, end_column=2), "a.json:7"),
    (Source(file="-"), None, "standard input"),
    (Source(file="-", pointer="/x"), None, "standard input#/x"),
]


@pytest.mark.parametrize(("source", "position", "place"), PLACES)
def test_a_place_is_as_exact_as_known(source: Source | None, position: Position | None, place: str) -> None:
    """The line where it is known, else the pointer, else the file."""
    entry = Entry(mark="fails", kind="fail", control="C", title="t", name="", messages=("m",), source=source, position=position)
    assert entry.place == place


@pytest.mark.parametrize(
    ("status", "severity", "fail_on", "strict", "aside"),
    [
        ("fail", "high", "high", False, ""),
        ("fail", "low", "high", False, "severity low, below --fail-on high"),
        ("fail", "critical", "never", False, "--fail-on never"),
        ("unknown", "high", "high", False, "unknown, which is not compliant; --fail-on-unknown makes it fail"),
        ("unknown", "high", "high", True, ""),
        ("unknown", "low", "high", True, "unknown, severity low, below --fail-on high"),
        ("unknown", "low", "never", True, "unknown, --fail-on never"),
        ("error", "low", "never", False, ""),
        ("pass", "low", "high", False, ""),
    ],
)
def test_what_does_not_fail_says_why(status: Status, severity: Severity, fail_on: str, strict: bool, aside: str) -> None:  # noqa: FBT001 - a column
    """Every entry that is shown and changes nothing has the reason beside it, and no other has one."""
    one = replace(verdict(), status=status, severity=severity)
    (entry,) = entries(replace(report(one), fail_on=fail_on, fail_on_unknown=strict))
    assert (entry.aside, entry.mark == "shown") == (aside, bool(aside))


@pytest.mark.parametrize(
    ("acceptance", "text"),
    [
        (Acceptance(kind="baseline", reason="in the baseline"), "in the baseline"),
        (Acceptance(kind="waiver", reason="why"), "waived: why"),
        (Acceptance(kind="waiver", reason="why", ticket="T-1"), "waived: why (ticket T-1)"),
        (
            Acceptance(kind="waiver", reason="why", owner="ann", ticket="T-1", expires=date(2026, 6, 30)),
            "waived: why (owner ann, ticket T-1, until 2026-06-30)",
        ),
    ],
)
def test_who_accepted_is_said_in_one_line(acceptance: Acceptance, text: str) -> None:
    """Reason first, then what else is known."""
    assert accepted_because(acceptance) == text


def test_a_packet_is_told_once() -> None:
    """The message of a finding with a witness ends where its packet starts; details that only repeat it are left out."""
    long = "two-way transit with 1 other partner: a packet from 10.1.0.10 to 10.2.0.10 arrives"
    one = replace(transit(), message=long, details=(long, "and another thing"))
    (entry,) = entries(report(one))
    assert short_message(one) == "two-way transit with 1 other partner"
    assert entry.messages == ("two-way transit with 1 other partner", "and another thing")
    assert entry.packet == "10.1.0.10 -> 10.2.0.10, in by to-red, out by to-blue"


def test_nothing_read_is_an_entry() -> None:
    """An input without any resource is no clean result in any format."""
    (entry,) = entries(nothing_read())
    assert (entry.mark, entry.control, entry.head) == ("incomplete", "nothing-read", "Nothing was read (nothing-read)")
