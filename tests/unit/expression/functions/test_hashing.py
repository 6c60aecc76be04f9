"""Names made of other values."""

from __future__ import annotations

import re
import uuid

from tests.unit.expression.running import failure, run


def test_guid_is_a_version_5_uuid_of_the_joined_values() -> None:
    """The arguments, joined by hyphens, give the same UUID every time, and their order matters."""
    expected = str(uuid.uuid5(uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830"), "hub-red"))
    assert expected == run("[guid('hub', 'red')]")
    assert expected != run("[guid('red', 'hub')]")


def test_unique_string_has_the_documented_shape() -> None:
    """Thirteen characters of lowercase base32, the same every time for the same values and different for others."""
    first = run("[uniqueString('hub', 'red')]")
    assert re.fullmatch("[a-z2-7]{13}", first)
    assert first == run("[uniqueString('hub', 'red')]")
    assert first != run("[uniqueString('hub', 'blue')]")


def test_new_guid_is_a_uuid() -> None:
    """A random identifier has the format of one."""
    assert 4 == uuid.UUID(run("[newGuid()]")).version


def test_hashes_take_strings() -> None:
    """Arrays and null have no hash."""
    assert "`guid` takes strings, numbers and booleans, not an array" == failure("[guid(createArray())]")
    assert "`uniqueString` takes strings, numbers and booleans, not null" == failure("[uniqueString('a', null())]")
