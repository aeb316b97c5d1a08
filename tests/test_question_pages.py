"""Questions as a reader answers them, and the progress that stays: in Chromium."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import MODES, Visit
from playwright.sync_api import Locator, Page, expect

from backprop.exercises.bank import CHAPTERS
from backprop.exercises.kinds import AnyOf, Numbers, OneOf, Order, Shape
from backprop.exercises.question import Question

OPEN = Callable[..., Visit]
PAGE_OF = {q.id: f"chapters/{chapter.PAGE}" for chapter in CHAPTERS for q in chapter.QUESTIONS}
BY_ID = {q.id: q for chapter in CHAPTERS for q in chapter.QUESTIONS}
PAGES = sorted(set(PAGE_OF.values()))
CHAPTER = "chapters/03-one-layer.html"
PROGRESS = "chapters/progress.html"
WITH_FIGURE = [q for q in BY_ID.values() if q.figure]

# What the page computes: for a question at its present numbers, and in a figure.
VALUES = "(section) => section.presentValues()"
SHOWN = """(figure) => Object.fromEntries([...figure.querySelectorAll("[data-quantity]")].map(
  (e) => [e.dataset.quantity, Number(e.dataset.value)]))"""

NO_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("The operation is insecure.", "SecurityError"); } });"""
FULL_STORAGE = """Storage.prototype.setItem = () => {
  throw new DOMException("The quota has been exceeded.", "QuotaExceededError"); };"""


def question(page: Page, id: str) -> Locator:
    return page.locator(f'section.question[data-question="{id}"]')


def verdict(section: Locator) -> str:
    return section.locator(".question-verdict").inner_text()


def act(section: Locator, action: str) -> None:
    section.locator(f'button[data-action="{action}"]').click()


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
  return section.querySelector(".question-verdict").textContent;
}"""
PRESS = """(section, action) => section.querySelector(`button[data-action="${action}"]`).click()"""


def give(section: Locator, given: Given) -> str:
    said: str = section.evaluate(GIVE, given)
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
        # Two mistakes may lead to one number; one of them is named.
        return [
            (
                {"typed": right["typed"] | {f.quantity: repr(float(values[mistake]))}},
                [s for q, s in f.mistakes.items() if np.isclose(values[q], values[mistake])],
            )
            for f in answer.fields
            for mistake in f.mistakes
        ]
    if isinstance(answer, Shape):
        shapes = {pair: f"{values[pair[0]]:g}x{values[pair[1]]:g}" for pair in answer.mistakes}
        return [
            (
                {"typed": {"shape": text}},
                [answer.mistakes[p] for p, t in shapes.items() if t == text],
            )
            for text in shapes.values()
        ]
    if isinstance(answer, OneOf | AnyOf):
        return [
            ({"ticked": [i]}, [option.says])
            for i, option in enumerate(answer.options)
            if i not in right["ticked"]
        ]
    assert isinstance(answer, Order)
    return [
        (
            {"order": swapped(len(answer.steps), rule.first, rule.then)},
            [r.says for r in answer.rules],
        )
        for rule in answer.rules
    ]


def swapped(count: int, i: int, j: int) -> list[int]:
    order = list(range(count))
    order[i], order[j] = j, i
    return order


def words(text: str) -> str:
    """The longest piece of plain words in a text of the bank."""
    return max((piece.strip() for piece in re.split(r"[*$`{}_]", text)), key=len)


# The markup


@pytest.mark.parametrize("path", PAGES)
def test_every_question_is_there_and_named(open_page: OPEN, path: str) -> None:
    visit = open_page(path)
    sections = visit.page.locator("section.question")
    asked = sections.evaluate_all("(all) => all.map((s) => s.dataset.question)")
    assert sorted(asked) == sorted(id for id, page in PAGE_OF.items() if page == path)
    for section in sections.all():
        assert section.locator("fieldset > legend").inner_text().strip()
        unnamed = section.locator("input, button").evaluate_all(
            "(all) => all.filter((e) => !(e.labels?.length || e.textContent.trim())).length"
        )
        assert unnamed == 0
        assert section.locator('[role="status"]').count() == 1
        assert section.locator(".question-still").is_hidden()
    assert visit.page.locator("[data-tex]").count() == 0, "maths is typeset by the build"
    visit.assert_clean()


@pytest.mark.parametrize("path", PAGES)
def test_without_javascript_help_unfolds(open_page: OPEN, path: str) -> None:
    page = open_page(path, java_script_enabled=False).page
    section = page.locator("section.question").first
    assert section.locator(".question-still").is_visible()
    assert section.locator("details").count() == 3
    for part in section.locator("details").all():
        part.locator("summary").click()
        assert part.locator("p, ul, li").first.is_visible()
    assert section.locator("fieldset").locator("input, button").first.is_disabled()


@pytest.mark.parametrize("path", [*PAGES, PROGRESS])
def test_questions_fit_a_phone_unfolded(open_page: OPEN, path: str) -> None:
    page = open_page(path, viewport={"width": 360, "height": 740}).page
    page.evaluate(
        "document.querySelectorAll('[data-help]').forEach((d) => { d.hidden = false; d.open = true; })"
    )
    page.evaluate(
        "document.querySelectorAll('.question-feedback').forEach((t) => t.replaceWith(t.content))"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    wide = page.locator("section.question").evaluate_all(
        "(all) => all.filter((s) => s.scrollWidth > s.clientWidth + 1).map((s) => s.dataset.question)"
    )
    assert wide == []
    small = page.locator(
        ":is(section.question, .progress-overview) :is(button, summary)"
    ).evaluate_all(
        "(all) => all.filter((b) => b.checkVisibility() && b.getBoundingClientRect().height < 24).length"
    )
    assert small == 0


# Answering


@pytest.mark.parametrize("path", PAGES)
def test_answers_are_told_apart(open_page: OPEN, path: str) -> None:
    """Every mistake is named; what is right is right, at the first numbers and at others."""
    visit = open_page(path)
    for section in visit.page.locator("section.question").all():
        id = section.get_attribute("data-question") or ""
        for given, says in wrong_answers(BY_ID[id]):
            said = give(section, given)
            assert said.startswith("✗ Not yet."), (id, given)
            assert any(words(text) in said for text in says), (id, given, said)
        assert give(section, right_answer(id, BY_ID[id].values())).startswith("✓ Right."), id
        assert section.locator(".question-state").inner_text() == "✓ solved"
        if not BY_ID[id].draws:
            continue
        before = section.evaluate(VALUES)
        for _ in range(5):
            section.evaluate(PRESS, "another")
            if section.evaluate(VALUES) != before:
                break
        assert section.evaluate(VALUES) != before, f"{id}: other numbers"
        drawn = {n: section_input(section, n) for n in BY_ID[id].draws}
        assert give(section, right_answer(id, BY_ID[id].values(**drawn))).startswith("✓ Right."), id
    visit.assert_clean()


def section_input(section: Locator, name: str) -> Any:
    """A drawn input at the question's present numbers."""
    tape = BY_ID[section.get_attribute("data-question") or ""].tape
    assert tape is not None
    found: dict[str, float] = section.evaluate(VALUES)
    entries = [value for key, value in found.items() if key == name or key.startswith(f"{name}[")]
    return np.reshape(entries, tape.inputs[name].shape)[()]


@pytest.mark.parametrize("mode", MODES)
def test_help_comes_step_by_step(open_page: OPEN, mode: str) -> None:
    """Two hints whenever they are wanted; the solution only after an attempt."""
    visit = open_page(CHAPTER, mode)
    section = question(visit.page, "one-layer-saturated")
    parts = section.locator("details")
    assert [part.is_visible() for part in parts.all()] == [False] * 3
    assert section.locator('[data-action="solution"]').is_disabled()
    act(section, "hint")
    assert [part.is_visible() for part in parts.all()] == [True, False, False]
    assert parts.nth(0).locator("p").is_visible()
    act(section, "hint")
    assert [part.is_visible() for part in parts.all()] == [True, True, False]
    assert section.locator('[data-action="hint"]').is_disabled()
    assert section.locator('[data-action="solution"]').is_disabled()
    section.locator("input").fill("7")
    act(section, "check")
    act(section, "solution")
    assert parts.nth(2).locator("p").first.is_visible()
    section.locator("input").fill(repr(BY_ID["one-layer-saturated"].values()["dw"]))
    act(section, "check")
    assert section.locator(".question-state").inner_text() == "✓ solved with help"
    visit.assert_clean()


def test_unreadable_answer_is_no_attempt(open_page: OPEN) -> None:
    section = question(open_page(CHAPTER).page, "one-layer-saturated")
    field = section.locator("input")
    for typed, says in (
        ("", "There is no number yet."),
        ("half", "“half” cannot be read"),
        ("1/0", "“1/0”"),
    ):
        field.fill(typed)
        act(section, "check")
        assert says in verdict(section)
        assert field.get_attribute("aria-invalid") == "true"
        assert section.locator('[data-action="solution"]').is_disabled()
    assert section.locator(".question-state").inner_text() == ""
    field.fill("1")
    act(section, "check")
    assert field.get_attribute("aria-invalid") is None


def test_new_numbers_begin_anew(open_page: OPEN) -> None:
    section = question(open_page(CHAPTER).page, "one-layer-saturated")
    section.locator("input").fill("7")
    act(section, "check")
    act(section, "hint")
    act(section, "another")
    assert section.locator("input").input_value() == ""
    assert [part.is_visible() for part in section.locator("details").all()] == [False] * 3
    assert section.locator('[data-action="solution"]').is_disabled()
    assert "new numbers" in verdict(section)


def test_numbers_are_judged_to_three_digits(open_page: OPEN) -> None:
    section = question(open_page(CHAPTER).page, "one-layer-saturated")
    right = BY_ID["one-layer-saturated"].values()["dw"]
    for factor, start in (
        (1.004, "✓"),
        (0.996, "✓"),
        (1.006, "✗"),
        (1.03, "✗"),
        (-1, "✗"),
        (2, "✗"),
        (0.5, "✗"),
    ):
        section.locator("input").fill(repr(right * factor))
        act(section, "check")
        assert verdict(section).startswith(start), factor
    for factor, says in ((1.03, "Nearly"), (-1, "the sign is not"), (2, "twice"), (0.5, "half")):
        section.locator("input").fill(repr(right * factor))
        act(section, "check")
        assert says in verdict(section)


@pytest.mark.parametrize(("locale", "meant"), [("en-GB", 1234), ("de-DE", 1.234)])
def test_numbers_are_read_in_the_reader_s_language(
    open_page: OPEN, locale: str, meant: float
) -> None:
    """For everything else see `test_reading`."""
    page = open_page(CHAPTER, locale=locale).page
    assert page.evaluate("backpropQuestions.parseNumber('1,234')") == meant
    assert page.evaluate("backpropQuestions.parseNumber('0,25')") == 0.25
    assert page.evaluate("backpropQuestions.parseShape('3 by 2')") == [3, 2]


def test_by_keyboard_alone(open_page: OPEN) -> None:
    page = open_page(CHAPTER).page
    section = question(page, "one-layer-saturated")
    section.locator("input").focus()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    assert verdict(section).startswith("✗")
    page.keyboard.press("Tab")  # Check
    page.keyboard.press("Tab")  # Hint
    page.keyboard.press("Enter")
    assert section.locator("details").nth(0).locator("p").is_visible()
    assert page.evaluate("document.activeElement.textContent") == "First hint"
    order = question(page, "one-layer-order")
    order.locator("[data-move]").nth(3).focus()
    first = order.locator("li").nth(1).get_attribute("data-step")
    page.keyboard.press("Space")
    assert order.locator("li").nth(2).get_attribute("data-step") == first
    assert "Now step 3 of 6" in verdict(order)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Move down"


@pytest.mark.parametrize("asked", WITH_FIGURE, ids=lambda q: q.id)
def test_prediction_is_shown_in_its_figure(open_page: OPEN, asked: Question) -> None:
    """The figure moves to the question's numbers once the reader has committed, and not before."""
    visit = open_page(PAGE_OF[asked.id])
    page, section = visit.page, question(visit.page, asked.id)
    figure = page.locator(f'figure.live[data-figure="{asked.figure}"]')
    assert section.evaluate(
        "(s, f) => s.compareDocumentPosition(document.querySelector(f)) & 4",
        f'figure.live[data-figure="{asked.figure}"]',
    ), "the question comes before its figure"
    sliders = "(f) => Object.fromEntries([...f.querySelectorAll('.live-controls [name]')].map((i) => [i.name, Number(i.value)]))"
    if asked.draws:
        section.evaluate(PRESS, "another")
    before = figure.evaluate(sliders)
    drawn = {n: section_input(section, n) for n in asked.draws}
    values = asked.values(**drawn)
    assert figure.evaluate(sliders) == before
    said = give(section, right_answer(asked.id, values))
    assert said.startswith("✓ Right.")
    assert said.endswith("The figure now shows it.")
    after = figure.evaluate(sliders)
    for slider, value in asked.reveal.items():
        assert after[slider] == pytest.approx(values[value] if isinstance(value, str) else value)
    shown = figure.evaluate(SHOWN)
    shared = [name for name in values if name in shown]
    assert shared, "the figure and the question have a quantity in common"
    for name in shared:
        assert shown[name] == pytest.approx(values[name], rel=1e-9, abs=1e-12), name


# Progress


def solve(page: Page, id: str) -> None:
    """By clicks and keys, as a reader does."""
    section = question(page, id)
    for name, text in right_answer(id, BY_ID[id].values())["typed"].items():
        section.locator(f'input[name="{name}"]').fill(text)
    act(section, "check")


@pytest.mark.parametrize("mode", MODES)
def test_progress_is_kept(open_page: OPEN, mode: str) -> None:
    visit = open_page(CHAPTER, mode)
    page = visit.page
    total = sum(path == CHAPTER for path in PAGE_OF.values())
    line = page.locator(".question-progress")
    assert line.inner_text().startswith(f"0 of {total} questions")
    solve(page, "one-layer-step")
    wrong = question(page, "one-layer-saturated")
    wrong.locator("input").fill("7")
    act(wrong, "check")
    assert line.inner_text().startswith(f"1 of {total} questions")
    page.reload()
    assert line.inner_text().startswith(f"1 of {total} questions")
    state = question(page, "one-layer-step").locator(".question-state")
    assert state.inner_text() == "✓ solved"
    assert question(page, "one-layer-saturated").locator(".question-state").inner_text() == "tried"
    wrong = question(page, "one-layer-step")
    wrong.locator("input").first.fill("7")
    act(wrong, "check")
    assert state.inner_text() == "✓ solved", "once solved, it stays so"
    line.locator("a").click()
    page.wait_for_url("**/progress.html")
    # From disk each page has a process of its own, which hears of the storage a moment later.
    expect(page.locator('[data-progress="one-layer-step"]')).to_have_text("✓ solved")
    assert page.locator('[data-progress="one-layer-saturated"]').inner_text() == "tried"
    assert page.locator('[data-progress="one-layer-rates"]').inner_text() == "not tried yet"
    assert page.locator("[data-total]").first.inner_text() == f"1 of {len(PAGE_OF)} solved"
    visit.assert_clean()


def test_overview_lists_and_links_every_question(open_page: OPEN) -> None:
    visit = open_page(PROGRESS)
    listed = visit.page.locator("[data-progress]").evaluate_all(
        "(all) => all.map((e) => e.dataset.progress)"
    )
    assert sorted(listed) == sorted(PAGE_OF)
    for id in ("one-layer-step", listed[0], listed[-1]):
        visit.page.goto(visit.page.url.partition("chapters/")[0] + PROGRESS)
        visit.page.locator(f'tr:has([data-progress="{id}"]) a').click()
        visit.page.wait_for_url(f"**/{PAGE_OF[id]}#question-{id}")
        assert question(visit.page, id).is_visible()
    visit.assert_clean()


@pytest.mark.parametrize("mode", MODES)
def test_export_reset_import(open_page: OPEN, mode: str, tmp_path: Path) -> None:
    visit = open_page(CHAPTER, mode, accept_downloads=True)
    page = visit.page
    solve(page, "one-layer-step")
    page.locator(".question-progress a").click()
    page.wait_for_url("**/progress.html")
    state, status = (
        page.locator('[data-progress="one-layer-step"]'),
        page.locator(".progress-status"),
    )
    expect(state).to_have_text("✓ solved")
    with page.expect_download() as download:
        page.locator('button[data-action="export"]').click()
    file = tmp_path / "progress.json"
    download.value.save_as(file)
    assert download.value.suggested_filename == "backpropagation-progress.json"
    stored = json.loads(file.read_text(encoding="utf-8"))
    assert stored["questions"]["one-layer-step"]["solved"] is True

    page.once("dialog", lambda dialog: dialog.dismiss())
    page.locator('button[data-action="reset"]').click()
    assert state.inner_text() == "✓ solved", "not without the reader's consent"
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator('button[data-action="reset"]').click()
    assert state.inner_text() == "not tried yet"

    chosen = page.locator('input[type="file"]')
    chosen.set_input_files(file)
    page.wait_for_function(
        "document.querySelector('.progress-status').textContent.startsWith('Imported')"
    )
    assert state.inner_text() == "✓ solved"
    assert "1 question;" in status.inner_text()

    for text in ("no json", "[]", '{"version": 9}', '{"version": 1, "questions": null}'):
        bad = tmp_path / "bad.json"
        bad.write_text(text, encoding="utf-8")
        chosen.set_input_files(bad)
        page.wait_for_function(
            "document.querySelector('.progress-status').textContent.includes('not a file of progress')"
        )
        assert state.inner_text() == "✓ solved", "and nothing is lost"
        page.evaluate("document.querySelector('.progress-status').textContent = ''")
    visit.assert_clean()


def test_import_keeps_what_is_further(open_page: OPEN) -> None:
    merged = open_page(CHAPTER).page.evaluate("""() => {
      const entry = (tries, solved, hints = 0, revealed = false) => ({ tries, solved, hints, revealed });
      return backpropQuestions.mergeProgress(
        { a: entry(1, true), b: entry(5, false), c: entry(2, true, 2), d: entry(1, false) },
        { a: entry(9, false), b: entry(1, true, 1), c: entry(4, true), e: entry(3, false) });
    }""")
    assert {id: (e["tries"], e["solved"], e["hints"]) for id, e in merged.items()} == {
        **{"a": (1, True, 0), "b": (1, True, 1), "c": (4, True, 0)},
        **{"d": (1, False, 0), "e": (3, False, 0)},
    }


@pytest.mark.parametrize("script", [NO_STORAGE, FULL_STORAGE], ids=["blocked", "full"])
def test_without_storage_progress_lasts_as_long_as_the_page(open_page: OPEN, script: str) -> None:
    page = open_page("index.html").page
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(error.stack or ""))
    base = page.url.removesuffix("index.html")
    page.add_init_script(script)
    page.goto(base + CHAPTER)
    solve(page, "one-layer-step")
    assert question(page, "one-layer-step").locator(".question-state").inner_text() == "✓ solved"
    assert page.locator(".question-progress").inner_text().startswith("1 of")
    page.goto(base + PROGRESS)
    blocked = page.locator(".progress-blocked")
    if script == NO_STORAGE:
        assert blocked.is_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator('button[data-action="reset"]').click()
    assert blocked.is_visible()
    # The theme's own scripts do complain.
    assert not [stack for stack in thrown if "questions.js" in stack or "live.js" in stack]


def test_other_tabs_follow(open_page: OPEN) -> None:
    visit = open_page(CHAPTER)
    other = visit.page.context.new_page()
    other.goto(visit.page.url.partition("chapters/")[0] + PROGRESS)
    solve(visit.page, "one-layer-step")
    other.wait_for_function(
        "document.querySelector('[data-progress=\"one-layer-step\"]').textContent === '✓ solved'"
    )


def test_what_cannot_be_read_is_put_aside(open_page: OPEN) -> None:
    page = open_page(CHAPTER).page
    page.evaluate("localStorage.setItem('backpropagation-live', '{\"version\": 2}')")
    page.reload()
    assert page.locator(".question-progress").inner_text().startswith("0 of")
    solve(page, "one-layer-step")
    assert page.evaluate("localStorage.getItem('backpropagation-live-unread')") == '{"version": 2}'
    assert page.locator(".question-progress").inner_text().startswith("1 of")
