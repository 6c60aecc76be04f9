"""The facts document for programs that print it: named, and harmless."""

from __future__ import annotations

import json

from s2sguard.report.facts_text import facts_text
from tests.unit.report.builders import connection, facts, gateway


def test_a_harmless_document_only_gains_names() -> None:
    """Everything else is as it was."""
    document = facts([gateway()], [connection("to-red", "red")])
    assert json.loads(facts_text(document)) == {**document, "named": True}


def test_nothing_in_it_can_act() -> None:
    """Control characters, direction overrides and the commands of runners are written out, wherever they stand."""
    hostile = "a\nb\x1b[2J\u202e##vso[x]##[y]::stop-commands::"
    document = facts([gateway()], [connection(hostile, hostile, unknown={hostile: hostile})])
    text = facts_text(document)
    written = json.loads(text)["connections"][0]
    shown = "a\\nb\\x1b[2J\\u202e#\\x23vso[x]#\\x23[y]:\\x3astop-commands::"
    assert (written["name"], written["partner"], written["unknown"]) == (shown, shown, {shown: shown})
    assert "##" not in text


def test_numbers_and_flags_stay_what_they_are() -> None:
    """Only texts change."""
    document = facts([gateway(open_ceilings=3)], [connection("to-red", "red", bgp=True, nat_rules=0)])
    written = json.loads(facts_text(document))
    assert (written["gateways"][0]["open_ceilings"], written["connections"][0]["bgp"], written["connections"][0]["nat_rules"]) == (
        3,
        True,
        0,
    )
