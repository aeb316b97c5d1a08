"""The state of a figure in the page's script: what a move costs, counted in replays of the tape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from bs4 import BeautifulSoup

import livetext
from backprop import autodiff as ad
from livetext import page_script
from livetext.state import State
from support.page_scripts import Scripts, page_scripts

# `runs` counts how often lines of the tape are run, whichever part of them.
COUNTED = """
const runAllOfThem = runAll;
globalThis.runs = 0;
runAll = (steps) => { runs++; runAllOfThem(steps); };
globalThis.load = (spec) => { globalThis.model = figureModel(spec); };
globalThis.evaluated = (settings) => {
  const before = runs;
  const { values, rows } = model.evaluate(settings);
  return { values, rows, runs: runs - before };
};
0;
"""


@pytest.fixture(scope="module")
def scripts() -> Iterator[Scripts]:
    """The model itself, which a page shares with nobody."""
    with page_scripts() as loaded:
        loaded.v8.eval(
            page_script._joined("js", ("primitives", "tape", "model", "field"), ".js") + COUNTED
        )
        yield loaded


def specification(figure: livetext.LiveFigure) -> dict[str, Any]:
    script = BeautifulSoup(figure.html, "html.parser").select_one("script.live-spec")
    assert script is not None
    spec: dict[str, Any] = json.loads(script.get_text())
    return spec


def descending(w: ad.Var, v: ad.Var, lr: ad.Var) -> dict[str, ad.Var]:
    loss = (w - 1.0) ** 2 + (v * w) ** 2
    dw, dv = ad.grad(loss, [w, v])
    return {"loss": loss, "dw": dw, "w_next": w - lr * dw, "v_next": v - lr * dv}


UPDATES = livetext.Iteration({"w": "w_next", "v": "v_next"}, steps=200)


def descent() -> livetext.LiveFigure:
    plot = livetext.Plot("*w*", "*L*", (-2, 2), (0, 4))
    plot.history("loss", x="w")
    return livetext.LiveFigure(
        ad.trace(descending, w=-1.0, v=0.5, lr=0.1),
        [livetext.Slider("w", "*w*", -2, 2, 0.1), livetext.Slider("lr", "*α*", 0, 1, 0.01)],
        [plot],
        name="descent",
        alt="A path",
        caption="A path.",
        iteration=UPDATES,
    )


def test_a_step_of_an_iteration_is_one_replay(scripts: Scripts) -> None:
    """Beside one for all that is shown after the updates; what stands before them changes with the sliders alone."""
    scripts.map("load", [[specification(descent())]])
    start = {"w": -1.0, "lr": 0.1}
    cost = {
        step: scripts.map("evaluated", [[start | {"k": step[1]}]])[0]["runs"]
        for step in [("to", 0), ("to", 100), ("on", 101), ("back", 81), ("again", 101)]
    }
    assert cost == {
        ("to", 0): 2 + 1,
        ("to", 100): 1 + 100,
        ("on", 101): 1 + 1,
        ("back", 81): 1,
        ("again", 101): 1,
    }
    moved = scripts.map("evaluated", [[start | {"w": 1.0, "k": 50}]])[0]
    assert moved["runs"] == 2 + 51


@pytest.mark.parametrize("k", [0, 1, 7, 200, 3])
def test_an_iteration_is_the_tapes(scripts: Scripts, k: int) -> None:
    """Wherever the counter comes from, and a divergence too."""
    figure = descent()
    scripts.map("load", [[specification(figure)]])
    for lr in (0.1, 0.9, 0.35):
        settings = {"w": -1.0, "lr": lr, "k": float(k)}
        state = State(figure.tape, settings, figure.iteration)
        found = scripts.map("evaluated", [[settings]])[0]
        expected = state.quantities()
        assert expected.keys() <= found["values"].keys()
        for name, value in expected.items():
            theirs = found["values"][name]
            if np.isfinite(value):
                assert theirs == pytest.approx(value, rel=1e-9, abs=1e-12), name
            else:
                assert theirs is None, name
        history = state.history()
        assert len(found["rows"]) == k + 1
        for name in ("w", "v", "loss", "w_next"):
            drawn = [np.nan if row[name] is None else row[name] for row in found["rows"]]
            finite = np.where(np.isfinite(history[name]), history[name], np.nan)
            assert np.allclose(drawn, finite, rtol=1e-9, atol=1e-12, equal_nan=True), name


# A clock that each replay moves by a millisecond, and work that is put off until it is asked for.
SLOW = """
globalThis.now = 0;
globalThis.performance = { now: () => (now += 16) };
globalThis.late = [];
globalThis.setTimeout = (action) => { late.push(action); };
globalThis.begin = (spec) => {
  figureModel(spec);
  const plot = spec.views[0];
  const replay = figureModel(spec).field(plot.fields[0], plot.axes);
  globalThis.shown = [];
  globalThis.show = (settings) => {
    const before = runs;
    replay(settings, (values, columns) => shown.push([settings.w, columns, values.length]));
    return runs - before;
  };
  globalThis.ring = () => { const before = runs; late.splice(0).forEach((action) => action()); return runs - before; };
};
0;
"""


def test_no_frame_waits_for_a_field(scripts: Scripts) -> None:
    """A slow field comes coarse at once, and fine in slices; of two settings the latest wins."""
    plot = livetext.Plot("*v*", "*α*", (-2, 2), (0, 1))
    plot.field("v", "lr", "loss", (0, 4))
    figure = livetext.LiveFigure(
        ad.trace(descending, w=-1.0, v=0.5, lr=0.1),
        [livetext.Slider("w", "*w*", -2, 2, 0.1)],
        [plot],
        name="field",
        alt="A field",
        caption="A field.",
    )
    scripts.v8.eval(SLOW)
    scripts.map("begin", [[specification(figure)]])
    fine, coarse, slice_ = 48 * 32, 12 * 8, 16
    assert scripts.map("show", [[{"w": 1.0}]]) == [slice_ + coarse]
    assert scripts.eval("shown") == [[1.0, 12, coarse]]
    assert scripts.map("ring", [[]]) == [slice_]
    assert scripts.map("show", [[{"w": 2.0}]]) == [slice_ + coarse]
    total = slice_
    while scripts.eval("late.length"):
        (ran,) = scripts.map("ring", [[]])
        assert ran <= slice_
        total += ran
    assert total == fine
    assert scripts.eval("shown") == [[1.0, 12, coarse], [2.0, 12, coarse], [2.0, 48, fine]]
    # What the field does not depend on, its own inputs among them, costs nothing.
    assert scripts.map("show", [[{"w": 2.0, "v": 1.0, "lr": 0.5}]]) == [0]
