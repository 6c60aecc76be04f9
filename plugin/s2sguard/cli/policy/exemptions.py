"""`s2sguard policy exemptions export|import`: Azure's exemptions as waivers, and waivers as exemptions."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from s2sguard.cli.output import check_output, write
from s2sguard.cli.policy.deployment import session_of, today_of
from s2sguard.cli.policy.scopes import read_scope
from s2sguard.errors import UsageError
from s2sguard.model.inventory import fold_id
from s2sguard.report.printable import printable
from s2sguard.report.style import count

if TYPE_CHECKING:
    from s2sguard.azure_policy.deploy.exemptions import ExemptionStep, Target
    from s2sguard.azure_policy.deploy.session import Session

INCOMPLETE = 3


def run(arguments: Namespace) -> int:
    """Return 3 where something could not be turned into the other, else 0."""
    return _export(arguments) if arguments.direction == "export" else _import(arguments)


def _export(arguments: Namespace) -> int:
    import yaml

    from s2sguard.azure_policy.deploy.exemptions import read_exemptions, to_waivers
    from s2sguard.azure_policy.deploy.states import find_assignments
    from s2sguard.evaluate.acceptance import waivers_document

    check_output(arguments.output)
    scope = read_scope(arguments.scope)
    held = _held()
    with session_of(arguments) as session:
        names = {name: frozenset(references.values()) for name, references in held.items()}
        assigned = find_assignments(session, scope, (), names)
        found = read_exemptions(session, scope)
    # An assignment above or beside the scope has exemptions here too; what it holds is told by its definition's name.
    references = {fold_id(each.id): _references(held, each.controls) for each in assigned}
    exported = to_waivers(found, references, today_of(arguments))
    text = yaml.safe_dump(waivers_document(exported.waivers), sort_keys=False, allow_unicode=False, width=1000)
    write(text, arguments.output)
    for line in exported.left_out:
        print(f"left out: {printable(line, limit=400)}", file=sys.stderr)
    return INCOMPLETE if exported.left_out else 0


def _import(arguments: Namespace) -> int:
    from s2sguard.azure_policy.deploy.exemptions import Target, carry_out, plan_import
    from s2sguard.azure_policy.deploy.resource_ids import parse_assignment
    from s2sguard.config.accepted import read_waivers_file

    waivers = read_waivers_file(arguments.waivers)
    scope, name = parse_assignment(arguments.assignment)
    with session_of(arguments) as session:
        target = Target(scope=scope, name=name, references=_assigned_references(session, arguments.assignment))
        steps = plan_import(session, waivers, target, today_of(arguments))
        write(_text(steps, target), None)
        written = carry_out(session, steps, lambda _: None) if arguments.yes else 0
    if pending := sum(step.action in {"create", "update"} for step in steps):
        write(f"{count(written, 'exemption')} written\n" if written == pending else "nothing was written; --yes writes\n", None)
    return INCOMPLETE if any(step.action == "refused" for step in steps) else 0


def _held() -> dict[str, dict[str, str]]:
    """Return what our initiatives hold, by lower-case name: lower-case reference id -> control. A definition alone has the reference ``."""
    from s2sguard.azure_policy.shipped.definitions import load_definitions, load_initiative

    definitions = load_definitions()
    found: dict[str, dict[str, str]] = {each.name.lower(): {"": each.control.id} for each in definitions}
    for derived in (False, True):
        members = [each for each in definitions if (each.kind == "derived") == derived]
        if members:
            initiative = load_initiative(kind="derived" if derived else "static")
            found[str(initiative["name"]).lower()] = {each.reference_id.lower(): each.control.id for each in members}
    return found


def _references(held: Mapping[str, Mapping[str, str]], controls: frozenset[str]) -> Mapping[str, str]:
    return next((references for references in held.values() if frozenset(references.values()) == controls), {})


def _assigned_references(session: Session, assignment: str) -> dict[str, str | None]:
    """Return the reference id of each control that an assignment holds; raises UsageError where it holds none of ours."""
    from s2sguard.azure_policy.deploy.calls import azure_call
    from s2sguard.azure_policy.deploy.resource_ids import parse_assignment

    scope, name = parse_assignment(assignment)
    client = session.policy(scope.client_subscription)
    with azure_call("reading the assignment", assignment):
        body: dict[str, Any] = client.policy_assignments.get(scope.id.lstrip("/"), name).as_dict()
        target = str(body["properties"]["policyDefinitionId"]).rpartition("/")[2].lower()
    references = _held().get(target)
    if references is None:
        raise UsageError("the assignment holds none of our definitions", hint="give the id of one that `policy apply` made")
    # Ours have the control id as reference id (facts 5.9).
    return {control: None if reference == "" else control for reference, control in references.items()}


def _text(steps: Sequence[ExemptionStep], target: Target) -> str:
    lines = [f"exemptions from {printable(target.id)}", ""]
    for step in steps:
        if step.action == "unchanged":
            continue
        about = f"pair {step.waiver.pair}" if step.waiver.pair else step.waiver.about
        until = step.waiver.expires or "no valid day"
        lines.append(f"  {step.action.ljust(8)} {step.waiver.control}  until {until}  {printable(about, limit=200)}")
        if step.reason:
            lines.append(f"           {printable(step.reason, limit=300)}")
    counts = Counter(step.action for step in steps)
    lines += [""] if len(lines) > 2 else []
    lines.append(
        ", ".join(f"{counts[name]} {name}" for name in ("create", "update", "unchanged", "refused") if counts[name]) or "no waivers"
    )
    return "\n".join(lines) + "\n"
