"""`s2sguard what-if` as a person runs it, before a change is made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli_estate import Node, lab
from tests.unit.conftest import Run

Put = Callable[[str, object], Path]
SAMPLES = Path(__file__).resolve().parents[3] / "samples"


def only(nodes: list[Node], *names: str) -> dict[str, list[Node]]:
    """Return some resources as Azure lists them."""
    return {"value": [node for node in nodes if node["name"] in names]}


@pytest.fixture
def estate(put: Put) -> None:
    """Write the lab in its first and its fourth stage, red and blue of the first stage, and a third partner."""
    put("open.json", {"value": lab(1)})
    put("closed.json", {"value": lab(4)})
    put("both.json", only(lab(1), "to-red", "to-blue"))
    put("green.json", only(lab(1, ("red", "blue", "green")), "to-green", "site-green"))


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    ("words", "code", "first"),
    [
        (("closed.json", "--change", "both.json"), 1, "OPENS: 1 pair opened"),
        (("closed.json", "--add", "green.json"), 1, "OPENS: 2 pairs opened"),
        (("open.json", "--remove", "to-red"), 0, "NO PAIR OPENS: 1 pair closed"),
        (("open.json", "--change", "both.json"), 0, "NO PAIR OPENS: no pair of parties changes"),
        (("open.json", "--add", "green.json", "--remove", "to-blue"), 1, "OPENS: 1 pair opened, 1 pair closed"),
    ],
)
def test_the_first_line_and_the_exit_code_are_the_answer(run: Run, words: tuple[str, ...], code: int, first: str) -> None:
    """1 where a pair opens, 0 where none does, and the first line says how many."""
    ran = run("what-if", *words)
    assert (ran.code, ran.out.splitlines()[0], ran.err) == (code, first, "")


@pytest.mark.usefixtures("estate")
def test_what_opens_is_proved_by_a_packet(run: Run) -> None:
    """A person sees the packet, and a program gets it."""
    text = run("what-if", "closed.json", "--change", "both.json").out
    assert "src  10.1.0.10  behind red" in text
    (pair,) = run("what-if", "closed.json", "--change", "both.json", "--format", "json").json["pairs"]
    assert (pair["kind"], pair["number"], pair["proof"]["src"], pair["proof"]["dst"]) == ("opened", 1, "10.1.0.10", "10.2.0.10")


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        ((), 2, "nothing changes"),
        (("--add", "both.json"), 2, "to-red of both.json#/value/0 is in the input already"),
        (("--change", "green.json"), 2, "is not in the input, so it cannot change"),
        (("--remove", "to-nobody"), 2, "no connection `to-nobody` in the input"),
        (("--remove", "to-\x1b[31mred"), 2, "no connection"),
        (("--add", "absent.json"), 3, "absent.json"),
    ],
)
def test_what_makes_no_sense_is_one_clear_line(run: Run, words: tuple[str, ...], code: int, reason: str) -> None:
    """Nothing is printed as an answer, and the error says what to do."""
    ran = run("what-if", "closed.json", *words)
    assert (ran.code, ran.out) == (code, "")
    assert reason in ran.err
    assert "\x1b" not in ran.err


@pytest.mark.usefixtures("estate")
def test_what_a_change_leaves_unread_is_said(run: Run, put: Put) -> None:
    """A new connection whose site is missing, and whose ceiling is closed, is unknown: the run ends with 3."""
    put("bare.json", only(lab(4, ("red", "blue", "green")), "to-green"))
    ran = run("what-if", "closed.json", "--add", "bare.json")
    assert (ran.code, ran.out.startswith("UNSURE: ")) == (3, True)
    assert "  unknown: " in ran.out


@pytest.mark.parametrize("kind", ["plan", "template"])
@pytest.mark.parametrize(("state", "code"), [("proposed", 1), ("fixed", 0)])
def test_a_plan_may_add_and_change(run: Run, kind: str, state: str, code: int) -> None:
    """The pull request of the samples opens a pair on the deployed gateway, and its mended form opens none."""
    deployed = SAMPLES / "lab" / "stage-5-hardened" / "arm.json"
    assert run("what-if", deployed, "--plan", SAMPLES / "pipeline" / state / kind).code == code
