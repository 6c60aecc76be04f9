"""Advice for people: the table, what decides, and the reason behind each answer that is not a plain yes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from s2sguard.advise.advice import Advice
from s2sguard.advise.requirements import HEADENDS, Headend, Verdict
from s2sguard.report.about import assumed
from s2sguard.report.printable import printable
from s2sguard.report.style import Colour, Style, count, some

MOST_PARTNERS = 6
_COLOURS: Final[dict[Verdict, Colour]] = {"yes": "green", "depends": "yellow", "unknown": "yellow", "no": "red"}
_HEADS: Final[dict[Verdict, str]] = {
    "yes": "can carry them",
    "depends": "can carry them, on conditions",
    "unknown": "may carry them; not everything is known",
    "no": "cannot carry them",
}
_NAME, _CELL = 15, 13


def advice_text(found: Sequence[Advice], style: Style) -> str:
    """Return one section for each gateway. Every name in it is printable."""
    if not found:
        return "no partner connection and no agreement: nothing to advise on\n"
    sections = ["\n".join(_section(one, style)) for one in found]
    return "\n\n".join([*sections, "\n".join(style.wrap(f"Assumptions: {assumed(found[0].assumptions)}."))]) + "\n"


def _section(one: Advice, style: Style) -> Iterator[str]:
    yield style.paint(_title(one), "bold")
    yield ""
    yield " " * (_NAME + 2) + "".join(headend.ljust(_CELL) for headend in HEADENDS).rstrip()
    for name, answers in one.table.items():
        cells = (answers[headend].verdict for headend in HEADENDS)
        yield f"  {name.ljust(_NAME)}{''.join(_cell(cell, style) for cell in cells).rstrip()}"
    yield ""
    for headend in HEADENDS:
        yield from _verdict(one, headend, style)
    yield from style.wrap(printable(one.doubt), first="  unknown: ") if one.doubt else ()
    yield ""
    yield f"  take: {one.best}" if one.best is not None else "  take: none of them; change what was agreed first"


def _title(one: Advice) -> str:
    partners = [printable(name) for name in one.partners]
    if one.gateway is None:
        where = "not connected yet"
    else:
        where = f"{printable(one.gateway['name'])} ({'an NVA or edge router' if one.kind == 'device' else one.kind})"
    return f"{where}: {count(len(partners), 'partner')}, {some(partners, MOST_PARTNERS)}"


def _cell(verdict: Verdict, style: Style) -> str:
    return style.paint(verdict, _COLOURS[verdict]) + " " * (_CELL - len(verdict))


def _verdict(one: Advice, headend: Headend, style: Style) -> Iterator[str]:
    """Yield what a headend can do and, where that is not all of it, what decides and why."""
    state, deciding = one.state(headend), one.deciding(headend)
    decided = f"; decides: {', '.join(deciding)}" if deciding else ""
    yield from style.headed(f"  {headend} ", f"{_HEADS[state]}{decided}", f"  {style.paint(headend, _COLOURS[state])} ")
    for name in one.table:
        answer = one.table[name][headend]
        if answer.verdict != "yes":
            yield from style.wrap(f"{answer.verdict}: {printable(answer.reason)}", first=f"    {name}  ", rest="      ")
