"""All engines give the same verdicts: on random facts, however they are cut, and in which every control both fails and passes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest

from s2sguard.evaluate import Engine, EngineName, canary, evaluate_all, judge, open_engine
from s2sguard.evaluate.pack import load_pack
from s2sguard.evaluate.results import canonical
from s2sguard.evaluate.schema import validate
from s2sguard.evaluate.verdict import Verdict
from s2sguard.facts.document import FactsDocument
from s2sguard.model.inventory import Inventory
from tests.integration.documents import Estate

NAMES: tuple[EngineName, ...] = ("opa", "wasm", "regopy")
CONTROLS = load_pack().controls
DOCUMENTS = [Estate(seed).document(20, 25, 10) for seed in range(12)]


@pytest.fixture(scope="module")
def engines(request: pytest.FixtureRequest) -> Iterator[dict[str, Engine]]:
    """Open all engines side by side, with OPA's server the local one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("S2SGUARD_OPA", str(request.getfixturevalue("need_tool")("opa")))
        patch.setenv("S2SGUARD_WASM", str(request.getfixturevalue("compiled")))
        patch.setenv("XDG_CACHE_HOME", str(request.getfixturevalue("tmp_path_factory").mktemp("cache")))
        opened: dict[str, Engine] = {name: open_engine(name) for name in NAMES}
    yield opened
    for engine in opened.values():
        engine.close()


def verdicts(engine: Engine, document: FactsDocument) -> tuple[Verdict, ...]:
    """Judge a document with one engine."""
    return judge(evaluate_all(engine, document, CONTROLS), CONTROLS, document, Inventory([]))


def test_the_random_documents_are_valid() -> None:
    """What the engines agree on is what the facts can be."""
    for document in DOCUMENTS:
        validate(document)


@pytest.mark.parametrize("document", DOCUMENTS, ids=range(len(DOCUMENTS)))
def test_all_engines_give_identical_verdicts(engines: dict[str, Engine], document: FactsDocument) -> None:
    """Every field of every verdict is the same, messages and witnesses included."""
    expected = verdicts(engines["opa"], document)
    assert len(expected) > 100
    for name in ("wasm", "regopy"):
        assert expected == verdicts(engines[name], document), name


def test_every_control_is_seen_to_fail_to_pass_and_not_to_know(engines: dict[str, Engine]) -> None:
    """Agreement on silence would prove nothing."""
    seen: dict[str, set[str]] = defaultdict(set)
    for document in DOCUMENTS:
        for verdict in verdicts(engines["wasm"], document):
            seen[verdict.control_id].add(verdict.status)
    assert {control.id: {"fail", "pass", "unknown"} for control in CONTROLS} == dict(seen)


@pytest.mark.parametrize("name", ["opa", "wasm"])
def test_how_a_document_is_cut_changes_nothing(engines: dict[str, Engine], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One subject at a time or all at once: every subject is judged by its own facts alone."""
    engine = engines[name]
    whole = verdicts(engine, DOCUMENTS[0])
    monkeypatch.setattr(type(engine), "chunk_size", 1)
    assert whole == verdicts(engine, DOCUMENTS[0])


def test_names_come_back_as_they_went_in(engines: dict[str, Engine]) -> None:
    """No engine changes a character of an id, so every finding finds its resource."""
    ids = {subject["id"] for kind in ("connections", "gateways", "sites", "shared_keys") for subject in DOCUMENTS[1][kind]}
    for name, engine in engines.items():
        found = {verdict.resource for verdict in verdicts(engine, DOCUMENTS[1])}
        assert found <= ids, name
        assert len(found) > 20, name


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_json_is_refused(engines: dict[str, Engine], name: str) -> None:
    """A truncated document is an error, and the engine still works afterwards."""
    document = canonical(canary.document(CONTROLS)).encode()
    with pytest.raises(Exception, match="is not valid JSON"):
        engines[name].evaluate(document[:-10])
    canary.check(engines[name], CONTROLS)


@pytest.mark.parametrize("name", NAMES)
def test_two_engines_of_a_kind_do_not_disturb_each_other(
    engines: dict[str, Engine], name: EngineName, request: pytest.FixtureRequest
) -> None:
    """Side by side each answers for its own document."""
    request.getfixturevalue("wasm_home")
    request.getfixturevalue("opa_home")
    expected = [verdicts(engines["wasm"], document) for document in DOCUMENTS[:2]]
    other = open_engine(name)
    try:
        for _ in range(2):
            assert expected[0] == verdicts(engines[name], DOCUMENTS[0])
            assert expected[1] == verdicts(other, DOCUMENTS[1])
    finally:
        other.close()


@pytest.mark.parametrize("name", NAMES)
def test_an_engine_says_what_it_is(engines: dict[str, Engine], name: str) -> None:
    """Reports name the engine and a real version."""
    info = engines[name].info
    assert name == info.name
    assert info.version[0].isdigit()
