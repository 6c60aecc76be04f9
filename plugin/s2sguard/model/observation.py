"""What was seen in force: the IKE SAs of one connection with their child SAs (azure.md 4.9)."""

from __future__ import annotations

from dataclasses import dataclass

from s2sguard.model.selector import Selector
from s2sguard.model.value import Maybe


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSa:
    """One child SA (quick-mode SA): the selectors in force, who asked for it, and what protects it."""

    selector: Maybe[Selector]
    by_peer: Maybe[bool]
    """The partner's device started the exchange that made it."""
    ipsec_encryption: Maybe[str]
    ipsec_integrity: Maybe[str]
    pfs_group: Maybe[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class IkeSa:
    """One IKE SA (main-mode SA) and its child SAs. Algorithms are in Azure's spelling."""

    by_peer: Maybe[bool | None]
    """None where the source does not speak of IKE SAs, only of child SAs."""
    ike_encryption: Maybe[str]
    ike_integrity: Maybe[str]
    dh_group: Maybe[str]
    children: tuple[ChildSa, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Everything that was seen of one connection; without an IKE SA, that the tunnel was down."""

    sas: tuple[IkeSa, ...]
    with_algorithms: bool
    """The source shows algorithms; log lines about selectors do not."""
