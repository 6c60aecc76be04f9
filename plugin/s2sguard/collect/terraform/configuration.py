"""The `configuration` part of a plan: resource blocks and module calls, as they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from s2sguard.collect.terraform.address import Mode, ModulePath


def mapping(value: object) -> Mapping[str, object]:
    """Return the object, or an empty one for anything else."""
    # What is parsed is plain: asking for the abstract class would take most of the time.
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[object]:
    """Return the array, or an empty one for anything else."""
    return value if isinstance(value, list) else []


@lru_cache(maxsize=1024)
def calls_of(module: ModulePath) -> tuple[str, ...]:
    """Return the names of the calls that lead to a module, without the keys of its instances."""
    return tuple(call for call, _ in module)


@dataclass(slots=True)
class Configuration:
    """The `configuration` part: resource blocks and module calls by the names of the calls that lead to them."""

    resources: dict[tuple[tuple[str, ...], str], Mapping[str, object]] = field(default_factory=dict)
    calls: dict[tuple[str, ...], Mapping[str, object]] = field(default_factory=dict)
    """Module calls by full path of call names."""

    def block(self, instance_module: ModulePath, mode: Mode, type_: str, name: str) -> Mapping[str, object] | None:
        """Return the resource block of an instance."""
        local = f"data.{type_}.{name}" if mode == "data" else f"{type_}.{name}"
        return self.resources.get((calls_of(instance_module), local))


def read_configuration(value: object) -> Configuration:
    """Index resource blocks and module calls; a stack, because module nesting has no limit."""
    configuration = Configuration()
    stack: list[tuple[tuple[str, ...], object]] = [((), mapping(value).get("root_module"))]
    while stack:
        path, module = stack.pop()
        for raw in sequence(mapping(module).get("resources")):
            address = mapping(raw).get("address")
            if isinstance(address, str):
                configuration.resources[path, address] = mapping(raw)
        for name, call in mapping(mapping(module).get("module_calls")).items():
            configuration.calls[(*path, name)] = mapping(call)
            stack.append(((*path, name), mapping(call).get("module")))
    return configuration
