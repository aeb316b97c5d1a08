"""Questions of the book answered on their pages, rightly and wrongly."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator

from backprop_book.exercises.bank import CHAPTERS
from livetext.questions.answer_types import AnyOf, Numbers, OneOf, Order, Shape
from livetext.questions.question import Question

BY_ID = {q.id: q for chapter in CHAPTERS for q in chapter.QUESTIONS}


Given = dict[str, Any]  # an answer: texts by input, or ticked options, or an order of steps

# Put an answer in, check it, and return what is said. As one step in the page: a click by the browser's
# own driver waits for frames, and there are hundreds of answers. Clicks and keys have tests of their own.
GIVE = """(section, { typed = {}, ticked = [], order = [] }) => {
  const form = section.querySelector("form");
  form.reset();
  for (const [name, text] of Object.entries(typed)) section.querySelector(`input[name="${name}"]`).value = text;
  const options = section.querySelectorAll("fieldset :is([type=radio], [type=checkbox])");
  options.forEach((input, i) => { input.checked = ticked.includes(i); });
  for (const step of order) section.querySelector(".question-steps").append(section.querySelector(`[data-step="${step}"]`));
  form.requestSubmit();
  return [...section.querySelector(".question-verdict").children].map((part) => part.textContent.trim());
}"""
PRESS = """(section, action) => section.querySelector(`button[data-action="${action}"]`).click()"""


def give(section: Locator, given: Given) -> list[str]:
    """Check an answer; the verdict's sentences, the first of which is right or wrong."""
    said: list[str] = section.evaluate(GIVE, given)
    return said


def right_answer(id: str, values: Any) -> Given:
    answer = BY_ID[id].answer
    if isinstance(answer, Numbers):
        return {"typed": {f.quantity: repr(float(values[f.quantity])) for f in answer.fields}}
    if isinstance(answer, Shape):
        return {"typed": {"shape": f"{values[answer.rows]:g} × {values[answer.columns]:g}"}}
    if isinstance(answer, OneOf):
        fixed = [i for i, option in enumerate(answer.options) if option.right]
        return {"ticked": [int(values[answer.quantity])] if answer.quantity else fixed}
    if isinstance(answer, AnyOf):
        return {"ticked": [i for i, option in enumerate(answer.options) if option.right]}
    assert isinstance(answer, Order)
    return {"order": list(range(len(answer.steps)))}


def wrong_answers(asked: Question) -> list[tuple[Given, list[str]]]:
    """Each wrong answer that the question knows at its first numbers, and what may be said of it."""
    values, answer = asked.values(), asked.answer
    right = right_answer(asked.id, values)
    if isinstance(answer, Numbers):
        return [
            ({"typed": right["typed"] | {f.quantity: repr(float(values[mistake]))}}, [says])
            for f in answer.fields
            for mistake, says in f.mistakes.items()
        ]
    if isinstance(answer, Shape):
        return [
            ({"typed": {"shape": f"{values[rows]:g}x{values[columns]:g}"}}, [says])
            for (rows, columns), says in answer.mistakes.items()
        ]
    if isinstance(answer, OneOf | AnyOf):
        missing = len(right["ticked"]) if isinstance(answer, AnyOf) else 0
        more = {0: [], 1: ["One more is right."]}.get(missing, [f"{missing} more are right."])
        return [
            ({"ticked": [i]}, [*more, option.says])
            for i, option in enumerate(answer.options)
            if i not in right["ticked"]
        ]
    assert isinstance(answer, Order)
    orders = [swapped(len(answer.steps), rule.first, rule.then) for rule in answer.rules]
    return [({"order": order}, [broken(answer, order)]) for order in orders]


def swapped(count: int, i: int, j: int) -> list[int]:
    order = list(range(count))
    order[i], order[j] = j, i
    return order


def broken(answer: Order, order: list[int]) -> str:
    """What is said of the first rule that an order breaks."""
    return next(r.says for r in answer.rules if order.index(r.first) > order.index(r.then))
