"""Every worked formula of the book holds: in questions and figures, at first and at other numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from backprop_book.exercises.bank import QUESTIONS
from livetext.questions.question import Question
from livetext.questions.text import block, inline
from support.stored_figures import FIGURES, SETTINGS, parts, states
from support.worked import MARK, Formula, Unread, Values, formulas

EXACT = 1e-9  # relative: sides are evaluated in full precision, whatever the page rounds

# Letters that a text takes for something else than the quantity of their name.
ANOTHER = {
    ("one-layer-rates", "α"): "two particular rates",
    ("two-layers-fate", "z_2"): "its next value",
    ("two-layers-losses", "δ_2"): "that of the other loss",
    ("two-layers-bce", "δ_2"): "that of the other loss, in the right column",
    ("two-layers-bce", "∂L/∂w_2"): "likewise",
    ("two-layers-bce", "∂L/∂w_1"): "likewise",
    ("mathematics-paths", "∂L/∂x"): "one path's share",
    ("basics-flow", "w"): "its next value, after an arrow",
    ("basics-flow", "b"): "likewise",
}


def check(name: str, formula: Formula, values: Values) -> int:
    """Each chain of equalities holds; returns how many were compared."""
    compared = 0
    for sides in formula.equalities():
        if len(sides) == 1:
            continue
        found = {}
        for side in sides:
            assert side, f"{name}: {formula}: a side is empty"
            if (name, side) in ANOTHER:
                continue
            try:
                found[side] = formula.value(side, values)
            except Unread as rest:
                if MARK in side:
                    raise AssertionError(f"{name}: {formula}: unreadable from {rest}") from None
        if len(found) > 1:
            compared += 1
            least, most = min(found.values()), max(found.values())
            size = max(abs(least), abs(most))
            assert most - least <= EXACT * size, f"{name}: {formula}: {[*found.values()]}"
    return compared


# The reader itself


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("{w}·{x} + {b}", -3.5 * 2 + 0.5),
        ("2({w} − {x})²/4", 2 * (-5.5) ** 2 / 4),
        ("{w}²", -(3.5**2)),  # as it is read by everyone, whatever was meant
        ("({w})²", 3.5**2),
        ("1 − {w}²", 1 - 3.5**2),
        ("−{w}·{x}", 7.0),
        ("½·{x}²x", 4.0),
        ("σ′(0)·{x}", 0.5),
        ("max({w}, 0)", 0.0),
        ("∂L/∂w·x", 6.0),
        ("δ_1(1 − a_2)", 0.25 * (1 - 0.125)),
    ],
)
def test_reading(template: str, value: float) -> None:
    values = {"w": -3.5, "x": 2.0, "b": 0.5, "dw": 3.0, "delta1": 0.25, "a[1]": 0.125}
    html = inline(f"*{template} = {{b}}*", values)
    (formula,) = formulas(html.replace(' data-guarded=""', "") if template == "{w}²" else html)
    assert formula.value(formula.equalities()[0][0], values) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("template", ["{x}·{x} = 2·{x}", "{w} = −{w}", "{x} = {x} + 1/{x}"])
def test_wrong_formula_is_found(template: str) -> None:
    values = {"w": -3.5, "x": 3.0}
    with pytest.raises(AssertionError, match="test"):
        check("test", formulas(inline(f"*{template}*", values))[0], values)


# Questions


def draws(question: Question) -> Iterator[Values]:
    """The first numbers and others, drawn here and not by the page."""
    yield question.values()
    tape, generator = question.tape, np.random.default_rng(len(question.id))
    found = 0
    while tape and question.draws and found < SETTINGS:
        inputs = {
            name: generator.choice(choices, tape.inputs[name].shape)
            for name, choices in question.draws.items()
        }
        values = question.values(**inputs)
        if question.fair(values):
            found += 1
            yield values


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda q: q.id)
def test_formulas_of_question(question: Question) -> None:
    values = question.values()
    shown = [formula for text in question.texts() for formula in formulas(block(text, values))]
    for values in draws(question):
        for formula in shown:
            check(question.id, formula, values)


# Figures


# On the bench a step shows one share, which tests/figures/test_bench_pages.py holds against the tape; and the V's
# lines name the function whose losses its picture subtracts. A drawn digit has no formula.
OTHERWISE = {"engine-bench", "engine-order", "checking-v", "training-digit"}


@pytest.mark.parametrize("name", sorted({*FIGURES} - OTHERWISE))
def test_formulas_of_figure(name: str) -> None:
    html = FIGURES[name]
    shown = formulas(parts(html)[0])
    compared = 0
    for state in states(html):
        values = state.quantities()
        if all(map(np.isfinite, values.values())):
            wordings = [formula for formula in shown if formula.shows_at(values)]
            compared += sum(check(name, formula, values) for formula in wordings)
    assert compared > SETTINGS
