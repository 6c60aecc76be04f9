"""What a change does to a running tunnel, and in which order to make it.

Sources: the control pages ("What the fix does to a running tunnel"); azurerm's schema, where `connection_mode` and
`connection_protocol` force a new resource; VPN Gateway FAQ (a policy change restarts IKE; the protocol cannot be changed).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from s2sguard.fix.model import Patch, Ranges

REPLACED_BY_TERRAFORM = ("connectionMode", "connectionProtocol")
"""Properties whose change makes Terraform delete the connection and create it again."""
MANY_PAIRS = 100
"""Quick-mode SAs of a tunnel in Microsoft's table of default parameters (azure.md 4.1)."""


def effects_of(patch: Patch, selectors: Sequence[Ranges]) -> Iterator[str]:
    """Yield what happens to the tunnel, worst first. `selectors` are those it has afterwards."""
    names = patch.properties
    if "connectionProtocol" in names:
        yield (
            "every tool deletes the connection and creates it again: Azure does not change the protocol of an existing one; "
            "minutes without a tunnel, and the shared key has to be at hand"
        )
        yield "if the partner's device speaks IKEv1 alone, no native setting isolates it: another headend is needed"
    elif any(name in names for name in REPLACED_BY_TERRAFORM):
        yield "Terraform replaces the connection (connection_mode forces a new one): minutes without a tunnel, shared key at hand"
        yield "az, PowerShell and Bicep update it in place: IKE restarts, seconds without a tunnel"
    else:
        yield "every tool updates the connection in place: the tunnel is negotiated anew, seconds without it"
    if "connectionMode" in names:
        yield "from then on only Azure dials: it comes up when a packet from Azure asks for it, never from the partner's side"
    if "trafficSelectorPolicies" in names or "usePolicyBasedTrafficSelectors" in names:
        yield "the partner's encryption domain has to be the mirrored ranges or narrower, or phase 2 stays down (TS_UNACCEPTABLE)"
        yield "whatever the partner uses outside these ranges stops: look at flow logs of the last weeks first"
    if "ipsecPolicies" in names:
        yield "nothing but this policy is offered or accepted: one field that differs on the partner's device keeps it down"
    if names.get("enableBgp") is False:
        yield "routes that BGP brought and the site does not list are gone: compare the learned routes with the site first"
    if len(selectors) > 1:
        yield "only the first selector comes up with the tunnel; each other one waits for its first packets, which are lost"
    pairs = sum(len(local) * len(remote) for local, remote in selectors)
    if pairs > MANY_PAIRS:
        yield f"{pairs} pairs of ranges: Microsoft's table names {MANY_PAIRS} SAs for a tunnel, so fewer and agreed ranges are better"


def steps_of(patch: Patch) -> Iterator[str]:
    """Yield the steps, in order. Going back is the last one."""
    names = patch.properties
    if names.get("enableBgp") is False:
        yield "partner: static routes to the local ranges, beside BGP"
    if "ipsecPolicies" in names or "connectionProtocol" in names:
        what = "the new proposal" if "connectionProtocol" not in names else "an IKEv2 profile with the proposal"
        yield f"partner: {what} beside the old one"
    if "trafficSelectorPolicies" in names or "usePolicyBasedTrafficSelectors" in names or "connectionMode" in names:
        yield "partner: exactly the mirrored selectors below, and a device that answers Azure instead of dialling"
    yield f"save the connection: az network vpn-connection show, for the way back ({', '.join(names)})"
    yield "apply the change, then send a packet from Azure to bring the tunnel up"
    yield "scan again; to go back, restore the saved values: the exposure is back with them"
