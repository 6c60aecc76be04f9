"""Opening an engine: names, addresses, programs, and the self-test that comes before everything."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

import pytest

from s2sguard.errors import EngineError, PackError, UsageError
from s2sguard.evaluate import EngineName, canary, canary_subjects, open_engine
from s2sguard.evaluate.interface import ControlResult, EngineInfo
from s2sguard.evaluate.opa import server_address
from s2sguard.evaluate.opa_binary import find_opa, opa_environment, opa_version
from s2sguard.evaluate.pack import load_pack
from s2sguard.evaluate.regopy import RegopyEngine
from s2sguard.evaluate.results import canonical
from tests.integration.packs import write_pack

PACK = load_pack()


@pytest.fixture(scope="module")
def answers() -> list[ControlResult]:
    """Return what regopy says about the known document."""
    engine = RegopyEngine(PACK)
    document = canonical(canary.document(PACK.controls)).encode()
    results = engine.evaluate(document)
    engine.close()
    return results


class Sabotaged:
    """An engine that gives prepared answers."""

    chunk_size = 1
    info = EngineInfo(name="sabotaged", version="1")

    def __init__(self, results: list[ControlResult]) -> None:
        """Remember the answers."""
        self.results = results

    def evaluate(self, document: bytes) -> list[ControlResult]:  # noqa: ARG002 - it answers the same to everything
        """Give them."""
        return self.results

    def close(self) -> None:
        """Do nothing."""


def without(findings: list[dict[str, object]], end: str) -> list[dict[str, object]]:
    """Return the findings about other subjects."""
    return [finding for finding in findings if not str(finding["resource"]).endswith(end)]


def test_a_sound_engine_passes_its_self_test(answers: list[ControlResult]) -> None:
    """The answers that the next tests spoil are right."""
    canary.check(Sabotaged(answers), PACK.controls)


@pytest.mark.parametrize("control", [name for names in canary.MUST_DENY.values() for name in names])
@pytest.mark.parametrize(("key", "end"), [("deny", canary_subjects.DENIED), ("warn", canary_subjects.UNKNOWN)])
def test_every_rule_that_goes_silent_is_noticed(answers: list[ControlResult], control: str, key: str, end: str) -> None:
    """An engine that drops the findings of a single control is not used."""
    spoiled = []
    for result in answers:
        changed = {**result, key: without(result[key], end)} if result["control"] == control else result  # type: ignore[literal-required]
        spoiled.append(cast("ControlResult", changed))
    with pytest.raises(EngineError, match=f"failed its self-test: .* {control}$"):
        canary.check(Sabotaged(spoiled), PACK.controls)


def test_a_control_that_is_missing_is_noticed(answers: list[ControlResult]) -> None:
    """An engine that lost a control is not used."""
    with pytest.raises(EngineError, match=f"says nothing about control {answers[-1]['control']}"):
        canary.check(Sabotaged(answers[:-1]), PACK.controls)


@pytest.mark.parametrize(
    ("end", "reason"), [(canary_subjects.PASSING, "finds fault with what is hardened"), (canary_subjects.UNKNOWN, "denies what is unknown")]
)
def test_a_rule_that_denies_too_much_is_noticed(answers: list[ControlResult], end: str, reason: str) -> None:
    """An engine that cannot tell good from bad is not used."""
    spoiled = [cast("ControlResult", {**result, "deny": [{"resource": canary_subjects.CONNECTION + end}]}) for result in answers]
    with pytest.raises(EngineError, match=reason):
        canary.check(Sabotaged(spoiled), PACK.controls)


def test_a_pack_without_known_answers_is_refused(tmp_path: Path) -> None:
    """Nothing could show that the engine works."""
    write_pack(tmp_path)
    with pytest.raises(EngineError, match="no control of the policy pack has a known answer"):
        open_engine("regopy", pack=tmp_path)


def test_auto_without_a_compiled_pack_is_regopy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The fallback needs nothing but pip."""
    monkeypatch.setenv("S2SGUARD_WASM", str(tmp_path / "absent.wasm"))
    engine = open_engine()
    assert "regopy" == engine.info.name
    engine.close()


def test_wasm_without_a_compiled_pack_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Asked for by name, it does not turn into something else."""
    monkeypatch.setenv("S2SGUARD_WASM", str(tmp_path / "absent.wasm"))
    with pytest.raises(PackError, match="cannot be read"):
        open_engine("wasm")


def test_regopy_that_is_not_installed_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hint says what to install."""
    monkeypatch.setitem(sys.modules, "regopy", None)
    with pytest.raises(EngineError, match="regopy is not installed") as caught:
        open_engine("regopy")
    assert "pip install regopy" in caught.value.hint


def test_an_engine_nobody_knows_is_a_usage_error() -> None:
    """A misspelt name does not become the default."""
    with pytest.raises(UsageError, match="no such engine"):
        open_engine(cast("EngineName", "opaque"))


def test_an_address_is_for_engine_opa_only() -> None:
    """The two options contradict each other."""
    with pytest.raises(UsageError, match="--opa-url is for engine opa only"):
        open_engine("wasm", opa_url="http://127.0.0.1:8181")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8181", ("127.0.0.1", 8181, False)),
        ("https://opa.example.com/", ("opa.example.com", 443, True)),
        ("http://opa", ("opa", 80, False)),
        ("http://[::1]:8181", ("[::1]", 8181, False)),
    ],
)
def test_addresses_of_servers(url: str, expected: tuple[str, int, bool]) -> None:
    """Ports have the defaults of their schemes."""
    assert expected == server_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "opa:8181",
        "127.0.0.1:8181",
        "ftp://opa",
        "http://",
        "http://opa:port",
        "http://opa/v1",
        "http://u:p@opa",
        "http://opa?x=1",
        "http://[",
    ],
)
def test_what_is_no_address_is_a_usage_error(url: str) -> None:
    """Neither a path nor a password is dropped in silence, and none is quoted."""
    with pytest.raises(UsageError, match="--opa-url is not") as caught:
        server_address(url)
    assert "u:p" not in caught.value.diagnostics()


def test_a_named_program_goes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`S2SGUARD_OPA` is used, or refused, and never passed over."""
    program = tmp_path / "my-opa"
    monkeypatch.setenv("S2SGUARD_OPA", str(program))
    with pytest.raises(EngineError, match="S2SGUARD_OPA names no program"):
        find_opa()
    program.write_text("#!/bin/sh\necho not opa\n", encoding="utf-8")
    program.chmod(0o755)
    assert program == find_opa()
    with pytest.raises(EngineError, match="not Open Policy Agent"):
        opa_version(program)


def test_a_program_that_fails_is_an_error(tmp_path: Path) -> None:
    """A broken installation is no traceback."""
    with pytest.raises(EngineError, match="cannot be run"):
        opa_version(tmp_path)


def test_no_program_at_all_is_a_clear_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The hint names all ways out."""
    monkeypatch.delenv("S2SGUARD_OPA", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("s2sguard.evaluate.opa_binary.checkout", lambda: None)
    with pytest.raises(EngineError, match="not installed") as caught:
        find_opa()
    assert "make tools" in caught.value.hint


def test_opa_is_told_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """`opa.runtime()` shows OPA's environment to every policy."""
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "planted")
    assert "planted" not in opa_environment().values()
