"""Which values of a template are secret by their type (Microsoft: data-types, "Secure strings and objects"; definitions).

A value of a secure type never enters the evaluation: not from a parameter file, not from a default, not from an output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Final

from s2sguard.collect.arm_template.run import STEPS_OF_A_NODE
from s2sguard.expression import Budget, Json
from s2sguard.model.members import member
from s2sguard.model.value import Unknown

SECURE: Final = Unknown("kept in a secure parameter")
_SECURE_TYPES = frozenset({"securestring", "secureobject"})
_MOST_STEPS = 20
"""References from definition to definition, and levels of objects, that are followed."""
_STEPS: Final = 1_000
"""What looking at one array or object takes from the budget."""
_TOO_DEEP: Final = Unknown("nested too deep to tell whether it is secret")


def is_nullable(declared: object, definitions: object) -> bool:
    """Say whether null is a value of this type, by itself or by a definition it refers to."""
    return any(member(one, "nullable") is True for one in islice(_followed(declared, definitions), _MOST_STEPS))


def resolved(declared: object, definitions: object) -> object:
    """Return a declaration with its `$ref` followed; of a chain the last one."""
    *_, last = _followed(declared, definitions)
    return last


def _followed(declared: object, definitions: object) -> Iterator[object]:
    """Yield a declaration and what its `$ref`s lead to, one after the other, so many steps at the most."""
    yield declared
    for _ in range(_MOST_STEPS):
        reference = member(declared, "$ref")
        if not isinstance(reference, str):
            return
        declared = member(definitions, reference.rpartition("/")[2])
        yield declared


def type_of(declared: object, definitions: object) -> str:
    """Return the type of a parameter or an output in lowercase, empty where none is written."""
    written = member(resolved(declared, definitions), "type")
    return written.strip().lower() if isinstance(written, str) else ""


def is_secure(declared: object, definitions: object) -> bool:
    """Say whether values declared so are secret as a whole."""
    return type_of(declared, definitions) in _SECURE_TYPES


def masked(value: Json, declared: object, definitions: object, budget: Budget, depth: int = 0) -> Json:
    """Return a value without the parts whose types are secure; the same value where there are none. Raises `BudgetSpent`."""
    schema = resolved(declared, definitions)
    if is_secure(schema, definitions):
        return SECURE
    if not isinstance(schema, Mapping) or not isinstance(value, dict | list):
        return value
    if depth > _MOST_STEPS:
        return _TOO_DEEP
    budget.spend(_STEPS + STEPS_OF_A_NODE * len(value))
    below = partial(masked, definitions=definitions, budget=budget, depth=depth + 1)
    if isinstance(value, list):
        first, rest = member(schema, "prefixItems"), member(schema, "items")
        if not isinstance(first, list) and rest is None:
            return value
        schemas = first if isinstance(first, list) else []
        return [below(one, schemas[i] if i < len(schemas) else rest) for i, one in enumerate(value)]
    variants = member(member(schema, "discriminator"), "mapping")
    for variant in variants.values() if isinstance(variants, Mapping) else ():
        value = below(value, variant)
    properties, others = member(schema, "properties"), member(schema, "additionalProperties")
    if not isinstance(value, dict) or (properties is None and others is None):
        return value
    return {name: below(one, member(properties, name) or others) for name, one in value.items()}
