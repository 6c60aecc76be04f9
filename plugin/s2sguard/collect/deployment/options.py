"""What a run says about deployments besides the files it names."""

from __future__ import annotations

from dataclasses import dataclass

from s2sguard.model.stand_ins import STAND_IN_SCOPE


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentOptions:
    """How templates are deployed."""

    parameters: tuple[str, ...] = ()
    """Parameter files, and values as `NAME=VALUE`; later ones win, as with `az deployment group create --parameters`."""
    scope: str = STAND_IN_SCOPE
    """Resource id of the resource group, subscription or management group that is deployed to."""

    @property
    def named(self) -> bool:
        """Say whether the scope was given; else it stands in for one that nobody named."""
        return self.scope != STAND_IN_SCOPE
