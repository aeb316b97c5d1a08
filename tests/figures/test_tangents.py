"""A drawn tangent touches its curve, in every figure of the book, wherever its sliders stand.

The slope that a tangent takes from the tape is compared with the curve itself: the central difference of
two sweeps of the curve's own input, all else as set.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import livetext
from backprop import autodiff as ad
from livetext.state import State
from support.stored_figures import FIGURES, SETTINGS, parts, states

Artist = dict[str, Any]

# A line by design through two points of the curve.
SECANTS = {("basics-nudge", "ratio"): (("w", "loss"), ("w_new", "loss_new"))}

# Where a picture is moved, so that a point of its curve is the origin: the curve that the tangent there touches.
MOVED = {("basics-nudge", "origin"): ("beside", "beside_loss")}

# Central differences in float64 with this step have some ten right digits, away from kinks.
STEP = 1e-5
RELATIVE, ABSOLUTE = 1e-6, 1e-8


def tangents(name: str, html: str) -> Iterator[tuple[Artist, Artist]]:
    """Each tangent of a figure with the curve that it touches."""
    for view in parts(html)[1]["views"]:
        artists = view.get("artists", ())
        for tangent in (artist for artist in artists if artist["points"] == "tangent"):
            ends = MOVED.get(
                (name, tangent["x"]),
                (tangent["x"].removesuffix("_k"), tangent["y"].removesuffix("_k")),
            )
            (curve,) = [a for a in artists if a["points"] == "curve" and (a["x"], a["y"]) == ends]
            yield tangent, curve


def differences(state: State, tangent: Artist, curve: Artist) -> tuple[float, float]:
    """How steep the curve is on the left of the tangent's point, and on its right."""
    swept = curve["input"]
    at = state.quantities()[tangent["x"] if swept == curve["x"] else swept]
    step = STEP * max(1.0, abs(at))
    rows = state.sweep(swept, np.array([at - step, at, at + step]))
    left, right = np.diff(rows[curve["y"]]) / np.diff(rows[curve["x"]])
    return float(left), float(right)


def check(name: str, html: str) -> int:
    """Every tangent touches its curve; returns how often one was compared."""
    compared = 0
    for tangent, curve in tangents(name, html):
        for state in states(html):
            values = state.quantities()
            slope = values[tangent["slope"]]
            if ends := SECANTS.get((name, tangent["slope"])):
                (x, y), (x_new, y_new) = ([values[end] for end in point] for point in ends)
                expected = (y_new - y) / (x_new - x)
            else:
                left, right = differences(state, tangent, curve)
                if not np.isclose(left, right, rtol=1e-2, atol=1e-2):  # a kink, or out of bounds
                    continue
                expected = (left + right) / 2
            compared += 1
            size = max(1.0, abs(values[tangent["y"]]))
            assert slope == pytest.approx(expected, rel=RELATIVE, abs=ABSOLUTE * size), (
                f"{name}, {tangent['slope']} at {state.settings}"
            )
    return compared


DRAWN = {name: len([*tangents(name, html)]) for name, html in FIGURES.items()}


@pytest.mark.parametrize("name", [name for name, count in DRAWN.items() if count])
def test_tangents_touch_their_curves(name: str) -> None:
    assert check(name, FIGURES[name]) > SETTINGS * DRAWN[name]


def test_there_are_tangents() -> None:
    assert sum(DRAWN.values()) >= 6
    assert {name for name, _ in SECANTS} <= {name for name, count in DRAWN.items() if count}


def example(slope: str) -> str:
    """A bowl with the tangent of this slope, of which delta is right where ``x`` is one."""

    def neuron(w: ad.Var, x: ad.Var) -> dict[str, ad.Var]:
        z = w * x
        loss = z**2
        delta, dw = ad.grad(loss, [z, w])
        return {"loss": loss, "delta": delta, "dw": dw}

    plot = livetext.Plot("*w*", "*L*", (-2, 2), (-1, 4))
    plot.curve("w", "loss")
    plot.tangent("w", "loss", slope=slope)
    sliders = [livetext.Slider(name, f"*{name}*", -2, 2, 0.5) for name in ("w", "x")]
    tape = ad.trace(neuron, w=0.5, x=1.0)
    words = {"alt": "A bowl.", "caption": "A bowl."}
    return livetext.LiveFigure(tape, sliders, [plot], name="example", **words).html


def test_tangent_of_another_slope_is_found() -> None:
    assert check("example", example("dw")) > SETTINGS
    with pytest.raises(AssertionError, match="example, delta"):
        check("example", example("delta"))
