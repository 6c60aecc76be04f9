"""Advice for programs: one JSON object with every answer and its reason. The text is ASCII, so no name can act on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from s2sguard.advise.advice import Advice
from s2sguard.advise.requirements import HEADENDS
from s2sguard.report.json_report import lines_of_json

SCHEMA_VERSION = "1"


def advice_json(found: Sequence[Advice]) -> str:
    """Return all advice; `requirements` has the table, `headends` what follows from it."""
    return lines_of_json([("schema_version", SCHEMA_VERSION), ("advice", [_node(one) for one in found])])


def _node(one: Advice) -> dict[str, Any]:
    return {
        "gateway": None if one.gateway is None else one.gateway["id"],
        "headend": one.kind,
        "partners": list(one.partners),
        "requirements": {
            name: {headend: {"verdict": answer.verdict, "reason": answer.reason} for headend, answer in answers.items()}
            for name, answers in one.table.items()
        },
        "headends": {headend: {"verdict": one.state(headend), "decides": one.deciding(headend)} for headend in HEADENDS},
        "take": one.best,
        "assumptions": one.assumptions,
        "unknown": one.doubt or None,
    }
