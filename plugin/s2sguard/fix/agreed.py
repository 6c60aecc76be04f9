"""What a fix takes from an agreement: it may name less than every network, and other algorithms than the preferred ones."""

from __future__ import annotations

from s2sguard.facts.agreed import algorithm_difference
from s2sguard.facts.agreed_ranges import selector_difference
from s2sguard.model.agreement import PHASE_1, PHASE_2, Agreement
from s2sguard.model.estate import Connection, FixedSelector, IpsecPolicy
from s2sguard.model.value import Unknown


def agreed_selectors(agreement: Agreement, connection: Connection) -> tuple[FixedSelector, ...]:
    """Return the selectors that were agreed; none where the current ones are the same, however they are grouped."""
    difference = selector_difference(agreement, connection)
    if isinstance(difference, Unknown) or not any((difference["missing"], difference["extra"], difference["notes"])):
        return ()
    return tuple(
        FixedSelector(local_texts=one.local.texts, remote_texts=one.remote.texts, selector=one.selector) for one in agreement.selectors
    )


def agreed_policy(agreement: Agreement, current: IpsecPolicy | None) -> IpsecPolicy | None:
    """Return the policy that was agreed; None where the current one is the same. What was not agreed stays."""
    if algorithm_difference(agreement, current) == []:
        return None
    found = agreement.algorithms
    return IpsecPolicy(
        **{field: getattr(found, field) for field in (*PHASE_1, *PHASE_2)},
        sa_lifetime_seconds=found.sa_lifetime_seconds or getattr(current, "sa_lifetime_seconds", None),
        sa_data_size_kilobytes=found.sa_data_size_kilobytes or getattr(current, "sa_data_size_kilobytes", None),
    )
