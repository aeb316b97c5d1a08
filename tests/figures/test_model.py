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
        loaded.v8.eval(page_script._joined("js", ("primitives", "tape", "model"), ".js") + COUNTED)
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
    """Beside two for all that is shown, before the updates and after them."""
    scripts.map("load", [[specification(descent())]])
    start = {"w": -1.0, "lr": 0.1}
    cost = {
        step: scripts.map("evaluated", [[start | {"k": step[1]}]])[0]["runs"]
        for step in [("to", 0), ("to", 100), ("on", 101), ("back", 81), ("again", 101)]
    }
    assert cost == {
        ("to", 0): 1 + 1,
        ("to", 100): 2 + 100,
        ("on", 101): 2 + 1,
        ("back", 81): 2,
        ("again", 101): 2,
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
