"""Results as text for a terminal, and as the Markdown of RESULTS.md."""

from __future__ import annotations

from collections.abc import Sequence

from tests.benchmarks.measure import Row, Section


def text(section: Section) -> str:
    """Return a section for a terminal."""
    wide = max(len(row.what) for row in section.rows)
    lines = [section.title, *(f"  {row.what:<{wide}}  {_value(row):>10}  {_verdict(row):<22}  {row.seen}".rstrip() for row in section.rows)]
    return "\n".join(lines) + "\n\n"


def document(sections: Sequence[Section], *, date: str, commit: str, machine: str) -> str:
    """Return RESULTS.md."""
    lines = [
        "# Results of the benchmarks",
        "",
        "Written by `make bench` (`python -m tests.benchmarks`); do not edit.",
        "What is compared ran in turns in one run, and medians are compared; absolute numbers are for orientation.",
        "",
        f"- date: {date}",
        f"- measured: {commit}",
        f"- machine: {machine}",
    ]
    for section in sections:
        lines += ["", f"## {section.title}", *section.notes, "", "| what | result | aim | seen |", "|---|---:|---|---|"]
        lines += [f"| {row.what} | {_value(row)} | {_verdict(row)} | {row.seen} |" for row in section.rows]
    short = [row for section in sections for row in section.rows if row.short]
    lines += ["", "## What falls short"]
    lines += [f"- **{row.what}**: {_value(row)}, aim {_aim(row)}. Why: {row.why_short}." for row in short] or ["Nothing: every aim is met."]
    return "\n".join(lines) + "\n"


def _value(row: Row) -> str:
    digits = 2 if abs(row.value) < 10 else 1 if abs(row.value) < 100 else 0
    return f"{row.value:,.{digits}f}{' ' if row.unit else ''}{row.unit}"


def _aim(row: Row) -> str:
    return f"at {'most' if row.better == 'less' else 'least'} {row.aim:g}{' ' if row.unit else ''}{row.unit}"


def _verdict(row: Row) -> str:
    return "" if row.aim is None else f"{_aim(row)}: {'missed' if row.short else 'met'}"
