"""Do both ends have a common suite? Azure's custom policy names one value each; a device offers several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from s2sguard.model.estate import Connection, IpsecPolicy
from s2sguard.model.tunnel import Proposal, TunnelEnd
from s2sguard.model.value import Maybe, Unknown

State: TypeAlias = Literal["meets", "differs", "unknown"]
_NO_POLICY: Final = "the connection has no custom policy; Azure's default list is not compared"
_REKEY: Final = "the first child SA needs none (RFC 7296 section 1.2), and the next one, or a rekey, may fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suites:
    """Whether one phase finds common algorithms, and what is to be said about it."""

    state: State
    text: str


def phase_1(connection: Connection, end: TunnelEnd) -> Suites:
    """Compare IKE's version and algorithms."""
    protocol = connection.protocol
    if not isinstance(protocol, Unknown) and not isinstance(end.ike, Unknown) and end.ike not in {"any", protocol}:
        return Suites(state="differs", text=f"Azure speaks {protocol}, the device {end.ike}")
    return _compared(connection.policy, end.phase_1, ("ike_encryption", "ike_integrity", "dh_group"))


def phase_2(connection: Connection, end: TunnelEnd) -> Suites:
    """Compare ESP's algorithms; a PFS group that differs is said and fails nothing yet."""
    found = _compared(connection.policy, end.phase_2, ("ipsec_encryption", "ipsec_integrity", ""))
    policy = connection.policy
    if found.state != "meets" or isinstance(policy, Unknown) or policy is None or isinstance(end.phase_2, Unknown):
        return found
    ours = policy.pfs_group
    theirs = {group for suite in end.phase_2 for group in suite.groups or ("None",)}
    if isinstance(ours, Unknown) or (ours or "None") in theirs:
        return found
    return Suites(state="meets", text=f"{found.text}; PFS is {ours or 'None'} in Azure and {', '.join(sorted(theirs))} there: {_REKEY}")


def _compared(policy: Maybe[IpsecPolicy | None], offered: Maybe[Sequence[Proposal]], fields: tuple[str, str, str]) -> Suites:
    if policy is None:
        return Suites(state="unknown", text=_NO_POLICY)
    if isinstance(policy, Unknown):
        return Suites(state="unknown", text=f"the connection's policy is unknown: {policy.reason}")
    if isinstance(offered, Unknown):
        return Suites(state="unknown", text=offered.reason)
    ours = [getattr(policy, field) if field else None for field in fields]
    for value in ours:
        if isinstance(value, Unknown):
            return Suites(state="unknown", text=f"the connection's policy is unknown: {value.reason}")
    wanted = ", ".join(str(value) for value in ours if value)
    if any(_has(suite, ours) for suite in offered):
        return Suites(state="meets", text=f"both have {wanted}")
    theirs = "; ".join(dict.fromkeys(_text(suite, with_groups=bool(fields[2])) for suite in offered))
    return Suites(state="differs", text=f"Azure asks for {wanted}, the device has {theirs}")


def _has(suite: Proposal, ours: Sequence[str | None]) -> bool:
    encryption, integrity, group = ours
    # AEAD ciphers need no integrity of their own; Azure writes the cipher or the PRF there.
    aead = encryption is not None and encryption.startswith("GCM")
    integral = integrity in suite.integrity or (aead and not suite.integrity)
    return encryption in suite.encryption and integral and (group is None or group in suite.groups)


def _text(suite: Proposal, *, with_groups: bool) -> str:
    parts = (suite.encryption, suite.integrity, suite.groups if with_groups else ())
    return ", ".join("/".join(part) for part in parts if part) or "nothing that is known"
