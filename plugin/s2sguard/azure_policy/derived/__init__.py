"""Facts as assignment parameters: what plain deny rules have to know about the other partners, and whether they still do.

>>> from s2sguard.azure_policy.derived import derive, document_of
>>> derivation = derive(inventory, options, "subscription")  # doctest: +SKIP
>>> document_of(derivation)["assignments"][0]["parameters"]  # doctest: +SKIP
"""

from s2sguard.azure_policy.derived.derive import derive
from s2sguard.azure_policy.derived.document import document_of
from s2sguard.azure_policy.derived.model import Assignment, Derivation, Doubt, NotExpressed, ScopeKind

__all__ = ["Assignment", "Derivation", "Doubt", "NotExpressed", "ScopeKind", "derive", "document_of"]
