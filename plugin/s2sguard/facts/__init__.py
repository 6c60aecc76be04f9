"""Pure functions of an inventory: effective selectors, isolation, addressing, crypto, and the document that carries them to Rego."""

from __future__ import annotations

from s2sguard.facts.build import build_document
from s2sguard.facts.explain import Explanation, explain_connection
from s2sguard.facts.gaps import gaps_of
from s2sguard.facts.options import FactsOptions

__all__ = ["Explanation", "FactsOptions", "build_document", "explain_connection", "gaps_of"]
