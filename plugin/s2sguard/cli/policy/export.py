"""`s2sguard policy export`: our definitions in the form another tool deploys."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from s2sguard.cli.options import configuration
from s2sguard.cli.output import OutputError, write
from s2sguard.cli.policy.inputs import check_parameters, configured_parameters, read_object, read_parameters, with_effect
from s2sguard.cli.policy.scopes import read_scope
from s2sguard.errors import UsageError
from s2sguard.report.printable import printable
from s2sguard.report.style import count

if TYPE_CHECKING:
    from s2sguard.azure_policy.deploy.derived_document import DerivedDocument
    from s2sguard.azure_policy.deploy.scope import Scope
    from s2sguard.azure_policy.export import Assignment, Exporter, Level

FILE_END = ".json"
INCOMPLETE = 3
WHOLE: Mapping[Level, str] = {"subscription": "the template for a subscription", "managementGroup": "the template for a management group"}
NO_SCOPE: Mapping[str, str] = {
    "arm": "one file holds one template, here the one for a subscription; --scope picks, and a folder takes both",
    "epac": "the assignment has a placeholder for its scope; give it with --scope, or edit policyAssignments",
    "json": "without --scope the ids in these files are those of built-in definitions, and Azure will not find ours; "
    "give --scope, or put it before every policyDefinitionId",
}
NO_DERIVED = "the derived initiative is not assigned: it needs parameters; give --derived FILE, written by `s2sguard policy parameters`"
DERIVED_SCOPES = "derived assignments act on subscriptions and resource groups"


def run(arguments: Namespace) -> int:
    """Write the files, or print them as one JSON object; what is left to fill in is said on standard error."""
    from s2sguard.azure_policy.export import shipped_bundle

    scope = _scope(arguments.scope)
    static, document = _assignment(arguments, scope), _derived(arguments, scope)
    derived = _derived_assignments(document, arguments) if document is not None else ()
    single = arguments.output is not None and arguments.output.endswith(FILE_END)
    level = _level(scope) or ("subscription" if single else None)
    files = _exporter(arguments, level).files(shipped_bundle(static, derived=derived))
    if arguments.output is None:
        write(_json({name: files[name] for name in sorted(files)}), None)
    elif single:
        write(_json(_only(files)), arguments.output)
        print(f"wrote {printable(arguments.output)}: {WHOLE[level or 'subscription']}")
    else:
        _write_tree(files, Path(arguments.output))
    if arguments.output is not None and document is None:
        print(NO_DERIVED)
    for line in _notes(arguments, scope, document, single=single):
        print(f"note: {printable(line)}", file=sys.stderr)
    return INCOMPLETE if document is not None and document.incomplete else 0


def _notes(arguments: Namespace, scope: Scope | None, document: DerivedDocument | None, *, single: bool) -> Iterator[str]:
    """Yield what the files lack, each as one line."""
    from s2sguard.azure_policy.shipped.settings import not_expressed

    yield from not_expressed(configuration(arguments).identity)
    if scope is None and (arguments.format != "arm" or single):
        yield NO_SCOPE[arguments.format]
    if document is not None:
        yield from (f"the derived parameters are incomplete: {line}" for line in document.incomplete)


def _scope(text: str | None) -> Scope | None:
    if text is None:
        return None
    scope = read_scope(text)
    if scope.kind == "resourceGroup":
        raise UsageError("definitions cannot live in a resource group", hint="give the subscription, or use `s2sguard policy apply`")
    return scope


def _level(scope: Scope | None) -> Level | None:
    return None if scope is None or scope.kind == "resourceGroup" else scope.kind


def _derived(arguments: Namespace, home: Scope | None) -> DerivedDocument | None:
    """Return the document of `--derived`; raises UsageError where an assignment would not find its initiative."""
    from s2sguard.azure_policy.deploy.derived_document import read_derived
    from s2sguard.azure_policy.deploy.scope import check_assignment_name

    if arguments.derived is None:
        return None
    document = read_derived(read_object(arguments.derived, "--derived")[0])
    if home is None and arguments.format != "epac":
        raise UsageError("--derived needs --scope", hint="the place of the definitions, which the derived assignments refer to")
    for each in document.assignments:
        check_assignment_name(each.name, each.scope)
        if each.scope.kind == "managementGroup":
            raise UsageError(f"the derived assignment `{printable(each.name)}` is for a management group", hint=DERIVED_SCOPES)
        if home is not None and home.covers(each.scope.id) is False:
            hint = "definitions of one subscription cannot be assigned in another: give a management group above both"
            raise UsageError(f"the derived assignment `{printable(each.name)}` is outside of --scope", hint=hint)
    return document


def _derived_assignments(document: DerivedDocument, arguments: Namespace) -> tuple[Assignment, ...]:
    from s2sguard.azure_policy.export import Assignment
    from s2sguard.azure_policy.shipped.definitions import load_initiative

    declared = load_initiative(kind="derived")["properties"]["parameters"]
    found = []
    for each in document.assignments:
        values = with_effect(each.parameters, arguments.effect)
        check_parameters(declared, values, arguments.derived)
        found.append(Assignment(name=each.name, family="derived", scope=each.scope.id, enforce=arguments.enforce, parameters=values))
    return tuple(found)


def _exporter(arguments: Namespace, level: Level | None) -> Exporter:
    from s2sguard.azure_policy.export import ArmExporter, EpacExporter, PlainExporter

    if arguments.format == "arm":
        return ArmExporter(level)
    return EpacExporter(arguments.environment) if arguments.format == "epac" else PlainExporter()


def _assignment(arguments: Namespace, scope: Scope | None) -> Assignment:
    from s2sguard.azure_policy.export import Assignment
    from s2sguard.azure_policy.shipped.definitions import load_initiative

    declared = load_initiative()["properties"]["parameters"]
    given = with_effect(read_parameters(arguments.parameters), arguments.effect)
    check_parameters(declared, given, arguments.parameters or "--effect")
    return Assignment(
        scope=None if scope is None else scope.id,
        enforce=arguments.enforce,
        parameters=_changed(declared, configured_parameters(configuration(arguments))) | given,
    )


def _changed(declared: Mapping[str, Any], configured: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that differ from the defaults: the assignment must judge by what the configuration says."""
    return {name: value for name, value in configured.items() if name in declared and declared[name].get("defaultValue") != value}


def _only(files: dict[str, Any]) -> Any:  # noqa: ANN401  # a JSON document
    if len(files) != 1:
        raise UsageError("these are several files", hint="give a folder")
    return next(iter(files.values()))


def _write_tree(files: dict[str, Any], folder: Path) -> None:
    for name, document in sorted(files.items()):
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"output `{printable(str(path.parent))}` cannot be made: {(error.strerror or 'no reason given').lower()}"
            ) from None
        write(_json(document), str(path))
    print(f"wrote {count(len(files), 'file')} below {printable(str(folder))}")


def _json(document: Any) -> str:  # noqa: ANN401  # a JSON document
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
