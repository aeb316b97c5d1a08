"""`Network.step`, which works in arrays of its own, does what the four calls do one after the other."""

import copy
import pickle
import sys
import threading

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import backprop as bp

HIDDEN = ["identity", "relu", "sigmoid", "tanh", "leaky_relu", "softplus", "softmax"]
OUTPUTS = [
    ("half_squared_error", "identity"),
    ("half_squared_error", "sigmoid"),
    ("squared_error", "tanh"),
    ("squared_error", "softmax"),
    ("binary_cross_entropy", "sigmoid"),
    ("cross_entropy", "softmax"),
]

numbers = st.floats(-8, 8, allow_subnormal=False)


def readable(net, x, y, lr):
    """The step as the chapters write it."""
    run = net.forward(x)
    loss = net.loss(x, y)
    net.update(net.backward(run, y), lr)
    return loss


def weights(net):
    return [array.copy() for layer in net.layers for array in (layer.W, layer.b)]


def unchanged(net, before):
    return all(np.array_equal(a, b) for a, b in zip(weights(net), before, strict=True))


def assert_untouched(net, before):
    """As `unchanged`, and NaN may be among the weights."""
    for now, then in zip(weights(net), before, strict=True):
        np.testing.assert_array_equal(now, then)


def agree(net, other):
    # Slopes are read off the activations, to 1e-16; x and the upstream gradient magnify that.
    return all(
        np.allclose(a, b, rtol=1e-11, atol=1e-12)
        for a, b in zip(weights(net), weights(other), strict=True)
    )


@st.composite
def problems(draw):
    """A network with a loss, an input and a target for it, of one example or of several."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    loss, output = draw(st.sampled_from(OUTPUTS))
    hidden = [draw(st.sampled_from(HIDDEN)) for _ in sizes[2:]]
    net = bp.Network.random(
        sizes, activations=[*hidden, output], loss=loss, seed=draw(st.integers(0, 999))
    )
    for layer in net.layers:
        layer.b = draw(hnp.arrays(float, layer.b.shape, elements=numbers))
    batch = draw(st.sampled_from([(), (1,), (3,)]))
    x = draw(hnp.arrays(float, (sizes[0], *batch), elements=numbers))
    y = draw(hnp.arrays(float, (sizes[-1], *batch), elements=st.floats(0, 1)))
    if loss == "cross_entropy":
        y = (y + 1e-3) / (y + 1e-3).sum(axis=0)
    return net, x, y


@given(problems(), st.floats(0, 0.1))
def test_step_agrees_with_forward_backward_and_update(problem, lr):
    net, x, y = problem
    for _ in range(3):
        # From the same weights: where training diverges, a difference in the last digit grows with it.
        other = copy.deepcopy(net)
        assert net.step(x, y, lr) == pytest.approx(readable(other, x, y, lr), rel=1e-9, abs=1e-12)
        assert agree(net, other)


@given(problems())
def test_many_numbers_are_looked_at_together_and_each_counts(problem):
    """A number that is not finite, wherever it is, is reported as forward and backward report it."""
    net, x, y = problem
    net.step(x, y, 0.1)
    for bad in (np.inf, -np.inf, np.nan):
        for array in (x, y, *(a for layer in net.layers for a in (layer.W, layer.b))):
            kept, array.flat[-1] = array.flat[-1], bad
            before = weights(net)
            with pytest.raises((ValueError, FloatingPointError)) as reported:
                readable(copy.deepcopy(net), x, y, 0.1)
            with pytest.raises(type(reported.value)) as same:
                net.step(x, y, 0.1)
            assert str(same.value) == str(reported.value)
            assert_untouched(net, before)
            array.flat[-1] = kept


def net_of(*sizes, hidden="tanh", output="sigmoid", loss="binary_cross_entropy", seed=0):
    activations = [hidden] * (len(sizes) - 2) + [output]
    return bp.Network.random(sizes, activations=activations, loss=loss, seed=seed)


X = np.random.default_rng(0).normal(size=(2, 6))
Y = (X[:1] > 0) * 1.0


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "cross_entropy"])
def test_a_loss_behind_another_activation_than_its_own(loss):
    net, other = (net_of(2, 3, 2, output="softplus", loss=loss, seed=3) for _ in range(2))
    for each in (net, other):
        each.layers[1].W *= 1e-3
        each.layers[1].b -= 1.0  # softplus stays below one: a probability
    y = np.vstack([Y, 1 - Y])
    assert net.step(X, y, 0.1) == pytest.approx(readable(other, X, y, 0.1), rel=1e-12)
    assert agree(net, other)


def test_inputs_and_targets_of_every_kind():
    """Lists, integers, other strides and other precision give the numbers of float64 arrays."""
    kinds = [
        (X.tolist(), Y.tolist()),
        (np.asfortranarray(X), Y.astype(int)),
        (np.repeat(X, 2, axis=1)[:, ::2], Y.astype(bool)),
        (X.astype(">f8"), Y.astype(np.float32)),
    ]
    expected = net_of(2, 8, 1)
    loss = expected.step(X, Y, 0.5)
    for x, y in kinds:
        net = net_of(2, 8, 1)
        assert net.step(x, y, 0.5) == loss
        assert unchanged(net, weights(expected))


def test_batches_of_several_sizes_take_turns():
    net, other = net_of(2, 8, 1), net_of(2, 8, 1)
    for m in (6, 2, 6, 2, 1, 3, 6):
        assert net.step(X[:, :m], Y[:, :m], 0.3) == pytest.approx(
            readable(other, X[:, :m], Y[:, :m], 0.3), rel=1e-12
        )
    assert agree(net, other)
    assert net.step(X[:, 0], Y[:, 0], 0.3) == pytest.approx(readable(other, X[:, 0], Y[:, 0], 0.3))


def test_a_target_of_another_shape_is_refused_after_steps_too():
    net = net_of(2, 8, 1)
    net.step(X, Y, 0.1)
    before = weights(net)
    with pytest.raises(ValueError, match="y has shape"):
        net.step(X, Y[0], 0.1)
    with pytest.raises(ValueError, match="expects 2 inputs"):
        net.step(X.T, Y, 0.1)
    with pytest.raises(ValueError, match=r"must lie in \[0, 1\]"):
        net.step(X, Y + 0.5, 0.1)
    assert unchanged(net, before)


def test_what_changes_between_steps_counts():
    net, other = net_of(2, 8, 1), net_of(2, 8, 1)
    W = net.layers[0].W
    for each in (net, other):
        each.step(X, Y, 0.1)
        each.layers[0].W[0, 0] += 1.0
        each.layers[1].b = [0.25]
        each.layers[0].activation = bp.relu
    assert net.step(X, Y, 0.1) == pytest.approx(readable(other, X, Y, 0.1), rel=1e-12)
    assert agree(net, other)
    assert net.layers[0].W is W, "the arrays stay the same ones"


def test_two_networks_may_share_a_layer():
    shared = bp.Dense([[0.5, -0.5]], [0.1], "tanh")
    one = bp.Network([shared], loss="squared_error")
    two = bp.Network([shared, bp.Dense([[2.0]], [0.0], "identity")], loss="squared_error")
    fresh = copy.deepcopy([one, two])
    for step in (bp.Network.step, readable):
        first, second = (one, two) if step is bp.Network.step else fresh
        for _ in range(3):
            step(first, X, Y, 0.1)
            step(second, X, Y, 0.1)
    assert agree(two, fresh[1])


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_copy_is_on_its_own(copied):
    net = net_of(2, 8, 1)
    net.step(X, Y, 0.1)
    twin = copied(net)
    before = weights(net)
    losses = [twin.step(X, Y, 0.1) for _ in range(3)]
    assert unchanged(net, before)
    assert [net.step(X, Y, 0.1) for _ in range(3)] == losses
    assert unchanged(twin, weights(net))


@pytest.mark.parametrize("z", [-800.0, -40.0, -0.0, 0.0, 40.0, 800.0])
@pytest.mark.parametrize("y", [0.0, 0.3, 1.0])
@pytest.mark.parametrize(
    ("output", "loss"),
    [
        ("sigmoid", "binary_cross_entropy"),
        ("sigmoid", "half_squared_error"),
        ("tanh", "squared_error"),
    ],
)
def test_saturated_outputs(z, y, output, loss):
    """The loss and the step of a single weight, with the logit at the ends of what floats can hold."""
    net, other = (bp.Network([bp.Dense([[1.0]], [0.0], output)], loss=loss) for _ in range(2))
    assert net.step([z], [y], 0.1) == pytest.approx(readable(other, [z], [y], 0.1), rel=1e-12)
    assert agree(net, other)


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("m", [1, 2, 40])
def test_wide_layers(hidden, m):
    """Hundreds of products in a sum, which BLAS may add in another order."""
    rng = np.random.default_rng(0)
    net = net_of(5, 256, 300, 3, hidden=hidden, output="softmax", loss="cross_entropy")
    other = copy.deepcopy(net)
    x, y = rng.normal(size=(5, m)), np.eye(3)[:, rng.integers(3, size=m)]
    for _ in range(3):
        assert net.step(x, y, 0.05) == pytest.approx(readable(other, x, y, 0.05), rel=1e-12)
    assert agree(net, other)


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_zero_hides_nothing(hidden, bad):
    """What is not finite is reported even where all that it is multiplied by is 0."""
    for place in ("x", "W"):
        net, x = net_of(2, 3, 1, hidden=hidden), X.copy()
        net.step(x, Y, 0.1)
        zeroed, spoiled = (net.layers[0].W, x.T) if place == "x" else (x.T, net.layers[0].W)
        zeroed[:, 1], spoiled[:, 1] = 0.0, bad
        before = weights(net)
        with pytest.raises(ValueError, match=f"{place}.* is {bad}"):
            net.step(x, Y, 0.1)
        assert_untouched(net, before)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1e-200, 1e-100, 1e100, 1e150, 1e200])
@pytest.mark.parametrize("hidden", ["identity", "relu", "tanh", "sigmoid"])
def test_numbers_of_any_size(hidden, size):
    """x and its weights may be as large or small as floats can be, if their products are not."""
    net = net_of(2, 3, 1, hidden=hidden, output="identity", loss="half_squared_error")
    net.layers[0].W /= size
    other, before = copy.deepcopy(net), weights(net)
    x = X * size
    assert net.step(x, Y, 0.0) == pytest.approx(readable(other, x, Y, 0.0), rel=1e-13)
    assert unchanged(net, before)


def test_divergence_is_reported_and_changes_nothing():
    net = net_of(2, 8, 1, output="identity", loss="squared_error")

    def train():
        for _ in range(1000):
            before[:] = weights(net)
            net.step(X, Y, 50.0)

    before = []
    with pytest.raises(FloatingPointError, match="the first value that is not finite"):
        train()
    assert unchanged(net, before)


# --- what may be exchanged between steps


def loss(net):
    net.loss_function = bp.losses.squared_error


def another_fused_loss(net):
    net.loss_function = bp.losses.half_squared_error


def layers(net):
    net.layers = tuple(copy.deepcopy(layer) for layer in reversed(net.layers))
    net.layers[0].activation, net.layers[1].activation = bp.tanh, bp.sigmoid


def a_layer(net):
    first, *rest = net.layers
    net.layers = (bp.Dense(first.W[::-1] * 2.0, first.b + 1.0, first.activation), *rest)


def fewer_layers(net):
    net.layers = net.layers[1:]


def weights_set(net):
    net.layers[1].W = net.layers[1].W[::-1] * 2.0
    net.layers[0].b = np.full(2, 0.25)


def weights_written(net):
    net.layers[1].W[0, 1] += 3.0
    net.layers[0].b[:] = 1.0


def weights_written_in_a_view(net):
    row = net.layers[0].W.T[0]
    row *= -2.0


def hidden_activation(net):
    net.layers[0].activation = bp.relu


def last_activation(net):
    net.layers[-1].activation = bp.softmax


def slope(net):
    net.layers[0].activation = type(bp.leaky_relu)(0.3)


def nothing(net):
    pass


EXCHANGES = [
    nothing,
    loss,
    another_fused_loss,
    layers,
    a_layer,
    fewer_layers,
    weights_set,
    weights_written,
    weights_written_in_a_view,
    hidden_activation,
    last_activation,
    slope,
]


def square_net():
    """Layers that may change places: 2 -> 2 -> 2 units."""
    rng = np.random.default_rng(7)
    layers = [bp.Dense(rng.normal(size=(2, 2)), rng.normal(size=2), g) for g in ("tanh", "sigmoid")]
    return bp.Network(layers, loss="binary_cross_entropy")


def batches():
    """The same numbers in other types, orders and shapes: x and y."""
    x = np.random.default_rng(8).normal(size=(2, 4)).round(1)
    y = np.array([[1.0, 0.0, 1.0, 0.0], [0.0, 0.0, 1.0, 1.0]])
    return {
        "batch": (x, y),
        "one": (x[:, 0], y[:, 0]),
        "smaller": (x[:, :3], y[:, :3]),
        "float32": (x.astype(np.float32), y.astype(np.int8)),
        "fortran": (np.asfortranarray(x), np.asfortranarray(y)),
        "list": (x.tolist(), y.tolist()),
    }


@pytest.mark.parametrize("before", ["batch", "one"])
@pytest.mark.parametrize("after", batches())
@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.__name__)
def test_step_is_the_four_calls_after_every_exchange(exchange, before, after):
    net, other = square_net(), square_net()
    for _ in range(2):
        net.step(*batches()[before], 0.3)
        readable(other, *batches()[before], 0.3)
    exchange(net)
    exchange(other)
    for kind in (after, before, after):
        for layer, same in zip(net.layers, other.layers, strict=True):
            layer.W, layer.b = same.W, same.b
        x, y = batches()[kind]
        assert net.step(x, y, 0.2) == pytest.approx(readable(other, x, y, 0.2), rel=1e-12)
        assert agree(net, other)


@pytest.mark.parametrize("optimizer", [bp.SGD, bp.Momentum, bp.Adam])
def test_steps_and_optimizers_take_turns(optimizer):
    net, other = square_net(), square_net()
    x, y = batches()["batch"]
    one, same = optimizer(0.1), optimizer(0.1)
    for _ in range(3):
        net.step(x, y, 0.2)
        readable(other, x, y, 0.2)
        one.step(net, net.backward(net.forward(x), y))
        same.step(other, other.backward(other.forward(x), y))
    assert agree(net, other)


# --- rates without bound


RATES = [10.0**power for power in (10, 50, 89, 90, 91, 150, 200, 280, 290, 300, 307, 308)]


@pytest.mark.parametrize("lr", RATES)
@pytest.mark.parametrize(("loss", "output"), OUTPUTS)
@pytest.mark.parametrize("hidden", ["tanh", "identity", "sigmoid", "relu"])
def test_a_rate_of_any_size_writes_finite_weights_or_none(lr, hidden, loss, output):
    net = net_of(2, 3, 2, hidden=hidden, output=output, loss=loss)
    x, y = X * 30.0, np.vstack([Y, 1 - Y])
    for _ in range(3):
        before = weights(net)
        try:
            net.step(x, y, lr)
        except FloatingPointError:
            assert unchanged(net, before)
            break
        assert all(np.isfinite(array).all() for array in weights(net))


def test_a_step_of_1e300_that_overflows_is_refused():
    net = net_of(2, 3, 1, output="identity", loss="squared_error")
    before = weights(net)
    with pytest.raises(FloatingPointError, match="the new W of Dense layer"):
        net.step(X * 1e10, Y * 1e10, 1e300)
    assert unchanged(net, before)


# --- threads


def in_threads(work, count=4):
    """Run work(k) in threads that change places as often as Python lets them."""
    failures = []

    def guarded(k):
        try:
            work(k)
        except BaseException as failure:
            failures.append(failure)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=guarded, args=(k,)) for k in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not failures, failures


@pytest.mark.parametrize("hidden", ["tanh", "softplus"])
def test_threads_that_step_one_network_see_right_losses(hidden):
    """With lr = 0 the network stays the same, and so must every loss."""
    net = net_of(2, 16, 16, 1, hidden=hidden)
    rng = np.random.default_rng(3)
    problems = [(rng.normal(size=(2, 5)), rng.uniform(size=(1, 5))) for _ in range(4)]
    right = [net.step(x, y, 0.0) for x, y in problems]
    found = [[] for _ in problems]

    def work(k):
        for _ in range(150):
            found[k].append(net.step(*problems[k], 0.0))

    in_threads(work)
    for losses, expected in zip(found, right, strict=True):
        assert set(losses) == {expected}


def test_steps_of_threads_add_up():
    """The loss is w x summed, in effect: the gradient is the same wherever w is, so order is nothing."""
    net = bp.Network([bp.Dense([[0.0]], [0.0], "identity")], loss=Slanted())
    alone = copy.deepcopy(net)
    in_threads(lambda k: [net.step([1.0], [0.0], 0.25) for _ in range(100)])
    for _ in range(400):
        alone.step([1.0], [0.0], 0.25)
    assert np.array_equal(net.layers[0].W, alone.layers[0].W)


class Slanted(bp.losses.Loss):
    """L = p, dL/dp = 1."""

    name = "slanted"

    def __call__(self, prediction, target):
        return float(np.sum(prediction))

    def gradient(self, prediction, target):
        return np.ones_like(prediction)


def test_a_copy_steps_while_another_thread_steps_the_original():
    net = net_of(2, 8, 1)
    net.step(X, Y, 0.1)

    def work(k):
        for _ in range(20):
            twin = copy.deepcopy(net) if k % 2 else pickle.loads(pickle.dumps(net))
            twin.step(X, Y, 0.0)

    in_threads(work)
