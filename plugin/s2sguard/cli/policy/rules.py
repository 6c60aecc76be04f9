"""What `policy check` evaluates: our initiative, an initiative of the user's, or definitions side by side."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from s2sguard.cli.policy.inputs import Definition, configured_parameters, properties_of, read_aliases, read_object, with_effect
from s2sguard.cli.policy.problems import doubtful_aliases
from s2sguard.errors import UsageError
from s2sguard.report.printable import printable

if TYPE_CHECKING:
    from s2sguard.azure_policy import Policy, Problem
    from s2sguard.azure_policy.assignment.layering import Step
    from s2sguard.azure_policy.forecast.forecast import Rules
    from s2sguard.azure_policy.language.aliases import AliasCatalogue
    from s2sguard.config import Config

SHARED_BY = 3
"""Rules that a condition is part of before it counts as usual."""
DERIVED = "/derived"
"""What sets the reference id of a derived definition apart from the one of the control's manual definition."""
SUFFIX = ".json"
FilesWithProblems = Sequence[tuple[str, "tuple[Problem, ...]"]]


class NotValidError(Exception):
    """Definitions or parameters that do not compile: every problem of every file."""

    def __init__(self, files: FilesWithProblems) -> None:
        super().__init__("not valid")
        self.files = files


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a report says about one rule."""

    title: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRules:
    """Rules ready to judge, and what a report says about them."""

    title: str
    rules: Rules
    parameters: Mapping[str, Any]
    """Values that differ from the defaults of the definitions or initiative."""
    by_reference: Mapping[str, Rule]
    incomplete: tuple[str, ...] = ()
    """What the derived parameters do not hold, a line for each."""
    notes: tuple[str, ...] = ()
    """What is doubtful about the rules themselves."""

    def rule(self, reference_id: str) -> Rule:
        """Return the title and the message of a rule."""
        return self.by_reference[reference_id]

    @property
    def usual(self) -> frozenset[tuple[str, str]]:
        """Return field and operator of conditions that most rules share: they say what a rule is about, not what is wrong."""
        asked = [set(_asked(step.policy.definition.if_block)) for step in self.rules.steps]
        shared = Counter(pair for pairs in asked for pair in pairs)
        return frozenset(pair for pair, number in shared.items() if number >= SHARED_BY and 2 * number >= len(asked))


def rules_of(arguments: Namespace, given: Mapping[str, Any], config: Config) -> CheckRules:
    """Return what the arguments ask for, compiled; raises NotValidError or UsageError."""
    from s2sguard.azure_policy.shipped.definitions import INITIATIVES, load_aliases, load_initiative

    aliases = read_aliases(arguments.aliases)
    context = None if arguments.today is None else {"utcNow": f"{arguments.today.isoformat()}T00:00:00Z"}
    definitions = tuple(_definitions(arguments.definition))
    if arguments.initiative is not None:
        document, file = read_object(arguments.initiative, "initiative")
        return _of_initiative(document, file, [*definitions, *_ours()], _Circumstances(aliases, given, context))
    if definitions:
        return _side_by_side(definitions, _Circumstances(aliases, given, context))
    initiative = load_initiative()
    how = _Circumstances(aliases or load_aliases(), {**_changed(initiative, configured_parameters(config)), **given}, context)
    found = _of_initiative(initiative, INITIATIVES["static"], tuple(_ours()), how)
    return found if arguments.derived is None else _with_derived(found, arguments.derived, how, arguments.effect)


@dataclass(frozen=True, slots=True)
class _Circumstances:
    """What the rules are compiled and evaluated with."""

    aliases: AliasCatalogue | None
    given: Mapping[str, Any]
    context: Mapping[str, Any] | None


def _definitions(paths: Iterable[str]) -> Iterator[Definition]:
    for path in paths:
        files = sorted(Path(path).rglob(f"*{SUFFIX}")) if Path(path).is_dir() else [Path(path)]
        if not files:
            raise UsageError(f"definition: `{printable(path)}` holds no `*{SUFFIX}` file")
        for file in files:
            document, name = read_object(str(file), "definition")
            yield Definition(document=document, file=name)


def _ours() -> Iterator[Definition]:
    from s2sguard.azure_policy.shipped.definitions import load_definitions

    yield from (Definition(document=each.document, file=each.path, ours=each) for each in load_definitions())


def _changed(initiative: Mapping[str, Any], configured: Mapping[str, Any]) -> dict[str, Any]:
    declared = properties_of(initiative).get("parameters") or {}
    return {name: value for name, value in configured.items() if name in declared and declared[name].get("defaultValue") != value}


def _of_initiative(document: Mapping[str, Any], file: str, definitions: Sequence[Definition], how: _Circumstances) -> CheckRules:
    from s2sguard.azure_policy.assignment.initiative import compile_initiative
    from s2sguard.azure_policy.forecast.forecast import Rules
    from s2sguard.azure_policy.language.outcome import PolicyError

    try:
        initiative = compile_initiative(document, [definition.document for definition in definitions], how.aliases)
        steps = initiative.steps(how.given, how.context)
    except PolicyError as error:
        raise NotValidError([(file, error.problems)]) from None
    by_name = {str(definition.document.get("name", "")).lower(): definition for definition in definitions}
    described = {member.reference_id: by_name.get(member.definition_id.rpartition("/")[2].lower()) for member in initiative.members}
    return CheckRules(
        title=f"{initiative.display_name or file} ({_told(how.given)})",
        rules=Rules(steps),
        parameters=how.given,
        by_reference={name: _rule(found) if found is not None else Rule(title=name, message="") for name, found in described.items()},
        notes=_notes([found for found in described.values() if found is not None], how),
    )


def _with_derived(static: CheckRules, path: str, how: _Circumstances, effect: str | None) -> CheckRules:
    """Return the rules together with the derived initiative, assigned as the document of `policy parameters` says."""
    from s2sguard.azure_policy.assignment.initiative import compile_initiative
    from s2sguard.azure_policy.deploy.derived_document import read_derived
    from s2sguard.azure_policy.forecast.forecast import Rules
    from s2sguard.azure_policy.language.outcome import PolicyError
    from s2sguard.azure_policy.shipped.definitions import load_initiative

    document = read_derived(read_object(path, "derived parameters")[0])
    ours = [definition for definition in _ours() if definition.ours is not None and definition.ours.kind == "derived"]
    initiative = compile_initiative(load_initiative(kind="derived"), [definition.document for definition in ours], how.aliases)
    scoped = []
    for assignment in document.assignments:
        try:
            steps = initiative.steps(with_effect(assignment.parameters, effect), how.context)
        except PolicyError as error:
            raise NotValidError([(path, error.problems)]) from None
        scoped.append((assignment.scope.id, [replace(step, reference_id=f"{step.reference_id}{DERIVED}") for step in steps]))
    rules = {f"{definition.ours.control.id}{DERIVED}": _rule(definition) for definition in ours if definition.ours is not None}
    return CheckRules(
        title=static.title,
        rules=Rules(static.rules.steps, scoped),
        parameters=static.parameters,
        by_reference={**static.by_reference, **rules},
        notes=static.notes,
        incomplete=document.incomplete,
    )


def _side_by_side(definitions: Sequence[Definition], how: _Circumstances) -> CheckRules:
    from s2sguard.azure_policy.forecast.forecast import Rules

    policies = _compiled(definitions, how.aliases)
    steps = [_step(file, policy, how) for file, policy in policies.items()]
    unknown = set(map(str.lower, how.given)).difference(*(policy.parameters for policy in policies.values()))
    if unknown:
        raise UsageError(f"no definition has a parameter `{printable(min(unknown), limit=80)}`")
    titles = ", ".join(definition.title for definition in definitions)
    by_reference = {definition.file: _rule(definition) for definition in definitions}
    return CheckRules(
        title=f"{titles} ({_told(how.given)})",
        rules=Rules(steps),
        parameters=how.given,
        by_reference=by_reference,
        notes=_notes(definitions, how),
    )


def _notes(definitions: Iterable[Definition], how: _Circumstances) -> tuple[str, ...]:
    """Return a line for each alias that may not exist, of definitions that were compiled without a catalogue."""
    from s2sguard.azure_policy.forecast.counted import written_fields

    if how.aliases is not None:
        return ()
    found = ((each.file, problem) for each in definitions for problem in doubtful_aliases(written_fields(each.document)))
    return tuple(f"{file}: {problem.message}{f' ({problem.hint})' if problem.hint else ''}" for file, problem in found)


def _compiled(definitions: Sequence[Definition], aliases: AliasCatalogue | None) -> dict[str, Policy]:
    from s2sguard.azure_policy import PolicyError, compile_policy

    found: dict[str, Policy] = {}
    problems: list[tuple[str, tuple[Problem, ...]]] = []
    for definition in definitions:
        try:
            found[definition.file] = compile_policy(definition.document, aliases)
        except PolicyError as error:
            problems.append((definition.file, error.problems))
    if problems:
        raise NotValidError(problems)
    return found


def _step(file: str, policy: Policy, how: _Circumstances) -> Step:
    from s2sguard.azure_policy import PolicyError
    from s2sguard.azure_policy.assignment.layering import Step

    parameters = {name: value for name, value in how.given.items() if name.lower() in policy.parameters}
    try:
        # Before any resource is looked at, so that a wrong value is told once.
        policy.binder.bind(parameters)
    except PolicyError as error:
        raise NotValidError([(file, error.problems)]) from None
    return Step(reference_id=file, policy=policy, parameters=parameters, context=how.context)


def _rule(definition: Definition) -> Rule:
    title = definition.ours.control.title if definition.ours is not None else definition.title
    return Rule(title=title, message=definition.message)


def _told(parameters: Mapping[str, Any]) -> str:
    """Return the parameters that were set, for a headline."""
    from s2sguard.cli.policy.shown import on_one_line

    told = [f"{name}: {value if isinstance(value, str) else on_one_line(value)}" for name, value in sorted(parameters.items())]
    return ", ".join(told) or "every parameter at its default"


def _asked(condition: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401  # JSON in
    """Yield lowercase field and operator of every field condition."""
    if isinstance(condition, list):
        for each in condition:
            yield from _asked(each)
    elif isinstance(condition, Mapping):
        field = next((value for key, value in condition.items() if key.lower() == "field"), None)
        for key, value in condition.items():
            if isinstance(field, str) and key.lower() != "field":
                yield field.lower(), key.lower()
            elif field is None:
                yield from _asked(value)
