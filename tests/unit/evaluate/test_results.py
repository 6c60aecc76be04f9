"""The shape of an engine's answer, and of what it is given."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.errors import EngineError
from s2sguard.evaluate.results import canonical, checked, parse_document, parse_json, parse_results, spelled

GOOD: dict[str, Any] = {"control": "S2S-TST-001", "applies": ["b", "a"], "deny": [{"resource": "b"}, {"resource": "a"}], "warn": []}


def test_results_are_sorted() -> None:
    """Engines keep sets in different orders; what is made of them has one."""
    (first, second) = parse_results([GOOD | {"control": "S2S-TST-002"}, GOOD], "toy")
    assert ("S2S-TST-001", "S2S-TST-002") == (first["control"], second["control"])
    assert (["a", "b"], [{"resource": "a"}, {"resource": "b"}]) == (first["applies"], first["deny"])


def test_findings_that_say_the_same_are_sorted_by_the_rest() -> None:
    """Two findings with one message about one resource have one order as well."""
    twins = [{"resource": "a", "msg": "m", "pairs": 2}, {"resource": "a", "msg": "m", "pairs": 1}]
    orders = [parse_results([GOOD | {"deny": deny}], "toy")[0]["deny"] for deny in (twins, twins[::-1])]
    assert orders[0] == orders[1] == twins[::-1]


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        [],
        "undefined",
        ["x"],
        [{"control": "a"}],
        [GOOD | {"more": 1}],
        [GOOD | {"control": 1}],
        [GOOD | {"applies": None}],
        [GOOD | {"applies": [1]}],
        [GOOD | {"deny": {"a": 1}}],
        [GOOD | {"warn": ["text"]}],
        [GOOD, GOOD],
    ],
)
def test_anything_but_a_complete_answer_is_an_error(value: object) -> None:
    """Undefined, empty, half and double answers are no clean result."""
    with pytest.raises(EngineError):
        parse_results(value, "toy")


@pytest.mark.parametrize("text", [b"", b'{"a":', b"undefined", b"\xff", b"[" * 100_000])
def test_an_answer_that_is_not_json_is_an_error(text: bytes) -> None:
    """Nothing an engine prints ends in a traceback."""
    with pytest.raises(EngineError, match="not JSON"):
        parse_json(text, "toy")


@pytest.mark.parametrize("document", [b'{"a":', b"[]", b"null", b'{"a": NaN}', b"\xff", b"[" * 100_000])
def test_a_facts_document_is_valid_json_and_an_object(document: bytes) -> None:
    """A compiled policy would take truncated JSON for an undefined input."""
    with pytest.raises(EngineError, match="facts document"):
        parse_document(document, "toy")


def test_strings_have_one_spelling() -> None:
    """rego-cpp compares strings as they are escaped."""
    assert '{"a":"ü\\"\\n"}' == canonical(parse_document(b'{"a": "\\u00fc\\"\\n"}', "toy"))


def test_only_what_we_wrote_is_not_read_again() -> None:
    """A document of our own passes as it is; anybody else's is read and gets the one spelling, or is refused."""
    ours = spelled({"a": "ü"})
    assert (ours, b'{"a":"\xc3\xbc"}') == (checked(ours, "toy"), checked(b'{"a": "\\u00fc"}', "toy"))
    assert checked(ours, "toy") is ours
    with pytest.raises(EngineError, match="not valid JSON"):
        checked(ours[:-1], "toy")


@pytest.mark.parametrize("value", ["\ud800", float("nan"), float("inf")])
def test_what_json_cannot_carry_is_an_error(value: object) -> None:
    """Half a character or no number would be another one after the engine."""
    with pytest.raises(EngineError, match="JSON cannot carry"):
        canonical({"name": value})
