"""The `then` block: which effect a rule has, and what it would do to one resource (effect-basics).

`compile_effect` checks the structure of every effect of `outcome.EFFECTS`, literal or computed, and finds all that is wrong with it.
"""

from s2sguard.azure_policy.language.effects.changes import apply_changes
from s2sguard.azure_policy.language.effects.compile import CompiledEffect, compile_effect

__all__ = ["CompiledEffect", "apply_changes", "compile_effect"]
