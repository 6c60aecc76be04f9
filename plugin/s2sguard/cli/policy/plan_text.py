"""A plan as text for people and as JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from s2sguard.cli.policy.deployment import shown
from s2sguard.cli.policy.masking import shown_changes
from s2sguard.report.json_report import lines_of_json
from s2sguard.report.printable import printable
from s2sguard.report.style import Colour, Style, count

if TYPE_CHECKING:
    from s2sguard.azure_policy.deploy.desired import Wish
    from s2sguard.azure_policy.deploy.plan import Plan, Step

SCHEMA_VERSION = "1"
SIGNS: dict[str, tuple[str, Colour]] = {
    "create": ("+", "green"),
    "update": ("~", "yellow"),
    "refused": ("!", "red"),
    "stale": ("?", "dim"),
}
"""Every action that is told step by step; what is unchanged is only counted."""
MAX_CHANGES = 30
"""Changed properties of one object that are shown."""


def as_text(plan: Plan, wish: Wish, style: Style) -> str:
    """Return the plan as lines: the steps, the counts, the notes."""
    lines = [style.paint(f"plan for {printable(wish.scope.id)}", "bold")]
    if wish.home != wish.scope:
        lines.append(f"definitions and initiatives at {printable(wish.home.id)}")
    lines.append("")
    for step in plan.steps:
        if step.action in SIGNS:
            lines += _step(step, style)
    if len(lines) > 2 and lines[-1]:
        lines.append("")
    lines.append(summary(plan))
    for note in plan.notes:
        lines += style.wrap(printable(note), first="note: ")
    return "\n".join(lines) + "\n"


def summary(plan: Plan) -> str:
    """Return the counts in one line."""
    numbers = {
        action: sum(step.action == action for step in plan.steps) for action in ("create", "update", "unchanged", "refused", "stale")
    }
    if not plan.pending and not plan.refused:
        stale = f"; {numbers['stale']} stale" if numbers["stale"] else ""
        return f"nothing to do: {count(numbers['unchanged'], 'object')} as it should be{stale}"
    words = {"create": "to create", "update": "to update", "unchanged": "unchanged", "refused": "refused", "stale": "stale"}
    return ", ".join(f"{numbers[action]} {text}" for action, text in words.items() if numbers[action])


def as_json(plan: Plan, wish: Wish) -> str:
    """Return one JSON object; equal plans give equal bytes."""
    return lines_of_json(
        [
            ("schema_version", SCHEMA_VERSION),
            ("scope", wish.scope.id),
            ("definitions_at", wish.home.id),
            ("pending", len(plan.pending)),
            ("refused", len(plan.refused)),
            ("steps", [_node(step) for step in plan.steps]),
            ("notes", list(plan.notes)),
        ]
    )


def line_of(step: Step) -> str:
    """Return what a step is about, on one line."""
    return f"{step.action.ljust(8)} {step.kind.ljust(10)} {printable(step.name, limit=64)}  {printable(step.title, limit=90)}".rstrip()


def _step(step: Step, style: Style) -> Iterator[str]:
    sign, colour = SIGNS[step.action]
    yield f"  {style.paint(sign, colour)} {line_of(step)}"
    if step.reason:
        yield from style.wrap(printable(step.reason), first="      ")
    for change in [*shown_changes(step.changes)][:MAX_CHANGES]:
        pointer = printable(change.pointer.lstrip("/"), limit=120)
        yield f"      {pointer}: {shown(change.before)} -> {shown(change.after)}"
    if len(step.changes) > MAX_CHANGES:
        yield f"      and {count(len(step.changes) - MAX_CHANGES, 'more change', 'more changes')}"


def _node(step: Step) -> dict[str, Any]:
    node: dict[str, Any] = {"action": step.action, "kind": step.kind, "name": step.name, "id": step.id, "title": step.title}
    if step.reason:
        node["reason"] = step.reason
    if step.changes:
        node["changes"] = [{"pointer": each.pointer, "before": each.before, "after": each.after} for each in shown_changes(step.changes)]
    return json.loads(json.dumps(node, default=str))  # type: ignore[no-any-return]  # an object goes in
