"""`s2sguard policy show`: one of our definitions, for people to read."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from s2sguard.cli.output import write
from s2sguard.cli.policy.inputs import names_of, of_control
from s2sguard.cli.policy.list import KINDS, effects_of
from s2sguard.cli.policy.rule_text import RuleText
from s2sguard.cli.policy.shown import on_one_line
from s2sguard.report.style import Style

if TYPE_CHECKING:
    from s2sguard.azure_policy.shipped.definitions import ControlDefinition

WIDTH = 110


def run(arguments: Namespace) -> int:
    """Show one definition, as text or as the file itself."""
    definition = of_control(arguments.control).ours
    if definition is None:  # pragma: no cover  # of_control finds ours or raises
        return 0
    if arguments.format == "json":
        write(json.dumps(definition.document, indent=2, ensure_ascii=False) + "\n", None)
    else:
        write("\n".join(lines(definition)) + "\n", None)
    return 0


def lines(definition: ControlDefinition) -> Iterator[str]:
    """Yield the text: what it is, when it applies, what it does, what can be set."""
    properties = definition.document["properties"]
    rule = properties["policyRule"]
    style = Style(width=WIDTH)
    yield f"{names_of(definition)[0]}  {definition.control.title}"
    yield f"  kind     {definition.kind}: {KINDS[definition.kind]}"
    yield f"  effect   {', '.join(effects_of(definition))}"
    yield f"  name     {definition.name}  version {properties.get('metadata', {}).get('version')}  mode {properties.get('mode')}"
    yield f"  file     {definition.path}"
    yield from style.wrap(definition.message, first="  message  ")
    yield ""
    yield from style.wrap(properties.get("description", ""))
    yield ""
    yield "It applies where"
    text = RuleText(rule["if"])
    yield from text.lines("  ")
    yield f"then {_effect(rule['then'])}"
    if legend := list(text.legend()):
        yield "where"
        yield from (f"  {line}" for line in legend)
    yield ""
    yield from _parameters(properties.get("parameters") or {}, style)
    from s2sguard.azure_policy.forecast.counted import written_fields

    yield "Fields and aliases:"
    yield from (f"  {field}" for field in written_fields(rule))


def _effect(then: dict[str, Any]) -> str:
    effect = then["effect"]
    text = "the effect is the parameter effect" if effect == "[parameters('effect')]" else f"the effect is {effect}"
    return f"{text}, with {on_one_line(then['details'])}" if "details" in then else text


def _parameters(parameters: dict[str, Any], style: Style) -> Iterator[str]:
    if not parameters:
        return
    yield "Parameters:"
    for name, declaration in parameters.items():
        default = on_one_line(declaration["defaultValue"]) if "defaultValue" in declaration else "(none: it must be given)"
        yield f"  {name} ({declaration.get('type')}) = {default}"
        if allowed := declaration.get("allowedValues"):
            yield f"      one of {', '.join(map(str, allowed))}"
        yield from style.wrap(declaration.get("metadata", {}).get("description", ""), first="      ")
    yield ""
