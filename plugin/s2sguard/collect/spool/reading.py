"""Paths into a spool: what `collect.read` does, with the resources of one document in memory at a time.

Only what may still change its ids waits to the end: plans, and templates for their parameter files. Both are small beside an estate.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import BinaryIO

from s2sguard.collect.deployment.options import DeploymentOptions
from s2sguard.collect.files import Loaded, file_name, load, load_file
from s2sguard.collect.interface import Collected, InputFormat
from s2sguard.collect.paging import missing_pages
from s2sguard.collect.read import Reading, limited, only_unknown
from s2sguard.collect.spool.spool import Spool
from s2sguard.collect.spool.streams import NotStreamableError, SnapshotStream, looks_streamable
from s2sguard.collect.text import MAX_BYTES
from s2sguard.model.inventory import PLAN_ID

_STREAMED: frozenset[InputFormat] = frozenset({"auto", "snapshot"})


def read_into(
    spool: Spool,
    paths: Iterable[str | os.PathLike[str]],
    *,
    input_format: InputFormat = "auto",
    stdin: BinaryIO | None = None,
    deployment: DeploymentOptions | None = None,
) -> None:
    """Fill an empty spool with what `read_inventory` would return, and finish it; raises what that raises."""
    _SpoolReading(spool, input_format, deployment).fill(paths, stdin)


class _SpoolReading(Reading):
    """One walk over paths that keeps resources on disk."""

    def __init__(self, spool: Spool, input_format: InputFormat, deployment: DeploymentOptions | None) -> None:
        super().__init__(input_format, deployment)
        self._spool = spool

    def fill(self, paths: Iterable[str | os.PathLike[str]], stdin: BinaryIO | None) -> None:
        """Read everything, then merge and cut it."""
        for loaded in load(paths, stdin=stdin, opener=self._open if self._format in _STREAMED else None):
            self._take(loaded)
        documents = self._all_documents()
        for number, read in enumerate(documents):
            self._spool.add_resources(read.resources, number)
            self._spool.gaps += read.gaps
            self._spool.shared_keys += read.shared_keys
        self._spool.ignored += self._ignored
        self._spool.files += self._files
        self._spool.finish(missing_pages(self._listing))
        self._spool.answered = not self._spool.gaps and all(read.answered for read in documents)

    def _keep(self, read: Collected) -> None:
        number = self._spool.reserve()
        if not any(resource.id.startswith(PLAN_ID) for resource in read.resources):
            self._spool.add_resources(read.resources, number)
            read.resources = []
        super()._keep(read)

    def _take(self, loaded: Loaded) -> None:
        if not loaded.streamed:
            super()._take(loaded)
        elif loaded.read is not None:
            self._files.append(loaded.read)

    def _open(self, path: str) -> Loaded:
        """Stream a snapshot into the spool, or return the file as it is always loaded."""
        if not looks_streamable(path):
            return load_file(path)
        try:
            with open(path, "rb") as stream:  # noqa: PTH123 - a path may be too long for `Path`
                return self._stream(path, stream)
        except OSError:
            self._spool.drop(len(self._documents))
            return load_file(path)

    def _stream(self, path: str, stream: BinaryIO) -> Loaded:
        number, name = len(self._documents), file_name(path)
        snapshot = SnapshotStream(stream, name)
        try:
            found = self._spool.add_resources(snapshot.resources(), number)
        except NotStreamableError as error:
            self._spool.drop(number)
            small = os.fstat(stream.fileno()).st_size <= MAX_BYTES
            return load_file(path) if small else Loaded(file=name, gaps=(snapshot.broken(error.line),))
        self._understood = self._understood or bool(found) or not only_unknown(Collected(gaps=snapshot.gaps))
        self._keep(Collected(gaps=limited(snapshot.gaps, name)))
        return Loaded(file=name, streamed=True, read=snapshot.read())
