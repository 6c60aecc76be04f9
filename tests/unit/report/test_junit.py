"""JUnit XML: what a parser of CI results reads of it is what the run found."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # our own output
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from junitparser import JUnitXml, Skipped, TestCase, TestSuite

from s2sguard.report.entries import entries
from s2sguard.report.interface import Report
from s2sguard.report.junit import JunitRenderer
from tests.golden.cases import CASES, accepted, doubtful, hostile, leaking, template
from tests.unit.report.builders import report, verdict
from tests.unit.report.hostile import HOSTILE

KINDS = {"fails": "Failure", "incomplete": "Error", "shown": "Skipped"}


def suites(built: Report) -> list[TestSuite]:
    """Return the suites as the parser reads them."""
    return list(JUnitXml.fromstring(JunitRenderer().render(built).encode()))


def cases(built: Report) -> Iterator[TestCase]:
    """Yield every test case of every suite."""
    for suite in suites(built):
        yield from suite


def kinds(built: Report) -> Counter[str]:
    """Return how many test cases ended how; `Passed` without any result."""
    return Counter(type(case.result[0]).__name__ if case.result else "Passed" for case in cases(built))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_every_entry_is_a_test_case(case: Callable[[], Report]) -> None:
    """Failures, errors, skipped and passed test cases are as many as entries of that kind; reading everything is one that passes."""
    expected = Counter(KINDS.get(entry.mark, "Passed") for entry in entries(case()))
    if not any(entry.verdict is None for entry in entries(case())):
        expected["Passed"] += 1
    assert kinds(case()) == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_counts_are_true(case: Callable[[], Report]) -> None:
    """The counts written are those the parser counts anew, in every suite and in all."""
    text = JunitRenderer().render(case()).encode()
    written, counted = JUnitXml.fromstring(text), JUnitXml.fromstring(text)
    counted.update_statistics()  # type: ignore[no-untyped-call]
    for old, new in zip([written, *written], [counted, *counted], strict=True):
        assert (old.tests, old.failures, old.errors) == (new.tests, new.failures, new.errors)
    assert [suite.skipped for suite in written] == [suite.skipped for suite in counted]


@pytest.mark.parametrize("evil", HOSTILE)
def test_no_name_writes_markup(evil: str) -> None:
    """A hostile name stays text: the elements and their number are those of a harmless name."""
    harmless = [element.tag for element in ET.fromstring(JunitRenderer().render(hostile("x"))).iter()]  # noqa: S314
    text = JunitRenderer().render(hostile(evil))
    assert [element.tag for element in ET.fromstring(text).iter()] == harmless  # noqa: S314
    assert all(line.isprintable() for line in text.splitlines())


def test_a_failure_tells_the_story() -> None:
    """Message, severity, packet, reasons, fix, place, resource and fingerprint; file and line for those who read them."""
    (red,) = [case for case in cases(template()) if case.name == "to-red" and case.classname == "s2sguard.S2S-ISO-001"]
    (failure,) = red.result
    assert (failure.message, failure.type, red._elem.get("file"), red._elem.get("line")) == (
        "two-way transit with 1 other partner",
        "critical",
        "infra/main.json",
        "87",
    )
    lines = failure.text.splitlines()
    assert "packet: 10.1.0.10 -> 10.2.0.10, in by to-red, out by to-blue" in lines
    assert {"because to-red: any selector fits", "fix: harden both connections of the pair", "at infra/main.json:87"} <= set(lines)


def test_what_is_skipped_says_why() -> None:
    """Each skipped test case says in its message that it is no pass, and why it does not fail."""
    found = [result for case in (*cases(accepted()), *cases(leaking())) for result in case.result]
    messages = [result.message for result in found if isinstance(result, Skipped)]
    assert [message.split(":")[0] for message in messages] == ["accepted"] * 4 + ["gap", "fail", "unknown"]
    assert all(message.endswith(")") for message in messages)


def test_a_gap_names_its_resource() -> None:
    """What was not read is named by its resource where it has no place, and by its place in standard input."""
    names = {case.name for case in cases(doubtful()) if case.classname.startswith("inputs.")}
    assert names == {"Not read: standard input#/value/2", "Not read: to-red", "Not read: huge.json"}


def test_long_texts_lose_their_middle() -> None:
    """A message of a megabyte does not hide the rest."""
    assert len(JunitRenderer().render(report(verdict(message="x" * 1_000_000)))) < 20_000
