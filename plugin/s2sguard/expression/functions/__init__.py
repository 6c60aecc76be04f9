"""The functions that are the same everywhere: `STANDARD` for every dialect, `LAMBDA` for ARM templates only.

Functions that look at a resource, a deployment or a parameter belong to the dialects.
"""

from __future__ import annotations

from collections.abc import Mapping

from s2sguard.expression.functions.arrays import ARRAYS
from s2sguard.expression.functions.cidr import CIDR
from s2sguard.expression.functions.comparison import COMPARISON
from s2sguard.expression.functions.convert import CONVERT
from s2sguard.expression.functions.dates import DATES
from s2sguard.expression.functions.encoding import ENCODING
from s2sguard.expression.functions.formats import FORMATS
from s2sguard.expression.functions.hashing import HASHING
from s2sguard.expression.functions.lambdas import LAMBDAS
from s2sguard.expression.functions.logic import LOGIC
from s2sguard.expression.functions.numbers import NUMBERS
from s2sguard.expression.functions.objects import OBJECTS
from s2sguard.expression.functions.partly import PARTLY
from s2sguard.expression.functions.strings import STRINGS
from s2sguard.expression.interface import Function

__all__ = ["LAMBDA", "PARTLY", "STANDARD"]

STANDARD: Mapping[str, Function] = {
    **ARRAYS,
    **CIDR,
    **COMPARISON,
    **CONVERT,
    **DATES,
    **ENCODING,
    **FORMATS,
    **HASHING,
    **LOGIC,
    **NUMBERS,
    **OBJECTS,
    **STRINGS,
}
"""Every pure function, by lowercase name."""
LAMBDA: Mapping[str, Function] = LAMBDAS
"""Functions that take lambda expressions, by lowercase name."""
