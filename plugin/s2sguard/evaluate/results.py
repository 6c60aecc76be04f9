"""What an engine answered, checked for shape before anything believes it.

Undefined, half an answer and an answer of another shape are engine errors: none of them means *no findings*.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Final, cast

from s2sguard.errors import EngineError
from s2sguard.evaluate.interface import ControlResult

_KEYS: Final = frozenset({"control", "applies", "deny", "warn"})
DEFECT_HINT: Final = "this is a defect of the policy pack or of the engine, not of the inventory; try another --engine"


def parse_results(value: object, engine: str) -> list[ControlResult]:
    """Return `data.s2sguard.main.results`, given as parsed JSON, sorted; raise `EngineError` when it is anything else."""
    if not isinstance(value, list) or not value:
        raise EngineError(f"engine {engine} gave no results", hint=DEFECT_HINT)
    results = [_result(item, engine) for item in value]
    results.sort(key=lambda result: result["control"])
    for one, other in pairwise(results):
        if one["control"] == other["control"]:
            raise EngineError(f"engine {engine} gave two results for control {one['control']}", hint=DEFECT_HINT)
    return results


def parse_json(text: str | bytes, engine: str) -> object:
    """Return the JSON an engine wrote; raise `EngineError` when it is not JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EngineError(f"engine {engine} gave an answer that is not JSON", hint=DEFECT_HINT) from error


def parse_document(document: bytes, engine: str) -> Mapping[str, object]:
    """Return a facts document; raise `EngineError` unless it is one valid JSON object.

    A compiled policy evaluates truncated JSON as *undefined* input without an error (facts: engines.md), so no engine sees it unparsed.
    """
    try:
        value = json.loads(document, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise EngineError(f"the facts document for engine {engine} is not valid JSON", hint="this is a defect of s2sguard") from error
    if not isinstance(value, dict):
        raise EngineError(f"the facts document for engine {engine} is not an object", hint="this is a defect of s2sguard")
    return value


def canonical(value: object) -> str:
    """Return JSON text in which every string has one spelling: nothing but what must be is escaped."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        text.encode()
    except (ValueError, RecursionError) as error:  # a lone surrogate, or a number that is none
        raise EngineError("the facts hold text or a number that JSON cannot carry", hint="look for broken characters in names") from error
    return text


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _result(item: object, engine: str) -> ControlResult:
    if not isinstance(item, dict) or item.keys() != _KEYS or not isinstance(item["control"], str):
        raise EngineError(f"engine {engine} gave a result of another shape", hint=DEFECT_HINT)
    applies, deny, warn = item["applies"], item["deny"], item["warn"]
    if not _all(applies, str) or not _all(deny, dict) or not _all(warn, dict):
        raise EngineError(f"engine {engine} gave a result of another shape for control `{item['control']}`", hint=DEFECT_HINT)
    return ControlResult(control=item["control"], applies=sorted(applies), deny=_ordered(deny), warn=_ordered(warn))


def _all(value: object, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(item, kind) for item in value)


def _ordered(findings: list[object]) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", sorted(findings, key=lambda finding: json.dumps(finding, sort_keys=True)))
