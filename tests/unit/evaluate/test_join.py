"""Raw results become verdicts: the first of fail, unknown and pass for each control and resource."""

from __future__ import annotations

from typing import Any, cast

import pytest

from s2sguard.errors import EngineError
from s2sguard.evaluate import canary, judge
from s2sguard.evaluate.interface import ControlResult
from s2sguard.evaluate.join import fingerprint
from s2sguard.evaluate.verdict import Control, Verdict
from s2sguard.facts.document import FactsDocument, Witness
from s2sguard.model.inventory import Inventory, Resource, Source

CONTROL = Control(
    id="S2S-TST-001",
    name="one",
    family="tst",
    title="A test",
    description="Only here.",
    severity="medium",
    fix="do it",
    needs=(),
    page="s2sguard/controls/tst/one/control.md",
)
WITNESS: Witness = {
    "src": "10.1.0.1",
    "dst": "10.2.0.1",
    "from": "c1",
    "to": "c2",
    "from_selector": "any <-> any",
    "to_selector": "any <-> any",
    "because": ["mode Default"],
}


def document() -> FactsDocument:
    """Return facts of one gateway, a connection and two sites, one of them shared."""
    facts: dict[str, Any] = dict(canary.document(()))
    facts["gateways"] = [facts["gateways"][1] | {"id": "/g", "name": "hub"}]
    connection = facts["connections"][1] | {"id": "/C", "name": "to-a", "gateway": "/g", "partner": "a"}
    facts["connections"] = [connection]
    site = facts["sites"][1] | {"id": "/s", "name": "site-a", "gateways": ["/g"], "partners": ["a"]}
    facts["sites"] = [site, site | {"id": "/t", "name": "both", "gateways": ["/g", "/h"], "partners": ["a", "b"]}]
    return cast("FactsDocument", facts)


def finding(msg: str = "wrong", resource: str = "/C", **extra: object) -> dict[str, object]:
    """Return a finding of the control."""
    return {"msg": msg, "control": CONTROL.id, "resource": resource} | extra


def verdicts(
    *, applies: tuple[str, ...] = ("/C",), deny: tuple[dict[str, object], ...] = (), warn: tuple[dict[str, object], ...] = ()
) -> tuple[Verdict, ...]:
    """Judge one result."""
    result = ControlResult(control=CONTROL.id, applies=list(applies), deny=list(deny), warn=list(warn))
    source = Source(file="arm.json", pointer="/0")
    resource = Resource(id="/c", type="Microsoft.Network/connections", name="to-a", properties={}, tags={}, source=source)
    return judge([result], [CONTROL], document(), Inventory([resource]))


def test_a_pass_is_derived() -> None:
    """A control that applies and finds nothing gives a complete verdict."""
    expected = Verdict(
        control_id="S2S-TST-001",
        control="one",
        title="A test",
        resource="/C",
        resource_name="to-a",
        status="pass",
        severity="medium",
        certainty="configured",
        message="A test",
        fix="do it",
        gateway="/g",
        partner="a",
        source=Source(file="arm.json", pointer="/0"),
        fingerprint=fingerprint("S2S-TST-001", "/C"),
    )
    assert (expected,) == verdicts()


def test_fail_goes_before_unknown() -> None:
    """What is certain counts, whatever else is not known; only the deciding messages are shown."""
    (verdict,) = verdicts(deny=(finding("b"), finding("a")), warn=(finding("?", kind="unknown"),))
    assert ("fail", "configured", "a; b", ("a", "b")) == (verdict.status, verdict.certainty, verdict.message, verdict.details)


def test_unknown_is_not_a_pass() -> None:
    """A missing fact makes verdict and certainty unknown."""
    (verdict,) = verdicts(warn=(finding("bgp is unknown: known only after apply", kind="unknown"),))
    assert ("unknown", "unknown") == (verdict.status, verdict.certainty)
    assert "bgp is unknown: known only after apply" == verdict.message


def test_advice_changes_nothing() -> None:
    """Advice is attached to whatever the verdict is."""
    (verdict,) = verdicts(warn=(finding("b", kind="advice"), finding("a", kind="advice")))
    assert ("pass", "A test", ("a", "b")) == (verdict.status, verdict.message, verdict.advice)


def test_a_long_list_of_messages_is_cut_for_the_line_and_kept_in_full() -> None:
    """The line stays readable, and the details lose nothing."""
    (verdict,) = verdicts(deny=tuple(finding(letter) for letter in "edcba"))
    assert ("a; b; c; and 2 more", tuple("abcde")) == (verdict.message, verdict.details)


@pytest.mark.parametrize(
    ("own", "expected"),
    [((None,), "medium"), (("low",), "low"), (("low", "critical"), "critical"), ((None, "low"), "medium"), ((None, "high"), "high")],
)
def test_severity_is_the_worst_of_the_findings(own: tuple[str | None, ...], expected: str) -> None:
    """A finding's own severity replaces the control's; the worst of several counts."""
    deny = tuple(finding(str(index), **({"severity": severity} if severity else {})) for index, severity in enumerate(own))
    assert [expected] == [verdict.severity for verdict in verdicts(deny=deny)]


def test_witnesses_and_pairs_are_taken_over() -> None:
    """The first witness stands out, none is listed twice, and the count is the true one."""
    other: Witness = {**WITNESS, "dst": "10.3.0.1"}
    (verdict,) = verdicts(deny=(finding(witness=WITNESS, witnesses=[WITNESS, other], pairs=17),))
    assert (WITNESS, (WITNESS, other), 17) == (verdict.witness, verdict.witnesses, verdict.pairs)


def test_gateway_and_partner_come_from_the_facts() -> None:
    """A gateway is its own; a site has them when there is only one."""
    found = {
        verdict.resource: (verdict.resource_name, verdict.gateway, verdict.partner) for verdict in verdicts(applies=("/g", "/s", "/t"))
    }
    assert {"/g": ("hub", "/g", None), "/s": ("site-a", "/g", "a"), "/t": ("both", None, None)} == found


def test_the_fingerprint_does_not_depend_on_casing() -> None:
    """ARM ids ignore case, and so does the name of a finding; controls differ."""
    assert fingerprint("S2S-TST-001", "/Sub/X/") == fingerprint("S2S-TST-001", "/sub/x")
    assert fingerprint("S2S-TST-001", "/x") != fingerprint("S2S-TST-002", "/x")
    assert "a8a92ef99be7c5c535effab91552b811" == fingerprint("S2S-ISO-001", "/Subscriptions/1/c")


def test_verdicts_have_one_order() -> None:
    """By control id, then by resource id, whatever order the engine kept."""
    assert ["/C", "/g", "/s"] == [verdict.resource for verdict in verdicts(applies=("/s", "/C", "/g"))]


@pytest.mark.parametrize(
    ("deny", "warn", "reason"),
    [
        ({"control": CONTROL.id, "resource": "/C"}, None, "without its message or its control"),
        (finding(""), None, "without its message or its control"),
        (finding() | {"msg": 7}, None, "without its message or its control"),
        ({"msg": "m", "resource": "/C"}, None, "without its message or its control"),
        (finding() | {"control": "S2S-XXX-001"}, None, "without its message or its control"),
        ({"msg": "m", "control": CONTROL.id}, None, "about something it does not apply to"),
        (finding(resource="/g"), None, "about something it does not apply to"),
        (finding(severity="huge"), None, "severity that does not exist"),
        (finding(witness={"src": "10.1.0.1"}), None, "witness of another shape"),
        (finding(witness={**WITNESS, "because": [1]}), None, "witness of another shape"),
        (finding(witnesses={}), None, "witness of another shape"),
        (finding(pairs="3"), None, "count of parties that is not a number"),
        (finding(pairs=True), None, "count of parties that is not a number"),
        (None, finding(), "neither unknown nor advice"),
        (None, finding(kind="deny"), "neither unknown nor advice"),
        (None, finding("", kind="advice"), "without its message or its control"),
    ],
)
def test_a_finding_of_another_shape_is_an_error(deny: dict[str, object] | None, warn: dict[str, object] | None, reason: str) -> None:
    """Half a finding is a defect of a control, never a quiet pass."""
    with pytest.raises(EngineError, match=reason):
        verdicts(deny=(deny,) if deny else (), warn=(warn,) if warn else ())


def test_a_resource_outside_the_facts_is_an_error() -> None:
    """Nothing is known about it, so nothing can be said."""
    with pytest.raises(EngineError, match="not in the facts"):
        verdicts(applies=("/elsewhere",))


def test_a_result_of_no_control_is_an_error() -> None:
    """It has no severity, no title and no page."""
    result = ControlResult(control="S2S-XXX-001", applies=[], deny=[], warn=[])
    with pytest.raises(EngineError, match="belongs to no control"):
        judge([result], [CONTROL], document(), Inventory([]))
