"""A fix as Bicep: the members to have in `properties` of the connection; everything else stays as it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from s2sguard.fix.model import Patch
from s2sguard.fix.snippets.quoting import bicep, comment


def render(patch: Patch) -> str:
    """Return the fragment."""
    lines = [
        f"// in the resource {comment(patch.resource.name)} (Microsoft.Network/connections); its other properties stay",
        "properties: {",
    ]
    if "connectionProtocol" in patch.properties:
        lines.insert(1, "// Azure does not change the protocol of a connection: delete it before this is deployed")
    for name, value in patch.properties.items():
        lines.extend(member(name, value, "  "))
    return "\n".join([*lines, "}"]) + "\n"


def member(name: str, value: object, indent: str) -> Iterator[str]:
    """Yield the lines of one member of an object."""
    if isinstance(value, list):
        yield f"{indent}{name}: ["
        for element in value:
            yield from _element(element, indent + "  ")
        yield f"{indent}]"
    else:
        yield f"{indent}{name}: {_scalar(value)}"


def _element(value: object, indent: str) -> Iterable[str]:
    if not isinstance(value, Mapping):
        return [f"{indent}{_scalar(value)}"]
    inner = [line for name, one in value.items() for line in member(name, one, indent + "  ")]
    return [f"{indent}{{", *inner, f"{indent}}}"]


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else bicep(str(value))
