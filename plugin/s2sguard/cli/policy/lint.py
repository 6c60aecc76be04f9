"""`s2sguard policy lint`: what is wrong with definitions before Azure says so, or does not say so."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from s2sguard.cli.output import write
from s2sguard.cli.policy.inputs import read_aliases
from s2sguard.cli.policy.problems import problem_lines, problem_nodes
from s2sguard.report.json_report import lines_of_json
from s2sguard.report.printable import printable
from s2sguard.report.style import count, style_for

if TYPE_CHECKING:
    from s2sguard.azure_policy import Problem

CLEAN, PROBLEMS, UNREAD = 0, 1, 3
SCHEMA_VERSION = "1"
Found = list[tuple[str, "tuple[Problem, ...]"]]


def run(arguments: Namespace) -> int:
    """Lint, print, and return 0, 1 for problems, or 3 for files that cannot be read."""
    from s2sguard.azure_policy.shipped.lint import lint_definition

    aliases = read_aliases(arguments.aliases)
    unread: list[str] = []
    documents = list(_documents(arguments.files, unread)) if arguments.files else list(_ours())
    found = [(file, lint_definition(document, aliases=aliases)) for file, document in documents]
    write(_json(found, unread) if arguments.format == "json" else _text(found), None)
    for line in unread:
        print(f"error: {printable(line)}", file=sys.stderr)
    if any(problems for _, problems in found):
        return PROBLEMS
    return UNREAD if unread or not documents else CLEAN


def _ours() -> Iterator[tuple[str, object]]:
    from s2sguard.azure_policy.shipped.definitions import load_definitions

    yield from ((each.path, each.document) for each in load_definitions())


def _documents(paths: list[str], unread: list[str]) -> Iterator[tuple[str, object]]:
    """Yield every definition of the files; of folders only what looks like one. What cannot be read goes to `unread`."""
    from s2sguard.collect.files import load

    for path in paths:
        for loaded in load([path]):
            unread += [f"{gap.source}: {gap.reason}" if gap.source else gap.reason for gap in loaded.gaps]
            if loaded.document is None or loaded.gaps:
                continue
            value = loaded.document.value
            if loaded.file == path or _is_definition(value):
                yield loaded.file, value


def _is_definition(value: object) -> bool:
    """Say whether a file found in a folder is a definition: others, such as initiatives, lie beside them."""
    if not isinstance(value, Mapping):
        return False
    names = {str(key).lower(): member for key, member in value.items()}
    inner = names.get("properties")
    below = {str(key).lower() for key in inner} if isinstance(inner, Mapping) else set()
    return "policyrule" in names or "policyrule" in below or {"if", "then"} <= set(names)


def _text(found: Found) -> str:
    style = style_for(sys.stdout, os.environ)
    lines = [line for file, problems in found for line in problem_lines(file, problems, style)]
    total = sum(len(problems) for _, problems in found)
    files = sum(1 for _, problems in found if problems)
    told = (
        f"{count(total, 'problem')} in {files} of {count(len(found), 'definition')}"
        if total
        else f"no problems in {count(len(found), 'definition')}"
    )
    return "\n".join([*lines, *([""] if lines else []), told]) + "\n"


def _json(found: Found, unread: list[str]) -> str:
    nodes = [node for file, problems in found for node in problem_nodes(file, problems)]
    return lines_of_json([("schema_version", SCHEMA_VERSION), ("definitions", len(found)), ("problems", nodes), ("unread", unread)])
