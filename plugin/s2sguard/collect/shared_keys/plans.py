"""Keys in the configuration of a Terraform plan (`terraform show -json`, member `configuration`).

What counts is where the key comes from, which only the configuration says: the planned values always hold the key itself,
so the file has to be kept like a secret whatever is found here. A state has no configuration: nothing is said about it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from s2sguard.collect.interface import Document
from s2sguard.collect.shared_keys.handling import Judged, clear, judge_text, names_a_key, protected, unknown
from s2sguard.collect.shared_keys.interface import each_once, in_document, place_name
from s2sguard.model.inventory import SharedKey
from s2sguard.model.pointer import pointer_to

_KEY = "shared_key"
_TYPES = ("azurerm_virtual_network_gateway_connection", "azurerm_vpn_gateway_connection")
_AZAPI = ("azapi_resource", "azapi_update_resource")
_AZAPI_BODIES = ("body", "sensitive_body")
_AZAPI_TYPES = ("microsoft.network/connections", "microsoft.network/vpngateways", "microsoft.network/virtualnetworkgateways")
_MOST_MODULES = 20
_MOST_LEVELS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Module:
    """One module of the configuration: where it stands, and how it was called."""

    value: Mapping[str, object]
    pointer: str
    call: Mapping[str, object]
    """The expressions of the call; empty for the root."""
    call_pointer: str
    outer: _Module | None
    depth: int


def keys_of_plan(document: Document) -> list[SharedKey]:
    """Return the places of a plan's configuration that give a key; nothing for a document that is no plan."""
    configuration = _object(document.value).get("configuration")
    root = _object(configuration).get("root_module")
    if not isinstance(root, Mapping):
        return []
    start = _Module(value=root, pointer="/configuration/root_module", call={}, call_pointer="", outer=None, depth=0)
    return each_once(key for module in _modules(start) for key in _keys(module, document.file))


def _modules(module: _Module) -> Iterator[_Module]:
    yield module
    if module.depth >= _MOST_MODULES:
        return
    for name, call in _object(module.value.get("module_calls")).items():
        inner = _object(call).get("module")
        if isinstance(inner, Mapping):
            at = pointer_to(module.pointer, "module_calls", name)
            expressions = _object(_object(call).get("expressions"))
            yield from _modules(
                _Module(
                    value=inner,
                    pointer=pointer_to(at, "module"),
                    call=expressions,
                    call_pointer=pointer_to(at, "expressions"),
                    outer=module,
                    depth=module.depth + 1,
                )
            )


def _keys(module: _Module, file: str) -> Iterator[SharedKey]:
    resources = module.value.get("resources")
    for index, resource in enumerate(resources if isinstance(resources, list) else ()):
        if not isinstance(resource, Mapping):
            continue
        at = pointer_to(module.pointer, "resources", index, "expressions")
        if resource.get("type") in _AZAPI:
            for where, given in _azapi(_object(resource.get("expressions")), at, module):
                yield in_document(file, where, place_name("sharedKey", resource.get("address")), given)
        if resource.get("type") not in _TYPES:
            continue
        for where, expression in _expressions(resource.get("expressions"), at):
            judged = _judge(expression, module)
            if judged is not None:
                yield in_document(file, where, place_name(_KEY, resource.get("address")), judged)


def _azapi(expressions: Mapping[str, object], at: str, module: _Module) -> Iterator[tuple[str, Judged]]:
    """Yield what the body of a resource of the azapi provider gives: its texts, or the variables in it that are named like keys.

    A plan lists what a body refers to and not where in it, so a reference is told by its name.
    """
    kind = _object(expressions.get("type")).get("constant_value")
    if not isinstance(kind, str) or not kind.lower().startswith(_AZAPI_TYPES):
        return
    for name in _AZAPI_BODIES:
        body = _object(expressions.get(name))
        where = pointer_to(at, name)
        constant = body.get("constant_value")
        child = kind.lower().partition("@")[0].endswith("/sharedkey")
        for text in _texts(_parsed(constant), "value" if child else "sharedkey", 0):
            judged = judge_text(text)
            if judged is not None:
                yield pointer_to(where, "constant_value"), judged
        references = body.get("references")
        for reference in references if isinstance(references, list) else ():
            if isinstance(reference, str) and names_a_key(reference.partition(".")[2]):
                found = _judge({"references": [reference]}, module)
                if found is not None:
                    yield where, found


def _parsed(body: object) -> object:
    """Return a body: an object, or the JSON text of one (azapi before 2.0)."""
    try:
        return json.loads(body) if isinstance(body, str) else body
    except (ValueError, RecursionError):
        return None


def _texts(value: object, name: str, depth: int) -> Iterator[str]:
    """Yield the texts of the members of a name."""
    if depth > _MOST_LEVELS:
        return
    for key, inner in value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ():
        if isinstance(inner, str):
            if str(key).lower() == name:
                yield inner
        else:
            yield from _texts(inner, name, depth + 1)


def _expressions(value: object, pointer: str) -> Iterator[tuple[str, object]]:
    """Yield the expressions that give a key: the attribute, or that of a block such as `vpn_link`."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name == _KEY:
                yield pointer_to(pointer, name), inner
            elif isinstance(inner, list):
                for index, block in enumerate(inner):
                    yield from _expressions(block, pointer_to(pointer, name, index))


def _judge(expression: object, module: _Module) -> Judged | None:
    """Return how one expression handles the key; None where it gives none."""
    known = _object(expression)
    if "constant_value" in known:
        value = known["constant_value"]
        return judge_text(value) if isinstance(value, str) else None
    references = known.get("references")
    names = [name for name in references if isinstance(name, str)] if isinstance(references, list) else []
    variables = list(dict.fromkeys(name.split(".")[1].split("[")[0] for name in names if name.startswith("var.")))
    others = [name for name in names if not name.startswith("var.")]
    if not names:
        return None
    if any(not name.startswith(("local.", "each.", "count.", "module.", "path.")) for name in others):
        return protected("it comes from a resource or a data source")
    found = [judged for name in variables if (judged := _variable(name, module)) is not None]
    protecting = [judged for judged in found if judged.handling != "clear-text"]
    if protecting:
        return protecting[0]
    return found[0] if found else unknown("the plan does not say what a local value or a module's output holds")


def _variable(name: str, module: _Module) -> Judged | None:
    declared = _object(_object(module.value.get("variables")).get(name))
    at = pointer_to(module.pointer, "variables", name)
    if module.outer is not None:
        handed = module.call.get(name)
        # What the caller gives decides; a constant is written in the call.
        if handed is not None:
            judged = _judge(handed, module.outer)
            if judged is None:
                return None
            where = judged.at or pointer_to(module.call_pointer, name)
            return Judged(handling=judged.handling, how=judged.how, at=where, name=judged.name or f"argument {name}")
    default = declared.get("default")
    if isinstance(default, str) and (judged := judge_text(default)) is not None and judged.handling == "clear-text":
        return clear(
            f"the default of variable {name} is written in the code", at=pointer_to(at, "default"), name=f"default of variable {name}"
        )
    if declared.get("sensitive") is True:
        return protected(f"variable {name} is sensitive")
    return clear(f"variable {name} is not sensitive, so Terraform prints its value", at=at, name=f"variable {name}")


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
