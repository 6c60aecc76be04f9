"""A finished run into a store, in one transaction: it is there whole, or not at all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from s2sguard.evaluate.verdict import Verdict
from s2sguard.report.interface import Report
from s2sguard.report.json_report import gap_node, verdict_node
from s2sguard.store.database import Database
from s2sguard.store.pairs import GatewayPairs, gateway_pairs, runs_of
from s2sguard.store.view import gateway_key, packed, subject

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

BATCH: Final = 500
"""Rows of one statement."""
Row = dict[str, Any]


def save(database: Database, report: Report, *, scope: str, inputs_digest: str | None) -> int:
    """Write a run and return its number; raises StoreError, and then nothing of it is there.

    Verdicts are read once, in their order, and no more than a batch of them is held.
    """
    from s2sguard.store.tables import GAPS, GATEWAYS, PAIR_GROUPS, PASSES, RUNS, VERDICTS

    gateways = gateway_pairs(report.facts)
    judged = _Judged(report, gateways)
    with database.writing() as connection:
        about = {"scope": scope, "inputs_digest": inputs_digest, "subjects": b"", **_run(report)}
        made = connection.execute(RUNS.insert().values(about)).inserted_primary_key
        run = int(made[0]) if made else 0
        _insert(connection, VERDICTS, run, judged.rows())
        _insert(connection, PASSES, run, judged.passes())
        _insert(connection, GATEWAYS, run, judged.gateways())
        _insert(connection, PAIR_GROUPS, run, _groups(gateways))
        _insert(connection, GAPS, run, _gaps(report))
        connection.execute(RUNS.update().where(RUNS.c.id == run).values(subjects=packed(judged.subjects)))
    return run


class _Judged:
    """What the verdicts become, gathered while they go by."""

    def __init__(self, report: Report, gateways: tuple[GatewayPairs, ...]) -> None:
        self.subjects: set[bytes] = set()
        self._report = report
        self._known = gateways
        self._numbers = {gateway.key: number for number, gateway in enumerate(gateways)}
        self._passes: Counter[tuple[str, int]] = Counter()

    def rows(self) -> Iterator[Row]:
        """Yield a row for each verdict that is not a pass."""
        for verdict in self._report.verdicts:
            self.subjects.add(subject(verdict.resource))
            if verdict.status == "pass":
                self._passes[verdict.control_id, self._gateway(verdict)] += 1
            else:
                yield self._row(verdict)

    def passes(self) -> Iterator[Row]:
        """Yield how many pass, by control and gateway."""
        for (control, gateway), number in sorted(self._passes.items()):
            yield {"control": control, "gateway": gateway, "number": number}

    def gateways(self) -> Iterator[Row]:
        """Yield every gateway; those that only a verdict names have nothing but their id."""
        for key, number in self._numbers.items():
            known = number < len(self._known)
            name = self._known[number].name if known else key.rsplit("/", 1)[-1]
            yield {"number": number, "key": key, "name": name, "about": json.dumps(_about(self._known[number])) if known else None}

    def _gateway(self, verdict: Verdict) -> int:
        from s2sguard.store.tables import NO_GATEWAY

        if verdict.gateway is None:
            return NO_GATEWAY
        return self._numbers.setdefault(gateway_key(verdict.gateway), len(self._numbers))

    def _row(self, verdict: Verdict) -> Row:
        return {
            "fingerprint": verdict.fingerprint,
            "control": verdict.control_id,
            "status": verdict.status,
            "severity": verdict.severity,
            "accepted": int(verdict.acceptance is not None),
            "gateway": self._gateway(verdict),
            "body": json.dumps(verdict_node(verdict, self._report.positions)),
        }


def _insert(connection: Connection, table: Table, run: int, rows: Iterator[Row]) -> None:
    from sqlalchemy import text

    columns = ", ".join(table.columns.keys())
    # pg8000 sends the rows of `executemany` one by one: a batch goes as one JSON text instead, in one statement. The names are ours.
    whole = f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table.name}, CAST(:rows AS json))"  # noqa: S608
    while batch := [{"run": run, **row} for row in islice(rows, BATCH)]:
        if connection.dialect.name == "postgresql":
            connection.execute(text(whole), {"rows": json.dumps(batch)})
        else:
            connection.execute(table.insert(), batch)


def _run(report: Report) -> Row:
    run = report.run
    about: Mapping[str, object] = {
        "assumptions": dict(sorted(run.assumptions.items())),
        "settings_changed": list(run.settings_changed),
        "inputs": list(run.inputs),
        "config": run.config,
        "resources": dict(sorted(report.resources.items())),
    }
    return {
        "started": run.started,
        "ended": run.ended,
        "tool_version": run.tool_version,
        "engine": run.engine.name[:40],
        "engine_version": run.engine.version[:80],
        "pack_digest": run.bundle_digest,
        "about": json.dumps(about),
    }


def _about(gateway: GatewayPairs) -> Row:
    return {
        "complete": gateway.complete,
        "partner_facing": gateway.partner_facing,
        "judged": gateway.judged,
        "parties": [list(party) for party in gateway.parties],
        "counts": dict(gateway.counts),
    }


def _groups(gateways: tuple[GatewayPairs, ...]) -> Iterator[Row]:
    for gateway, pairs in enumerate(gateways):
        for number, group in enumerate(pairs.groups):
            one, other = json.dumps(runs_of(group.one)), json.dumps(runs_of(group.other))
            yield {"gateway": gateway, "number": number, "state": group.state, "one": one, "other": other}


def _gaps(report: Report) -> Iterator[Row]:
    for number, gap in enumerate(report.gaps):
        yield {"number": number, "kind": gap.kind, "body": json.dumps(gap_node(gap))}
