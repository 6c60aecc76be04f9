"""Waivers files: their shape, and days against moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.azure_policy.deploy.waivers_exchange import Pair, Waiver, expires_on, last_day, read_waivers, waivers_document
from s2sguard.errors import UsageError

ENTRY: dict[str, Any] = {"control": "S2S-IKE-001", "resource": "/r", "reason": "why", "owner": "me", "expires": "2026-12-31"}
PAIR: dict[str, Any] = {"gateway": "/g", "partners": ["red", "blue"]}


def test_a_file_is_read_and_written_alike() -> None:
    """What is read comes back with its keys in order, pairs sorted, without empty keys."""
    paired = {key: value for key, value in ENTRY.items() if key != "resource"} | {"pair": PAIR, "ticket": 4711}
    found = read_waivers({"waivers": [paired, ENTRY]})
    expected = Waiver(
        control="S2S-IKE-001",
        pair=Pair(gateway="/g", partners=("blue", "red")),
        reason="why",
        owner="me",
        ticket="4711",
        expires=date(2026, 12, 31),
    )
    assert expected == found[0]
    written = waivers_document(found)
    assert set(found) == set(read_waivers(written))
    assert [["control", "pair", "reason", "owner", "ticket", "expires"], ["control", "resource", "reason", "owner", "expires"]] == [
        list(entry) for entry in written["waivers"]
    ]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "not a waivers file"),
        ({"waivers": {}}, "not a waivers file"),
        ({"waivers": [], "more": 1}, "not a waivers file"),
        ({"waivers": [1]}, "/waivers/0: not a mapping"),
        ({"waivers": [ENTRY | {"secret": "s3cret"}]}, "/waivers/0: 1 keys that a waiver does not have"),
        ({"waivers": [ENTRY | {"control": "IKE-1"}]}, "/waivers/0/control: not a control id"),
        ({"waivers": [ENTRY | {"pair": PAIR}]}, "either `resource` or `pair`"),
        ({"waivers": [{key: value for key, value in ENTRY.items() if key != "resource"}]}, "either `resource` or `pair`"),
        ({"waivers": [ENTRY | {"owner": " "}]}, "/waivers/0/owner: must be text"),
        ({"waivers": [ENTRY | {"reason": True}]}, "/waivers/0/reason: must be text"),
        ({"waivers": [ENTRY | {"expires": "31.12.2026"}]}, "/waivers/0/expires: must be a date"),
        ({"waivers": [{**ENTRY, "resource": None}]}, "/waivers/0/resource: must be text"),
    ],
)
def test_what_is_no_waiver_is_said(value: object, message: str) -> None:
    """The place is named, and nothing of the file is quoted."""
    with pytest.raises(UsageError, match=message) as caught:
        read_waivers(value)
    assert "s3cret" not in caught.value.diagnostics()


@pytest.mark.parametrize(
    "pair", [None, {}, {"gateway": "/g", "partners": ["a"]}, {"gateway": "/g", "partners": ["a", "a "]}, {"partners": ["a", "b"]}]
)
def test_what_is_no_pair_is_said(pair: object) -> None:
    """A pair is a gateway and two different partners."""
    entry = {key: value for key, value in ENTRY.items() if key != "resource"} | {"pair": pair}
    with pytest.raises(UsageError, match="/waivers/0/pair"):
        read_waivers({"waivers": [entry]})


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
