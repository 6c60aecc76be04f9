"""Far ends as the tests write them: lines as `LOCAL <-> REMOTE`, seen from Azure as everywhere."""

from __future__ import annotations

from typing import Any

from s2sguard.model.selector import TrafficSelector
from s2sguard.model.tunnel import Proposal, SelectorLine, TunnelEnd
from s2sguard.simulate.ends import Pair
from tests.unit.model.test_narrowing import read_all


def side(text: str) -> tuple[TrafficSelector, ...]:
    """Return ranges, such as `10.1.0.0/16, 10.2.0.0/16[tcp/443]`."""
    return read_all([part.strip() for part in text.split(",")])


def pair(text: str) -> Pair:
    """Return the selectors of `LOCAL <-> REMOTE`."""
    local, _, remote = text.partition(" <-> ")
    return Pair(side(local), side(remote))


def line(text: str, number: int = 0) -> SelectorLine:
    """Return a line of a far end."""
    found = pair(text)
    return SelectorLine(own=found.remote, far=found.local, line=number)


def far_end(*lines: str, **changes: Any) -> TunnelEnd:
    """Return a router with these lines, which answers with its own line and has what the hardened policy asks for."""
    values: dict[str, Any] = {
        "name": "M 10",
        "device": "r1",
        "peers": (),
        "lines": tuple(line(text, number) for number, text in enumerate(lines, 1)),
        "ike": "IKEv2",
        "phase_1": (Proposal(encryption=("AES256",), integrity=("SHA384",), groups=("ECP384",)),),
        "phase_2": (Proposal(encryption=("GCMAES256",), integrity=(), groups=("ECP384",)),),
        "starts": True,
        "answers": True,
        "habit": "own-line",
    }
    return TunnelEnd(**values | changes)
