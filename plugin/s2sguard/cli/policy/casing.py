"""Resources as Azure reads them: one member for each name, whatever its casing."""

from __future__ import annotations

from s2sguard.collect.secrets import CASE_TWICE


def one_casing(value: object) -> object:
    """Return the JSON value with one member for each name, `Unknown` where different casings of it have different values.

    An inventory is read the same way, so that `policy test` and `policy check` do not disagree.
    """
    if isinstance(value, list):
        return [one_casing(member) for member in value]
    if not isinstance(value, dict):
        return value
    kept: dict[str, tuple[str, object]] = {}
    for key, member in value.items():
        read = one_casing(member)
        first, earlier = kept.setdefault(key.lower(), (key, read))
        if type(earlier) is not type(read) or earlier != read:
            kept[key.lower()] = (first, CASE_TWICE)
    return dict(kept.values())
