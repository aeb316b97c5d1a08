"""The network: worked examples to every digit, independent witnesses, and what it refuses."""

import copy
import pickle
import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import backprop as bp
from backprop.activations import LeakyReLU
from backprop.network import Gradients

ACTIVATIONS = ["identity", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "softmax"]
OUTPUTS = {
    "half_squared_error": ACTIVATIONS,
    "squared_error": ACTIVATIONS,
    "binary_cross_entropy": ["sigmoid", "softmax"],
    "cross_entropy": ["softmax", "sigmoid"],
}


def one_unit(w, b, activation, loss):
    return bp.Network([bp.Dense([w], [b], activation)], loss=loss)


def weights(net):
    return [array.copy() for layer in net.layers for array in (layer.W, layer.b)]


def unchanged(net, before):
    return all(np.array_equal(a, b) for a, b in zip(weights(net), before, strict=True))


# --- the worked examples of the book


def test_the_sigmoid_neuron():
    """Three inputs, one sigmoid unit; the digits are from 40-digit arithmetic."""
    net = one_unit([0.2, 0.5, -0.1], 0.1, "sigmoid", "half_squared_error")
    run = net.forward([1.0, 2.0, 3.0])
    grads = net.backward(run, [1.0])
    delta = -0.0528770927842667215
    np.testing.assert_allclose(run.z[0], [1.0], rtol=1e-15)
    np.testing.assert_allclose(run.output, [0.731058578630004879], rtol=1e-15)
    np.testing.assert_allclose(net.loss([1, 2, 3], [1]), 0.0361647440642566366, rtol=1e-14)
    np.testing.assert_allclose(grads.W[0], [[delta, 2 * delta, 3 * delta]], rtol=1e-14)
    net.layers[0].b[0] -= 0.0  # writable in place
    net.update(grads, 0.01)
    moved = [[0.200528770927842667, 0.501057541855685334, -0.0984136872164719984]]
    np.testing.assert_allclose(net.layers[0].W, moved, rtol=1e-15)
    np.testing.assert_allclose(net.layers[0].b, [0.1 - 0.01 * delta], rtol=1e-15)


def test_one_layer():
    """w = 0.5, x = 1, y = 0: loss 0.25, gradient 1, and w moves to 0.4."""
    net = one_unit([0.5], 0.0, "identity", "squared_error")
    run = net.forward([1.0])
    grads = net.backward(run, [0.0])
    assert run.z[0] == run.output == 0.5
    assert net.loss([1.0], [0.0]) == 0.25
    assert grads.delta[0] == grads.W[0] == grads.b[0] == 1.0
    assert net.step([1.0], [0.0], lr=0.1) == 0.25, "the loss from before the update"
    assert net.layers[0].W == 0.4


def test_two_layers_with_relu():
    """x = 2, m1 = 3, m2 = 0.5: loss 2, gradients 12 and 2, and the step kills the unit."""
    first, second = bp.Dense([[3]], [0], "identity"), bp.Dense([[0.5]], [0], "relu")
    net = bp.Network([first, second], loss="half_squared_error")
    run = net.forward([2.0])
    grads = net.backward(run, [1.0])
    assert [a.item() for a in run.a] == [2.0, 6.0, 3.0]
    assert net.loss([2.0], [1.0]) == 2.0
    assert [delta.item() for delta in grads.delta] == [1.0, 2.0]
    assert [dW.item() for dW in grads.W] == [2.0, 12.0]
    first.b[:] = second.b[:] = 0.0
    net.update(grads, 0.1)
    first.b[:] = second.b[:] = 0.0  # the example has no biases
    assert first.W == 2.8
    np.testing.assert_allclose(second.W, -0.7, rtol=1e-15)
    dead = net.forward([2.0])
    np.testing.assert_allclose(dead.z[1], -3.92, rtol=1e-15)
    assert all(np.all(dW == 0.0) for dW in net.backward(dead, [1.0]).W)


def test_mazur_with_every_gradient_taken_before_any_weight_moves():
    """The 2-2-2 example; its published second error is the one where W2 moved too early."""
    first = bp.Dense([[0.15, 0.20], [0.25, 0.30]], [0.35, 0.35], "sigmoid")
    second = bp.Dense([[0.40, 0.45], [0.50, 0.55]], [0.60, 0.60], "sigmoid")
    net = bp.Network([first, second], loss="half_squared_error")
    x, y = np.array([0.05, 0.10]), np.array([0.01, 0.99])
    np.testing.assert_allclose(net.loss(x, y), 0.298371108760002689, rtol=1e-15)

    hasty = copy.deepcopy(net)
    net.step(x, y, lr=0.5)
    first.b, second.b = [0.35, 0.35], [0.60, 0.60]  # the example keeps its biases
    W1 = [
        [0.149780716132762827, 0.199561432265525653],
        [0.249751143632369570, 0.299502287264739140],
    ]
    W2 = [
        [0.358916479717884611, 0.408666186076233372],
        [0.511301270238737530, 0.561370121107989105],
    ]
    np.testing.assert_allclose(first.W, W1, rtol=1e-15)
    np.testing.assert_allclose(second.W, W2, rtol=1e-15)
    np.testing.assert_allclose(net.loss(x, y), 0.291027773693599351, rtol=1e-15)

    run = hasty.forward(x)
    delta = hasty.backward(run, y).delta[1]
    hasty.layers[1].W = W2
    hasty.layers[0].W -= 0.5 * np.outer(first.activation.vjp(run.z[0], np.transpose(W2) @ delta), x)
    np.testing.assert_allclose(hasty.loss(x, y), 0.291027923905441870, rtol=1e-15)


def test_ten_units_to_ten_units():
    """dL/dw_ij = delta_i a_j: in a square layer only the numbers show who is transposed."""
    rng = np.random.default_rng(0)
    net = bp.Network(
        [bp.Dense(rng.normal(size=(10, 10)), np.zeros(10), "identity")], loss="squared_error"
    )
    a, y = rng.normal(size=10), rng.normal(size=10)
    grads = net.backward(net.forward(a), y)
    for i in range(10):
        for j in range(10):
            np.testing.assert_allclose(grads.W[0][i, j], grads.delta[0][i] * a[j], rtol=1e-15)


# --- independent witnesses: the formulas written again, plainly, for one example at a time

PLAIN_ACTIVATION = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
    "relu": lambda z: z * (z.real > 0),
    "leaky_relu": lambda z: z * np.where(z.real > 0, 1.0, 0.01),
    "softplus": lambda z: np.log(1 + np.exp(z)),
    "softmax": lambda z: np.exp(z) / np.sum(np.exp(z)),
}
PLAIN_LOSS = {
    "half_squared_error": lambda p, y: np.sum((p - y) ** 2) / 2,
    "squared_error": lambda p, y: np.sum((p - y) ** 2),
    "binary_cross_entropy": lambda p, y: -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)),
    "cross_entropy": lambda p, y: -np.sum(y * np.log(p)),
}


def plain_loss(theta, net, x, y):
    """The loss of a network like `net`, but with all its weights and biases taken from theta."""
    total = 0.0
    examples = [(x, y)] if x.ndim == 1 else list(zip(x.T, y.T, strict=True))
    for a, target in examples:
        start = 0
        for layer in net.layers:
            n_out, n_in = layer.W.shape
            W = theta[start : start + n_out * n_in].reshape(n_out, n_in)
            b = theta[start + n_out * n_in : start + n_out * n_in + n_out]
            start += n_out * n_in + n_out
            a = PLAIN_ACTIVATION[layer.activation.name](W @ a + b)
        total = total + PLAIN_LOSS[net.loss_function.name](a, target)
    return total / len(examples)


def flat(pairs):
    """All weights and biases, layer by layer, in the order of `plain_loss`."""
    return np.concatenate([part for W, b in pairs for part in (W.ravel(), b)])


@st.composite
def problems(draw):
    """Draw a network of one to three layers, inputs, and targets; never near a kink."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    loss = draw(st.sampled_from(sorted(OUTPUTS)))
    hidden = draw(
        st.lists(st.sampled_from(ACTIVATIONS), min_size=len(sizes) - 2, max_size=len(sizes) - 2)
    )
    output = draw(st.sampled_from(OUTPUTS[loss]))
    if loss == "binary_cross_entropy" and output == "softmax":
        sizes[-1] = max(sizes[-1], 2)  # the softmax of one unit is 1, and log(1 - 1) infinite
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    net = bp.Network.random(sizes, activations=[*hidden, output], loss=loss, seed=rng)
    for layer in net.layers:
        layer.b = rng.normal(scale=0.5, size=len(layer.b))
    m = draw(st.sampled_from([None, 1, 2, 5]))
    shape = () if m is None else (m,)
    x = rng.normal(size=(sizes[0], *shape))
    y = rng.uniform(0.05, 1.0, size=(sizes[-1], *shape))
    run = net.forward(x)
    for layer, z in zip(net.layers, run.z, strict=True):
        # a step of 6e-6 in a weight moves z by some 1e-5: 1e-3 away no kink is crossed
        assume("relu" not in layer.activation.name or np.abs(z).min() > 1e-3)
    return net, x, y / y.sum(axis=0)


@settings(max_examples=100)
@given(problem=problems())
def test_the_gradient_is_what_the_plain_formulas_say(problem):
    net, x, y = problem
    theta = flat((layer.W, layer.b) for layer in net.layers)
    grads = net.backward(net.forward(x), y)
    gradient = flat(zip(grads.W, grads.b, strict=True))
    np.testing.assert_allclose(net.loss(x, y), plain_loss(theta, net, x, y), rtol=1e-12)
    for method in ("central", "complex"):
        report = bp.check_gradient(lambda t: plain_loss(t, net, x, y), theta, gradient, method)
        assert report.passed, report
        assert not report.kinks


@settings(max_examples=50)
@given(problem=problems())
def test_delta_is_the_gradient_with_respect_to_the_bias_of_one_example(problem):
    """z = W a + b, so for a single example dL/dz = dL/db; a batch sums, with 1/m inside delta."""
    net, x, y = problem
    grads = net.backward(net.forward(x), y)
    for k, layer in enumerate(net.layers):
        assert grads.delta[k].shape == (len(layer.b), *x.shape[1:])
        summed = grads.delta[k] if x.ndim == 1 else grads.delta[k].sum(axis=1)
        np.testing.assert_allclose(grads.b[k], summed, rtol=1e-15)
    if x.ndim == 2:
        m = x.shape[1]
        for k in range(m):
            alone = net.backward(net.forward(x[:, k]), y[:, k])
            for delta, single in zip(grads.delta, alone.delta, strict=True):
                np.testing.assert_allclose(delta[:, k] * m, single, rtol=1e-9, atol=1e-14)


def test_at_a_kink_the_convention_is_followed():
    net = one_unit([1.0], 0.0, "relu", "half_squared_error")
    assert net.backward(net.forward([0.0]), [1.0]).delta[0] == 0.0
    leaky = one_unit([1.0], 0.0, "leaky_relu", "half_squared_error")
    assert leaky.backward(leaky.forward([0.0]), [1.0]).delta[0] == -0.01


@pytest.mark.parametrize(
    ("activation", "loss", "y"),
    [("sigmoid", "binary_cross_entropy", [1.0, 0.0]), ("softmax", "cross_entropy", [1.0, 0.0])],
)
@pytest.mark.filterwarnings("error")
def test_saturated_outputs_keep_a_finite_loss_and_a_gradient(activation, loss, y):
    net = bp.Network([bp.Dense([[-1000], [1000]], [0, 0], activation)], loss=loss)
    for again in (net, copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert again.loss([1.0], y) == 2000.0
        assert again.backward(again.forward([1.0]), y).delta[0].tolist() == [-1.0, 1.0]


# --- steps


def xor():
    x = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
    return x, np.array([[0.0, 1.0, 1.0, 0.0]])


def tanh_net(seed=0):
    return bp.Network.random(
        [2, 8, 1], activations=["tanh", "sigmoid"], loss="binary_cross_entropy", seed=seed
    )


def test_step_is_forward_loss_backward_and_update():
    (x, y), one, other = xor(), tanh_net(), tanh_net()
    loss = one.loss(x, y)
    one.update(one.backward(one.forward(x), y), 0.5)
    assert other.step(x, y, 0.5) == pytest.approx(loss, rel=1e-14)
    for array, expected in zip(weights(other), weights(one), strict=True):
        np.testing.assert_allclose(array, expected, rtol=1e-13)


def test_training_learns_xor():
    (x, y), net = xor(), tanh_net()
    losses = [net.step(x, y, lr=1.0) for _ in range(500)]
    assert losses[-1] < 0.02 < 0.5 < losses[0]
    assert np.array_equal(net.forward(x).output > 0.5, y == 1)


def test_a_learning_rate_of_zero_moves_nothing():
    (x, y), net = xor(), tanh_net()
    before = weights(net)
    net.step(x, y, lr=0)
    assert unchanged(net, before)


# --- layers, arrays, names


def test_the_run_starts_with_x_itself():
    x, net = xor()[0], tanh_net()
    run = net.forward(x)
    assert run.a[0] is x
    assert run.output is run.a[-1]
    assert [z.shape for z in run.z] == [(8, 4), (1, 4)]


@pytest.mark.parametrize("dtype", [bool, int, np.float32])
def test_every_real_dtype_becomes_float64(dtype):
    (x, y), net = xor(), tanh_net()
    run = net.forward(x.astype(dtype))
    assert run.a[0].dtype == run.output.dtype == np.float64
    np.testing.assert_array_equal(run.output, net.forward(x).output)
    assert net.loss(x.astype(dtype), y.astype(dtype)) == net.loss(x, y)
    assert bp.Dense(np.ones((1, 2), dtype), np.zeros(1, dtype), "relu").W.dtype == np.float64


def test_layers_copy_what_they_are_given_and_are_written_in_place():
    W, b = np.array([[1.0, 2.0]]), np.array([3.0])  # float64, as the layer keeps them
    layer = bp.Dense(W, b, bp.relu)
    kept_W, kept_b = layer.W, layer.b
    layer.W[0, 0] = 0.5
    layer.b += 0.25
    assert W.tolist() == [[1, 2]]
    assert b.tolist() == [3]
    layer.W = layer.W * 2
    assert layer.W is kept_W
    assert layer.b is kept_b
    assert kept_W.tolist() == [[1.0, 4.0]]
    assert kept_b.tolist() == [3.25]


@pytest.mark.parametrize("slope", [0.0, 0.01, 0.2, 1.0, 3.0])
def test_random_weights_have_the_stated_deviation_to_every_digit(slope):
    """The numbers are those of one standard normal stream, times the root of the stated variance."""
    leaky = type(bp.leaky_relu)(slope)
    sizes, kinds = [3, 5, 2, 4, 7], ["relu", leaky, "sigmoid", "identity"]
    net = bp.Network.random(sizes, activations=kinds, loss="squared_error", seed=5)
    rng = np.random.default_rng(5)
    variances = [2 / 3, 2 / ((1 + slope**2) * 5), 2 / (2 + 4), 2 / (4 + 7)]
    for layer, variance in zip(net.layers, variances, strict=True):
        expected = np.sqrt(variance) * rng.standard_normal(layer.W.shape)
        np.testing.assert_allclose(layer.W, expected, rtol=1e-14)


def test_random_networks_are_repeatable_and_scaled():
    sizes, wide = [300, 200, 100, 50], ["relu", "leaky_relu", "tanh"]
    net = bp.Network.random(sizes, activations=wide, loss="squared_error", seed=1)
    again = bp.Network.random(sizes, activations=wide, loss="squared_error", seed=1)
    generator = np.random.default_rng(1)
    drawn = bp.Network.random(sizes, activations=wide, loss="squared_error", seed=generator)
    other = bp.Network.random(sizes, activations=wide, loss="squared_error", seed=2)
    assert unchanged(again, weights(net))
    assert unchanged(drawn, weights(net))
    assert not unchanged(other, weights(net))
    variances = [2 / 300, 2 / (1.0001 * 200), 2 / 150]
    for layer, variance in zip(net.layers, variances, strict=True):
        # the variance of N samples is known to sqrt(2/N), 2 % for the smallest: 5 deviations
        np.testing.assert_allclose(np.mean(layer.W**2), variance, rtol=0.1)
        assert not layer.b.any()


def test_reprs_hold_no_address():
    (x, y), net = xor(), tanh_net()
    run = net.forward(x)
    assert repr(net) == "Network(2 -> 8 tanh -> 1 sigmoid, binary_cross_entropy)"
    assert repr(net.layers[0]) == "Dense(2 -> 8 tanh)"
    assert repr(run) == "Run(a: (2, 4) -> (8, 4) -> (1, 4))"
    assert repr(net.backward(run, y)) == "Gradients(W: (8, 2), (1, 8))"


# --- bad input: each row is a call, its error, and words that say what is wrong and the way out

NET = tanh_net()
X, Y = xor()
RUN = NET.forward(X)
GRADS = NET.backward(RUN, Y)
WIDER = bp.Network.random([2, 9, 1], activations=["tanh", "sigmoid"], loss="squared_error")


def dense(n_in, n_out):
    return bp.Dense(np.ones((n_out, n_in)), np.zeros(n_out), "tanh")


def random(sizes=(2, 8, 1), activations=("tanh", "sigmoid"), loss="squared_error"):
    return bp.Network.random(sizes, activations=activations, loss=loss)


BAD = {
    # Dense
    "W vector": (
        lambda: bp.Dense([1.0, 2.0], [0.0], "relu"),
        ValueError,
        "Dense: W must have shape (n_out, n_in), both at least 1, got (2,)",
    ),
    "W empty": (
        lambda: bp.Dense(np.ones((0, 2)), [], "relu"),
        ValueError,
        "both at least 1, got (0, 2)",
    ),
    "b too long": (
        lambda: bp.Dense([[1.0, 2.0]], [0.0, 0.0], "relu"),
        ValueError,
        "b must have shape (1,), one bias for each row of W (1, 2), got (2,)",
    ),
    "b column": (
        lambda: bp.Dense([[1.0], [2.0]], [[0.0], [0.0]], "relu"),
        ValueError,
        "got (2, 1); try b.reshape(-1)",
    ),
    "W nan": (
        lambda: bp.Dense([[1.0, np.nan]], [0.0], "relu"),
        ValueError,
        "Dense: W is nan at index (0, 1)",
    ),
    "b inf": (
        lambda: bp.Dense([[1.0]], [np.inf], "relu"),
        ValueError,
        "Dense: b is inf at index (0,)",
    ),
    "W complex": (
        lambda: bp.Dense([[1j]], [0.0], "relu"),
        TypeError,
        "W must be real, got complex128",
    ),
    "W text": (
        lambda: bp.Dense([["a"]], [0.0], "relu"),
        TypeError,
        "W must be an array of numbers",
    ),
    "b object": (
        lambda: bp.Dense([[1.0]], [None], "relu"),
        TypeError,
        "b must be an array of numbers",
    ),
    "activation unknown": (
        lambda: bp.Dense([[1.0]], [0.0], "reLU"),
        ValueError,
        "unknown activation 'reLU'; the known ones are identity, sigmoid, tanh, relu, leaky_relu, "
        "softplus, softmax",
    ),
    "activation function": (
        lambda: bp.Dense([[1.0]], [0.0], np.tanh),
        TypeError,
        "activation must be one of identity, sigmoid",
    ),
    "set W shape": (
        lambda: setattr(NET.layers[0], "W", np.ones((8, 3))),
        ValueError,
        "W has shape (8, 2), got (8, 3); make a new Dense",
    ),
    "set b nan": (
        lambda: setattr(NET.layers[0], "b", np.full(8, np.nan)),
        ValueError,
        "Dense: b is nan at index (0,)",
    ),
    # Network
    "no layers": (
        lambda: bp.Network([], loss="squared_error"),
        ValueError,
        "no layers; pass at least one Dense",
    ),
    "bare layer": (
        lambda: bp.Network(dense(2, 3), loss="squared_error"),
        TypeError,
        "put one layer in a list",
    ),
    "not a layer": (
        lambda: bp.Network([np.ones((2, 2))], loss="squared_error"),
        TypeError,
        "layers[0] must be a Dense, got ndarray",
    ),
    "layers do not fit": (
        lambda: bp.Network([dense(2, 3), dense(8, 1)], loss="squared_error"),
        ValueError,
        "Dense layer 2 (layers[1]) expects 8 inputs, got 3 from Dense layer 1",
    ),
    "layer twice": (
        lambda: bp.Network([dense(2, 2)] * 2, loss="squared_error"),
        ValueError,
        "appears twice; make one Dense for each layer",
    ),
    "loss unknown": (
        lambda: bp.Network([dense(2, 1)], loss="mse"),
        ValueError,
        "unknown loss 'mse'; the known ones are half_squared_error, squared_error, "
        "binary_cross_entropy, cross_entropy",
    ),
    "loss None": (
        lambda: bp.Network([dense(2, 1)], loss=None),
        TypeError,
        "loss must be one of half_squared_error",
    ),
    # Network.random
    "sizes int": (lambda: random(sizes=2), TypeError, "sizes must be a list, got 2; for example"),
    "sizes short": (
        lambda: random(sizes=[2]),
        ValueError,
        "input and the output at least, got [2]",
    ),
    "size zero": (
        lambda: random(sizes=[2, 0, 1]),
        ValueError,
        "sizes[1] must be at least 1, got 0",
    ),
    "size float": (
        lambda: random(sizes=[2, 8.0, 1]),
        TypeError,
        "sizes[1] must be a whole number, got 8.0",
    ),
    "activations text": (
        lambda: random(activations="tanh"),
        TypeError,
        "activations must be a list, got 'tanh'",
    ),
    "activations few": (
        lambda: random(activations=["tanh"]),
        ValueError,
        "sizes [2, 8, 1] make 2 layers, got 1 activations",
    ),
    "activations unknown": (
        lambda: random(activations=["tanh", "swish"]),
        ValueError,
        "unknown activation 'swish'",
    ),
    # update and backward
    "lr negative": (
        lambda: NET.update(GRADS, -0.1),
        ValueError,
        "Network.update: lr must be at least 0, got -0.1",
    ),
    "lr nan": (lambda: NET.update(GRADS, np.nan), ValueError, "lr must be finite, got nan"),
    "lr text": (
        lambda: NET.update(GRADS, "0.1"),
        TypeError,
        "lr must be a real number, got '0.1' (str)",
    ),
    "lr bool": (
        lambda: NET.update(GRADS, True),
        TypeError,
        "lr must be a real number, got True (bool)",
    ),
    "lr array": (lambda: NET.update(GRADS, np.ones(2)), TypeError, "lr must be a real number"),
    "step lr negative": (
        lambda: NET.step(X, Y, -1),
        ValueError,
        "Network.step: lr must be at least 0, got -1",
    ),
    "step lr inf": (lambda: NET.step(X, Y, np.inf), ValueError, "lr must be finite, got inf"),
    "grads are no Gradients": (
        lambda: NET.update([GRADS.W, GRADS.b], 0.1),
        TypeError,
        "grads must be a Gradients, got list; pass what backward returned",
    ),
    "grads of another shape": (
        lambda: WIDER.update(GRADS, 0.1),
        ValueError,
        "grads.W[0] has shape (8, 2), but W of Dense layer 1 (layers[0]) has (9, 2)",
    ),
    "grads of another depth": (
        lambda: bp.Network([dense(2, 1)], loss="squared_error").update(GRADS, 0.1),
        ValueError,
        "grads are for 2 layers, but the network has 1",
    ),
    "run is no Run": (
        lambda: NET.backward(X, Y),
        TypeError,
        "run must be a Run, got ndarray; pass what forward returned",
    ),
    "run of another network": (
        lambda: WIDER.backward(RUN, Y),
        ValueError,
        "Run(a: (2, 4) -> (8, 4) -> (1, 4)) was made by another network",
    ),
    "run of a like network": (
        lambda: tanh_net(1).backward(RUN, Y),
        ValueError,
        "was made by another network",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_before_anything_changes(case):
    call, error, words = BAD[case]
    before = weights(NET)
    with pytest.raises(error) as raised:
        call()
    assert words in str(raised.value)
    assert unchanged(NET, before)


BAD_X = {
    "scalar": (
        1.0,
        ValueError,
        "x must have shape (2,) or (2, m), got (); one number goes in a list",
    ),
    "3-d": (np.ones((2, 1, 1)), ValueError, "x must have shape (2,) or (2, m), got (2, 1, 1)"),
    "too many": (
        np.ones(3),
        ValueError,
        "Dense layer 1 (layers[0]) expects 2 inputs, got 3; x has shape (3,)",
    ),
    "rows": (
        np.ones((4, 2)),
        ValueError,
        "got 4; x has shape (4, 2) and its columns are examples: pass x.T",
    ),
    "empty": (
        np.ones((2, 0)),
        ValueError,
        "empty batch, x has shape (2, 0); pass at least one column",
    ),
    "nan": ([[0.0, 1.0], [np.nan, 1.0]], ValueError, "x is nan at index (1, 0)"),
    "inf": ([np.inf, 1.0], ValueError, "x is inf at index (0,)"),
    "complex": ([1j, 1.0], TypeError, "x must be real, got complex128"),
    "text": (["a", "b"], TypeError, "x must be an array of numbers"),
    "object": (np.array([1.0, 2.0], dtype=object), TypeError, "x must be an array of numbers"),
    "ragged": ([[1.0], [1.0, 2.0]], ValueError, "x cannot be read as an array of numbers"),
}

BAD_Y = {
    "one example": (
        [1.0],
        ValueError,
        "y has shape (1,), but the output has (1, 4); pass one target for each",
    ),
    "vector": (
        np.ones(4),
        ValueError,
        "y has shape (4,), but the output has (1, 4); if the order is right, pass y.reshape(1, 4)",
    ),
    "column": (np.ones((4, 1)), ValueError, "pass y.reshape(1, 4)"),
    "scalar": (1.0, ValueError, "y has shape ()"),
    "nan": ([[0.0, 1.0, np.nan, 1.0]], ValueError, "y is nan at index (0, 2)"),
    "complex": ([[0j, 1, 1, 0]], TypeError, "y must be real, got complex128"),
    "text": ([["no", "yes", "yes", "no"]], TypeError, "y must be an array of numbers"),
    "label": (
        [[0.0, 1.0, 2.0, 1.0]],
        ValueError,
        "target must lie in [0, 1], got 2 at index (0, 2)",
    ),
}


@pytest.mark.parametrize("use", ["forward", "loss", "step"])
@pytest.mark.parametrize("case", BAD_X)
def test_bad_inputs_are_refused(use, case):
    x, error, words = BAD_X[case]
    refused(use, x, Y, error, words)


@pytest.mark.parametrize("use", ["loss", "backward", "step"])
@pytest.mark.parametrize("case", BAD_Y)
def test_bad_targets_are_refused(use, case):
    y, error, words = BAD_Y[case]
    refused(use, X, y, error, words)


def refused(use, x, y, error, words):
    before = weights(NET)
    calls = {
        "forward": lambda: NET.forward(x),
        "loss": lambda: NET.loss(x, y),
        "backward": lambda: NET.backward(RUN, y),
        "step": lambda: NET.step(x, y, 0.1),
    }
    with pytest.raises(error) as raised:
        calls[use]()
    assert words in str(raised.value)
    assert unchanged(NET, before)


@pytest.mark.parametrize(("name", "index"), [("W", (0, 3)), ("b", (0,))])
def test_a_parameter_written_as_nan_is_found_by_the_next_forward_pass(name, index):
    net = tanh_net()
    getattr(net.layers[1], name)[index] = np.nan
    words = re.escape(f"{name} of Dense layer 2 (layers[1]) is nan at index {index}")
    with pytest.raises(ValueError, match=words):
        net.forward(X)


# --- overflow: named where it first appears, before anything has changed


STEEP = LeakyReLU(slope=1e200)


def deep(*ws, activation="identity", loss="squared_error"):
    return bp.Network([bp.Dense([[w]], [0.0], activation) for w in ws], loss=loss)


@pytest.mark.parametrize(
    ("net", "x", "y", "first"),
    [
        (deep(1e200, 1e200), 1.0, 0.0, "z of Dense layer 2 (layers[1]) is inf"),
        (deep(-1e200, activation=STEEP), 1.0, 0.0, "a of Dense layer 1 (layers[0]) is -inf"),
        (deep(1.0, 1e200), 1.0, 0.0, "the loss squared_error is inf"),
        (deep(1e200, 1e-200, 1e150), 1.0, 0.0, "dL/dW of Dense layer 2 (layers[1]) is inf"),
        (deep(1.0, 1e10, 1e150), 1e-10, 0.0, "delta of Dense layer 1 (layers[0]) is inf"),
        (deep(1.0, 1e100, 1e100, 1e100), 1e-200, 0.0, "delta of Dense layer 1 (layers[0]) is inf"),
    ],
    ids=["z", "a", "loss", "dW", "delta", "delta, weights small"],
)
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("lr", [0.1, 1e-20, 1e-300])
def test_overflow_is_named_where_it_first_appears(net, x, y, first, lr):
    """However small lr makes the step: it is the gradient that has to be finite."""
    before = weights(net)
    with pytest.raises(FloatingPointError) as raised:
        net.step([x], [y], lr)
    assert first in str(raised.value)
    assert unchanged(net, before)


@pytest.mark.filterwarnings("error")
def test_a_sum_over_the_batch_that_overflows_is_named():
    """Each example's delta is 1e308 and finite; dL/db adds two of them."""
    net, x, y = deep(1.0, 1e154), np.full((1, 2), 1e-160), np.full((1, 2), -1e154)
    with pytest.raises(FloatingPointError, match=r"dL/db of Dense layer 1 \(.*\) is inf"):
        net.backward(net.forward(x), y)


@pytest.mark.filterwarnings("error")
def test_an_update_that_overflows_moves_nothing():
    net = deep(1.0, 1.0)
    before = weights(net)
    W, b = np.ones((1, 1)), np.ones(1)
    with pytest.raises(FloatingPointError, match=r"the new b of Dense layer 2 \(.*\) is -inf"):
        net.update(Gradients(W=(W, W), b=(b, b * 1e308)), lr=10.0)
    assert unchanged(net, before)


def test_divergence_ends_in_an_error_that_leaves_the_last_finite_weights():
    net = one_unit([0.5], 0.0, "identity", "squared_error")

    def train():
        for _ in range(2000):
            net.step([1.0], [0.0], lr=3.0)

    with pytest.raises(FloatingPointError, match="the loss squared_error is inf"):
        train()
    assert np.isfinite(net.layers[0].W).all()
    assert np.isfinite(net.layers[0].b).all()


@pytest.mark.filterwarnings("error")
def test_a_loss_that_is_truly_infinite_is_reported_not_returned():
    """A softmax of (1000, 0) is exactly (1, 0), and this loss is not fused with softmax."""
    net = bp.Network([bp.Dense([[1000], [0]], [0, 0], "softmax")], loss="binary_cross_entropy")
    with pytest.raises(FloatingPointError, match="the loss binary_cross_entropy is inf"):
        net.loss([1.0], [0.0, 1.0])
    with pytest.raises(FloatingPointError, match=r"delta of Dense layer 1 \(layers\[0\]\) is nan"):
        net.backward(net.forward([1.0]), [0.0, 1.0])
