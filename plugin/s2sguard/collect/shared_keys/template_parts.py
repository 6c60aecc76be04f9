"""Keys beside the resources of an ARM template: in its outputs, its deployment scripts and its parameter files.

Sources: Microsoft Learn, "Outputs in ARM templates" (an output that is not secure is kept in the deployment history),
"Use deployment scripts in templates" (`scriptContent`, `environmentVariables` with `value` or `secureValue`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Final

from s2sguard.collect.deployment.shape import shape_of
from s2sguard.collect.interface import Document
from s2sguard.collect.shared_keys.expressions import Path, Scope, judge
from s2sguard.collect.shared_keys.handling import IN_VAULT, clear, judge_text, names_a_key, protected
from s2sguard.collect.shared_keys.interface import in_document, place_name
from s2sguard.model.inventory import SharedKey
from s2sguard.model.members import member, written
from s2sguard.model.pointer import pointer_to

_SECURE: Final = frozenset({"securestring", "secureobject"})
_MOST_LEVELS: Final = 20
_ASKS_FOR_KEY: Final = ("connections/sharedkey", ").sharedkey")
"""What an expression that asks Azure for a key has in it: the type of the key, or the member of a connection."""


def keys_in_outputs(template: Mapping[str, object], pointer: str, scope: Scope, file: str) -> Iterator[SharedKey]:
    """Yield the outputs that show a key which the resources of the template use; call it after the resources were walked."""
    outputs = member(template, "outputs")
    start = pointer_to(pointer, written(template, "outputs"))
    for name, output in outputs.items() if isinstance(outputs, Mapping) else ():
        if str(member(output, "type") or "").lower() in _SECURE:
            continue
        at = pointer_to(start, name, written(output, "value"))
        if any(_shows(text, scope) for text, _ in _texts(member(output, "value"), "", 0)):
            how = "an output that is not secure shows it, and Azure keeps outputs in the deployment history"
            yield in_document(file, at, place_name(f"output {name}"), clear(how))


def _shows(text: str, scope: Scope) -> bool:
    """Say whether an expression holds a parameter that is used as a key, or asks Azure for one."""
    if text[:1] != "[":
        return False
    if any(part in text.lower() for part in _ASKS_FOR_KEY):
        return True
    probe = replace(scope, used=set(), seen=set(), paths=set(), known={})
    judge(text, probe)
    return any(name == other and _meet(path, way) for name, path in probe.paths for other, way in scope.paths)


def _meet(one: Path, other: Path) -> bool:
    """Say whether one way into a value leads to, or past, where the other leads; None is any element."""
    return all(a == b or a is None or b is None for a, b in zip(one, other, strict=False))


def keys_of_deployment_script(resource: Mapping[str, object], at: str, scope: Scope, file: str) -> Iterator[SharedKey]:
    """Yield the keys in the text of a deployment script and in its environment."""
    properties = member(resource, "properties")
    below = pointer_to(at, written(resource, "properties"))
    content = member(properties, "scriptContent")
    if isinstance(content, str):
        from s2sguard.collect.shared_keys.scripts import keys_of_script

        suffix = ".ps1" if str(member(resource, "kind") or "").lower() == "azurepowershell" else ".azcli"
        for key in keys_of_script(content, suffix):
            where = pointer_to(below, written(properties, "scriptContent"))
            # One place in JSON: the number keeps several keys of one script apart.
            place = in_document(file, where, key.name, protected(key.how))
            yield replace(place, id=f"{place.id}{key.id.removeprefix(suffix)}", handling=key.handling)
    variables = member(properties, "environmentVariables")
    start = pointer_to(below, written(properties, "environmentVariables"))
    for index, one in enumerate(variables if isinstance(variables, list) else ()):
        name = member(one, "name")
        if isinstance(name, str) and names_a_key(name):
            where = pointer_to(start, index, written(one, "value"))
            for judged in judge(member(one, "value"), scope):
                # A secure value handed over as a plain variable of the script is shown to every reader of the resource.
                how = "a variable of a deployment script that is no `secureValue` shows it"
                yield in_document(file, where, place_name(f"variable {name}"), clear(how) if judged.handling == "protected" else judged)


def keys_of_parameters(document: Document, used: Collection[tuple[str, Path]]) -> Iterator[SharedKey]:
    """Yield the keys of a parameter file: of parameters that a template uses as keys, and of names that say so."""
    value = document.value
    if shape_of(value) != "parameters" or not isinstance(value, Mapping):
        return
    given = member(value, "parameters")
    start = pointer_to("", written(value, "parameters"))
    for name, one in given.items() if isinstance(given, Mapping) else ():
        at, label = pointer_to(start, name), place_name(f"parameter {name}")
        ways = [path for other, path in used if other == name.lower()]
        if member(one, "reference") is not None:
            if ways or names_a_key(name):
                yield in_document(document.file, at, label, protected(IN_VAULT))
            continue
        below = pointer_to(at, written(one, "value"))
        for text, way in _texts(member(one, "value"), "", 0):
            steps = tuple(way[1:].split("/")) if way else ()
            judged = judge_text(text) if _is_key(name, steps, ways) else None
            if judged is not None:
                yield in_document(document.file, below + way, label, judged)


def _is_key(name: str, steps: tuple[str, ...], ways: Collection[Path]) -> bool:
    """Say whether a text inside a parameter is a key: a template uses it as one, or the last name on the way to it says so."""
    names = [name, *(step for step in steps if not step.isdigit())]
    return names_a_key(names[-1]) or any(len(way) <= len(steps) and _same_way(way, steps) for way in ways)


def _same_way(way: Path, steps: tuple[str, ...]) -> bool:
    return all(step is None or str(step).lower() == taken.lower() for step, taken in zip(way, steps, strict=False))


def _texts(value: object, pointer: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield every text in a value with the pointer to it."""
    if isinstance(value, str):
        yield value, pointer
    elif depth < _MOST_LEVELS and isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, pointer_to(pointer, key), depth + 1)
    elif depth < _MOST_LEVELS and isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, pointer_to(pointer, index), depth + 1)
