"""Random JSON values, hostile ones among them."""

from __future__ import annotations

from hypothesis import strategies as st

from s2sguard.expression import Json

_WORDS = (
    "a", "A", "", "true", "12", "-3", "1.5", "{0}", "{0:N2}", "{0:000.##;(0)}", "{", "10.0.0.0/8", "fd00::/7", "0.0.0.0/0", "[1]",
    '{"a": 1}', "YWJj", "data:;base64,YQ==", "https://x.example/a/", "2024-02-29T23:59:59Z", "9999-12-31", "P1M", "-P9999Y", "o", "%",
    "\ud800", "\x00", "ß", "İ", "ς", "😀", "%zz%ff",
)  # fmt: skip


def scalars() -> st.SearchStrategy[Json]:
    """Return null, booleans, numbers without bounds (NaN and infinity too) and strings, half surrogate pairs too."""
    texts = st.text(st.characters(), max_size=12) | st.sampled_from(_WORDS)
    integers = st.integers(-3, 40) | st.integers() | st.sampled_from([2**31, 2**63 - 1, -(2**63), 10**400])
    return st.none() | st.booleans() | integers | st.floats() | texts


def json_values() -> st.SearchStrategy[Json]:
    """Return any JSON value whose numbers are equal to themselves."""
    finite = scalars().filter(lambda value: value == value)  # noqa: PLR0124  # NaN is not
    return _nested(finite)


def hostile_values() -> st.SearchStrategy[Json]:
    """Return any value that a resource or a parameter may bring."""
    return _nested(scalars())


def _nested(leaves: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    names = st.sampled_from(["a", "A", "key", "", "\ud800"]) | st.text(max_size=3)
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4), max_leaves=8)
