"""Plain values taken at a glance, held against looking at each attribute closely."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from unittest import mock

from hypothesis import example, given
from hypothesis import strategies as st

from s2sguard.collect.terraform import convert
from s2sguard.collect.terraform.identify import TYPES
from s2sguard.collect.terraform.map import Attribute, Block
from s2sguard.collect.terraform.value import Node
from tests.unit.collect.terraform.plans import CONNECTION, SITE, plan, planned, read

_PLAIN = st.sampled_from([None, True, False, 0, 7, 1.5, "", "x", "10.0.0.0/8", "password=not-a-real-one"])
_VALUES: st.SearchStrategy[object] = (
    _PLAIN | st.lists(_PLAIN, max_size=3) | st.just({}) | st.lists(st.just({"address_prefixes": ["10.0.0.0/8"]}), max_size=2)
)
_LATER: st.SearchStrategy[object] = st.sampled_from(
    [None, None, True, False, [], [False], [True], [False, True], [False, False, False, False], {}]
)


def _closely(_node: Node, fields: Mapping[str, Attribute]) -> Iterator[tuple[str, Attribute, object | None]]:
    """Yield every attribute, and none with a value known at a glance."""
    yield from ((name, attribute, None) for name, attribute in fields.items())


def _names(type_: str) -> list[str]:
    """Return the attributes of a type, those of its blocks among them: a name that is out of place is one more case."""
    fields = TYPES[type_].fields
    inner = [name for attribute in fields.values() if isinstance(attribute, Block) for name in attribute.fields]
    return list(dict.fromkeys([*fields, *inner, "shared_key", "unheard_of"]))


@st.composite
def _resources(draw: st.DrawFn) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Draw a type, and values and what is known only after apply for some of its attributes."""
    type_ = draw(st.sampled_from(sorted(TYPES)))
    names = st.sampled_from(_names(type_))
    values = draw(st.dictionaries(names, _VALUES, max_size=8))
    later = draw(st.dictionaries(names, _LATER, max_size=4))
    return type_, {"name": "x", **values}, later


@given(_resources())
@example((SITE, {"name": "x", "address_space": ["10.0.0.0/8", "10.1.0.0/16"]}, {"address_space": [False, True]}))
@example((SITE, {"name": "x", "address_space": ["10.0.0.0/8"]}, {"address_space": [False, False]}))
@example((SITE, {"name": "x", "address_space": ["10.0.0.0/8", 7]}, {}))
@example((SITE, {"name": "x", "gateway_address": "192.0.2.1"}, {"gateway_address": True}))
@example((CONNECTION, {"name": "x", "routing_weight": True, "bgp_enabled": 1, "enable_bgp": True}, {}))
def test_a_glance_sees_what_a_close_look_sees(resource: tuple[str, dict[str, Any], dict[str, Any]]) -> None:
    """Whatever a plan holds and leaves for later, properties and gaps are those of reading each attribute with all its parts."""
    type_, values, later = resource
    document = plan(planned(type_, "x", values, unknown=later))
    found = read(document)
    with mock.patch.object(convert, "counting", _closely):
        expected = read(document)
    assert found == expected
