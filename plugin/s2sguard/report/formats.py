"""Every report format by name; one module each, loaded only when its format is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from s2sguard.report.interface import Renderer

FORMATS: Final[dict[str, tuple[str, str]]] = {
    "table": ("table", "TableRenderer"),
    "json": ("json_report", "JsonRenderer"),
    "sarif": ("sarif", "SarifRenderer"),
    "junit": ("junit", "JunitRenderer"),
    "tap": ("tap", "TapRenderer"),
    "github": ("github", "GithubRenderer"),
    "azuredevops": ("azure_devops", "AzureDevopsRenderer"),
    "csv": ("csv_report", "CsvRenderer"),
    "markdown": ("markdown", "MarkdownRenderer"),
    "html": ("html.renderer", "HtmlRenderer"),
}
"""Name -> module in `s2sguard.report`, and the class in it."""
EVIDENCE_FORMATS: Final[dict[str, tuple[str, str]]] = {
    "table": ("evidence_table", "EvidenceTable"),
    "json": ("evidence_json", "EvidenceJson"),
    "markdown": ("evidence_markdown", "EvidenceMarkdown"),
}
"""The same for the view by requirements of a framework."""


def renderer(name: str, **options: object) -> Renderer:
    """Return the renderer of a format; `options` are those of its class: `style` of the table, `with_facts` of JSON.

    With the option `framework` it is the view by requirements, which has the formats in `EVIDENCE_FORMATS`.

    Raise `KeyError` for a name that is not in `FORMATS`: the command line has checked it.
    """
    module, chosen = (EVIDENCE_FORMATS if "framework" in options else FORMATS)[name]
    made: Renderer = getattr(import_module(f"s2sguard.report.{module}"), chosen)(**options)
    return made
