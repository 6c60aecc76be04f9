"""`s2sguard config show|schema`: every value in force and where it comes from; the schemas of the files that people write."""

from __future__ import annotations

import json
from argparse import Namespace

from s2sguard.cli.options import configuration
from s2sguard.cli.output import write
from s2sguard.config import Config
from s2sguard.config.schema import SCHEMA_FILE
from s2sguard.report.json_report import lines_of_json
from s2sguard.report.printable import printable


def run(arguments: Namespace) -> int:
    """Print the configuration, or a schema; `--format json` prints it for machines, whatever format it sets for reports."""
    if arguments.action == "schema":
        write(schema_text(arguments.file), arguments.output)
        return 0
    config = configuration(arguments)
    write(as_json(config) if arguments.format == "json" else as_text(config), None)
    return 0


def schema_text(file: str) -> str:
    """Return the JSON Schema of `config` (s2sguard.yaml) or `waivers` (waivers.yaml), as the wheel carries it."""
    return SCHEMA_FILE.with_name(f"{file}.schema.json").read_text(encoding="utf-8")


def as_text(config: Config) -> str:
    """Return `name = value  (origin)` for every value."""
    lines = [f"# configuration file: {printable(config.file or 'none')}"]
    rows = [(pointer[1:].replace("/", "."), value_text(value), config.origins[pointer]) for pointer, value in config.values.items()]
    width = max(len(name) for name, _, _ in rows)
    lines += [f"{name.ljust(width)} = {value}  ({printable(origin)})" for name, value, origin in rows]
    return "\n".join(lines) + "\n"


def as_json(config: Config) -> str:
    """Return a JSON object: the file, and by JSON pointer each value and its origin."""
    entries = [{"pointer": pointer, "value": value, "origin": config.origins[pointer]} for pointer, value in config.values.items()]
    return lines_of_json([("file", config.file), ("values", entries)])


def value_text(value: object) -> str:
    """Return a value on one line, lists as words."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value) and value:
        return printable(", ".join(value))
    return printable(value) if isinstance(value, str) else json.dumps(value, sort_keys=True)
