"""The functions that only policies have, and those that policies refuse (policy-rule "Policy functions")."""

from __future__ import annotations

import re
from typing import Any

import pytest

from s2sguard.azure_policy import PolicyError, compile_policy
from s2sguard.azure_policy.language.functions import FORBIDDEN, format_moment
from s2sguard.expression import ExpressionFailure
from s2sguard.model.value import Unknown

ID = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/net-rg/providers/Contoso.Lab/nets/n"
RESOURCE: dict[str, Any] = {
    "id": ID,
    "name": "n",
    "type": "Contoso.Lab/nets",
    "location": "West Europe",
    "properties": {"text": "t", "list": ["a", None], "nested": [{"in": ["x"]}, {}, {"in": ["y", "z"]}], "nothing": None},
}


def value(expression: str, **options: Any) -> Any:  # noqa: ANN401
    """Return what an expression gives, or the effect where it gives nothing."""
    policy = compile_policy({"if": {"value": f"[{expression}]", "equals": "no such value"}, "then": {"effect": "deny"}})
    found = policy.evaluate(options.pop("resource", RESOURCE), **options)
    return found.effect or found.trace[0].expression_value


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("name", "n"),
        ("location", "westeurope"),
        ("tags", ""),
        ("tags['x']", ""),
        ("Contoso.Lab/nets/text", "t"),
        ("Contoso.Lab/nets/none", ""),
        ("Contoso.Lab/nets/nothing", ""),
        ("Contoso.Lab/nets/list", ["a", None]),
        ("Contoso.Lab/nets/list[*]", ["a", None]),
        ("Contoso.Lab/nets/nested[*].none", []),
        ("Contoso.Lab/nets/none[*]", []),
        ("Contoso.Lab/nets/none[*].deeper", []),
        ("Contoso.Lab/nets/nested[*].in[*]", ["x", "y", "z"]),
        ("Contoso.Lab/nets/nested[*].in", [["x"], ["y", "z"]]),
    ],
)
def test_field(name: str, expected: object) -> None:
    """field() gives the value as it is, an empty string for a missing one, a list for an array alias."""
    assert expected == value("field('" + name.replace("'", "''") + "')")


@pytest.mark.parametrize("expression", ["field('no such/..')", "field(5)", "field(concat('x', '..y'))", "field(parameters('n'))"])
def test_field_of_no_field(expression: str) -> None:
    """A name that is no field is a problem where it is literal, else an error."""
    try:
        found = value(expression, parameters={"n": 5})
    except PolicyError as error:
        found = error.problems[0].pointer
    assert found in {"error", "/if/value"}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("addDays('2026-02-27T10:00:00Z', 2)", "2026-03-01T10:00:00.0000000Z"),
        ("addDays('2026-01-01T00:00:00.1234567Z', -1)", "2025-12-31T00:00:00.1234567Z"),
        ("addDays('2026-01-01T01:00:00+02:00', 0)", "2025-12-31T23:00:00.0000000Z"),
        ("addDays('2026-01-01', 365)", "2027-01-01T00:00:00.0000000Z"),
        ("addDays('0001-01-02', -1)", "0001-01-01T00:00:00.0000000Z"),
        ("addDays('0001-01-01', -1)", "error"),
        ("addDays('9999-12-31', 1)", "error"),
        ("addDays('2026-01-01', 999999999999)", "error"),
        ("addDays('yesterday', 1)", "error"),
        ("addDays('', 1)", "error"),
        ("addDays('2026-01-01', '1')", "error"),
        ("addDays('2026-01-01', true())", "error"),
        ("addDays(null(), 1)", "error"),
    ],
)
def test_add_days(expression: str, expected: str) -> None:
    """addDays() moves a date by whole days and writes it in the universal format."""
    assert expected == value(expression)


def test_utc_now() -> None:
    """utcNow() is the context's time, else the clock's; one evaluation has one time."""
    assert value("utcNow()", context={"UTCNOW": "2026-11-24T02:00:00+01:00"}) == "2026-11-24T01:00:00.0000000Z"
    assert re.fullmatch(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", value("utcNow()"))
    assert value("if(equals(utcNow(), utcNow()), 'same', 'other')") == "same"
    assert value("utcNow()", context={"utcNow": Unknown("u")}) == "unknown"
    assert value("utcNow()", context={"utcNow": "noon"}) == "error"


FORMATS = [
    ("'yyyy-MM-dd'", "2026-11-24"),
    ("'d'", "11/24/2026"),
    ("'HH:mm:ss.fffffff'", "01:30:00.1234567"),
    ("null()", "2026-11-24T01:30:00.1234567Z"),
    ("'Q'", "error"),
    ("5", "error"),
]


@pytest.mark.parametrize(("pattern", "expected"), FORMATS)
def test_the_time_in_a_format(pattern: str, expected: str) -> None:
    """utcNow() takes a format of .NET, as in templates (template-functions-date)."""
    assert expected == value(f"utcNow({pattern})", context={"utcNow": "2026-11-24T02:30:00.1234567+01:00"})
    assert value("utcNow('d')", context={"utcNow": Unknown("u")}) == "unknown"


def test_dates_outside_of_the_calendar() -> None:
    """A date that Azure's clock cannot show is a failure."""
    with pytest.raises(ExpressionFailure, match="years 1 to 9999"):
        format_moment(10**30)


@pytest.mark.parametrize(
    ("expression", "context", "expected"),
    [
        ("resourceGroup().name", None, "net-rg"),
        ("resourceGroup().id", None, "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/net-rg"),
        ("resourceGroup().location", None, "unknown"),
        ("resourceGroup().tags.env", None, "unknown"),
        ("resourceGroup().nothing", None, "error"),
        ("resourcegroup().managedBy", None, None),
        ("RESOURCEGROUP().Name", {"resourcegroup": {"NAME": "given"}}, "given"),
        ("resourceGroup().location", {"resourceGroup": {"location": "uksouth"}}, "uksouth"),
        ("resourceGroup().tags['env']", {"resourceGroup": {"tags": {"ENV": "prod"}}}, "prod"),
        ("resourceGroup().tags['none']", {"resourceGroup": {"tags": {"ENV": "prod"}}}, ""),
        ("resourceGroup().tags.none", {"resourceGroup": {"name": "x"}}, ""),
        ("resourceGroup().tags.none", {"resourceGroup": {"tags": None}}, ""),
        ("resourceGroup().name", {"resourceGroup": "short"}, "short"),
        ("resourceGroup().name", {"resourceGroup": Unknown("u")}, "unknown"),
        ("resourceGroup().name", {"resourceGroup": 5}, "error"),
        ("subscription().subscriptionId", None, "11111111-2222-3333-4444-555555555555"),
        ("subscription().id", None, "/subscriptions/11111111-2222-3333-4444-555555555555"),
        ("subscription().tenantId", None, "unknown"),
        ("subscription().displayName", {"subscription": {"displayName": "Hub"}}, "Hub"),
        ("subscription().tags.x", {"subscription": {}}, ""),
        ("policy().assignmentId", None, "unknown"),
        ("policy().definitionReferenceId", {"policy": {"assignmentId": "/a"}}, ""),
        ("policy().assignmentId", {"POLICY": {"AssignmentId": "/a"}}, "/a"),
        ("requestContext().apiVersion", {"utcNow": "2024-03-05T10:00:00Z"}, "2024-03-05"),
        ("requestContext().apiVersion", {"utcNow": "2024-03-05T10:00:00Z", "requestContext": {"identity": {}}}, "2024-03-05"),
        ("requestContext().apiVersion", {"utcNow": Unknown("u")}, "unknown"),
        ("requestContext().apiVersion", {"requestContext": {"apiVersion": Unknown("u")}}, "unknown"),
        ("requestContext().apiVersion", {"requestContext": {"apiVersion": "2024-01-01"}}, "2024-01-01"),
        ("tryGet(requestContext().identity, 'idtyp')", {"requestContext": {}}, None),
        ("requestContext().identity.acrs", {"requestContext": {"identity": {"acrs": "p1,c2"}}}, "p1,c2"),
        ("requestContext().identity", None, "unknown"),
    ],
)
def test_circumstances(expression: str, context: dict[str, Any] | None, expected: object) -> None:
    """What surrounds a resource comes from the context, else from its id; the rest is not known."""
    assert expected == value(expression, context=context)


def test_the_api_version_of_the_call() -> None:
    """The API version that the caller gives is the request's."""
    assert value("requestContext().apiVersion", api_version="2025-01-01") == "2025-01-01"


def test_a_resource_group_knows_itself() -> None:
    """Where the evaluated resource is the scope itself, its own location and tags count."""
    group = {
        "id": "/subscriptions/s/resourceGroups/rg",
        "type": "Microsoft.Resources/subscriptions/resourceGroups",
        "location": "uksouth",
        "tags": {"env": "prod"},
    }
    assert ["uksouth", "prod", ""] == [value(f"resourceGroup().{what}", resource=group) for what in ("location", "tags.env", "tags.none")]
    subscription = {"id": "/subscriptions/s", "type": "Microsoft.Resources/subscriptions", "tags": {"env": "x"}}
    assert value("subscription().tags.ENV", resource=subscription) == "x"


def test_parameters() -> None:
    """parameters() ignores the case of names; a rule without declarations fails for one that is not given."""
    assert [5, "error", "error"] == [value(f"parameters({name})", parameters={"Size": {"value": 5}}) for name in ("'sIZE'", "'other'", "1")]


@pytest.mark.parametrize("name", sorted(FORBIDDEN))
def test_forbidden_functions(name: str) -> None:
    """A function that policies do not have is a problem that says what to do instead."""
    call = name.replace("*", "AccountSas")
    with pytest.raises(PolicyError) as caught:
        compile_policy({"if": {"value": f"[{call}('a')]", "equals": 1}, "then": {"effect": "deny"}})
    problem = caught.value.problems[0]
    assert problem.pointer == "/if/value"
    assert FORBIDDEN[name] in f"{problem.message} {problem.hint}"


def test_current_leaves_out_members_without_the_property() -> None:
    """As field() does: current() over an array below the counted one has only what is there."""
    rows = [{"cells": [{"x": 1}, {}, {"x": None}]}, {"cells": [{"x": 1}]}, {"cells": [{"x": [1, None]}]}]
    resource = {"type": "Contoso.Lab/nets", "properties": {"rows": rows}}
    cells = "Contoso.Lab/nets/rows[*].cells[*]"
    where = {"value": f"[length(current('{cells}.x'))]", "equals": 1}
    condition = {"count": {"field": "Contoso.Lab/nets/rows[*]", "where": where}, "equals": 3}
    assert compile_policy({"if": condition, "then": {"effect": "deny"}}).evaluate(resource).effect == "deny"
    whole = {"count": {"field": cells, "where": {"value": f"[length(current('{cells}.x'))]", "equals": 2}}, "equals": 1}
    several = {"type": "Contoso.Lab/nets", "properties": {"rows": rows[2:]}}
    assert compile_policy({"if": whole, "then": {"effect": "deny"}}).evaluate(several).effect == "deny"


def test_a_condition_sees_members_without_the_property() -> None:
    """A `field` condition has a null for each of them (author-policies-for-arrays)."""
    for operator, expected in (({"exists": True}, None), ({"notEquals": "q"}, "deny")):
        policy = compile_policy({"if": {"field": "Contoso.Lab/nets/nested[*].in", **operator}, "then": {"effect": "deny"}})
        assert expected == policy.evaluate(RESOURCE).effect


def test_without_a_version_it_is_the_latest() -> None:
    """Existing resources are evaluated with the latest version: later than any that a rule names, in order as well."""
    condition = {"value": "[requestContext().apiVersion]", "greaterOrEquals": "2019-09-01"}
    policy = compile_policy({"if": condition, "then": {"effect": "deny"}})
    found = [policy.evaluate({}, api_version=version).effect for version in (None, "2019-04-01", "2023-01-01-preview")]
    assert found == ["deny", None, "deny"]
