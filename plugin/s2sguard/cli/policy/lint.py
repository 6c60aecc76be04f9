"""`s2sguard policy lint`: what is wrong with definitions before Azure says so, or does not say so."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from s2sguard.cli.output import write
from s2sguard.cli.policy.inputs import LONGEST_NAME, read_aliases
from s2sguard.cli.policy.problems import problem_lines, problem_nodes
from s2sguard.report.json_report import lines_of_json
from s2sguard.report.printable import printable
from s2sguard.report.style import Style, count, some, style_for

if TYPE_CHECKING:
    from s2sguard.azure_policy import Problem
    from s2sguard.azure_policy.language.aliases import AliasCatalogue

CLEAN, PROBLEMS, UNREAD = 0, 1, 3
SCHEMA_VERSION = "1"
CLOSE = 0.85
"""How alike a name and `policyRule` are where the one was meant to be the other."""
MAX_NAMES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """One definition."""

    file: str
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    """What nothing can be said about; it is no problem."""


@dataclass(slots=True)
class Reading:
    """What became of the files."""

    documents: list[tuple[str, object]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """A line for each file that cannot be read."""
    skipped: list[str] = field(default_factory=list)
    """Files of folders that hold no definition."""


def run(arguments: Namespace) -> int:
    """Lint, print, and return 0, 1 for problems, or 3 for files that cannot be read."""
    aliases = read_aliases(arguments.aliases)
    reading = _read(arguments.files) if arguments.files else Reading(documents=[*_ours()])
    found = [_linted(file, document, aliases) for file, document in reading.documents]
    write(_json(found, reading) if arguments.format == "json" else _text(found, reading), None)
    for line in reading.unread:
        print(f"error: {printable(line)}", file=sys.stderr)
    if any(each.problems for each in found):
        return PROBLEMS
    return UNREAD if reading.unread or not found else CLEAN


def _linted(file: str, document: object, aliases: AliasCatalogue | None) -> Linted:
    from s2sguard.azure_policy.shipped.confirmed import hold_against_confirmed
    from s2sguard.azure_policy.shipped.lint import lint_definition

    problems = lint_definition(document, aliases=aliases)
    open_ = hold_against_confirmed(document).unchecked if aliases is None and isinstance(document, Mapping) else ()
    return Linted(file=file, problems=problems, notes=tuple(note for note in open_ if note not in problems))


def _ours() -> Iterator[tuple[str, object]]:
    from s2sguard.azure_policy.shipped.definitions import load_definitions

    yield from ((each.path, each.document) for each in load_definitions())


def _read(paths: list[str]) -> Reading:
    """Read every definition of the files; of folders only what looks like one."""
    from s2sguard.collect.files import load

    reading = Reading()
    for path in paths:
        for loaded in load([path]):
            reading.unread += [f"{gap.source}: {gap.reason}" if gap.source else gap.reason for gap in loaded.gaps]
            if loaded.document is None or loaded.gaps:
                continue
            value = loaded.document.value
            if loaded.file == path or _is_definition(value):
                reading.documents.append((loaded.file, value))
            else:
                reading.skipped.append(loaded.file)
    return reading


def _is_definition(value: object) -> bool:
    """Say whether a file found in a folder is a definition: others, such as initiatives, lie beside them.

    A misspelt `policyRule` is one all the same, or nobody would hear of it.
    """
    if not isinstance(value, Mapping):
        return False
    names = {str(key).lower(): member for key, member in value.items()}
    inner = names.get("properties")
    below = {str(key).lower() for key in inner} if isinstance(inner, Mapping) else set()
    return {"if", "then"} <= set(names) or bool(get_close_matches("policyrule", {*names, *below}, n=1, cutoff=CLOSE))


def _text(found: list[Linted], reading: Reading) -> str:
    style = style_for(sys.stdout, os.environ)
    lines = [line for each in found for line in problem_lines(each.file, each.problems, style)]
    notes = [line for each in found for line in problem_lines(each.file, each.notes, style, kind="note: ")]
    parts = [part for part in (lines, notes, [*style.wrap(_told(found)), *_skipped(reading, style)]) if part]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _told(found: list[Linted]) -> str:
    if not found:
        return "nothing was read, so nothing was checked"
    total = sum(len(each.problems) for each in found)
    if not total:
        return f"no problems in {count(len(found), 'definition')}"
    return f"{count(total, 'problem')} in {sum(1 for each in found if each.problems)} of {count(len(found), 'definition')}"


def _skipped(reading: Reading, style: Style) -> list[str]:
    if not reading.skipped:
        return []
    names = some([printable(file, limit=LONGEST_NAME) for file in reading.skipped], MAX_NAMES)
    return style.wrap(f"{count(len(reading.skipped), 'file')} skipped, without a `policyRule`: {names}")


def _json(found: list[Linted], reading: Reading) -> str:
    return lines_of_json(
        [
            ("schema_version", SCHEMA_VERSION),
            ("definitions", len(found)),
            ("problems", [node for each in found for node in problem_nodes(each.file, each.problems)]),
            ("notes", [node for each in found for node in problem_nodes(each.file, each.notes)]),
            ("unread", reading.unread),
            ("skipped", reading.skipped),
        ]
    )
