"""What is wrong with a definition although Azure might take it: rules that never apply, that hang on an open question, or that fail.

`lint_definition` compiles a definition and then holds it against what the language leaves open (facts 5.4, 5.5, 5.8).
A definition of our own (`metadata.s2sguard`) is also held against the house's rules: name, version, texts, defaults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from s2sguard.azure_policy.language.outcome import PolicyError, Problem
from s2sguard.azure_policy.language.text import join, keys, member
from s2sguard.azure_policy.shipped.confirmed import hold_against_confirmed
from s2sguard.azure_policy.shipped.definitions import definition_name
from s2sguard.azure_policy.shipped.lint_rules import RULE_CHECKS, Found, Reader, open_connection_types
from s2sguard.azure_policy.shipped.settings import settings_parameters
from s2sguard.facts.given import Settings
from s2sguard.facts.options import HARDENED_SETTINGS

if TYPE_CHECKING:
    from s2sguard.azure_policy.language.aliases import AliasCatalogue

LONGEST: Final = {"displayName": 128, "description": 512}
"""Characters of a text (definition-structure-basics)."""
LONGEST_METADATA: Final = 1024
"""Characters of one metadata value (definition-structure-basics)."""
_DEEPEST: Final = 512
"""Levels of JSON below which nothing is looked at: the limit of nested conditions (facts 5.8)."""


def lint_definition(
    document: object, *, aliases: AliasCatalogue | None = None, settings: Settings = HARDENED_SETTINGS
) -> tuple[Problem, ...]:
    """Return everything that is wrong with a definition (a whole file, its properties, or a bare rule), in document order.

    `aliases` are all that exist: any other alias is a problem. Without them an alias is doubtful where it is not confirmed and others
    of its type are; aliases of types that we know nothing of are left alone (`confirmed.hold_against_confirmed` names those types).
    `settings` is what the defaults of our own definitions have to be equal to.
    Any JSON value gives problems, never an error.
    """
    if not isinstance(document, Mapping):
        return (Problem(pointer="", message="a definition is a JSON object", hint="give the file with `properties` or `policyRule`"),)
    held = hold_against_confirmed(document) if aliases is None else None
    problems = [*_compiled(document, held.catalogue if held is not None else aliases)]
    reader = Reader(document, deepest=_DEEPEST)
    if held is not None:
        problems.extend(doubt.problem for doubt in held.doubts)
        problems.extend(held.unchecked if reader.ours is not None else ())
    for check in RULE_CHECKS:
        problems.extend(check(reader))
    problems.extend(_texts(reader))
    if reader.ours is not None:
        problems.extend(_house(reader, settings))
    order = {pointer: index for index, pointer in enumerate(reader.pointers)}
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: order.get(problem.pointer, len(order))))


def _compiled(document: Mapping[str, Any], aliases: AliasCatalogue | None) -> Iterator[Problem]:
    from s2sguard.azure_policy.language.policy import compile_policy

    try:
        yield from compile_policy(document, aliases).warnings
    except PolicyError as error:
        yield from error.problems


def _texts(reader: Reader) -> Found:
    """Texts that Azure would refuse for their length."""
    names = keys(reader.properties)
    for name, longest in LONGEST.items():
        written = names.get(name.lower(), name)
        text = reader.properties.get(written)
        if isinstance(text, str) and len(text) > longest:
            pointer = join(reader.base, written)
            yield Problem(pointer=pointer, message=f"the text has {len(text)} characters", hint=f"Azure takes at most {longest}")
    for name, value in reader.metadata.items():
        if isinstance(value, str) and len(value) > LONGEST_METADATA:
            pointer = join(reader.base, "metadata", name)
            yield Problem(pointer=pointer, message=f"the value has {len(value)} characters", hint=f"Azure takes at most {LONGEST_METADATA}")


def _house(reader: Reader, settings: Settings) -> Found:
    """What our own definitions have in common."""
    base, control = reader.base, str(reader.ours)
    derived = reader.derived
    if member(reader.document, "name") != (wanted := definition_name(control, derived=derived)):
        what = f"{control}/derived" if derived else control
        yield Problem(pointer="/name", message=f"the name is not the version 5 UUID of `{what}`", hint=f"set it to {wanted}")
    if member(reader.properties, "mode") != "All":
        yield Problem(pointer=join(base, "mode"), message="the mode is not All", hint="Indexed leaves out child resources (facts 5.1)")
    if member(reader.properties, "policyType") != "Custom":
        yield Problem(pointer=join(base, "policyType"), message="the policy type is not Custom", hint="set it to Custom")
    yield from _metadata(reader)
    yield from _defaults(reader, settings)
    yield from _effect(reader)
    yield from open_connection_types(reader)


def _metadata(reader: Reader) -> Found:
    base = join(reader.base, "metadata")
    version = member(reader.metadata, "version")
    parts = version.split(".") if isinstance(version, str) else []
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts):
        yield Problem(pointer=join(base, "version"), message="there is no version of three numbers", hint="such as 1.0.0")
    if member(reader.metadata, "category") != "Network":
        yield Problem(pointer=join(base, "category"), message="the category is not Network", hint="set it to Network")
    message = member(reader.metadata, "nonComplianceMessage")
    if not isinstance(message, str) or not message.strip():
        pointer = join(base, "nonComplianceMessage")
        yield Problem(pointer=pointer, message="there is no non-compliance message", hint="say what a refused resource has to set")
    for name in ("displayName", "description"):
        text = member(reader.properties, name)
        if not isinstance(text, str) or not text.strip():
            yield Problem(pointer=join(reader.base, name), message=f"there is no {name}", hint="take it from the control's METADATA")


def _defaults(reader: Reader, settings: Settings) -> Found:
    wanted = settings_parameters(settings)
    for name, declaration in reader.parameters.items():
        pointer = join(reader.base, "parameters", name)
        if not isinstance(declaration, Mapping):
            continue
        if name in wanted and member(declaration, "defaultValue") != wanted[name]:
            yield Problem(
                pointer=join(pointer, "defaultValue"),
                message="the default is not the setting that scans judge by",
                hint=f"the setting gives {wanted[name]!r}",
            )
        metadata = member(declaration, "metadata")
        texts = [member(metadata, key) for key in ("displayName", "description")] if isinstance(metadata, Mapping) else [None]
        if not all(isinstance(text, str) and text for text in texts):
            yield Problem(pointer=join(pointer, "metadata"), message="the parameter has no displayName and description", hint="")


def _effect(reader: Reader) -> Found:
    """Effects of our own: `manual` as it stands, anything else through the parameter that the initiative passes."""
    effect = member(reader.then, "effect")
    pointer = join(reader.base, "policyRule", "then", "effect")
    if effect == "manual":
        return
    if effect != "[parameters('effect')]":
        yield Problem(pointer=pointer, message="the effect is no parameter", hint="write `[parameters('effect')]`, or manual")
        return
    declaration = member(reader.parameters, "effect")
    allowed = member(declaration, "allowedValues") if isinstance(declaration, Mapping) else None
    default = member(declaration, "defaultValue") if isinstance(declaration, Mapping) else None
    if allowed != ["Audit", "Deny", "Disabled"] or default != "Audit":
        yield Problem(
            pointer=join(reader.base, "parameters", "effect"),
            message="the effect parameter is not Audit (default), Deny or Disabled",
            hint="a definition must refuse nothing before somebody decides so",
        )
