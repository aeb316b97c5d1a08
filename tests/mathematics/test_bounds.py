"""Both sides of each bound that the library states, one float apart, and the digits that show it.

A bound stands in the table with a value just inside, which is taken, and one just outside, which is
refused in words that hold all of its digits.
"""

import copy

import numpy as np
import pytest

import backprop as bp
from backprop.network import Gradients

UP, DOWN = np.inf, -np.inf
TINY = 5e-324  # the least float above 0
LESS = float(np.nextafter(1.0, 0.0))
MORE = float(np.nextafter(1.0, 2.0))


def small_net(**options):
    return bp.Network.random(
        [2, 3, 1],
        activations=["tanh", "sigmoid"],
        loss="binary_cross_entropy",
        **options,
    )


def still(net):
    return Gradients(
        W=tuple(np.zeros_like(layer.W) for layer in net.layers),
        b=tuple(np.zeros_like(layer.b) for layer in net.layers),
    )


def stepped(lr):
    small_net().step([0.5, -0.5], [1.0], lr)


def updated(lr):
    net = small_net()
    net.update(still(net), lr)


def two_by_two(value):
    """A column that sums to `value`, of entries that are binary fractions but for one."""
    return [[0.5, value - 0.5], [0.5, 0.5]]


ENTROPIES = [bp.binary_cross_entropy, bp.cross_entropy]

# What has the bound, its use, a value just inside, one just outside, and words of the refusal.
BOUNDS = {
    "SGD lr": (bp.SGD, 0.0, -TINY, "lr must be at least 0"),
    "Momentum lr": (bp.Momentum, 0.0, -TINY, "lr must be at least 0"),
    "Momentum beta low": (lambda v: bp.Momentum(0.1, v), 0.0, -TINY, "beta must be at least 0"),
    "Momentum beta high": (lambda v: bp.Momentum(0.1, v), LESS, 1.0, "less than 1"),
    "Adam lr": (bp.Adam, 0.0, -TINY, "lr must be at least 0"),
    "Adam beta1 low": (lambda v: bp.Adam(0.1, beta1=v), 0.0, -TINY, "beta1 must be at least 0"),
    "Adam beta1 high": (lambda v: bp.Adam(0.1, beta1=v), LESS, 1.0, "less than 1"),
    "Adam beta2 low": (lambda v: bp.Adam(0.1, beta2=v), 0.0, -TINY, "beta2 must be at least 0"),
    "Adam beta2 high": (lambda v: bp.Adam(0.1, beta2=v), LESS, 1.0, "less than 1"),
    "Adam eps": (lambda v: bp.Adam(0.1, eps=v), TINY, 0.0, "eps must be greater than 0"),
    "step lr": (stepped, 0.0, -TINY, "lr must be at least 0"),
    "update lr": (updated, 0.0, -TINY, "lr must be at least 0"),
    "noise": (lambda v: bp.data.two_moons(4, noise=v), 0.0, -TINY, "noise must be at least 0"),
    "m least": (bp.data.two_moons, 2, 0, "m must be at least 1"),
    "m even": (bp.data.two_moons, 4, 3, "m must be even"),
    "seed": (lambda v: bp.data.two_moons(2, seed=v), 0, -1, "seed must be at least 0"),
    "size": (
        lambda v: bp.Network.random([2, v], activations=["tanh"], loss="squared_error"),
        1,
        0,
        "must be at least 1",
    ),
    "leaky slope": (
        lambda v: type(bp.leaky_relu)(v),
        0.0,
        -TINY,
        "slope must be at least 0",
    ),
    "check h": (
        lambda v: bp.check_gradient(
            lambda x: 1j * x.imag if np.iscomplexobj(x) else 0.0, 0.0, 0.0, h=v
        ),
        0.5,
        0.0,
        "h must be greater than 0",
    ),
    "check tolerance": (
        lambda v: bp.check_gradient(lambda x: x, 1.0, 1.0, tolerance=v),
        TINY,
        0.0,
        "tolerance must be greater than 0",
    ),
}
for loss in ENTROPIES:
    for use in ("__call__", "gradient", "from_logits", "gradient_from_logits"):
        call = getattr(loss, use)
        if loss is bp.binary_cross_entropy:
            BOUNDS[f"{loss.name} {use} target low"] = (
                lambda v, call=call: call(0.5, v),
                0.0,
                -TINY,
                "target must lie in [0, 1]",
            )
            BOUNDS[f"{loss.name} {use} target high"] = (
                lambda v, call=call: call(0.5, v),
                1.0,
                MORE,
                "target must lie in [0, 1]",
            )
        else:
            BOUNDS[f"{loss.name} {use} target high"] = (
                lambda v, call=call: call([0.5, 0.5], [v, 0.0]),
                1.0,
                MORE,
                "target must lie in [0, 1]",
            )
            BOUNDS[f"{loss.name} {use} sum high"] = (
                lambda v, call=call: call(np.full((2, 2), 0.5), two_by_two(v)),
                1.0 + 0.999e-6,
                1.0 + 1.001e-6,
                "column 1 of target sums",
            )
            BOUNDS[f"{loss.name} {use} sum low"] = (
                lambda v, call=call: call(np.full((2, 2), 0.5), two_by_two(v)),
                1.0 - 0.999e-6,
                1.0 - 1.001e-6,
                "column 1 of target sums",
            )
        if "logits" not in use:
            BOUNDS[f"{loss.name} {use} prediction low"] = (
                lambda v, call=call: call([v, 0.5], [0.0, 1.0]),
                0.0,
                -TINY,
                "prediction must lie in [0, 1]",
            )
            BOUNDS[f"{loss.name} {use} prediction high"] = (
                lambda v, call=call: call([v, 0.5], [1.0, 0.0]),
                1.0,
                MORE,
                "prediction must lie in [0, 1]",
            )


@pytest.mark.parametrize("name", BOUNDS)
def test_a_bound_has_two_sides(name):
    use, inside, outside, words = BOUNDS[name]
    use(inside)
    with pytest.raises(ValueError) as refused:
        use(outside)
    assert words in str(refused.value)
    if words.startswith("column"):  # of which the entries are given, not the sum
        assert f"sums to {0.5 + (outside - 0.5)!r}, not 1" in str(refused.value) or (
            f"{outside:.9f}"[:10] in str(refused.value)
        )
    else:
        shown = str(refused.value).split("got ")[1].split(";")[0].split(",")[0].split(" at")[0]
        assert float(shown) == outside, "all of its digits"


@pytest.mark.parametrize("side", [UP, DOWN])
@pytest.mark.parametrize("seed", range(20))
def test_a_message_shows_every_digit_that_is_over_the_bound(seed, side):
    """Targets and predictions that lie a little beyond [0, 1], by 1 to 1e15 floats."""
    rng = np.random.default_rng(seed)
    end = 1.0 if side == UP else 0.0
    value = end + (1 if side == UP else -1) * 10.0 ** rng.uniform(-15, 0)
    for call in (
        lambda: bp.binary_cross_entropy([0.5, 0.5], [0.0, value]),
        lambda: bp.binary_cross_entropy.gradient([0.5, value], [0.0, 1.0]),
        lambda: small_net().loss([0.5, 0.5], [value]),
        lambda: small_net().step([0.5, 0.5], [value], 0.1),
    ):
        with pytest.raises(ValueError, match=r"must lie in \[0, 1\], got ") as refused:
            call()
        assert float(str(refused.value).split("got ")[1].split(" at")[0]) == value
    with pytest.raises(ValueError) as refused:
        bp.Momentum(0.1, 1.0 + 10.0 ** rng.uniform(-15, 0))
    assert not str(refused.value).endswith("got 1")


# --- the step refuses on the same side of each bound as the readable way


@pytest.mark.parametrize("y", [0.0, -TINY, 1.0, MORE, 0.5])
def test_step_refuses_the_targets_that_the_loss_refuses(y):
    net, x = small_net(), np.array([[0.5, 0.1], [-0.5, 0.3]])
    target = np.array([[0.25, y]])
    if 0.0 <= y <= 1.0:
        assert net.step(x, target, 0.1) == pytest.approx(small_net().loss(x, target), rel=1e-12)
    else:
        with pytest.raises(ValueError, match=r"target must lie in \[0, 1\]"):
            net.step(x, target, 0.1)


@pytest.mark.parametrize("off", [0.0, 0.9e-6, -0.9e-6, 1.1e-6, -1.1e-6, 1e-3, -1e-3, 0.6])
@pytest.mark.parametrize("column", [0, 1])
def test_step_refuses_the_columns_that_the_loss_refuses(off, column):
    def net():
        return bp.Network.random([2, 3], activations=["softmax"], loss="cross_entropy")

    x, target = np.array([[0.5, 0.1], [-0.5, 0.3]]), np.full((3, 2), 1 / 3)
    target[2, column] += off
    if abs(off) <= 1e-6:
        assert net().step(x, target, 0.1) == pytest.approx(net().loss(x, target), rel=1e-12)
    else:
        stepped = net()
        for use in (lambda: net().loss(x, target), lambda: stepped.step(x, target, 0.1)):
            with pytest.raises(ValueError, match=f"column {column} of target sums to"):
                use()


def test_a_single_entry_above_one_is_refused_though_its_column_adds_up():
    net = bp.Network.random([2, 2], activations=["softmax"], loss="cross_entropy")
    for first in (MORE, 1.0 + 5e-7):
        target = np.array([first, 0.0])
        with pytest.raises(ValueError, match=r"target must lie in \[0, 1\]"):
            net.step([0.5, 0.5], target, 0.1)
    net.step([0.5, 0.5], [1.0, 5e-7], 0.1)


# --- masks: refused wherever numbers enter

MASKED = np.ma.masked_array([1.0, 2.0, 999.0], mask=[0, 0, 1])
COLUMN = MASKED[:, None]


def line():
    return bp.Network([bp.Dense(np.ones((3, 3)), np.zeros(3), "identity")], loss="squared_error")


def grads_with(name):
    good = still(line())
    parts = {"W": good.W, "b": good.b} | {name: (np.ma.masked_array(getattr(good, name)[0]),)}
    return Gradients(**parts)


ENTRIES = {
    "half_squared_error prediction": lambda v: bp.half_squared_error(v, np.ones(3)),
    "squared_error target": lambda v: bp.squared_error(np.ones(3), v),
    "squared_error gradient": lambda v: bp.squared_error.gradient(v, np.ones(3)),
    "binary_cross_entropy z": lambda v: bp.binary_cross_entropy.from_logits(v, np.ones(3)),
    "cross_entropy z": lambda v: bp.cross_entropy.gradient_from_logits(v, np.eye(3)[0]),
    **{
        f"{g.name}": g
        for g in (bp.identity, bp.sigmoid, bp.tanh, bp.relu, bp.leaky_relu, bp.softplus, bp.softmax)
    },
    "derivative": bp.sigmoid.derivative,
    "vjp": lambda v: bp.tanh.vjp(np.ones(3), v),
    "Dense W": lambda v: bp.Dense([v, v], [0.0, 0.0], "relu"),
    "Dense b": lambda v: bp.Dense(np.ones((3, 1)), v, "relu"),
    "W setter": lambda v: setattr(line().layers[0], "W", [v, v, v]),
    "b setter": lambda v: setattr(line().layers[0], "b", v),
    "forward": lambda v: line().forward(v),
    "loss x": lambda v: line().loss(v, np.ones(3)),
    "loss y": lambda v: line().loss(np.ones(3), v),
    "step x": lambda v: line().step(v, np.ones(3), 0.1),
    "step y": lambda v: line().step(np.ones(3), v, 0.1),
    "backward y": lambda v: (lambda net: net.backward(net.forward(np.ones(3)), v))(line()),
    "check x": lambda v: bp.check_gradient(np.sum, v, np.ones(3)),
    "check gradient": lambda v: bp.check_gradient(np.sum, np.ones(3), v),
    "check gradient function": lambda v: bp.check_gradient(np.sum, np.ones(3), lambda x: v),
}


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize(
    "masked",
    [MASKED, np.ma.masked_array([1.0, 2.0, 3.0]), [1.0, np.ma.masked, 2.0], MASKED.astype(int)],
    ids=["mask", "nothing masked", "a masked entry in a list", "whole numbers"],
)
def test_a_masked_array_is_refused(entry, masked):
    with pytest.raises(TypeError, match=r"is a masked array, and its mask would be lost.*filled"):
        ENTRIES[entry](masked)


@pytest.mark.parametrize("name", ["W", "b"])
@pytest.mark.parametrize("optimizer", [None, bp.SGD, bp.Momentum, bp.Adam])
def test_masked_gradients_are_refused(name, optimizer):
    net = line()
    before = copy.deepcopy(net)
    use = bp.Network.update if optimizer is None else optimizer(0.1).step
    rest = (0.1,) if optimizer is None else ()
    with pytest.raises(TypeError, match=rf"grads.{name}\[0\] is a masked array"):
        use(net, grads_with(name), *rest)
    assert np.array_equal(net.layers[0].W, before.layers[0].W)


def test_gradients_may_be_lists_and_must_be_real():
    net = line()
    net.update(Gradients(W=(np.ones((3, 3)).tolist(),), b=([1.0, 2.0, 3.0],)), 0.5)
    assert net.layers[0].b.tolist() == [-0.5, -1.0, -1.5]
    with pytest.raises(TypeError, match=r"grads.W\[0\] must be real"):
        net.update(Gradients(W=(np.full((3, 3), 1j),), b=(np.zeros(3),)), 0.5)
