"""Hostile plans: any value at any place may be of the wrong type, and the reader still returns, with gaps at most."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s2sguard.collect.interface import Collected
from s2sguard.collect.terraform import TerraformReader
from s2sguard.model.inventory import GapKind
from tests.unit.collect.terraform.plans import plan, read

ROOT = Path(__file__).resolve().parents[4]
SAMPLE = json.loads((ROOT / "samples/lab/stage-3-fixed-selectors/tfplan.json").read_text(encoding="utf-8"))
GARBAGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.lists(st.none() | st.integers() | st.text(max_size=3), max_size=3),
    st.dictionaries(
        st.sampled_from(["id", "name", "address", "references", "properties", "x"]), st.none() | st.booleans() | st.text(max_size=3)
    ),
)


def _places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, member in members for place in _places(member, (*path, key)))]


PLACES = _places(SAMPLE)[1:]


def _put(value: Any, path: tuple[Any, ...], garbage: object) -> None:  # noqa: ANN401
    """Put garbage at a place, unless garbage put there before took the place away."""
    *above, last = path
    for key in above:
        if not _has(value, key):
            return
        value = value[key]
    if _has(value, last):
        value[last] = garbage


def _has(value: object, key: object) -> bool:
    if isinstance(value, dict):
        return key in value
    return isinstance(value, list) and isinstance(key, int) and key < len(value)


def _is_sound(found: Collected) -> bool:
    named = all(resource.id and resource.name for resource in found.resources)
    return named and all(gap.kind in get_args(GapKind) for gap in found.gaps)


@given(st.lists(st.tuples(st.sampled_from(PLACES), GARBAGE), min_size=1, max_size=6))
def test_garbage_at_any_place_is_survived(changes: list[tuple[tuple[Any, ...], object]]) -> None:
    """Replacing any parts of a real plan by anything ends in resources and gaps."""
    value = copy.deepcopy(SAMPLE)
    for path, garbage in changes:
        _put(value, path, garbage)
    assert _is_sound(read(value))
    TerraformReader().recognises(value)


@given(GARBAGE)
def test_any_document_is_survived(value: object) -> None:
    """Documents that are no plans at all (a forced input format) end in gaps."""
    assert _is_sound(read(value))
    assert TerraformReader().recognises(value) in {True, False}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"planned_values": {"root_module": []}}, "unknown-shape"),
        ({"planned_values": {"root_module": {"resources": {}}}}, "unknown-shape"),
        ({"planned_values": {"root_module": {"child_modules": [7]}}}, "unknown-shape"),
        ({"planned_values": {"root_module": {"child_modules": [{"address": "!"}]}}}, "unknown-shape"),
        ({"planned_values": {"root_module": {"resources": [{"address": "a.b"}]}}}, "unknown-shape"),
        ({"resource_changes": {}}, "unknown-shape"),
        ({"resource_changes": [7]}, "unknown-shape"),
        ({"planned_values": 7}, "unknown-shape"),
    ],
)
def test_wrong_shapes_are_gaps(change: dict[str, Any], expected: str) -> None:
    """A part that cannot be read is never passed over in silence."""
    assert expected in [gap.kind for gap in read({**plan(), **change}).gaps]
