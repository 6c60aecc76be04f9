"""What bites in regopy (facts: engines.md), shown on the real thing: each ends in an error, never in silence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from s2sguard.errors import EngineError, PackError
from s2sguard.evaluate.regopy import RegopyEngine
from tests.integration.packs import MAIN, write_pack

FACTS = {"connections": [{"id": "a"}]}


def judged(folder: Path, deny: str, facts: dict[str, Any] | None = None) -> list[str]:
    """Return the messages a pack with this `deny` gives."""
    engine = RegopyEngine(write_pack(folder, deny))
    try:
        (result,) = engine.evaluate(json.dumps(facts or FACTS).encode())
    finally:
        engine.close()
    return [str(finding["msg"]) for finding in result["deny"]]


def rule(message: str, condition: str = "true") -> str:
    """Return a `deny` about every connection `c`."""
    head = 'deny contains {"msg": m, "control": id, "resource": c.id} if {'
    return f"{head}\n\tsome c in input.connections\n\t{condition}\n\tm := {message}\n}}\n"


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a\nb", "a\tb", "a\x01b", "ü😀", "\u2028"])
def test_names_are_not_damaged(tmp_path: Path, name: str) -> None:
    """Quotes and control characters survive, alone and inside a message."""
    facts = {"connections": [{"id": name}]}
    assert [f"<{name}>"] == judged(tmp_path, rule('concat("", ["<", c.id, ">"])'), facts)


@pytest.mark.parametrize("number", [2**53 + 1, 2**62, -5, 0])
def test_numbers_are_not_damaged(tmp_path: Path, number: int) -> None:
    """What `set_input` with a dict would turn into another number stays itself."""
    facts = {"connections": [{"id": "a", "n": number}]}
    assert [str(number)] == judged(tmp_path, rule("format_int(c.n, 10)"), facts)


@pytest.mark.parametrize("number", [2**64, 1e-7])
def test_large_and_small_numbers_are_compared_exactly(tmp_path: Path, number: float) -> None:
    """`set_input` with a dict makes both of them 0."""
    facts = {"connections": [{"id": "a", "n": number}]}
    assert ["more"] == judged(tmp_path, rule('"more"', "c.n > 0"), facts)


@pytest.mark.parametrize("call", ["net.cidr_contains(c.id, c.id)", 'regex.match("a", c.id)', 'trim_space(c.id) == "a"'])
def test_a_builtin_that_lies_is_refused_when_loading(tmp_path: Path, call: str) -> None:
    """Placeholders, and built-ins that damage strings, never run."""
    with pytest.raises(PackError, match=r"^s2sguard/controls/tst/one/one\.rego:\d+:\d+: engine regopy has no function"):
        judged(tmp_path, rule('"never"', call))


def test_a_builtin_that_fails_is_an_error(tmp_path: Path) -> None:
    """Strict errors: a failing call does not make its rule undefined."""
    with pytest.raises(EngineError, match="engine regopy failed"):
        judged(tmp_path, rule('"never"', 'to_number("x") > 0'))


def test_a_conflict_is_an_error(tmp_path: Path) -> None:
    """Two values for one rule are no answer."""
    with pytest.raises(EngineError, match="engine regopy failed"):
        judged(tmp_path, rule("p") + "p := 1 if input.connections\n\np := 2 if input.connections\n")


def test_too_much_work_is_an_error(tmp_path: Path) -> None:
    """The cap on statements ends an evaluation with an error, not with less findings."""
    work = "count([1 | some x in numbers.range(1, 4000); some y in numbers.range(1, 1000); x != y]) > 0"
    with pytest.raises(EngineError, match="engine regopy failed"):
        judged(tmp_path, rule('"never"', work))


def test_an_undefined_entrypoint_is_an_error(tmp_path: Path) -> None:
    """`main` that answers nothing is not `main` that finds nothing."""
    pack = write_pack(tmp_path, main="package s2sguard.main\n\nresults := {1} if input.never\n")
    engine = RegopyEngine(pack)
    with pytest.raises(EngineError, match="engine regopy"):
        engine.evaluate(json.dumps(FACTS).encode())


def test_a_module_it_cannot_parse_is_refused_with_its_place(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """File, line and column are in the error, and nothing is printed into the report."""
    with pytest.raises(PackError, match=r"^s2sguard/main/main\.rego:4:\d+: engine regopy cannot parse"):
        write_and_load(tmp_path, MAIN.replace("some family, name", "some family, name in {{{"))
    assert ("", "") == capfd.readouterr()


def test_a_pack_without_entrypoint_is_an_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """It loads, answers with an error and prints nothing."""
    engine = RegopyEngine(write_pack(tmp_path, main="package s2sguard.main\n\nother := 1\n"))
    with pytest.raises(EngineError, match="engine regopy failed"):
        engine.evaluate(json.dumps(FACTS).encode())
    assert ("", "") == capfd.readouterr()


def write_and_load(folder: Path, main: str) -> None:
    """Load a pack with this `main`."""
    RegopyEngine(write_pack(folder, main=main))
