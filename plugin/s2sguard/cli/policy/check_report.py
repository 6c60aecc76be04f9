"""What both formats of `policy check` show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from s2sguard.cli.scan import WHOLE_FILE

if TYPE_CHECKING:
    from s2sguard.azure_policy.forecast.forecast import Forecast
    from s2sguard.cli.policy.rules import CheckRules
    from s2sguard.model.inventory import Gap, Inventory

NOTE = (
    "A deny stops requests that create or change a resource. What exists already is never blocked: "
    "it shows as NonCompliant, and its next change is refused."
)
"""Facts 5.6; effect-basics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """One finished check."""

    forecast: Forecast
    rules: CheckRules
    inventory: Inventory
    inputs: tuple[str, ...]

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Return what could not be read."""
        return self.inventory.gaps

    @property
    def unread(self) -> bool:
        """True where a whole input was not read."""
        return any(gap.kind in WHOLE_FILE for gap in self.gaps)

    @property
    def nothing_read(self) -> bool:
        """True where the input holds no resource and does not say that there is none."""
        return not self.inventory.resources and not self.inventory.answered
