"""The XML of a PAN-OS configuration -> the tree its `set` commands would make.

Expat itself, as ElementTree keeps no line numbers. A document with a type declaration is not read: entities in it can grow without end
and name files (which `defusedxml` refuses in the same way).
"""

from __future__ import annotations

from xml.parsers import expat

from s2sguard.collect.device.interface import Gaps, Text
from s2sguard.collect.device.tree import MAX_DEPTH, Node


class _RefusedError(Exception):
    """The document holds what is not read."""


def xml_tree(text: Text, gaps: Gaps) -> Node:
    """Return the tree: `<entry name="x">` is the word x, and the text of an element its value."""
    root = Node("", 0)
    parser = expat.ParserCreate()
    builder = _Builder(root, parser)
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.finish
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.buffer_text = True
    try:
        parser.Parse(text.text.lstrip().encode(), True)  # noqa: FBT003 - expat takes it by position
    except _RefusedError as error:
        gaps.add(parser.CurrentLineNumber, str(error), "too-deep")
        return Node("", 0)
    except (expat.ExpatError, ValueError, LookupError):
        gaps.add(parser.CurrentLineNumber, "not well-formed XML from here: truncated?")
    return root


class _Builder:
    """What expat calls."""

    def __init__(self, root: Node, parser: expat.XMLParserType) -> None:
        self._stack = [root]
        self._parser = parser
        self._text: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if len(self._stack) > MAX_DEPTH:
            msg = f"elements inside each other more than {MAX_DEPTH} deep, so it was not read"
            raise _RefusedError(msg)
        word = attributes.get("name", name) if name == "entry" else name
        line = self._parser.CurrentLineNumber
        self._stack.append(self._stack[-1] if name == "member" else self._stack[-1].put((word,), line))
        self._text = []

    def finish(self, _name: str) -> None:
        """An element ends; its text is its value."""
        node = self._stack.pop()
        value = "".join(self._text).strip()
        if value:
            node.put((value,), self._parser.CurrentLineNumber)
        self._text = []

    def text(self, data: str) -> None:
        """Text between two tags."""
        self._text.append(data)

    def refuse(self, *_declaration: object) -> None:
        """A type declaration begins."""
        msg = "XML with a type declaration is not read"
        raise _RefusedError(msg)
