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


class Spelled(bytes):
    """A facts document as `spelled` writes it. Nothing else makes one, so an engine need not read it to know that it is valid."""

    __slots__ = ()


def spelled(document: Mapping[str, object]) -> Spelled:
    """Return a facts document as canonical JSON; raise `EngineError` when it holds what JSON cannot carry."""
    return Spelled(canonical(document).encode())


def checked(document: bytes, engine: str) -> Spelled:
    """Return a facts document as canonical JSON: as it is when `spelled` wrote it, else read and written anew.

    Raise `EngineError` unless it is one valid JSON object.
    """
    return document if isinstance(document, Spelled) else spelled(parse_document(document, engine))


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
    found = cast("list[dict[str, object]]", findings)
    # Resource and message tell nearly all findings apart; spelling out their witnesses to sort them took as long as parsing them.
    ranks = {_rank(finding) for finding in found}
    return sorted(found, key=_rank if len(ranks) == len(found) else _spelled)


def _rank(finding: Mapping[str, object]) -> tuple[str, str]:
    return str(finding.get("resource")), str(finding.get("msg"))


def _spelled(finding: Mapping[str, object]) -> str:
    return json.dumps(finding, sort_keys=True)
