"""What a live figure does over time: random sequences of what a reader may do, against a model in Python.

The browser's timers are ours: a tick is a moment at which a playing figure goes on, and nothing waits.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import livetext
from backprop import autodiff as ad
from livetext import page_script
from livetext.number_format import format_number

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Timers that run when the test says so, each by its kind.
TIMERS = """
const timers = new Map();
let last = 0;
for (const kind of ["Interval", "Timeout"]) {
  window[`set${kind}`] = (action, wait) => { timers.set(++last, { kind, action, wait }); return last; };
  window[`clear${kind}`] = (id) => { timers.delete(id); };
}
window.pending = (kind) => [...timers.values()].filter((timer) => timer.kind === kind);
window.ring = (kind) => {
  for (const [id, timer] of [...timers]) {
    if (timer.kind !== kind || !timers.has(id)) continue;
    if (kind === "Timeout") timers.delete(id);
    timer.action();
  }
};
"""

# Does one thing after another, and returns what stands there after each.
DO = """(actions) => {
  const figure = document.querySelector("figure.live");
  return actions.map(([action, name, value]) => {
    if (action === "tick") ring("Interval");
    else if (action === "move") {
      const input = figure.querySelector(`[name="${name}"]`);
      input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    } else figure.querySelector(`[data-action="${action}"]`).click();
    const controls = [...figure.querySelectorAll(".live-controls [name]")];
    return {
      settings: Object.fromEntries(controls.map((input) => [input.name, Number(input.value)])),
      says: Object.fromEntries(controls.map((input) => [input.name, input.getAttribute("aria-valuetext")])),
      playing: figure.hasAttribute("data-playing"),
      button: figure.querySelector('[data-action="play"]')?.textContent,
      timers: pending("Interval").map((timer) => timer.wait),
      told: figure.querySelector(".live-said").textContent,
      status: figure.querySelector(".live-status").textContent,
      numbers: Object.fromEntries([...figure.querySelectorAll("[data-quantity]")].map((e) => [e.dataset.quantity, e.textContent])),
    };
  });
}"""

LIMIT = 1e3
FRAME = {"xlim": (-3.0, 3.0), "ylim": (-1.0, 40.0)}


def descending(w: ad.Var, lr: ad.Var, y: ad.Var) -> dict[str, ad.Var]:
    loss = (w - y) ** 2
    (dw,) = ad.grad(loss, [w])
    return {"loss": loss, "dw": dw, "w_next": w - lr * dw}


def descent() -> livetext.LiveFigure:
    """It converges, goes round in circles or diverges, and its point may leave the picture."""
    plot = livetext.Plot("*w*", "*L*", *FRAME.values())
    plot.curve("w", "loss")
    plot.point("w_k", "loss_k")
    return livetext.LiveFigure(
        ad.trace(descending, w=0.5, lr=0.125, y=-0.5),
        [
            livetext.Slider("w", "weight *w*", -2, 2, 0.5),
            livetext.Slider("lr", "*α*", 0, 1.5, 0.25 / 2),
            livetext.Slider("y", "*y*", -2, 2, 0.5),
        ],
        [plot, livetext.WorkedLines([("Now", "w = {w_k}, L = {loss_k}")])],
        name="descent",
        alt="A bowl",
        caption="A bowl, and steps in it.",
        iteration=livetext.Iteration({"w": "w_next"}, steps=7, start=2, limit=LIMIT),
    )


def walk() -> livetext.LiveFigure:
    """Steps through stages, which change no number."""
    stages = livetext.Flow(
        [("Forward", ["L = {loss}"]), ("Backward", ["dw = {dw}"]), ("Update", [])]
    )
    return livetext.LiveFigure(
        ad.trace(descending, w=0.5, lr=0.125, y=-0.5),
        [livetext.Slider("w", "weight *w*", -2, 2, 0.5)],
        [stages],
        name="walk",
        alt="Three stages",
        caption="Three stages.",
        digits=3,
    )


def still() -> livetext.LiveFigure:
    """Nothing to play."""
    return livetext.LiveFigure(
        ad.trace(descending, w=0.5, lr=0.125, y=-0.5),
        [livetext.Slider("w", "weight *w*", -2, 2, 0.5), livetext.Slider("lr", "*α*", 0, 1, 0.125)],
        [livetext.WorkedLines([("Now", "L = {loss}, {w_next}")])],
        name="still",
        alt="One line",
        caption="One line.",
    )


@dataclass
class Player:
    """What a figure should do, in words of its own: no more than a counter and whether it plays."""

    start: dict[str, float]
    counter: str | None
    last: int  # the counter's end
    calm: bool  # the reader asked for less motion
    settings: dict[str, float] = field(default_factory=dict)
    playing: bool = False
    tells: bool = False  # whether the last action said where the figure stands

    def __post_init__(self) -> None:
        self.settings = dict(self.start)

    @property
    def k(self) -> float:
        return self.settings[self.counter or ""]

    @k.setter
    def k(self, k: float) -> None:
        self.settings[self.counter or ""] = min(max(k, 0), self.last)

    def do(self, action: str, name: str | None = None, value: float | None = None) -> None:
        self.tells = action not in ("move", "tick", "play")
        if action == "tick":
            if not self.playing:
                return
            self.k += 1
            if self.k == self.last:
                self.playing, self.tells = False, True
            return
        was, self.playing = self.playing, False
        if action == "move":
            self.settings |= {str(name): float(value or 0)}
        elif action == "reset":
            self.settings = dict(self.start)
        elif action in ("step", "back"):
            self.k += {"step": 1, "back": -1}[action]
        elif action == "play" and was:
            self.tells = True
        elif action == "play" and self.calm:
            self.k = self.last
            self.tells = True
        elif action == "play":
            self.k = 0 if self.k == self.last else self.k
            self.playing = True


def expected_status(figure: livetext.LiveFigure) -> str:
    """The one sentence that the numbers deserve; the figure stands at the settings."""
    q = figure.quantities
    if figure.iteration is None:
        return ""
    updates, inputs = figure.iteration.update, {n: q[n] for n in ("w", "lr", "y")}
    losses = figure.tape.iterate(updates, int(q["k"]), **inputs)["loss"]
    beyond = [step for step, loss in enumerate(losses) if not abs(loss) <= LIMIT]
    if beyond:
        return f"Here the loss diverged at step {beyond[0]}: it has passed 1,000."
    (left, right), (low, high) = FRAME.values()
    if not (left <= q["w_k"] <= right and low <= q["loss_k"] <= high):
        return "Here the point lies outside the picture."
    return ""


def actions(
    figure: livetext.LiveFigure, rng: np.random.Generator, n: int
) -> list[tuple[str, str, float]]:
    """What a reader does, at random; time goes on more often than anything else happens."""
    buttons = ["step", "back", "play", "reset"] if figure.counter else ["reset"]
    done: list[tuple[str, str, float]] = []
    while len(done) < n:
        action = str(rng.choice([*buttons, "play", "tick", "tick", "tick", "move", "move"]))
        if action == "play" and not figure.counter:
            continue
        slider = figure.sliders[int(rng.integers(len(figure.sliders)))]
        assert isinstance(slider, livetext.Slider)
        steps = round((slider.high - slider.low) / slider.step)
        # The ends more often than their share: there it matters what Step, Back and Play do.
        at = int(rng.choice([0, steps, int(rng.integers(steps + 1)), int(rng.integers(steps + 1))]))
        done.append((action, slider.name, slider.low + at * slider.step))
    return done


@pytest.fixture
def timed(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Open a page that holds a figure and its script, and no timers but ours."""
    contexts = []

    def open_one(figure: livetext.LiveFigure, **options: Any) -> Page:
        document = tmp_path / f"{figure.name}.html"
        document.write_text(
            f"<!doctype html><meta charset=utf-8><style>{page_script.styles()}</style>"
            f"<script>{TIMERS}</script>{figure.html}<script>{page_script.script()}</script>",
            encoding="utf-8",
        )
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.goto(document.as_uri())
        return page

    yield open_one
    for context in contexts:
        context.close()


LABELS = {"descent": "updates k", "walk": "stage"}


@pytest.mark.parametrize(
    ("make", "calm"), [(descent, False), (descent, True), (walk, False), (still, False)]
)
def test_figure_does_what_its_model_does(
    timed: Callable[..., Page], make: Callable[[], livetext.LiveFigure], calm: bool
) -> None:
    """After each of 600 actions: settings, playing, what is told, what sliders say, status and numbers."""
    figure = make()
    # A reader's preference may come with the first play, so both see the same sequence.
    todo = actions(figure, np.random.default_rng(0), 600)
    page = timed(figure, reduced_motion="reduce" if calm else "no-preference")
    seen = page.evaluate(DO, todo)
    last = int(figure.sliders[-1].high) if figure.counter else 0  # type: ignore[union-attr]
    player = Player(dict(figure.values), figure.counter, last, calm)
    told, visited = "", set()
    for i, (action, found) in enumerate(zip(todo, seen, strict=True)):
        player.do(*action)
        where = (figure.name, i, todo[max(0, i - 4) : i + 1])
        assert found["settings"] == player.settings, where
        assert found["playing"] == player.playing, where
        if figure.counter:
            assert found["button"] == ("Pause" if player.playing else "Play"), where
        assert found["timers"] == [700] * player.playing, where
        figure.values = player.settings
        outcome = figure.quantities["loss_k" if figure.iteration else "loss"]
        effect = f", loss {format_number(outcome, figure.digits).text}"
        if player.tells:
            at = (
                f"{LABELS[figure.name]} {player.k:g} of {last}"
                if figure.counter
                else "At the start"
            )
            told = at + effect
        assert found["told"] == told, where
        for slider in figure.sliders:
            assert isinstance(slider, livetext.Slider)
            own = format_number(player.settings[slider.name], slider.digits).text
            assert found["says"][slider.name] == own + effect, where
        status = expected_status(figure)
        assert found["status"] == status, where
        visited.add(status[:20])
        for name, text in found["numbers"].items():
            digits = next((s.digits for s in figure.sliders if s.name == name), figure.digits)  # type: ignore[union-attr]
            assert text == format_number(figure.quantities[name], digits).text, (name, *where)
    assert not figure.iteration or len(visited) == 3  # silence, a divergence, a lost point


def test_figure_that_is_gone_plays_no_longer(timed: Callable[..., Page]) -> None:
    page = timed(descent())
    page.evaluate(DO, [("play", "", 0)])
    page.evaluate("document.querySelector('figure.live').remove()")
    page.evaluate("ring('Interval')")
    assert page.evaluate("pending('Interval').length") == 0


# ---------------------------------------------------------------------------------------------
# What is said of a number or a point that cannot be shown.


def framed(u: ad.Var, v: ad.Var) -> dict[str, ad.Var]:
    return {"loss": u + v, "p": 1.0 / u, "q": ad.log(v)}


def lone_point() -> livetext.LiveFigure:
    """A point whose place the reader chooses, a line to it, and numbers that are not finite at some places."""
    plot = livetext.Plot("*u*", "*v*", (-2, 2), (1, 4))
    plot.point("u", "v")
    plot.line([0.0, "u"], [1.0, "v"])
    return livetext.LiveFigure(
        ad.trace(framed, u=1.0, v=1.0),
        [livetext.Slider("u", "*u*", -1e9, 1e9, 0.5), livetext.Slider("v", "*v*", -1e9, 1e9, 0.5)],
        [plot],
        name="lone",
        alt="A point",
        caption="A point.",
    )


def test_one_sentence_says_what_cannot_be_shown(timed: Callable[..., Page]) -> None:
    """On every side of the frame, on its edges and corners, and where numbers are not finite."""
    page = timed(lone_point())
    places = [
        (u, v) for u in (-9, -2.5, -2, -0.5, 0, 1, 2, 2.5, 9) for v in (-9, 0, 0.5, 1, 4, 4.5, 9)
    ]
    for u, v in places:
        (_, found) = page.evaluate(DO, [("move", "u", u), ("move", "v", v)])
        lost = ["p"] * (u == 0) + ["q"] * (v <= 0)
        if lost:
            expected = f"Here there is no finite number for {', '.join(lost)}."
        elif -2 <= u <= 2 and 1 <= v <= 4:
            expected = ""
        else:
            expected = "Here the point lies outside the picture."
        assert found["status"] == expected, (u, v)


def test_number_lost_on_the_way_is_named(timed: Callable[..., Page]) -> None:
    """In a figure with an iteration too, as long as what it watches is finite."""
    figure = livetext.LiveFigure(
        ad.trace(lambda w, lr: {"loss": w * w, "q": ad.log(w), "w_next": w - lr}, w=2.0, lr=1.0),
        [livetext.Slider("lr", "*α*", 0, 2, 0.5)],
        [livetext.WorkedLines([("Now", "q = {q_k}")])],
        name="lost",
        alt="A line",
        caption="A line.",
        iteration=livetext.Iteration({"w": "w_next"}, steps=4),
    )
    page = timed(figure)
    seen = page.evaluate(DO, [("move", "k", k) for k in range(5)])
    shown = [(found["numbers"]["q_k"], found["status"]) for found in seen]
    words = "Here there is no finite number for q_k."
    assert shown == [
        ("0.69", ""),
        ("0.00", ""),
        ("−∞", words),
        ("undefined", words),
        ("undefined", words),
    ]


PLACES = """() => [...document.querySelectorAll("[data-artist]")].map((artist) => {
  const [mark] = artist.querySelectorAll("use, text, path:not(defs path)");
  const shown = getComputedStyle(mark).display !== "none";
  const place = mark.getAttribute("transform") ?? `${mark.getAttribute("x")} ${mark.getAttribute("y")}`;
  return [mark.localName, shown, shown && (mark.getAttribute("d") ?? place)];
})"""


# A dot's place, and from there the way to the tip of its arrow, if it has one.
POINTED = """() => {
  const group = document.querySelector('[data-artist="0"]');
  const [dot, arrow] = [group.querySelector("use"), group.querySelector(".live-out")];
  const at = [Number(dot.getAttribute("x")), Number(dot.getAttribute("y"))];
  const [, tip] = (arrow?.getAttribute("d") ?? "").split("L").map((part) => part.split(" ").map(Number));
  return [at, tip ? [tip[0] - at[0], tip[1] - at[1]] : null];
}"""


def test_far_points_stand_at_the_edge(timed: Callable[..., Page]) -> None:
    """An arrow says where to; the edge above leaves room for words. Back in the picture, nothing is left of it."""
    figure = lone_point()
    page = timed(figure)
    start = page.evaluate(POINTED)
    axes = page.evaluate(
        "() => JSON.parse(document.querySelector('.live-spec').textContent).views[0].axes"
    )

    def pixels(u: float, v: float) -> tuple[float, float]:
        (x, right), (y, down) = axes["x"], axes["y"]
        return x * u + right, y * v + down

    far = 1e9
    for (u, v), edge, inset, way in (
        ((far, 1), (2, 1), 0, (1, 0)),
        ((-far, 2), (-2, 2), 0, (-1, 0)),
        ((1, far), (1, 4), 22, (0, -1)),
        ((1, -far), (1, 1), 0, (0, 1)),
        ((far, -far), (2, 1), 0, (1, 1)),
        ((2.5, 2), (2, 2), 0, (1, 0)),
    ):
        page.evaluate(DO, [("move", "u", u), ("move", "v", v)])
        at, to = page.evaluate(POINTED)
        x, y = pixels(*edge)
        assert at == pytest.approx((x, y + inset), abs=0.011), (u, v)
        length = 14 / math.hypot(*way)
        assert to == pytest.approx([length * part for part in way], abs=0.021), (u, v)
        # A stroke that leads beyond some 1e6 pixels wobbles or vanishes.
        ((*_, path),) = (mark for mark in page.evaluate(PLACES) if mark[0] == "path")
        assert abs(u) + abs(v) < 9 or 1e4 < max(abs(float(n)) for n in NUMBER.findall(path)) <= 1e5
    page.evaluate(DO, [("reset", "", 0)])
    assert page.evaluate(POINTED) == start
    assert start[1] is None


def test_point_that_is_dragged_up_stays_at_the_edge(timed: Callable[..., Page]) -> None:
    """Where the hand is: no room is left for words, and the handle goes where its dot goes."""
    plot = livetext.Plot("*u*", "*v*", (-2, 2), (1, 4))
    plot.point("u", "v", handle=("u", "v"))
    figure = livetext.LiveFigure(
        ad.trace(framed, u=1.0, v=1.0),
        [livetext.Slider("u", "*u*", -9, 9, 0.5), livetext.Slider("v", "*v*", 1, 9, 0.5)],
        [plot],
        name="dragged",
        alt="A point",
        caption="A point.",
    )
    page = timed(figure)
    page.evaluate(DO, [("move", "v", 4)])
    at_edge, _ = page.evaluate(POINTED)
    page.evaluate(DO, [("move", "v", 9)])
    at, to = page.evaluate(POINTED)
    assert at == at_edge and to == pytest.approx((0, -14), abs=0.021)
    grip = page.locator(".live-grip").get_attribute("transform")
    assert [float(n) for n in NUMBER.findall(grip or "")] == at


NUMBER = re.compile(r"-?[\d.]+")


def everything_at(u: float, v: float) -> livetext.LiveFigure:
    """Each kind of artist at a place that may be far outside the picture, or nowhere."""
    plot = livetext.Plot("*u*", "*v*", (-2, 2), (-2, 4))
    plot.point("u", "q")
    plot.text("u", "q", "q = {q}")
    plot.line(["u", 0.0], ["q", 1.0])
    plot.arrow(("u", "q"), (0.0, "v"))
    plot.bar(1.0, "q")
    plot.tangent("u", "q", slope="v")
    with np.errstate(all="ignore"):
        return livetext.LiveFigure(
            ad.trace(framed, u=u, v=v),
            [livetext.Slider("u", "*u*", -9, 9, 0.5), livetext.Slider("v", "*v*", -9, 1000, 0.5)],
            [plot],
            name="everything",
            alt="All kinds of artists",
            caption="All kinds of artists.",
        )


def test_what_starts_outside_or_nowhere_comes_in(timed: Callable[..., Page]) -> None:
    """Outside, a dot stands at the edge and a text is hidden; matplotlib draws neither without a place, and the page
    needs one to move."""
    inside = timed(everything_at(0.5, 2.0)).evaluate(PLACES)
    for u, v in ((9.0, 2.0), (0.5, -1.0), (-9.0, 0.0)):
        page = timed(everything_at(u, v))
        before = page.evaluate(PLACES)
        assert [shown for kind, shown, _ in before if kind != "path"] == [v >= 0, False]
        page.evaluate(DO, [("move", "u", 0.5), ("move", "v", 2)])
        assert page.evaluate(PLACES) == inside, (u, v)
        page.evaluate(DO, [("reset", "", 0)])
        assert page.evaluate(PLACES) == before
        still = timed(everything_at(u, v), java_script_enabled=False)
        places = [mark for mark in still.evaluate(PLACES) if mark[0] != "path"]
        assert places == [mark for mark in before if mark[0] != "path"]
