"""`s2sguard agreement`: what was signed, by itself, as a form, as configurations, and as drafts."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from itertools import combinations
from typing import TYPE_CHECKING

from s2sguard.cli.options import configuration, request_of, today
from s2sguard.cli.output import check_output, write
from s2sguard.cli.parser_agreement import FOR_AZURE, FOR_PARTNER
from s2sguard.cli.unread import check_anything_read, say_unread
from s2sguard.config.agreements import read_agreements
from s2sguard.errors import UsageError
from s2sguard.fix.snippets.quoting import comment
from s2sguard.model.agreement import Agreement, conflicts
from s2sguard.model.folding import fold
from s2sguard.report.printable import printable

if TYPE_CHECKING:
    from s2sguard.agreement.terms import Terms

INCOMPLETE = 3
_SAID = {"draft": "a draft, not signed until it names owner and ticket"}
DRAFT_HEAD = "# Drafts from what is configured, mistakes included: ask the partner, name owner and ticket, then sign."


def run(arguments: Namespace) -> int:
    """Run one action and return the exit code. Raises ConfigError and UsageError."""
    actions: dict[str, Callable[[Namespace], int]] = {"check": check, "render": render, "new": new, "from-inventory": from_inventory}
    return actions[arguments.action](arguments)


def check(arguments: Namespace) -> int:
    """Print one line for each agreement and conflict; 1 where one is not in force or two conflict."""
    day = today(arguments)
    found = read_agreements(tuple(arguments.paths))
    lines = [f"{one.place}: {one.label}: {_SAID.get(one.state(day), one.state(day))}, {one.valid_from} to {one.valid_to}" for one in found]
    clashes = [
        f"{one.place}: {one.label} conflicts with {other.label}: {reason}"
        for one, other in combinations(found, 2)
        for reason in conflicts(one, other)
    ]
    write("".join(f"{printable(line)}\n" for line in lines + clashes), None)
    return 1 if clashes or any(one.state(day) != "in force" for one in found) else 0


def render(arguments: Namespace) -> int:
    """Print one agreement as the partner or Azure needs it."""
    from s2sguard.agreement.terms import terms_of

    check_output(arguments.output)
    found = chosen(read_agreements((arguments.file,)), arguments.partner, arguments.ticket)
    write(rendered(terms_of(found, arguments.gateway_address), arguments.audience, arguments.language), arguments.output)
    return 0


def new(arguments: Namespace) -> int:
    """Print a file to start from."""
    from s2sguard.agreement.skeleton import skeleton

    check_output(arguments.output)
    write(skeleton(arguments.partner, today(arguments)), arguments.output)
    return 0


def from_inventory(arguments: Namespace) -> int:
    """Print a draft for each connection of a partner; 3 where there is one without, or something was not read."""
    from s2sguard.agreement.drafts import Undrafted, drafts_of
    from s2sguard.agreement.written import written
    from s2sguard.config.request import inventory_of
    from s2sguard.facts.estate import build_estate

    check_output(arguments.output)
    request = request_of(arguments, configuration(arguments))
    inventory = inventory_of(request, lambda _: None)
    check_anything_read(inventory)
    found = list(drafts_of(build_estate(inventory, request.options), request.today))
    without = [one for one in found if isinstance(one, Undrafted)]
    drafts = [one for one in found if not isinstance(one, Undrafted)]
    notes = [f"# {comment(f'no draft for {one.name}: {one.reason}')}" for one in without]
    lines = [DRAFT_HEAD, *notes, *(["agreements:", *written(drafts)] if drafts else ["agreements: []"])]
    write("\n".join(lines) + "\n", arguments.output)
    return INCOMPLETE if say_unread(inventory) or without else 0


def rendered(terms: Terms, audience: str, language: str | None) -> str:
    """Return the text for a reader; raises UsageError for a language that is not theirs."""
    from s2sguard.agreement import azure, cisco, form, strongswan

    allowed = FOR_PARTNER if audience == "partner" else FOR_AZURE
    language = language or allowed[0]
    if language not in allowed:
        raise UsageError(f"--for {audience} has no --as {language}", hint=f"it is one of {', '.join(allowed)}")
    writers: dict[str, Callable[[Terms], str]] = {"form": form.render, "cisco": cisco.render, "strongswan": strongswan.render}
    if language in writers:
        return writers[language](terms)
    return azure.render(terms, next(one for one in ("bicep", "terraform", "az", "powershell") if one == language))


def chosen(found: tuple[Agreement, ...], partner: str | None, ticket: str | None) -> Agreement:
    """Return the one agreement that is meant; raises UsageError where there is none, or more than one."""
    fitting = [
        one
        for one in found
        if (partner is None or fold(one.partner) == fold(partner.strip())) and (ticket is None or fold(one.ticket) == fold(ticket.strip()))
    ]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(printable(one.label, limit=80) for one in (fitting or found)[:8])
    what = "none of them fits" if not fitting else f"{len(fitting)} of them fit"
    hint = f"name one with --partner or --ticket: {names}" if names else "`s2sguard agreement new` writes one"
    raise UsageError(f"{len(found)} agreements in the file, {what}", hint=hint)
