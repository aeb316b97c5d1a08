"""A number that stands in the prose is cited from a cell, or computed again in `numbers_stated.py`.

A page *states* a number where a sentence gives one, alone or in a formula: `784 inputs`, `$\\tfrac12$`,
`$z_1 = 1$`, sixteen times as long. What is counted, numbered or a matter of form (0 and 1, chapter 3,
exercise 2) states nothing; and a decimal is never typed at all (`test_prose.py`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backprop as bp
from backprop_book import running_example as running
from support import numbers_stated
from support.formulas import (
    DISPLAYED,
    INLINE,
    PAGES,
    cells,
    inline,
    normalised,
    texts,
    topic,
    without_code,
    words_of_figures,
)
from support.latex import Unreadable, Values, holds, is_number, sides, symbols, value
from written_numbers import MARKED

NOTEBOOKS = [path for path in PAGES if path.suffix == ".ipynb"]

# In the order of the text; a number in words counts where it says how many times as much.
WORDS = {"three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
WORDS |= {"twelve": 12, "sixteen": 16, "twenty": 20, "hundred": 100, "thousand": 1000}
FRACTIONS = {"½": 1 / 2, "¼": 1 / 4, "¾": 3 / 4, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 1 / 8}
NUMBER = re.compile(
    r"(?<![\w.])[−-]?\d+(?:/\d+)?(?![\w.]*\d)|[½¼¾⅓⅔⅛]"
    rf"|\b(?i:{'|'.join(WORDS)})(?=\*?\s+times\b)"
)
SMALL = {"0", "1", "½"}
PARTS = "chapter|step|stage|layer|unit|input|output|node|row|column|class|part|example"
OF_FORM = re.compile(
    r"^ {0,3}\d+\. |^\*\*\d+\.\*\*"  # a list, a solution
    r"|\b[a-z]+-\d+\b"  # the name of an exercise
    rf"|\b(?:{PARTS})s?\*? \d+(?: (?:and|to) \d+)*\b"
    r"|\b1[5-9]\d\d\b|\b20\d\d\b"  # a year
    r"|\b\d+-(?:\d+-\d+|layer|Clause)\b"  # the shape of a network, which has a test of its own
    r"|\"to \d+ from \d+\"|\b1 by 1\b|\b\d+\.\d+(?:\.\d+)?\b",
    re.M | re.I,
)


def pieces(path: Path) -> Iterator[tuple[str, str]]:
    """Prose by cell; exercises on paper and their solutions one by one; the words of figures."""
    for cell, text in texts(path):
        if cell not in {"on-paper", "solutions"}:
            yield cell, text
            continue
        start, *rest = re.split(r"(?m)^(?:\*\*(\d+)\.\*\*|(\d+)\. )", text)
        yield cell, start
        for solved, asked, one in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
            yield f"{cell} {solved or asked}", one
    for cell, words in words_of_figures(path):
        yield f"figure {cell}", words


def stated(text: str) -> list[str]:
    """What a text states, in its order: numbers as they are written, and equations with a number."""
    prose = OF_FORM.sub(" ", DISPLAYED.sub(" ", without_code(text)))
    found: list[str] = []
    end = 0
    for formula in [*INLINE.finditer(prose), None]:
        words = prose[end : formula.start() if formula else None]
        found += [number for number in NUMBER.findall(words) if number not in SMALL]
        if formula:
            end = formula.end()
            ends, relations = sides(formula["latex"])
            numbers = [is_number(side) for side in ends]
            alone = not relations and numbers[0] and formula["latex"].strip() not in SMALL
            equation = "=" in relations and any(numbers) and r"\lVert" not in formula["latex"]
            if alone or equation:
                found.append(formula["latex"])
    return found


STATEMENTS: dict[tuple[str, str], list[str]] = {}
for path in PAGES:
    for name, text in pieces(path):
        if what := stated(text):
            STATEMENTS.setdefault((topic(path), name), []).extend(what)


def agrees(written: str, computed: Any) -> bool:
    """A number is the same number; where the working is shown, it is the same working."""
    if isinstance(computed, str):
        return normalised(written) == normalised(computed)
    plain = (FRACTIONS | WORDS).get(written.lower()) or value(
        sides(written.replace("−", "-"))[0][0]
    )
    return np.shape(plain) == np.shape(computed) and np.allclose(plain, computed, rtol=1e-9)


def true_in_turn(equation: str, cases: Sequence[Values], turn: int) -> int:
    """The case in which an equation holds: this one, or one to which the text has moved on."""
    for later in range(turn, len(cases)):
        if holds(equation, cases[later]):
            return later
    raise AssertionError(f"${equation}$ is false, or not as in {cases[turn:]}")


@pytest.mark.parametrize(("page", "piece"), STATEMENTS, ids=["/".join(key) for key in STATEMENTS])
def test_stated_number(page: str, piece: str) -> None:
    """Every number of a piece is the one that its entry computes, in the same order."""
    written = STATEMENTS[page, piece]
    assert (page, piece) in numbers_stated.ENTRIES, (
        f"{page}, {piece} states {written}: cite it from a cell, or compute it in numbers_stated.py"
    )
    entry = numbers_stated.ENTRIES[page, piece]()
    turn, numbers = 0, iter(entry.numbers)
    for one in written:
        ends, relations = sides(one)
        if not relations or all(map(is_number, ends)):
            computed = next(numbers, None)
            assert computed is not None, f"{one}: no entry"
            assert agrees(one, computed), f"the page has {one}, its entry {computed}"
        else:
            turn = true_in_turn(one, entry.cases, turn)
    assert not list(numbers), "the page has fewer numbers than its entry"


def test_every_entry_has_its_statement() -> None:
    assert set(numbers_stated.ENTRIES) <= set(STATEMENTS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_what_is_glued_is_cited(path: Path) -> None:
    """Once at least: where digits replace the last citation, the cell computes for nobody."""
    made = []
    for cell in cells(path):
        if cell.cell_type == "code" and cell.id != "colab":  # which is not plain Python
            calls = [n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Call)]
            glued = [call for call in calls if ast.unparse(call.func) == "glue"]
            made += [keyword.arg for call in glued for keyword in call.keywords]
    prose = "\n".join(text for _, text in texts(path))
    cited = {match["name"] for match in MARKED.finditer(prose)}
    assert len(made) == len(set(made))
    assert set(made) == cited


def test_the_network_that_reappears_has_the_shape_that_is_said() -> None:
    net = running.network()
    shape = "-".join(str(n) for n in (net.layers[0].W.shape[1], *(len(v.b) for v in net.layers)))
    said = []
    for path in PAGES:
        for text in [t for _, t in texts(path)] + [words for _, words in words_of_figures(path)]:
            said += re.findall(r"network (\d+-\d+(?:-\d+)*)", text)
    assert set(said) == {shape}


# Identities

UNNAMED = re.compile(r"\\top|\\lVert|\\lim|\\sum|\\Delta [LF](?![a-zA-Z])|\(\\cdot\)")


def identities(text: str) -> Iterator[str]:
    """Neighbouring sides of an equation in the same letters, which must be equal for all of these."""
    formulas = [match["latex"] for match in DISPLAYED.finditer(text)] + inline(text)
    for formula in formulas:
        for part in re.split(r"\\q?quad|, |\\\\", formula):
            ends, relations = sides(part)
            for left, relation, right in zip(ends, relations, ends[1:], strict=False):
                letters = symbols(left)
                if relation != "=" or not letters or letters != symbols(right):
                    continue
                if normalised(left) != normalised(right) and not UNNAMED.search(normalised(part)):
                    yield f"{left.strip()} = {right.strip()}"


IDENTITIES = [
    (topic(path), identity)
    for path in PAGES
    for _, text in texts(path)
    for identity in identities(without_code(text))
]


def test_identities_are_found() -> None:
    assert len(IDENTITIES) > 30


@pytest.mark.parametrize(("page", "identity"), IDENTITIES)
def test_identity(page: str, identity: str) -> None:
    """Both sides are equal for drawn values of their letters; i is the imaginary unit."""
    rng = np.random.default_rng(0)
    letters = sorted(symbols(identity))
    for _ in range(3):
        values: dict[str, Any] = dict(
            zip(letters, rng.uniform(0.2, 0.9, len(letters)), strict=True)
        )
        if "i" in values:
            values["i"] = 1j
        try:
            assert holds(identity, values)
        except Unreadable as error:
            pytest.fail(f"{identity}: cannot be read at {error}")


# Tables of formulas


def rows(page: str, cell: str, columns: str) -> list[list[str]]:
    """The rows of the table whose head begins so."""
    (path,) = (path for path in PAGES if topic(path) == page)
    (text,) = (text for name, text in texts(path) if name == cell)
    lines = text[text.index(columns) :].split("\n\n")[0].splitlines()[2:]
    return [[entry.strip() for entry in line.strip("| ").split(" | ")] for line in lines]


def test_table_of_learning_rates() -> None:
    """Each bound on α holds exactly where the factor of its row is as the row says, and one row fits."""
    table = rows("one-layer", "rates", "| learning rate | factor $r$")
    assert len(table) == 6
    for x in (0.5, 1.0, 3.0):
        one = 1 / (2 * x**2)
        for alpha in one * np.array(
            [0, 1e-3, 0.3, 1 - 1e-6, 1, 1 + 1e-6, 1.7, 2 - 1e-6, 2, 2.1, 9]
        ):
            here = {"x": x, r"\alpha": alpha, "r": 1 - 2 * alpha * x**2}
            fits = [
                (holds(rate.strip("$"), here), holds(r.strip("$"), here)) for rate, r, _ in table
            ]
            assert fits.count((True, True)) == 1
            assert fits.count((False, False)) == 5


@pytest.mark.parametrize(
    ("cell", "formula", "factor"),
    [
        ("remember", r"0 < \alpha < 1/x^2", lambda alpha, x: 1 - 2 * alpha * x**2),
        ("solutions", r"\alpha < 2/x^2", lambda alpha, x: 1 - alpha * x**2),
        ("solutions", r"0 < \alpha < 1/(x^2+1)", lambda alpha, x: 1 - 2 * alpha * (x**2 + 1)),
    ],
)
def test_rates_that_converge(cell: str, formula: str, factor: Any) -> None:
    """The bound stands in the text, and the factor of a step is within ±1 just there."""
    (path,) = (path for path in PAGES if topic(path) == "one-layer")
    (text,) = (text for name, text in texts(path) if name == cell)
    assert formula in inline(text), f"look again: {formula} is not in the text any more"
    for x in (0.5, 1.0, 3.0):
        for alpha in np.logspace(-3, 2, 400):
            assert holds(formula, {"x": x, r"\alpha": alpha}) == (abs(factor(alpha, x)) < 1)


@pytest.mark.parametrize(
    ("cell", "formula", "factor"),
    [
        ("remember", r"\alpha = 1/(2x^2)", lambda alpha, x: 1 - 2 * alpha * x**2),
        ("solutions", r"\alpha = 1/x^2", lambda alpha, x: 1 - alpha * x**2),
    ],
)
def test_rates_that_land(cell: str, formula: str, factor: Any) -> None:
    """In one step: the rate stands in the text, and its factor is zero."""
    (path,) = (path for path in PAGES if topic(path) == "one-layer")
    (text,) = (text for name, text in texts(path) if name == cell)
    assert formula in inline(text), f"look again: {formula} is not in the text any more"
    for x in (0.5, 1.0, 3.0):
        assert factor(value(sides(formula)[0][1], {"x": x}), x) == pytest.approx(0)


def test_bounds_on_the_learning_rate_are_all_tested() -> None:
    """Chapter 3 bounds or sets α nowhere else: six rows, five formulas, one exercise."""
    (path,) = (path for path in PAGES if topic(path) == "one-layer")
    formulas = [sides(f) for _, text in texts(path) for f in inline(text)]
    about = [f for f, relations in formulas if relations and r"\alpha" in map(str.strip, f)]
    assert len(about) == 6 + 5 + 1


def test_table_of_activation_functions() -> None:
    """Each function, its slope and its range are the library's."""
    functions = {
        "identity": bp.identity,
        "sigmoid": bp.sigmoid,
        "tanh": bp.tanh,
        "ReLU": bp.relu,
        "leaky ReLU": bp.leaky_relu,
        "softplus": bp.softplus,
    }
    table = rows("mathematics", "activations-table", "| | $g(z)$ | $g'(z)$ |")
    assert [row[0] for row in table] == list(functions)
    s = float(bp.leaky_relu.derivative(-1.0))
    for name, formula, slope, reach in table:
        g = functions[name]
        for z in (-2.5, -0.3, 0.4, 3.0):
            here = {"z": z, "s": s}
            assert np.isclose(by_cases(formula, here), g(z)), (name, formula, z)
            assert np.isclose(by_cases(slope, here), g.derivative(z)), (name, slope, z)
        ends = [float(g(z)) for z in (-700.0, 700.0)]
        limits = [value(formula) for formula in inline(reach) if is_number(formula)]
        if reach.startswith("between"):
            assert np.allclose(limits, ends)
        elif reach.startswith("all numbers"):
            assert ends[0] < -5 and ends[1] > 5
        else:
            assert "above" in reach and np.allclose(limits, ends[:1]) and ends[1] > 5


def by_cases(entry: str, here: Values) -> float:
    """`$a$ for $z > 0$, $b$ otherwise`, or a single formula; in a chain, its last side."""
    formulas = inline(entry)
    while len(formulas) > 1 and not holds(formulas[1], here):
        formulas = formulas[2:] if len(formulas) > 2 else []
    result: float = value(sides(formulas[0])[0][-1], here)
    return result


def test_table_of_slopes_at_the_kink() -> None:
    """What the library does at zero, where the table names it."""
    table = dict(rows("translation", "page", r"| where | $\operatorname{relu}'(0)$"))
    (ours,) = (slope for name, slope in table.items() if name.startswith("this book"))
    (tie,) = (slope for name, slope in table.items() if "`ad.maximum(z, 0)`" in name)
    assert float(ours) == bp.relu.derivative(0.0)
    assert value(inline(tie)[0]) == numbers_stated.slope_of_a_tie()


@pytest.mark.parametrize("loss", [bp.half_squared_error, bp.squared_error], ids=["half", "whole"])
def test_table_of_losses(loss: Any) -> None:
    """The factor before the squares, and the average over examples, for the losses of the library."""
    table = rows("translation", "page", "| where | squared error of one example |")
    ((formula, over),) = [row[1:] for row in table if row[0] == f"`bp.{loss.name}`"]
    factor = {r"\lVert a-y\rVert^2": 1, r"\frac12\lVert a-y\rVert^2": 1 / 2}[
        normalised(formula.strip("$"))
    ]
    a, y = np.array([[0.3, 0.9], [-0.2, 0.5]]), np.array([[0.1, 0.4], [0.6, 0.5]])
    each = [factor * np.sum((a[:, n] - y[:, n]) ** 2) for n in range(2)]
    assert over == "average"
    assert np.isclose(loss(a, y), np.mean(each))
