"""An agreement as the far end of a tunnel that nobody has built yet: a device that is configured exactly as was signed."""

from __future__ import annotations

from collections.abc import Iterator

from s2sguard.agreement.names import GROUPS
from s2sguard.model.address import AddressSet, parse_range
from s2sguard.model.agreement import Agreement
from s2sguard.model.selector import TrafficSelector
from s2sguard.model.tunnel import Proposal, SelectorLine, TunnelEnd
from s2sguard.model.value import Unknown

_NOT_SAID = Unknown("an agreement does not name our gateway")


def tunnel_end(agreement: Agreement) -> TunnelEnd:
    """Return the end: one line for each agreed pair. Who starts is not agreed, so it may; its habit is the one of the article's router."""
    found = agreement.algorithms
    return TunnelEnd(
        name=agreement.label,
        device=f"the agreement at {agreement.place}",
        peers=_NOT_SAID,
        lines=tuple(_lines(agreement)),
        ike="IKEv2",
        phase_1=(_proposal(found.ike_encryption, found.ike_integrity, found.dh_group),),
        phase_2=(_proposal(found.ipsec_encryption, found.ipsec_integrity, found.pfs_group),),
        starts=True,
        answers=True,
        habit="own-line",
    )


def _lines(agreement: Agreement) -> Iterator[SelectorLine]:
    for one in agreement.selectors:
        for near in one.local.texts:
            for far in one.remote.texts:
                if (":" in near) == (":" in far):
                    yield SelectorLine(own=_side(far), far=_side(near))


def _side(text: str) -> tuple[TrafficSelector, ...]:
    found = parse_range(text)
    if not isinstance(found, AddressSet):
        return ()
    return tuple(TrafficSelector(version, first, last) for version in (4, 6) for first, last in found.family(version))


def _proposal(encryption: str, integrity: str, group: str) -> Proposal:
    """Return one suite, with every name Azure has for its group (azure.md 4.4: DHGroup14 and DHGroup2048 are one)."""
    prefix = "PFS" if group.startswith("PFS") else "DHGroup"
    same = (name for name, number in GROUPS.items() if number == GROUPS.get(group) and name.startswith(prefix))
    groups = () if group == "None" else tuple(dict.fromkeys((group, *same)))
    return Proposal(encryption=(encryption,), integrity=(integrity,), groups=groups)
