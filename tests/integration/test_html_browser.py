"""The HTML report in a real browser: what a person clicks, types and sees, and what the page must never do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from s2sguard.report.html.renderer import HtmlRenderer
from s2sguard.report.interface import Report
from s2sguard.report.printable import printable
from tests.integration.browser import chromium, opened, violations
from tests.unit.report.html.cases import HOSTILE, clean, crowd, fleet, hostile, leaking, nothing_read

CASES: dict[str, Callable[[], Report]] = {
    "leaking": leaking,
    "clean": clean,
    "nothing_read": nothing_read,
    "hostile": hostile,
    "crowd": crowd,
    "single": lambda: fleet(12, 0.5),
    "forty": lambda: fleet(40, 0.3),
    "thousand": lambda: fleet(1000),
}
SMALL = ("leaking", "clean", "nothing_read", "single")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser for all tests of this file."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function from the name of a case to its page, written once."""
    folder = tmp_path_factory.mktemp("html")

    def written(name: str) -> Path:
        path: Path = folder / f"{name}.html"
        if not path.exists():
            path.write_text(HtmlRenderer().render(CASES[name]()), encoding="utf-8", errors="backslashreplace", newline="")
        return path

    return written


def shown(page: Page) -> list[str]:
    """Return the ids of the findings that are not filtered out."""
    found: list[str] = page.eval_on_selector_all(".finding", "all => all.filter(one => one.checkVisibility()).map(one => one.id)")
    return found


@pytest.mark.parametrize("name", CASES)
def test_it_loads_without_a_word(browser: Browser, files: Callable[[str], Path], name: str) -> None:
    """No console message, no dialog, no request and no violation of the policy, whatever is clicked open."""
    with opened(browser, files(name)) as (page, _):
        expect(page.locator("h1")).to_be_visible()
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        page.locator("#theme").click()


@pytest.mark.parametrize(("name", "scheme"), [*((name, "light") for name in (*SMALL, "crowd")), ("leaking", "dark"), ("single", "dark")])
def test_axe_finds_nothing(browser: Browser, files: Callable[[str], Path], name: str, scheme: str) -> None:
    """axe-core finds no violation of WCAG 2.2 A or AA, everything opened, in both themes."""
    with opened(browser, files(name), scheme=scheme) as (page, _):
        assert violations(page) == []


@pytest.mark.parametrize("name", [*SMALL, "crowd", "hostile"])
def test_a_phone_never_scrolls_sideways(browser: Browser, files: Callable[[str], Path], name: str) -> None:
    """At 360 pixels the page is as wide as the screen; only tables and drawings scroll, each in its box."""
    with opened(browser, files(name), width=360) as (page, _):
        page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("width", [360, 1200])
def test_a_wide_matrix_keeps_its_names_readable(browser: Browser, files: Callable[[str], Path], width: int) -> None:
    """However many columns there are, a short name at the head of a row stands on one line, on a phone on two."""
    with opened(browser, files("forty"), width=width) as (page, _):
        heads = page.eval_on_selector_all(".matrix tbody th", "all => all.map(one => one.getBoundingClientRect().height)")
        assert len(heads) == 40
        assert max(heads) < (45 if width > 360 else 60)


def test_filters_narrow_the_list_and_say_how_far(browser: Browser, files: Callable[[str], Path]) -> None:
    """Each filter leaves what it names, filters combine, and the count is announced."""
    with opened(browser, files("leaking")) as (page, _):
        everything = shown(page)
        assert len(everything) == 5
        status = page.locator("#filter-count")
        page.get_by_label("Severity").select_option("critical")
        expect(status).to_have_text("2 of 5 listed findings match.")
        assert shown(page) == ["finding-s2s-iso-001-to-blue", "finding-s2s-iso-001-to-red"]
        page.get_by_label("Severity").select_option("high")
        expect(status).to_have_text("2 of 5 listed findings match.")
        page.get_by_label("Text").fill("FIXED_selectors")
        expect(status).to_have_text("1 of 5 listed findings match.")
        page.get_by_role("button", name="Clear the filters").click()
        expect(status).to_contain_text("5 listed")
        assert shown(page) == everything
        for label, value, expected in (("State", "unknown", 1), ("Control", "S2S-IKE-006", 1), ("Gateway", "g0", 5), ("Partner", "p0", 5)):
            page.get_by_label(label, exact=True).select_option(value)
            expect(status).to_have_text(f"{expected} of 5 listed findings match.")
            page.get_by_role("button", name="Clear the filters").click()
        page.get_by_label("Text").fill("no such thing")
        expect(status).to_have_text("0 of 5 listed findings match.")
        assert page.locator("#findings .control").locator("visible=true").count() == 0
        assert status.get_attribute("aria-live") == "polite"


def test_a_deep_link_opens_its_finding(browser: Browser, files: Callable[[str], Path]) -> None:
    """A link with a fingerprint opens that finding and moves the focus there, also while a filter hides it."""
    target = "finding-s2s-ike-006-to-red"
    with opened(browser, files("leaking"), fragment=f"#{target}") as (page, _):
        finding = page.locator(f"#{target}")
        expect(finding).to_have_attribute("open", "")
        expect(finding.locator("summary")).to_be_focused()
        page.get_by_label("Severity").select_option("critical")
        expect(finding).to_be_hidden()
        page.evaluate("location.hash = ''")
        page.evaluate(f"location.hash = '{target}'")
        expect(finding).to_be_visible()
        assert len(shown(page)) == 5


def test_the_matrix_leads_to_the_plane(browser: Browser, files: Callable[[str], Path]) -> None:
    """A field of the matrix opens the plane of its pair, a second click on the same field as well."""
    with opened(browser, files("single")) as (page, _):
        link = page.locator(".matrix td a").last
        pair = page.locator(link.get_attribute("href") or "none")
        for _ in range(2):
            link.click()
            expect(pair).to_have_attribute("open", "")
            pair.locator("summary").click()
            expect(pair).not_to_have_attribute("open", "")


def test_the_keyboard_is_enough(browser: Browser, files: Callable[[str], Path]) -> None:
    """Tab goes first to the skip link, which leads to the content; what has the focus is marked; Enter opens a finding."""
    with opened(browser, files("leaking")) as (page, _):
        page.keyboard.press("Tab")
        skip = page.locator(".skip")
        expect(skip).to_be_focused()
        assert skip.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        summary = page.locator(".finding summary").first
        summary.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".finding").first).to_have_attribute("open", "")
        reached = set()
        page.locator("body").evaluate("() => document.activeElement.blur()")
        for _ in range(120):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.id || document.activeElement.className || document.activeElement.tagName"))
        assert {"theme", "filter-text", "filter-severity", "filter-partner", "wide"} <= reached


def test_the_theme_can_be_chosen(browser: Browser, files: Callable[[str], Path]) -> None:
    """The button goes from the system's theme to light, to dark and back; the choice outlives a reload."""
    background = "getComputedStyle(document.body).backgroundColor"
    with opened(browser, files("clean"), scheme="dark") as (page, _):
        button = page.locator("#theme")
        dark = page.evaluate(background)
        button.click()
        light = page.evaluate(background)
        assert dark != light
        button.click()
        assert page.evaluate(background) == dark
        page.reload()
        expect(button).to_have_text("Theme: dark")
        button.click()
        expect(button).to_have_text("Theme: as the system")


def test_hostile_names_stay_text(browser: Browser, files: Callable[[str], Path]) -> None:
    """In the browser's own tree every name is text, and no element or handler came of one."""
    with opened(browser, files("hostile")) as (page, _):
        text = page.evaluate("document.body.textContent")
        for name in HOSTILE:
            assert printable(name) in text or printable(name, limit=1500) in text
        assert page.evaluate("document.querySelectorAll('img, iframe, object, embed, link').length") == 0
        assert page.evaluate("document.scripts.length") == 1
        handlers = "[...document.querySelectorAll('*')].filter(one => [...one.attributes].some(each => /^on/i.test(each.name))).length"
        assert page.evaluate(handlers) == 0


def test_the_policy_holds(browser: Browser, files: Callable[[str], Path], tmp_path: Path) -> None:
    """A script, a style and an image that somebody added to the file do nothing."""
    added = "<script>document.title = 'taken'</script><p id=p style='color: rgb(1, 2, 3)'>x</p><img src='https://192.0.2.1/x.png'>"
    file = tmp_path / "changed.html"
    file.write_text(files("clean").read_text(encoding="utf-8").replace("</main>", f"{added}</main>"), encoding="utf-8")
    page = browser.new_page()
    sent: list[str] = []

    def refuse(route: Route) -> None:
        sent.append(route.request.url)
        route.abort()

    page.route("https://**", refuse)
    page.goto(file.as_uri())
    assert "taken" not in page.title()
    assert page.eval_on_selector("#p", "one => getComputedStyle(one).color") != "rgb(1, 2, 3)"
    assert sent == []
    page.close()


def test_the_page_shows_the_digest_of_its_last_line(browser: Browser, files: Callable[[str], Path]) -> None:
    """What the auditor's page says is what the last line says."""
    file = files("leaking")
    (digest,) = re.findall(r"([0-9a-f]{64}) -->$", file.read_text(encoding="utf-8").rstrip())
    with opened(browser, file) as (page, _):
        expect(page.locator("#own-digest code")).to_have_text(digest)


def test_a_thousand_partners_are_quick(browser: Browser, files: Callable[[str], Path]) -> None:
    """The page of a thousand partners filters its findings while one types."""
    with opened(browser, files("thousand")) as (page, _):
        taken = page.evaluate(
            """() => {
              const field = document.getElementById("filter-severity");
              const started = performance.now();
              field.selectedIndex = 1;
              field.dispatchEvent(new Event("change", { bubbles: true }));
              return performance.now() - started;
            }"""
        )
        assert taken < 2000


def test_paper_holds_what_is_folded_on_the_screen(browser: Browser, files: Callable[[str], Path]) -> None:
    """In print the details of a finding are laid out although nobody opened it, and the filters are not."""
    with opened(browser, files("leaking")) as (page, _):
        page.emulate_media(media="print")
        expect(page.locator("#filters")).to_be_hidden()
        height = page.eval_on_selector("#finding-s2s-ike-006-to-red .facts", "one => one.getBoundingClientRect().height")
        assert height > 50
