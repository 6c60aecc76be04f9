"""The reader for ARM resource JSON, in every form it is handed around.

A single resource; a list `{"value": [...]}`; a plain array; what `az graph query` prints (`{"data": [...]}`) and the older table
of columns and rows; a REST documentation example; the flat shape of `az ... -o json`; a what-if result; and arrays of these.

Of a REST example only the answers (`responses.<2xx>.body`) are read: its `parameters` hold a request, and what somebody asks for
is not a resource that exists. Answers 200 and 201 usually repeat one body; they merge like any other duplicates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from s2sguard.collect.arm_resource import is_resource, read_resource
from s2sguard.collect.deployment.shape import shape_of
from s2sguard.collect.interface import Collected, Document, InputFormat
from s2sguard.collect.what_if import IDS_ONLY, UNFINISHED, UNSUPPORTED, changes_of, concerned, left_open, unfinished
from s2sguard.model.inventory import Gap, GapKind, Source
from s2sguard.model.pointer import pointer_to

_TEMPLATE = "an ARM template inside another document: give it as a file of its own"
_PARAMETERS = "a parameter file, which holds no resources"
_ERROR = "an error answer of the API, no resource"
_WITH_ERROR = "a listing that came with an error, so there may be more than is in it"
_UNKNOWN = "not ARM resource JSON: an object without an id or type of Azure Resource Manager"
_LIST_KEYS = ("value", "data")


class ArmReader:
    """Reads ARM resource JSON; see the module for the forms."""

    format: InputFormat = "arm"

    def recognises(self, value: object) -> bool:
        """Say whether this is ARM JSON; an array counts by its first object, and an empty one is an empty answer."""
        for _ in range(3):  # an array of pages of arrays is as deep as anybody goes
            if not isinstance(value, list):
                break
            value = next((member for member in value if isinstance(member, dict | list)), {"value": []} if not value else None)
        return isinstance(value, dict) and _form(value) is not None

    def read(self, document: Document) -> Collected:
        """Return the resources of the document in the order written; what is no resource is a gap."""
        walk = _Walk(document.file)
        walk.any(document.value, "")
        return walk.out


def _form(value: Mapping[str, object]) -> str | None:
    """Name the form of an object, or None if it is none of ours."""
    if is_resource(value):
        return "resource"
    names = {key.lower(): key for key in value}
    shape = shape_of(value)
    if shape is not None:
        return shape
    if isinstance(value.get(names.get("responses", "")), dict):
        return "example"
    for key in _LIST_KEYS:
        if isinstance(value.get(names.get(key, "")), list):
            return key
    if _table(value.get(names.get("data", ""))) is not None:
        return "table"
    if changes_of(value) is not None:
        return "what-if"
    return "error" if isinstance(value.get(names.get("error", "")), dict) else None


def _table(value: object) -> tuple[list[object], list[object]] | None:
    """Return columns and rows of Resource Graph's older table form."""
    if not isinstance(value, dict):
        return None
    columns, rows = value.get("columns"), value.get("rows")
    return (columns, rows) if isinstance(columns, list) and isinstance(rows, list) else None


class _Walk:
    """Goes through one document and gathers what it finds."""

    __slots__ = ("_file", "out")

    def __init__(self, file: str) -> None:
        self._file = file
        self.out = Collected()

    def any(self, value: object, pointer: str) -> None:
        """Read whatever stands at this place."""
        if isinstance(value, dict):
            self._object(value, pointer)
        elif isinstance(value, list):
            for index, member in enumerate(value):
                self.any(member, pointer_to(pointer, index))
        else:
            self._gap(pointer, "not ARM resource JSON: a value that is no object")

    def _object(self, value: dict[str, object], pointer: str) -> None:
        form = _form(value)
        if form == "resource":
            read_resource(value, Source(file=self._file, pointer=pointer), self.out)
        elif form in _LIST_KEYS:
            key = next(key for key in value if key.lower() == form)
            self.any(value[key], pointer_to(pointer, key))
            self._not_all(value, pointer)
        elif form == "example":
            self._example(value, pointer)
        elif form == "table":
            self._rows(value, pointer)
        elif form == "what-if":
            self._what_if(value, pointer)
        else:
            kind: GapKind = "not-inventory" if form == "parameters" else "unknown-shape"
            self._gap(pointer, {"template": _TEMPLATE, "parameters": _PARAMETERS, "error": _ERROR}.get(form or "", _UNKNOWN), kind)

    def _not_all(self, value: Mapping[str, object], pointer: str) -> None:
        """Note that a listing came with an error: what is in it is not all there is."""
        for name in value:
            if name.lower() in {"error", "errors"} and value[name]:
                self._gap(pointer_to(pointer, name), _WITH_ERROR, "truncated-listing")

    def _example(self, value: dict[str, object], pointer: str) -> None:
        key = next(key for key in value if key.lower() == "responses")
        answers = value[key]
        for code, answer in answers.items() if isinstance(answers, dict) else ():
            body = answer.get("body") if isinstance(answer, dict) else None
            if body is None:
                continue  # an answer without a body, such as 202 and 204
            where = pointer_to(pointer, key, code, "body")
            if code.startswith("2"):
                self.any(body, where)
            else:
                self._gap(where, _ERROR, "not-inventory")

    def _rows(self, value: dict[str, object], pointer: str) -> None:
        key = next(key for key in value if key.lower() == "data")
        columns, rows = _table(value[key]) or ([], [])
        names = [column.get("name") if isinstance(column, dict) else None for column in columns]
        for index, row in enumerate(rows):
            where = pointer_to(pointer, key, "rows", index)
            if isinstance(row, list) and len(row) == len(names):
                self.any({name: cell for name, cell in zip(names, row, strict=True) if isinstance(name, str)}, where)
            else:
                self._gap(where, "a row that does not fit the columns of its table")

    def _what_if(self, value: dict[str, object], pointer: str) -> None:
        """Read what there will be after a deployment; resources that it leaves alone are there as well."""
        at, changes = changes_of(value) or ("", [])
        for index, change in enumerate(changes):
            where = pointer_to(pointer + at, index)
            for key, body in self._after(change, where):
                self.any(body, pointer_to(where, key))
        if unfinished(value):
            self._gap(pointer, UNFINISHED)
        holder = value["properties"] if at.startswith("/properties") else value
        for name, where, found in left_open(holder, pointer + at.removesuffix("/changes")):
            self._gap(where, name, "unreadable-value", found)
        # A whole prediction without one of our resources says that there are none; of a listing nobody knows.
        self.out.answered = not self.out.gaps

    def _after(self, change: object, where: str) -> Iterator[tuple[str, object]]:
        """Yield what will be there after one change of a what-if result; note what will be gone."""
        if not isinstance(change, dict):
            return
        kind, resource_id = str(change["changeType"]).lower(), change.get("resourceId")
        if kind == "delete" and isinstance(resource_id, str):
            self.out.deleted.append(resource_id)
            return
        # `Ignore` is a resource the template does not mention: it stays as it is.
        for key in ("after", "before") if kind in {"ignore", "nochange", "noeffect"} else ("after",):
            if isinstance(change.get(key), dict) and kind != "unsupported":
                yield key, change[key]
                return
        self._gap(where, UNSUPPORTED if kind == "unsupported" else IDS_ONLY, "unreadable-value", concerned(resource_id))

    def _gap(self, pointer: str, reason: str, kind: GapKind = "unknown-shape", resource: str | None = None) -> None:
        self.out.gaps.append(Gap(kind=kind, reason=reason, source=Source(file=self._file, pointer=pointer), resource=resource))
