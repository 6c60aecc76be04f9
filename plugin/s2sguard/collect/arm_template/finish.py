"""A worked-out resource -> `Resource`s, the way all ARM JSON is read: without secrets, with its inline children."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from s2sguard.collect.arm_resource import read_resource
from s2sguard.collect.arm_template.names import pointer
from s2sguard.collect.arm_template.place import Text, text_of
from s2sguard.collect.arm_template.resources import Instance
from s2sguard.collect.arm_template.run import STEPS_OF_A_NODE, Run
from s2sguard.collect.interface import Collected
from s2sguard.collect.resource_types import type_of_id
from s2sguard.expression import Json, Partial
from s2sguard.model.inventory import Gap, Source
from s2sguard.model.members import find, member
from s2sguard.model.pointer import pointer_to
from s2sguard.model.value import Unknown

_NOTHING_WRITTEN = {"provisioningState": None}
"""Properties of a resource that is written without any: all have their defaults, which is not the same as not being listed."""


def put(instance: Instance, out: Collected, run: Run) -> None:
    """Append a resource and its inline children to `out`, all with the place where they are written."""
    value: dict[str, object] = {key: settled(one, run) for key, one in instance.beside().items()}
    value["id"] = text_of(instance.id)
    value["type"] = instance.type
    value["name"] = text_of(instance.name).rpartition("/")[2]
    if not instance.existing:
        properties = settled(instance.properties(), run)
        value["properties"] = dict(_NOTHING_WRITTEN) if properties is None or properties == {} else properties
    start = pointer(instance.path)
    read = Collected()
    read_resource(value, Source(file=instance.env.scope.file, pointer=start), read)
    for resource in read.resources:
        source = _written(resource.source, start, instance)
        out.resources.append(replace(resource, source=source, existing=instance.existing))
    out.gaps.extend(_moved(gap, start, instance) for gap in read.gaps)


def _moved(gap: Gap, start: str, instance: Instance) -> Gap:
    return gap if gap.source is None else replace(gap, source=_written(gap.source, start, instance))


def _written(source: Source, start: str, instance: Instance) -> Source:
    """Return the deepest place on the way to a value that stands in the template: a value may come out of an expression or a loop."""
    if source.pointer == start:
        return source
    found: object = instance.written()
    at = start
    for step in source.pointer[len(start) + 1 :].split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, Mapping):
            below = find(found, name)
            if below is None:
                at = _loop(found, name, at)
                break
            at, found = pointer_to(at, below[0]), below[1]
        elif isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            at, found = f"{at}/{name}", found[int(name)]
        else:
            break
    return Source(file=source.file, pointer=at)


def _loop(container: Mapping[str, object], name: str, at: str) -> str:
    """Return the place of the loop that makes a property, else that of its object."""
    loops = find(container, "copy")
    for index, loop in enumerate(loops[1] if loops is not None and isinstance(loops[1], list) else ()):
        if str(member(loop, "name")).lower() == name.lower() and loops is not None:
            return pointer_to(at, loops[0], index)
    return at


def settled(value: Json, run: Run) -> Json:
    """Return a value as it enters the model: an id that is partly known is a text, everything else of that kind is unknown."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        run.budget.spend(STEPS_OF_A_NODE * len(value))
        return {name: settled(one, run) for name, one in value.items()}
    if isinstance(value, list):
        run.budget.spend(STEPS_OF_A_NODE * len(value))
        return [settled(one, run) for one in value]
    if isinstance(value, Partial):
        return _id(value)
    if isinstance(value, Unknown) and type(value) is not Unknown:
        return Unknown(value.reason)
    return value


def _id(value: Partial) -> Text | Unknown:
    text = value.text
    return text if text.startswith("/") and type_of_id(text) is not None else Unknown(value.reason)
