"""Date functions."""

from __future__ import annotations

import re

import pytest

from s2sguard.expression import Json
from tests.unit.expression.running import failure, rows, run

TABLE: dict[str, Json] = {
    "[dateTimeAdd('2026-03-31 10:20:30Z', 'P1M')]": "2026-04-30 10:20:30Z",
    "[dateTimeAdd('2026-03-31T10:20:30Z', '-P9D')]": "2026-03-22T10:20:30Z",
    "[dateTimeAdd('2026-03-31', 'PT36H')]": "2026-04-01",
    "[dateTimeAdd('20260331T102030Z', 'PT1H')]": "20260331T112030Z",
    "[dateTimeAdd('2026-03-31T10:20:30.25+02:00', 'PT0.5S')]": "2026-03-31T10:20:30.75+02:00",
    "[dateTimeAdd('2024-02-29T00:00:00Z', 'P1Y', 'd')]": "02/28/2025",
    "[dateTimeAdd('2026-03-31T10:20:30Z', 'P1W', 'yyyyMMdd_HHmmss')]": "20260407_102030",
    "[dateTimeToEpoch('1970-01-01T00:00:00Z')]": 0,
    "[dateTimeToEpoch('1970-01-02T01:00:00+01:00')]": 86400,
    "[dateTimeToEpoch('1969-12-31T23:59:59Z')]": -1,
    "[dateTimeFromEpoch(0)]": "1970-01-01T00:00:00Z",
    "[dateTimeFromEpoch(1767225599)]": "2025-12-31T23:59:59Z",
    "[dateTimeFromEpoch(dateTimeToEpoch('2026-11-24T02:03:04Z'))]": "2026-11-24T02:03:04Z",
}


@rows(TABLE)
def test_a_date_function(expression: str, expected: Json) -> None:
    """Dates move by ISO 8601 durations and keep the format they are written in unless another is asked for."""
    assert expected == run(expression)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("[dateTimeAdd('soon', 'P1D')]", "`dateTimeAdd` takes an ISO 8601 date and time; the string is none"),
        ("[dateTimeAdd('2026-01-01', '1 day')]", "`dateTimeAdd` takes an ISO 8601 duration; the string is none"),
        ("[dateTimeAdd('9999-12-31', 'P1D')]", "`dateTimeAdd` has a result outside the years 1 to 9999"),
        ("[dateTimeAdd('2026-01-01', '-P2026Y')]", "`dateTimeAdd` has a result outside the years 1 to 9999"),
        ("[dateTimeAdd('2026-01-01', 'P1D', 'q')]", "`dateTimeAdd` takes a .NET date and time format; the string is none"),
        ("[dateTimeAdd(1, 'P1D')]", "`dateTimeAdd` takes a string, not an integer"),
        ("[dateTimeToEpoch('2026-02-30')]", "`dateTimeToEpoch` takes an ISO 8601 date and time; the string is none"),
        ("[dateTimeFromEpoch('0')]", "`dateTimeFromEpoch` takes an integer, not a string"),
        ("[dateTimeFromEpoch(999999999999)]", "`dateTimeFromEpoch` takes seconds within the years 1 to 9999"),
    ],
)
def test_a_date_function_refuses(expression: str, message: str) -> None:
    """What is no date, duration or format, and results beyond the calendar, are failures."""
    assert message == failure(expression)


def test_the_clock_has_the_documented_formats() -> None:
    """Without a format the time is in the short ISO 8601 form, with one in that."""
    assert re.fullmatch(r"\d{8}T\d{6}Z", run("[utcNow()]"))
    assert re.fullmatch(r"\d\d/\d\d/\d{4}", run("[utcNow('d')]"))
    assert re.fullmatch(r"\d{1,2} \d{1,2}", run("[utcNow('M d')]"))
