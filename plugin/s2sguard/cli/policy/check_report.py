"""What both formats of `policy check` show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from s2sguard.report.outcome import WHOLE_FILE

if TYPE_CHECKING:
    from s2sguard.azure_policy.forecast.forecast import Forecast, Judged
    from s2sguard.cli.policy.rules import CheckRules
    from s2sguard.model.inventory import Gap, Inventory

NOTE = (
    "A deny stops requests that create or change a resource. What exists already is never blocked: "
    "it shows as NonCompliant, and its next change is refused."
)
"""Facts 5.6; effect-basics."""
AUDIT_NOTE = "Audit refuses nothing: Azure lets these requests through and shows the resources as NonCompliant."
NO_RULES_NOTE = "Disabled switches every rule off, so this says nothing about these resources."


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

    @property
    def disabled(self) -> bool:
        """True where the effect switches every rule off."""
        return _is(self.rules.effect, "disabled") and len(self.forecast.of("clean")) == len(self.forecast.judged)

    @property
    def deniable(self) -> int:
        """Return how many resources are only flagged, and would be refused if the effect were Deny."""
        return 0 if _is(self.rules.effect, "deny") else sum(map(_deniable, self.forecast.of("flagged")))

    @property
    def refuses_nothing(self) -> bool:
        """True where it is certain that no request would be refused."""
        unsure = not _is(self.rules.effect, "audit") and self.forecast.of("unknown")
        return not (unsure or self.forecast.of("denied") or self.forecast.of("error"))

    @property
    def note(self) -> str:
        """Return what the effect does to a request."""
        if self.disabled:
            return NO_RULES_NOTE
        audited = _is(self.rules.effect, "audit") and not self.forecast.of("denied")
        return AUDIT_NOTE if audited else NOTE


def _is(effect: str | None, name: str) -> bool:
    return effect is not None and effect.lower() == name


def _deniable(judged: Judged) -> bool:
    can = (outcome.evaluation.effect == "audit" and "deny" in outcome.step.policy.effects for outcome in judged.outcomes)
    return judged.standing != "unchanged" and any(can)
