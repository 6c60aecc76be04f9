"""Template expressions for the naive evaluator: read and run in one go, character by character."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias

Json: TypeAlias = Any
HOST = {"field", "parameters", "current", "utcnow", "resourcegroup", "subscription"}
LAZY = {"if", "and", "or", "coalesce", "tryget"}


class FailedError(Exception):
    """The evaluation fails; Azure denies the request."""


class UnresolvedError(Exception):
    """The expression needs a value that is not known."""


class UnspecifiedError(Exception):
    """The documentation does not say what should happen."""


class Host(Protocol):
    """Whoever knows the resource, the parameters and the iterations."""

    def host(self, name: str, arguments: Sequence[Json]) -> Json:
        """Return what a function of the policy language says."""


def is_expression(text: str) -> bool:
    """Say whether a string is an expression: in brackets, and not escaped with two."""
    return text.startswith("[") and text.endswith("]") and not text.startswith("[[")


def unescaped(text: str) -> str:
    """Return the literal that a string writes."""
    return text[1:] if text.startswith("[[") and text.endswith("]") else text


class Run:
    """One reading of one expression. While `active` is false it only skips text: that is what makes `if` lazy."""

    def __init__(self, text: str, host: Host) -> None:
        self.text = text
        self.host = host
        self.at = 0
        self.active = True

    def whole(self) -> Json:
        """Return the value of the whole text."""
        value = self.expression()
        assert self.at == len(self.text), self.text[self.at :]
        return value

    def peek(self) -> str:
        """Return the next character that is no space, or nothing."""
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def take(self, sign: str) -> None:
        """Go past a character that must come next."""
        assert self.peek() == sign, (sign, self.text[self.at :])
        self.at += 1

    def word(self) -> str:
        """Return a name or a number."""
        self.peek()
        start = self.at
        while self.text[self.at : self.at + 1].isalnum() or self.text[self.at : self.at + 1] in {"-", "_", "."}:
            if self.text[self.at] == "." and not self.text[start].isdigit():
                break
            self.at += 1
        return self.text[start : self.at]

    def string(self) -> str:
        """Return a literal; two apostrophes in it are one."""
        self.take("'")
        found = ""
        while True:
            end = self.text.index("'", self.at)
            found += self.text[self.at : end]
            self.at = end + 1
            if self.text[self.at : self.at + 1] != "'":
                return found
            found += "'"
            self.at += 1

    def expression(self) -> Json:
        """Return the value of what starts here, with the members taken from it."""
        value = self.string() if self.peek() == "'" else self.call_or_number()
        while self.peek() in {".", "["} and self.peek():
            if self.peek() == ".":
                self.take(".")
                key: Json = self.word()
            else:
                self.take("[")
                key = self.expression()
                self.take("]")
            value = access(value, key) if self.active else None
        return value

    def call_or_number(self) -> Json:
        """Return the value of a call or of a number."""
        word = self.word()
        if self.peek() != "(":
            return int(word) if "." not in word else float(word)
        self.take("(")
        value = self.lazy(word.lower()) if word.lower() in LAZY else self.eager(word.lower())
        self.take(")")
        return value

    def eager(self, name: str) -> Json:
        """Return the value of a function whose arguments are all evaluated."""
        arguments = []
        while self.peek() != ")":
            arguments.append(self.expression())
            if self.peek() == ",":
                self.take(",")
        if not self.active:
            return None
        return self.host.host(name, arguments) if name in HOST else FUNCTIONS[name](*arguments)

    def argument(self, *, wanted: bool) -> Json:
        """Return the next argument, or skip it."""
        was, self.active = self.active, self.active and wanted
        value = self.expression()
        self.active = was
        if self.peek() == ",":
            self.take(",")
        return value

    def lazy(self, name: str) -> Json:
        """Return the value of a function that evaluates only what it needs."""
        if name == "if":
            return self.choice()
        value = self.argument(wanted=True)
        while self.peek() != ")":
            if name == "tryget":
                key = self.argument(wanted=True)
                value = try_get(value, key) if self.active else None
            else:
                decided = self.active and self.decides(name, value)
                following = self.argument(wanted=not decided)
                value = value if decided else following
        if name in {"and", "or"} and self.active:
            boolean(value)
        return value

    def decides(self, name: str, value: Json) -> bool:
        """Say whether the rest need not be looked at."""
        return value is not None if name == "coalesce" else boolean(value) is (name == "or")

    def choice(self) -> Json:
        """Return one of two values."""
        test = self.argument(wanted=True)
        holds = boolean(test) if self.active else False
        yes, no = self.argument(wanted=holds), self.argument(wanted=not holds)
        return yes if holds else no


def boolean(value: Json) -> bool:
    """Return a condition's value; anything else is a mistake."""
    if not isinstance(value, bool):
        raise FailedError("a condition is neither true nor false")
    return value


def access(value: Json, key: Json) -> Json:
    """Return a member of an array or object."""
    if isinstance(value, list) and isinstance(key, int) and not isinstance(key, bool) and 0 <= key < len(value):
        return value[key]
    if isinstance(value, dict) and isinstance(key, str):
        for name, one in value.items():
            if name.lower() == key.lower():
                return one
    raise FailedError("there is no such member")


def try_get(value: Json, key: Json) -> Json:
    """Return a member, or null."""
    try:
        return access(value, key)
    except FailedError:
        return None


def needs(*pairs: tuple[Json, type | tuple[type, ...]]) -> None:
    """Refuse arguments of other kinds. A Boolean is no number."""
    for value, kind in pairs:
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            raise FailedError("an argument of another kind")


def integers(operation: Callable[[int, int], int]) -> Callable[[Json, Json], int]:
    """Return a function of two integers."""

    def run(left: Json, right: Json) -> int:
        needs((left, int), (right, int))
        return operation(left, right)

    return run


def divide(left: int, right: int) -> int:
    """Divide towards zero."""
    if right == 0:
        raise FailedError("division by zero")
    return abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)


def concat(*parts: Json) -> Json:
    """Join strings, or arrays."""
    if all(isinstance(part, list) for part in parts):
        return [one for part in parts for one in part]
    if all(isinstance(part, str) for part in parts):
        return "".join(parts)
    raise UnspecifiedError("concat of mixed values")


def length(value: Json) -> int:
    """Count characters, members or properties."""
    needs((value, (str, list, dict)))
    return len(value)


def empty(value: Json) -> bool:
    """Say whether there is nothing in it."""
    if value is None:
        raise UnspecifiedError("empty of null")
    needs((value, (str, list, dict)))
    return not value


def substring(value: Json, start: Json, size: Json) -> str:
    """Cut out a part; it must lie inside."""
    needs((value, str), (start, int), (size, int))
    if start < 0 or size < 0 or start + size > len(value):
        raise FailedError("the part is not inside the string")
    return str(value[start : start + size])


def first_or_last(index: int) -> Callable[[Json], Json]:
    """Return `first` or `last`."""

    def run(value: Json) -> Json:
        needs((value, (str, list)))
        if not value:
            raise UnspecifiedError("an end of nothing")
        return value[index]

    return run


def take_or_skip(cut: Callable[[Json, int], Json]) -> Callable[[Json, Json], Json]:
    """Return `take` or `skip`."""

    def run(value: Json, size: Json) -> Json:
        needs((value, (str, list)), (size, int))
        return cut(value, max(0, size))

    return run


def on_text(operation: Callable[[str], Json]) -> Callable[[Json], Json]:
    """Return a function of one string."""

    def run(value: Json) -> Json:
        needs((value, str))
        return operation(value)

    return run


def on_texts(operation: Callable[[str, str], Json]) -> Callable[[Json, Json], Json]:
    """Return a function of two strings that ignores case."""

    def run(value: Json, other: Json) -> Json:
        needs((value, str), (other, str))
        return operation(value.lower(), other.lower())

    return run


def index_of(value: Json, wanted: Json) -> int:
    """Return where a string is in another one (case does not count) or a value in an array (it does), or -1."""
    if isinstance(value, list):
        return next((index for index, one in enumerate(value) if same(one, wanted)), -1)
    needs((value, str), (wanted, str))
    return int(value.lower().find(wanted.lower()))


def replace(value: Json, old: Json, new: Json) -> str:
    """Put one string for another."""
    needs((value, str), (old, str), (new, str))
    if not old:
        raise UnspecifiedError("replacing nothing")
    return str(value.replace(old, new))


def split(value: Json, delimiter: Json) -> list[str]:
    """Cut a string at each delimiter."""
    needs((value, str), (delimiter, str))
    return list(value.split(delimiter))


def join(values: Json, delimiter: Json) -> str:
    """Put strings together."""
    needs((values, list), (delimiter, str))
    if not all(isinstance(one, str) for one in values):
        raise UnspecifiedError("join of other values")
    return str(delimiter.join(values))


def contains(value: Json, wanted: Json) -> bool:
    """A member of an array or a part of a string, case counts; a key of an object, case does not."""
    needs((value, (str, list, dict)))
    if isinstance(value, list):
        return any(same(one, wanted) for one in value)
    if isinstance(value, dict) and isinstance(wanted, str):
        return any(key.lower() == wanted.lower() for key in value)
    if not isinstance(wanted, str):
        raise UnspecifiedError("a string that contains something else")
    return wanted in value


def same(one: Json, other: Json) -> bool:
    """Say whether two values are the same, kind and all."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if type(one) is not type(other):
        if {type(one), type(other)} == {int, float}:
            raise UnspecifiedError("an integer and a float")
        return False
    return bool(one == other)


def ordered(test: Callable[[Json, Json], bool]) -> Callable[[Json, Json], bool]:
    """Return a comparison of two integers; what it makes of strings is not written down."""

    def run(left: Json, right: Json) -> bool:
        if isinstance(left, str | float) or isinstance(right, str | float):
            raise UnspecifiedError("how strings and floats are ordered")
        needs((left, int), (right, int))
        return test(left, right)

    return run


def as_integer(value: Json) -> int:
    """Read an integer."""
    if isinstance(value, float | bool):
        raise UnspecifiedError("int of another number")
    needs((value, (str, int)))
    try:
        return int(value)
    except ValueError as error:
        raise FailedError("this is no integer") from error


def as_text(value: Json) -> str:
    """Return a string as it is, and anything else as JSON."""
    if isinstance(value, list | dict | bool | float) or value is None:
        raise UnspecifiedError("the exact text")
    return value if isinstance(value, str) else json.dumps(value)


def pad_left(value: Json, size: Json, sign: Json = " ") -> str:
    """Put signs in front until it is long enough."""
    needs((value, (str, int)), (size, int), (sign, str))
    return str(value).rjust(size, sign)


def ip_range_contains(outer: Json, inner: Json) -> bool:
    """Say whether every address of a range lies in another one."""
    needs((outer, str), (inner, str))
    (family, first, last), (other, low, high) = addresses(outer), addresses(inner)
    if family != other:
        raise FailedError("two families of addresses")
    return first <= low and high <= last


def addresses(text: str) -> tuple[int, int, int]:
    """Return the version, the first and the last address of `a`, `a/n` or `a-b`."""
    try:
        if "-" in text:
            first, last = (ipaddress.ip_address(part) for part in text.split("-"))
        else:
            network = ipaddress.ip_network(text, strict=False)
            first, last = network[0], network[-1]
    except ValueError as error:
        raise FailedError("this is no range") from error
    if first.version != last.version or int(first) > int(last):
        raise FailedError("this is no range")
    return first.version, int(first), int(last)


def add_days(start: Json, days: Json) -> str:
    """Return a later date-time in the format of the policy language."""
    needs((start, str), (days, int))
    try:
        moved = datetime.strptime(start[:19] + "+0000", "%Y-%m-%dT%H:%M:%S%z") + timedelta(days=days)
    except ValueError as error:
        raise FailedError("this is no date") from error
    if not start.endswith("Z") or len(start) != 20:
        raise UnspecifiedError("fractions of a second")
    return moved.strftime("%Y-%m-%dT%H:%M:%S.0000000Z")


FUNCTIONS: dict[str, Callable[..., Json]] = {
    "add": integers(lambda a, b: a + b),
    "adddays": add_days,
    "array": lambda value: value if isinstance(value, list) else [value],
    "concat": concat,
    "contains": contains,
    "createarray": lambda *values: list(values),
    "div": integers(divide),
    "empty": empty,
    "endswith": on_texts(str.endswith),
    "equals": same,
    "false": lambda: False,
    "first": first_or_last(0),
    "greater": ordered(lambda a, b: a > b),
    "greaterorequals": ordered(lambda a, b: a >= b),
    "indexof": index_of,
    "int": as_integer,
    "iprangecontains": ip_range_contains,
    "join": join,
    "last": first_or_last(-1),
    "length": length,
    "less": ordered(lambda a, b: a < b),
    "lessorequals": ordered(lambda a, b: a <= b),
    "mul": integers(lambda a, b: a * b),
    "not": lambda value: not boolean(value),
    "null": lambda: None,
    "padleft": pad_left,
    "replace": replace,
    "skip": take_or_skip(lambda value, size: value[size:]),
    "split": split,
    "startswith": on_texts(str.startswith),
    "string": as_text,
    "sub": integers(lambda a, b: a - b),
    "substring": substring,
    "take": take_or_skip(lambda value, size: value[:size]),
    "tolower": on_text(str.lower),
    "toupper": on_text(str.upper),
    "trim": on_text(str.strip),
    "true": lambda: True,
}
