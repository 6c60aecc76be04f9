"""A whole estate with some far ends: one simulation for each, and what they open on each gateway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from s2sguard.facts.document import Exposure
from s2sguard.facts.estate import build_estate
from s2sguard.facts.isolation import Exposures
from s2sguard.facts.options import FactsOptions
from s2sguard.model.estate import Connection, Gateway
from s2sguard.model.inventory import Inventory
from s2sguard.model.tunnel import TunnelEnd
from s2sguard.model.value import Unknown
from s2sguard.simulate.exchange import Simulation, simulate
from s2sguard.simulate.opened import Opened, opened


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayOutcome:
    """What happens on one gateway that has a simulated connection."""

    gateway: Gateway
    simulations: tuple[Simulation, ...]
    unknown: tuple[tuple[Connection, Unknown], ...]
    """Connections that cannot be simulated, and why."""
    opened: tuple[Opened, ...]

    @property
    def opens(self) -> bool:
        """Say whether packets pass between two of the simulated connections."""
        return any(exposure["count"] for one in self.opened for exposure in _all(one.certain))

    @property
    def may_open(self) -> bool:
        """Say whether packets may pass to a connection that was not simulated, should its far end ask for as much as it can."""
        return any(exposure["count"] + exposure["possible"] for one in self.opened for exposure in _all(one.at_most))

    @property
    def works(self) -> bool:
        """Say whether every simulated connection brings something up."""
        return not self.unknown and all(simulation.installed for simulation in self.simulations)


def _all(found: Exposures) -> tuple[Exposure, Exposure, Exposure]:
    return found.two_way, found.one_way, found.to_internal


def simulated(inventory: Inventory, options: FactsOptions, ends: Mapping[str, TunnelEnd]) -> tuple[GatewayOutcome, ...]:
    """Return one outcome for each gateway with a connection among `ends` (by folded id of the connection), in the order of the input."""
    found = []
    for gateway in build_estate(inventory, options).gateways:
        simulations: dict[str, Simulation] = {}
        unknown: list[tuple[Connection, Unknown]] = []
        for connection in gateway.connections:
            if connection.key not in ends:
                continue
            result = simulate(connection, gateway, ends[connection.key], options.assumptions)
            if isinstance(result, Unknown):
                unknown.append((connection, result))
            else:
                simulations[connection.key] = result
        if simulations or unknown:
            outcome = GatewayOutcome(
                gateway=gateway,
                simulations=tuple(simulations.values()),
                unknown=tuple(unknown),
                opened=opened(gateway, simulations, options),
            )
            found.append(outcome)
    return tuple(found)
