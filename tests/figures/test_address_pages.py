"""Addresses of figures, as a reader opens, follows and copies them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest

from support.browsing import MODES, Visit
from support.live_figures import FIGURES, figure_pages, random_settings

OPEN = Callable[..., Visit]
STEP, DESCENT = "chapters/03-one-layer.html#fig-one-layer-step", "#fig-one-layer-descent"
PHONE = {"width": 390, "height": 844}

VALUES = """(id) => {
  const figure = document.getElementById(id);
  const values = livetext.mountedIn(figure).values();
  const start = JSON.parse(figure.querySelector(".live-spec").textContent).start;
  return {
    start,
    now: Object.fromEntries(Object.keys(start).map((name) => [name, values[name]])),
    status: figure.querySelector(".live-status").textContent,
    top: figure.getBoundingClientRect().top,
    focused: document.activeElement === figure,
  };
}"""


def state(visit: Visit, id: str = "fig-one-layer-step") -> dict[str, Any]:
    """A figure's sliders, what its status says, and where it is."""
    found: dict[str, Any] = visit.page.evaluate(VALUES, id)
    return found


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("mode", MODES)
def test_address_opens_the_figure_there(open_page: OPEN, mode: str, viewport: Any) -> None:
    """The sliders stand as it says, the others at their starts; the figure is in sight, below any header, and
    Tab goes on in it."""
    visit = open_page(f"{STEP}?w=1.1&lr=0.3", mode, viewport=viewport)
    page = visit.page
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    found = state(visit)
    assert found["now"] == {**found["start"], "w": 1.1, "lr": 0.3} != found["start"]
    assert found["status"] == ""
    header = page.evaluate("""() => {
      const header = document.querySelector(".mobile-header");
      return header.checkVisibility() ? header.getBoundingClientRect().bottom : 0;
    }""")
    assert header <= found["top"] <= header + 60
    assert found["focused"]
    page.keyboard.press("Tab")
    assert page.evaluate(
        "document.getElementById('fig-one-layer-step').contains(document.activeElement)"
    )
    assert page.locator("#fig-one-layer-step").get_attribute("tabindex") is None
    visit.assert_clean()


def test_address_is_followed_when_it_changes(open_page: OPEN) -> None:
    """By a link, by hand, and by the same link again; what it does not name goes back to its start."""
    visit = open_page("chapters/03-one-layer.html")
    page = visit.page
    page.evaluate("location.hash = '#fig-one-layer-step?w=1.1'")
    page.wait_for_function("document.activeElement.id === 'fig-one-layer-step'")
    assert state(visit)["now"]["w"] == 1.1
    page.evaluate("location.hash = '#fig-one-layer-step?lr=0.3'")
    page.wait_for_function(
        "document.getElementById('fig-one-layer-step').querySelector('[name=lr]').value === '0.3'"
    )
    found = state(visit)
    assert found["now"] == {**found["start"], "lr": 0.3}
    page.evaluate("""() => document.querySelector("article h1").insertAdjacentHTML(
      "afterend", `<p><a class="there" href="#fig-one-layer-descent?k=7">there</a></p>`)""")
    for _ in range(2):
        page.locator("a.there").click()
        page.wait_for_function("document.activeElement.id === 'fig-one-layer-descent'")
        found = state(visit, "fig-one-layer-descent")
        assert found["now"] == {**found["start"], "k": 7}
        assert 0 <= found["top"] <= 60
        page.locator("#fig-one-layer-descent [data-action=step]").click()
        assert state(visit, "fig-one-layer-descent")["now"]["k"] == 8
        page.evaluate("scrollTo(0, 0)")
    visit.assert_clean()


SAYS: list[tuple[str, dict[str, float], str]] = [
    ("w=9", {}, "w in the address is 9; the slider goes to 2."),
    ("w=-9&lr=0.3", {"lr": 0.3}, "w in the address is −9; the slider begins at −2."),
    ("w=lots", {}, "w in the address is “lots”, no number."),
    ("w=", {}, "w in the address is “”, no number."),
    ("w=NaN", {}, "w in the address is “NaN”, no number."),
    ("q=1&w=1.5", {"w": 1.5}, "The address names “q”; this figure has w, lr, x, b, y."),
    ("__proto__=1", {}, "The address names “__proto__”; this figure has w, lr, x, b, y."),
    ("<b>=1", {}, "The address names “<b>”; this figure has w, lr, x, b, y."),
    ("w=%E2%88%920.5", {"w": -0.5}, ""),
    ("w=0,5", {"w": 0.5}, ""),
    ("w=1e-1&w=1/4", {"w": 0.25}, ""),
    ("w=0.123", {"w": 0.123}, ""),
    ("", {}, ""),
    ("&&=", {}, "The address names “”; this figure has w, lr, x, b, y."),
]


def test_what_an_address_says(open_page: OPEN) -> None:
    """What cannot be done is said, all else is done; nothing breaks, and the words go with the next move."""
    visit = open_page("chapters/03-one-layer.html", locale="de")
    page = visit.page
    for settings, now, says in SAYS:
        page.evaluate(
            """(hash) => new Promise((resolve) => {
              addEventListener("hashchange", () => setTimeout(resolve, 0), { once: true });
              location.hash = hash;
            })""",
            f"fig-one-layer-step?{settings}",
        )
        found = state(visit)
        assert found["now"] == {**found["start"], **now}, settings
        assert found["status"] == says, settings
        page.locator("#fig-one-layer-step [name=lr]").press("ArrowRight")
        assert state(visit)["status"] == ""
    visit.assert_clean()


def test_other_addresses_break_nothing(open_page: OPEN) -> None:
    """Of figures that are not there, of places that are no figures, in odd spellings; encoded whole it is read."""
    visit = open_page("chapters/03-one-layer.html")
    page = visit.page
    start = state(visit)["start"]
    for hash in (
        "fig-nowhere?w=1",
        "exercises?w=1",
        "?w=1",
        "fig-one-layer-step%?w",
        "%E0%A4%A",
        "%3F",
    ):
        page.evaluate("(hash) => { location.hash = hash; }", hash)
        page.wait_for_timeout(50)
        assert state(visit)["now"] == start, hash
    page.evaluate(
        "(hash) => { location.hash = hash; }", quote("fig-one-layer-step?w=1.1&lr=0.3", safe="")
    )
    page.wait_for_timeout(50)
    assert state(visit)["now"] == {**start, "w": 1.1, "lr": 0.3}
    visit.assert_clean()


def test_choices_and_counts(open_page: OPEN) -> None:
    """A choice goes by its number; options and steps are whole."""
    path = "chapters/02-mathematics.html#fig-mathematics-activations"
    visit = open_page(f"{path}?choice=1")
    found = state(visit, "fig-mathematics-activations")
    assert found["now"]["choice"] == 1
    chosen = visit.page.locator("#fig-mathematics-activations .live-chosen")
    assert chosen.text_content() == visit.page.locator(
        "#fig-mathematics-activations select"
    ).evaluate("(select) => select.options[1].textContent")
    for text, says in (
        ("choice=99", "choice in the address is 99; the choice goes to "),
        ("choice=0.5", "choice in the address is 0.5; the choice takes whole numbers."),
    ):
        visit.page.evaluate("(s) => { location.hash = `fig-mathematics-activations?${s}`; }", text)
        visit.page.wait_for_timeout(50)
        found = state(visit, "fig-mathematics-activations")
        assert found["status"].startswith(says)
        assert found["now"] == found["start"]
    visit = open_page(f"chapters/03-one-layer.html{DESCENT}?k=2.5")
    assert (
        "k in the address is 2.5; the slider takes whole numbers."
        in state(visit, "fig-one-layer-descent")["status"]
    )


OLD = {
    'data-figure="one-layer-step" id="fig-one-layer-step" ': ('<a id="fig-was-step"></a>', ""),
    'data-question="one-layer-step" ': ("", 'data-aliases="was-asked" '),
}


def test_older_names_lead_to_a_figure_and_its_readers_progress(open_page: OPEN) -> None:
    """The page as if both had other names in an earlier edition; and a place that says where a figure has gone."""
    visit = open_page("index.html")
    page = visit.page

    def renamed(route: Any) -> None:
        html = route.fetch().text()
        for tag, (inside, attribute) in OLD.items():
            at = html.index(tag)
            end = html.index(">", at) + 1
            html = html[:at] + attribute + html[at:end] + inside + html[end:]
        route.fulfill(body=html.replace("<h2", '<p id="fig-gone">It has gone.</p><h2', 1))

    page.route("**/chapters/03-one-layer.html", renamed)
    entry = {"tries": 3, "solved": True, "hints": 0, "revealed": False}
    page.evaluate(
        "(questions) => localStorage.setItem('backpropagation-live', JSON.stringify({ version: 1, questions }))",
        {"was-asked": entry},
    )
    address = page.url.replace("index.html", "chapters/03-one-layer.html")
    page.goto(f"{address}#fig-was-step?w=1.1")
    found = state(visit)
    assert found["now"] == {**found["start"], "w": 1.1}
    assert found["focused"] and 0 <= found["top"] <= 60
    solved = page.locator("section.question[data-question=one-layer-step] .question-state")
    assert solved.inner_text() == "✓ solved"
    page.goto(f"{address}#fig-gone?w=1.1")
    page.wait_for_function("document.activeElement.id === 'fig-gone'")
    assert page.locator("#fig-gone").evaluate("(e) => e.getBoundingClientRect().top") < 100
    visit.assert_clean()


@pytest.mark.parametrize("name", ["mathematics-cancel", "mathematics-softmax"])
def test_figure_that_has_moved_is_where_its_old_place_says(open_page: OPEN, name: str) -> None:
    visit = open_page(f"chapters/02-mathematics.html#fig-{name}?z=1")
    visit.page.wait_for_function(f"document.activeElement.id === 'fig-{name}'")
    paragraph = visit.page.locator(f"p:has(> #fig-{name})")
    assert -8 < paragraph.evaluate("(e) => e.getBoundingClientRect().top") < 200  # its letters
    paragraph.locator(f"a[href$='#fig-{name}']").click()
    visit.page.locator(f"figure.live#fig-{name}").wait_for()
    visit.assert_clean()


LATE = """() => new Promise((resolve) => {
  scrollTo({ top: 0, behavior: "instant" });
  document.fonts.ready.then(() => setTimeout(() => resolve(scrollY), 200));
})"""


def test_reader_who_goes_on_is_left_alone(open_page: OPEN) -> None:
    """The page does not pull back who scrolls away; nor who loads it again."""
    visit = open_page(f"{STEP}?w=1.1")
    page = visit.page
    page.evaluate("dispatchEvent(new WheelEvent('wheel'))")
    assert page.evaluate(LATE) == 0
    page.reload()
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") < 200
    assert state(visit)["now"]["w"] == 1.1


COPY = """async ([id, what]) => {
  const row = document.getElementById(id).querySelector(".live-share");
  row.querySelector(`[data-share=${what}]`).click();
  const said = row.querySelector("[role=status]");
  while (!said.textContent) await new Promise(requestAnimationFrame);
  return [said.textContent, await navigator.clipboard.readText()];
}"""
ALLOWED = {"permissions": ["clipboard-read", "clipboard-write"]}


@pytest.mark.parametrize("mode", MODES)
def test_link_that_was_copied_opens_there(open_page: OPEN, mode: str) -> None:
    """With those sliders that stand elsewhere than at the start, and no others."""
    visit = open_page("chapters/03-one-layer.html?from=mail#exercises", mode, **ALLOWED)
    page = visit.page
    said, link = page.evaluate(COPY, ["fig-one-layer-step", "link"])
    assert said == "Link copied"
    assert link == page.url.split("?")[0] + "#fig-one-layer-step"
    page.locator("#fig-one-layer-step [name=w]").press("ArrowRight")
    moved = state(visit)
    _, link = page.evaluate(COPY, ["fig-one-layer-step", "link"])
    assert link.endswith(f"#fig-one-layer-step?w={moved['now']['w']:g}")
    visit.assert_clean()
    page.goto("about:blank")
    page.goto(link)
    assert state(visit)["now"] == moved["now"] != moved["start"]


def test_without_a_clipboard_the_link_is_selected(open_page: OPEN) -> None:
    visit = open_page("chapters/03-one-layer.html")
    page = visit.page
    page.evaluate("() => { navigator.clipboard.writeText = async () => { throw new Error(); }; }")
    row = page.locator("#fig-one-layer-step .live-share")
    for _ in range(2):
        row.get_by_role("button", name="Copy link").click()
        field = row.get_by_role("textbox", name="Link")
        field.wait_for()
        assert row.get_by_role("status").inner_text() == "Copy it from here"
        assert field.evaluate("(f) => f.value.slice(f.selectionStart, f.selectionEnd)") == (
            page.url + "#fig-one-layer-step"
        )
        assert field.evaluate("(f) => f === document.activeElement && f.readOnly")
    assert row.locator("input").count() == 1
    visit.assert_clean()


def test_every_figure_is_addressed(open_page: OPEN) -> None:
    """What a figure's link says leads back to the same sliders, at random settings of every figure."""
    rng = np.random.default_rng(0)
    for path in figure_pages():
        visit = open_page(path)
        page = visit.page
        for figure in page.evaluate(FIGURES):
            settings = random_settings(figure, rng)
            text, there = page.evaluate(
                """([name, settings]) => {
                  const figure = document.getElementById(`fig-${name}`);
                  const mounted = livetext.mountedIn(figure);
                  // A bench that settles is mounted anew.
                  const now = () => Object.keys(settings).map((name) => livetext.mountedIn(figure).values()[name]);
                  mounted.move(settings);
                  const [text, before] = [livetext.settingsOf(figure), now()];
                  figure.querySelector("[data-action=reset]").click();
                  livetext.settle(figure, new URLSearchParams(text));
                  return [text, JSON.stringify(before) === JSON.stringify(now())];
                }""",
                [figure["name"], settings],
            )
            assert there, text
            assert 0 < text.count("=") <= len(settings)
            assert "theme" not in settings  # a word of the small pages' addresses
        visit.assert_clean()
