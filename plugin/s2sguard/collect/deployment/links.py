"""Files that templates link to: read where they lie below the folder of the template, never anywhere else.

A template comes from whoever opened the pull request; a link must not make a scan read files of the machine it runs on.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from s2sguard.collect.arm_template import Link, Linked
from s2sguard.collect.files import STDIN, load_file
from s2sguard.collect.interface import Document

_MOST_FOLDERS = 10


class Links:
    """The links of one run; remembers which files were reached, so that they are not deployed a second time by themselves."""

    def __init__(self) -> None:
        self._used: dict[str, set[Path]] = {}
        """Real path of a linked file that was read -> the templates from which it was reached."""
        self.documents: list[Document] = []
        """The linked files themselves."""

    def of(self, file: str) -> Link | None:
        """Return how links written in a template are found; None for standard input, which lies nowhere."""
        if file == STDIN:
            return None
        start = Path(os.path.realpath(file))
        return self._below(start, start.parent)

    def is_part(self, file: str) -> bool:
        """Say whether another template links to a file, so that it is deployed by that one, with the values it hands down."""
        return file != STDIN and bool(self._used.get(os.path.realpath(file), set()) - {Path(os.path.realpath(file))})

    def _below(self, start: Path, folder: Path) -> Callable[[str], Linked | None]:
        def find(target: str) -> Linked | None:
            path = _path(start.parent, folder, target)
            if path is None:
                return None
            loaded = load_file(os.path.relpath(path))
            if loaded.document is None:
                return None
            if str(path) not in self._used:
                self.documents.append(loaded.document)
            self._used.setdefault(str(path), set()).add(start)
            return Linked(file=loaded.file, value=loaded.document.value, linked=self._below(start, path.parent))

        return find


def _path(root: Path, folder: Path, target: str) -> Path | None:
    """Return the real path of a link's target below `root`; of a URI the longest tail of it that is a file there."""
    if "://" not in target:
        return _inside(root, folder.joinpath(*_steps(target)))
    steps = _steps(unquote(urlsplit(target).path))[-_MOST_FOLDERS:]
    for index in range(len(steps)):
        for start in dict.fromkeys((folder, root)):
            found = _inside(root, start.joinpath(*steps[index:]))
            if found is not None:
                return found
    return None


def _steps(path: str) -> list[str]:
    return [step for step in path.replace("\\", "/").split("/") if step]


def _inside(root: Path, path: Path) -> Path | None:
    try:
        real = Path(os.path.realpath(path))
        return real if real.is_relative_to(root) and real.is_file() else None
    except (OSError, ValueError):
        return None
