"""One network, three witnesses: the hand-written gradient, the recorded one, and differences.

The network of this file is written a second time, with Vars, from the formulas alone. PyTorch's
stored values judge it too.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import backprop as bp
from backprop import autodiff as ad

pytestmark = pytest.mark.filterwarnings("error")

ACTIVATIONS: dict[str, Callable[[ad.Var], ad.Var]] = {
    "identity": lambda z: z,
    "sigmoid": ad.sigmoid,
    "tanh": ad.tanh,
    "relu": ad.relu,
    "leaky_relu": ad.leaky_relu,
    "softplus": ad.softplus,
    "softmax": ad.softmax,
}
KINKED = {"relu", "leaky_relu"}


def examples(y: np.ndarray) -> int:
    return y.shape[1] if y.ndim == 2 else 1


LOSSES: dict[str, Callable[[ad.Var, np.ndarray], ad.Var]] = {
    "half_squared_error": lambda p, y: ad.sum((p - y) ** 2) / (2 * examples(y)),
    "squared_error": lambda p, y: ad.sum((p - y) ** 2) / examples(y),
    "binary_cross_entropy": lambda p, y: (
        -ad.sum(y * ad.log(p) + (1 - y) * ad.log(1 - p)) / examples(y)
    ),
    "cross_entropy": lambda p, y: -ad.sum(y * ad.log(p)) / examples(y),
}
FROM_LOGITS: dict[tuple[str, str], Callable[[ad.Var, np.ndarray], ad.Var]] = {
    ("sigmoid", "binary_cross_entropy"): lambda z, y: ad.sum(ad.softplus(z) - y * z) / examples(y),
    ("softmax", "cross_entropy"): lambda z, y: (
        (ad.sum(ad.logsumexp(z)) - ad.sum(y * z)) / examples(y)
    ),
}


class Drawn(NamedTuple):
    """The numbers of a network and one batch."""

    activations: list[str]
    loss: str
    W: list[np.ndarray]
    b: list[np.ndarray]
    x: np.ndarray
    y: np.ndarray

    def network(self) -> bp.Network:
        layers = map(bp.Dense, self.W, self.b, self.activations)
        return bp.Network(layers, loss=self.loss)


@st.composite
def drawn_networks(draw: st.DrawFn) -> Drawn:
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    loss = draw(st.sampled_from(sorted(LOSSES)))
    hidden = draw(
        st.lists(st.sampled_from(sorted(ACTIVATIONS)), min_size=len(sizes) - 2, max_size=len(sizes) - 2)
    )  # fmt: skip
    # A cross-entropy needs probabilities; a softmax of one unit is 1, and log(1 - 1) is no loss.
    outputs = sorted(ACTIVATIONS)
    if "cross_entropy" in loss:
        outputs = ["sigmoid"] + ["softmax"] * (loss == "cross_entropy" or sizes[-1] > 1)
    output = draw(st.sampled_from(outputs))
    batch = draw(st.none() | st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    m = batch or 1
    x = rng.normal(size=(sizes[0], m))
    y = rng.normal(size=(sizes[-1], m))
    if loss == "binary_cross_entropy":
        y = rng.integers(0, 2, y.shape).astype(float)
    if loss == "cross_entropy":
        y = rng.dirichlet(np.ones(sizes[-1]), size=m).T
    if batch is None:
        x, y = x[:, 0], y[:, 0]
    pairs = list(zip(sizes[1:], sizes[:-1], strict=True))
    return Drawn(
        [*hidden, output],
        loss,
        [rng.normal(size=pair) / np.sqrt(pair[1]) for pair in pairs],  # keeps z near 1
        [rng.normal(size=n) for n, _ in pairs],
        x,
        y,
    )


class Recorded(NamedTuple):
    z: list[ad.Var]
    a: list[ad.Var]
    loss: ad.Var


def forward(drawn: Drawn, W: list[Any], b: list[Any], fused: bool = True) -> Recorded:
    """The forward pass, recorded: z = W a + b, a = g(z), layer by layer."""
    z: list[ad.Var] = []
    a: list[Any] = [drawn.x]
    for W_k, b_k, name in zip(W, b, drawn.activations, strict=True):
        shift = b_k if drawn.x.ndim == 1 else b_k.reshape((-1, 1))
        z.append(W_k @ a[-1] + shift)
        a.append(ACTIVATIONS[name](z[-1]))
    kind = (drawn.activations[-1], drawn.loss)
    if fused and kind in FROM_LOGITS:
        return Recorded(z, a, FROM_LOGITS[kind](z[-1], drawn.y))
    return Recorded(z, a, LOSSES[drawn.loss](a[-1], drawn.y))


def agrees(found: Any, expected: Any, digits_lost: float = 1.0) -> None:
    """Equal but for rounding.

    Both sum at most a hundred products, in different orders, in float64: a few hundred times
    2e-16 of the largest term. The terms of a sum that cancels are near 1, or tens at most.
    """
    np.testing.assert_allclose(found, expected, rtol=1e-11 * digits_lost, atol=1e-13 * digits_lost)


def digits_lost(drawn: Drawn, output: np.ndarray) -> float:
    """By what factor log p, log(1 - p), 1/p and 1/(1 - p) magnify the rounding of p."""
    if drawn.loss == "binary_cross_entropy":
        return float(np.max(1 / (output * (1 - output))))
    return float(np.max(1 / output)) if drawn.loss == "cross_entropy" else 1.0


@settings(max_examples=100)
@given(drawn_networks())
def test_by_hand_recorded_and_by_differences(drawn: Drawn) -> None:
    net = drawn.network()
    run = net.forward(drawn.x)
    grads = net.backward(run, drawn.y)

    W, b = [ad.var(w) for w in drawn.W], [ad.var(v) for v in drawn.b]
    recorded = forward(drawn, W, b)
    n = len(W)
    gradients = [g.value for g in ad.grad(recorded.loss, [*W, *b, *recorded.z])]

    lost = digits_lost(drawn, run.output)
    agrees(recorded.loss.value, net.loss(drawn.x, drawn.y), lost)
    for k in range(n):
        agrees(recorded.z[k].value, run.z[k])
        agrees(recorded.a[k + 1].value, run.a[k + 1])
        agrees(gradients[k], grads.W[k], lost)
        agrees(gradients[n + k], grads.b[k], lost)
        agrees(gradients[2 * n + k], grads.delta[k], lost)

    kinks = [run.z[k] for k, name in enumerate(drawn.activations) if name in KINKED]
    # Moving a weight by 2h = 2e-3 moves a later z by some 1e-2, so no kink is crossed beyond 0.1.
    if all(np.abs(z).min() > 0.1 for z in kinks):
        for k, layer in enumerate(net.layers):
            differenced(net, drawn, layer.W, grads.W[k])
            differenced(net, drawn, layer.b, grads.b[k])


def differenced(net: bp.Network, drawn: Drawn, weights: np.ndarray, gradient: np.ndarray) -> None:
    """Five-point differences, each weight moved in place; the error is near h^4 L⁽⁵⁾/30 + eps L/h."""
    h = 1e-3
    scale = max(1.0, net.loss(drawn.x, drawn.y))
    for i in np.ndindex(weights.shape):
        kept, losses = weights[i], []
        for move in (-2, -1, 1, 2):
            weights[i] = kept + move * h
            losses.append(net.loss(drawn.x, drawn.y))
        weights[i] = kept
        slope = (losses[0] - 8 * losses[1] + 8 * losses[2] - losses[3]) / (12 * h)
        assert abs(slope - gradient[i]) <= 1e-7 * abs(gradient[i]) + 1e-9 * scale


@settings(max_examples=30)
@given(drawn_networks())
def test_the_fused_losses_equal_the_plain_ones(drawn: Drawn) -> None:
    W, b = [ad.var(w) for w in drawn.W], [ad.var(v) for v in drawn.b]
    fused, plain = forward(drawn, W, b), forward(drawn, W, b, fused=False)
    lost = digits_lost(drawn, fused.a[-1].value)
    agrees(fused.loss.value, plain.loss.value, lost)
    for f, p in zip(ad.grad(fused.loss, W), ad.grad(plain.loss, W), strict=True):
        agrees(f.value, p.value, lost)


@settings(max_examples=30)
@given(drawn_networks(), st.floats(0.001, 0.1))
def test_a_traced_training_step_is_the_networks_step(drawn: Drawn, lr: float) -> None:
    n = len(drawn.W)

    def step(lr: ad.Var, **parameters: ad.Var) -> dict[str, ad.Var]:
        W, b = [parameters[f"W{k}"] for k in range(n)], [parameters[f"b{k}"] for k in range(n)]
        loss = forward(drawn, W, b).loss
        gradients = ad.grad(loss, [*W, *b])
        moved = {
            f"{name}_next": value - lr * gradient
            for (name, value), gradient in zip(parameters.items(), gradients, strict=True)
        }
        return {"loss": loss, **moved}

    start = {f"W{k}": W for k, W in enumerate(drawn.W)} | {
        f"b{k}": b for k, b in enumerate(drawn.b)
    }
    tape = ad.Tape.from_json(ad.trace(step, lr=lr, **start).to_json())
    history = tape.iterate({name: f"{name}_next" for name in start}, 3)
    net = drawn.network()
    for i in range(3):
        # Each step may magnify the rounding of the one before.
        lost = digits_lost(drawn, net.forward(drawn.x).output) * 10**i
        agrees(history["loss"][i], net.step(drawn.x, drawn.y, lr), lost)
        for k, layer in enumerate(net.layers):
            agrees(history[f"W{k}"][i + 1], layer.W, lost)
            agrees(history[f"b{k}"][i + 1], layer.b, lost)


def test_the_curvature_of_a_network_is_symmetric() -> None:
    rng = np.random.default_rng(5)
    drawn = Drawn(["tanh", "softmax"], "cross_entropy",
                  [rng.normal(size=(3, 2)), rng.normal(size=(2, 3))],
                  [rng.normal(size=3), rng.normal(size=2)],
                  rng.normal(size=(2, 4)), rng.dirichlet([1.0, 1.0], size=4).T)  # fmt: skip
    W, b = [ad.var(w) for w in drawn.W], [ad.var(v) for v in drawn.b]
    parameters = [*W, *b]
    gradients = ad.grad(forward(drawn, W, b).loss, parameters)
    hessian = np.array([
        np.concatenate([h.value.ravel() for h in ad.grad(gradient[i], parameters)])
        for gradient in gradients
        for i in np.ndindex(gradient.shape)
    ])  # fmt: skip
    assert hessian.shape == (17, 17)
    assert np.abs(hessian).max() > 0.01
    np.testing.assert_allclose(hessian, hessian.T, rtol=1e-11, atol=1e-14)


# PyTorch

WITNESS = json.loads(
    Path(__file__).with_name("data").joinpath("pytorch_gradients.json").read_text()
)


@pytest.mark.parametrize("name", sorted(WITNESS["scalar_functions"]))
def test_a_function_agrees_with_pytorch_to_second_order(name: str) -> None:
    witness = WITNESS["scalar_functions"][name]
    z = ad.var(witness["z"])
    value = getattr(ad, name)(z)
    (first,) = ad.grad(ad.sum(value), [z])
    (second,) = ad.grad(ad.sum(first), [z])
    for found, expected in [
        (value, witness["value"]),
        (first, witness["derivative"]),
        (second, witness["second_derivative"]),
    ]:
        # Both round in float64; sin(0) and such are compared absolutely.
        np.testing.assert_allclose(found.value, expected, rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize("witness", WITNESS["networks"], ids=lambda w: "-".join([*w["activations"], w["loss_function"]]))  # fmt: skip
def test_a_recorded_network_agrees_with_pytorch(witness: dict[str, Any]) -> None:
    W, b = [ad.var(w) for w in witness["W"]], [ad.var(v) for v in witness["b"]]
    drawn = Drawn(
        witness["activations"],
        witness["loss_function"],
        [w.value for w in W],
        [v.value for v in b],
        np.array(witness["x"]),
        np.array(witness["y"]),
    )
    recorded = forward(drawn, W, b)
    n = len(W)
    gradients = [g.value for g in ad.grad(recorded.loss, [*W, *b, *recorded.z])]
    agrees(recorded.loss.value, witness["loss"])
    for k in range(n):
        agrees(gradients[k], witness["dW"][k])
        agrees(gradients[n + k], witness["db"][k])
        agrees(gradients[2 * n + k], witness["delta"][k])
