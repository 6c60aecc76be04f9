"""Names that try to become markup, script or template code: they stay text, and what is invisible in them is written out."""

from __future__ import annotations

import re

import pytest

from s2sguard.report.html.renderer import HtmlRenderer
from s2sguard.report.printable import printable
from tests.unit.report.html.cases import HOSTILE, clean, hostile, leaking, page_of


def test_names_make_no_element() -> None:
    """The hostile page has no kind of element and no attribute that the harmless ones lack."""
    harmless = [*page_of(leaking).find_all(name=True), *page_of(clean).find_all(name=True)]
    assert {node.name for node in page_of(hostile).find_all(name=True)} <= {node.name for node in harmless}
    allowed = {name for node in harmless for name in node.attrs}
    assert {name for node in page_of(hostile).find_all(name=True) for name in node.attrs} <= allowed


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_shown_as_they_are(name: str) -> None:
    """Each name stands in the text of the page, whole or with its middle cut out, with everything invisible written out."""
    text = page_of(hostile).get_text()
    assert printable(name) in text or printable(name, limit=1500) in text


def test_nothing_invisible_is_left() -> None:
    """No control, bidi or separator character reaches the page, in text or attributes."""
    text = HtmlRenderer().render(hostile())
    assert re.findall(r"[^\n -~\u0590-\u05ff\u0300-\u036f\u0489\u00b7\u2190-\u2193\u2215]", text) == []


def test_no_command_of_a_pipeline_is_left() -> None:
    """A page that is printed into a log commands no agent."""
    assert "##vso" not in HtmlRenderer().render(hostile())


def test_templates_in_names_are_not_run() -> None:
    """`{{ 7 * 7 }}` is text."""
    assert "{{ 7 * 7 }}" in page_of(hostile).get_text()
    assert not re.search(r"\b49\b", page_of(hostile).find(id="summary").get_text())


def test_long_names_are_cut_in_the_middle() -> None:
    """No word of the page is longer than a message may be."""
    assert max(len(word) for word in page_of(hostile).get_text(" ").split()) <= 1500


def test_names_of_another_direction_are_isolated() -> None:
    """Hebrew letters stand in an element of their own, so that they move nothing beside them."""
    found = page_of(hostile).find_all(string=re.compile("אבג"))
    assert found
    assert {node.parent.name for node in found} <= {"bdi", "option", "text"}
