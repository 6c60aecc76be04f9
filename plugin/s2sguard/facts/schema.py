"""The JSON Schema of the facts document, derived from the typed dictionaries in `s2sguard.facts.document`.

Draft-07, the newest draft `opa check -s` accepts (OPA manual, "Type checking").
The committed copy is `policies/s2sguard/schemas/facts.json`: `python -m s2sguard.facts.schema > FILE` writes it.
"""

from __future__ import annotations

import json
import sys
import types
from typing import Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from s2sguard.facts.document import FactsDocument

DRAFT = "http://json-schema.org/draft-07/schema#"

SCALARS: dict[object, str] = {str: "string", int: "integer", bool: "boolean"}


def facts_schema() -> dict[str, object]:
    """Return the schema of `FactsDocument`: no further properties, and only `NotRequired` facts may be absent."""
    definitions: dict[str, object] = {}
    document = _object(FactsDocument, definitions)
    return {
        "$schema": DRAFT,
        "title": "s2sguard facts document",
        "description": (FactsDocument.__doc__ or "").strip(),
        **document,
        "definitions": dict(sorted(definitions.items())),
    }


def facts_schema_text() -> str:
    """Return the schema as the text of the committed file."""
    return json.dumps(facts_schema(), indent=2) + "\n"


def _object(cls: type, definitions: dict[str, object]) -> dict[str, object]:
    """Return the schema of one typed dictionary."""
    hints = get_type_hints(cls, include_extras=True)
    required = sorted(name for name, hint in hints.items() if get_origin(hint) is not NotRequired)
    properties = {name: _schema(hint, definitions) for name, hint in hints.items()}
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _schema(hint: object, definitions: dict[str, object]) -> dict[str, object]:
    """Return the schema of one annotation; typed dictionaries become definitions."""
    if hint in SCALARS:
        return {"type": SCALARS[hint]}
    if is_typeddict(hint) and isinstance(hint, type):
        if hint.__name__ not in definitions:
            definitions[hint.__name__] = {}
            definitions[hint.__name__] = {"description": (hint.__doc__ or "").strip(), **_object(hint, definitions)}
        return {"$ref": f"#/definitions/{hint.__name__}"}
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is NotRequired:
        return _schema(arguments[0], definitions)
    if origin is Literal:
        return {"type": "string", "enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": _schema(arguments[0], definitions)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(arguments[1], definitions)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(argument, definitions) for argument in arguments]}
    msg = f"no schema for the annotation {hint!r}"
    raise TypeError(msg)


if __name__ == "__main__":
    sys.stdout.write(facts_schema_text())
