"""Numbers as cells: an array as a small image, and a number as the bits that hold it."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from .. import draw
from ..markup import math
from ..state import State
from .view import check_quantities, entries_of

CELL = 12  # points


@dataclass(frozen=True)
class ArrayImage:
    """An array of the tape as an image: a cell for each entry, the fuller of colour the larger it is.

    Parameters
    ----------
    name
        The quantity: a vector or a matrix.
    columns
        Cells in a row.
    alt
        The description for a reader who cannot see the image.
    scale
        The value without colour, and the one with all of it.
    color
        Of `draw.PALETTE`; the colour of large entries.
    below
        The colour of the low end, where the middle of the scale has none.

    Raises
    ------
    ValueError
        The quantity is unknown, or does not fill whole rows.
    """

    name: str
    columns: int
    alt: str
    scale: tuple[float, float] = (0.0, 1.0)
    color: str = "ink"
    below: str | None = None

    def __post_init__(self) -> None:
        if not self.scale[0] < self.scale[1]:
            raise ValueError(f"an image needs a scale from low to high, got {self.scale}")
        for color in (self.color, self.below or self.color):
            if color not in draw.PALETTE:
                raise ValueError(f"no color {color!r}; the palette has {', '.join(draw.PALETTE)}")

    def render(self, state: State, name: str, digits: int) -> tuple[str, dict[str, Any]]:
        values = state.quantities()
        entries = entries_of(self.name, values, f"image {self.alt!r}")
        rows, rest = divmod(len(entries), self.columns)
        if rest:
            raise ValueError(
                f"an image of {self.columns} columns needs whole rows; {self.name!r} has {len(entries)} entries"
            )
        cells = "".join(
            f'<rect x="{CELL * (i % self.columns)}" y="{CELL * (i // self.columns)}" width="{CELL}" '
            f'height="{CELL}" data-cell="{entry}" style="{cell_look(values[entry], self.scale, self._colors)}"/>'
            for i, entry in enumerate(entries)
        )
        width, height = CELL * self.columns, CELL * rows
        frame = (
            f'<path d="M0 0H{width}V{height}H0Z" style="fill: none; stroke: {draw.ink("grid")}"/>'
        )
        html = (
            f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(self.alt)}" '
            f'translate="no">{cells}{frame}</svg>'
        )
        return html, {"kind": "image", "scale": self.scale, "colors": self._colors}

    @property
    def _colors(self) -> list[str]:
        return [self.below, self.color] if self.below else [self.color]


def cell_look(value: float, scale: tuple[float, float], colors: Sequence[str]) -> str:
    """A cell's style, without colour where it is no number; the twin of cells.js's `cellLook`."""
    low, high = scale
    share = min(max((value - low) / (high - low), 0.0), 1.0) if value == value else 0.0
    if len(colors) == 2:
        share = 2 * share - 1 if value == value else 0.0
    color = colors[0] if share < 0 else colors[-1]
    return f"fill: {draw.ink(color)}; fill-opacity: {abs(share):.3f}"


@dataclass(frozen=True)
class Bits:
    """A quantity as the 64 bits of a float64: sign, exponent and fraction, and what they are worth.

    Parameters
    ----------
    name
        The quantity.
    symbol
        What it is called, a formula: ``"w"``.
    beside
        Name and symbol of a second quantity to be subtracted: then its bits stand below those of the
        first, and in both those at the front are grey in which they agree.
    """

    name: str
    symbol: str
    beside: tuple[str, str] | None = None

    def render(self, state: State, name: str, digits: int) -> tuple[str, dict[str, Any]]:
        values = state.quantities()
        pairs = [(self.name, self.symbol), *([self.beside] if self.beside else [])]
        names = [quantity for quantity, _ in pairs]
        check_quantities(names, values, f"bits of {self.symbol!r}")
        rows = [bits_of(values[quantity]) for quantity in names]
        if self.beside:
            return _beside(rows, [symbol for _, symbol in pairs]), {"kind": "bits", "names": names}
        (bits,) = rows
        parts = "".join(
            f'<div><dt>{words}</dt><dd class="live-digits" translate="no">{bits[start:stop]}</dd></div>'
            for words, start, stop in PARTS
        )
        worth = f'<dd class="live-worth" translate="no">{worth_of(bits)}</dd>'
        label = f"{math(self.symbol)} in 64 bits"
        return f"<p>{label}</p><dl>{parts}<div><dt>Together</dt>{worth}</div></dl>", {
            "kind": "bits",
            "names": names,
        }


def _beside(rows: Sequence[str], symbols: Sequence[str]) -> str:
    """Two numbers' bits, one below the other; the twin of cells.js's `bitsView`."""
    same = in_common(*rows)
    lines = ""
    for bits, symbol in zip(rows, symbols, strict=True):
        parts = "".join(
            f'<span class="live-digits"><span class="live-same">{bits[start : max(start, min(same, stop))]}</span>'
            f"<span>{bits[max(start, min(same, stop)) : stop]}</span></span> "
            for _, start, stop in PARTS
        )
        lines += f'<div><dt>{math(symbol)}</dt><dd translate="no">{parts}</dd></div>'
    told = f'in common: <span class="live-told-bits" translate="no">{same}</span> of 64 bits'
    return f'<dl class="live-beside-bits">{lines}</dl><p>{told}</p>'


def in_common(one: str, other: str) -> int:
    """How many bits, from the first one on, are the same in both."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b), 64)


PARTS = (("Sign", 0, 1), ("Exponent", 1, 12), ("Fraction", 12, 64))


def bits_of(value: float) -> str:
    """The 64 bits, sign first; every NaN as the one that JavaScript has."""
    data = struct.pack(">d", value) if value == value else bytes.fromhex("7ff8000000000000")
    return f"{int.from_bytes(data):064b}"


def worth_of(bits: str) -> str:
    """The number from its parts; the twin of cells.js's `worthOf`."""
    sign = "−" if bits[0] == "1" else ""
    exponent, fraction = int(bits[1:12], 2), int(bits[12:], 2)
    if exponent == 2047:
        return "not a number" if fraction else f"{sign}∞"
    if exponent == 0:
        return f"{sign}{fraction} · 2⁻¹⁰⁷⁴"
    power = str(exponent - 1023).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{sign}(1 + {fraction}/2⁵²) · 2{power}"
