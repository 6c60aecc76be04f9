"""Which partners of a gateway reach each other once these selectors are up.

The flow relation is that of the rest (facts/isolation.py), computed twice: among the simulated connections alone, with what came up; and
with every other connection at its ceiling, the most that its far end can bring about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from s2sguard.facts.ceiling import Ceiling
from s2sguard.facts.isolation import Exposures, Subject, isolate
from s2sguard.facts.options import FactsOptions
from s2sguard.facts.shard import carries_ipsec, subject_of
from s2sguard.model.estate import Connection, Gateway
from s2sguard.simulate.exchange import Simulation

_NOTHING = Ceiling(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What one simulated connection shares with connections of other owners."""

    connection: Connection
    certain: Exposures
    """With other simulated connections."""
    at_most: Exposures
    """With all others too, should their far ends ask for as much as they can."""


def opened(gateway: Gateway, simulations: Mapping[str, Simulation], options: FactsOptions) -> tuple[Opened, ...]:
    """Return one answer for each simulated connection of a gateway, in its order; `simulations` by key of the connection."""
    subjects = [subject_of(connection, gateway, options) for connection in gateway.connections if carries_ipsec(connection)]
    alone = isolate([_negotiated(subject, simulations, _NOTHING) for subject in subjects]).exposures
    at_most = isolate([_negotiated(subject, simulations, None) for subject in subjects]).exposures
    return tuple(
        Opened(connection=subject.connection, certain=certain, at_most=most)
        for subject, certain, most in zip(subjects, alone, at_most, strict=True)
        if subject.connection.key in simulations
    )


def _negotiated(subject: Subject, simulations: Mapping[str, Simulation], otherwise: Ceiling | None) -> Subject:
    """Return a subject whose ceiling is what came up; of one that is not simulated `otherwise`, None for its own."""
    simulation = simulations.get(subject.connection.key)
    if simulation is not None:
        return replace(subject, ceiling=Ceiling(tuple(one.selector for one in simulation.installed), observed=True))
    return subject if otherwise is None else replace(subject, ceiling=otherwise)
