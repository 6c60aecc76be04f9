"""`s2sguard policy states`: where Azure's compliance states and our verdicts are not the same."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from s2sguard.cli.options import configuration, now, request_of
from s2sguard.cli.output import Progress, write
from s2sguard.cli.policy.deployment import inputs_read, session_of
from s2sguard.cli.policy.scopes import read_scope
from s2sguard.model.inventory import fold_id
from s2sguard.report.json_report import lines_of_json
from s2sguard.report.printable import printable
from s2sguard.report.style import count

if TYPE_CHECKING:
    from s2sguard.azure_policy.deploy.scope import Scope
    from s2sguard.azure_policy.deploy.session import Session
    from s2sguard.azure_policy.deploy.states import Assigned, Difference

AGREE, DISAGREE, INCOMPLETE = 0, 1, 3
HEADINGS = {
    "disagree": "AZURE AND WE DISAGREE",
    "azure-not-judged": "AZURE HAS NOT JUDGED",
    "we-not-judged": "WE COULD NOT JUDGE",
    "not-in-input": "NOT IN THIS INPUT",
    "exempt": "EXEMPT IN AZURE, A FINDING HERE",
}
KEYS = ("kind", "control", "resource", "azure", "ours", "assignment")


def run(arguments: Namespace) -> int:
    """Return 1 for a disagreement, 3 where one side has not judged, else 0."""
    from s2sguard.audit import audit
    from s2sguard.azure_policy.deploy.resource_ids import assignment_id, parse_assignment
    from s2sguard.azure_policy.deploy.states import compare, read_states

    scope = read_scope(arguments.scope)
    wanted = {fold_id(assignment_id(*parse_assignment(text))) for text in arguments.assignment}
    progress = Progress()
    try:
        inventory, report = audit(request_of(arguments, configuration(arguments)), now=now, progress=progress)
    finally:
        progress("")
    controls, initiatives = _ours()
    with session_of(arguments) as session:
        assigned = _assigned(session, scope, wanted, initiatives)
        states = read_states(session, scope, assigned, controls)
    known = {resource.key for resource in inventory.resources}
    found = compare(states, report.verdicts, known, assigned, scope)
    write(_json(found, assigned, len(states)) if arguments.format == "json" else _text(found, assigned, len(states)), None)
    return exit_code(found, read=inputs_read(report))


def exit_code(found: Sequence[Difference], *, read: bool) -> int:
    """Return what a run ends with; a disagreement is certain, so it wins."""
    from s2sguard.azure_policy.deploy.states import INCOMPLETE as OPEN

    kinds = {each.kind for each in found}
    if "disagree" in kinds:
        return DISAGREE
    return INCOMPLETE if kinds & OPEN or not read else AGREE


def _ours() -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    """Return control ids by definition name, and the controls of every initiative and definition by its name."""
    from s2sguard.azure_policy.shipped.definitions import load_definitions, load_initiative

    definitions = load_definitions()
    controls = {each.name.lower(): each.control.id for each in definitions}
    initiatives = {name: frozenset({control}) for name, control in controls.items()}
    for derived in (False, True):
        held = frozenset(each.control.id for each in definitions if (each.kind == "derived") == derived)
        if held:
            name = str(load_initiative(kind="derived" if derived else "static")["name"])
            initiatives[name.lower()] = held
    return controls, initiatives


def _assigned(session: Session, scope: Scope, wanted: set[str], initiatives: Mapping[str, frozenset[str]]) -> list[Assigned]:
    from s2sguard.azure_policy.deploy.errors import DeployError
    from s2sguard.azure_policy.deploy.states import find_assignments

    assigned = find_assignments(session, scope, wanted, initiatives)
    missing = wanted - {fold_id(each.id) for each in assigned}
    if missing:
        raise DeployError(f"assignment `{min(missing)}` does not act at `{scope.id}`", hint="check the id, and --scope")
    if not assigned:
        raise DeployError(f"none of our initiatives is assigned at `{scope.id}`", hint="assign one with `s2sguard policy apply`")
    return assigned


def _text(found: Sequence[Difference], assigned: Sequence[Assigned], states: int) -> str:
    lines = []
    for kind, heading in HEADINGS.items():
        members = [each for each in found if each.kind == kind]
        if members:
            lines.append(f"{heading}: {len(members)}")
            lines += _by_resource(members)
            lines.append("")
    counts: Counter[str] = Counter(each.kind for each in found)
    words = ", ".join(f"{counts[kind]} {kind}" for kind in HEADINGS if counts[kind])
    lines.append(f"{count(states, 'compliance state')} of {count(len(assigned), 'assignment')} read: {words or 'no difference'}")
    if not states:
        lines.append("note: Azure judges some minutes after an assignment is made; `az policy state trigger-scan` asks it to")
    return "\n".join(lines) + "\n"


def _by_resource(members: Sequence[Difference]) -> Iterator[str]:
    """Yield each resource once, and below it the controls by what the two sides say."""
    resources = {fold_id(each.resource): each.resource for each in members}
    for key, resource in sorted(resources.items()):
        yield f"  {printable(resource, limit=200)}"
        said: dict[tuple[str, str], list[str]] = {}
        for each in members:
            if fold_id(each.resource) == key:
                said.setdefault((each.azure, each.ours), []).append(each.control)
        for (azure, ours), controls in sorted(said.items()):
            yield f"    Azure: {printable(azure, limit=40)}, we: {ours}: {', '.join(dict.fromkeys(controls))}"


def _json(found: Sequence[Difference], assigned: Sequence[Assigned], states: int) -> str:
    return lines_of_json(
        [
            ("schema_version", "1"),
            ("assignments", [each.id for each in assigned]),
            ("states", states),
            ("differences", [{key: getattr(each, key) for key in KEYS} for each in found]),
        ]
    )
