"""Numbers as a reader sees them: the twin of ``formatNumber`` in `number_format.js`."""

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Shown(NamedTuple):
    """A number's text, and whether the text says all of it."""

    text: str
    exact: bool


FEWEST = 6  # decimals at most, where a number is written in full


def format_number(value: float, digits: int | None) -> Shown:
    """Text of a number with ``digits`` decimals, half rounded away from zero.

    Without ``digits`` it gets as few as show all of it; where six are not enough, it gets four, or as many more as
    three significant digits take. Below half of
    the last decimal, and from a million up, it is written as 1.23×10⁻⁵, so that no small gradient
    looks like 0. Infinity is ∞; NaN is "undefined".
    """
    if digits is None:
        for n in range(FEWEST + 1):
            full = format_number(value, n)
            if full.exact and "×" not in full.text:
                return full
        enough = next((n for n in range(4, FEWEST + 1) if abs(value) >= 10 ** (2 - n)), 0)
        return format_number(value, enough)
    if math.isnan(value):
        return Shown("undefined", True)
    sign = "−" if value < 0 else ""
    size = abs(value)
    if math.isinf(size):
        return Shown(sign + "∞", True)
    number = Decimal(size)
    if size == 0 or 0.5 * 10**-digits <= size < 1e6:
        shown = number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        return Shown(f"{sign}{shown:f}", _close(shown, size, max(1.0, size)))
    exponent = number.adjusted()
    shown = number.scaleb(-exponent).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if shown == 10:
        shown, exponent = Decimal("1.00"), exponent + 1
    raised = str(exponent).translate(SUPERSCRIPTS)
    return Shown(f"{sign}{shown}×10{raised}", _close(shown.scaleb(exponent), size, size))


def _close(shown: Decimal, size: float, scale: float) -> bool:
    return abs(float(shown) - size) <= 1e-12 * scale and (shown > 0 or size == 0)


def stable(value: float) -> str:
    """Twelve significant digits: what survives a change of machine, whose exp may differ by a bit."""
    return f"{float(value) + 0.0:.12g}"


def attribute(value: float) -> str:
    """`stable` as JavaScript writes it where the number is not finite; its `Number` reads no "inf"."""
    return stable(value).replace("inf", "Infinity").replace("nan", "NaN")
