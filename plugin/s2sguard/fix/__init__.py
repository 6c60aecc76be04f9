"""The smallest change that makes a failing connection hardened, worked out, applied to a copy, judged again, and only then shown.

Nothing here writes anywhere: a fix is a proposal with evidence.
"""

from __future__ import annotations

from s2sguard.fix.model import Fix, FixPlan, Language, NoFix
from s2sguard.fix.plan import plan_fixes

__all__ = ["Fix", "FixPlan", "Language", "NoFix", "plan_fixes"]
