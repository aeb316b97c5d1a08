"""Matrices with their shapes and every entry, in which rows and columns can be picked out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ..markup import math
from ..state import State
from ..templates import number
from .view import share

DENSE = 6  # from this many columns on, entries are set small


@dataclass(frozen=True)
class Matrix:
    """An array of the tape as a table; a vector stands as a column.

    Parameters
    ----------
    name
        The quantity.
    symbol
        What it is called: ``"W"``, ``"δ"``, ``"aᵀ"``.
    row, column
        Quantities that pick a row and a column, counted from one.
    scale
        The size of an entry that gets the full colour, that of its sign. Without it, entries have none.
    digits
        Decimals, where the matrix needs its own.
    transposed
        Rows and columns exchanged; a vector then stands as a row.
    hold
        The slider that a drag along an entry's number moves, with ``#`` for the entry's own row and column:
        ``"w1_#"`` is ``w1_21`` in the second row's first entry.
    kin
        Quantities that light up together with an entry, with ``#`` for its indices, counted from zero:
        ``"dW[#] w"``; ``%`` stands for that of the column alone.
    mirror
        A quantity: where it is 1, the entries stand mirrored about the diagonal, and the symbol has a ᵀ.
    """

    name: str
    symbol: str
    row: str | None = None
    column: str | None = None
    scale: float | None = None
    digits: int | None = None
    transposed: bool = False
    hold: str | None = None
    kin: str = ""
    mirror: str | None = None

    def __post_init__(self) -> None:
        if self.scale is not None and not self.scale > 0:
            raise ValueError(f"matrix {self.name!r} needs a scale above 0, got {self.scale}")


@dataclass(frozen=True)
class Matrices:
    """Equations between matrices: each row is a list of `Matrix` and of signs between them.

    ``live.Matrices([[Matrix("z", "z"), "=", Matrix("W", "W"), Matrix("a", "a")]])``
    """

    rows: Sequence[Sequence[Matrix | str]]

    def render(self, state: State, name: str, digits: int) -> tuple[str, dict[str, Any]]:
        values = state.quantities()
        html = ""
        specs: list[dict[str, Any]] = []
        for row in self.rows:
            parts = ""
            for part in row:
                if isinstance(part, str):
                    parts += f'<span class="live-sign" translate="no">{math(part)}</span>'
                else:
                    parts += _table(part, state, values, digits)
                    spec = {"row": part.row, "column": part.column, "scale": part.scale}
                    specs.append(spec | ({"mirror": part.mirror} if part.mirror else {}))
            html += f'<div class="live-equation" data-picture>{parts}</div>'
        return html, {"kind": "matrices", "matrices": specs}


def _table(matrix: Matrix, state: State, values: Mapping[str, float], digits: int) -> str:
    shape = _shape(matrix, state)
    for picked in (matrix.row, matrix.column, matrix.mirror):
        if picked is not None and picked not in values:
            raise ValueError(
                f"matrix {matrix.name!r} picks by {picked!r}, which the figure does not have; "
                f"it has {', '.join(values)}"
            )
    rows, columns = (*shape, 1)[:2]
    if matrix.transposed:
        rows, columns = columns, rows
    digits = digits if matrix.digits is None else matrix.digits
    body = ""
    for i in range(rows):
        cells = ""
        for j in range(columns):
            own = (j, i) if matrix.transposed else (i, j)
            entry = f"{matrix.name}[{','.join(map(str, own[: len(shape)]))}]"
            value = values[entry]
            # The place is counted on the page, after the transpose.
            attributes = f' data-row="{i + 1}" data-column="{j + 1}"'
            if picks := _picks(matrix, values, i + 1, j + 1):
                attributes += f' class="{picks}"'
            if matrix.hold:
                place = "".join(str(index + 1) for index in own[: len(shape)])
                attributes += f' data-hold="{matrix.hold.replace("#", place)}"'
            if matrix.kin:
                kin = matrix.kin.replace("#", ",".join(map(str, own[: len(shape)])))
                attributes += f' data-kin="{kin.replace("%", str(own[1]))}"'
            looks = [heat(value, matrix.scale)] if matrix.scale else []
            if matrix.mirror:
                looks.append(f"--live-off: {j - i}")
            if looks:
                attributes += f' style="{"; ".join(looks)}"'
            cells += f"<td{attributes}>{number(entry, value, digits)}</td>"
        body += f"<tr>{cells}</tr>"
    dense = " live-dense" if columns > DENSE else ""
    symbol = math(matrix.symbol)
    if matrix.mirror:
        turned = values[matrix.mirror] == 1
        dense += " live-mirror" + " live-mirrored" * turned
        symbol = "".join(
            f'<span data-case="{matrix.mirror}" data-option="{option}"{" hidden" * (option != turned)}>'
            f"{math(matrix.symbol + raised)}</span>"
            for option, raised in enumerate(("", "ᵀ"))
        )
    return (
        f'<table class="live-matrix{dense}" translate="no"><caption>{symbol} '
        f"<small>{rows}\u202f×\u202f{columns}</small></caption><tbody>{body}</tbody></table>"
    )


def _shape(matrix: Matrix, state: State) -> tuple[int, ...]:
    """The shape of a vector or matrix of the tape, an output or an input."""
    tape = state.tape
    if matrix.name in tape.outputs:
        shape = tape.nodes[tape.outputs[matrix.name]].shape
    elif matrix.name in tape.inputs:
        shape = tape.inputs[matrix.name].shape
    else:
        known = ", ".join([*tape.inputs, *tape.outputs])
        raise ValueError(f"no quantity {escape(matrix.name)!r} for a matrix; the tape has {known}")
    if len(shape) not in (1, 2):
        raise ValueError(f"a matrix shows a vector or a matrix; {matrix.name!r} has shape {shape}")
    return tuple(shape)


def _picks(matrix: Matrix, values: Mapping[str, float], row: int, column: int) -> str:
    marks = []
    if matrix.row is not None and values[matrix.row] == row:
        marks.append("live-row")
    if matrix.column is not None and values[matrix.column] == column:
        marks.append("live-column")
    return " ".join(marks)


def heat(value: float, scale: float) -> str:
    """A cell's colour as CSS variables; the twin of views.js's `heat`."""
    sign = "negative" if value < 0 else "positive"
    return f"--live-heat: {100 * share(value, scale):.0f}%; --live-tint: var(--live-{sign})"
