"""Which deployed resource a planned one is: plans and templates do not always know ids.

A Terraform plan has no id for what it creates; a template without `--deploy-to` does not know its resource group.
What has the same type and name as exactly one deployed resource, wherever ids are unknown, is that resource.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from s2sguard.collect.resource_types import name_of_id, resource_group_of_id, type_of_id
from s2sguard.model.inventory import PLAN_ID, Gap, Resource, fold_id
from s2sguard.model.stand_ins import has_stand_in, may_be_same

_AMBIGUOUS = "several deployed resources have this type, group and name, so it was added beside them"


def adopted(deployed: Sequence[Resource], planned: Sequence[Resource], gaps: list[Gap]) -> dict[str, str]:
    """Return folded id -> deployed id for planned resources that already exist, and for what they refer to.

    What may be one of several is noted in `gaps`, and stays beside them.
    """
    return _of_plans(deployed, planned, gaps) | _of_templates(deployed, planned, gaps)


def _of_plans(deployed: Iterable[Resource], planned: Iterable[Resource], gaps: list[Gap]) -> dict[str, str]:
    by_place: dict[tuple[str, str, str], list[str]] = {}
    for resource in deployed:
        above = fold_id(resource.parent) if resource.parent is not None else (resource_group_of_id(resource.id) or "").lower()
        by_place.setdefault((resource.type, above, resource.name.lower()), []).append(resource.id)
    ids: dict[str, str] = {}
    # Parents first: a child is found below the id its parent takes.
    for resource in sorted(planned, key=lambda found: found.type.count("/")):
        if not resource.id.startswith(PLAN_ID):
            continue
        parent = resource.parent
        above = fold_id(ids.get(fold_id(parent), parent)) if parent is not None else (resource.resource_group or "").lower()
        found = by_place.get((resource.type, above, resource.name.lower()), []) if above else []
        if len(found) == 1:
            ids[resource.key] = found[0]
        elif found:
            gaps.append(Gap(kind="ambiguous-reference", reason=_AMBIGUOUS, source=resource.source, resource=resource.id))
    return ids


def _of_templates(deployed: Iterable[Resource], planned: Sequence[Resource], gaps: list[Gap]) -> dict[str, str]:
    """Do it for ids with stand-ins. A name that is itself not known can be any, so it is taken for none."""
    by_kind: dict[tuple[str, str], list[str]] = defaultdict(list)
    for resource in deployed:
        by_kind[resource.type, resource.name.lower()].append(resource.id)
    ids: dict[str, str] = {}
    for resource in planned:
        if not has_stand_in(resource.id) or has_stand_in(resource.name):
            continue
        found = _candidates(by_kind, resource.type, resource.name, resource.key)
        if len(found) == 1:
            ids[resource.key] = found[0]
        elif found:
            gaps.append(Gap(kind="ambiguous-reference", reason=_AMBIGUOUS, source=resource.source, resource=resource.id))
    own = {resource.key for resource in planned}
    for text in {text for resource in planned for text in _references(dict(resource.properties))}:
        key, kind, name = fold_id(text), type_of_id(text), name_of_id(text)
        if key not in own and kind is not None and not has_stand_in(name):
            found = _candidates(by_kind, kind, name, key)
            if len(found) == 1:
                ids[key] = found[0]
    return ids


def _candidates(by_kind: dict[tuple[str, str], list[str]], kind: str, name: str, key: str) -> list[str]:
    return [resource_id for resource_id in by_kind.get((kind, name.lower()), ()) if may_be_same(key, fold_id(resource_id))]


def _references(value: object) -> Iterator[str]:
    """Yield the ids with stand-ins in a value."""
    if isinstance(value, str):
        if value.startswith("/") and has_stand_in(value):
            yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _references(inner)
