"""Runs out of a store."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from s2sguard.errors import StoreError, UsageError
from s2sguard.evaluate.acceptance.parties import mask_of_runs
from s2sguard.report.printable import printable
from s2sguard.store.database import Database
from s2sguard.store.pairs import GatewayPairs, PairGroup
from s2sguard.store.view import Entry, RunInfo, RunView, unpacked

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


def find_pair(database: Database, *, scope: str | None = None) -> tuple[int, int]:
    """Return the numbers of the last two runs of a scope, the older first; of the scope of the last run of all if none is given.

    Raises UsageError where there are no two runs to compare.
    """
    with database.reading() as connection:
        found = runs_in(connection, scope=scope, limit=1)
        last = found[0] if found else None
        both = [] if last is None else runs_in(connection, scope=last.scope, limit=2)
    shown = database.address.shown
    if last is None:
        known = "" if scope is None else f" of scope `{printable(scope)}`"
        raise UsageError(f"the store `{shown}` holds no run{known}", hint="`s2sguard history --store URL` lists them")
    if len(both) < 2:
        raise UsageError(
            f"the store `{shown}` holds one run of scope `{printable(last.scope)}`, and nothing to compare it with",
            hint="scan again, with the same --scope; or name two runs: `s2sguard diff A B`",
        )
    return cast("int", both[1].id), cast("int", both[0].id)


def load(database: Database, number: int) -> RunView:
    """Return a run by its number; raises UsageError where there is none, and StoreError for one that is damaged."""
    from sqlalchemy import select

    from s2sguard.store.tables import GAPS, GATEWAYS, PASSES, RUNS, VERDICTS

    with database.reading() as connection:
        found = connection.execute(select(RUNS).where(RUNS.c.id == number)).one_or_none()
        if found is None:
            raise UsageError(
                f"the store `{database.address.shown}` holds no run {number}", hint="`s2sguard history --store URL` lists them"
            )
        try:
            keys = dict(connection.execute(select(GATEWAYS.c.number, GATEWAYS.c.key).where(GATEWAYS.c.run == number)).all())
            entries = [Entry(node=json.loads(body)) for body in connection.scalars(select(VERDICTS.c.body).where(VERDICTS.c.run == number))]
            passes = connection.execute(select(PASSES.c.control, PASSES.c.gateway, PASSES.c.number).where(PASSES.c.run == number))
            gaps = connection.scalars(select(GAPS.c.body).where(GAPS.c.run == number).order_by(GAPS.c.number))
            return RunView(
                info=_info(found),
                entries={entry.fingerprint: entry for entry in entries},
                passes={(control, keys.get(gateway, "")): count for control, gateway, count in passes},
                subjects=unpacked(bytes(found.subjects)),
                gateways=_gateways(connection, number),
                gaps=tuple(map(json.loads, gaps)),
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise StoreError(f"run {number} in the store `{database.address.shown}` is damaged", hint="compare other runs") from None


def runs_in(connection: Connection, *, scope: str | None = None, limit: int | None = None) -> tuple[RunInfo, ...]:
    """Return the runs of a scope, or all, the newest first."""
    from sqlalchemy import select

    from s2sguard.store.tables import RUNS

    chosen = select(*(column for column in RUNS.c if column.name != "subjects")).order_by(RUNS.c.started.desc(), RUNS.c.id.desc())
    if scope is not None:
        chosen = chosen.where(RUNS.c.scope == scope)
    if limit is not None:
        chosen = chosen.limit(limit)
    return tuple(map(_info, connection.execute(chosen)))


def _info(row: Row[Any]) -> RunInfo:
    about = json.loads(row.about)
    return RunInfo(
        id=row.id,
        label=f"run {row.id}",
        scope=row.scope,
        started=row.started,
        ended=row.ended,
        tool_version=row.tool_version,
        engine=row.engine,
        engine_version=row.engine_version,
        pack_digest=row.pack_digest,
        inputs_digest=row.inputs_digest,
        assumptions=about["assumptions"],
        settings_changed=tuple(about["settings_changed"]),
        inputs=tuple(about["inputs"]),
        config=about["config"],
        resources=about["resources"],
    )


def _gateways(connection: Connection, run: int) -> tuple[GatewayPairs, ...]:
    from sqlalchemy import select

    from s2sguard.store.tables import GATEWAYS, PAIR_GROUPS

    rows = connection.execute(select(PAIR_GROUPS).where(PAIR_GROUPS.c.run == run).order_by(PAIR_GROUPS.c.gateway, PAIR_GROUPS.c.number))
    groups: dict[int, list[PairGroup]] = {}
    for row in rows:
        group = PairGroup(state=row.state, one=mask_of_runs(json.loads(row.one)), other=mask_of_runs(json.loads(row.other)))
        groups.setdefault(row.gateway, []).append(group)
    found = connection.execute(select(GATEWAYS).where(GATEWAYS.c.run == run, GATEWAYS.c.about.is_not(None)).order_by(GATEWAYS.c.number))
    return tuple(_gateway(row, groups.get(row.number, ())) for row in found)


def _gateway(row: Row[Any], groups: Iterable[PairGroup]) -> GatewayPairs:
    about = json.loads(row.about)
    return GatewayPairs(
        key=row.key,
        name=row.name,
        complete=about["complete"],
        partner_facing=about["partner_facing"],
        judged=about["judged"],
        parties=tuple((owner, trust) for owner, trust in about["parties"]),
        groups=tuple(groups),
        counts=about["counts"],
    )
