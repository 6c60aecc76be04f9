"""Days against moments: a waiver's last day (`evaluate.acceptance.Waiver.expires`) and an exemption's `expiresOn`.

A day still counts; a moment is the end (facts 5.11). A waiver made from an exemption never holds longer than it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta


def expires_on(last_day: date) -> str:
    """Return the moment at which a waiver ends, as `expiresOn` takes it: the last second of its last day, UTC."""
    return f"{last_day:%Y-%m-%d}T23:59:59Z"


def last_day(moment: str) -> date:
    """Return the last day that is whole before an exemption ends; raises ValueError for what is no time.

    An exemption that ends at noon gives the day before: a waiver must not hold longer. A time without zone is taken as UTC.
    """
    end = datetime.fromisoformat(moment)
    end = end.replace(tzinfo=UTC) if end.tzinfo is None else end.astimezone(UTC)
    ends_day = end.time() >= time(23, 59, 59)
    return end.date() if ends_day else end.date() - timedelta(days=1)
