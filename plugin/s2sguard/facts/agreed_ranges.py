"""Agreed and configured ranges side by side: what is missing, what is too much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from s2sguard.facts.agreement_facts import DifferenceFacts
from s2sguard.facts.ceiling import OPEN_REASONS
from s2sguard.facts.observed import uncovered
from s2sguard.model.address import AddressSet, parse_range
from s2sguard.model.agreement import Agreement
from s2sguard.model.estate import Connection
from s2sguard.model.selector import Selector
from s2sguard.model.value import Maybe, Unknown

MOST_SHOWN: Final = 10
MOST_PAIRS: Final = 1000
"""Pairs of one local and one remote range that are compared; Azure names 100 quick-mode SAs for each tunnel (azure.md 4.1)."""


def selector_difference(one: Agreement, connection: Connection) -> Maybe[DifferenceFacts]:
    """Compare the selectors in effect with the agreed ones.

    Fixed selectors take effect only with policy-based selectors and a custom policy (facts/ceiling.py `offers`): without, all is open.
    """
    agreed = [Texts(each.local.texts, each.remote.texts, each.selector) for each in one.selectors]
    fixed = connection.fixed_selectors
    exists = {
        "policy-based-selectors-off": connection.policy_based_selectors,
        "no-custom-policy": connection.policy,
        "no-fixed-selectors": fixed,
    }
    missing = [OPEN_REASONS[reason] for reason, value in exists.items() if not value]
    if missing:
        text = f"nothing is fixed, as {' and '.join(missing)}: any <-> any may be negotiated"
        return {"missing": shown([str(each.selector) for each in agreed]), "extra": [], "notes": [text]}
    doubt = next((value for value in exists.values() if isinstance(value, Unknown)), None)
    if doubt is not None or isinstance(fixed, Unknown):
        return doubt or Unknown("its fixed selectors cannot be read")
    return _between(agreed, [Texts(each.local_texts, each.remote_texts, each.selector) for each in fixed])


class Texts(NamedTuple):
    """One selector with its ranges as written: a set joins neighbours, and what is negotiated does not."""

    local: tuple[str, ...]
    remote: tuple[str, ...]
    selector: Selector


def _between(agreed: Sequence[Texts], configured: Sequence[Texts]) -> Maybe[DifferenceFacts]:
    if max(sum(len(each.local) * len(each.remote) for each in side) for side in (agreed, configured)) > MOST_PAIRS:
        return Unknown(f"more than {MOST_PAIRS} pairs of ranges are not compared")
    if _pairs(agreed) == _pairs(configured):
        return {"missing": [], "extra": [], "notes": []}
    missing, extra = (_beyond(agreed, configured), _beyond(configured, agreed))
    # A partner's device matches each range exactly (article, stage 4), so other cuts of the same addresses are a difference too.
    notes = [] if missing or extra else ["the addresses are the agreed ones, cut into other ranges: no SA would match exactly"]
    return {"missing": shown(missing), "extra": shown(extra), "notes": notes}


def _beyond(selectors: Sequence[Texts], by: Sequence[Texts]) -> list[str]:
    others = [each.selector for each in by]
    return list(dict.fromkeys(str(part) for each in selectors for part in uncovered(each.selector, others)))


def _pairs(selectors: Sequence[Texts]) -> frozenset[tuple[Maybe[AddressSet], Maybe[AddressSet]]]:
    """Return every local range with every remote range of its IP version, however elements group them."""
    found = {
        (parse_range(local), parse_range(remote))
        for each in selectors
        for local in each.local
        for remote in each.remote
        if (":" in local) == (":" in remote)
    }
    return frozenset(found)


def prefix_difference(one: Agreement, connection: Connection) -> Maybe[DifferenceFacts]:
    """Compare what Azure routes to the site with what was agreed. How it is cut changes no route."""
    site = connection.site
    prefixes = Unknown("it has no site") if site is None else site if isinstance(site, Unknown) else site.prefixes
    if isinstance(prefixes, Unknown):
        return prefixes
    agreed, found = one.prefixes.addresses, prefixes.addresses
    missing, extra = shown((agreed - found).texts()), shown((found - agreed).texts())
    notes = ["BGP is on: the partner announces what it likes besides"] if connection.bgp is True else []
    if isinstance(connection.bgp, Unknown) and not (missing or extra):
        return connection.bgp
    return {"missing": missing, "extra": extra, "notes": notes}


def shown(texts: Sequence[str]) -> list[str]:
    """Return the first of them, and how many more there are."""
    rest = len(texts) - MOST_SHOWN
    return [*texts[:MOST_SHOWN], *([f"{rest} more"] if rest > 0 else [])]
