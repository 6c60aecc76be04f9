"""`ipRangeContains`: addresses, CIDR blocks and start-end ranges (definition-structure-policy-rule, "Policy functions")."""

from __future__ import annotations

import ipaddress
from typing import TypeAlias

from s2sguard.azure_policy.language.compare import kind_of
from s2sguard.expression.interface import ExpressionFailure, Json

_Range: TypeAlias = tuple[int, int, int]
"""Family (4 or 6), first and last address."""


def ip_range_contains(outer: Json, inner: Json) -> bool:
    """Say whether every address of `inner` is in `outer`.

    Raises `ExpressionFailure` for what is no range, for an empty one, and where one is IPv4 and the other IPv6.
    A block with host bits set (`10.1.0.5/16`) stands for the network around it; the documentation does not say.
    """
    outer_family, outer_first, outer_last = _range(outer, "first")
    inner_family, inner_first, inner_last = _range(inner, "second")
    if outer_family != inner_family:
        raise ExpressionFailure(
            "`ipRangeContains` cannot compare an IPv4 range with an IPv6 range", hint="test for `:` with contains() first"
        )
    return outer_first <= inner_first and inner_last <= outer_last


def _range(value: Json, which: str) -> _Range:
    if not isinstance(value, str):
        raise ExpressionFailure(f"the {which} argument of `ipRangeContains` is {kind_of(value)}, not a string")
    text = value.strip()
    try:
        if "/" in text:
            return _block(text)
        start, dash, end = text.partition("-")
        family, first = _address(start.strip())
        last_family, last = _address(end.strip()) if dash else (family, first)
    except ValueError:
        last_family, family, first, last = 0, 1, 0, 0
    if family != last_family or first > last:
        raise ExpressionFailure(f"the {which} argument of `ipRangeContains` is no IP range", hint="guard it with if() and empty()")
    return family, first, last


def _address(text: str) -> tuple[int, int]:
    if "%" in text or not text.isascii():
        raise ValueError(text)
    address = ipaddress.ip_address(text)
    return address.version, int(address)


def _block(text: str) -> _Range:
    start, _, width = text.partition("/")
    family, address = _address(start.strip())
    bits = 32 if family == 4 else 128
    width = width.strip()
    if not (width.isascii() and width.isdigit() and len(width) <= 3 and int(width) <= bits):
        raise ValueError(text)
    host = (1 << (bits - int(width))) - 1
    return family, address & ~host, address | host
