"""`s2sguard policy test`: one definition on one resource, and why it ends the way it does."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from s2sguard.cli.output import write
from s2sguard.cli.policy.doubts import banner, doubted, note_lines
from s2sguard.cli.policy.inputs import Definition, by_place, find_definition, read_aliases, read_object, read_parameters, with_effect
from s2sguard.cli.policy.problems import problem_lines, problem_nodes
from s2sguard.cli.policy.resources import read_resources
from s2sguard.cli.policy.shown import on_one_line, or_unknown, plain, value_of
from s2sguard.cli.policy.trace_text import trace_lines
from s2sguard.errors import UsageError
from s2sguard.report.json_report import lines_of_json
from s2sguard.report.printable import printable
from s2sguard.report.style import Colour, Style, count, some, style_for

if TYPE_CHECKING:
    from s2sguard.azure_policy import Evaluation, Policy, Problem
    from s2sguard.azure_policy.shipped.confirmed import Doubt

NO_EFFECT, APPLIES, NOT_VALID, NO_ANSWER = 0, 1, 2, 3
SCHEMA_VERSION = "1"
INDENT = 14
MAX_NAMES = 8
CONSEQUENCES: Mapping[str, str] = {
    "deny": "Azure refuses the request (403, RequestDisallowedByPolicy); a resource that exists stays, as NonCompliant",
    "audit": "Azure lets the request through and reports the resource as NonCompliant",
    "auditIfNotExists": "Azure lets the request through and reports the resource as NonCompliant, as what it asks for is not there",
    "deployIfNotExists": "Azure lets the request through and then deploys what is missing",
    "append": "Azure adds to the request before it goes on",
    "modify": "Azure changes the request before it goes on",
    "mutate": "the data plane changes the request before it goes on",
    "denyAction": "Azure refuses to delete the resource (403)",
    "manual": "nothing is refused: Azure waits for an attestation, and `s2sguard policy attest` publishes what a scan found",
    "addToNetworkGroup": "the resource joins the network group",
    "auditAction": "built-in definitions only, and not documented: Azure lets the action through and records it",
    "enforceSetting": "built-in definitions only, and not documented: the service enforces the setting",
    "enforceOPAConstraint": "retired: the cluster enforces the constraint",
    "enforceRegoPolicy": "retired: the cluster enforces the policy",
    "disabled": "the rule matches and is switched off",
    "error": "the evaluation fails, and Azure then denies the request, whatever the effect is",
    "unknown": "no answer: what the rule asks for is not in the input, and unknown is not compliant",
}
UNCHANGED = "Azure cannot make the change, and the request goes through unchanged"
NOT_CERTAIN = "no answer: correct the definition, or give the aliases that exist with --aliases, and ask again"
COLOURS: Mapping[str, Colour] = {"deny": "red", "error": "red", "denyAction": "red", "unknown": "yellow"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The outcome for one resource."""

    resource: Mapping[str, Any]
    evaluation: Evaluation
    parameters: Mapping[str, Any]
    context: Mapping[str, Any] | None
    doubtful: bool = False
    """True where it hangs on aliases that may not exist."""


def run(arguments: Namespace) -> int:
    """Evaluate, print, and return the worst exit code of all resources."""
    from s2sguard.azure_policy import PolicyError, compile_policy

    definition = find_definition(arguments.definition)
    aliases = _aliases(arguments, definition)
    try:
        policy = compile_policy(definition.document, aliases)
    except PolicyError as error:
        return _not_valid(arguments, definition, [(definition.file, error.problems)])
    doubts, notes = _doubtful(definition) if aliases is None else ((), ())
    try:
        results = [*_results(arguments, definition, policy, doubts)]
    except PolicyError as error:
        places = by_place(error.problems, effect=arguments.effect, parameters=arguments.parameters)
        return _not_valid(arguments, definition, places)
    warnings = (*policy.warnings, *notes)
    if arguments.format == "json":
        write(_json(definition, (*warnings, *(doubt.problem for doubt in doubts)), results), None)
    else:
        style = style_for(sys.stdout, os.environ)
        blocks = "\n\n".join("\n".join(block) for block in _blocks(definition, policy, results, style))
        write("\n".join([*banner(doubts, style), blocks]) + "\n", None)
        print(*note_lines(warnings, style_for(sys.stderr, os.environ)), sep="\n", end="\n" if warnings else "", file=sys.stderr)
    return max([NO_ANSWER if doubts else NO_EFFECT, *(exit_code(result.evaluation) for result in results)])


def exit_code(evaluation: Evaluation) -> int:
    """Return 0 for no effect and for manual, which stops nothing; 1 for an effect; 3 for an error and for unknown."""
    if evaluation.compliant or evaluation.effect == "manual":
        return NO_EFFECT
    return NO_ANSWER if evaluation.effect in {"error", "unknown"} else APPLIES


def _aliases(arguments: Namespace, definition: Definition) -> Any:  # noqa: ANN401  # a catalogue or none
    from s2sguard.azure_policy.shipped.definitions import load_aliases

    return read_aliases(arguments.aliases) or (load_aliases() if definition.ours is not None else None)


def _doubtful(definition: Definition) -> tuple[tuple[Doubt, ...], tuple[Problem, ...]]:
    """Return the aliases that the whole answer hangs on, and notes about others."""
    from s2sguard.azure_policy.shipped.confirmed import hold_against_confirmed

    held = hold_against_confirmed(definition.document)
    others = tuple(doubt.problem for doubt in held.doubts if not doubt.decides)
    return tuple(doubt for doubt in held.doubts if doubt.decides), (*others, *held.unchecked)


def _results(arguments: Namespace, definition: Definition, policy: Policy, doubts: tuple[Doubt, ...]) -> Iterator[Result]:
    declared = policy.parameters.get("effect")
    if arguments.effect is not None and definition.declares("effect") is None:
        raise UsageError("the definition has no parameter `effect`, so --effect changes nothing", hint="leave it out")
    allowed = (declared.allowed if declared is not None else None) or ()
    parameters = with_effect(read_parameters(arguments.parameters, policy.parameters), arguments.effect, allowed)
    context = read_object(arguments.context, "context")[0] if arguments.context is not None else None
    related = read_resources(arguments.related) if arguments.related is not None else None
    for resource in read_resources(arguments.resource):
        found = policy.evaluate(resource, parameters, context, arguments.api_version, related).masked
        judged = doubted(found, doubts)
        yield Result(resource=resource, evaluation=judged, parameters=parameters, context=context, doubtful=judged is not found)


def _not_valid(arguments: Namespace, definition: Definition, places: list[tuple[str, tuple[Problem, ...]]]) -> int:
    """Print what is wrong: as part of the answer for machines, as an error for people."""
    if arguments.format == "json":
        nodes = [node for place, problems in places for node in problem_nodes(place, problems)]
        write(lines_of_json([("schema_version", SCHEMA_VERSION), ("definition", _named(definition)), ("problems", nodes)]), None)
    else:
        style = style_for(sys.stderr, os.environ)
        lines = [line for place, problems in places for line in problem_lines(place, problems, style)]
        print("\n".join(["error: the definition or a parameter is not valid", *lines]), file=sys.stderr)
    return NOT_VALID


def _blocks(definition: Definition, policy: Policy, results: list[Result], style: Style) -> Iterator[Iterable[str]]:
    """Yield what is printed for each resource; of several, those without an effect are only named."""
    shown = [result for result in results if result.evaluation.effect is not None or len(results) == 1]
    yield from (_text(definition, policy, result, style) for result in shown)
    if rest := [_label(result.resource, "name") for result in results if result not in shown]:
        yield style.wrap(f"{style.paint('NO EFFECT', 'bold')}  on {count(len(rest), 'resource')}: {some(rest, MAX_NAMES)}", rest="  ")


def _label(resource: Mapping[str, Any], key: str) -> str:
    return printable(str(plain(resource.get(key)) or ""), limit=80)


def _text(definition: Definition, policy: Policy, result: Result, style: Style) -> Iterator[str]:
    from s2sguard.azure_policy.forecast.counted import counted_values

    evaluation = result.evaluation
    head = evaluation.effect or "no effect"
    names = (_label(result.resource, "name"), _label(result.resource, "type"))
    yield "  ".join(filter(None, (style.paint(head.upper(), COLOURS.get(head, "bold")), *names)))
    yield from _row(style, "definition", printable(definition.title))
    if evaluation.reason:
        yield from _row(style, "reason", printable(evaluation.reason))
    yield from trace_lines(
        evaluation.trace,
        style,
        first="  because".ljust(INDENT),
        resource_type=str(result.resource.get("type", "")),
        counted=lambda condition: counted_values(policy, condition.pointer, result.resource, result.parameters, result.context),
    )
    if evaluation.details:
        yield from _row(style, "details", on_one_line(dict(evaluation.details)))
    yield from _row(style, "so", NOT_CERTAIN if result.doubtful else _consequence(result))
    if not evaluation.compliant and definition.message and not result.doubtful:
        yield from _row(style, "to do", printable(definition.message))


def _consequence(result: Result) -> str:
    """Return what Azure does; an append or modify that cannot make its change is a refusal, or no change at all."""
    from s2sguard.azure_policy.assignment.layering import CHANGING, denies_request

    effect = result.evaluation.effect or ""
    if effect in CHANGING and result.evaluation.details.get("conflicts"):
        return CONSEQUENCES["deny"] if denies_request(result.evaluation, result.context) else UNCHANGED
    return CONSEQUENCES.get(effect, "the definition lets the resource through")


def _row(style: Style, label: str, text: str) -> list[str]:
    return style.wrap(text, first=f"  {label}".ljust(INDENT))


def _named(definition: Definition) -> dict[str, Any]:
    found = {"title": definition.title, "file": definition.file}
    return found if definition.ours is None else {**found, "control": definition.ours.control.id}


def _json(definition: Definition, warnings: tuple[Problem, ...], results: list[Result]) -> str:
    members: list[tuple[str, object]] = [
        ("schema_version", SCHEMA_VERSION),
        ("definition", _named(definition)),
        ("results", [_node(definition, result) for result in results]),
        ("warnings", problem_nodes(definition.file, warnings)),
    ]
    return lines_of_json(members)


def _node(definition: Definition, result: Result) -> dict[str, Any]:
    evaluation = result.evaluation
    node: dict[str, Any] = {
        "resource": {key: plain(result.resource[key]) for key in ("type", "name", "id") if key in result.resource},
        "effect": evaluation.effect,
        "compliant": evaluation.compliant,
        "reason": evaluation.reason,
        "details": plain(dict(evaluation.details)),
        "trace": [trace_node(each) for each in evaluation.trace],
    }
    return {**node, "to_do": definition.message} if not evaluation.compliant and definition.message else node


def trace_node(condition: Any) -> dict[str, Any]:  # noqa: ANN401  # outcome.Evaluated, not imported for the sake of start-up
    """Return one deciding condition with the names of Azure's `evaluatedExpressions`."""
    return {
        "pointer": condition.pointer,
        "expressionKind": condition.kind,
        "expression": condition.expression,
        "expressionValue": value_of(condition.expression, or_unknown(condition.expression_value, condition.unknown)),
        "operator": condition.operator,
        "targetValue": plain(or_unknown(condition.target_value, condition.target_unknown)),
        "result": condition.result,
    }
