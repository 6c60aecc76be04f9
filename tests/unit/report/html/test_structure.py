"""What holds for every page: valid structure, nothing from outside, nothing that the policy does not name."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest

from s2sguard.report.html.renderer import HtmlRenderer
from s2sguard.report.interface import Report
from tests.unit.report.html.cases import clean, crowd, hostile, leaking, nothing_read, page_of, text_of

CASES: tuple[Callable[[], Report], ...] = (leaking, clean, nothing_read, hostile, crowd)
every_page = pytest.mark.parametrize("case", CASES, ids=["leaking", "clean", "nothing_read", "hostile", "crowd"])


@every_page
def test_equal_reports_give_equal_bytes(case: Callable[[], Report]) -> None:
    """Nothing in the page depends on the time, on hashing or on the order of sets."""
    assert HtmlRenderer().render(case()) == HtmlRenderer().render(case())


@every_page
def test_nothing_is_loaded_from_anywhere(case: Callable[[], Report]) -> None:
    """No element has an address outside the page, and no style names one."""
    soup = page_of(case)
    found = [
        (node.name, node.attrs[name])
        for node in soup.find_all(name=True)
        for name in ("src", "href", "action", "data", "srcset", "xlink:href")
        if name in node.attrs
    ]
    assert [(name, value) for name, value in found if not value.startswith("#")] == []
    assert re.findall(r"url\((?!#)|@import|https?://", soup.style.string) == []
    assert not soup.find_all(["link", "base", "iframe", "object", "embed", "img", "audio", "video", "use"])


@every_page
def test_the_policy_names_the_one_script_and_the_one_style(case: Callable[[], Report]) -> None:
    """The content security policy allows exactly the bytes of the two elements, and nothing else runs."""
    soup = page_of(case)
    (script,), (style,) = soup.find_all("script"), soup.find_all("style")
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    digests = [base64.b64encode(hashlib.sha256(node.string.encode()).digest()).decode() for node in (script, style)]
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{digests[0]}'; style-src 'sha256-{digests[1]}'; base-uri 'none'; form-action 'none'"
    )


@every_page
def test_no_element_carries_script_or_style(case: Callable[[], Report]) -> None:
    """There is no handler in an attribute and no inline style, whatever the names are."""
    names = {name for node in page_of(case).find_all(name=True) for name in node.attrs}
    assert sorted(name for name in names if name.startswith("on") or name == "style") == []


@every_page
def test_every_id_is_there_once_and_every_link_leads_somewhere(case: Callable[[], Report]) -> None:
    """Deep links are unambiguous, and no link of the page is dead."""
    soup = page_of(case)
    ids = Counter(node["id"] for node in soup.find_all(id=True))
    assert [name for name, number in ids.items() if number > 1] == []
    named = {node[name] for node in soup.find_all(name=True) for name in ("for", "aria-labelledby") if name in node.attrs}
    targets = {link["href"].removeprefix("#") for link in soup.find_all("a")} | named
    assert sorted(targets - set(ids)) == []


@every_page
def test_it_can_be_read_without_seeing_it(case: Callable[[], Report]) -> None:
    """Landmarks, one h1, headings without a jump, table heads with a scope, names for regions, drawings and fields."""
    soup = page_of(case)
    assert soup.html["lang"] == "en"
    assert all(len(soup.find_all(name)) == 1 for name in ("header", "nav", "main", "footer", "h1", "title"))
    levels = [int(node.name[1]) for node in soup.find_all(re.compile(r"^h[1-6]$"))]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(head.get("scope") in {"col", "row"} for head in soup.find_all("th"))
    assert all(table.caption is not None and text_of(table.caption) for table in soup.find_all("table"))
    for node in soup.find_all(lambda node: node.get("role") in {"region", "img", "group"}):
        assert node.get("aria-label")
    assert all(svg.get("aria-hidden") == "true" or svg.get("aria-label") for svg in soup.find_all("svg"))
    labels = {label["for"] for label in soup.find_all("label")}
    assert {node["id"] for node in soup.find_all(["input", "select"])} == labels


@every_page
def test_what_scrolls_can_be_reached_with_the_keyboard(case: Callable[[], Report]) -> None:
    """Every box that may be wider than the screen takes the focus."""
    assert all(node.get("tabindex") == "0" for node in page_of(case).select(".wide"))


@every_page
def test_the_last_line_has_the_digest_of_everything_before_it(case: Callable[[], Report]) -> None:
    """`head -n -1 report.html | sha256sum` gives the digest that the last line states, and its size."""
    data = HtmlRenderer().render(case()).encode("utf-8", errors="backslashreplace")
    body, line = data[: data.rindex(b"\n", 0, -1) + 1], data[data.rindex(b"\n", 0, -1) + 1 :]
    assert line.decode() == f"<!-- s2sguard: SHA-256 of the {len(body)} bytes before this line: {hashlib.sha256(body).hexdigest()} -->\n"


def test_without_script_everything_is_there() -> None:
    """What only works with the script is hidden without it, and no finding is."""
    soup = page_of(leaking)
    assert [node.get("id") for node in soup.find_all(hidden=True)] == ["theme", "filters", "own-digest"]
