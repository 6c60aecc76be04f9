"""What a control says about itself: the METADATA comment above its package, read without an engine.

The format is OPA's own (annotations, scope `package`): a comment block that starts with `# METADATA` and holds YAML.
All blocks of a pack are read by one YAML call, because a scan of one file has 500 ms in all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, get_args

from s2sguard.errors import PackError
from s2sguard.evaluate.verdict import Certainty, Control, Severity
from s2sguard.model.frameworks import FRAMEWORKS

SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
"""Worst first."""

_BLOCK: Final = re.compile(r"^# METADATA[ \t]*\n((?:#[^\n]*\n)+)package[ \t]+([\w.]+)", re.MULTILINE)
_COMMENT: Final = re.compile(r"^# ?", re.MULTILINE)
_ID: Final = re.compile(r"S2S-[A-Z]{3}-\d{3}")
_HINT: Final = "every control starts with a METADATA block: title, description, and in custom: id, severity, fix, needs, mappings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One control's Rego text. `name` is its path in the pack, `s2sguard/controls/<family>/<control>/<control>.rego`."""

    name: str
    text: str


def read_controls(sources: Sequence[Source]) -> tuple[Control, ...]:
    """Return the controls in the order of their ids; raise `PackError` naming the file whose METADATA is missing or malformed."""
    blocks = [_block(source) for source in sources]
    documents = _load(sources, blocks)
    controls = sorted((_control(source, document) for source, document in zip(sources, documents, strict=True)), key=lambda c: c.id)
    for one, other in pairwise(controls):
        if one.id == other.id:
            message = f"controls `{one.page}` and `{other.page}` share the id {one.id}"
            raise PackError(message, hint="a control id is permanent and belongs to one folder")
    return tuple(controls)


def _block(source: Source) -> str:
    found = _BLOCK.search(source.text)
    if found is None:
        raise _broken(source, "has no METADATA block directly above its package")
    package = ".".join(source.name.split("/")[:-1])
    if found.group(2) != package:
        raise _broken(source, f"declares another package than its folder, `{package}`")
    return _COMMENT.sub("", found.group(1))


def _load(sources: Sequence[Source], blocks: Sequence[str]) -> list[object]:
    try:
        documents = _load_yaml("\n---\n".join(blocks)) if blocks else []
    except ValueError:
        documents = []
    if len(documents) == len(blocks):
        return documents
    return [_load_one(source, block) for source, block in zip(sources, blocks, strict=True)]


def _load_one(source: Source, block: str) -> object:
    try:
        (document,) = _load_yaml(block)
    except ValueError as error:
        raise _broken(source, "has a METADATA block that is not one YAML document") from error
    return document


def _load_yaml(text: str) -> list[object]:
    """Return the YAML documents in `text`; raise `ValueError` when it is not YAML."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return list(yaml.load_all(text, Loader=loader))
    except yaml.YAMLError as error:
        raise ValueError from error


def _control(source: Source, document: object) -> Control:
    block = _mapping(source, document, "METADATA")
    custom = _mapping(source, block.get("custom"), "custom")
    _, _, family, name, _ = source.name.split("/")
    control_id = _text(source, custom, "id")
    if not _ID.fullmatch(control_id):
        raise _broken(source, "has an id that is not of the form S2S-ABC-001")
    severity = _text(source, custom, "severity")
    if severity not in SEVERITIES:
        raise _broken(source, f"has a severity other than {', '.join(SEVERITIES)}")
    return Control(
        id=control_id,
        name=name,
        family=family,
        title=_text(source, block, "title"),
        description=_text(source, block, "description"),
        severity=severity,
        fix=_text(source, custom, "fix"),
        needs=_names(source, custom),
        page=source.name.rpartition("/")[0] + "/control.md",
        mappings=_mappings(source, custom),
        certainty=_certainty(source, custom),
    )


def _mappings(source: Source, custom: Mapping[object, object]) -> dict[str, tuple[str, ...]]:
    """Return framework -> requirements; a control of somebody's own may have none."""
    mappings = _mapping(source, custom.get("mappings", {}), "mappings")
    found: dict[str, tuple[str, ...]] = {}
    for framework, requirements in mappings.items():
        texts = [one for one in requirements if isinstance(one, str) and one] if isinstance(requirements, list) else []
        if framework not in FRAMEWORKS or not texts or texts != requirements:
            raise _broken(source, f"has a mapping that is not one of {', '.join(FRAMEWORKS)} with a list of requirements")
        found[str(framework)] = tuple(texts)
    return found


def _certainty(source: Source, custom: Mapping[object, object]) -> Certainty:
    """Return what the control's verdicts rest on: the configuration, unless METADATA says `observed`."""
    value = custom.get("certainty", "configured")
    if value not in ("configured", "observed"):
        raise _broken(source, "has a certainty other than configured, observed")
    return value


def _names(source: Source, custom: Mapping[object, object]) -> tuple[str, ...]:
    needs = custom.get("needs")
    if not isinstance(needs, list) or not all(isinstance(name, str) for name in needs):
        raise _broken(source, "has no `needs`: a list of fact names, which may be empty")
    return tuple(needs)


def _mapping(source: Source, value: object, key: str) -> Mapping[object, object]:
    if not isinstance(value, dict):
        raise _broken(source, f"has no mapping `{key}` in its METADATA")
    return value


def _text(source: Source, mapping: Mapping[object, object], key: str) -> str:
    value = mapping.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _broken(source, f"has no text `{key}` in its METADATA")
    return value.strip()


def _broken(source: Source, what: str) -> PackError:
    return PackError(f"control `{source.name}` {what}", hint=_HINT)
