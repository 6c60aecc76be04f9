"""The parameters document and parameter files in their forms."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.azure_policy.deploy.derived_document import plain_parameters, read_derived
from s2sguard.errors import UsageError

GROUP = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/hub"
ENTRY: dict[str, Any] = {"name": "a", "scope": GROUP, "parameters": {"p": {"value": [1]}}}


@pytest.mark.parametrize(
    "value", [{"p": [1]}, {"p": {"value": [1]}}, {"parameters": {"p": {"value": [1]}}}, {"$schema": "x", "parameters": {"p": [1]}}]
)
def test_parameters_in_any_usual_form(value: object) -> None:
    """Plain values, values in objects, and a whole parameter file mean the same."""
    assert {"p": [1]} == plain_parameters(value, "the file")


def test_a_document_is_read() -> None:
    """Assignments with their scopes, and one line for everything that is missing."""
    document = {
        "assignments": [ENTRY],
        "not_expressed": [{"control": "S2S-ISO-003", "partner": "red", "needs": 140, "reason": "too many ranges"}],
        "gaps": ["x.json was not read"],
        "conflicts": [{"gateway": f"{GROUP}/gw", "partners": ["blue", "red"], "reason": "blue and red claim the same addresses"}],
        "new_claims": [{"partner": "green"}],
    }
    found = read_derived(document)
    assert [("a", GROUP, {"p": [1]})] == [(each.name, each.scope.id, each.parameters) for each in found.assignments]
    assert found.incomplete == (
        "conflict: blue and red claim the same addresses",
        "new claim: see the document",
        "S2S-ISO-003: red: too many ranges",
        "x.json was not read",
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "no list `assignments`"),
        ({}, "no list `assignments`"),
        ({"assignments": [1]}, "assignment 1 .* lacks its `name`"),
        ({"assignments": [ENTRY | {"scope": None}]}, "lacks its `name` or its `scope`"),
        ({"assignments": [ENTRY | {"parameters": []}]}, "lacks its `parameters`"),
        ({"assignments": [ENTRY | {"scope": "a/b"}]}, "is no scope"),
        ({"assignments": [ENTRY, ENTRY | {"name": "A", "scope": GROUP.upper().replace("/SUB", "/sub")}]}, "the same name and scope"),
    ],
)
def test_something_else_is_a_usage_error(value: object, message: str) -> None:
    """What is no such document is said."""
    with pytest.raises(UsageError, match=message):
        read_derived(value)
