"""Resources of a file for `policy test`: as an ARM request has them, with template expressions unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from s2sguard.cli.policy.inputs import read_json
from s2sguard.errors import InputError
from s2sguard.expression.compile import is_expression
from s2sguard.report.printable import printable

LISTS = ("value", "data", "resources")


def read_resources(path: str) -> list[Mapping[str, Any]]:
    """Return the resources of a file: one, an array, or a page of a list; raises InputError, also for one without a type."""
    value, file = read_json(path)
    if isinstance(value, Mapping):
        _refuse_others(value, printable(file))
        if not any(key.lower() in {"type", "properties"} for key in value):
            value = next((value[key] for key in LISTS if isinstance(value.get(key), list)), value)
    listed = value if isinstance(value, list) else [value]
    found = [each for each in listed if isinstance(each, Mapping)]
    if not found or len(found) < len(listed):
        raise InputError(f"`{printable(file)}` holds no resource", hint="give the JSON of one resource, or an array of them")
    return [_resource(each, printable(file), index, several=len(found) > 1) for index, each in enumerate(found)]


def _refuse_others(value: Mapping[str, Any], file: str) -> None:
    names = {key.lower(): key for key in value}
    schema = value.get(names.get("$schema", ""))
    template = isinstance(schema, str) and "deploymenttemplate" in schema.lower()
    if "planned_values" in value:
        raise InputError(f"`{file}` is a Terraform plan", hint="`s2sguard policy check` reads plans")
    if template or {"resources", "contentversion"} <= set(names):
        hint = "run `az deployment group what-if --no-pretty-print` and give the result to `s2sguard policy check`, or give one resource"
        raise InputError(f"`{file}` is an ARM template, whose expressions have no values here", hint=hint)
    if isinstance(value.get(names.get("changes", "")), list) and "type" not in names:
        raise InputError(f"`{file}` is a what-if result", hint="`s2sguard policy check` reads what-if results")


def _resource(resource: Mapping[str, Any], file: str, index: int, *, several: bool) -> Mapping[str, Any]:
    kind = _type_of(resource)
    if kind is None:
        which = f"number {index + 1} in `{file}` is no resource" if several else f"`{file}` holds no resource"
        raise InputError(f"{which}: it has no `type`", hint="a resource has a type, such as Microsoft.Network/connections")
    written = next((key for key in resource if key.lower() == "type"), "type")
    known = {str(key): _known(value) for key, value in resource.items()}
    return known if known.get(written) == kind else {**known, written: kind}


def _type_of(resource: Mapping[str, Any]) -> str | None:
    """Return the type as it is written, or in Azure's words where it is another name of it; from the id where there is none."""
    from s2sguard.collect.resource_types import KNOWN_TYPES, canonical_type, type_of_id

    names = {key.lower(): key for key in resource}
    written, place = (resource.get(names.get(name, "")) for name in ("type", "id"))
    by_id = type_of_id(place) if isinstance(place, str) else None
    if not isinstance(written, str) or not written.strip() or is_expression(written):
        return by_id
    known = canonical_type(written)
    if known is None or known.lower() == written.lower():
        # Of two names for one resource the id has the one that Azure knows it by.
        return by_id if by_id in KNOWN_TYPES and known not in KNOWN_TYPES else written
    return known


def _known(value: Any) -> Any:  # noqa: ANN401  # JSON in, JSON out
    """Return a value with `Unknown` for every template expression; files that nest deeper than Python can follow are not read."""
    from s2sguard.collect.arm_values import EXPRESSION

    if isinstance(value, str):
        return EXPRESSION if is_expression(value) else value
    if isinstance(value, Mapping):
        return {key: _known(inner) for key, inner in value.items()}
    return [_known(inner) for inner in value] if isinstance(value, list) else value
