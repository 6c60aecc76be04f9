"""The names that a rule writes down."""

from __future__ import annotations

import pytest

from s2sguard.azure_policy.language.written import written_fields, written_names

TYPE = "Microsoft.Network/connections"
RANGES = f"{TYPE}/trafficSelectorPolicies[*].remoteAddressRanges[*]"


def test_fields_are_found_once_and_in_order() -> None:
    """Fields of a rule in the order of reading, in any casing of the key."""
    rule = {
        "allOf": [
            {"Field": "b", "equals": 1},
            {"not": {"field": "a", "exists": True}},
            {"count": {"field": "c[*]", "where": {"field": "b"}}},
        ]
    }
    assert ("b", "a", "c[*]") == written_fields(rule)


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        (f"[field('{TYPE}/virtualNetworkGateway1.id')]", (f"{TYPE}/virtualNetworkGateway1.id",)),
        ("[if(empty(FIELD('id')), toLower(field('name')), field('tags').x[0])]", ("id", "name", "tags")),
        (f"[ipRangeContains(current('{RANGES}'), current('claim').range)]", (RANGES,)),
        ("[field(concat('tags[', parameters('trustTag'), ']'))]", ("tags[parameters('trustTag')]",)),
        ("[field(concat('tags.', toLower(parameters('x'))))]", ("tags....",)),
        ("[field(parameters('x'))]", ("parameters('x')",)),
        ("[field(split('a', 'b')[0])]", ()),
        ("[field()]", ()),
        ("[[field('id')]", ()),
        ("[field('id'", ()),
        ("[broken(]", ()),
        ("field('id')", ()),
    ],
)
def test_names_inside_of_expressions_are_found(expression: str, names: tuple[str, ...]) -> None:
    """What `field()` and `current()` read is a part of what a rule asks for, and so is a name that is put together."""
    assert names == written_fields({"value": expression, "equals": 1})


def test_a_field_may_be_an_expression() -> None:
    """A tag that a parameter names is one field, at the place where it is written."""
    (found,) = written_names({"field": "[concat('tags[', parameters('tag'), ']')]", "exists": True}, "/if")
    assert ("tags[parameters('tag')]", "/if/field", True, True) == (found.name, found.pointer, found.asked, found.computed)


def test_a_deployed_template_is_no_part_of_the_rule() -> None:
    """Whatever deployIfNotExists deploys may have members of that name."""
    then = {"details": {"existenceCondition": {"field": "a"}, "deployment": {"properties": {"template": {"field": "b"}}}}}
    assert ("a",) == written_fields(then)


def test_any_depth_is_read() -> None:
    """No rule overflows the stack."""
    rule: object = {"field": "a"}
    for _ in range(5_000):
        rule = [rule]
    assert ("a",) == written_fields(rule)
