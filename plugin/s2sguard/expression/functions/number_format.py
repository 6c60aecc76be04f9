"""Numbers as .NET's numeric format strings write them, in the invariant culture.

Standard formats: D, E, F, G, N, P, R, X (Microsoft: standard numeric format strings); C is refused, as its symbol depends on a culture.
Custom formats: digits, the decimal point, thousands, percent, quoted text and sections (Microsoft: custom numeric format strings).
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal, localcontext

from s2sguard.expression.functions.common import fail, in_range, number_text

MAX_PRECISION = 300
"""Digits; .NET allows a billion."""

_STANDARD = re.compile(r"([A-Za-z])([0-9]{0,9})", re.ASCII)
_PIECE = re.compile(r"'[^']*'?|\"[^\"]*\"?|\\.?|[0#.,%]|[^0#.,%'\"\\]+", re.DOTALL)
_SECTION = re.compile(r"((?:'[^']*'?|\"[^\"]*\"?|\\.?|[^;'\"\\])*)(?:;|$)", re.DOTALL)


def number_format(value: float, pattern: str) -> str:
    """Return a number in a .NET format, without one in its shortest form. Raises `ExpressionFailure` for a format that .NET refuses."""
    if isinstance(value, int):
        in_range("format", value)
    elif not math.isfinite(value):
        return number_text(value)
    if not pattern:
        return _shortest(value)
    standard = _STANDARD.fullmatch(pattern)
    if standard is None:
        return _custom(value, pattern)
    precision = int(standard[2]) if standard[2] else None
    if precision is not None and precision > MAX_PRECISION:
        fail("format", f"takes a precision of at most {MAX_PRECISION} digits")
    return _standard(value, standard[1], precision)


def _shortest(value: float) -> str:
    return str(value) if isinstance(value, int) or not value.is_integer() or abs(value) >= 1e15 else str(int(value))


def _standard(value: float, letter: str, precision: int | None) -> str:
    kind, number = letter.upper(), _exact(value)
    if kind in {"D", "X"}:
        return _whole(value, letter, precision or 0)
    if kind == "N":
        return _signed(_fixed(abs(number), 2 if precision is None else precision, ","), number)
    if kind == "F":
        return _signed(_fixed(abs(number), 2 if precision is None else precision), number)
    if kind == "P":
        return _signed(_fixed(abs(number) * 100, 2 if precision is None else precision, ",") + " %", number)
    if kind == "E":
        return _scientific(number, 6 if precision is None else precision, letter)
    if kind in {"G", "R"}:
        return _shortest(value) if not precision else _general(number, precision, "E" if letter.isupper() else "e")
    return fail("format", "takes a numeric format; this one is not known")


def _whole(value: float, letter: str, digits: int) -> str:
    if not isinstance(value, int):
        return fail("format", f"takes an integer for the format {letter}")
    if letter in {"D", "d"}:
        return ("-" if value < 0 else "") + str(abs(value)).zfill(digits)
    return format(value & (2**64 - 1) if value < -(2**31) else value & 0xFFFFFFFF if value < 0 else value, letter).zfill(digits)


def _exact(value: float) -> Decimal:
    return Decimal(value)


def _fixed(number: Decimal, digits: int, separator: str = "") -> str:
    """Return a number that is not negative with `digits` decimals, a half rounded away from zero."""
    with localcontext() as context:
        context.prec = 1_000
        return format(number.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP), f"{separator}f")


def _signed(written: str, number: Decimal) -> str:
    return f"-{written}" if number < 0 and re.search("[1-9]", written) else written


def _scientific(number: Decimal, digits: int, letter: str) -> str:
    mantissa, exponent = _split(number, digits)
    return f"{mantissa}{letter}{'-' if exponent < 0 else '+'}{abs(exponent):03d}"


def _split(number: Decimal, digits: int) -> tuple[str, int]:
    """Return a mantissa with `digits` decimals and the exponent."""
    with localcontext() as context:
        context.prec = 1_000
        mantissa, _, exponent = format(_rounded(number, digits + 1), f".{digits}E").partition("E")
    return mantissa, int(exponent)


def _rounded(number: Decimal, digits: int) -> Decimal:
    """Return a number with `digits` significant digits."""
    if not number:
        return Decimal(0)
    return number.quantize(Decimal(1).scaleb(number.adjusted() - digits + 1), rounding=ROUND_HALF_UP)


def _general(number: Decimal, digits: int, letter: str) -> str:
    with localcontext() as context:
        context.prec = 1_000
        rounded = _rounded(number, digits)
        if not rounded:
            return "0"
        exponent = rounded.adjusted()
        if -5 <= exponent < digits:
            written = format(rounded, "f")
            return written.rstrip("0").rstrip(".") if "." in written else written
    mantissa, exponent = _split(rounded, digits - 1)
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}{letter}{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _custom(value: float, pattern: str) -> str:
    """Return a number in a custom format of up to three sections: positive, negative, zero."""
    sections = [match.group(1) for match in _SECTION.finditer(pattern)][: pattern.count(";") + 1]
    number = _exact(value)
    if number < 0 and len(sections) > 1 and sections[1]:
        return _section(-number, sections[1])
    if number == 0 and len(sections) > 2:
        return _section(number, sections[2])
    written = _section(abs(number), sections[0])
    return f"-{written}" if number < 0 else written


def _section(number: Decimal, section: str) -> str:
    pieces = _PIECE.findall(section)
    marks = "".join(piece for piece in pieces if piece in {"0", "#", ".", ",", "%"})
    whole, _, decimals = marks.partition(".")
    digits, required = _count(decimals), decimals.rfind("0")
    number *= 100 ** marks.count("%")
    stripped = whole.rstrip(",%")
    number /= Decimal(1000) ** whole[len(stripped) :].count(",")
    integral, _, fraction = _fixed(number, digits).partition(".")
    least = len(_digits(whole)) - (_digits(whole).find("0") if "0" in whole else len(_digits(whole)))
    integral = integral.lstrip("0").zfill(least) if integral.strip("0") or least else ""
    if "," in stripped and integral:
        integral = re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", integral)
    kept = len(_digits(decimals[: required + 1])) if required >= 0 else 0
    fraction = fraction[:kept] + fraction[kept:].rstrip("0")
    return _laid_out(pieces, integral, fraction)


def _digits(marks: str) -> str:
    return marks.replace(",", "").replace("%", "")


def _count(marks: str) -> int:
    return min(len(_digits(marks)), MAX_PRECISION)


def _laid_out(pieces: list[str], integral: str, fraction: str) -> str:
    """Put the digits where the section has its first placeholder, and the literal text around them."""
    number = integral + (f".{fraction}" if fraction else "")
    written: list[str] = []
    for piece in pieces:
        if piece in {"0", "#", "."}:
            written.append(number)
            number = ""
        elif piece == "%":
            written.append("%")
        elif piece != ",":
            written.append(piece[1:].rstrip(piece[0]) if piece[0] in "'\"" else piece[1:] if piece[0] == "\\" else piece)
    return "".join(written)
