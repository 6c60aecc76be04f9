"""Lines of the IKE diagnostic log, as Log Analytics exports them: JSON, CSV or plain text.

A line about a finished negotiation looks like this (a public example; Microsoft documents no grammar):

.. code-block:: text

    SESSION_ID :{...} Remote 198.51.100.7:500: Local 203.0.113.1:500: [SEND] Proposed Traffic Selector payload will be
    (Final Negotiated) - [Tsid 0xe ]Number of TSIs 1: StartAddress 10.0.0.0 EndAddress 10.255.255.255 PortStart 0 PortEnd 65535
    Protocol 0 Number of TSRs 1:StartAddress ... EndAddress ... PortStart 0 PortEnd 65535 Protocol 0

TSi belongs to whoever started the exchange (RFC 7296 section 2.9). A final payload that the gateway *sends* is its answer, so the
peer started and TSi is remote; one that it *receives* answers its own question. That reading is ours: no page of Microsoft's says it.
Proposals that came to nothing are left out: they were never in force.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

_LINE: Final = re.compile(
    r"Remote\s+(?P<remote>[0-9A-Fa-f.:\[\]]+?):\d+:\s*Local\s+(?P<local>[0-9A-Fa-f.:\[\]]+?):\d+:"
    r"[^\r\n]{0,200}?\[(?P<way>SEND|RECEIVED)\][^\r\n]{0,300}?\(Final Negotiated\)[^\r\n]{0,100}?"
    r"Number of TSIs\s+\d+\s*:(?P<tsi>[^\r\n]{0,20000}?)Number of TSRs\s+\d+\s*:(?P<tsr>(?:[\s,]*StartAddress[^,\r\n\"]{0,200})+)",
    re.IGNORECASE,
)
_RANGE: Final = re.compile(r"StartAddress\s+([0-9A-Fa-f.:]+)\s+EndAddress\s+([0-9A-Fa-f.:]+)", re.IGNORECASE)
SIGN: Final = "Number of TSIs"
"""What every line about selectors holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Negotiated:
    """One finished negotiation."""

    remote_endpoint: str
    local: tuple[str, ...]
    """Ranges of the Azure side, `first-last`."""
    remote: tuple[str, ...]
    by_peer: bool


def negotiations(text: str) -> Iterator[Negotiated]:
    """Yield the finished negotiations of an export, in its order; text of any form is searched line by line."""
    for line in re.split(r"\r?\n|\\n|\\r", text):
        if SIGN.lower() not in line.lower():
            continue
        for found in _LINE.finditer(line):
            ours: Literal["tsi", "tsr"] = "tsr" if found["way"].upper() == "SEND" else "tsi"
            sides = {name: tuple(dict.fromkeys("-".join(one) for one in _RANGE.findall(found[name]))) for name in ("tsi", "tsr")}
            yield Negotiated(
                remote_endpoint=found["remote"].strip("[]"),
                local=sides[ours],
                remote=sides["tsi" if ours == "tsr" else "tsr"],
                by_peer=ours == "tsr",
            )
