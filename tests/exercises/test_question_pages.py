"""Questions as a reader answers them, and the progress that stays: in Chromium."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from backprop_book.exercises.bank import CHAPTERS
from livetext.questions.answer_types import AnyOf, OneOf
from livetext.questions.question import Question
from livetext.questions.text import inline
from support.answering import BY_ID, PRESS, give, right_answer, wrong_answers
from support.browsing import MODES, Visit, opening

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OPEN = Callable[..., Visit]
PAGE_OF = {q.id: f"chapters/{chapter.PAGE}" for chapter in CHAPTERS for q in chapter.QUESTIONS}
PAGES = sorted(set(PAGE_OF.values()))
CHAPTER = "chapters/03-one-layer.html"
PROGRESS = "chapters/progress.html"
WITH_FIGURE = [q for q in BY_ID.values() if q.figure]

# What the page computes: for a question at its present numbers, and in a figure.
VALUES = "(section) => livetext.mountedIn(section).values()"
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


def same_words(said: str, text: str, values: Any) -> bool:
    """Whether a sentence of a verdict is this text, word for word but for what the build has typeset."""
    formulas = r'<(span|div) class="math".*?</math></\1>'
    pieces = re.split(formulas, inline(text, values))[::2]
    pattern = ".*".join(re.escape(unescape(re.sub("<[^>]*>", "", piece))) for piece in pieces)
    return re.fullmatch(pattern, said, re.DOTALL) is not None


@pytest.fixture(scope="module", params=PAGES)
def path(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def visit(browser: Browser, site: Path, server: str, path: str) -> Iterator[Visit]:
    """One visit to each page, for the tests that answer all of its questions."""
    with opening(browser, site, server) as open_one:
        yield open_one(path)


# The markup


def test_every_question_is_there_and_named(visit: Visit, path: str) -> None:
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


def test_without_javascript_help_unfolds(open_page: OPEN, path: str) -> None:
    page = open_page(path, java_script_enabled=False).page
    section = page.locator("section.question").first
    assert section.locator(".question-still").is_visible()
    assert section.locator("details").count() == 3
    for part in section.locator("details").all():
        part.locator("summary").click()
        assert part.locator("p, ul, li").first.is_visible()
    assert section.locator("fieldset").locator("input, button").first.is_disabled()


# Answering


def test_answers_are_told_apart(visit: Visit) -> None:
    """Every mistake is named; what is right is right, at the first numbers and at others."""
    for section in visit.page.locator("section.question").all():
        id = section.get_attribute("data-question") or ""
        for given, says in wrong_answers(BY_ID[id]):
            head, *said = give(section, given)
            assert head == "✗ Not yet.", (id, given)
            expected = [*says, *shows(BY_ID[id])]
            assert len(said) == len(expected), (id, given, said)
            for sentence, text in zip(said, expected, strict=True):
                assert same_words(sentence, text, BY_ID[id].values()), (id, given, said)
        assert_right(section, BY_ID[id], BY_ID[id].values())
        assert section.locator(".question-state").inner_text() == "✓ solved"
        if not BY_ID[id].draws:
            continue
        before = section.evaluate(VALUES)
        section.evaluate(PRESS, "another")
        assert section.evaluate(VALUES) != before, f"{id}: other numbers"
        drawn = {n: section_input(section, n) for n in BY_ID[id].draws}
        assert_right(section, BY_ID[id], BY_ID[id].values(**drawn))
    visit.assert_clean()


def shows(asked: Question) -> list[str]:
    return ["The figure now shows it."] if asked.figure else []


def assert_right(section: Locator, asked: Question, values: Any) -> None:
    """The right answer is called right, and nothing more is said than why, where that is always so."""
    answer = asked.answer
    why = []
    if isinstance(answer, AnyOf) or (isinstance(answer, OneOf) and not answer.quantity):
        why = [option.says for option in answer.options if option.right]
    head, *said = give(section, right_answer(asked.id, values))
    expected = [*why, *shows(asked)]
    assert head == "✓ Right.", (asked.id, said)
    assert len(said) == len(expected), (asked.id, said)
    for sentence, text in zip(said, expected, strict=True):
        assert same_words(sentence, text, values), (asked.id, said)


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
    assert verdict(section) == "Here are new numbers."
    assert section.locator('[data-action="hint"]').inner_text() == "Hint"
    values = section.evaluate(VALUES)
    section.locator("input").fill(repr(values["dw"]))
    act(section, "check")
    assert section.locator(".question-state").inner_text() == "✓ solved", "and without help"
    act(section, "another")
    act(section, "hint")
    assert [part.is_visible() for part in section.locator("details").all()] == [True, False, False]


def test_drawn_numbers_outlast_the_page(open_page: OPEN) -> None:
    """The same page loaded again asks with the numbers that it asked with, though not with the answer."""
    visit = open_page(CHAPTER)
    section = question(visit.page, "one-layer-saturated")
    first = section.evaluate(VALUES)
    act(section, "another")
    drawn = section.evaluate(VALUES)
    assert drawn != first
    visit.page.reload()
    section = question(visit.page, "one-layer-saturated")
    assert section.evaluate(VALUES) == drawn
    assert section.locator(".question-state").inner_text() == "", "nothing was tried"
    section.locator("input").fill(repr(drawn["dw"]))
    act(section, "check")
    assert section.locator(".question-state").inner_text() == "✓ solved"


def test_each_field_is_marked_on_its_own(open_page: OPEN) -> None:
    """In words beside it, and to assistive technology; until it is changed."""
    section = question(open_page(CHAPTER).page, "one-layer-step")
    values = section.evaluate(VALUES)
    right, wrong, other = section.locator("input").all()
    right.fill(repr(values["loss"]))
    wrong.fill(repr(values["half"]))
    other.fill("77")
    act(section, "check")
    marks = section.locator(".question-mark")
    assert marks.all_inner_texts() == ["✓ right", "✗ not yet", "✗ not yet"]
    said = [field.get_attribute("aria-invalid") for field in (right, wrong, other)]
    assert said == [None, "true", "true"]
    described = wrong.evaluate(
        "(e) => document.getElementById(e.getAttribute('aria-describedby')).innerText"
    )
    assert described == "✗ not yet"
    wrong.fill(repr(values["dw"]))
    assert marks.all_inner_texts() == ["✓ right", "", "✗ not yet"]
    assert wrong.get_attribute("aria-invalid") is None
    act(section, "another")
    assert marks.all_inner_texts() == ["", "", ""]


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
    assert page.evaluate("livetext.parseNumber('1,234')") == meant
    assert page.evaluate("livetext.parseNumber('0,25')") == 0.25
    assert page.evaluate("livetext.parseShape('3 by 2')") == [3, 2]


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


@pytest.mark.parametrize(
    ("path", "asked"),
    [pytest.param(PAGE_OF[q.id], q, id=q.id) for q in WITH_FIGURE],
    indirect=["path"],
)
def test_prediction_is_shown_in_its_figure(visit: Visit, asked: Question) -> None:
    """The figure moves to the question's numbers once the reader has committed, and not before."""
    page, section = visit.page, question(visit.page, asked.id)
    figure = page.locator(f'figure.live[data-figure="{asked.figure}"]')
    opens_the_page = figure.evaluate("(f) => f === document.querySelector('figure.live')")
    assert opens_the_page or section.evaluate(
        "(s, f) => s.compareDocumentPosition(document.querySelector(f)) & 4",
        f'figure.live[data-figure="{asked.figure}"]',
    ), "the question comes before its figure, or returns to the one that opens the page"
    sliders = "(f) => Object.fromEntries([...f.querySelectorAll('.live-controls [name]')].map((i) => [i.name, Number(i.value)]))"
    if asked.draws:
        section.evaluate(PRESS, "another")
    before = figure.evaluate(sliders)
    drawn = {n: section_input(section, n) for n in asked.draws}
    values = asked.values(**drawn)
    assert figure.evaluate(sliders) == before
    assert_right(section, asked, values)
    after = figure.evaluate(sliders)
    for slider, value in asked.reveal.items():
        assert after[slider] == pytest.approx(values[value] if isinstance(value, str) else value)
    shown = figure.evaluate(SHOWN)
    shared = [name for name in values if name in shown]
    assert shared, "the figure and the question have a quantity in common"
    for name in shared:
        assert shown[name] == pytest.approx(values[name], rel=1e-9, abs=1e-12), name


# Several views, translated pages, saved pages


def changed(page: Page, html: str) -> None:
    """Have the page's address answer with another text, and load that."""
    page.route(
        page.url.partition("#")[0],
        lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"),
    )
    page.reload()


UNIQUE = """() => {
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  const named = [...document.querySelectorAll("[for], [aria-labelledby], [aria-describedby]")].flatMap((element) =>
    ["for", "aria-labelledby", "aria-describedby"].flatMap((name) => (element.getAttribute(name) || "").split(" ").filter(Boolean)
      .map((id) => [element, document.getElementById(id)])));
  const astray = named.filter(([from, to]) => from.closest(".question") && from.closest(".question") !== to?.closest(".question"));
  return [ids.filter((id, i) => ids.indexOf(id) !== i), astray.length];
}"""


def assert_two_views(page: Page, id: str) -> None:
    """Each of two views of a question is its own: ids, labels, answers, what is said."""
    first, second = question(page, id).nth(0), question(page, id).nth(1)
    assert page.evaluate(UNIQUE) == [[], 0]
    assert second.get_attribute("id") == f"question-{id}-2"
    before = first.locator("[data-quantity]").all_text_contents()
    act(second, "another")
    assert first.locator("[data-quantity]").all_text_contents() == before
    values = second.evaluate(VALUES)
    assert give(second, right_answer(id, values))[0] == "✓ Right."
    assert verdict(first) == ""
    assert [
        first.locator(".question-state").inner_text(),
        second.locator(".question-state").inner_text(),
    ] == ["✓ solved"] * 2
    label = second.locator("label").first
    label.click()
    control = second.locator("input").first
    assert control.evaluate("(input) => input.checked || input === document.activeElement")
    assert first.locator("input:checked").count() == 0


@pytest.mark.parametrize("id", ["one-layer-step", "one-layer-fate", "one-layer-order"])
def test_two_views_of_a_question(open_page: OPEN, site: Path, id: str) -> None:
    """As a notebook's page has them that shows one question in two cells."""
    visit = open_page(CHAPTER)
    html = (site / CHAPTER).read_text(encoding="utf-8")
    (section,) = re.findall(
        rf'<section class="question" data-question="{id}".*?</section>', html, re.DOTALL
    )
    changed(visit.page, html.replace(section, section + section))
    if id == "one-layer-order":
        assert visit.page.evaluate(UNIQUE) == [[], 0]
    else:
        assert_two_views(visit.page, id)
    total = sum(path == CHAPTER for path in PAGE_OF.values())
    assert f"of {total} questions" in visit.page.locator(".question-progress").inner_text()
    visit.assert_clean()


@pytest.mark.parametrize("id", ["one-layer-step", "one-layer-fate"])
def test_two_widgets_of_a_question(open_page: OPEN, id: str) -> None:
    """As Jupyter mounts them: before they are in the document."""
    page = open_page("index.html").page
    page.evaluate(
        """(html) => {
          const cells = [0, 1].map(() => document.createElement("div"));
          for (const el of cells) livetext.render({ model: { get: () => html }, el });
          document.querySelector("article, main, body").append(...cells);
        }""",
        BY_ID[id].html,
    )
    assert_two_views(page, id)


TRANSLATE = """(root) => {
  const texts = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    if (text.parentElement.closest("script, style, svg, template, math")) continue;
    const [outer, inner] = [document.createElement("font"), document.createElement("font")];
    inner.textContent = text.data;
    outer.append(inner);
    text.replaceWith(outer);
  }
}"""
STALE = """(section) => {
  const values = livetext.mountedIn(section).values();
  return [...section.querySelectorAll("[data-quantity]")].filter((element) => {
    const { quantity, digits, guarded } = element.dataset;
    const { text } = livetext.formatNumber(values[quantity], digits === "" ? null : Number(digits));
    return element.textContent !== (guarded !== undefined && values[quantity] < 0 ? `(${text})` : text);
  }).map((element) => element.dataset.quantity);
}"""
UNPROTECTED = """(section) => [...section.querySelectorAll("[data-quantity], .live-line, .math")]
  .filter((element) => !element.closest('[translate="no"]')).length"""


def test_numbers_follow_on_a_translated_page(visit: Visit) -> None:
    """Every text of the page is in elements that a translation has put there, in text nodes of its own."""
    visit.page.locator("body").evaluate(TRANSLATE)
    for section in visit.page.locator("section.question").all():
        asked = BY_ID[section.get_attribute("data-question") or ""]
        assert section.evaluate(UNPROTECTED) == 0, asked.id
        if asked.draws:
            section.evaluate(PRESS, "another")
        assert section.evaluate(STALE) == [], asked.id
        given = right_answer(asked.id, section.evaluate(VALUES))
        assert give(section, given)[0] == "✓ Right.", asked.id
        assert section.evaluate(STALE) == [], asked.id
    visit.assert_clean()


@pytest.mark.parametrize("path", [*PAGES, PROGRESS], indirect=True)
def test_questions_fit_a_phone_unfolded(visit: Visit) -> None:
    page = visit.page
    page.set_viewport_size({"width": 360, "height": 740})
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


def test_saved_page_comes_alive(open_page: OPEN) -> None:
    """What a browser saves: every attribute, all that scripts have added, and no listener."""
    visit = open_page(CHAPTER)
    page = visit.page
    section = question(page, "one-layer-saturated")
    act(section, "another")
    section.locator("input").fill("7")
    act(section, "check")
    act(section, "hint")
    changed(page, page.content())
    assert page.locator(".question-progress").count() == 1
    assert verdict(section) == ""
    assert section.evaluate(STALE) == []
    assert [part.is_visible() for part in section.locator("details").all()] == [False] * 3
    assert page.evaluate(UNIQUE) == [[], 0]
    act(section, "another")
    assert verdict(section) == "Here are new numbers."
    for each in page.locator("section.question").all():
        asked = BY_ID[each.get_attribute("data-question") or ""]
        assert_right(each, asked, each.evaluate(VALUES))
    visit.assert_clean()


def test_saved_page_without_scripts_promises_nothing(open_page: OPEN) -> None:
    saved = open_page(CHAPTER).page.content()
    page = open_page(CHAPTER, java_script_enabled=False).page
    changed(page, saved)
    for section in page.locator("section.question").all():
        assert section.locator(".question-still").is_visible()
        controls = section.locator("input, button, select, textarea")
        assert not controls.evaluate_all("(all) => all.filter((e) => e.checkVisibility()).length")
        for part in section.locator("details").all():
            part.locator("summary").click()
            assert part.locator("p, ul, li").first.is_visible()


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
    solved = page.locator('[data-progress="one-layer-step"]')
    # From disk each page has a process of its own, and may be shown before it has heard.
    for _ in range(3):
        page.wait_for_timeout(500)
        if solved.inner_text() == "✓ solved":
            break
        page.reload()
    expect(solved).to_have_text("✓ solved")
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
      return livetext.mergeProgress(
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
    assert "does not keep it" in page.locator(".question-progress").inner_text()
    assert "could not keep your progress" in verdict(question(page, "one-layer-step"))
    page.goto(base + PROGRESS)
    blocked = page.locator(".progress-blocked")
    assert blocked.is_visible(), "the two pages agree"
    assert page.locator("[data-total]").first.inner_text().startswith("0 of")
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator('button[data-action="reset"]').click()
    assert blocked.is_visible()
    # The theme's own scripts do complain.
    assert not [stack for stack in thrown if "livetext.js" in stack]


def test_other_tabs_follow(open_page: OPEN) -> None:
    visit = open_page(CHAPTER)
    other = visit.page.context.new_page()
    other.goto(visit.page.url.partition("chapters/")[0] + PROGRESS)
    solve(visit.page, "one-layer-step")
    other.wait_for_function(
        "document.querySelector('[data-progress=\"one-layer-step\"]').textContent === '✓ solved'"
    )
    visit.page.evaluate("localStorage.clear()")
    other.wait_for_function(
        "document.querySelector('[data-progress=\"one-layer-step\"]').textContent === 'not tried yet'"
    )


def test_what_cannot_be_read_is_put_aside(open_page: OPEN) -> None:
    page = open_page(CHAPTER).page
    page.evaluate("localStorage.setItem('backpropagation-live', '{\"version\": 2}')")
    page.reload()
    assert page.locator(".question-progress").inner_text().startswith("0 of")
    solve(page, "one-layer-step")
    assert page.locator(".question-progress").inner_text().startswith("1 of")
    for text in ("a second one", "a third one", "a second one"):
        page.evaluate("(text) => localStorage.setItem('backpropagation-live', text)", text)
        solve(page, "one-layer-step")
    kept = page.evaluate(
        "Object.entries({ ...localStorage }).filter(([key]) => key.includes('unread'))"
    )
    assert dict(kept) == {
        "backpropagation-live-unread": '{"version": 2}',
        "backpropagation-live-unread-2": "a second one",
        "backpropagation-live-unread-3": "a third one",
    }


def test_import_names_what_it_leaves_out(open_page: OPEN, tmp_path: Path) -> None:
    """Of a file that is not all ours, what is ours is taken and the rest is named; without room, nothing is."""
    visit = open_page(PROGRESS)
    page = visit.page
    status, chosen = page.locator(".progress-status"), page.locator('input[type="file"]')
    entry = {"tries": 1, "solved": True, "hints": 0, "revealed": False}
    file = tmp_path / "progress.json"

    def offer(**questions: Any) -> str:
        text = json.dumps(
            {"version": 1, "questions": {k.replace("_", "-"): v for k, v in questions.items()}}
        )
        file.write_text(text, encoding="utf-8")
        page.evaluate("document.querySelector('.progress-status').textContent = ''")
        chosen.set_input_files(file)
        page.wait_for_function("document.querySelector('.progress-status').textContent")
        return status.inner_text()

    state = page.locator('[data-progress="one-layer-step"]')
    assert offer(some_other_book=entry) == (
        "Nothing was imported. This book has no question named some-other-book."
    )
    assert page.evaluate("localStorage.getItem('backpropagation-live')") is None
    said = offer(one_layer_step=entry, gone=entry, one_layer_rates={"solved": "yes"})
    assert said == (
        "Imported 1 question; where this browser was further, it keeps its own. This book has no question named "
        "gone. What the file says of one-layer-rates cannot be read."
    )
    assert state.inner_text() == "✓ solved"
    before = page.evaluate("JSON.stringify({ ...localStorage })")
    page.evaluate(f"() => {{ {FULL_STORAGE} }}")
    assert offer(one_layer_rates=entry).startswith(
        "Nothing was imported: this browser's storage is full"
    )
    assert page.evaluate("JSON.stringify({ ...localStorage })") == before
    assert page.locator('[data-progress="one-layer-rates"]').inner_text() == "not tried yet"
    visit.assert_clean()
