"""What is said of answers, compared with a second entry of it; see tests/exercises/entries."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import numpy as np
import pytest

from backprop_book.exercises.bank import EXERCISES, QUESTIONS
from entries import table
from livetext.checks.exercise import Exercise
from livetext.questions.answer_types import AnyOf, Numbers, OneOf, Order
from livetext.questions.question import Question

DRAWS = 20


MISTAKES, SAYS, OPTIONS, STEPS, CODE, EXPLAINS = map(
    table, ("MISTAKES", "SAYS", "OPTIONS", "STEPS", "CODE", "EXPLAINS")
)


def of(*kinds: type) -> list[Any]:
    """The questions that are answered in these ways."""
    chosen = [q for q in QUESTIONS.values() if isinstance(q.answer, kinds)]
    return [pytest.param(question, id=question.id) for question in chosen]


def test_everything_is_entered() -> None:
    assert set(SAYS) == set(QUESTIONS)
    assert set(CODE) == set(EXPLAINS) == set(EXERCISES)
    for entries, kinds in ((MISTAKES, Numbers), (OPTIONS, (OneOf, AnyOf)), (STEPS, Order)):
        assert set(entries) == {q.id for q in QUESTIONS.values() if isinstance(q.answer, kinds)}


def draws(question: Question) -> Iterator[dict[str, Any]]:
    """The first inputs, and others."""
    assert question.tape is not None
    yield dict(question.tape.inputs)
    generator = np.random.default_rng(len(question.id))
    for _ in range(DRAWS):
        yield question.tape.inputs | {
            name: generator.choice(choices, question.tape.inputs[name].shape)
            for name, choices in question.draws.items()
        }


@pytest.mark.parametrize("question", of(Numbers))
def test_number_of_each_mistake(question: Question) -> None:
    assert isinstance(question.answer, Numbers)
    names = {name for field in question.answer.fields for name in field.mistakes}
    for inputs in draws(question):
        plain = {name: value[()] for name, value in inputs.items()}
        entered, values = MISTAKES[question.id](**plain), question.values(**inputs)
        assert set(entered) == names
        for name in names:
            assert np.isclose(values[name], entered[name], rtol=1e-9, atol=1e-13), (name, inputs)


def only_in(word: str, place: str, texts: dict[str, str]) -> None:
    """The word stands in the text at its place, after ``^`` as its beginning, and in no other text."""

    def holds(text: str) -> bool:
        return text.startswith(word[1:]) if word[0] == "^" else word in text

    assert holds(texts[place]), f"{place!r} says {texts[place]!r}, without {word!r}"
    others = [name for name, text in texts.items() if holds(text) and text != texts[place]]
    assert not others, f"{word!r} of {place!r} stands at {others}, too"


@pytest.mark.parametrize("question", of(object))
def test_what_is_said(question: Question) -> None:
    """Each text stands where it belongs: none is exchanged for another."""
    texts = {"hint 1": question.hints[0], "hint 2": question.hints[1]}
    if not isinstance(question.answer, OneOf | AnyOf):
        texts |= dict(question.answer.feedback())
    assert set(SAYS[question.id]) == set(texts)
    for place, word in SAYS[question.id].items():
        only_in(word, place, texts)


@pytest.mark.parametrize("question", of(OneOf, AnyOf))
def test_options(question: Question) -> None:
    """Each option is there in its order, with what is said of it, and right or wrong."""
    answer = question.answer
    assert isinstance(answer, OneOf | AnyOf)
    entered = OPTIONS[question.id]
    assert len(entered) == len(answer.options)
    texts = {str(i): option.text for i, option in enumerate(answer.options)}
    said = {str(i): option.says for i, option in enumerate(answer.options)}
    by_quantity = isinstance(answer, OneOf) and answer.quantity
    for i, (word, says, right) in enumerate(entered):
        only_in(word, str(i), texts)
        only_in(says, str(i), said)
        assert right is (None if by_quantity else answer.options[i].right), word


def works(order: tuple[int, ...], steps: list[tuple[str, str, str]]) -> bool:
    """Whether each step finds what it reads as it was in the right order: written, and not yet changed."""
    needed = {}
    changes = dict.fromkeys(" ".join(w for _, _, w in steps).split(), 0)
    for k, (_, reads, writes) in enumerate(steps):
        needed[k] = {name: changes.get(name, 0) for name in reads.split()}
        for name in writes.split():
            changes[name] += 1
    changes = dict.fromkeys(changes, 0)
    for k in order:
        if any(changes.get(name, 0) != count for name, count in needed[k].items()):
            return False
        for name in steps[k][2].split():
            changes[name] += 1
    return True


@pytest.mark.parametrize("question", of(Order))
def test_every_order(question: Question) -> None:
    """Of all permutations, the rules accept those that compute the right thing."""
    answer, steps = question.answer, STEPS[question.id]
    assert isinstance(answer, Order)
    texts = {str(k): text for k, text in enumerate(answer.steps)}
    for k, (word, _, _) in enumerate(steps):
        only_in(word, str(k), texts)
    for order in permutations(range(len(steps))):
        place = {step: k for k, step in enumerate(order)}
        accepted = all(place[rule.first] < place[rule.then] for rule in answer.rules)
        assert accepted == works(order, steps), [answer.steps[k] for k in order]


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda e: e.id)
def test_what_is_said_of_code(exercise: Exercise) -> None:
    """A mistake may be made in several ways; all its texts hold its words, and no other does."""
    said = [(mistake.name, mistake.says) for mistake in exercise.mistakes]
    said += [("hint 1", exercise.hints[0]), ("hint 2", exercise.hints[1])]
    assert set(CODE[exercise.id]) == {name for name, _ in said}
    for name, word in CODE[exercise.id].items():
        assert {other for other, text in said if word in text} == {name}, word
        assert all(word in text for other, text in said if other == name), word


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda e: e.id)
def test_what_explains_code(exercise: Exercise) -> None:
    for words in EXPLAINS[exercise.id]:
        assert words in exercise.explanation
