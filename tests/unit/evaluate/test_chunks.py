"""A facts document in pieces, and the answers back together."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from s2sguard.errors import EngineError, PackError
from s2sguard.evaluate import canary, chunks, evaluate_all
from s2sguard.evaluate import schema as schema_module
from s2sguard.evaluate.interface import ControlResult, EngineInfo
from s2sguard.evaluate.pack import load_pack
from s2sguard.evaluate.results import parse_results
from s2sguard.evaluate.schema import validate
from s2sguard.evaluate.verdict import Control
from s2sguard.facts.document import FactsDocument

CONTROLS = load_pack().controls
ONE = (CONTROLS[0],)


class Scripted:
    """An engine whose control applies to every connection and denies those called `bad`; `spoil` changes its answers."""

    chunk_size = 2
    info = EngineInfo(name="scripted", version="1")

    def __init__(self, **spoil: object) -> None:
        """Remember what to change in each result."""
        self.spoil = spoil
        self.documents: list[dict[str, Any]] = []

    def evaluate(self, document: bytes) -> list[ControlResult]:
        """Answer for the first control of the pack."""
        facts = json.loads(document)
        self.documents.append(facts)
        ids = [connection["id"] for connection in facts["connections"]]
        deny = [{"msg": "bad", "control": ONE[0].id, "resource": name} for name in ids if name.startswith("bad")]
        return parse_results([{"control": ONE[0].id, "applies": ids, "deny": deny, "warn": []} | self.spoil], "scripted")

    def close(self) -> None:
        """Do nothing."""


def estate(gateways: int, connections: int, sites: int) -> FactsDocument:
    """Return a document with numbered subjects."""
    document: dict[str, Any] = {**canary.document(()), "shared_keys": []}
    for key, number in (("gateways", gateways), ("connections", connections), ("sites", sites)):
        document[key] = [document[key][1] | {"id": f"{'bad' if index % 3 == 0 else 'good'} {key} {index}"} for index in range(number)]
    return cast("FactsDocument", document)


@pytest.mark.parametrize("counts", [(0, 0, 0), (1, 0, 0), (0, 5, 0), (2, 3, 4), (7, 1, 1), (3, 3, 3)])
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_chunks_make_up_the_document(counts: tuple[int, int, int], size: int) -> None:
    """Every subject is in exactly one chunk, in its order, and no chunk is too large."""
    document = estate(*counts)
    parts = list(chunks(document, size))
    assert len(parts) == max(1, -(-sum(counts) // size))
    assert all(len(part["gateways"]) + len(part["connections"]) + len(part["sites"]) <= size for part in parts)
    assert document["gateways"] == [gateway for part in parts for gateway in part["gateways"]]
    assert document["connections"] == [connection for part in parts for connection in part["connections"]]
    assert document["sites"] == [site for part in parts for site in part["sites"]]


def test_every_chunk_carries_what_the_rules_read() -> None:
    """Settings, assumptions, date and version are in each."""
    document = estate(0, 3, 0)
    rest = {key: value for key, value in document.items() if key not in {"gateways", "connections", "sites"}}
    for part in chunks(document, 2):
        assert rest == {key: value for key, value in part.items() if key in rest}


def test_answers_are_merged() -> None:
    """What an engine says about the chunks is one answer about the whole."""
    engine, progress = Scripted(), list[tuple[int, int]]()
    (result,) = evaluate_all(engine, estate(1, 4, 1), ONE, progress=lambda done, total: progress.append((done, total)))
    assert ["bad connections 0", "good connections 1", "good connections 2", "bad connections 3"] == result["applies"]
    assert ["bad connections 0", "bad connections 3"] == [finding["resource"] for finding in result["deny"]]
    assert [(2, 6), (4, 6), (6, 6)] == progress


def test_an_empty_estate_is_evaluated() -> None:
    """A broken pack is noticed even when there is nothing to judge."""
    engine = Scripted()
    assert [[]] == [result["applies"] for result in evaluate_all(engine, estate(0, 0, 0), ONE)]
    assert 1 == len(engine.documents)


def test_a_control_that_says_nothing_is_an_error() -> None:
    """A control that the pack has and the engine forgot would look like a pass."""
    with pytest.raises(EngineError, match=f"control {CONTROLS[1].id} gave no result"):
        evaluate_all(Scripted(), estate(0, 1, 0), CONTROLS[:2])


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ({"control": "S2S-XXX-999"}, "gave no result"),
        ({"applies": ["elsewhere"]}, "applies to something that is not in the facts"),
        ({"applies": []}, "finding about something it does not apply to"),
        ({"warn": [{"msg": "m"}]}, "finding about something it does not apply to"),
        ({"deny": [{"msg": "m", "resource": ["bad connections 0"]}]}, "finding about something it does not apply to"),
    ],
)
def test_an_answer_about_something_else_is_an_error(spoil: dict[str, object], reason: str) -> None:
    """Findings about subjects that do not exist, or do not concern the control, are not verdicts."""
    with pytest.raises(EngineError, match=reason):
        evaluate_all(Scripted(**spoil), estate(0, 1, 0), ONE)


def test_a_result_of_no_control_is_an_error() -> None:
    """A control that the pack does not know has no severity and no page."""
    controls: tuple[Control, ...] = ()
    with pytest.raises(EngineError, match="belongs to no control"):
        evaluate_all(Scripted(), estate(0, 1, 0), controls)


def test_a_name_that_json_cannot_carry_is_an_error() -> None:
    """Half a character in an id would come back as another id."""
    document = estate(0, 1, 0)
    document["connections"][0]["id"] = "bad \ud800"
    with pytest.raises(EngineError, match="JSON cannot carry"):
        evaluate_all(Scripted(), document, ONE)


def test_the_canary_is_a_valid_document() -> None:
    """The known documents keep to the schema."""
    validate(canary.document(CONTROLS))


def test_a_document_that_breaks_the_schema_is_found_in_debug_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    """The place is named, and the value is not."""
    document = cast("dict[str, Any]", estate(0, 1, 0))
    document["connections"][0]["bgp"] = "secret"
    evaluate_all(Scripted(), cast("FactsDocument", document), ONE)
    monkeypatch.setenv("S2SGUARD_DEBUG", "1")
    with pytest.raises(EngineError) as caught:
        evaluate_all(Scripted(), cast("FactsDocument", document), ONE)
    assert "the facts document breaks its schema at `$.connections[0].bgp` (type)" == caught.value.message


def test_a_pack_without_schema_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:  # noqa: ANN401 - a path
    """Debug mode never skips its check."""
    monkeypatch.setattr(schema_module, "pack_path", lambda: tmp_path)
    with pytest.raises(PackError, match="schema of the facts document cannot be read"):
        validate(estate(0, 0, 0))
