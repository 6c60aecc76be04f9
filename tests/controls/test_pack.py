"""The pack as a whole: its schema, its built-ins, its names, and what it says to input that is not a facts document."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from s2sguard.evaluate import validate
from s2sguard.facts.schema import facts_schema_text

POLICIES = Path(__file__).resolve().parents[2] / "policies"
SCHEMAS = "s2sguard/schemas"
MODULES = sorted(POLICIES.rglob("*.rego"))
RULES = [path for path in MODULES if not path.name.endswith("_test.rego")]

Opa = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def opa(need_tool: Callable[[str], Path]) -> Opa:
    """Return a function that runs `opa` in the pack's folder."""
    program = need_tool("opa")

    def run(*arguments: str | Path, folder: Path = POLICIES, text: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, *arguments], cwd=folder, input=text, capture_output=True, text=True, check=False)

    return run


def test_the_committed_schema_is_the_one_of_the_code() -> None:
    """`facts.json` is generated; an edit of either side alone is noticed."""
    assert (POLICIES / SCHEMAS / "facts.json").read_text(encoding="utf-8") == facts_schema_text()


def test_the_document_of_the_rego_tests_is_a_facts_document(opa: Opa) -> None:
    """What the Rego tests are given has the shape the facts have, so they cannot drift apart."""
    done = opa("eval", "-b", ".", "-f", "json", "data.s2sguard.given_test.document")
    validate(json.loads(done.stdout)["result"][0]["expressions"][0]["value"])


@pytest.mark.parametrize("fact", ["connection_mode", "connection_protocol", "two_way", "widths", "vpn_type"])
def test_a_misspelt_fact_is_found_by_opa_check(fact: str, opa: Opa, tmp_path: Path) -> None:
    """Facts are checked against the schema in connections, sites and gateways alike."""
    pack = tmp_path / "policies"
    shutil.copytree(POLICIES, pack)
    spoilt = next(path for path in pack.rglob("*.rego") if re.search(rf"\b(connection|site|gateway)\.{fact}\b", path.read_text()))
    spoilt.write_text(re.sub(rf"\.{fact}\b", f".{fact}x", spoilt.read_text()))
    good = opa("check", "--strict", "-s", SCHEMAS, "-b", ".")
    bad = opa("check", "--strict", "-s", SCHEMAS, "-b", ".", folder=pack)
    assert good.returncode == 0, good.stderr
    assert f"undefined ref: {spoilt_subject(spoilt, fact)}.{fact}x" in bad.stderr


def spoilt_subject(path: Path, fact: str) -> str:
    """Return the variable a misspelt fact is read from."""
    found = re.search(rf"\b(\w+)\.{fact}x", path.read_text(encoding="utf-8"))
    assert found is not None
    return found.group(1)


def test_every_allowed_built_in_exists_in_every_engine(opa: Opa) -> None:
    """`capabilities.json` names only what OPA has, with OPA's types, and regopy has too and gets right."""
    from regopy import Interpreter

    from s2sguard.evaluate.regopy import DAMAGING

    allowed = json.loads((POLICIES / "capabilities.json").read_text(encoding="utf-8"))["builtins"]
    current = {one["name"]: one for one in json.loads(opa("capabilities", "--current").stdout)["builtins"]}
    interpreter = Interpreter()
    operators = {"assign", "eq"}
    assert [one["name"] for one in allowed if current.get(one["name"], {}).get("decl") != one["decl"]] == []
    assert {one["name"] for one in allowed} & DAMAGING == set()
    assert [one["name"] for one in allowed if one["name"] not in operators and not interpreter.is_builtin(one["name"])] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(POLICIES).as_posix())
def test_no_helper_has_a_name_conftest_would_run(path: Path) -> None:
    """Conftest runs every rule whose name starts with `deny_`, `warn_` or `violation`, and obeys `exception`."""
    heads = re.findall(r"^(\w+)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [head for head in heads if re.match(r"(deny|warn)_|violation|exception$", head)] == []


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.relative_to(POLICIES).as_posix())
def test_nothing_below_not_depends_on_an_absent_fact(path: Path, opa: Opa) -> None:
    """Below `not` stands a reference, a comparison with a constant, or a rule of ours: never a built-in call or `in`.

    OPA evaluates the arguments of a call before `not`, so `not lower(x.absent) == "a"` is undefined in OPA and true in regopy.
    """
    built_ins = {one["name"] for one in json.loads(opa("capabilities", "--current").stdout)["builtins"]}
    text = re.sub(r"#.*", "", path.read_text(encoding="utf-8"))
    text = re.sub(r'"[^"\n]*"', '""', text)
    for negated in re.findall(r"(?<![\w.])not (.+)", text):
        assert re.fullmatch(r'[\w.\[\]()", ]+( == ("\w*"|\[\]|true|false|\d+))?( if \{)?', negated), negated
        assert " in " not in negated, negated
        assert not set(re.findall(r"([\w.]+)\(", negated)) & built_ins, negated


@pytest.mark.parametrize("document", [{"planned_values": {}}, {"resources": []}, {}, {"schema_version": "2"}, "text", 3, [1]])
def test_what_is_no_facts_document_is_denied(document: object, opa: Opa) -> None:
    """A plan or a template given to conftest as it is must not pass because no control applies to it."""
    query = "[data.s2sguard.document.deny, data.s2sguard.main.results]"
    done = opa("eval", "-b", ".", "-I", "-f", "json", query, text=json.dumps(document))
    denied, results = json.loads(done.stdout)["result"][0]["expressions"][0]["value"]
    assert len(denied) == 1
    assert "s2sguard facts" in denied[0]["msg"]
    assert [one["control"] for one in results if one["applies"] or one["deny"] or one["warn"]] == ["S2S-DOC-001"]


def test_main_gathers_every_control(opa: Opa) -> None:
    """A folder is its own registration: there is no list to forget it in."""
    done = opa("eval", "-b", ".", "-f", "json", "[one.control | some one in data.s2sguard.main.results]")
    gathered: list[Any] = json.loads(done.stdout)["result"][0]["expressions"][0]["value"]
    folders = [path for path in (POLICIES / "s2sguard" / "controls").glob("*/*") if path.is_dir()]
    assert len(gathered) == len(set(gathered))
    # Without a facts document there is also the refusal of it.
    assert len(set(gathered) - {"S2S-DOC-001"}) == len(folders)
