"""Markdown as GitHub's own parser and a second one render it: what stands there is text, whatever it is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

from s2sguard.report import markdown
from s2sguard.report.interface import Report
from s2sguard.report.markdown import MarkdownRenderer, plain
from s2sguard.report.printable import printable
from tests.golden.cases import CASES, accepted, crowded, doubtful, hostile, leaking
from tests.unit.report.builders import report, verdict
from tests.unit.report.hostile import HOSTILE

ALLOWED = {"h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "strong", "br", "pre", "code", "ul", "li", "hr"}
BREAK = "\u200b"


class Page(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.text += data


def github(text: str) -> Page:
    """Return the page that GitHub's fork of cmark makes, raw HTML left in, so that it would be seen."""
    return Page(cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE))


def other(text: str) -> Page:
    """Return the page of a second parser, which many web applications use; raw HTML is left in."""
    return Page(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))


PARSERS: dict[str, Callable[[str], Page]] = {"github": github, "markdown-it": other}


@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_report_has_only_our_markup(case: Callable[[], Report], parser: Callable[[str], Page]) -> None:
    """Headings, tables, lists, one code block: no link, no image, no other element, no attribute but a code block's language."""
    page = parser(MarkdownRenderer().render(case()))
    assert (set(page.tags) - ALLOWED, page.attributes - {"lang", "class"}) == (set(), set())


@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)
@pytest.mark.parametrize("evil", HOSTILE)
def test_no_name_is_markup(evil: str, parser: Callable[[str], Page]) -> None:
    """The elements of a report do not depend on the names in it, and the names are shown as they are."""
    page, harmless = parser(MarkdownRenderer().render(hostile(evil))), parser(MarkdownRenderer().render(hostile("x")))
    assert page.tags == harmless.tags
    assert printable(evil, limit=90).strip() in page.text.replace(BREAK, "")


@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)
@pytest.mark.parametrize("evil", HOSTILE)
def test_plain_text_stays_plain(evil: str, parser: Callable[[str], Page]) -> None:
    """Escaped text shows exactly itself, at the start of a line and inside a cell."""
    assert parser(plain(evil)).tags == ["p"]
    assert parser(plain(evil)).text.strip("\n").replace(BREAK, "") == printable(evil).strip()
    cells = parser(f"| a | b |\n|---|---|\n| {plain(evil)} | c |\n")
    assert cells.tags == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"]


@pytest.mark.parametrize(
    "text", ["root@evil.example", "@octocat", "#12", "!12", "GH-12", "www.evil.example", ":smile:", "a:smile:b", ":bee:", "1. x"]
)
def test_what_services_look_for_is_broken(text: str) -> None:
    """Mentions, references, addresses and emoji are found after Markdown is read, so the text itself has a break in it."""
    assert BREAK in github(plain(text)).text


@pytest.mark.parametrize(
    "text", ["sa_lifetime_seconds is 86400", "to-red (rg-1), it's 10:30", "10.1.0.10 is in", "pre-shared", "2026-01-01T10:30:00"]
)
def test_plain_words_are_left_alone(text: str) -> None:
    """Words that cannot be markup are readable in the source as well."""
    assert plain(text) == text


@pytest.mark.parametrize("text", ["2001:db8:1:2::/64", "2001:db8::1:2", "::1:2", "10:30:00"])
def test_addresses_can_be_copied(text: str) -> None:
    """Nothing invisible stands in an address or a time."""
    assert github(plain(text)).text.strip() == text


def test_the_report_says_first_what_matters() -> None:
    """Counts, the exit code and why, the gateways, the proof, the findings: in this order."""
    lines = MarkdownRenderer().render(leaking()).splitlines()
    assert lines[0] == "## s2sguard: 5 findings (2 critical, 2 high, 1 low), 1 unknown, 1 passed, 2 gaps"
    assert github(lines[2]).text.strip() == "exit code 1: 4 findings at or above --fail-on high; 1 input could not be read"
    heads = [line.removeprefix("### ").split(":")[0] for line in lines if line.startswith("### ")]
    assert heads == ["Proof", "Findings", "Unknown (not the same as compliant)", "Not read", "Notes", "About this report"]


def test_an_accepted_proof_is_called_so() -> None:
    """Where only an accepted finding has a packet, the proof says that it is accepted; where one fails, that one is shown."""
    assert "\n### Proof of an accepted finding: " in MarkdownRenderer().render(accepted())
    first, *rest = accepted().verdicts
    one_fails = replace(accepted(), verdicts=(first, replace(rest[0], acceptance=None), *rest[1:]))
    assert "\n### Proof: a packet from red to blue " in MarkdownRenderer().render(one_fails)


def test_what_was_not_judged_is_no_finding() -> None:
    """A verdict that was not reached has a table of its own."""
    text = MarkdownRenderer().render(doubtful())
    assert ("### Not judged: 1" in text, "### Findings" in text) == (True, False)


def test_long_tables_are_cut_with_a_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is counted in the last row, and the row says where everything is."""
    monkeypatch.setattr(markdown, "MAX_ROWS", 3)
    text = MarkdownRenderer().render(crowded())
    assert "| and 77 more (all of them: `--format json`) | | | |" in text
    assert set(github(text).tags) <= ALLOWED


def test_a_finding_without_fix_or_place_leaves_nothing_behind() -> None:
    """No empty line break stands where there is nothing to say."""
    bare = replace(verdict(), fix="", source=None)
    assert "| to-red | connection mode is Default |" in MarkdownRenderer().render(report(bare))
