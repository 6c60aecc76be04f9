"""The templates, the style and the script of the page, as they lie in the package.

Everything that a report says goes through the templates, which escape it. What is not escaped is ours: the style and the script,
of which the content security policy names the digests, so that nothing else can run.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

_FOLDER: Final = Path(__file__).parent
_STYLES: Final = ("base.css", "parts.css", "drawings.css", "print.css")
_SCRIPTS: Final = ("theme.js", "filters.js", "links.js")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """What the head of the page holds."""

    style: str
    script: str
    policy: str
    """The content security policy."""


@cache
def page_assets() -> Assets:
    """Return style, script and the policy that allows these two and nothing else."""
    style, script = _joined(_STYLES), _joined(_SCRIPTS)
    rules = (
        "default-src 'none'",
        f"script-src {_source(script)}",
        f"style-src {_source(style)}",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return Assets(style=style, script=script, policy="; ".join(rules))


@cache
def template() -> Template:
    """Return the template of the page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["own"] = _own
    return environment.get_template("page.html")


def _own(text: str) -> Markup:
    """Let a text of this package through as it is: the two elements whose content browsers do not unescape."""
    from markupsafe import Markup

    if text not in (page_assets().style, page_assets().script):  # pragma: no cover - a template that passes anything else is a bug
        raise ValueError("not a text of this package")
    return Markup(text)  # noqa: S704 - checked above: it is no text from outside


def _joined(names: tuple[str, ...]) -> str:
    # A line break of Windows would be another digest than the browser's.
    texts = [(_FOLDER / "assets" / name).read_text(encoding="utf-8").replace("\r\n", "\n") for name in names]
    return "\n" + "\n".join(texts)


def _source(text: str) -> str:
    """Return the digest of an inline element's content as a source of CSP level 2."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
