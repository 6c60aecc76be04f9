"""The shape of a waivers file."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from s2sguard.errors import ConfigError
from s2sguard.evaluate.acceptance import Pair, Waiver, read_waivers, waivers_document

ENTRY: dict[str, Any] = {"control": "S2S-IKE-001", "resource": "/r", "reason": "why", "owner": "me", "expires": "2026-12-31"}
PAIR: dict[str, Any] = {"gateway": "/g", "partners": ["red", "blue"]}


def test_a_file_is_read_and_written_alike() -> None:
    """What is read comes back with its keys in order, pairs sorted, without empty keys."""
    paired = {key: value for key, value in ENTRY.items() if key != "resource"} | {"pair": PAIR, "ticket": 4711}
    found = read_waivers({"waivers": [paired, ENTRY]})
    expected = Waiver(
        control="S2S-IKE-001",
        pair=Pair(gateway="/g", partners=(("blue",), ("red",))),
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
        ({"waivers": [{**ENTRY, "resource": None}]}, "/waivers/0/resource: must be text"),
    ],
)
def test_what_is_no_waiver_is_said(value: object, message: str) -> None:
    """The place is named, and nothing of the file is quoted."""
    with pytest.raises(ConfigError, match=message) as caught:
        read_waivers(value)
    assert "s3cret" not in caught.value.diagnostics()


@pytest.mark.parametrize(
    "pair", [None, {}, {"gateway": "/g", "partners": ["a"]}, {"gateway": "/g", "partners": ["a", "a "]}, {"partners": ["a", "b"]}]
)
def test_what_is_no_pair_is_said(pair: object) -> None:
    """A pair is a gateway and two different partners."""
    entry = {key: value for key, value in ENTRY.items() if key != "resource"} | {"pair": pair}
    with pytest.raises(ConfigError, match="/waivers/0/pair"):
        read_waivers({"waivers": [entry]})


@pytest.mark.parametrize("expires", ["31.12.2026", "2026-13-01", 20261231, None, "", "2026-12-31T00:00:00Z"])
def test_a_day_that_is_none_has_passed(expires: object) -> None:
    """A waiver without a valid last day is read and never holds: it must neither pass nor hide the others."""
    (waiver,) = read_waivers({"waivers": [ENTRY | {"expires": expires}]})
    assert waiver.expires is None
    assert not waiver.holds(date(2000, 1, 1))


def test_the_last_day_still_holds() -> None:
    """Expiry is inclusive."""
    (waiver,) = read_waivers({"waivers": [ENTRY]})
    assert waiver.holds(date(2026, 12, 31))
    assert not waiver.holds(date(2027, 1, 1))
