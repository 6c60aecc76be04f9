"""Points in time: reading ISO 8601, and .NET's formats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.expression.moment import Moment, add, format_moment, from_epoch, parse_duration, parse_moment, shape_of


def moment(written: str) -> Moment:
    """Return a point in time that is written correctly."""
    found = parse_moment(written)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-24T02:03:04Z",
        "2026-11-24T02:03:04.0000000Z",
        "2026-11-24 02:03:04Z",
        "20261124T020304Z",
        "2026-11-24T04:03:04+02:00",
        "2026-11-24T04:03:04+0200",
        "2026-11-24T04:03:04+02",
        "2026-11-23T21:03:04-05:00",
        "2026-11-24T02:03:04",
        "2026-11-24t02:03:04z",
        " 2026-11-24T02:03:04Z ",
    ],
)
def test_every_spelling_is_the_same_moment(written: str) -> None:
    """Separators, fractions, zones and their absence are understood; without a zone it is UTC."""
    assert int(datetime(2026, 11, 24, 2, 3, 4, tzinfo=UTC).timestamp()) == moment(written).epoch


@pytest.mark.parametrize(
    "written",
    [
        "",
        "now",
        "2026",
        "2026-11",
        "2026-13-01",
        "2026-02-29",
        "2026-1-1",
        "2026-11-24T",
        "2026-11-24T25:00:00Z",
        "2026-11-24T02:0304Z",
        "2026-1124T02:03:04Z",
        "2026-11-24Z",
        "0000-01-01",
        "0001-01-01T00:00:00+02:00",
        "9999-12-31T23:59:59-02:00",
        "2026-11-24T02:03:04+15:00",
        "2026-11-24T02:03:04+02:60",
        "1٢34-01-01",
    ],
)
def test_what_is_no_moment(written: str) -> None:
    """Words, half dates, days and hours that do not exist, and times beyond the calendar are none."""
    assert parse_moment(written) is None


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("d", "03/05/2019"),
        ("D", "Tuesday, 05 March 2019"),
        ("f", "Tuesday, 05 March 2019 17:53"),
        ("F", "Tuesday, 05 March 2019 17:53:18"),
        ("g", "03/05/2019 17:53"),
        ("G", "03/05/2019 17:53:18"),
        ("M", "March 05"),
        ("o", "2019-03-05T17:53:18.1234567Z"),
        ("R", "Tue, 05 Mar 2019 17:53:18 GMT"),
        ("s", "2019-03-05T17:53:18"),
        ("t", "17:53"),
        ("T", "17:53:18"),
        ("u", "2019-03-05 17:53:18Z"),
        ("U", "Tuesday, 05 March 2019 17:53:18"),
        ("y", "2019 March"),
        ("M d", "3 5"),
        ("yyyyMMddTHHmmssZ", "20190305T175318Z"),
        ("yy y yyyyy", "19 19 02019"),
        ("ddd dddd MMM MMMM", "Tue Tuesday Mar March"),
        ("h hh H HH m s", "5 05 17 17 53 18"),
        ("t tt", "P PM"),
        ("f ff fff ffff fffff ffffff fffffff", "1 12 123 1234 12345 123456 1234567"),
        ("s.FFF", "18.123"),
        ("%d", "5"),
        ("%h", "5"),
        ("'year' yyyy \"q\" \\d", "year 2019 q d"),
        ("K z zz zzz", "Z +0 +00 +00:00"),
        ("g gg", "A.D. A.D."),
        ("yyyy-MM-ddTHH:mm:ss.fffffffZ", "2019-03-05T17:53:18.1234567Z"),
    ],
)
def test_a_format(pattern: str, expected: str) -> None:
    """Standard and custom formats are those of .NET's invariant culture."""
    assert expected == format_moment(moment("2019-03-05T17:53:18.1234567Z"), pattern)


@pytest.mark.parametrize("pattern", ["q", "e", "ffffffff", "'open", "\\", "%"])
def test_what_is_no_format(pattern: str) -> None:
    """Unknown letters, too many digits and open quotes are refused."""
    assert format_moment(moment("2019-03-05"), pattern) is None


def test_offsets_are_kept_and_taken_off() -> None:
    """A zone is written as it was given, but for the formats that are in UTC by definition."""
    there = moment("2019-03-05T01:00:00-05:30")
    assert "2019-03-05T01:00:00.0000000-05:30" == format_moment(there, "o")
    assert "2019-03-05 06:30:00Z" == format_moment(there, "u")
    assert "-5 -05 -05:30" == format_moment(there, "z zz zzz")


def test_a_fraction_of_nothing_takes_its_point_along() -> None:
    """The optional digits of a fraction vanish with the point before them."""
    assert "18" == format_moment(moment("2019-03-05T17:53:18Z"), "ss.FFF")


@pytest.mark.parametrize(
    ("start", "duration", "expected"),
    [
        ("2026-01-31T00:00:00Z", "P1M", "2026-02-28T00:00:00Z"),
        ("2024-01-31T00:00:00Z", "P1M", "2024-02-29T00:00:00Z"),
        ("2026-01-31T00:00:00Z", "-P2M", "2025-11-30T00:00:00Z"),
        ("2026-01-01T00:00:00Z", "P1Y2M3DT4H5M6S", "2027-03-04T04:05:06Z"),
        ("2026-01-01T00:00:00Z", "P2W", "2026-01-15T00:00:00Z"),
        ("2026-01-01T00:00:00Z", "+PT90M", "2026-01-01T01:30:00Z"),
        ("2026-01-01T00:00:00Z", "-PT1S", "2025-12-31T23:59:59Z"),
    ],
)
def test_a_duration_is_added(start: str, duration: str, expected: str) -> None:
    """Months go by the calendar, a day that a month lacks becomes its last, and the rest is time."""
    step = parse_duration(duration)
    assert step is not None
    assert moment(expected) == add(moment(start), step)


@pytest.mark.parametrize("written", ["", "P", "PT", "P1", "1D", "P1H", "PT1D", "P1D1Y", "P-1D", "PT1.5H", "P1YT"])
def test_what_is_no_duration(written: str) -> None:
    """Durations have their parts in order, each with a number and a letter."""
    assert parse_duration(written) is None


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(["o", "u", "s", "yyyyMMddTHHmmssK"]))
def test_reading_is_the_inverse_of_writing(when: datetime, pattern: str) -> None:
    """What a sortable format writes is read as the same second, and its format is found again."""
    second = (when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    there = from_epoch(second)
    assert there is not None
    written = format_moment(there, pattern)
    assert written is not None
    assert second == moment(written).epoch
    assert written == format_moment(moment(written), shape_of(written))
