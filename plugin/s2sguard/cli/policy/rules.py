"""What `policy check` evaluates: our initiative, an initiative of the user's, or definitions side by side."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from s2sguard.cli.policy.circumstances import Circumstances, NotValidError, held
from s2sguard.cli.policy.inputs import (
    Definition,
    configured_parameters,
    properties_of,
    read_aliases,
    read_object,
    title_of,
    with_effect,
)
from s2sguard.errors import UsageError
from s2sguard.report.printable import printable

if TYPE_CHECKING:
    from s2sguard.azure_policy import Policy, Problem
    from s2sguard.azure_policy.assignment.layering import Step
    from s2sguard.azure_policy.forecast.forecast import Rules
    from s2sguard.azure_policy.language.aliases import AliasCatalogue
    from s2sguard.azure_policy.shipped.confirmed import Doubt
    from s2sguard.config import Config

SHARED_BY = 3
"""Rules that a condition is part of before it counts as usual."""
DERIVED = "/derived"
"""What sets the reference id of a derived definition apart from the one of the control's manual definition."""
SUFFIX = ".json"
EFFECT = "effect"


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
    effect: str | None = None
    """The effect that the rules are assigned with; None where each has its own."""
    could_be_derived: frozenset[str] = frozenset()
    """Reference ids of manual definitions that `--derived` would have a rule for."""
    incomplete: tuple[str, ...] = ()
    """What the derived parameters do not hold, a line for each."""
    notes: tuple[str, ...] = ()
    """What is doubtful about the rules themselves."""
    doubts: Mapping[str, tuple[Doubt, ...]] = field(default_factory=dict)
    """Reference id -> aliases that may not exist, of rules that decide nothing for that reason."""

    def rule(self, reference_id: str) -> Rule:
        """Return the title and the message of a rule."""
        return self.by_reference[reference_id]

    @property
    def usual(self) -> frozenset[tuple[str, str]]:
        """Return field or value, and operator, of conditions that most rules share: they say what a rule is about, not what is wrong."""
        asked = [set(_asked(step.policy.definition.if_block)) for step in self.rules.steps]
        shared = Counter(pair for pairs in asked for pair in pairs)
        return frozenset(pair for pair, number in shared.items() if number >= SHARED_BY and 2 * number >= len(asked))


def rules_of(arguments: Namespace, given: Mapping[str, Any], config: Config) -> CheckRules:
    """Return what the arguments ask for, compiled; raises NotValidError or UsageError."""
    from s2sguard.azure_policy.shipped.definitions import INITIATIVES, load_aliases, load_initiative
    from s2sguard.azure_policy.shipped.settings import not_expressed

    aliases = read_aliases(arguments.aliases)
    context = None if arguments.today is None else {"utcNow": f"{arguments.today.isoformat()}T00:00:00Z"}
    how = Circumstances(aliases, given, context, arguments.effect, arguments.parameters)
    definitions = tuple(_definitions(arguments.definition))
    if arguments.derived is not None and (arguments.initiative is not None or definitions):
        raise UsageError("--derived goes with our own initiative", hint="leave out --initiative and --definition")
    if arguments.initiative is not None:
        document, file = read_object(arguments.initiative, "initiative")
        return _of_initiative(document, file, [*definitions, *_ours()], how)
    if definitions:
        return _side_by_side(definitions, how)
    initiative = load_initiative()
    how = replace(how, aliases=aliases or load_aliases(), given={**_changed(initiative, configured_parameters(config)), **given})
    found = _of_initiative(initiative, INITIATIVES["static"], tuple(_ours()), how)
    found = replace(found, notes=(*found.notes, *not_expressed(config.identity)))
    if arguments.derived is not None:
        return _with_derived(found, arguments.derived, how, arguments.effect)
    return replace(found, could_be_derived=frozenset(each.ours.control.id for each in _ours() if each.ours and each.ours.kind == "derived"))


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


def _of_initiative(document: Mapping[str, Any], file: str, definitions: Sequence[Definition], how: Circumstances) -> CheckRules:
    from s2sguard.azure_policy.assignment.initiative import compile_initiative
    from s2sguard.azure_policy.forecast.forecast import Rules
    from s2sguard.azure_policy.language.outcome import PolicyError

    try:
        initiative = compile_initiative(document, [definition.document for definition in definitions], how.aliases)
    except PolicyError as error:
        raise NotValidError([(file, error.problems)]) from None
    how = how.fitted(initiative.parameters)
    try:
        steps = initiative.steps(how.given, how.context)
    except PolicyError as error:
        raise how.refused(error.problems, file) from None
    by_name = {str(definition.document.get("name", "")).lower(): definition for definition in definitions}
    described = {member.reference_id: by_name.get(member.definition_id.rpartition("/")[2].lower()) for member in initiative.members}
    effect = _assigned_effect([properties_of(document).get("parameters") or {}], how.given)
    return CheckRules(
        title=f"{initiative.display_name or file} ({_told(how.given, effect)})",
        rules=Rules(steps),
        parameters=how.given,
        effect=effect,
        by_reference={name: _rule(found) if found is not None else Rule(title=name, message="") for name, found in described.items()},
        **held(described, how),
    )


def _with_derived(static: CheckRules, path: str, how: Circumstances, effect: str | None) -> CheckRules:
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
    return replace(
        static, rules=Rules(static.rules.steps, scoped), by_reference={**static.by_reference, **rules}, incomplete=document.incomplete
    )


def _side_by_side(definitions: Sequence[Definition], how: Circumstances) -> CheckRules:
    from s2sguard.azure_policy.forecast.forecast import Rules

    policies = _compiled(definitions, how.aliases)
    steps = [_step(file, policy, how) for file, policy in policies.items()]
    unknown = set(map(str.lower, how.given)).difference(*(policy.parameters for policy in policies.values()))
    if unknown:
        raise UsageError(f"no definition has a parameter `{printable(min(unknown), limit=80)}`")
    titles = ", ".join(definition.title for definition in definitions)
    by_reference = {definition.file: _rule(definition) for definition in definitions}
    effect = _assigned_effect([definition.properties.get("parameters") or {} for definition in definitions], how.given)
    return CheckRules(
        title=f"{titles} ({_told(how.given, effect)})",
        rules=Rules(steps),
        parameters=how.given,
        effect=effect,
        by_reference=by_reference,
        **held({definition.file: definition for definition in definitions}, how),
    )


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


def _step(file: str, policy: Policy, how: Circumstances) -> Step:
    from s2sguard.azure_policy import PolicyError
    from s2sguard.azure_policy.assignment.layering import Step

    given = how.fitted(policy.parameters).given
    parameters = {name: value for name, value in given.items() if name.lower() in policy.parameters}
    try:
        # Before any resource is looked at, so that a wrong value is told once.
        policy.binder.bind(parameters)
    except PolicyError as error:
        raise how.refused(error.problems, file) from None
    return Step(reference_id=file, policy=policy, parameters=parameters, context=how.context)


def _rule(definition: Definition) -> Rule:
    title = title_of(definition.ours) if definition.ours is not None else definition.title
    return Rule(title=title, message=definition.message)


def _told(parameters: Mapping[str, Any], effect: str | None) -> str:
    """Return the effect and the parameters that were set, for a headline."""
    from s2sguard.cli.policy.shown import on_one_line

    shown = {name: value for name, value in parameters.items() if effect is None or name.lower() != EFFECT}
    told = [f"{name}: {value if isinstance(value, str) else on_one_line(value)}" for name, value in sorted(shown.items())]
    if effect is not None:
        told = [f"effect: {effect}", *told]
    return ", ".join(told) or "every parameter at its default"


def _assigned_effect(declarations: Sequence[Mapping[str, Any]], given: Mapping[str, Any]) -> str | None:
    """Return the value of the parameter `effect`, where all of the `declarations` have it and agree; None otherwise."""
    found: set[object] = set()
    for declared in declarations:
        name = next((name for name in declared if name.lower() == EFFECT), None)
        values = [value for each, value in given.items() if each.lower() == EFFECT and name is not None]
        declaration = declared.get(name) if name is not None else None
        default = declaration.get("defaultValue") if isinstance(declaration, Mapping) else None
        found.add(str(values[0] if values else default) if values or default is not None else None)
    effect = found.pop() if len(found) == 1 else None
    return effect if isinstance(effect, str) else None


def _asked(condition: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401  # JSON in
    """Yield lowercase field, or value, and operator of every condition that looks at one."""
    if isinstance(condition, list):
        for each in condition:
            yield from _asked(each)
    elif isinstance(condition, Mapping):
        subject = next((key for key in condition if key.lower() in {"field", "value"}), None)
        looked_at = condition[subject] if subject is not None else None
        for key, value in condition.items():
            if isinstance(looked_at, str) and key != subject:
                yield looked_at.lower(), key.lower()
            elif subject is None:
                yield from _asked(value)
