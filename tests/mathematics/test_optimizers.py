"""Each optimizer: its formula step by step, its state, and what it refuses."""

import copy
import pickle

import numpy as np
import pytest

import backprop as bp
from backprop.network import Gradients

X = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
Y = np.array([[0.0, 1.0, 1.0, 0.0]])
OPTIMIZERS = [lambda: bp.SGD(0.1), lambda: bp.Momentum(0.1, 0.9), lambda: bp.Adam(0.1)]
NAMES = ["SGD", "Momentum", "Adam"]
WITH_STATE = pytest.mark.parametrize("make", OPTIMIZERS[1:], ids=NAMES[1:])
EVERY = pytest.mark.parametrize("make", OPTIMIZERS, ids=NAMES)


def xor_net(hidden=8):
    return bp.Network.random(
        [2, hidden, 1], activations=["tanh", "sigmoid"], loss="binary_cross_entropy", seed=3
    )


def weights(net):
    return [array.copy() for layer in net.layers for array in (layer.W, layer.b)]


def flat(net):
    return np.concatenate([array.ravel() for array in weights(net)])


def gradient(net):
    grads = net.backward(net.forward(X), Y)
    return grads, np.concatenate(
        [part.ravel() for W, b in zip(grads.W, grads.b, strict=True) for part in (W, b)]
    )


def one_weight(w, g):
    """A network of one weight, and gradients g for it and 0 for its bias."""
    net = bp.Network([bp.Dense([[w]], [0.0], "identity")], loss="squared_error")
    return net, Gradients(W=(np.array([[g]]),), b=(np.zeros(1),))


# --- formulas: the same rule on one long vector of all weights


def test_sgd_is_update():
    net, other = xor_net(), xor_net()
    for _ in range(3):
        bp.SGD(0.1).step(net, gradient(net)[0])
        other.update(gradient(other)[0], 0.1)
    assert np.array_equal(flat(net), flat(other))


def test_momentum_is_polyaks_heavy_ball():
    """W_new = W - lr dL/dW + beta (W - W_old)."""
    net, momentum = xor_net(), bp.Momentum(0.1, 0.9)
    old = new = flat(net)
    for _ in range(5):
        grads, g = gradient(net)
        new, old = new - 0.1 * g + 0.9 * (new - old), new
        momentum.step(net, grads)
        np.testing.assert_allclose(flat(net), new, rtol=1e-12)


def test_momentum_without_memory_is_sgd():
    net, other = xor_net(), xor_net()
    momentum = bp.Momentum(0.1, 0.0)
    for _ in range(3):
        momentum.step(net, gradient(net)[0])
        bp.SGD(0.1).step(other, gradient(other)[0])
    assert np.array_equal(flat(net), flat(other))


def test_adam_is_algorithm_1():
    net, adam = xor_net(), bp.Adam(0.1, 0.8, 0.95, 1e-6)
    theta = flat(net)
    m = v = np.zeros_like(theta)
    for t in range(1, 6):
        grads, g = gradient(net)
        m = 0.8 * m + 0.2 * g
        v = 0.95 * v + 0.05 * g * g
        theta = theta - 0.1 * (m / (1 - 0.8**t)) / (np.sqrt(v / (1 - 0.95**t)) + 1e-6)
        adam.step(net, grads)
        np.testing.assert_allclose(flat(net), theta, rtol=1e-12)


@pytest.mark.parametrize("g", [1e-3, 1.0, -1e6])
def test_the_first_step_of_adam_is_lr_whatever_the_gradient(g):
    net, grads = one_weight(5.0, g)
    bp.Adam(0.1).step(net, grads)
    # eps = 1e-8 beside a gradient of 1e-3 takes off one part in 1e5
    np.testing.assert_allclose(net.layers[0].W.item(), 5.0 - 0.1 * np.sign(g), rtol=1e-6)


def test_the_defaults_of_adam_are_the_papers():
    assert repr(bp.Adam()) == "Adam(lr=0.001, beta1=0.9, beta2=0.999, eps=1e-08)"


@EVERY
def test_every_optimizer_learns_xor(make):
    net, optimizer = xor_net(), make()
    before = net.loss(X, Y)
    for _ in range(300):
        optimizer.step(net, gradient(net)[0])
    assert net.loss(X, Y) < 0.8 * before


# --- state


@WITH_STATE
def test_two_optimizers_share_nothing(make):
    alone, first, second = xor_net(), xor_net(), xor_net()
    lonely, one, other = make(), make(), make()
    for _ in range(3):
        lonely.step(alone, gradient(alone)[0])
    for _ in range(3):
        one.step(first, gradient(first)[0])
        other.step(second, gradient(second)[0])
    assert np.array_equal(flat(first), flat(alone))
    assert np.array_equal(flat(second), flat(alone))


@WITH_STATE
def test_the_state_is_one_networks(make):
    optimizer, net = make(), xor_net()
    optimizer.step(net, gradient(net)[0])
    for other in (xor_net(), xor_net(hidden=5)):
        before = flat(other)
        with pytest.raises(ValueError, match=r"state of Network.*one optimizer for each network"):
            optimizer.step(other, gradient(other)[0])
        assert np.array_equal(flat(other), before)


@WITH_STATE
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))])
def test_a_copy_made_apart_from_its_network_is_told_how_to(make, copied):
    optimizer, net = make(), xor_net()
    optimizer.step(net, gradient(net)[0])
    twin, of_it = copied((net, optimizer))
    of_it.step(twin, gradient(twin)[0])
    optimizer.step(net, gradient(net)[0])
    assert np.array_equal(flat(twin), flat(net))
    with pytest.raises(
        ValueError, match=r"another one like it, a copy perhaps.*\(net, optimizer\)"
    ) as told:
        copied(optimizer).step(net, gradient(net)[0])
    assert str(told.value).count(repr(net)) == 1


@EVERY
def test_a_failed_step_leaves_network_and_state_as_they_were(make, monkeypatch):
    def overflow(*_):
        raise FloatingPointError

    net, plain = xor_net(), xor_net()
    optimizer, other = make(), make()
    for _ in range(2):
        optimizer.step(net, gradient(net)[0])
        other.step(plain, gradient(plain)[0])
        good = gradient(net)[0]
        poisoned = Gradients(W=(good.W[0] * np.nan, good.W[1]), b=good.b)
        with pytest.raises(ValueError, match=r"grads.W\[0\] is nan at index \(0, 0\)"):
            optimizer.step(net, poisoned)
        with monkeypatch.context() as patch:
            patch.setattr(net, "update", overflow)
            with pytest.raises(FloatingPointError):
                optimizer.step(net, good)
    assert np.array_equal(flat(net), flat(plain))


@pytest.mark.filterwarnings("error")
def test_a_running_mean_that_overflows_is_named():
    net, grads = one_weight(1.0, 1e200)
    with pytest.raises(FloatingPointError, match=r"average for W of Dense layer 1 .* is inf"):
        bp.Adam(0.1).step(net, grads)
    assert net.layers[0].W == 1.0


# --- bad input


@pytest.mark.parametrize("kind", [bp.SGD, bp.Momentum, bp.Adam])
@pytest.mark.parametrize(
    ("lr", "error", "words"),
    [
        (-0.1, ValueError, "lr must be at least 0, got -0.1"),
        (np.nan, ValueError, "lr must be finite, got nan"),
        (np.inf, ValueError, "lr must be finite, got inf"),
        ("0.1", TypeError, "lr must be a real number, got '0.1'"),
        (None, TypeError, "lr must be a real number, got None"),
        (1j, TypeError, "lr must be a real number, got 1j"),
        (True, TypeError, "lr must be a real number, got True"),
    ],
)
def test_a_bad_learning_rate_is_refused(kind, lr, error, words):
    with pytest.raises(error, match=f"^{kind.__name__}: {words}"):
        kind(lr)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: bp.Momentum(0.1, 1.0), "beta must be at least 0 and less than 1, got 1"),
        (lambda: bp.Momentum(0.1, -0.5), "beta must be at least 0 and less than 1, got -0.5"),
        (lambda: bp.Adam(0.1, beta1=1.5), "beta1 must be at least 0 and less than 1, got 1.5"),
        (lambda: bp.Adam(0.1, beta2=np.nan), "beta2 must be finite, got nan"),
        (lambda: bp.Adam(0.1, eps=0.0), "eps must be greater than 0, got 0"),
    ],
)
def test_a_bad_parameter_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@EVERY
def test_step_takes_a_network_and_its_gradients(make):
    net, grads = xor_net(), gradient(xor_net())[0]
    wider = xor_net(hidden=9)
    name = type(make()).__name__
    with pytest.raises(TypeError, match=rf"{name}.step: net must be a Network, got Gradients"):
        make().step(grads, net)
    with pytest.raises(TypeError, match=rf"{name}.step: grads must be a Gradients, got list"):
        make().step(net, [grads.W])
    with pytest.raises(ValueError, match=rf"{name}.step: grads.W\[0\] has shape \(8, 2\), but W"):
        make().step(wider, grads)


@EVERY
def test_reprs_hold_no_address(make):
    assert "0x" not in repr(make())
    assert repr(make()).startswith(f"{type(make()).__name__}(lr=0.1")
