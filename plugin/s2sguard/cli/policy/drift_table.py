"""The table of `policy drift`: what it means first, then what to do, then each difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from s2sguard.azure_policy.derived.drift import Difference
from s2sguard.azure_policy.derived.model import Conflict, Doubt
from s2sguard.report.printable import printable
from s2sguard.report.style import Style, count, some

MOST_RANGES = 8
_NOT_READ = "in the assignments, not in this input"
_WORDS = {
    "partnerRanges": "ranges in use by {}",
    "allowedRanges": "ranges allowed to {}",
    "networkRanges": "networks behind {}",
    "networkGateways": "networks behind {} are known",
    "partners": "partner {}",
    "gateways": "gateway {}",
    "partnerOf": "owner of {}",
    "trustOf": "trust in {}",
    "sitePartner": "owner of {} by its connections",
    "siteTrust": "registered trust in {}",
    "siteGateways": "gateways of {}",
    "siteOverlaps": "gateways where {} would meet another partner",
    "siteNetworkOverlaps": "gateways where {} would meet our networks",
    "partnerTag": "{}",
    "trustTag": "{}",
}


def table(differences: Sequence[Difference], conflicts: Sequence[Conflict], doubts: Sequence[Doubt], style: Style) -> str:
    """Return the text; names in it are safe to print."""
    lines = [line for text in _head(differences, conflicts, doubts) for line in style.wrap(text)]
    for scope, members in groupby(differences, key=lambda one: one.scope):
        lines += ["", printable(scope or "(no scope given)")]
        # What may break somebody else comes first.
        for one in sorted(members, key=lambda each: not each.contested_by):
            lines += [line for text in _texts(one) for line in style.wrap(text, first="  ", rest="      ")]
    return "\n".join(lines) + "\n"


def _head(differences: Sequence[Difference], conflicts: Sequence[Conflict], doubts: Sequence[Doubt]) -> Iterator[str]:
    if doubts:
        yield f"the input is incomplete ({count(len(doubts), 'gap')}): what is not in it may only be unread"
    if not differences:
        yield "no difference in what could be read" if doubts else "no drift: the assignments say what the facts say"
    contested = sum(bool(one.contested_by) for one in differences)
    if differences:
        yield count(len(differences), "difference") + (f", {contested} in addresses of another partner" if contested else "")
    if conflicts:
        yield f"{count(len(conflicts), 'conflict')}: partners claim the same addresses on one gateway"
    if not differences and not conflicts:
        return
    if differences and not any(one.missing for one in differences):
        yield "nothing here is new: either resources are gone, or the input is not the whole estate"
    ranges = any(one.what in {"claims", "allowed", "networks"} for one in differences)
    first = f"somebody changed {'a range' if ranges else 'a resource'}: " if differences else ""
    first += "`s2sguard scan INPUT` first, then revert it"
    if contested or conflicts:
        yield f"{first}; assign nothing before, `s2sguard policy parameters` cannot know who is right"
    else:
        yield f"{first}, or `s2sguard policy parameters INPUT` and assign the result"


def _texts(one: Difference) -> Iterator[str]:
    if one.what == "scope":
        yield "no assignment at this scope: its requests are not judged"
        return
    if one.what == "unreadable":
        yield f"assigned range that is none: {_name(one.subject)}"
        return
    head = _WORDS[one.parameter].format(_name(one.subject)) + (f" on {_name(one.gateway)}" if one.gateway else "") + f" ({one.parameter}): "
    if one.what in {"partners", "gateways"} or one.parameter == "networkGateways":
        yield head + ("not assigned yet" if one.missing else _NOT_READ)
    elif one.what == "identity" and one.missing and one.stale:
        yield f"{head}assigned {_names(one.stale)}, now {_names(one.missing)}"
    else:
        if one.missing:
            marked = f"  CLAIMED BY {_names(one.contested_by)}" if one.contested_by else ""
            yield f"{head}not assigned: {_names(one.missing)}{marked}"
        if one.stale:
            yield f"{head}{_NOT_READ}: {_names(one.stale)}"


def _names(texts: Sequence[str]) -> str:
    return some([_name(text) for text in texts], MOST_RANGES)


def _name(text: str) -> str:
    """Return an id by its last part, anything else whole."""
    return printable(text.rsplit("/", 1)[-1] if text.startswith("/") else text, limit=200)
