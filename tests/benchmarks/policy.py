"""Our initiative on generated connections, sites and gateways: evaluations per second, how they grow, and what a trace costs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson

from s2sguard.azure_policy import Policy, compile_policy
from s2sguard.azure_policy.assignment.initiative import Initiative, compile_initiative
from s2sguard.azure_policy.shipped.definitions import ControlDefinition, load_definitions, load_initiative
from samples.fleet.generate import Fleet
from tests.benchmarks.measure import MS, Row, Scale, Section, collector, exponent, in_turns, ms
from tests.unit.azure_policy.naive import Naive

MOST_EXPONENT = 1.1
LEAST_RATIO = 5.0
PER_GATEWAY = 30
KINDS = ("connections", "localNetworkGateways", "virtualNetworkGateways")
NAIVE_RESOURCES = 100
"""The naive evaluator is timed on this many, and extrapolated by their number: it remembers nothing between them."""
WHY_GROWTH = "the working set no longer fits the processor's caches; each resource is judged on its own"
WHY_RATIO = "most evaluations end at the first condition, the resource's type, which costs a call in either evaluator"

Resource = Mapping[str, Any]


def run(scale: Scale) -> Section:
    """Measure compiling, then every size, then what is compared."""
    definitions = [one for one in load_definitions() if one.kind != "derived"]
    policies = [one.policy for one in definitions]
    initiative = shipped_initiative()
    sizes = [size // 10 for size in scale.sizes]
    rows = _compiling(definitions, scale)
    times: list[tuple[int, float]] = []
    repeats = {size: scale.repeats if size < sizes[-1] else max(1, scale.repeats // 2 + 1) for size in sizes}
    rows += [_at(initiative, size, repeats[size], times) for size in sizes]
    rows.append(
        Row(
            what=f"growth exponent, {times[0][0]:,} to {times[-1][0]:,} resources",
            value=exponent(times[0], times[-1]),
            unit="",
            seen=f"{ms(times[0][1])} and {ms(times[-1][1])}",
            aim=MOST_EXPONENT,
            why_short=WHY_GROWTH,
        )
    )
    rows += [*_compared(definitions, policies, scale, sizes[0]), _parsed(initiative, scale, sizes[0])]
    notes = (
        f"`policies/initiative.json`: {len(policies)} definitions with their defaults; an evaluation is one definition on one resource.",
        "Of 61 resources 30 are connections, 30 sites and one a gateway; they have all members Azure returns.",
        "A fifth of the connections has one mistake.",
        "Compiled once; the cycle collector is off, as in a run of the product. Nothing is kept but the effect.",
        "The naive evaluator is that of the tests: it walks the rule, and copies the resource for `count`.",
        "Before anything is timed, both give the same effects.",
    )
    return Section(title="Azure Policy", notes=notes, rows=tuple(rows))


@lru_cache(maxsize=4)
def estate(size: int) -> tuple[Resource, ...]:
    """Return this many connections, sites and gateways."""
    fleet = Fleet(partners=PER_GATEWAY, spokes=0, mistakes=0.2, seed=1)
    found: list[Resource] = []
    number = 0
    while len(found) < size:
        found += [resource for resource in fleet.gateway(number) if resource["type"].endswith(KINDS)]
        number += 1
    return tuple(found[:size])


def shipped_initiative() -> Initiative:
    """Compile the static initiative of the pack."""
    return compile_initiative(load_initiative(), [one.document for one in load_definitions()])


def judge_all(initiative: Initiative, resources: Sequence[Resource]) -> int:
    """Evaluate the initiative on everything; return how many resources it has something to say of."""
    return sum(initiative.evaluate(resource).effect is not None for resource in resources)


def judge(policies: Sequence[Policy], resources: Sequence[Resource]) -> int:
    """Evaluate everything; return how often there was an effect."""
    return sum(policy.evaluate(resource).effect is not None for resource in resources for policy in policies)


def explain(policies: Sequence[Policy], resources: Sequence[Resource]) -> int:
    """Evaluate everything and read each trace; return how many lines they have."""
    return sum(len(policy.evaluate(resource).trace) for resource in resources for policy in policies)


def _compiling(definitions: Sequence[ControlDefinition], scale: Scale) -> list[Row]:
    documents = [one.document for one in definitions]
    tasks = {"definitions": lambda: [compile_policy(document) for document in documents], "initiative": shipped_initiative}
    taken = in_turns(tasks, scale.repeats)
    sizes = f"{ms(taken['definitions'] / len(documents))} each, {sum(len(json.dumps(one)) for one in documents) / 1024:.0f} KB"
    return [
        Row(what=f"compile {len(documents)} definitions", value=taken["definitions"] * MS, unit="ms", seen=sizes),
        Row(what="compile the initiative with its definitions", value=taken["initiative"] * MS, unit="ms", seen=""),
    ]


def _at(initiative: Initiative, size: int, repeats: int, times: list[tuple[int, float]]) -> Row:
    resources = estate(size)
    with collector(on=False):
        taken = in_turns({"judge": lambda: judge_all(initiative, resources)}, repeats)["judge"]
    times.append((size, taken))
    evaluations = size * len(initiative.members)
    return Row(
        what=f"evaluations per second, {size:,} resources",
        value=evaluations / taken,
        unit="/s",
        seen=f"{evaluations:,} in {ms(taken)}, {ms(taken / size)} for a resource",
        better="more",
    )


def _compared(definitions: Sequence[ControlDefinition], policies: Sequence[Policy], scale: Scale, size: int) -> list[Row]:
    resources = estate(size)[:NAIVE_RESOURCES]
    rules = [(one.document["properties"]["policyRule"], _defaults(one)) for one in definitions]

    def naively() -> list[str | None]:
        return [Naive(rule, resource, parameters=values).effect() for resource in resources for rule, values in rules]

    found = [policy.evaluate(resource).effect for resource in resources for policy in policies]
    expected = naively()
    assert [one and one.lower() for one in found] == expected, "the two evaluators disagree"
    with collector(on=False):
        taken = in_turns(
            {"naive": naively, "judge": lambda: judge(policies, resources), "explain": lambda: explain(policies, resources)}, scale.repeats
        )
    ratio = Row(
        what=f"naive evaluator / ours, {len(resources)} resources",
        value=taken["naive"] / taken["judge"],
        unit="x",
        seen=f"{ms(taken['naive'])} / {ms(taken['judge'])}",
        aim=LEAST_RATIO,
        better="more",
        why_short=WHY_RATIO,
    )
    trace = Row(
        what="evaluation with its trace / without",
        value=taken["explain"] / taken["judge"],
        unit="x",
        seen=f"{ms(taken['explain'])} / {ms(taken['judge'])}, {explain(policies, resources):,} lines",
    )
    return [ratio, trace]


def _parsed(initiative: Initiative, scale: Scale, size: int) -> Row:
    resources = estate(size)
    content = orjson.dumps(resources)
    with collector(on=False):
        taken = in_turns({"judge": lambda: judge_all(initiative, resources), "parse": lambda: orjson.loads(content)}, scale.repeats)
    return Row(
        what=f"the whole initiative / `orjson.loads`, {size:,} resources",
        value=taken["judge"] / taken["parse"],
        unit="x",
        seen=f"{ms(taken['judge'])} / {ms(taken['parse'])}, {len(content) / 1e6:.2f} MB",
    )


def _defaults(definition: ControlDefinition) -> dict[str, Any]:
    declared: Mapping[str, Mapping[str, Any]] = definition.document["properties"].get("parameters") or {}
    return {name: one["defaultValue"] for name, one in declared.items() if "defaultValue" in one}
