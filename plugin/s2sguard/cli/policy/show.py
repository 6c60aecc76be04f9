"""`s2sguard policy show`: one of our definitions, for people to read."""

from __future__ import annotations

import json
import os
import re
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from s2sguard.cli.output import write
from s2sguard.cli.policy.inputs import LONGEST_NAME, names_of, of_control, title_of
from s2sguard.cli.policy.list import KINDS, effects_of
from s2sguard.cli.policy.rule_text import RuleText
from s2sguard.cli.policy.shown import on_one_line
from s2sguard.errors import UsageError
from s2sguard.report.printable import printable
from s2sguard.report.style import Style, style_for

if TYPE_CHECKING:
    from s2sguard.azure_policy.shipped.definitions import ControlDefinition


def run(arguments: Namespace) -> int:
    """Show one definition, as text or as the file itself."""
    definition = _definition(arguments.control)
    if definition is None:  # pragma: no cover  # of_control finds ours or raises
        return 0
    if arguments.format == "json":
        write(json.dumps(definition.document, indent=2, ensure_ascii=False) + "\n", None)
    else:
        write("\n".join(lines(definition, style_for(sys.stdout, os.environ))) + "\n", None)
    return 0


def _definition(text: str) -> ControlDefinition | None:
    try:
        return of_control(text).ours
    except UsageError:
        if not Path(text).exists():
            raise
    hint = "`s2sguard policy test` and `s2sguard policy lint` take files; `s2sguard policy list` has our controls"
    raise UsageError(f"`{printable(text, limit=LONGEST_NAME)}` is a path, and show takes a control", hint=hint)


def lines(definition: ControlDefinition, style: Style) -> Iterator[str]:
    """Yield the text: what it is, when it applies, what it does, what can be set."""
    properties = definition.document["properties"]
    rule = properties["policyRule"]
    yield from style.wrap(title_of(definition), first=f"{names_of(definition)[0]}  ")
    yield from style.wrap(f"{definition.kind}: {KINDS[definition.kind]}", first="  kind     ")
    yield f"  effect   {', '.join(effects_of(definition))}"
    yield f"  name     {definition.name}  version {properties.get('metadata', {}).get('version')}  mode {properties.get('mode')}"
    yield f"  file     {definition.path}"
    yield from style.wrap(definition.message, first="  message  ")
    yield ""
    yield from style.wrap(properties.get("description", ""))
    yield ""
    yield "It applies where"
    text = RuleText(rule["if"])
    for line in text.lines("  "):
        yield from _hanging(line, style)
    yield from style.wrap(f"then {_effect(rule['then'])}", rest="  ")
    if legend := list(text.legend()):
        yield "where"
        for line in legend:
            yield from _hanging(f"  {line}", style)
    yield ""
    yield from _parameters(properties.get("parameters") or {}, style)
    from s2sguard.azure_policy.language.written import written_fields

    yield "Fields and aliases:"
    yield from (f"  {field}" for field in written_fields(rule))


def _hanging(line: str, style: Style) -> Iterator[str]:
    """Yield an indented line, what does not fit further in; an expression without blanks is broken behind brackets and commas."""
    text = line.lstrip(" ")
    indent = line[: len(line) - len(text)]
    rest = f"{indent}    "
    words = (word if len(rest) + len(word) <= style.width else re.sub(r"(?<=[(,])", "\0", word) for word in text.split(" "))
    current = indent
    for piece in re.split(r"(?<= )|\0", " ".join(words)):
        if len(current) + len(piece.rstrip()) > style.width and current.strip():
            yield current.rstrip()
            current = rest
        current += piece
    yield current.rstrip()


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
        yield from style.wrap(f"{name} ({declaration.get('type')}) = {default}", first="  ", rest="      ")
        if allowed := declaration.get("allowedValues"):
            yield from style.wrap(f"one of {', '.join(map(str, allowed))}", first="      ")
        yield from style.wrap(declaration.get("metadata", {}).get("description", ""), first="      ")
    yield ""
