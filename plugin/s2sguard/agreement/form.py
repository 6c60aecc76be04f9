"""The form for the partner, as Markdown: what was agreed, in the words of both sides, and the configuration of their device."""

from __future__ import annotations

from collections.abc import Iterator

from s2sguard.agreement import cisco, strongswan
from s2sguard.agreement.terms import GATEWAY_UNKNOWN, Terms
from s2sguard.errors import UsageError
from s2sguard.report.markdown import plain

_LIFETIME_1 = "28800 seconds (fixed in Azure)"


def render(terms: Terms) -> str:
    """Return the form, with a block for each kind of device that can carry it."""
    sections = (_head(terms), _ends(terms), _ranges(terms), _algorithms(terms), _rules(terms), *_devices(terms))
    return "\n\n".join("\n".join(lines) for lines in map(list, sections)) + "\n"


def _head(terms: Terms) -> Iterator[str]:
    one = terms.agreement
    yield f"# VPN agreement with {plain(one.partner)}"
    yield ""
    yield f"Ticket {plain(one.ticket)}, valid from {one.valid_from} to {one.valid_to} (both days included)."
    yield f"On our side {plain(one.owner)} answers for it."


def _ends(terms: Terms) -> Iterator[str]:
    yield from ("## Who connects", "", "| | our side (Azure) | your side |", "|---|---|---|")
    ours = "to be given to you" if terms.gateway == GATEWAY_UNKNOWN else terms.gateway
    yield f"| public address | {ours} | {terms.peer} |"
    yield "| starts the tunnel | yes, and takes no call | no: let your device answer |"
    yield "| protocol | IKEv2, route by selectors, no BGP | the same |"
    yield "| key | from a vault, given to you on a way of its own; never in this form or by mail | the same |"
    if terms.others:
        yield f"| further devices | | {', '.join(terms.others)}: one at a time, as two tunnels with the same ranges need BGP |"


def _ranges(terms: Terms) -> Iterator[str]:
    yield from ("## Which ranges", "", "Your device needs exactly these pairs: not more, not fewer, none wider or narrower.", "")
    yield from ("| | our range | your range |", "|---|---|---|")
    for number, (near, far) in enumerate(terms.pairs, 1):
        yield f"| {number} | {near} | {far} |"
    yield from ("", f"We route to you: {', '.join(terms.prefixes)}.")
    for rule in terms.agreement.nat:
        side = "We translate" if rule.side == "ours" else "You translate"
        yield f"{side} {plain(rule.internal)} to {plain(rule.external)}."


def _algorithms(terms: Terms) -> Iterator[str]:
    found = terms.agreement.algorithms
    yield from ("## Which algorithms", "", "| | phase 1 (IKE) | phase 2 (IPsec) |", "|---|---|---|")
    yield f"| encryption | {found.ike_encryption} | {found.ipsec_encryption} |"
    yield f"| integrity | {found.ike_integrity} | {found.ipsec_integrity} |"
    yield f"| group | {found.dh_group} | {found.pfs_group} (PFS) |"
    seconds = "not agreed" if found.sa_lifetime_seconds is None else f"{found.sa_lifetime_seconds} seconds"
    size = "" if found.sa_data_size_kilobytes is None else f", {found.sa_data_size_kilobytes} kilobytes"
    yield f"| lifetime | {_LIFETIME_1} | {seconds}{size} |"


def _rules(terms: Terms) -> Iterator[str]:
    yield from ("## What we ask of you", "")
    yield "- Change nothing on one side alone: tell us, and both change in one window."
    yield "- Do not add a line for other networks behind our gateway: it would be an attempt to reach our other partners."
    yield f"- Before {terms.agreement.valid_to} somebody of yours and somebody of ours renew this, or the tunnel is removed."


def _devices(terms: Terms) -> Iterator[list[str]]:
    for title, writer in (("Cisco IOS-XE", cisco.render), ("strongSwan", strongswan.render)):
        try:
            text = writer(terms)
        except UsageError as error:
            yield [f"## Your device: {title}", "", f"Not possible: {plain(error.message.rpartition(': ')[2])}."]
        else:
            yield [f"## Your device: {title}", "", "```text", *text.rstrip("\n").split("\n"), "```"]
