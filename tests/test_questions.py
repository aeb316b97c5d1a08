"""The questions of the pages: their texts, their parts, and a thousand redraws of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT
from playwright.sync_api import Browser, Page
from test_exercises import table
from test_prose import DECIMAL, symbols

from backprop import autodiff as ad
from backprop.exercises.bank import CHAPTERS, QUESTIONS
from backprop.exercises.kinds import AnyOf, Before, Field, Numbers, OneOf, Option, Order, Shape
from backprop.exercises.question import Question
from backprop.exercises.text import block, inline
from backprop.markup import SYMBOL

ALL = list(QUESTIONS.values())
COMPUTED = [q for q in ALL if q.answer.quantities()]
DRAWN = [q for q in ALL if q.draws]
ANSWERS: dict[str, Callable[..., Any]] = table("ANSWERS")
REDRAWS = 1000


def id_of(question: Question) -> str:
    return question.id


def right(question: Question, values: Any) -> list[float]:
    """What the page takes for the answer: one number for each field."""
    answer = question.answer
    if isinstance(answer, Numbers):
        return [values[field.quantity] for field in answer.fields]
    if isinstance(answer, Shape):
        return [values[answer.rows], values[answer.columns]]
    return [values[question.answer.quantities()[0]]]


# The bank


def test_each_computed_answer_has_a_witness() -> None:
    assert set(ANSWERS) == {question.id for question in COMPUTED}
    assert len(QUESTIONS) == sum(len(chapter.QUESTIONS) for chapter in CHAPTERS), "ids are unique"


@pytest.mark.parametrize("question", COMPUTED, ids=id_of)
def test_first_answer_is_the_library_s(question: Question) -> None:
    inputs = question.tape.inputs if question.tape else {}
    witness = np.ravel(ANSWERS[question.id](**inputs))
    assert np.allclose(right(question, question.values()), witness, rtol=1e-9, atol=0)


GREEK_LETTERS = {
    "α": "alpha",
    "δ": "delta",
    "σ": "sigma",
    "η": "eta",
    "Δ": "Delta",
    "ε": "varepsilon",
}


def letters(text: str) -> set[str]:
    """The single letters of the formulas between asterisks."""
    formulas = re.findall(r"\*([^*]+)\*", re.sub(r"\$[^$]*\$|`[^`]*`|\*\*|\{[^}]*\}", " ", text))
    found = {match[1] for formula in formulas for match in SYMBOL.finditer(formula)}
    return {GREEK_LETTERS.get(letter, letter) for letter in found}


@pytest.mark.parametrize("question", ALL, ids=id_of)
def test_texts_hold_no_typed_number_and_no_unknown_symbol(question: Question) -> None:
    notation = symbols((ROOT / "chapters" / "notation.md").read_text(encoding="utf-8"))
    for text in question.texts():
        assert not DECIMAL.search(text), f"compute it: {text}"
        used = symbols(text) | letters(text)
        assert used <= notation, sorted(used - notation)
        assert block(text, question.values()).count("$") == 0


@pytest.mark.parametrize("question", ALL, ids=id_of)
def test_question_teaches(question: Question) -> None:
    """Hints, a solution, something to say of every wrong choice."""
    assert all(hint.strip() for hint in question.hints)
    assert len(set(question.hints)) == 2
    assert question.solution.strip()
    assert question.practises.strip()
    assert not question.practises.endswith(".")
    assert all(says.strip() for _, says in question.answer.feedback())
    if isinstance(question.answer, Numbers):
        assert any(field.mistakes for field in question.answer.fields)
    if isinstance(question.answer, OneOf | AnyOf):
        assert len(question.answer.options) >= 3
    if isinstance(question.answer, Order):
        assert len(question.answer.rules) >= len(question.answer.steps) - 2


# A thousand redraws of each, as the page makes them

DRAW = """([text, count, seed]) => {
  const { drawInputs, calculator } = backpropQuestions;
  const spec = JSON.parse(text);
  const calculate = calculator(spec);
  let state = seed; // mulberry32
  let asked = 0;
  const random = () => {
    asked++;
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const found = [];
  for (let k = 0; k < count; k++) {
    const inputs = drawInputs(spec, random);
    found.push([inputs, calculate(inputs)]);
  }
  return [found, asked];
}"""


@pytest.fixture(scope="module")
def page(browser: Browser, site: Path) -> Iterator[Page]:
    """Any page of the book has the script; this one is small."""
    page = browser.new_page()
    page.goto((site / "genindex.html").as_uri())
    yield page
    page.close()


@pytest.mark.parametrize("question", DRAWN, ids=id_of)
def test_redraws(page: Page, question: Question) -> None:
    """The page's answer is the library's, and no mistake leads to it."""
    (spec,) = re.findall(r'class="question-spec">(.*?)</script>', question.html)
    found, asked = page.evaluate(DRAW, [spec, REDRAWS, 1])
    tape = question.tape
    assert tape is not None
    size = sum(tape.inputs[name].size for name in question.draws)
    assert asked <= 3 * size * REDRAWS, (
        "most draws are thrown away: choose other values to draw from"
    )
    drawn = set()
    for k, (flat, values) in enumerate(found):
        inputs = {n: np.reshape(v, tape.inputs[n].shape)[()] for n, v in flat.items()}
        drawn.add(repr(inputs))
        for name, value in inputs.items():
            assert set(np.ravel(value)) <= set(question.draws[name])
        witness = np.ravel(ANSWERS[question.id](**{**tape.inputs, **inputs}))
        assert np.allclose(right(question, values), witness, rtol=1e-9, atol=1e-12), inputs
        assert question.fair(values), inputs
        assert all(np.isfinite(v) for v in values.values()), inputs
        if k < 20:
            ours = question.values(**inputs)
            assert ours.keys() == values.keys()
            assert all(np.isclose(values[n], v, rtol=1e-12, atol=1e-15) for n, v in ours.items())
    assert len(drawn) >= 10, "there is little to redraw"


# What a question must have


def doubling(**changes: Any) -> Question:
    parts: dict[str, Any] = {
        "id": "test-double",
        "title": "Double",
        "practises": "doubling",
        "covers": (1,),
        "ask": "What is twice *{w}*?",
        "answer": Numbers([Field("twice", "*2w*", {"w": "This is *w* itself."})]),
        "hints": ("Add.", "Add *{w}* to itself."),
        "solution": "$2w$ is *2·w = 2·{w} = {twice}*",
        "tape": ad.trace(lambda w: {"twice": 2 * w, "zero": w * 0}, w=1.5),
        "draws": {"w": [1.5, 2.5]},
    }
    return Question(**parts | changes)


def test_html_is_well_made() -> None:
    html = doubling().html
    assert html.startswith('<section class="question" data-question="test-double"')
    assert re.search(r"<fieldset disabled><legend>What is twice .*1\.5.*</legend>", html)
    assert 'data-tex="2w"><math' in html
    assert html.count("<details") == 3
    assert 'role="status"' in html


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": "Test Double"}, "lower-case words"),
        ({"draws": {"v": [1.0]}}, "draws 'v'; its tape has w"),
        ({"draws": {"w": [2.5]}}, "first 'w' is not among its draws"),
        ({"keep": "gone"}, "uses 'gone'"),
        ({"keep": "zero"}, "at its first numbers"),
        ({"reveal": {"w": "gone"}}, "uses 'gone'"),
        ({"answer": Numbers([Field("zero", "0")])}, "at its first numbers"),
        ({"answer": Numbers([Field("twice", "2", {"twice": "same"})])}, "at its first numbers"),
        ({"answer": Numbers([Field("thrice", "3")])}, "uses 'thrice'"),
        ({"answer": Shape("w", "twice", "", {("w", "twice"): "same"})}, "at its first numbers"),
    ],
)
def test_malformed_question_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        doubling(**changes)


def test_malformed_answers_are_refused() -> None:
    options = [Option("a", "no"), Option("b", "no")]
    for make in (lambda: OneOf(options), lambda: AnyOf(options)):
        with pytest.raises(ValueError, match="right"):
            make()
    for make in (lambda: Field("w", "new $w$"), lambda: Option("$w$", "no")):
        with pytest.raises(ValueError, match="read aloud"):
            make()
    with pytest.raises(ValueError, match="earlier step"):
        Order(["a", "b"], [Before(1, 0, "no")])
    with pytest.raises(ValueError, match="shows 'gone', which the question does not have"):
        block("{gone}", {"w": 1.0})


def test_order_begins_wrong() -> None:
    order = Order(["a", "b", "c"], [Before(0, 1, ""), Before(1, 2, "")])
    assert sorted(order.scrambled()) == [0, 1, 2]
    assert order.scrambled() != [0, 1, 2]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("_word_ **word** `a < b`", "<em>word</em> <strong>word</strong> <code>a &lt; b</code>"),
        ("<b>no markup</b>", "&lt;b&gt;no markup&lt;/b&gt;"),
        ("*w_1*", '<span class="live-line"><var>w</var><sub>1</sub></span>'),
        ("{w:3}", '<span data-quantity="w" data-value="-0.5" data-digits="3">−0.500</span>'),
        ("{w}", '<span data-quantity="w" data-value="-0.5" data-digits="">−0.5</span>'),
    ],
)
def test_text(text: str, html: str) -> None:
    assert inline(text, {"w": -0.5}) == html


def test_matrix_in_text() -> None:
    html = inline("{W}", {"W[0,0]": 1.0, "W[0,1]": 2.0, "W[1,0]": 3.0, "W[1,1]": 4.0})
    assert html.count('role="row"') == 2
    assert re.findall(r">(\d)</span>", html) == ["1", "2", "3", "4"]
