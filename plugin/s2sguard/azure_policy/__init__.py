"""The Azure Policy language, evaluated offline; our definitions in it; their way to Azure.

>>> from s2sguard.azure_policy import compile_policy
>>> policy = compile_policy({"if": {"field": "location", "notEquals": "uksouth"}, "then": {"effect": "deny"}})
>>> policy.evaluate({"type": "Microsoft.Network/connections", "location": "westeurope"}).effect
'deny'
"""

from s2sguard.azure_policy.language.aliases import AliasCatalogue
from s2sguard.azure_policy.language.outcome import Evaluated, Evaluation, PolicyError, Problem
from s2sguard.azure_policy.language.policy import Policy, compile_policy

__all__ = ["AliasCatalogue", "Evaluated", "Evaluation", "Policy", "PolicyError", "Problem", "compile_policy"]
