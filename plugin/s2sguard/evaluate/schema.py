"""The facts document against its JSON Schema: for tests and debugging, since it takes longer than the evaluation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from s2sguard.errors import EngineError, PackError
from s2sguard.evaluate.pack import ROOT, pack_path

if TYPE_CHECKING:
    from s2sguard.facts.document import FactsDocument


def validate(document: FactsDocument) -> None:
    """Raise `EngineError` naming the first place where the document breaks the schema in the pack; no value is quoted."""
    import jsonschema

    path = pack_path() / ROOT / "schemas" / "facts.json"
    try:
        schema = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise PackError("the schema of the facts document cannot be read", hint="run `make schema`") from error
    validator = jsonschema.validators.validator_for(schema)(schema)
    broken = min(validator.iter_errors(cast("Any", document)), key=lambda error: error.json_path, default=None)
    if broken is not None:
        message = f"the facts document breaks its schema at `{broken.json_path}` ({broken.validator})"
        raise EngineError(message, hint="this is a defect of s2sguard")
