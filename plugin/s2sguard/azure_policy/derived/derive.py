"""From an inventory to assignments: which scopes, what each must know, and what cannot be said."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from s2sguard.azure_policy.derived.conflicts import Settlement, settle
from s2sguard.azure_policy.derived.limits import MOST_ASSIGNMENTS, MOST_BYTES
from s2sguard.azure_policy.derived.model import Assignment, Derivation, Ground, NotExpressed, Parameters, Registry, ScopeKind, View
from s2sguard.azure_policy.derived.registry import registry_of, relevant, touched
from s2sguard.azure_policy.derived.scopes import scope_of
from s2sguard.azure_policy.derived.split import split
from s2sguard.azure_policy.derived.view import look
from s2sguard.facts.options import FactsOptions
from s2sguard.model.inventory import Inventory, fold_id

DERIVED_CONTROLS = ("S2S-ISO-003", "S2S-ADR-001", "S2S-ADR-002", "S2S-SEL-004", "S2S-SEL-005")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """What gets parameters of its own."""

    scope: str
    grounds: tuple[Ground, ...]
    registry: Registry
    key: str
    """What the names of its assignments are made from."""


def derive(inventory: Inventory, options: FactsOptions, kind: ScopeKind = "subscription", earlier: Registry | None = None) -> Derivation:
    """Return the assignments for an inventory. Pure: the same arguments give the same assignments.

    `earlier` is what is assigned already: then nobody is allowed more, and what is new is listed in `new_claims`.
    """
    view = look(inventory, options)
    settlement = settle(view, earlier)
    missing: list[NotExpressed] = []
    assignments: list[Assignment] = []
    for target in _targets(view, kind, settlement):
        found = split(target.registry, target.scope)
        missing.extend(found.not_expressed)
        for number, parameters in enumerate(found.parts, 1):
            one = _assignment(target, number, parameters)
            assignments.append(one)
            missing.extend(_too_large(one))
    kept, refused = _at_most(assignments)
    return Derivation(
        kind=kind,
        assignments=tuple(kept),
        not_expressed=(*missing, *refused),
        doubts=view.doubts,
        conflicts=settlement.conflicts,
        new_claims=settlement.new_claims(registry_of(view, scope, relevant(view, scope)) for scope in scopes_of(view, kind)),
    )


def scopes_of(view: View, kind: ScopeKind) -> list[str]:
    """Return the scopes that gateways, their connections and their sites lie in, sorted, each once."""
    found: dict[str, str] = {}
    for ground in view.grounds:
        for one in touched(ground):
            scope = scope_of(one, kind)
            if scope:
                found.setdefault(fold_id(scope), scope)
    return [found[key] for key in sorted(found)]


def _targets(view: View, kind: ScopeKind, settlement: Settlement) -> Iterator[_Target]:
    for scope in scopes_of(view, kind):
        grounds = relevant(view, scope)
        whole = settlement.applied(registry_of(view, scope, grounds))
        if kind != "gateway":
            yield _Target(scope=scope, grounds=grounds, registry=whole, key=fold_id(scope))
            continue
        for ground in grounds:
            if ground.key in whole.gateways:
                # Each assignment knows of the others' gateways and partners, or it would refuse their connections.
                registry = replace(
                    settlement.applied(registry_of(view, scope, (ground,))),
                    gateways=whole.gateways,
                    partners=whole.partners,
                    site_gateways=whole.site_gateways,
                )
                yield _Target(scope=scope, grounds=(ground,), registry=registry, key=f"{fold_id(scope)} {ground.key}")


def _assignment(target: _Target, number: int, parameters: Parameters) -> Assignment:
    digest = hashlib.sha256(target.key.encode()).hexdigest()[:8]
    partners = {entry["partner"] for name in ("partnerRanges", "allowedRanges") for entry in parameters[name]["value"]}
    return Assignment(
        name=f"s2s-derived-{digest}-{number:02d}",
        scope=target.scope,
        parameters=parameters,
        gateways=tuple(ground.id for ground in target.grounds if ground.key in target.registry.gateways),
        partners=tuple(sorted(partners)),
    )


def _too_large(assignment: Assignment) -> Iterator[NotExpressed]:
    size = len(json.dumps(assignment.parameters, ensure_ascii=False).encode())
    if size > MOST_BYTES:
        yield NotExpressed(
            control=", ".join(DERIVED_CONTROLS),
            subject=assignment.name,
            kind="assignment",
            scope=assignment.scope,
            needs=size,
            limit=MOST_BYTES,
            reason=f"the parameters have {size} bytes, and a request to Azure takes 1048576: choose smaller scopes",
        )


def _at_most(assignments: Sequence[Assignment]) -> tuple[list[Assignment], list[NotExpressed]]:
    """Return the assignments that a scope takes, and for the others what is lost, partner by partner."""
    kept: list[Assignment] = []
    lost: list[Assignment] = []
    seen: Counter[str] = Counter()
    totals = Counter(fold_id(one.scope) for one in assignments)
    for one in assignments:
        seen[fold_id(one.scope)] += 1
        (kept if seen[fold_id(one.scope)] <= MOST_ASSIGNMENTS else lost).append(one)
    return kept, list(_losses(lost, totals))


def _losses(lost: Iterable[Assignment], totals: Counter[str]) -> Iterator[NotExpressed]:
    for one in lost:
        needs = totals[fold_id(one.scope)]
        for partner in one.partners or (one.name,):
            yield NotExpressed(
                control=", ".join(DERIVED_CONTROLS),
                subject=partner,
                kind="partner" if one.partners else "assignment",
                scope=one.scope,
                needs=needs,
                limit=MOST_ASSIGNMENTS,
                reason=f"the scope needs {needs} assignments, and Azure takes {MOST_ASSIGNMENTS}: choose smaller scopes",
            )
