"""The library agrees with PyTorch, whose values `data/make_pytorch_witness.py` stored."""

import json
from pathlib import Path

import numpy as np
import pytest

import backprop as bp

WITNESS = json.loads(
    Path(__file__).with_name("data").joinpath("pytorch_gradients.json").read_text()
)
ACTIVATIONS = {"identity", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "softmax"}
LOSSES = {"half_squared_error", "squared_error", "binary_cross_entropy", "cross_entropy"}


def agrees(ours, theirs):
    """Equal to 1e-12: both round in float64, and no value here is a long sum.

    The absolute 1e-15 is for entries that cancel to 0, which have no relative error.
    """
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-15)


def name(witness):
    kind = "vector" if np.ndim(witness["x"]) == 1 else "batch"
    return "-".join([*witness["activations"], witness["loss_function"], kind])


def test_the_witness_covers_every_activation_with_every_loss():
    seen = {(net["activations"][0], net["loss_function"]) for net in WITNESS["networks"]}
    assert seen == {(g, loss) for g in ACTIVATIONS for loss in LOSSES}
    assert {np.ndim(net["x"]) for net in WITNESS["networks"]} == {1, 2}


@pytest.mark.parametrize("witness", WITNESS["networks"], ids=name)
def test_a_network_agrees_with_pytorch(witness):
    layers = map(bp.Dense, witness["W"], witness["b"], witness["activations"])
    net = bp.Network(layers, loss=witness["loss_function"])
    run = net.forward(witness["x"])
    grads = net.backward(run, witness["y"])
    agrees(net.loss(witness["x"], witness["y"]), witness["loss"])
    for k in range(2):
        agrees(run.z[k], witness["z"][k])
        agrees(run.a[k + 1], witness["a"][k + 1])
        agrees(grads.delta[k], witness["delta"][k])
        agrees(grads.W[k], witness["dW"][k])
        agrees(grads.b[k], witness["db"][k])


@pytest.mark.parametrize("function", sorted(ACTIVATIONS - {"identity", "softmax"}))
def test_an_activation_and_its_derivative_agree_with_pytorch(function):
    g, witness = getattr(bp, function), WITNESS["scalar_functions"][function]
    assert 0.0 in witness["z"], "the convention at the kink must be compared too"
    agrees(g(witness["z"]), witness["value"])
    agrees(g.derivative(witness["z"]), witness["derivative"])
