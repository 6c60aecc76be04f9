"""The schema for editors says the same of a waivers file as the reader does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from s2sguard.config.schema import SCHEMA_FILE
from s2sguard.errors import ConfigError
from s2sguard.evaluate.acceptance import read_waivers
from tests.unit.conftest import Run

SCHEMA = SCHEMA_FILE.with_name("waivers.schema.json")
VALIDATOR = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))

SAME_PARTNER = "two different partners"
"""What a schema cannot say: that the two sides of a pair have different names."""

TEXTS = st.sampled_from(
    ["", " ", "x", "S2S-IKE-001", "S2S-ISO-001", " S2S-IKE-001 ", "s2s-ike-001", "S2S-IKE-1", "2026-12-31", "2026-02-30"]
)
VALUES = st.one_of(TEXTS, st.none(), st.booleans(), st.integers(-1, 3), st.lists(TEXTS, max_size=2))
SIDES = st.one_of(TEXTS, st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=3), VALUES)
PAIRS = st.one_of(
    VALUES,
    st.fixed_dictionaries({"gateway": TEXTS, "partners": st.one_of(VALUES, st.lists(SIDES, max_size=3))}, optional={"more": VALUES}),
    st.fixed_dictionaries({}, optional={"gateway": VALUES, "partners": VALUES}),
)
GOOD = {"control": "S2S-ISO-001", "reason": "x", "owner": "y", "expires": "2026-12-31"}
WAIVERS = st.one_of(
    VALUES,
    st.builds(
        lambda base, changes, gone: {key: value for key, value in (base | changes).items() if key not in gone},
        st.sampled_from([{**GOOD, "resource": "/r"}, {**GOOD, "pair": {"gateway": "/g", "partners": ["a", ["b", "c"]]}}]),
        st.fixed_dictionaries(
            {},
            optional={"control": VALUES, "resource": VALUES, "pair": PAIRS, "reason": VALUES, "owner": VALUES, "ticket": VALUES}
            | {"expires": VALUES, "more": VALUES},
        ),
        st.sets(st.sampled_from(["control", "resource", "pair", "reason", "owner", "expires"]), max_size=2),
    ),
)


def refusal(value: object) -> str:
    """Return why the reader refuses a value; empty where it does not."""
    try:
        read_waivers(value)
    except ConfigError as error:
        return str(error)
    return ""


@given(st.one_of(VALUES, st.builds(lambda found: {"waivers": found}, st.one_of(VALUES, st.lists(WAIVERS, max_size=2)))))
@example({"waivers": [{**GOOD, "resource": "/r"}], "more": 1})
@example({"waivers": [{**GOOD, "resource": "/r", "ticket": 4711}]})
@example({"waivers": [{**GOOD, "resource": "/r", "expires": 20261231}]})
def test_schema_and_reader_agree(value: Any) -> None:  # noqa: ANN401 - any parsed file
    """What one accepts the other accepts, good and bad; only that a partner is not paired with itself is the reader's alone."""
    refused = refusal(value)
    assert VALIDATOR.is_valid(value) is (not refused or SAME_PARTNER in refused)


@pytest.mark.parametrize("name", ["waivers", "config"])
def test_a_schema_is_printed(run: Run, name: str) -> None:
    """`config schema` prints the packaged file as it is, for an editor to point at."""
    ran = run("config", "schema", name)
    assert (ran.code, ran.out, ran.err) == (0, SCHEMA_FILE.with_name(f"{name}.schema.json").read_text(encoding="utf-8"), "")
