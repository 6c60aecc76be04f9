"""What devices answer and initiators keep agrees with what a real IKEv2 daemon did (tests/data/lab, strongSwan 5.9.8)."""

from __future__ import annotations

from typing import Any

import pytest

from s2sguard.model.tunnel import SelectorLine
from s2sguard.simulate.ends import Answer, Pair, answer_of, kept
from tests.unit.model.test_narrowing import cases, read_all
from tests.unit.simulate.far_ends import far_end


def proposal(case: dict[str, Any]) -> Pair:
    """Return what was proposed to the daemon, which is the far end here: its TSi is our local side."""
    return Pair(local=read_all(case["tsi"]), remote=read_all(case["tsr"]))


def entry(found: dict[str, Any], number: int = 0) -> SelectorLine:
    """Return one entry of the daemon as a line."""
    return SelectorLine(own=read_all(found["local_ts"]), far=read_all(found["remote_ts"]), line=number)


def sides(found: Pair | None) -> tuple[set[object], set[object]] | None:
    """Return both sides as sets: the daemon sorts in its own order."""
    return None if found is None else (set(found.local), set(found.remote))


def recorded(result: dict[str, Any]) -> tuple[set[object], set[object]] | None:
    """Return what was on the wire, None for TS_UNACCEPTABLE."""
    return None if "error" in result else (set(read_all(result["tsi"])), set(read_all(result["tsr"])))


@pytest.mark.parametrize("file", ["ts-narrowing.json", "ts-narrowing-random.json"])
def test_one_line_answers_as_the_daemon_did(file: str) -> None:
    """Every recorded proposal against one entry gets the recorded answer."""
    for parameter in cases(file):
        (case,) = parameter.values
        end = far_end(habit="intersect")
        answer = answer_of(end, [entry(case["responder"])], proposal(case["initiator"]))
        assert sides(answer.pair) == recorded(case["result"]), case


@pytest.mark.parametrize("case", cases("ts-entry-choice.json"))
def test_of_several_lines_the_one_the_daemon_took(case: dict[str, Any]) -> None:
    """The entry with most sides in common exactly, then the first, is the one that answers."""
    entries = [entry(found, number) for number, found in enumerate(case["entries"])]
    answer: Answer = answer_of(far_end(habit="intersect"), entries, proposal(case["initiator"]))
    assert answer.line is not None
    assert case["entries"][answer.line.line]["name"] == case["picked"]
    assert sides(answer.pair) == recorded(case["result"])


@pytest.mark.parametrize("case", cases("ts-initiator-check.json"))
def test_an_initiator_keeps_what_the_daemon_kept(case: dict[str, Any]) -> None:
    """A wider answer is cut to the proposal, one with nothing in common is refused, and a peer may take nothing but its line."""
    offered, answer = proposal(case["proposed"]), case["answer"]
    if "exact_only" in answer:
        exact = proposal(answer["exact_only"])
        answered = answer_of(far_end(habit="exact-only"), [SelectorLine(own=exact.remote, far=exact.local)], offered).pair
    else:
        answered = proposal(answer)
    found = None if answered is None else kept(offered, answered, clipped=True)
    assert sides(found) == recorded(case["installed"])
