"""What a run is asked: what to read, by which rules; and the reading of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeAlias

from s2sguard.collect.azure.request import LiveRequest
from s2sguard.collect.deployment.options import DeploymentOptions
from s2sguard.collect.interface import InputFormat
from s2sguard.config import Config
from s2sguard.facts.options import FactsOptions
from s2sguard.model.inventory import Inventory

Progress: TypeAlias = Callable[[str], None]
"""Takes one short line about what is going on."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to audit, and by which rules."""

    paths: tuple[str, ...]
    """Files and folders; `-` is standard input. All of them are one inventory."""
    input_format: InputFormat
    overlay: str | None
    """An inventory to lay the paths over (`--with`)."""
    config: Config
    today: date
    deployment: DeploymentOptions | None = None
    live: LiveRequest | None = None
    """What to read from Azure; without it, `paths` are read."""
    observed: tuple[str, ...] = ()
    """Files with live SAs: `FILE` or `CONNECTION=FILE`."""

    @cached_property
    def options(self) -> FactsOptions:
        """What the facts depend on besides the inventory, agreements included, read once for the whole run; raises ConfigError."""
        return self.config.facts_options(self.today)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Everything that is read, as it was named."""
        if self.live is not None:
            return self.live.described
        return self.paths if self.overlay is None else (*self.paths, self.overlay)

    @property
    def again(self) -> tuple[str, ...]:
        """The words that name the same input to another command; none for a live estate.

        None either where a template's parameter is given as `NAME=VALUE`: the value may be a secret, and reports show these words.
        """
        parameters = () if self.deployment is None else self.deployment.parameters
        if self.live is not None or any("=" in given for given in parameters):
            return ()
        flags = [("--with", self.overlay)] if self.overlay is not None else []
        flags += [("--parameters", given) for given in parameters]
        if self.deployment is not None and self.deployment.named:
            flags.append(("--deploy-to", self.deployment.scope))
        flags += [("--observed", given) for given in self.observed]
        return (*self.paths, *(word for flag in flags for word in flag))

    @property
    def in_pieces(self) -> bool:
        """Whether each file of the input says by itself what it holds, so that the inventory need not be in memory.

        A plan that is laid over an inventory changes it in many places, what was observed is placed by looking at all connections,
        and what is read live is one inventory when the last request is answered.
        """
        return self.live is None and self.overlay is None and not self.observed


def inventory_of(request: Request, progress: Progress) -> Inventory:
    """Read what a request asks for; raises InputError when nothing can be read at all."""
    if request.live is not None:
        from s2sguard.collect.azure.collect import read_live
        from s2sguard.collect.observed.attach import with_observations

        return with_observations(read_live(request.live, progress), request.observed)
    from s2sguard.collect import read_inventory

    overlay = () if request.overlay is None else (request.overlay,)
    return read_inventory(
        request.paths, input_format=request.input_format, overlay=overlay, deployment=request.deployment, observed=request.observed
    )
