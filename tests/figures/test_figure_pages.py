"""Live figures in the built book, as a reader moves them: in Chromium, over http and from disk."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import livetext
from backprop import autodiff as ad
from backprop.autodiff.primitives import PRIMITIVES
from livetext import page_script
from livetext.number_format import format_number
from support.browsing import MODES, Visit
from support.live_figures import FIGURES, close, expected_quantities, figure_pages, random_settings
from support.page_scripts import page_scripts
from support.paths import ROOT

OPEN = Callable[..., Visit]
CHAPTER = "chapters/03-one-layer.html"

MOVE = """([name, settings]) => {
  const figure = document.querySelector(`figure.live[data-figure="${name}"]`);
  for (const [slider, value] of Object.entries(settings)) {
    const input = figure.querySelector(`.live-controls [name="${slider}"]`);
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
  // A choice may have moved what is drawn.
  const { entries = {} } = JSON.parse(figure.querySelector("script.live-spec").textContent);
  const values = Object.entries(livetext.mountedIn(figure)?.values() ?? {});
  const drawn = Object.fromEntries(values.filter(([name]) => name.includes("[") && name.split("[")[0] in entries));
  return {
    settings: { ...drawn, ...Object.fromEntries([...figure.querySelectorAll(".live-controls [name]")].map(
      (input) => [input.name, Number(input.value)])) },
    numbers: [...figure.querySelectorAll("[data-quantity]")].map((element) => ({
      name: element.dataset.quantity, value: element.dataset.value,
      digits: Number(element.dataset.digits), text: element.textContent })),
    status: figure.querySelector(".live-status").textContent,
  };
}"""

PATHS = """() => [...document.querySelectorAll("figure.live [data-artist]")].map((artist) => {
  const figure = artist.closest("figure").dataset.figure;
  const path = artist.querySelector(":scope > path");
  const dots = [...artist.querySelectorAll("use")].flatMap((use) => [
    Number(use.getAttribute("x")), Number(use.getAttribute("y"))]);
  return [figure, (path && path.getAttribute("d")) || "", dots];
})"""


@pytest.fixture(scope="module")
def figures(browser: Any, site: Path) -> list[tuple[str, dict[str, Any]]]:
    """Every figure of the book with its page, as a browser that opened the page sees it."""
    page = browser.new_page()
    found = []
    for path in figure_pages():
        page.goto((site / path).as_uri())
        found += [(path, figure) for figure in page.evaluate(FIGURES)]
    page.close()
    return found


def test_every_figure_keeps_the_contract(figures: list[tuple[str, dict[str, Any]]]) -> None:
    """Markup that people, assistive technology and other tests rely on."""
    names = []
    for path, figure in figures:
        names.append((path, figure["name"]))
        assert figure["label"], figure["name"]
        assert len(figure["caption"]) > 40, figure["name"]
        for role, label in figure["pictures"]:
            assert role == "img"
            assert label
        for slider in figure["sliders"]:
            assert slider["name"] and slider["labels"] and all(slider["labels"]), slider
            assert slider["says"] and not slider["disabled"], slider
        for choice in figure["choices"]:
            assert choice["labels"] and all(choice["labels"]) and not choice["disabled"], choice
        assert "Reset" in figure["buttons"]
        if figure["spec"]["counter"]:
            assert {"Play", "Step", "Back"} <= set(figure["buttons"])
    assert len(names) == len(set(names)) >= 20


def test_every_tape_replays_as_numpy(
    open_page: OPEN, figures: list[tuple[str, dict[str, Any]]]
) -> None:
    """200 random settings of each tape in the book, within 1e-12 relative.

    JavaScript's exp, tanh and power may differ from NumPy's in the last bits (2e-16 relative);
    1e-12 leaves room for some cancellation and none for a wrong operation. A sum whose terms cancel
    altogether, as examples do in the gradient of a batch, is known to 1e-15 at best.
    """
    rng = np.random.default_rng(0)
    page = open_page("index.html").page
    for _path, figure in figures:
        tape = ad.Tape.from_json(json.dumps(figure["spec"]["tape"]))
        ranges = {s["name"]: (s["low"], s["high"]) for s in figure["sliders"]}
        # What counts or chooses is whole.
        whole = {s["name"] for s in figure["sliders"] if s["step"] == 1}
        chosen = whole | {c["name"] for c in figure["choices"]}
        settings = [
            {
                name: setting if name in chosen else rng.uniform(*ranges[name])
                for name, setting in random_settings(figure, rng).items()
                if name in tape.inputs
            }
            for _ in range(200)
        ]
        replayed = page.evaluate(
            "([tape, all]) => all.map((settings) => livetext.runTape(tape, settings))",
            [figure["spec"]["tape"], settings],
        )
        for inputs, outputs in zip(settings, replayed, strict=True):
            for name, value in tape.run(**inputs).items():
                assert len(outputs[name]) == value.size
                for ours, theirs in zip(value.ravel(), outputs[name], strict=True):
                    where = (figure["name"], name, inputs)
                    assert close(float(ours), theirs, 1e-12, 1e-15), where


def primitives(v: ad.Var, A: ad.Var, B: ad.Var, s: ad.Var) -> dict[str, ad.Var]:
    """Every primitive at least once, on scalars, vectors and matrices, forward and backward."""
    p = ad.exp(v) / (1.0 + v * v)
    smooth = {
        "sqrt": ad.sqrt(p), "log": ad.log(p), "sin": ad.sin(v), "cos": ad.cos(v), "tanh": ad.tanh(v),
        "sigmoid": ad.sigmoid(20.0 * v), "softplus": ad.softplus(30.0 * v), "relu": ad.relu(v),
        "maximum": ad.maximum(v, 0.3), "where": ad.where(v > 0.2, v, -v), "abs": abs(v),
        "power": p**s, "square": v**2, "third": p**3.0, "inverse": p**-1.0, "root": p**0.5,
        "softmax": ad.softmax(A), "logsumexp": ad.logsumexp(A), "matmul": A @ B, "vector": A @ v,
        "columns": A + v, "taken": A[[0, 1, 1], [2, 0, 0]], "row": A[1], "slice": B[::-1, 1:],
        "max": ad.max(A, axis=1), "mean": ad.mean(B, axis=0), "transpose": A.T, "equal": v == v * 1.0,
        "third-axis": ad.transpose(ad.reshape(B, (3, 1, 2)), (2, 0, 1)),
    }  # fmt: skip
    total = sum(((value * value).sum() for value in smooth.values()), ad.var(0.0))
    first = ad.grad(total, [v, A, B, s])
    second = ad.grad(sum(((g * g).sum() for g in first), ad.var(0.0)), [v, A, B])
    gradients = {f"d{i}": g for i, g in enumerate((*first, *second))}
    return smooth | gradients | {"total": total}


def test_every_primitive_replays_as_numpy() -> None:
    """Arrays too, with the gradients' gradients; what no figure of the book uses yet.

    Half of the entries stand at the kinks and ties, where a comparison decides the slope.
    """
    rng = np.random.default_rng(1)

    def entries(*shape: int) -> Any:
        ties = rng.choice([-1.0, 0.0, 0.2, 0.3, 1.0], size=shape)
        return np.where(rng.random(shape) < 0.5, ties, rng.normal(size=shape))

    def inputs() -> dict[str, Any]:
        arrays = {"v": entries(3), "A": entries(3, 3), "B": entries(3, 2)}
        return arrays | {"s": rng.uniform(0.5, 2)}

    tape = ad.trace(primitives, **inputs())
    used = {node.op for node in tape.nodes} - {"const", "input"}
    assert used == set(PRIMITIVES), "this test is to use every primitive"
    drawn = [inputs() for _ in range(20)]
    lists = [{k: np.asarray(s).tolist() for k, s in settings.items()} for settings in drawn]
    with page_scripts() as scripts:
        written = json.loads(tape.to_json())
        all_replayed = scripts.map("livetext.runTape", [[written, one] for one in lists])
    for settings, replayed in zip(drawn, all_replayed, strict=True):
        for name, value in tape.run(**settings).items():
            # Sums of a few terms of size 1 may cancel, so small entries count against the largest.
            scale = 1e-12 * max(1.0, float(np.abs(value).max()))
            assert np.allclose(value.ravel(), replayed[name], rtol=1e-12, atol=scale), name


@pytest.mark.parametrize("mode", MODES)
def test_sliders_show_what_the_library_computes(open_page: OPEN, mode: str) -> None:
    """At random settings, each number's full value and its rounded text.

    Where descent has arrived, errors are differences of equal numbers, known to 1e-15 at best.
    """
    rng = np.random.default_rng(2)
    for path in figure_pages():
        visit = open_page(path, mode)
        for figure in visit.page.evaluate(FIGURES):
            spec = figure["spec"]
            tape = ad.Tape.from_json(json.dumps(spec["tape"]))
            for _ in range(10):
                shown = visit.page.evaluate(MOVE, [figure["name"], random_settings(figure, rng)])
                expected = expected_quantities(tape, spec["iteration"], shown["settings"])
                for number in shown["numbers"]:
                    value = expected[number["name"]]
                    assert close(float(number["value"]), value, 1e-11, 1e-14), (
                        figure["name"],
                        number,
                    )
                    text = format_number(float(number["value"]), number["digits"]).text
                    assert number["text"] in (text, f"({text})"), number
        visit.assert_clean()


def test_source_numbers_of_one_step(open_page: OPEN) -> None:
    """The worked example's z, L, gradient and new weight, and the same after a detour."""
    visit = open_page(CHAPTER)
    figures = {figure["name"]: figure for figure in visit.page.evaluate(FIGURES)}
    lib = ad.Tape.from_json(json.dumps(figures["one-layer-step"]["spec"]["tape"])).run()
    assert [float(lib[n]) for n in ("z", "loss", "dw", "w_next")] == [0.5, 0.25, 1.0, 0.4]
    visit.page.evaluate(MOVE, ["one-layer-step", {"w": 2, "x": -1, "lr": 1}])
    visit.page.locator('[data-figure="one-layer-step"] [data-action=reset]').click()
    shown = visit.page.evaluate(MOVE, ["one-layer-step", {}])
    assert {n["name"]: float(n["value"]) for n in shown["numbers"]} == {
        "w": 0.5, "x": 1.0, "b": 0.0, "y": 0.0, "lr": 0.1,
        "z": 0.5, "a": 0.5, "loss": 0.25, "da": 1.0, "dz": 1.0, "dw": 1.0, "w_next": 0.4,
    }  # fmt: skip


def test_still_picture_is_the_live_one_at_the_start(open_page: OPEN) -> None:
    """What matplotlib drew and what the script draws over it are the same lines and dots."""
    compared = 0
    for path in figure_pages():
        still = open_page(path, java_script_enabled=False).page.evaluate(PATHS)
        moved = open_page(path).page.evaluate(PATHS)
        assert len(still) == len(moved)
        for (figure, d_still, dots_still), (_, d_moved, dots_moved) in zip(
            still, moved, strict=True
        ):
            assert dots_moved == pytest.approx(dots_still, abs=0.02), figure
            ours = [float(n) for n in re.findall(r"-?[\d.]+", d_still)]
            theirs = [float(n) for n in re.findall(r"-?[\d.]+", d_moved)]
            # Matplotlib cuts a line where it leaves the picture; the page leaves that to SVG.
            if theirs and len(ours) == len(theirs) and min(theirs) >= 0 and max(theirs[1::2]) < 220:
                assert theirs == pytest.approx(ours, abs=0.02), figure
                compared += 1
    assert compared >= 8


def test_without_javascript_the_start_is_there(open_page: OPEN) -> None:
    page = open_page(CHAPTER, "disk", java_script_enabled=False).page
    figure = page.locator('[data-figure="one-layer-step"]')
    assert figure.locator("svg").is_visible()
    assert figure.locator('dd [data-quantity="w_next"]').inner_text() == "0.40"
    assert figure.locator("input").first.is_disabled()
    steps = page.locator('[data-figure="one-layer-graph"] li.live-line')
    assert steps.count() > 10
    assert all(steps.nth(i).is_visible() for i in range(steps.count()))


def test_numbers_read_the_same_in_both_languages() -> None:
    rng = np.random.default_rng(3)
    sizes = 10.0 ** rng.uniform(-12, 12, 2000)
    values = [*(sizes * rng.choice([-1, 1], 2000)), *rng.integers(-4000, 4000, 2000) / 16]
    values += [0.0, -0.0, 0.5, 0.125, 0.375, -0.125, 999999.5, 1e6, 9.995e-7, 1e300, 5e-324]
    values = [float(v) for v in values]
    for digits in (0, 2, 4, None):
        with page_scripts() as scripts:
            theirs = scripts.map("livetext.formatNumber", [[v, digits] for v in values])
        for value, shown in zip(values, theirs, strict=True):
            ours = format_number(value, digits)
            assert (ours.text, ours.exact) == (shown["text"], shown["exact"]), value
    for digits in ("2", "null"):
        with page_scripts() as scripts:
            theirs = scripts.eval(
                f"[NaN, Infinity, -Infinity].map((v) => livetext.formatNumber(v, {digits}).text)"
            )
        assert theirs == ["undefined", "∞", "−∞"]
        assert theirs == [format_number(v, 2).text for v in (math.nan, math.inf, -math.inf)]


def test_keyboard(open_page: OPEN) -> None:
    """Arrow keys move a slider by one step, Home and End to its ends, Space presses a button."""
    page = open_page(CHAPTER).page
    figure = page.locator('[data-figure="one-layer-step"]')
    slider = figure.get_by_role("slider", name="weight w")
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert slider.input_value() == "0.55"
    assert slider.get_attribute("aria-valuetext") == "0.55, loss 0.30"
    page.keyboard.press("Home")
    assert float(figure.locator('dd [data-quantity="z"]').first.get_attribute("data-value")) == -2
    for _ in range(5):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.action") == "undo"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.action") == "reset"
    page.keyboard.press("Space")
    assert slider.input_value() == "0.5"


def test_play_pause_step_back(open_page: OPEN) -> None:
    page = open_page(CHAPTER).page
    figure = page.locator('[data-figure="one-layer-descent"]')
    k = figure.locator("input[name=k]")
    start = int(k.input_value())
    figure.get_by_role("button", name="Step").click()
    assert int(k.input_value()) == start + 1
    loss = figure.locator('dd [data-quantity="loss_k"]').get_attribute("data-value")
    said = format_number(float(loss or "nan"), 2).text
    assert k.get_attribute("aria-valuetext") == f"{start + 1}, loss {said}"
    figure.get_by_role("button", name="Back").click()
    figure.get_by_role("button", name="Back").click()
    assert int(k.input_value()) == start - 1
    figure.get_by_role("button", name="Play").click()
    page.wait_for_function("([k, n]) => Number(k.value) >= n", arg=[k.element_handle(), start + 1])
    figure.get_by_role("button", name="Pause").click()
    paused = k.input_value()
    page.wait_for_timeout(900)
    assert k.input_value() == paused
    page.evaluate(MOVE, ["one-layer-descent", {"k": 39}])
    figure.get_by_role("button", name="Play").click()
    page.wait_for_function("(k) => k.value === '40'", arg=k.element_handle())
    assert figure.get_attribute("data-playing") is None


def test_graph_reveals_one_step_at_a_time(open_page: OPEN) -> None:
    """What is still to come stands there in the muted colour, and takes its own when its step comes."""
    page = open_page(CHAPTER).page
    figure = page.locator('[data-figure="one-layer-graph"]')
    wires = figure.locator("svg tspan[data-step]")
    shown = """(wires) => {
      const muted = getComputedStyle(wires[0].closest("figure").querySelector(".live-share, dt")).color;
      return wires.filter((wire) => getComputedStyle(wire).fill !== muted).length;
    }"""
    assert wires.evaluate_all(shown) == 0
    for step in range(1, wires.count() + 1):
        figure.get_by_role("button", name="Step").click()
        assert wires.evaluate_all(shown) == step
        line = figure.locator(".live-steps li").filter(visible=True)
        assert line.count() == 1
        assert line.get_attribute("data-step") == str(step)


def test_reduced_motion_is_honoured(open_page: OPEN) -> None:
    """Play shows its end at once, a nudge arrives at once, and nothing in a figure is animated."""
    page = open_page(CHAPTER, reduced_motion="reduce").page
    figure = page.locator('[data-figure="one-layer-descent"]')
    figure.get_by_role("button", name="Play").click()
    assert figure.locator("input[name=k]").input_value() == "40"
    page.locator('[data-figure="one-layer-graph"]').get_by_role(
        "button", name=re.compile("Nudge")
    ).click()
    moving = """() => document.getAnimations().filter(
      (a) => a.effect.getComputedTiming().duration > 0).length"""
    assert page.evaluate(moving) == 0


def test_divergence_is_said_in_words(open_page: OPEN) -> None:
    """With the step at which it happens, and the figure comes back with the slider."""
    page = open_page(CHAPTER).page
    spec = next(f for f in page.evaluate(FIGURES) if f["name"] == "one-layer-descent")["spec"]
    tape = ad.Tape.from_json(json.dumps(spec["tape"]))
    losses = tape.iterate({"w": "w_next"}, 40, w=0.5, lr=1.2)["loss"]
    first = int(np.argmax(losses > spec["iteration"]["limit"]))
    shown = page.evaluate(MOVE, ["one-layer-descent", {"w": 0.5, "lr": 1.2, "k": 40}])
    assert f"the loss diverged at step {first}" in shown["status"]
    assert (
        page.evaluate(MOVE, ["one-layer-descent", {"k": first - 1}])["status"].count("diverged")
        == 0
    )
    assert page.evaluate(MOVE, ["one-layer-descent", {"lr": 0.1, "k": 40}])["status"] == ""
    shown = page.evaluate(MOVE, ["one-layer-map", {"w": 2, "lr": 1.2, "k": 3}])
    assert "outside the picture" in shown["status"]


def zoo(w: float, lr: float, c: float, d: float) -> livetext.LiveFigure:
    """Every kind of artist that a plot can move, drawn at the given settings.

    The curves over w depend on two more inputs, c and d, and not on lr.
    """

    def f(w: ad.Var, lr: ad.Var, c: ad.Var, d: ad.Var) -> dict[str, ad.Var]:
        loss = (w - 0.3 * c) ** 2 + d
        (dw,) = ad.grad(loss, [w])
        return {"loss": loss, "dw": dw, "w_next": w - lr * dw, "v": ad.exp(w)}

    plot = livetext.Plot("*w*", "*L*", (-4, 4), (-15, 30))
    plot.curve("w", "loss")
    plot.curve("w", "loss", x="v", span=(-1, 0.5))
    plot.line(["w", "w_next", 0.0], ["loss", 0.0, "w"])
    plot.vline("w")
    plot.hline("loss")
    plot.bar(1.0, "loss")
    plot.arrow(("w", "loss"), ("w_next", 0.0))
    plot.text("w", "loss", "L = {loss}")
    plot.tangent("w_k", "loss_k", slope="dw_k")
    plot.history("loss", x="w", kind="stairs")
    plot.history("loss", kind="line")
    plot.history("w_next", x="w", kind="dots")
    plot.point("w", "loss")
    log = livetext.Plot("*k*", "*L*", (0, 9), (1e-6, 1e2), log=True)
    log.history("loss", kind="line")
    return livetext.LiveFigure(
        ad.trace(f, w=w, lr=lr, c=c, d=d),
        [livetext.Slider(name, f"*{name}*", -1, 1, 0.01) for name in ("w", "lr", "c", "d")],
        [plot, log],
        name="zoo",
        alt="Every kind of artist",
        caption="Every kind of artist that a plot can move, all in one figure.",
        iteration=livetext.Iteration({"w": "w_next"}, steps=9, start=4),
    )


def stand_alone(figure: livetext.LiveFigure, folder: Path) -> str:
    """The address of a page that holds just this figure and its script."""
    document = folder / f"{figure.name}.html"
    document.write_text(
        f"<!doctype html><meta charset=utf-8><style>{page_script.styles()}</style>{figure.html}"
        f"<script>{page_script.script()}</script>",
        encoding="utf-8",
    )
    return document.as_uri()


def test_every_artist_moves_to_where_matplotlib_would_draw_it(browser: Any, tmp_path: Path) -> None:
    """Moved by the page from one setting to another = drawn by matplotlib at the other.

    Coordinates are rounded to 0.01 of a point on the page. Lines that matplotlib cuts at the frame
    have other ends, so those that lie inside are compared; each kind of artist has one.
    """
    live_page = browser.new_page()
    live_page.goto(stand_alone(zoo(-0.8, 0.1, 1.0, 0.0), tmp_path))
    still = browser.new_context(java_script_enabled=False).new_page()
    compared: set[int] = set()
    places = [
        (0.5, 0.2, 1, 0),
        (0.9, 0.7, 1, 0),
        (0, 0.05, 1, 0),
        (-0.3, 0.9, 1, 0),
        (0.3, 0.4, 1, 0),
    ]
    # Then one at a time: whichever has moved, what depends on it is drawn anew.
    places += [(0.3, 0.4, 1, 0.5), (0.3, 0.4, -1, 0.5), (0.3, 0.1, -1, 0.5), (0.3, 0.1, -1, 0.9)]
    for w, lr, c, d in places:
        live_page.evaluate(MOVE, ["zoo", {"w": w, "lr": lr, "c": c, "d": d}])
        still.goto(stand_alone(zoo(w, lr, c, d), tmp_path))
        pairs = zip(live_page.evaluate(PATHS), still.evaluate(PATHS), strict=True)
        for i, ((_, d_moved, dots_moved), (_, d_drawn, dots_drawn)) in enumerate(pairs):
            moved, drawn = (
                [float(n) for n in re.findall(r"-?[\d.]+", d)] for d in (d_moved, d_drawn)
            )
            assert len(dots_moved) == len(dots_drawn)
            assert dots_moved == pytest.approx(dots_drawn, abs=0.02)
            if len(moved) == len(drawn):
                inside = (
                    moved and min(moved) >= 0 and max(moved[::2]) < 280 and max(moved[1::2]) < 220
                )
                if inside or dots_moved:
                    assert moved == pytest.approx(drawn, abs=0.02), (i, w, lr, c, d)
                    compared.add(i)
        here, there = (
            page.locator("svg [data-artist] text").evaluate("(t) => t.getAttribute('transform')")
            for page in (live_page, still)
        )
        numbers = [[float(n) for n in re.findall(r"-?[\d.]+", at)] for at in (here, there)]
        assert numbers[0] == pytest.approx(numbers[1], abs=0.02)
    text = 12  # matplotlib draws patches first, then lines, then text
    assert compared == set(range(14)) - {text}
    live_page.close()
    still.context.close()


def test_script_needs_no_eval() -> None:
    """A page may forbid it (a Content Security Policy without unsafe-eval)."""
    assert not re.search(r"\beval\b|\bFunction\(|\bimport\s*\(|https?:", page_script.script())


def general(name: str) -> str:
    """The name for a unit or a weight of any index and layer: `w1_21` and `w2_13` are `w#_##`.

    On the bench it is that for any operation and any step of a walk: `dv2` is `dv#`, `share_3` is `share_#`.
    """
    name = re.sub(r"^(d?v|(?:slope|upstream|share|sum)_)\d+$", r"\1#", name)
    return re.sub(r"(?<=[a-z])\d_\d+$", lambda index: re.sub(r"\d", "#", index[0]), name)


def test_every_quantity_is_in_the_notation(
    open_page: OPEN, figures: list[tuple[str, dict[str, Any]]]
) -> None:
    """Names of what sliders move and numbers show are those of the notation page's column "in code"."""
    notation = (ROOT / "chapters" / "notation.md").read_text(encoding="utf-8")
    known = {general(name.strip()) for name in re.findall(r"`([^`]+)`", notation)}
    pages = {path: open_page(path).page for path, _figure in figures}
    for path, figure in figures:
        tape = figure["spec"]["tape"]
        one = f'figure[data-figure="{figure["name"]}"] [data-quantity]'
        numbers = (
            pages[path].locator(one).evaluate_all("(all) => all.map((e) => e.dataset.quantity)")
        )
        seen = {re.sub(r"_k$|\[.*", "", name) for name in [*numbers, *figure["spec"]["start"]]}
        named = {general(name) for name in seen & {*tape["inputs"], *tape["outputs"]}}
        assert len(named) > 1
        assert named <= known, figure["name"]


def overflowing() -> livetext.LiveFigure:
    """A figure whose loss leaves the floating-point numbers: exp of exp, fed back."""

    def f(w: ad.Var, lr: ad.Var) -> dict[str, ad.Var]:
        loss = ad.exp(ad.exp(w))
        return {"loss": loss, "gap": loss - loss, "w_next": w + lr}

    plot = livetext.Plot("*w*", "*L*", (-1, 8), (0, 20))
    plot.curve("w", "loss")
    plot.history("loss", x="w", kind="stairs")
    plot.tangent("w_k", "loss_k", slope="loss_k")
    plot.point("w_k", "loss_k")
    plot.text("w_k", "loss_k", "L = {loss_k}")
    return livetext.LiveFigure(
        ad.trace(f, w=0.0, lr=0.0),
        [livetext.Slider("w", "*w*", 0, 1, 0.1), livetext.Slider("lr", "*α*", 0, 2, 0.1)],
        [plot, livetext.WorkedLines([("Loss", "L = {loss_k}, gap = {gap_k}")])],
        name="overflow",
        alt="A curve that leaves the numbers",
        caption="What happens when a loss is no longer a finite number.",
        iteration=livetext.Iteration({"w": "w_next"}, steps=10, start=5, limit=1e300),
    )


def test_infinite_and_undefined_numbers_are_shown_as_such(browser: Any, tmp_path: Path) -> None:
    page = browser.new_page()
    errors: list[Any] = []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto(stand_alone(overflowing(), tmp_path))
    before = page.evaluate(PATHS)
    shown = page.evaluate(MOVE, ["overflow", {"lr": 2}])
    texts = {n["name"]: n["text"] for n in shown["numbers"]}
    assert texts["loss_k"] == "∞"
    assert texts["gap_k"] == "undefined"
    # exp(exp(6)) is finite, exp(exp(8)) is not.
    assert "the loss diverged at step 4" in shown["status"]
    assert "no longer a finite number" in shown["status"]
    assert "NaN" not in page.locator("svg").inner_html()
    assert page.evaluate(MOVE, ["overflow", {"lr": 0}])["status"] == ""
    assert page.evaluate(PATHS) == before
    assert errors == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_follow_the_theme(open_page: OPEN, scheme: str) -> None:
    """Text stands out from the figure's ground by at least 4.5 to 1 (WCAG 2.2, 1.4.3)."""
    page = open_page(CHAPTER, color_scheme=scheme).page
    colours = page.locator("article").evaluate(
        """(page) => [getComputedStyle(page.querySelector("figure.live")).backgroundColor,
          ...[...page.querySelectorAll(
            ":is(svg text, dt, dd, label, .live-value, figcaption, button):is(figure.live *)",
          )].map((e) => getComputedStyle(e)[e.closest("svg") ? "fill" : "color"])]"""
    )

    def luminance(colour: str) -> float:
        channels = np.array([int(c) for c in re.findall(r"\d+", colour)[:3]]) / 255
        linear = np.where(
            channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
        )
        return float(linear @ [0.2126, 0.7152, 0.0722])

    ground, *texts = map(luminance, colours)
    assert (ground > 0.5) == (scheme == "light")
    for text in texts:
        low, high = sorted((ground, text))
        assert (high + 0.05) / (low + 0.05) >= 4.5


def test_figures_fit_a_phone(open_page: OPEN) -> None:
    """At 360 pixels nothing in a figure is wider than the figure, and targets are large enough."""
    for path in figure_pages():
        page = open_page(path, viewport={"width": 360, "height": 740}).page
        too_wide = page.evaluate(
            """() => [...document.querySelectorAll("figure.live *")].filter((e) => {
              const own = e.getBoundingClientRect();
              const all = e.closest("figure").getBoundingClientRect();
              return own.width && !e.closest("svg") && (own.right > all.right + 1 || own.left < all.left - 1);
            }).map((e) => e.outerHTML.slice(0, 100))"""
        )
        assert too_wide == [], path
        heights = "(all) => all.filter((e) => e.checkVisibility()).map((e) => e.getBoundingClientRect().height)"
        controls = page.locator("figure.live :is(input, button)").evaluate_all(heights)
        assert min(controls, default=24) >= 24, path


def test_sliders_stay_in_sight(open_page: OPEN) -> None:
    """With the top of a figure taller than the window in view, so are its sliders."""
    page = open_page("chapters/05-matrix-form.html", viewport={"width": 1280, "height": 720}).page
    places = page.evaluate(
        """() => [...document.querySelectorAll("figure.live")].map((figure) => {
          const top = figure.getBoundingClientRect().top;
          window.scrollBy({ top: top - 80, behavior: "instant" });
          const controls = figure.querySelector(".live-controls").getBoundingClientRect();
          return [figure.getBoundingClientRect().height, controls.top, controls.bottom];
        })"""
    )
    assert max(height for height, _, _ in places) > 720
    for _, top, bottom in places:
        assert 0 < top < bottom <= 721


def layer(i: float, g: float) -> livetext.LiveFigure:
    """Matrices, a flow and lines with a wording for each option, drawn at the given settings."""

    def f(i: ad.Var, g: ad.Var, x: ad.Var, W: ad.Var) -> dict[str, ad.Var]:
        z = W @ x
        a = ad.where(g == 0.0, z, ad.tanh(z))
        return {"z": z * i, "a": a, "loss": (a * a).sum()}

    W = livetext.Matrix("W", "W", row="i", scale=1)
    turned = livetext.Matrix("z", "zᵀ", column="i", scale=2, transposed=True)
    return livetext.LiveFigure(
        ad.trace(f, i=i, g=g, x=np.array([1.0, -2.0]), W=np.array([[0.5, -1.0], [2.0, 0.0]])),
        [livetext.Slider("i", "*i*", 1, 2, 1), livetext.Choice("g", "*g*", ["identity", "tanh"])],
        [
            livetext.Matrices([[W, livetext.Matrix("x", "x", row="i"), "=", turned]]),
            livetext.WorkedLines(
                [("Activation", livetext.Case("g", ["a = z = {a[0]}", "a = tanh {z[0]}"]))]
            ),
            livetext.Flow([("Forward", ["z = {z[0]}"]), ("Loss", ["L = {loss}"])]),
        ],
        name="layer",
        alt="A layer",
        caption="A layer whose row and activation are picked.",
    )


LOOKS = """() => [...document.querySelectorAll("td, [data-case], dd [data-quantity]")].map((e) => [
  e.textContent, e.getAttribute("style"), [...e.classList].sort().join(" "), e.hidden])"""


def test_matrices_and_wordings_follow_the_controls(browser: Any, tmp_path: Path) -> None:
    """Moved by the page from one setting to another = written by Python at the other."""
    moved = browser.new_page()
    still = browser.new_context(java_script_enabled=False).new_page()
    moved.goto(stand_alone(layer(1, 0), tmp_path))
    before = moved.evaluate(LOOKS)
    moved.evaluate(MOVE, ["layer", {"i": 2, "g": 1}])
    (tmp_path / "still").mkdir()
    still.goto(stand_alone(layer(2, 1), tmp_path / "still"))
    assert moved.evaluate(LOOKS) == still.evaluate(LOOKS) != before
    moved.get_by_role("button", name="Reset").click()
    assert moved.evaluate(LOOKS) == before
    moved.close()
    still.context.close()


def test_flow_lights_up_stage_by_stage(browser: Any, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(stand_alone(layer(1, 0), tmp_path))
    later, now = page.locator(".live-flow .live-later"), page.locator(".live-flow .live-now")
    assert (later.count(), now.count()) == (2, 0)
    for stage in ("Forward", "Loss"):
        page.get_by_role("button", name="Step").click()
        assert now.locator(".live-stage").inner_text() == stage
    assert later.count() == 0
    page.close()


def test_choice_by_keyboard(browser: Any, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(stand_alone(layer(1, 0), tmp_path))
    page.get_by_label("g", exact=True).focus()
    page.keyboard.press("ArrowDown")
    assert page.locator("[data-case]").filter(visible=True).inner_text().startswith("a = tanh")
    page.close()


def test_slider_says_what_it_changes(open_page: OPEN) -> None:
    """Its own value and the effect, in words: not the name of a variable."""
    page = open_page("chapters/05-matrix-form.html").page
    slider = page.locator('[data-figure="matrix-form-layer"] input[name=i]')
    assert slider.get_attribute("aria-valuetext") == "1, gradient of the weight 2.0"
