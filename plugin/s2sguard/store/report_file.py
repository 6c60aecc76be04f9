"""A JSON report as a run, so that two reports can be compared where there is no store."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

from s2sguard.errors import InputError
from s2sguard.report.json_report import SCHEMA_VERSION
from s2sguard.report.printable import printable
from s2sguard.store.inputs import scope_of
from s2sguard.store.pairs import GatewayPairs, gateway_pairs
from s2sguard.store.view import Entry, Node, RunInfo, RunView, gateway_key, subject

MAX_BYTES: Final = 2_000_000_000
TEXTS: Final = ("control_id", "resource", "resource_name", "status", "severity", "message", "fingerprint")
"""What every verdict of a report has (`report/report.schema.json`) and this program reads."""
STATUSES: Final = frozenset({"error", "fail", "unknown", "pass"})
SEVERITIES: Final = frozenset({"critical", "high", "medium", "low"})


def read_report(file: str) -> RunView:
    """Return the run that a JSON report is about; raises InputError for a file that is none, quoting nothing of it."""
    name = printable(file)
    try:
        return _view(_parsed(Path(file), name), name)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise _no_report(name) from None


def _parsed(path: Path, name: str) -> Node:
    try:
        if not path.is_file():
            raise InputError(f"report `{name}` does not exist or is not a file", hint="`s2sguard scan --format json=FILE` writes one")
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"report `{name}` is larger than {MAX_BYTES} bytes", hint="keep runs in a store: --store URL")
        value = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"report `{name}` cannot be read: {(error.strerror or 'error').lower()}") from None
    except (ValueError, RecursionError):
        raise _no_report(name) from None
    if not isinstance(value, dict) or "verdicts" not in value or "run" not in value:
        raise _no_report(name)
    if value.get("schema_version") != SCHEMA_VERSION:
        raise InputError(f"report `{name}` is of another version", hint=f"this s2sguard reads version {SCHEMA_VERSION}")
    return value


def _no_report(name: str) -> InputError:
    return InputError(f"`{name}` is not a JSON report of s2sguard", hint="`s2sguard scan --format json=FILE` writes one")


def _view(value: Node, name: str) -> RunView:
    entries: dict[str, Entry] = {}
    passes: Counter[tuple[str, str]] = Counter()
    subjects: set[bytes] = set()
    for node in value["verdicts"]:
        _check(node)
        subjects.add(subject(node["resource"]))
        if node["status"] == "pass":
            passes[node["control_id"], gateway_key(node.get("gateway"))] += 1
        else:
            entries[node["fingerprint"]] = Entry(node=node)
    for gap in value["gaps"]:
        _check_texts(gap, ("kind", "reason"))
    return RunView(
        info=_info(value, name),
        entries=entries,
        passes=dict(passes),
        subjects=frozenset(subjects),
        gateways=_gateways(value),
        gaps=tuple(value["gaps"]),
    )


def _check(node: Mapping[str, Any]) -> None:
    _check_texts(node, TEXTS)
    pairs = node.get("pairs")
    sound = node["status"] in STATUSES and node["severity"] in SEVERITIES and (pairs is None or type(pairs) is int)
    if not sound or not isinstance(node.get("acceptance") or {}, dict) or not isinstance(node.get("details", []), list):
        raise ValueError
    if not isinstance(node.get("gateway") or "", str):
        raise TypeError


def _check_texts(node: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    if any(not isinstance(node[key], str) for key in keys):
        raise TypeError


def _info(value: Node, name: str) -> RunInfo:
    run = value["run"]
    _check_texts(run, ("started", "ended", "tool_version", "bundle_digest"))
    _check_texts(run["engine"], ("name", "version"))
    inputs = tuple(str(entry) for entry in run["inputs"])
    return RunInfo(
        id=None,
        label=name,
        scope=scope_of(None, inputs),
        started=run["started"],
        ended=run["ended"],
        tool_version=run["tool_version"],
        engine=run["engine"]["name"],
        engine_version=run["engine"]["version"],
        pack_digest=run["bundle_digest"],
        inputs_digest=None,
        assumptions=dict(run["assumptions"]),
        settings_changed=tuple(str(entry) for entry in run["settings_changed"]),
        inputs=inputs,
        config=run.get("config"),
        resources=dict(value["summary"]["resources"]),
    )


def _gateways(value: Node) -> tuple[GatewayPairs, ...] | None:
    return gateway_pairs(cast("Any", value["facts"])) if "facts" in value else None
