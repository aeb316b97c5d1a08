"""The network that learns in the reader's hand: the page's training is the library's, from the same start."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import backprop as bp
from backprop import autodiff as ad
from backprop_book.figures import _learner as learner
from backprop_book.figures import learning
from livetext import page_script
from livetext.figures.plane import border_path
from support.page_scripts import Scripts, page_scripts
from support.stored_figures import parts

LOAD = """
globalThis.load = (spec) => { globalThis.model = figureModel(spec); };
globalThis.losses = (settings) => model.evaluate(settings).rows.map((row) => row.loss);
globalThis.evaluated = (settings) => {
  const { values, arrays } = model.evaluate(settings);
  return { ...values, now: [...arrays.now], dp: [...arrays.dp], dp_i: [...arrays.dp_i] };
};
globalThis.border = (logits, across, up) => plane.borderPath(logits, across, up);
0;
"""
OPTIMIZERS: list[Any] = [bp.SGD, bp.Momentum, bp.Adam]


@pytest.fixture(scope="module")
def scripts() -> Iterator[Scripts]:
    with page_scripts() as loaded:
        names = ("primitives", "tape", "model", "field", "plane", "wires")
        loaded.v8.eval(page_script._joined("js", names, ".js") + LOAD)
        loaded.map("load", [[parts(learning.moons().html)[1]]])
        yield loaded


def start() -> dict[str, Any]:
    return dict(parts(learning.moons().html)[1]["start"])


def trained(settings: dict[str, Any], steps: int) -> tuple[list[float], bp.Network]:
    """The losses before each update and after the last, by the library alone."""
    x, y = learner.data_sets()[int(settings["data"])]
    x = x.copy()
    x[:, int(settings["i"]) - 1] += settings["shift1"], settings["shift2"]
    hidden = learner.HIDDEN[int(settings["size"])]
    activation = learner.ACTIVATIONS[int(settings["activation"])]
    net = learner.library_network(hidden, activation, int(settings["seed"]))
    optimizer = OPTIMIZERS[int(settings["optimizer"])](settings["lr"])
    losses = []
    for _ in range(steps):
        run = net.forward(x)
        losses.append(net.loss(x, y))
        optimizer.step(net, net.backward(run, y))
    return [*losses, net.loss(x, y)], net


@pytest.mark.parametrize("optimizer", range(3))
def test_training_is_the_librarys(scripts: Scripts, optimizer: int) -> None:
    """At the opening settings, and with each optimizer at the rate that it begins with: 400 updates."""
    settings = start() | {"k": 400, "optimizer": optimizer, "lr": learner.RATES[optimizer]}
    (found,) = scripts.map("losses", [[settings]])
    expected, net = trained(settings, 400)
    for k in (0, 1, 10, 100, 400):
        assert found[k] == pytest.approx(expected[k], rel=1e-9), k
    (state,) = scripts.map("evaluated", [[settings]])
    assert state["loss_k"] == pytest.approx(expected[400], rel=1e-9)
    assert np.allclose(state["now"], learner.packed(net), rtol=1e-8, atol=1e-10)


def test_opening_losses(scripts: Scripts) -> None:
    (found,) = scripts.map("losses", [[start() | {"k": 400}]])
    at = {
        0: 0.71063,
        1: 0.60891,
        10: 0.36135,
        50: 0.25422,
        100: 0.24171,
        200: 0.12961,
        400: 0.03343,
    }
    assert {k: round(found[k], 5) for k in at} == at


COMBINATIONS = [*itertools.product(range(4), range(5), range(3), range(3))]


def test_every_combination_of_controls_for_ten_updates(scripts: Scripts) -> None:
    """Another seed, another moved example and another rate with each."""
    assert len(COMBINATIONS) == 180
    rng = np.random.default_rng(0)
    for data, size, activation, optimizer in COMBINATIONS:
        settings = start() | {
            "data": data,
            "size": size,
            "activation": activation,
            "optimizer": optimizer,
            "seed": int(rng.integers(learner.SEEDS)),
            "i": int(rng.integers(1, 101)),
            "shift1": round(float(rng.uniform(-2, 2)), 2),
            "shift2": round(float(rng.uniform(-2, 2)), 2),
            "lr": learner.RATES[optimizer] * float(rng.choice([0.1, 0.5, 1.0])),
            "k": 10,
        }
        (found,) = scripts.map("losses", [[settings]])
        assert found == pytest.approx(trained(settings, 10)[0], rel=1e-9), settings


def test_gradients_of_the_batch_and_of_one_example(scripts: Scripts) -> None:
    """After some updates: the mean of all examples' gradients, and the ringed one's own."""
    settings = start() | {"k": 30, "i": 7, "wire": 5}
    _, net = trained(settings, 30)
    x, y = learner.data_sets()[0]
    (state,) = scripts.map("evaluated", [[settings]])
    for name, columns in (("dp", slice(None)), ("dp_i", slice(6, 7))):
        grads = net.backward(net.forward(x[:, columns]), y[:, columns])
        layers = [bp.Dense(W, b, "identity") for W, b in zip(grads.W, grads.b, strict=True)]
        expected = learner.packed(bp.Network(layers, loss="half_squared_error"))
        assert np.allclose(state[name], expected, rtol=1e-10, atol=1e-12), name
    assert (state["w_k"], state["dw_k"], state["dw_i_k"]) == (
        state["now"][5],
        state["dp"][5],
        state["dp_i"][5],
    )


def test_divergence_is_shown_as_such(scripts: Scripts) -> None:
    """A ReLU network with a large rate and momentum on a moved point leaves the numbers, or does not, as the library's."""
    settings = start() | {"activation": 2, "optimizer": 1, "lr": 3.0, "k": 10}
    (found,) = scripts.map("losses", [[settings]])
    assert found == pytest.approx(trained(settings, 10)[0], rel=1e-6)


def test_border_is_drawn_alike(scripts: Scripts) -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(6, 7))
    axes = {"x": (10.0, 5.0), "y": (-8.0, 60.0)}
    across, up = np.linspace(0, 1, 7), np.linspace(0, 1, 6)
    (found,) = scripts.map(
        "border",
        [[logits.ravel().tolist(), (10 * across + 5).tolist(), (60 - 8 * up).tolist()]],
    )
    assert found == border_path(logits, across, up, axes)
    assert found.count("M") > 20


def test_masks_leave_no_trace() -> None:
    """What a narrow network does not have stays zero; only a second layer that is there learns."""
    tape = ad.Tape.from_json(learner.tape().to_json())
    for size, hidden in enumerate(learner.HIDDEN):
        rows = tape.iterate({"p": "p_next", "m": "m_next", "t": "t_next"}, 3, size=float(size))
        net = learner.library_network(hidden, "tanh", 0)
        for _ in range(3):
            net.step(*learner.data_sets()[0], 1.0)
        assert np.allclose(rows["now"][3], learner.packed(net), atol=1e-12)
