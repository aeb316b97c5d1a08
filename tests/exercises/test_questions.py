"""The questions of the pages: their texts, their parts, and a thousand redraws of each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from answers import table
from backprop import autodiff as ad
from backprop_book import exercises
from backprop_book.exercises.bank import CHAPTERS, QUESTIONS
from livetext.markup import SYMBOL
from livetext.questions.answer_types import (
    TOLERANCE,
    AnyOf,
    Before,
    Field,
    Numbers,
    OneOf,
    Option,
    Order,
    Shape,
)
from livetext.questions.progress import Overview
from livetext.questions.question import Question
from livetext.questions.text import block, inline, shown
from support.page_scripts import Scripts, page_scripts
from support.paths import ROOT
from support.prose import DECIMAL, symbols

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
    "β": "beta",
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

REDRAW = """
globalThis.generator = (state) => () => { // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

// Any numbers, fair or not, and whether the page would use them.
globalThis.draw = (spec, count) => {
  const calculate = livetext.calculator(spec);
  const random = generator(2);
  return Array.from({ length: count }, () => {
    const inputs = {};
    for (const [name, choices] of Object.entries(spec.draws)) {
      const { length } = [spec.tape.inputs[name]].flat(Infinity);
      inputs[name] = Array.from({ length }, () => choices[Math.floor(random() * choices.length)]);
    }
    const values = calculate(inputs);
    return [inputs, values, livetext.fair(spec, values)];
  });
};

// What the page draws, one after the other from its first numbers, and how often it has to.
globalThis.redraw = (spec, count) => {
  const { calculator, drawInputs } = livetext;
  const calculate = calculator(spec);
  let values = calculate({});
  let asked = 0;
  const random = generator(1);
  const counted = () => { asked++; return random(); };
  const told = () => spec.shown.map(([name, digits]) => livetext.formatNumber(values[name], digits).text).join(" ");
  const found = [[null, values, told()]];
  for (let k = 0; k < count; k++) {
    const inputs = drawInputs(spec, values, counted, calculate);
    values = calculate(inputs);
    found.push([inputs, values, told()]);
  }
  return { found, asked };
};

// Answers whose verdict is not as it should be, at each of these numbers: the solution's own numbers, as it
// shows them, and all that a mistake leads to, in full and rounded to three digits.
globalThis.misjudged = (spec, shown, found) => {
  const { judge } = livetext;
  const { formatNumber } = livetext;
  const wrong = [];
  for (const [, values] of found) {
    const expect = (typed, keys) => {
      const judged = judge(spec, values, typed, typed.map((_, i) => `field ${i}`));
      const said = JSON.stringify([judged.right, judged.keys || [], judged.words || []]);
      if (said !== JSON.stringify([!keys.length, keys, []])) wrong.push([typed, keys, judged]);
    };
    if (spec.kind === "shape") {
      const text = ([r, c]) => `${values[r]} × ${values[c]}`;
      expect([text(spec.shape)], []);
      spec.mistakes.forEach((pairs, i) => pairs.forEach((pair) => expect([text(pair)], [String(i)])));
      continue;
    }
    const right = spec.fields.map(({ quantity }) => String(values[quantity]));
    expect(right, []);
    spec.fields.forEach(({ quantity, mistakes }, i) => {
      for (const [name, digits] of shown) {
        if (name === quantity) expect(right.with(i, formatNumber(values[name], digits).text), []);
      }
      for (const names of mistakes) {
        for (const name of names) {
          for (const text of [String(values[name]), values[name].toPrecision(3)]) expect(right.with(i, text), [`${quantity}:${names[0]}`]);
        }
      }
    });
  }
  return wrong;
};
"""


@pytest.fixture(scope="module")
def scripts() -> Iterator[Scripts]:
    with page_scripts() as loaded:
        loaded.v8.eval(REDRAW)
        yield loaded


def spec_of(question: Question) -> str:
    (spec,) = re.findall(r'class="question-spec">(.*?)</script>', question.html)
    return str(spec)


@pytest.mark.parametrize("question", DRAWN, ids=id_of)
def test_redraws(scripts: Scripts, question: Question) -> None:
    """The page's answer is the library's, other numbers are other ones, and no two mistakes lead to one number."""
    redrawn = scripts.eval(f"redraw({spec_of(question)}, {REDRAWS})")
    tape = question.tape
    assert tape is not None
    size = sum(tape.inputs[name].size for name in question.draws)
    assert redrawn["asked"] <= 3 * size * REDRAWS, (
        "most draws are thrown away: choose other values to draw from"
    )
    drawn, before = set(), None
    for k, (flat, values, told) in enumerate(redrawn["found"]):
        assert told != before, "new numbers are new"
        before = told
        inputs = {n: np.reshape(v, tape.inputs[n].shape)[()] for n, v in (flat or {}).items()}
        drawn.add(repr(inputs))
        for name, value in inputs.items():
            assert set(np.ravel(value)) <= set(question.draws[name])
        if k < 200:
            witness = np.ravel(ANSWERS[question.id](**{**tape.inputs, **inputs}))
            assert np.allclose(right(question, values), witness, rtol=1e-9, atol=1e-12), inputs
        assert question.fair(values), inputs
        assert all(np.isfinite(v) for v in values.values()), inputs
        if k < 20:
            ours = question.values(**inputs)
            assert ours.keys() == values.keys()
            assert all(np.isclose(values[n], v, rtol=1e-12, atol=1e-15) for n, v in ours.items())
    assert len(drawn) >= 10, "there is little to redraw"


@pytest.mark.parametrize(
    "question", [q for q in ALL if isinstance(q.answer, Numbers | Shape)], ids=id_of
)
def test_answers_at_a_thousand_redraws(scripts: Scripts, question: Question) -> None:
    """Each mistake is named and no other, and what the solution shows is right when it is typed back."""
    answers = shown(question.solution, question.values())
    if isinstance(question.answer, Numbers):
        names = {name for name, _ in answers}
        assert {field.quantity for field in question.answer.fields} <= names, "it is shown"
    spec = spec_of(question)
    wrong = scripts.eval(
        f"misjudged({spec}, {json.dumps(answers)}, redraw({spec}, {REDRAWS if question.draws else 0}).found)"
    )
    assert not wrong, f"{len(wrong)}: {wrong[:3]}"


@pytest.mark.parametrize("question", DRAWN, ids=id_of)
def test_page_and_library_settle_alike(scripts: Scripts, question: Question) -> None:
    """At any numbers, those that are thrown away among them."""
    for inputs, values, fair in scripts.eval(f"draw({spec_of(question)}, {REDRAWS})"):
        known = {name: np.nan if v is None else v for name, v in values.items()}
        assert question.fair(known) is fair, inputs


LITTLE = [0.0, 1.0, -1.0, 2.0, 2.5, 1.004, 1.01, 1.0201, 1.03, 1e-7, float("inf"), float("nan")]


def test_settled_twins_and_their_promise(scripts: Scripts) -> None:
    """Drawn cases, from values that lie on top of each other, beside each other, or nowhere.

    What is settled leaves no number that could be taken for two things; what lies clearly apart is settled.
    """
    generator = np.random.default_rng(4)
    cases, kinds = [], []
    for _ in range(2000):
        names = ["right", *"abcd"]
        values = dict(zip(names, generator.choice(LITTLE, 5).tolist(), strict=True))
        texts = generator.choice(["one", "other", "third", "fourth"], 4).tolist()
        numbers = Numbers([Field("right", "it", dict(zip("abcd", texts, strict=True)))])
        shape = Shape("right", "a", "it", {("a", "right"): texts[0], ("b", "c"): texts[1]})
        several = OneOf([Option("a", "no"), Option("b", "no")], quantity="right")
        for kind in (numbers, shape, several):
            kinds.append((kind, values))
            spec = json.dumps({"kind": kind.name, "keep": "", **kind.spec()})
            cases.append(f"livetext.fair({spec}, {json.dumps(values)})")
    settled = scripts.eval(f"[{', '.join(cases)}]")
    assert settled == [kind.settled(values) for kind, values in kinds]
    assert 100 < sum(settled) < len(settled) - 100
    for fair, (kind, values) in zip(settled, kinds, strict=True):
        if isinstance(kind, Numbers):
            says = {"right": "", **kind.fields[0].mistakes}
            pairs = [(values[a], values[b]) for a in says for b in says if says[a] != says[b]]
            if fair:
                assert not any(abs(a - b) <= TOLERANCE * (abs(a) + abs(b)) for a, b in pairs)
            elif 1e-6 < abs(values["right"]) < np.inf:
                assert any(not abs(a - b) > 3 * TOLERANCE * (abs(a) + abs(b)) for a, b in pairs)


def test_mistakes_of_one_text_are_one(scripts: Scripts) -> None:
    says = {"w": "Twice.", "again": "Twice.", "zero": "Nothing is left."}
    tape = ad.trace(lambda w: {"twice": 2 * w, "again": w * 1.0, "zero": w * 0}, w=1.5)
    question = doubling(answer=Numbers([Field("twice", "*2w*", says)]), tape=tape)
    assert dict(question.answer.feedback()) == {
        "twice:w": "Twice.",
        "twice:zero": "Nothing is left.",
    }
    judged = scripts.eval(
        f"livetext.judge({spec_of(question)}, {json.dumps(question.values())}, ['1.5'])"
    )
    assert judged == {"right": False, "keys": ["twice:w"], "words": []}


@pytest.mark.parametrize(
    ("times", "says"),
    [
        (1.004, None), (1.02, "Nearly"), (0.96, "Nearly"), (1.08, "not the number"),
        (0.8, "not the number"), (1.3, "not the number"), (2, "twice"), (0.5, "half"), (-1, "sign"),
        (-1.02, "not the number"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_number_by_its_ratio_to_the_answer(
    scripts: Scripts, times: float, says: str | None
) -> None:
    question = doubling(answer=Numbers([Field("twice", "*2w*", {})]))
    values = question.values()
    typed = json.dumps([repr(times * values["twice"])])
    judged = scripts.eval(f"livetext.judge({spec_of(question)}, {json.dumps(values)}, {typed})")
    assert judged["right"] == (says is None)
    assert all(says in word for word in judged["words"]) if says else not judged["words"]


def test_where_there_are_no_other_numbers_none_are_given_out_as_new(scripts: Scripts) -> None:
    """What is drawn but not told does not count, nor does what looks the same."""
    alone = doubling(draws={"w": [1.5]})
    unseen = doubling(text="", ask="What is twice *{w:0}*?", draws={"w": [1.5, 1.7, 2.4]})
    for question in (alone, unseen):
        spec = spec_of(question)
        found = scripts.eval(
            f"livetext.drawInputs({spec}, livetext.calculator({spec})({{}}), generator(3))"
        )
        assert found is None
    with pytest.raises(ValueError, match="its text shows none"):
        doubling(ask="What is twice *w*?")


# Verdicts, word for word


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["-3"], ["The size is right, the sign is not."]),
        (["6"], ["This is twice the right answer: a factor 2 is there once too often."]),
        (["3.03"], ["Nearly: give three digits, and round only at the end."]),
        (["2.86"], ["Nearly: give three digits, and round only at the end."]),
        (["3.02"], ["Nearly: give three digits, and round only at the end."]),
        (["3.2"], ["This is not the number."]),
        (["2.8"], ["This is not the number."]),
    ],
)
def test_words_about_a_number(scripts: Scripts, typed: list[str], words: list[str]) -> None:
    question = doubling()
    values = json.dumps(question.values())
    judged = scripts.eval(f"livetext.judge({spec_of(question)}, {values}, {typed})")
    assert judged == {"right": False, "keys": [], "words": words}


@pytest.mark.parametrize("question", [q for q in ALL if isinstance(q.answer, OneOf)], ids=id_of)
def test_choices_at_redraws(scripts: Scripts, question: Question) -> None:
    """A right choice of drawn numbers says nothing more; what it would say is about choosing it wrongly."""
    answer, spec = question.answer, spec_of(question)
    assert isinstance(answer, OneOf)
    found = scripts.eval(f"redraw({spec}, 100).found") if question.draws else [[None, {}]]
    for _, values, *_ in found:
        for i, option in enumerate(answer.options):
            judged = scripts.eval(f"livetext.judge({spec}, {json.dumps(values)}, [{i}])")
            is_right = values[answer.quantity] == i if answer.quantity else option.right
            keys = [] if is_right and answer.quantity else [str(i)]
            assert judged == {"right": is_right, "keys": keys}


@pytest.mark.parametrize("question", [q for q in ALL if isinstance(q.answer, AnyOf)], ids=id_of)
def test_every_set_of_choices(scripts: Scripts, question: Question) -> None:
    answer, spec = question.answer, spec_of(question)
    assert isinstance(answer, AnyOf)
    fine = {i for i, option in enumerate(answer.options) if option.right}
    for bits in range(1, 2 ** len(answer.options)):
        chosen = {i for i in range(len(answer.options)) if bits >> i & 1}
        judged = scripts.eval(f"livetext.judge({spec}, {{}}, {sorted(chosen)})")
        missing = len(fine - chosen)
        assert judged == {
            "right": chosen == fine,
            "keys": [str(i) for i in sorted(fine if chosen == fine else chosen - fine)],
            "words": []
            if not missing
            else ["One more is right."]
            if missing == 1
            else [f"{missing} more are right."],
        }


@pytest.mark.parametrize("typed", [["3", "4"], ["3", "2"], ["1", "4"], ["7", "7"]])
def test_each_of_several_numbers_is_marked_on_its_own(scripts: Scripts, typed: list[str]) -> None:
    question = doubling(
        answer=Numbers([Field("twice", "2w"), Field("more", "more")]),
        tape=ad.trace(lambda w: {"twice": 2 * w, "more": 2 * w + 1}, w=1.5),
    )
    values = json.dumps(question.values())
    judged = scripts.eval(f"livetext.judge({spec_of(question)}, {values}, {typed}, ['a', 'b'])")
    assert judged["marks"] == [typed[0] == "3", typed[1] == "4"]
    assert judged["right"] == all(judged["marks"])
    html = question.html
    for i in (0, 1):
        mark = f"question-test-double-answer-{i}-mark"
        assert f'aria-describedby="{mark}"' in html
        assert f'<span class="question-mark" id="{mark}"></span>' in html
    assert "question-mark" not in doubling().html


@pytest.mark.parametrize(
    ("kept", "restored"),
    [
        ("{w: [2.5]}", True),
        ("{w: [1.5]}", True),
        ("{w: [3.5]}", False),
        ("{w: [2.5, 2.5]}", False),
        ("{w: [2.5], v: [1]}", False),
        ("{v: [2.5]}", False),
        ("{}", False),
        ("undefined", False),
    ],
)
def test_kept_numbers_are_used_if_they_could_be_drawn_today(
    scripts: Scripts, kept: str, restored: bool
) -> None:
    spec = spec_of(doubling())
    found = scripts.eval(f"livetext.keptInputs({spec}, {kept}, livetext.calculator({spec}))")
    assert (found is not None) == restored


def test_kept_numbers_that_are_no_longer_fair_are_dropped(scripts: Scripts) -> None:
    spec = spec_of(doubling(draws={"w": [1.5, 0.0]}))
    assert (
        scripts.eval(f"livetext.keptInputs({spec}, {{w: [0]}}, livetext.calculator({spec}))")
        is None
    )


def test_html_names_what_was_and_what_is_asked() -> None:
    html = doubling(minutes=5, difficulty="easy", aliases=("old-double", "older-double")).html
    assert '<span class="question-effort">5 min · easy</span>' in html
    assert 'data-aliases="old-double older-double"' in html
    assert '<a id="question-old-double"></a>' in html
    assert "question-effort" not in doubling().html


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
        ({"aliases": ("Test Twice",)}, "question id 'Test Twice' should be lower-case words"),
        ({"aliases": ("test-double",)}, "'test-double' is given twice"),
        ({"minutes": 5}, "give both"),
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


def test_question_answers_to_earlier_ids() -> None:
    """On its page, in the overview, and in a notebook; no id of the book means two questions."""
    question = doubling(aliases=("test-twice", "test-two"))
    assert '<a id="question-test-twice"></a><a id="question-test-two"></a>' in question.html
    assert 'data-question="test-double" data-aliases="test-twice test-two" id=' in question.html
    chapter = SimpleNamespace(TITLE="A chapter", PAGE="a.html", QUESTIONS=[question])
    overview = Overview([chapter]).html
    assert '<td data-progress="test-double" data-aliases="test-twice test-two">' in overview
    with pytest.raises(TypeError, match="aliases of question id 'test-double' are a sequence"):
        doubling(aliases="test-twice")
    ids = [id for question in QUESTIONS.values() for id in (question.id, *question.aliases)]
    assert len(ids) == len(set(ids))


def test_notebook_finds_a_question_by_an_earlier_id(monkeypatch: pytest.MonkeyPatch) -> None:
    question = doubling(aliases=("test-twice",))
    monkeypatch.setitem(QUESTIONS, question.id, question)
    assert exercises.question("test-twice") is exercises.question("test-double") is question


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
        ("*w_1*", '<span class="live-line" translate="no"><var>w</var><sub>1</sub></span>'),
        (
            "{w:3}",
            '<span translate="no" data-quantity="w" data-value="-0.5" data-digits="3">−0.500</span>',
        ),
        (
            "{w}",
            '<span translate="no" data-quantity="w" data-value="-0.5" data-digits="">−0.5</span>',
        ),
    ],
)
def test_text(text: str, html: str) -> None:
    assert inline(text, {"w": -0.5}) == html


def test_matrix_in_text() -> None:
    html = inline("{W}", {"W[0,0]": 1.0, "W[0,1]": 2.0, "W[1,0]": 3.0, "W[1,1]": 4.0})
    assert html.count('role="row"') == 2
    assert re.findall(r">(\d)</span>", html) == ["1", "2", "3", "4"]
