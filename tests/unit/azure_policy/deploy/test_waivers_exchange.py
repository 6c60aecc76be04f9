"""Days of waivers against moments of exemptions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.azure_policy.deploy.waivers_exchange import expires_on, last_day


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-12-31T23:59:59Z", date(2026, 12, 31)),
        ("2026-12-31T23:59:59.9999999Z", date(2026, 12, 31)),
        ("2027-01-01T00:00:00Z", date(2026, 12, 31)),
        ("2026-12-31T12:00:00Z", date(2026, 12, 30)),
        ("2026-12-31T12:00:00", date(2026, 12, 30)),
        ("2027-01-01T01:00:00+02:00", date(2026, 12, 30)),
        ("2026-12-31", date(2026, 12, 30)),
    ],
)
def test_the_last_whole_day_before_a_moment(moment: str, day: date) -> None:
    """A waiver never holds longer than the exemption it was made from."""
    assert day == last_day(moment)


@given(st.dates(date(2000, 1, 1), date(2200, 1, 1)))
def test_days_survive_the_way_there_and_back(day: date) -> None:
    """The last day of `expiresOn` of a day is that day."""
    assert day == last_day(expires_on(day))


@given(st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # bounds have no zone there
def test_a_waiver_ends_before_its_exemption(moment: datetime) -> None:
    """The end of the last day is at most the moment itself, and less than a day and a second before it."""
    end = datetime.fromisoformat(expires_on(last_day(moment.isoformat())))
    assert end <= moment
    assert moment - end <= timedelta(days=1)


def test_what_is_no_time_is_an_error() -> None:
    """Anything else raises ValueError."""
    with pytest.raises(ValueError, match="Invalid"):
        last_day("soon")
