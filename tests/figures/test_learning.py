"""The network that learns in the reader's hand: the page's training is the library's, from the same start."""

from __future__ import annotations

import gzip
import hashlib
import itertools
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

import backprop as bp
from backprop import autodiff as ad
from backprop_book.figures import _learner as learner
from backprop_book.figures import training
from livetext import page_script
from livetext.figures.plane import border_path
from support.page_scripts import Scripts, page_scripts
from support.stored_figures import parts

LOAD = """
globalThis.load = (spec) => { globalThis.model = figureModel(spec); };
globalThis.losses = (settings) => model.evaluate(settings).rows.map((row) => row.loss);
globalThis.bothLosses = (settings) => {
  const { rows } = model.evaluate(settings);
  return ["loss", "loss_other"].map((name) => rows.map((row) => row[name]));
};
globalThis.evaluated = (settings) => {
  const { values, arrays } = model.evaluate(settings);
  return { ...values, now: [...arrays.now], now_other: [...arrays.now_other], dp: [...arrays.dp], dp_i: [...arrays.dp_i] };
};
globalThis.walked = (settings) => {
  const { values, arrays } = model.evaluate(settings);
  const lists = Object.entries(arrays).filter(([name]) => name.endsWith("_i"));
  return { ...values, ...Object.fromEntries(lists.map(([name, list]) => [name, [...list]])) };
};
globalThis.nextStage = nextStage;
globalThis.read = (settings) => model.evaluate(settings).values;
globalThis.plane = plane;
globalThis.border = (logits, across, up) => plane.borderPath(logits, across, up);
0;
"""
OPTIMIZERS: list[Any] = [bp.SGD, bp.Momentum, bp.Adam]


@pytest.fixture(scope="module")
def scripts() -> Iterator[Scripts]:
    with page_scripts() as loaded:
        names = ("primitives", "tape", "model", "field", "added", "plane", "wires", "pixels")
        loaded.v8.eval(page_script._joined("js", names, ".js") + LOAD)
        yield loaded


@cache
def spec() -> dict[str, Any]:
    """The learning figure's; it takes a second to make."""
    made: dict[str, Any] = parts(training.moons().html)[1]
    return made


@pytest.fixture
def moons(scripts: Scripts) -> Scripts:
    scripts.map("load", [[spec()]])
    return scripts


def start() -> dict[str, Any]:
    return dict(spec()["start"])


def examples(settings: dict[str, Any]) -> tuple[Any, Any]:
    """Those of the data set, one of them moved, and those of the reader's own that are there."""
    sets, data = learner.data_sets(), int(settings["data"])
    x, y = sets[data] if data < len(sets) else (np.zeros((2, 0)), np.zeros((1, 0)))
    slots = range(learner.ADDED)
    mine = np.array([[settings[f"{name}[{j}]"] for j in slots] for name in ("own1", "own2")])
    kinds = np.array([settings[f"own[{j}]"] for j in slots])
    places = [*range(x.shape[1]), *(learner.EXAMPLES + j for j in slots if kinds[j])]
    x = np.concatenate([x, mine[:, kinds > 0]], axis=1)
    y = np.concatenate([y, (kinds[None, kinds > 0] == 2) * 1.0], axis=1)
    moved = np.equal(places, settings["i"] - 1)
    return x + moved * [[settings["shift1"]], [settings["shift2"]]], y


def trained(settings: dict[str, Any], steps: int) -> tuple[list[float], bp.Network]:
    """The losses before each update and after the last, by the library alone."""
    x, y = examples(settings)
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
def test_training_is_the_librarys(moons: Scripts, optimizer: int) -> None:
    """At the opening settings, and with each optimizer at the rate that it begins with: 400 updates."""
    settings = start() | {"k": 400, "optimizer": optimizer, "lr": learner.RATES[optimizer]}
    (found,) = moons.map("losses", [[settings]])
    expected, net = trained(settings, 400)
    for k in (0, 1, 10, 100, 400):
        assert found[k] == pytest.approx(expected[k], rel=1e-9), k
    (state,) = moons.map("evaluated", [[settings]])
    assert state["loss_k"] == pytest.approx(expected[400], rel=1e-9)
    assert np.allclose(state["now"], learner.packed(net), rtol=1e-8, atol=1e-10)


def test_opening_losses(moons: Scripts) -> None:
    (found,) = moons.map("losses", [[start() | {"k": 400}]])
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


def test_every_combination_of_controls_for_ten_updates(moons: Scripts) -> None:
    """Another seed, another moved example and another rate with each."""
    assert len(COMBINATIONS) == 180
    rng = np.random.default_rng(0)
    every = [
        start()
        | {
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
        for data, size, activation, optimizer in COMBINATIONS
    ]
    for settings, found in zip(every, moons.map("losses", [[each] for each in every]), strict=True):
        assert found == pytest.approx(trained(settings, 10)[0], rel=1e-9), settings


@pytest.mark.parametrize("data", range(5))
def test_training_with_examples_of_ones_own(moons: Scripts, data: int) -> None:
    """Some there and some not, between each other, one of them moved; the fifth data set has none but these."""
    rng = np.random.default_rng(data)
    for count in (1, 7, learner.ADDED):
        settings = start() | {"data": data, "size": int(rng.integers(5)), "optimizer": count % 3}
        settings |= {"lr": learner.RATES[count % 3], "k": 10, "shift1": 0.3}
        slots = rng.permutation(learner.ADDED)[:count]
        for j in slots:
            place = {f"own1[{j}]": rng.uniform(-1.3, 2.3), f"own2[{j}]": rng.uniform(-1.2, 1.7)}
            settings |= place | {f"own[{j}]": int(rng.integers(1, 3))}
        settings["i"] = learner.EXAMPLES + 1 + int(slots[0])
        (found,) = moons.map("losses", [[settings]])
        assert found == pytest.approx(trained(settings, 10)[0], rel=1e-9), settings
        (state,) = moons.map("read", [[settings]])
        x, y = examples(settings)
        net = trained(settings, 10)[1]
        assert state["N_k"] == x.shape[1]
        assert state["right_k"] == ((net.forward(x).output > 0.5) == y).sum()


@pytest.mark.parametrize("optimizer", range(3))
def test_second_start_learns_beside_the_first(moons: Scripts, optimizer: int) -> None:
    """Each as if it were alone; with none chosen, the second loss is the first."""
    settings = start() | {"optimizer": optimizer, "lr": learner.RATES[optimizer], "size": 3}
    settings |= {"data": 2, "k": 15, "seed": 1, "own1[0]": 0.5, "own[0]": 1}
    both = moons.map("bothLosses", [[settings | {"other": 4}]])[0]
    for found, seed in zip(both, (1, 3), strict=True):
        expected, net = trained(settings | {"seed": seed}, 15)
        assert found == pytest.approx(expected, rel=1e-9)
    (state,) = moons.map("evaluated", [[settings | {"other": 4}]])
    assert np.allclose(state["now_other"], learner.packed(net), rtol=1e-8, atol=1e-10)
    x, y = examples(settings)
    assert state["right_other_k"] == ((net.forward(x).output > 0.5) == y).sum()
    one, other = moons.map("bothLosses", [[settings]])[0]
    assert one == other == both[0]


def test_nothing_is_learnt_from_no_example(moons: Scripts) -> None:
    (state,) = moons.map("evaluated", [[start() | {"data": 4, "k": 3}]])
    assert (state["N_k"], state["loss_k"], state["loss_i_k"]) == (0, 0, 0)
    assert not any([*state["dp"], *state["dp_i"]])


def test_gradients_of_the_batch_and_of_one_example(moons: Scripts) -> None:
    """After some updates: the mean of all examples' gradients, and the ringed one's own."""
    settings = start() | {"k": 30, "i": 7, "wire": 5}
    _, net = trained(settings, 30)
    x, y = learner.data_sets()[0]
    (state,) = moons.map("evaluated", [[settings]])
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


@pytest.mark.parametrize("optimizer", range(3))
def test_one_adjustment_as_its_lines_say(moons: Scripts, optimizer: int) -> None:
    """The picked weight after the next update is the library's, and what the worked line makes of its numbers."""
    settings = start() | {"optimizer": optimizer, "lr": learner.RATES[optimizer], "k": 20}
    _, after = trained(settings, 21)
    place = 5
    (found,) = moons.map("read", [[settings | {"wire": place}]])
    values = {name.removesuffix("_k"): value for name, value in found.items() if "_k" in name}
    w, lr = values["w"], settings["lr"]
    assert values["w_next"] == pytest.approx(learner.packed(after)[place], rel=1e-9)
    steps = [values["dw"], values["m_w_next"], values["m_hat"] / values["v_root"]]
    assert values["w_next"] == pytest.approx(w - lr * steps[optimizer], rel=1e-12)
    if optimizer == 1:
        velocity = learner.BETA * values["m_w"] + values["dw"]
        assert values["m_w_next"] == pytest.approx(velocity, rel=1e-12)
    if optimizer == 2:
        mean = learner.BETA * values["m_w"] + (1 - learner.BETA) * values["dw"]
        assert values["m_hat"] == pytest.approx(mean / (1 - learner.BETA**21), rel=1e-12)


@pytest.mark.parametrize("activation", range(3))
@pytest.mark.parametrize("size", range(5))
def test_walk_of_one_example(moons: Scripts, size: int, activation: int) -> None:
    """What each unit answers, and its error, are the library's of this example alone."""
    settings = start() | {"size": size, "activation": activation, "i": 7, "shift1": 0.4, "k": 5}
    _, net = trained(settings, 5)
    x, y = (array[:, 6:7] for array in examples(settings))
    run = net.forward(x)
    grads = net.backward(run, y)
    (state,) = moons.map("walked", [[settings]])
    layers = learner.networks()[size].layers
    for k, (layer, a) in enumerate(zip(layers, run.a, strict=True)):
        sent = state[f"{'xaaa'[layer]}{layer or ''}_i"]
        assert sent[: len(a)] == pytest.approx(a[:, 0], rel=1e-9)
        assert not any(sent[len(a) :])
        if k:
            felt = state[f"d{layer}_i"]
            assert felt[: len(a)] == pytest.approx(grads.delta[k - 1][:, 0], rel=1e-9, abs=1e-15)
            assert not any(felt[len(a) :])
    z, a = float(run.z[-1][0, 0]), float(run.output[0, 0])
    assert [state[f"{name}_i_k"] for name in ("y", "z", "a", "delta")] == pytest.approx(
        [float(y[0, 0]), z, a, a - float(y[0, 0])], rel=1e-9
    )


def test_stages_of_a_walk(scripts: Scripts) -> None:
    """Forward and back through the layers that there are; behind the last stage it is over, before the first too."""
    walk = {"forward": list("xabc"), "back": list("def")}
    for layers, expected in (([0, 1, 3], [1, 2, 4, 5, 7, 0]), ([0, 1, 2, 3], [*range(1, 8), 0])):
        for way, stages in ((1, expected), (-1, [*expected[-2::-1], 0])):
            stage, seen = 0, []
            for _ in expected:
                (stage,) = scripts.map("nextStage", [[stage, way, walk, layers]])
                seen.append(stage)
            assert seen == stages


def test_divergence_is_shown_as_such(moons: Scripts) -> None:
    """A ReLU network with a large rate and momentum on a moved point leaves the numbers, or does not, as the library's."""
    settings = start() | {"activation": 2, "optimizer": 1, "lr": 3.0, "k": 10}
    (found,) = moons.map("losses", [[settings]])
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


def test_what_the_chapter_says_of_other_settings() -> None:
    """After 400 updates: two units are too few, one start has not arrived, and Adam alone gets round the spirals."""

    def run(**changed: Any) -> tuple[float, float]:
        settings = start() | changed
        losses, net = trained(settings, 400)
        x, y = examples(settings)
        return losses[-1], float(((net.forward(x).output > 0.5) == y).mean())

    adam = {"optimizer": 2, "lr": learner.RATES[2]}
    momentum = {"optimizer": 1, "lr": learner.RATES[1]}
    for way in ({}, momentum, adam):
        assert max(run(size=0, **way)[1], run(size=0, data=1, **way)[1]) <= 0.9
    losses = [run(seed=seed)[0] for seed in range(learner.SEEDS)]
    assert losses[-1] > 0.17 and max(losses[:-1]) < 0.1
    away = {"shift1": 0.42, "shift2": -0.62}
    assert (run(**away)[1], run(**away, **adam)[1]) == (0.99, 1.0)
    assert (
        max(run(data=3, size=size, **way)[1] for size in range(5) for way in ({}, momentum)) < 0.7
    )
    assert run(data=3, **adam)[1] > 0.9
    assert run(data=3, size=4, **adam)[1] == 1.0


# ---------------------------------------------------------------------------------------------
# The network that reads digits.

WEIGHTS = "7c73f006e0d8259334ea4f371311aa5decf75f88d4dfd77949f1a57306a3c381"


def test_digits_are_read_with_the_chapters_weights(scripts: Scripts) -> None:
    """Rounded as the page carries them: no answer to a test image changes; and the page computes what they say."""
    net = learner.trained_on_digits()
    light = learner.rounded(net)
    numbers = [np.concatenate([layer.W.ravel(), layer.b]) for layer in light.layers]
    assert hashlib.sha256(b"".join(n.tobytes() for n in numbers)).hexdigest() == WEIGHTS
    (_, _), _, (x, y) = bp.data.digits()
    said = light.forward(x).output
    assert (said.argmax(axis=0) == net.forward(x).output.argmax(axis=0)).all()
    assert (said.argmax(axis=0) == y.argmax(axis=0)).sum() == 294
    figure = training.digit(net)
    _, spec = parts(figure.html)
    assert len(gzip.compress(figure.html.encode())) < 40_000
    scripts.map("load", [[spec]])
    for image in range(0, 300, 30):
        drawn = {f"x[{i}]": float(ink) for i, ink in enumerate(x[:, image])}
        (state,) = scripts.map("read", [[dict(spec["start"]) | drawn]])
        assert [state[f"a[{k}]"] for k in range(10)] == pytest.approx(said[:, image], rel=1e-12)
        assert state["answer"] == said[:, image].argmax()


@pytest.mark.parametrize("of", range(11))
def test_squares_are_the_gradient_of_a_logit(of: int) -> None:
    """By the complex step through the library's layers; 0 asks for the answer's own logit."""
    net = learner.rounded(learner.trained_on_digits())
    tape = learner.reading(net)
    found = tape.run(of=float(of))
    x = tape.inputs["x"]
    first, second = net.layers
    on = (first.W @ x + first.b > 0) * 1.0
    asked = int(found["answer"]) if of == 0 else of - 1
    steps = x[:, None] + 1e-30j * np.eye(64)
    hidden = on[:, None] * (first.W @ steps + first.b[:, None])
    logits = second.W @ hidden + second.b[:, None]
    assert np.allclose(found["dx"], logits[asked].imag / 1e-30, rtol=1e-12)


def test_pen_leaves_ink_and_the_eraser_takes_it(scripts: Scripts) -> None:
    """Nearer cells get more; what has more already keeps it; a stroke is one, however long its pieces are."""
    paper = [0.0] * 64
    (line,) = scripts.map("plane.stroked", [[paper, 8, [1.5, 3.5], [6.5, 3.5], False]])
    rows = np.reshape(line, (8, 8))
    assert (rows[3, 1:7] == 1).all() and (rows[[0, 1, 5, 6, 7]] == 0).all()
    assert 0 < rows[2, 3] == rows[4, 3] < 0.5
    assert (rows * 16 == (rows * 16).round()).all()
    (again,) = scripts.map("plane.stroked", [[line, 8, [1.5, 3.5], [1.5, 3.5], False]])
    assert again == line
    (gone,) = scripts.map("plane.stroked", [[line, 8, [1.5, 3.5], [6.5, 3.5], True]])
    assert np.reshape(gone, (8, 8))[3].max() == 0 or max(gone) < 0.5
    halves = paper
    for piece in ([[1.5, 3.5], [4.0, 3.5]], [[4.0, 3.5], [6.5, 3.5]]):
        (halves,) = scripts.map("plane.stroked", [[halves, 8, *piece, False]])
    assert halves == line
