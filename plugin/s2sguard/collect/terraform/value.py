"""One value of a plan, with what Terraform says about it: is it known yet, and where is it written.

A plan keeps three parallel trees (Terraform, "JSON Output Format"): `after` holds values, `after_unknown` has `true` where a value is
known only after apply, and `configuration` has the expressions. `Node` walks the three together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Final, NamedTuple, TypeAlias

from s2sguard.model.value import Unknown

AFTER_APPLY: Final = Unknown("known only after apply")

_NEVER_COMPUTED: Final = frozenset(
    {
        "address_space",
        "connection_mode",
        "custom_route",
        "default_local_network_gateway_id",
        "egress_nat_rule_ids",
        "gateway_address",
        "gateway_fqdn",
        "ingress_nat_rule_ids",
        "ip_sec_replay_protection_enabled",
        "ipsec_policy",
        "local_address_cidrs",
        "local_address_ranges",
        "remote_address_cidrs",
        "remote_address_ranges",
        "sku",
        "traffic_selector_policy",
        "vpn_client_configuration",
        "vpn_type",
    }
)
"""Attributes the provider does not compute (its schema: optional, never computed), so it leaves none of them unknown by itself.
Unknown without an expression they come from a dynamic block, which the configuration does not show."""


class Written(Enum):
    """What the configuration says about a place that has no expression."""

    NO = "the configuration does not set it, so the provider's default applies"
    UNSEEN = "the configuration is not in the input, or does not show this place (dynamic blocks)"


Expression: TypeAlias = Mapping[str, object] | list[object] | Written
"""`{"constant_value": ...}`, `{"references": [...]}`, the expressions of a block, a list of blocks, or what is known without one."""


class Node(NamedTuple):
    """A value at some place below a resource's attributes. `value` is `None` for null and for what is unknown.

    A named tuple: a large plan makes millions, and a frozen dataclass takes three times as long to make.
    """

    value: object
    unknown: object = None
    expression: Expression = Written.UNSEEN
    fresh: bool = True
    """False for an update: what nobody sets then keeps a value this document does not show."""

    @property
    def after_apply(self) -> bool:
        """Say whether all of this value is known only after apply."""
        return self.unknown is True

    @property
    def unset(self) -> bool:
        """Say whether the property is omitted: null, or left to the provider, whose defaults are Azure's.

        Attributes that are optional and computed (`use_policy_based_traffic_selectors`) are unknown in a first plan
        even where nobody set them.
        """
        if self.after_apply:
            return self.fresh and self.expression is Written.NO
        return self.value is None

    def attribute(self, name: str) -> Node:
        """Return one attribute or block of an object. Everything below an unknown object is unknown."""
        # What a plan holds is plain: asking for the abstract class would take most of the time.
        value = self.value.get(name) if isinstance(self.value, dict) else None
        unknown = True if self.unknown is True else self.unknown.get(name) if isinstance(self.unknown, dict) else None
        expression = self.expression
        # Members of an object written in one expression share it.
        if isinstance(expression, dict) and "references" not in expression and "constant_value" not in expression:
            unwritten = Written.UNSEEN if name in _NEVER_COMPUTED else Written.NO
            expression = written(expression[name]) if name in expression else unwritten
        return Node(value, unknown, expression, self.fresh)

    def known(self, name: str) -> object:
        """Return the value of an attribute, `attribute(name).value`, where nothing else is asked of it."""
        return self.value.get(name) if isinstance(self.value, dict) else None

    def has(self, name: str) -> bool:
        """Say whether the object has this attribute at all, null included."""
        known = isinstance(self.value, Mapping) and name in self.value
        return known or (isinstance(self.unknown, Mapping) and name in self.unknown)

    def names(self) -> tuple[str, ...]:
        """Return the attribute names of an object, the unknown ones after the known ones."""
        known = self.value if isinstance(self.value, dict) else {}
        later = self.unknown if isinstance(self.unknown, dict) else {}
        return tuple(name for name in {**known, **later} if isinstance(name, str))

    def members(self) -> Iterator[Node]:
        """Yield the members of a list. Their expressions align only where the configuration has as many (no dynamic blocks)."""
        values = self.value if isinstance(self.value, list) else []
        unknowns = self.unknown if isinstance(self.unknown, list) else []
        count = max(len(values), len(unknowns))
        blocks = self.expression if isinstance(self.expression, list) and len(self.expression) == count else None
        for position in range(count):
            block = blocks[position] if blocks is not None else None
            yield Node(
                values[position] if position < len(values) else None,
                unknowns[position] if position < len(unknowns) else None,
                block if isinstance(block, dict) else self._shared(),
                self.fresh,
            )

    def _shared(self) -> Expression:
        # Members of an attribute share its one expression; blocks that do not align have none we can see.
        return self.expression if isinstance(self.expression, dict) else Written.UNSEEN


def written(value: object) -> Expression:
    """Return a raw expression of the configuration, or say that it cannot be seen."""
    return value if isinstance(value, dict | list) else Written.UNSEEN


def references(expression: Expression) -> tuple[str, ...] | None:
    """Return what an expression refers to, an empty tuple for a constant, or None when it cannot be seen."""
    if not isinstance(expression, dict):
        return None
    if "constant_value" in expression:
        return ()
    found = expression.get("references")
    if found is None:
        return () if not expression else None
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        return None
    return tuple(item for item in found if isinstance(item, str))
