"""`s2sguard policy export`: our definitions in the form another tool deploys."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from s2sguard.cli.options import configuration
from s2sguard.cli.output import OutputError, write
from s2sguard.cli.policy.inputs import check_parameters, configured_parameters, read_parameters, with_effect
from s2sguard.errors import UsageError
from s2sguard.report.printable import printable
from s2sguard.report.style import count

if TYPE_CHECKING:
    from s2sguard.azure_policy.export import Assignment, Exporter, Level

FILE_END = ".json"


def run(arguments: Namespace) -> int:
    """Write the files, or print them as one JSON object; what is left to fill in is said on standard error."""
    from s2sguard.azure_policy.export import shipped_bundle

    scope, level = _scope(arguments.scope)
    single = arguments.output is not None and arguments.output.endswith(FILE_END)
    exporter = _exporter(arguments, level if level or not single else "subscription")
    files = exporter.files(shipped_bundle(_assignment(arguments, scope)))
    if arguments.output is None:
        write(_json({name: files[name] for name in sorted(files)}), None)
    elif single:
        write(_json(_only(files)), arguments.output)
    else:
        _write_tree(files, Path(arguments.output))
    if scope is None and arguments.format == "epac":
        print("note: the assignment has a placeholder for its scope; give it with --scope, or edit policyAssignments", file=sys.stderr)
    return 0


def _scope(text: str | None) -> tuple[str | None, Level | None]:
    from s2sguard.azure_policy.deploy.scope import parse_scope

    if text is None:
        return None, None
    scope = parse_scope(text)
    if scope.kind == "resourceGroup":
        raise UsageError("definitions cannot live in a resource group", hint="give the subscription, or use `s2sguard policy apply`")
    return scope.id, scope.kind


def _exporter(arguments: Namespace, level: Level | None) -> Exporter:
    from s2sguard.azure_policy.export import ArmExporter, EpacExporter, PlainExporter

    if arguments.format == "arm":
        return ArmExporter(level)
    return EpacExporter(arguments.environment) if arguments.format == "epac" else PlainExporter()


def _assignment(arguments: Namespace, scope: str | None) -> Assignment:
    from s2sguard.azure_policy.export import Assignment
    from s2sguard.azure_policy.shipped.definitions import load_initiative

    declared = load_initiative()["properties"]["parameters"]
    given = with_effect(read_parameters(arguments.parameters), arguments.effect)
    check_parameters(declared, given, arguments.parameters or "--effect")
    return Assignment(
        scope=scope, enforce=arguments.enforce, parameters=_changed(declared, configured_parameters(configuration(arguments))) | given
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
