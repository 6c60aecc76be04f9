"""Places in SARIF: files as URIs, regions, resources as logical locations (SARIF 2.1.0, sections 3.4, 3.28 to 3.33)."""

from __future__ import annotations

import posixpath
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from s2sguard.model.inventory import Source, fold_id
from s2sguard.report.interface import Report
from s2sguard.report.names import Names
from s2sguard.report.places import sources_by_resource
from s2sguard.report.printable import printable

Node: TypeAlias = dict[str, Any]

SOURCE_ROOT: Final = "%SRCROOT%"
"""The base of relative URIs: the folder the run was started in, which in a pipeline is the repository."""
STANDARD_INPUT: Final = "-"
TEXT_LIMIT: Final = 1000
"""Characters of one name or message; GitHub shows 1024 of a rule's description, and a longer name is somebody's trick."""
_SAFE: Final = "/-._~!$&'()*+,;=@"
"""Characters of RFC 3986 that a path may hold as they are; not the colon, which would make a first segment a scheme."""
_START: Final[Node] = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
"""The region where the position is not known: GitHub refuses a place without one."""


class Places:
    """The places of one report. `root` is the absolute folder that absolute paths are made relative to; empty for none."""

    def __init__(self, report: Report, names: Names, root: str) -> None:
        self._report = report
        self._names = names
        self._root = root
        self._sources = sources_by_resource(report)

    def of_resource(self, resource: str, fallback: Source | None = None) -> Node:
        """Return the location of a resource: where it is written, else where `fallback` is, else the input as it was named."""
        source = self._sources.get(fold_id(resource)) or fallback
        node: Node = {"physicalLocation": self.of_source(source)}
        node["logicalLocations"] = [
            {
                "name": self._names[resource],
                "fullyQualifiedName": printable(resource, limit=TEXT_LIMIT),
                "kind": "resource",
            }
        ]
        return node

    def of_source(self, source: Source | None) -> Node:
        """Return a physical location: the file, and the region where it is known, else its first line."""
        if source is None:
            named = self._report.run.inputs[0] if self._report.run.inputs else STANDARD_INPUT
            return {"artifactLocation": artifact(named, self._root), "region": _START}
        position = self._report.positions.get(source)
        region = _START
        if position is not None:
            region = {
                "startLine": position.line,
                "startColumn": position.column,
                "endLine": position.end_line,
                "endColumn": position.end_column,
            }
        return {"artifactLocation": artifact(source.file, self._root), "region": region}


def artifact(file: str, root: str = "") -> Node:
    """Return the artifact location of a file: below the source root as it was named, `file:` only for what lies outside of it.

    Standard input has no name; it is called `stdin`, as in `s2sguard scan - < stdin`.
    """
    if file == STANDARD_INPUT:
        return {"uri": "stdin", "uriBaseId": SOURCE_ROOT}
    windows = PureWindowsPath(file)
    if windows.root and windows.drive.endswith(":"):
        return {"uri": "file:///" + windows.drive + _quoted(windows.as_posix().removeprefix(windows.drive))}
    path = posixpath.normpath(file)
    if root and path.split("/")[0] == "..":
        # Above the source root there is nothing that a relative URI may name.
        path = posixpath.normpath(posixpath.join(root, path))
    if path.startswith("/"):
        base = posixpath.normpath(root) if root else ""
        if not base or not PurePosixPath(path).is_relative_to(base):
            return {"uri": "file://" + _quoted("/" + path.lstrip("/"))}
        path = str(PurePosixPath(path).relative_to(base))
    return {"uri": _quoted(path), "uriBaseId": SOURCE_ROOT}


def plain(text: str) -> str:
    """Return text from outside as plain text of a SARIF message: one line, nothing active, and no link but ours (section 3.11.6)."""
    return printable(text, limit=TEXT_LIMIT).replace("](", "] (")


def _quoted(path: str) -> str:
    # A file name that is no UTF-8 arrives with surrogates in it; its own bytes are what a URI holds.
    return quote(path, safe=_SAFE, encoding="utf-8", errors="surrogateescape" if _is_bytes(path) else "replace")


def _is_bytes(path: str) -> bool:
    try:
        path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True
