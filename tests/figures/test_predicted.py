"""What figures of chapters 10 and 11 predict, and what they clip and count, by another way."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import backprop as bp
from backprop_book.figures import training
from support.stored_figures import FIGURES, parts, states


def at(figure: str, **settings: float) -> dict[str, Any]:
    start = next(states(FIGURES[figure]))
    return start.tape.run(**{**start.inputs(), **settings})


@pytest.mark.parametrize("lr", [0.005, 0.04, 1 / 9, 0.15])
@pytest.mark.parametrize("beta", [0.0, 0.3, 4 / 9, 0.7, 0.95])
def test_factor_of_the_ravine_is_what_a_long_path_loses(lr: float, beta: float) -> None:
    """By the powers of the matrix by which a step changes velocity and error, without its eigenvalues."""
    shown = at("training-ravine", lr=lr, beta=beta)
    for name, curvature in (("rate_x", 1.0), ("rate_y", 25.0)):
        step = np.array([[beta, curvature], [-lr * beta, 1 - lr * curvature]])
        left, then = (np.linalg.norm(np.linalg.matrix_power(step, k)) for k in (64, 128))
        rate = (then / left) ** (1 / 64) if left else 0.0
        assert shown[name] == pytest.approx(rate, rel=0.02)


def test_noise_of_minibatches_is_that_of_sampling_without_replacement() -> None:
    """The digits' own gradients: what is measured comes as near to the law as 200 draws allow, for every m."""
    for s in range(11):
        shown = at("training-noise", s=s)
        assert shown["m"] == 2**s
        assert shown["predicted"] == pytest.approx(shown["measured"], rel=0.03)
    # Of nearly all examples hardly any freedom is left; drawn with replacement there would be 0.118.
    assert at("training-noise", s=10)["predicted"] == pytest.approx(0.0449, rel=0.01)


@pytest.mark.parametrize("std", [0.1, 0.25, 0.6])
def test_predicted_share_of_a_layer(std: float) -> None:
    """The root of the mean square that W^T and the slopes leave, over many draws of wide layers."""
    rng = np.random.default_rng(0)
    W = std * rng.normal(size=(400, 16, 16))
    delta = rng.normal(size=(400, 16, 1))
    back = np.sqrt(np.mean((W.transpose(0, 2, 1) @ delta) ** 2) / np.mean(delta**2))
    z = rng.normal(size=(400, 16))
    kept = np.sqrt(np.mean(bp.relu.derivative(z) ** 2))
    for choice, share in enumerate(
        (1.0, bp.sigmoid.derivative(0.0), bp.tanh.derivative(0.0), kept)
    ):
        shown = at("misbehaving-depth", std=std, choice=choice)
        assert shown["predicted"] == pytest.approx(back * share, rel=0.03)


@pytest.mark.parametrize(
    "gradient", [(3.0, 0.6), (-4.0, 1.0), (0.4, -0.2), (0.8, 0.8), (0.0, -2.0)]
)
def test_clipped_gradients(gradient: tuple[float, float]) -> None:
    """By norm the direction stays and a short one is left alone; by value, NumPy's clip."""
    g = np.array(gradient)
    shown = at("misbehaving-clip", g1=g[0], g2=g[1])
    norm, value = (np.array([shown[f"{by}{k}"] for k in (1, 2)]) for by in ("norm", "value"))
    length = np.hypot(*g)
    assert norm == pytest.approx(g if length < 1 else g / length)
    assert value == pytest.approx(np.clip(g, -1, 1))
    assert shown["cosine"] == pytest.approx(value @ g / np.hypot(*value) / length)


def test_what_has_no_direction_is_not_turned() -> None:
    assert at("misbehaving-clip", g1=0.0, g2=0.0)["cosine"] == 1


def test_lines_of_two_losses_are_drawn_as_the_words_say() -> None:
    """In the worked lines of both figures the training loss is solid, the validation loss dashed."""
    words = {words: quantity for words, quantity in training.READING if "loss (" in words}
    assert words == {
        "Training loss (solid)": "{loss:4}",
        "Validation loss (dashed)": "{loss_val:4}",
    }
    row = (0.5, 0.6, 0.7)
    for figure in (
        training.rates({k / 10: [row] * 11 for k in range(1, 4)}),
        training.heart({k / 10: [row] * 11 for k in range(3)}, range(1, 12)),
    ):
        markup, spec = parts(figure.html)
        for k, artist in enumerate(spec["views"][0]["artists"]):
            if artist["draw"] == "line":
                drawn = re.search(rf'data-artist="{k}".*?</g>', markup, flags=re.S)
                assert drawn, k
                dashed = "stroke-dasharray" in drawn[0]
                assert (artist["y"][0], dashed) in {("losses[0]", False), ("losses_val[0]", True)}


def test_a_row_of_the_confusion_matrix_is_what_the_image_is() -> None:
    """Each number stands in the column of the answer and, from the top, in the row of the truth."""
    _, spec = parts(FIGURES["training-wrong"])
    numbers = [a for a in spec["views"][0]["artists"] if a.get("pick")]
    assert len(numbers) == 16
    for number in numbers:
        ((name, cell),) = number["pick"]
        shown = at("training-wrong", **{name: float(cell)})
        assert number["x"] == [shown["answer"]]
        assert number["y"] == pytest.approx([8.9 - shown["truth"]])
