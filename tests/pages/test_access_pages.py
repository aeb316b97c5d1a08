"""The built pages for everybody: by keyboard, by ear, enlarged, on a phone, at rest, without a script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from support.answering import BY_ID, GIVE, PRESS, wrong_answers
from support.browsing import Visit, opening
from support.paths import book_pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OPEN = Callable[..., Visit]
PAGES = [*book_pages(), "genindex.html", "search.html"]
CHAPTER = "chapters/03-one-layer.html"
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module", params=PAGES)
def path(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def visit(browser: Browser, site: Path, server: str, path: str) -> Iterator[Visit]:
    """One visit to each page, first as on a phone: axe comes last, it is shown less than a reader."""
    options = {"viewport": PHONE, "device_scale_factor": 2, "reduced_motion": "reduce"}
    with opening(browser, site, server) as open_one:
        yield open_one(path, "disk", **options)


# ---------------------------------------------------------------------------------------------
# Enlarged, and on a phone.

SIDEWAYS = """() => {
  const hidden = [document.documentElement, document.body].some(
    (e) => /hidden|clip/.test(getComputedStyle(e).overflowX));
  const width = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth);
  return hidden ? "sideways overflow is hidden" : width - document.documentElement.clientWidth;
}"""
# What scrolls sideways in its own box, and cannot be reached by Tab.
OUT_OF_REACH = """() => [...document.querySelectorAll("[role=main] *")].filter((element) =>
  element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && element.checkVisibility() &&
  /auto|scroll/.test(getComputedStyle(element).overflowX) && element.tabIndex < 0 &&
  !element.querySelector("a[href], button, input, select, summary, [tabindex='0']")
).map((element) => element.outerHTML.slice(0, 100))"""
# Links in running text are exempt (WCAG 2.5.8); so is what is hidden.
SMALL = """() => [...document.querySelectorAll(
  "button, input, select, textarea, summary, [role=button], .sidebar-drawer a, .toc-drawer a, .related-pages a, .page-links a, .genindex-jumpbox a"
)].filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true })).map((e) => [e, e.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24))
  .map(([e, box]) => `${e.outerHTML.slice(0, 90)} ${box.width} x ${box.height}`)"""


def test_small_and_enlarged(visit: Visit) -> None:
    """360 pixels, and 1280 pixels at 200 %: no sideways scrolling; what is wide is reached by Tab; 24 pixels
    for every finger."""
    page = visit.page
    page.evaluate(
        "document.querySelectorAll('details').forEach((d) => { d.hidden = false; d.open = true; })"
    )
    for size in (PHONE, {"width": 640, "height": 450}):
        page.set_viewport_size(size)
        # Observers of sizes report after the next frame.
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        assert page.evaluate(SIDEWAYS) == 0, size
        assert page.evaluate(OUT_OF_REACH) == [], size
        assert page.evaluate(SMALL) == [], size


# ---------------------------------------------------------------------------------------------
# axe-core.

# axe compares every element with every other below it, and a chapter has 20 000. Most of them no rule looks
# at: the inside of pictures, which have a name or are hidden (checked here); of formulas, whose words
# stay; and the spans that colour or slant a word, of which one of a kind stays, see KINDS.
LIGHTEN = """() => {
  const pictures = [...document.querySelectorAll("article .math svg, article figure svg, .math-glyphs")];
  const bad = pictures.filter((svg) => svg.querySelector("a, [tabindex], [onclick]") ||
    !(svg.closest("[aria-hidden=true]") || svg.closest(".math")?.querySelector("math") || svg.getAttribute("aria-label")));
  for (const svg of pictures) svg.replaceChildren();
  for (const math of document.querySelectorAll("math")) math.replaceWith(math.textContent); // of which axe reads no word
  for (const word of document.querySelectorAll(":is(span, var, sub, sup, .highlight pre span):not([data-kind])")) {
    const plain = word.closest("pre") || [...word.attributes].every(({ name }) => name === "class" || name === "style" || name.startsWith("data-"));
    if (plain) word.replaceWith(...word.childNodes);
  }
  return bad.map((svg) => svg.outerHTML.slice(0, 120));
}"""

# Contrast depends on an element's colour and size and on the grounds below it. Of each kind of text axe is
# shown the first: a few dozen elements a page in place of thousands.
KINDS = """() => {
  const grounds = new Map([[null, ""]]);
  const ground = (element) => {
    if (!grounds.has(element)) {
      const style = getComputedStyle(element);
      const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.filter].join();
      const plain = own === "rgba(0, 0, 0, 0),none,1,none";
      grounds.set(element, ground(element.parentElement) + (plain ? "" : `|${own}`));
    }
    return grounds.get(element);
  };
  const seen = new Set();
  for (const element of document.querySelectorAll("body *")) {
    element.removeAttribute("data-kind");
    const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!(words || element.matches("input, select")) || element.closest("svg, math")) continue;
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    const style = getComputedStyle(element);
    const kind = [ground(element), style.color, style.fontSize, style.fontWeight, style.textShadow, element.disabled].join(";");
    if (seen.has(kind)) continue;
    seen.add(kind);
    element.setAttribute("data-kind", "");
  }
  return seen.size;
}"""

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AUDIT = """async (only) => {
  axe.configure({ rules: [{ id: "color-contrast", selector: "[data-kind]" }] });
  const { violations } = await axe.run(document, { runOnly: only, resultTypes: ["violations"], preload: false });
  return violations.flatMap(({ id, nodes }) => nodes.map(
    (node) => `${id}: ${node.html.slice(0, 140)} ${node.failureSummary.split("\\n")[1] || ""}`));
}"""


def audit(page: Any, rules: list[str] | None = None) -> list[str]:
    """What axe finds wrong with the page, by all of its rules of the levels in TAGS, or by some."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    found: list[str] = page.evaluate(AUDIT, only)
    return found


# Each question answered, then every hint and the solution. Meanwhile nothing is laid out: each step would
# have the browser place the whole page anew.
ANSWERED = f"""(answers) => {{
  const article = document.querySelector("article");
  article.style.display = "none";
  const verdicts = answers.map(([id, given]) => {{
    const section = document.querySelector(`section.question[data-question="${{id}}"]`);
    const said = ({GIVE})(section, given);
    for (const action of ["hint", "hint", "solution"]) ({PRESS})(section, action);
    return said[0];
  }});
  article.style.display = "";
  return verdicts;
}}"""


def test_no_barrier(visit: Visit) -> None:
    """Nothing that axe can find: all rules in the light, with verdicts and everything folded open; then
    the colours again in the dark."""
    page = visit.page
    page.set_viewport_size({"width": 1280, "height": 720})
    asked = page.locator("section.question").evaluate_all(
        "(all) => all.map((section) => section.dataset.question)"
    )
    wrong = [(id, wrong_answers(BY_ID[id])[0][0]) for id in asked]
    assert all(verdict.startswith("✗") for verdict in page.evaluate(ANSWERED, wrong))
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    # Where the page was scrolled to, its sticky header would lie over something.
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    assert page.evaluate(KINDS) >= 4
    assert page.evaluate(LIGHTEN) == []
    assert audit(page) == []
    page.evaluate("document.body.dataset.theme = 'dark'")
    page.evaluate(KINDS)
    assert audit(page, ["color-contrast", "link-in-text-block"]) == []


def test_nothing_opens_over_a_page_but_the_drawers(site: Any) -> None:
    """No dialog, popover or menu, which would each need a test of its own."""
    for path in [*PAGES, "404.html"]:
        html = re.sub(r"<script.*?</script>", "", (site / path).read_text("utf-8"), flags=re.S)
        opens = r"<dialog|\s(?:popover|aria-modal|aria-haspopup|role=\"(?:alert)?dialog\")"
        assert not re.search(opens, html), path


# What slides in on a phone: the box that opens it, the icon that shows it, and the drawer.
DRAWERS = {
    "__navigation": (".nav-overlay-icon", ".sidebar-drawer", "Book"),
    "__toc": (".toc-header-icon", ".toc-drawer", "On this page"),
}


@pytest.mark.parametrize("box", DRAWERS)
def test_drawer_by_keyboard(open_page: OPEN, box: str) -> None:
    """Space opens it at a box whose icon shows the focus; Tab leads into it; Escape closes it, and then
    nothing in it can be reached."""
    icon, place, name = DRAWERS[box]
    page = open_page(CHAPTER, "disk", viewport=PHONE, reduced_motion="reduce").page
    page.evaluate(LIGHTEN)
    drawer = page.locator(place)
    assert not drawer.is_visible()
    while page.evaluate("document.activeElement.id") != box:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('article') === null"), (
            "before the text"
        )
    edge = "(e) => [getComputedStyle(e).outlineStyle, parseFloat(getComputedStyle(e).outlineWidth)]"
    style, width = page.locator(icon).evaluate(edge)
    assert style == "solid" and width >= 2
    page.keyboard.press("Space")
    drawer.wait_for()
    assert drawer.get_attribute("aria-label") == name
    page.evaluate(KINDS)
    assert audit(page) == []
    first = drawer.locator("a[href]:visible").first
    for _ in range(40):
        page.keyboard.press("Tab")
        if first.evaluate("(a) => a === document.activeElement"):
            break
    else:
        raise AssertionError("Tab does not reach the first link")
    page.keyboard.press("Escape")
    assert not drawer.is_visible()
    assert page.evaluate("document.activeElement.id") == box


@pytest.mark.parametrize("box", DRAWERS)
def test_drawer_by_touch_without_a_script(open_page: OPEN, box: str) -> None:
    """Its icon opens it, and a touch beside it closes it."""
    icon, place, _ = DRAWERS[box]
    page = open_page(CHAPTER, "disk", viewport=PHONE, java_script_enabled=False).page
    page.locator(icon).click()
    page.locator(f"{place} a[href]:visible").first.wait_for()
    page.mouse.click(*{"__navigation": (350, 400), "__toc": (10, 400)}[box])
    page.locator(place).wait_for(state="hidden")


def test_ids_are_unique(site: Any, path: str) -> None:
    """A label, a link or a description would find only the first of two."""
    html = (site / path).read_text(encoding="utf-8")
    ids = re.findall(
        r'<[a-z][^<>]*?\sid="([^"]+)"', re.sub(r"<script.*?</script>", "", html, flags=re.S)
    )
    assert sorted({i for i in ids if ids.count(i) > 1}) == []


# ---------------------------------------------------------------------------------------------
# The keyboard.

# Remembers each element that gets the focus, how it shows it, and whether it stands after the one before.
WATCH = """() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => channels(color).slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      const alpha = channels(color)[3];
      if (alpha === undefined || alpha > 0.5) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  window.walk = [];
  let before = null;
  document.addEventListener("focusin", ({ target }) => {
    // Outlines glide in with the theme's transitions off, so they are there at once.
    const style = getComputedStyle(target);
    const box = target.getBoundingClientRect();
    walk.push({
      what: `${target.tagName.toLowerCase()} ${target.id} ${(target.getAttribute("aria-label") || target.textContent || target.name || "").trim().slice(0, 40)}`,
      tag: target.tagName.toLowerCase(),
      type: target.type || "",
      skip: target.matches(".skip-to-content"),
      side: Boolean(target.closest(".sidebar-drawer")),
      next: target.matches(".next-page"),
      after: before === null || Boolean(before.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING),
      outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
      contrast: contrast(style.outlineColor, ground(target.parentElement)),
      seen: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    });
    before = target;
  });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_walk_by_keyboard(open_page: OPEN, scheme: str) -> None:
    """Tab goes from the skip link to the next chapter's link, past every control, in the order of the text.

    The focus is always seen: an outline of 2 pixels or more, with a contrast of 3 to 1 (WCAG 2.4.13).
    """
    page = open_page(
        CHAPTER,
        "disk",
        color_scheme=scheme,
        reduced_motion="reduce",
        viewport={"width": 1280, "height": 900},
    ).page
    page.evaluate(WATCH)
    for _ in range(30):
        for _ in range(20):
            page.keyboard.press("Tab")
        if page.evaluate("walk.some((stop) => stop.next)"):
            break
    walk = page.evaluate("walk")
    end = next((i for i, stop in enumerate(walk) if stop["next"]), None)
    assert end is not None, f"the walk ends at {walk[-1]['what']}"
    walk = walk[: end + 1]
    assert walk[0]["skip"]
    assert [stop["what"] for stop in walk if not stop["after"]] == []
    assert [stop["what"] for stop in walk if not stop["seen"]] == []
    faint = [
        (stop["what"], stop["outline"], round(stop["contrast"], 1))
        for stop in walk
        if stop["outline"] < 2 or stop["contrast"] < 3
    ]
    assert faint == []
    assert sum(stop["side"] for stop in walk) >= len(book_pages())
    for kind in ("input[type=range]", "summary", "button:not([hidden])", "input[type=text]"):
        shown = (
            page.locator(f"article {kind}:enabled, article summary:visible").count()
            if kind == "summary"
            else page.locator(f"article {kind}:enabled:visible").count()
        )
        tag, _, rest = kind.partition("[")
        stops = [
            s
            for s in walk
            if s["tag"] == tag.partition(":")[0]
            and (rest[:5] != "type=" or s["type"] == rest[5:-1])
        ]
        assert len(stops) >= shown > 0, kind


def test_skip_link_leads_to_the_text(open_page: OPEN) -> None:
    page = open_page(CHAPTER, "disk").page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[role=main]') !== null")


def test_slider_by_keyboard_and_ear(open_page: OPEN) -> None:
    """Its quantity is its name; its value and what that does to the loss are its value in words."""
    page = open_page(CHAPTER, "disk").page
    figure = page.locator('[data-figure="one-layer-step"]')
    slider = figure.get_by_role("slider", name="weight w")
    slider.focus()
    said = [slider.get_attribute("aria-valuetext")]
    for key in ("ArrowRight", "ArrowLeft", "PageUp", "PageDown", "Home", "End"):
        page.keyboard.press(key)
        said.append(slider.get_attribute("aria-valuetext"))
        value = float(slider.input_value())
        loss = float(
            figure.locator('[data-quantity="loss"]').first.get_attribute("data-value") or "nan"
        )
        words = re.fullmatch(r"([−\d.]+), loss ([\d.]+)", said[-1] or "")
        assert words, said[-1]
        assert float(words[1].replace("−", "-")) == pytest.approx(value, abs=0.005)
        assert float(words[2]) == pytest.approx(loss, abs=0.005)
    assert len(set(said)) == 5, said  # two pairs of keys undo each other
    assert float(slider.input_value()) == float(slider.get_attribute("max") or "nan")


def test_buttons_by_keyboard_and_ear(open_page: OPEN) -> None:
    """Enter and Space press; a message says where the figure stands now."""
    page = open_page(CHAPTER, "disk").page
    figure = page.locator('[data-figure="one-layer-descent"]')
    told = figure.locator(".live-said")
    assert told.get_attribute("role") == "status"
    assert told.inner_text() == ""
    for action, key in (("step", "Space"), ("back", "Enter"), ("reset", "Space")):
        before = figure.get_by_role("slider", name="updates").input_value()
        figure.locator(f'button[data-action="{action}"]').focus()
        page.keyboard.press(key)
        k = int(figure.get_by_role("slider", name="updates").input_value())
        assert re.fullmatch(
            rf"updates k {k} of \d+, loss [\d.×⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", told.text_content() or ""
        ), told.text_content()
        if action != "reset":
            assert k == int(before) + {"step": 1, "back": -1}[action]


def test_question_by_keyboard_and_ear(open_page: OPEN) -> None:
    """Answer, verdict, hint, solution: no hand on a mouse, and each is announced or gets the focus."""
    page = open_page(CHAPTER, "disk").page
    choice = page.locator('section.question:has(input[type="radio"])').first
    verdict = choice.locator('.question-verdict[role="status"]')
    choice.locator('input[type="radio"]').first.focus()
    page.keyboard.press("ArrowDown")
    assert choice.locator('input[type="radio"]').nth(1).is_checked()
    page.keyboard.press("Enter")
    assert re.match("[✓✗]", verdict.inner_text())
    choice.locator('button[data-action="solution"]').focus()
    page.keyboard.press("Space")
    focused = page.evaluate("document.activeElement.closest('[data-help]').dataset.help")
    assert focused == "solution"
    solution = choice.locator('[data-help="solution"]')
    assert solution.evaluate("(d) => d.open")
    page.keyboard.press("Enter")
    assert not solution.evaluate("(d) => d.open")

    typed = page.locator('section.question:has(input[type="text"])').first
    field = typed.locator('input[type="text"]').first
    field.focus()
    page.keyboard.type("a lot")
    page.keyboard.press("Enter")
    assert "cannot be read" in typed.locator('.question-verdict[role="status"]').inner_text()
    assert field.get_attribute("aria-invalid") == "true"
    assert page.evaluate("document.activeElement.type") == "text"


# ---------------------------------------------------------------------------------------------
# At rest, and in a system's own colours.

MOVING = """() => [...document.querySelectorAll("body *")].filter((element) => {
  const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
  return /[1-9]/.test(transitionDuration) || animationName !== "none" || scrollBehavior === "smooth";
}).map((element) => element.outerHTML.slice(0, 100))"""


def test_less_motion(open_page: OPEN) -> None:
    page = open_page(CHAPTER, "disk", reduced_motion="reduce").page
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert page.evaluate(MOVING) == []
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours(open_page: OPEN, scheme: str) -> None:
    """Pictures keep their colours on their own ground; controls have an edge."""
    page = open_page(CHAPTER, "disk", color_scheme=scheme, forced_colors="active").page
    figure = page.locator('[data-figure="one-layer-step"]')
    ground, ink = figure.locator("svg").first.evaluate(
        "(svg) => [getComputedStyle(svg).backgroundColor, getComputedStyle(svg.querySelector('text')).fill]"
    )
    expected = {
        "light": ("rgb(255, 255, 255)", "rgb(31, 35, 40)"),
        "dark": ("rgb(20, 24, 30)", "rgb(230, 237, 243)"),
    }
    assert (ground, ink) == expected[scheme]
    for control in figure.locator("button[data-action]").all():
        assert control.evaluate("(e) => getComputedStyle(e).borderStyle") == "solid"


# ---------------------------------------------------------------------------------------------
# Without a script.

# The boxes that open the drawers do so without a script.
DEAD = """() => [...document.querySelectorAll("button, input:not(.sidebar-toggle), [role=button], form[role=search], kbd")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().width > 1)
  .map((e) => e.outerHTML.slice(0, 120))"""
EMPTY = """() => [...document.querySelectorAll("article .math")].slice(0, 20).filter((math) => {
  const { width, height } = math.querySelector("svg").getBoundingClientRect();
  return !(width > 0 && height > 0);
}).map((math) => math.outerHTML.slice(0, 100))"""
STILL = """() => [...document.querySelectorAll("figure.live")].map((figure) => ({
  name: figure.dataset.figure,
  pictures: [...figure.querySelectorAll("svg[role=img]")].every((svg) => svg.getBoundingClientRect().height > 40),
  empty: [...figure.querySelectorAll("[data-quantity]")].filter((e) => !e.textContent.trim()).length,
  start: JSON.parse(figure.querySelector("script.live-spec").textContent).start,
  sliders: Object.fromEntries([...figure.querySelectorAll(".live-slider")].filter((s) => s.checkVisibility())
    .map((s) => [s.querySelector("input, select").name, (s.querySelector(".live-value:not(.live-chosen)") || { textContent: "" }).textContent])),
}))"""


def test_without_a_script(open_page: OPEN, path: str) -> None:
    """Text and maths, figures at their starting values, all pages in reach, the book's colours, and nothing
    that is dead."""
    visit = open_page(
        path, "disk", java_script_enabled=False, viewport={"width": 390, "height": 800}
    )
    page = visit.page
    article = page.locator("article")
    assert article.is_visible()
    assert len(article.inner_text().split()) > 5
    assert page.evaluate(EMPTY) == []
    assert page.evaluate(DEAD) == []
    for figure in page.evaluate(STILL):
        assert figure["pictures"] and not figure["empty"], figure["name"]
        # What is drawn by hand has no sliders.
        assert figure["sliders"].keys() == {name for name in figure["start"] if "[" not in name}
        for name, text in figure["sliders"].items():
            if re.fullmatch(r"−?[\d.]+", text):
                shown = float(text.replace("−", "-"))
                assert shown == pytest.approx(figure["start"][name], abs=0.005), (
                    figure["name"],
                    name,
                )
    for folded in page.locator("article details").all()[:4]:
        folded.locator("summary").first.click()
        assert folded.evaluate(
            "(d) => d.open && d.scrollHeight > d.querySelector('summary').scrollHeight + 10"
        )
    assert page.evaluate(SIDEWAYS) == 0
    page.locator(".nav-overlay-icon").click()
    links = page.locator(".sidebar-drawer a")
    assert links.count() == len(book_pages())
    links.first.wait_for()
    assert links.last.is_visible()
    assert links.last.evaluate("(a) => getComputedStyle(a).color") == "rgb(31, 35, 40)"
    first, last = book_pages()[0], book_pages()[-1]
    link, where = (links.first, first) if path == last else (links.last, last)
    link.click()
    page.wait_for_url(f"**/{where}")
    assert not visit.outside


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_theme_is_the_systems_from_the_start(open_page: OPEN, scheme: str) -> None:
    """With a script or without, on the page and in its figures."""
    for scripts in (True, False):
        page = open_page(CHAPTER, "disk", color_scheme=scheme, java_script_enabled=scripts).page
        for selector in ("body", "figure.live"):
            ground = page.locator(selector).first.evaluate(
                "(e) => getComputedStyle(e).backgroundColor"
            )
            assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 30)"}[scheme]


def test_a_chosen_theme_stays_on_the_next_page(open_page: OPEN) -> None:
    page = open_page(CHAPTER, color_scheme="light").page
    shown = "() => [document.body.dataset.theme, getComputedStyle(document.body).backgroundColor]"
    switch = page.locator(".theme-toggle-content .theme-toggle")
    while page.evaluate(shown)[0] != "dark":
        switch.click()
    page.goto(page.url.replace(CHAPTER, "index.html"))
    assert page.evaluate(shown) == ["dark", "rgb(20, 24, 30)"]
