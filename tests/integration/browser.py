"""A headless Chromium, the one of the system: no test downloads a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WATCH = "addEventListener('securitypolicyviolation', event => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")


@dataclass(kw_only=True)
class Heard:
    """What a page did besides showing itself."""

    messages: list[str] = field(default_factory=list)
    """Console messages, errors, dialogs, and violations of the content security policy."""
    requests: list[str] = field(default_factory=list)
    """Every address it asked for, itself left out."""

    def dismiss(self, dialog: Dialog) -> None:
        """Close a dialog, which nobody should have opened."""
        self.messages.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium; skip the test where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium: install it (Debian: apt install chromium)")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, file: Path, *, width: int = 1200, scheme: str = "light", fragment: str = "") -> Iterator[tuple[Page, Heard]]:
    """Open a file as a person does, and listen: a page that says anything to the console or asks for anything fails its test."""
    heard = Heard()
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme="dark" if scheme == "dark" else "light")
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.add_init_script(WATCH)
    page.on("console", lambda message: heard.messages.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: heard.messages.append(f"error: {error}"))
    page.on("dialog", heard.dismiss)
    address = file.as_uri()
    page.on("request", lambda request: heard.requests.extend([request.url] * (request.url.partition("#")[0] != address)))
    page.goto(f"{address}{fragment}")
    try:
        yield page, heard
    finally:
        context.close()
    assert ([], []) == (heard.messages, heard.requests)


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong for people with a keyboard, a screen reader or weak sight: WCAG 2.2 A and AA, and good practice."""
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", tags)
    return [f"{one['id']} ({len(one['nodes'])}): {one['nodes'][0]['html'][:200]}" for one in found["violations"]]
