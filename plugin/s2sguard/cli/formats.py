"""Where each report of a run goes: `--format NAME[=FILE]`, `-o`, and what a pipeline wants besides."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from s2sguard.cli.output import OutputError, check_output, write_parts
from s2sguard.config import Config
from s2sguard.errors import UsageError
from s2sguard.report.formats import EVIDENCE_FORMATS, renderer
from s2sguard.report.interface import Renderer, Report, Streaming
from s2sguard.report.printable import printable

STANDARD_OUTPUT = "-"
OURS = (b'{\n"schema_version"', b'{\n"$schema"')
"""How the reports start that are JSON; no other tool breaks lines like this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One format, and the file it goes to; None is standard output."""

    format: str
    file: str | None = None


def destinations(arguments: Namespace, config: Config) -> tuple[Destination, ...]:
    """Return every report to write, files first; raises UsageError and OutputError before any work is done.

    The one format without a file goes to standard output or `-o`; without one, the configured format does (default: table).
    """
    given = [Destination(format=name, file=file) for name, file in arguments.formats]
    main = [one for one in given if one.file is None]
    if len(main) > 1:
        names = " and ".join(f"`{one.format}`" for one in main)
        raise UsageError(f"{names} would both go to one place", hint=f"give the others a file: --format {main[1].format}=FILE")
    output = None if arguments.output == STANDARD_OUTPUT else arguments.output
    first = Destination(format=main[0].format if main else config.format, file=output)
    found = (*(one for one in given if one.file is not None), first)
    strange = next((one.format for one in found if one.format not in EVIDENCE_FORMATS), None) if arguments.framework else None
    if strange is not None:
        raise UsageError(f"format `{strange}` has no view by requirements", hint=f"--framework goes with {', '.join(EVIDENCE_FORMATS)}")
    named = (*arguments.paths, arguments.overlay, *arguments.template_parameters, *config.waivers, config.baseline, config.file)
    _check(found, [os.path.realpath(name) for name in named if name and name != STANDARD_OUTPUT])
    return found


def _check(found: Iterable[Destination], inputs: Collection[str]) -> None:
    seen: set[str] = set()
    for one in found:
        if one.file is None:
            continue
        check_output(one.file)
        place = os.path.realpath(one.file)
        if place in seen:
            raise UsageError(f"two reports would be written to `{printable(one.file)}`", hint="give each format a file of its own")
        if place in inputs or _lies_in(Path(place), inputs):
            raise UsageError(f"`{printable(one.file)}` is an input, and the report would replace it", hint="give another file")
        seen.add(place)


def _lies_in(place: Path, inputs: Iterable[str]) -> bool:
    """Say whether a file that is there is read with its folder; a report of ours from the last run may be replaced."""
    if place.suffix.lower() != ".json" or not place.is_file() or not any(place.is_relative_to(one) for one in inputs):
        return False
    with place.open("rb") as stream:
        return not stream.read(len(max(OURS, key=len))).startswith(OURS)


def write_reports(
    report: Report, found: Iterable[Destination], *, with_facts: bool, framework: str | None, environ: Mapping[str, str]
) -> None:
    """Write every report, each file whole or not at all; what cannot be written stops no other and is raised as one OutputError."""
    errors: list[OutputError] = []
    for one in found:
        try:
            chosen = _renderer(one, environ, with_facts=with_facts, framework=framework)
            write_parts(chosen.parts(report) if isinstance(chosen, Streaming) else (chosen.render(report),), one.file)
        except OutputError as error:
            errors.append(error)
    if errors:
        raise OutputError("\n".join(error.message for error in errors), hint=errors[0].hint)


def _renderer(one: Destination, environ: Mapping[str, str], *, with_facts: bool, framework: str | None) -> Renderer:
    options: dict[str, object] = {} if framework is None else {"framework": framework}
    if one.format == "json" and framework is None:
        options["with_facts"] = with_facts
    if one.format == "table":
        from s2sguard.report.style import style_for

        options["style"] = style_for(sys.stdout, environ, to_file=one.file is not None)
    if one.format == "sarif":
        options["root"] = str(Path.cwd())
    return renderer(one.format, **options)
