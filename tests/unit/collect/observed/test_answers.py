"""Saved answers of getIkeSas in every form that tools print."""

from __future__ import annotations

import json

import pytest

from s2sguard.collect.observed.answers import answer_of

CHILD = {"localTrafficSelectors": ["172.16.1.0/24"], "remoteTrafficSelectors": ["10.1.0.0/16"], "isSaInitiator": True, "inboundSPI": 7}
SA = {
    "localEndpoint": "203.0.113.1",
    "remoteEndpoint": "198.51.100.7",
    "initiatorCookie": 99,
    "encryption": "AES256",
    "quickModeSa": [CHILD],
}


@pytest.mark.parametrize(
    "value",
    [
        [SA],
        SA,
        json.dumps([SA]),
        json.dumps(json.dumps([SA])),
        {"value": [SA]},
        {"value": json.dumps([SA])},
        {"output": json.dumps([SA])},
        {"properties": {"ikeSas": [SA]}},
    ],
)
def test_every_form_is_the_same_answer(value: object) -> None:
    """A text with JSON in it, a wrapper, one SA or a list of them; cookies and SPIs are dropped."""
    assert answer_of(value) == [
        {
            "localEndpoint": "203.0.113.1",
            "remoteEndpoint": "198.51.100.7",
            "encryption": "AES256",
            "quickModeSAs": [{key: member for key, member in CHILD.items() if key != "inboundSPI"}],
        }
    ]


@pytest.mark.parametrize("value", [[], "[]", {"value": []}])
def test_a_tunnel_that_is_down_has_no_sa(value: object) -> None:
    """An empty answer is an answer."""
    assert answer_of(value) == []


@pytest.mark.parametrize(
    "value",
    [
        None,
        3,
        "text",
        {},
        {"value": {}},
        [1],
        [{"name": "a vnet"}],
        [SA, {"name": "a vnet"}],
        "[" * 10_000,
        {"value": {"value": {"value": {"value": []}}}},
    ],
)
def test_anything_else_is_no_answer(value: object) -> None:
    """A file that is something else must not look like a tunnel that is down."""
    assert answer_of(value) is None


def test_a_child_of_an_unknown_form_is_kept_for_the_facts_to_refuse() -> None:
    """What cannot be understood is not left out."""
    assert answer_of([{**SA, "quickModeSa": "none"}]) == [
        {"localEndpoint": "203.0.113.1", "remoteEndpoint": "198.51.100.7", "encryption": "AES256", "quickModeSAs": ["none"]}
    ]
