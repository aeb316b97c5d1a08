"""What a gradient check may call agreement: a table of functions that must not pass, and of those that must.

Each maker draws a function of its kind, a point and a gradient. What must not pass has a gradient
that is wrong, or a function of which nothing can be said; what must pass has the right one.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import backprop as bp

DRAWS = range(12)  # seeds of each kind


def uniform(rng, low, high, n=3):
    return rng.uniform(low, high, n) * rng.choice([-1.0, 1.0], n)


def squares(rng):
    """A smooth function to spoil, a point, and its right gradient there."""
    c, x = uniform(rng, 0.5, 2.0), uniform(rng, 0.3, 1.5)
    return (lambda v: np.sum(c * v**2)), x, 2 * c * x


# --- functions that are not functions of x alone: refused


def counting(rng):
    f, x, g = squares(rng)
    calls, step = [0], 10.0 ** rng.uniform(-9, 1)

    def counted(v):
        calls[0] += 1
        return f(v) + step * calls[0]

    return counted, x, g


def random(rng):
    f, x, g = squares(rng)
    noise = 10.0 ** rng.uniform(-9, 0)
    return (lambda v: f(v) + noise * rng.normal()), x, g


def with_dropout(rng):
    f, x, g = squares(rng)
    return (lambda v: f(v * rng.integers(2, size=(9, 3)).mean(axis=0))), x, g


def remembering(rng):
    """It changes what it reads: an average of all the points that it has seen."""
    f, x, g = squares(rng)
    mean = np.zeros(3)

    def running(v):
        mean[:] = 0.9 * mean + 0.1 * v
        return f(v - mean)

    return running, x, g


def changing_late(rng):
    """It says the same twice, and something else after it has been elsewhere."""
    f, x, g = squares(rng)
    away = [0.0]

    def moved(v):
        away[0] += 1e-6 * float(np.any(v != x))
        return f(v) + away[0]

    return moved, x, g


IMPURE = [counting, random, with_dropout, remembering, changing_late]


@pytest.mark.parametrize("make", IMPURE, ids=lambda make: make.__name__)
@pytest.mark.parametrize("seed", DRAWS)
def test_what_is_no_function_of_x_alone_is_refused(make, seed):
    f, x, g = make(np.random.default_rng(seed))
    with pytest.raises(
        ValueError, match=r"^check_gradient: f is not a function of x alone: .* seed"
    ):
        bp.check_gradient(f, x, g)


# --- functions without a slope, whatever gradient is claimed: undecided


def jumping(rng):
    f, x, g = squares(rng)
    i, size = rng.integers(3), uniform(rng, 1e-3, 9.0, 1)[0]
    x[i] = rng.choice([0.0, x[i]])
    at, left = x[i], rng.choice([0, 1])
    return (lambda v: f(v) + size * (v[i] > at if left else v[i] >= at)), x, g


def rounding_down(rng):
    x = rng.integers(-5, 5, 3) * 1.0
    return (lambda v: np.floor(v).sum()), x, np.zeros(3)


def signs(rng):
    return (lambda v: np.sign(v[0]) + v[1]), np.array([0.0, rng.uniform()]), [0.0, 1.0]


def roots(rng):
    c, power = uniform(rng, 1e-12, 3.0), rng.uniform(0.1, 0.7)
    return (
        lambda v: np.sum(c * np.sign(v) * np.abs(v) ** power),
        np.zeros(3),
        uniform(rng, 0.0, 9.0),
    )


def cusps(rng):
    return (lambda v: np.sqrt(np.abs(v)).sum()), np.zeros(3), np.zeros(3)


def tiny_jumps(rng):
    scale = 10.0 ** rng.uniform(-200, -14)
    return (lambda v: scale * np.sum(v > 0)), np.zeros(2), scale * rng.uniform(0, 1e5, 2)


def tiny_roots(rng):
    f, x, g = roots(rng)
    scale = 10.0 ** rng.uniform(-200, -14)
    return (lambda v: scale * f(v)), x, scale * g


def far_too_steep(rng):
    k = 10.0 ** rng.uniform(9, 12)
    return (lambda v: np.tanh(k * v).sum()), np.zeros(2), rng.choice([0.0, k], 2)


def kinks_alone(rng):
    c = uniform(rng, 1e-3, 1e3)
    return (lambda v: np.sum(c * np.abs(v))), np.zeros(3), c * rng.uniform(-0.9, 0.9, 3)


SLOPELESS = [
    jumping,
    rounding_down,
    signs,
    roots,
    cusps,
    tiny_jumps,
    tiny_roots,
    far_too_steep,
    kinks_alone,
]


@pytest.mark.parametrize("make", SLOPELESS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("seed", DRAWS)
def test_where_there_is_no_slope_nothing_passes(make, seed):
    f, x, g = make(np.random.default_rng(seed))
    report = bp.check_gradient(f, x, g)
    assert not report.passed and not report.wrong, report
    assert str(report).startswith("UNDECIDED: ")
    assert "not compared" in str(report)
    if make is kinks_alone:
        assert report.kinks == ((0,), (1,), (2,))
        assert np.isnan(report.max_relative_error), "nothing was compared"
    else:
        assert report.undecided and not report.kinks
        assert str(next(iter(report.undecided))) in str(report)


@pytest.mark.parametrize("make", [jumping, rounding_down, signs])
@pytest.mark.parametrize("seed", DRAWS)
def test_a_jump_is_named_and_is_no_kink(make, seed):
    f, x, g = make(np.random.default_rng(seed))
    assert "f jumps" in str(bp.check_gradient(f, x, g))


def test_what_changes_too_fast_is_named():
    for f in (np.cbrt, lambda x: np.tanh(1e10 * x)):
        assert "f changes too fast" in str(bp.check_gradient(f, 0.0, 5.0))


# --- wrong gradients of smooth functions: found


def too_steep_for_h(rng):
    k = 10.0 ** rng.uniform(3, 7)
    x = rng.choice([0.0, rng.uniform(-1, 1)], 2)
    return (
        (lambda v: np.sin(k * v).sum()),
        x,
        k * np.cos(k * x) * rng.choice([0.0, 1.0001], 2) + 1.0,
    )


def wrong_by_a_constant_at_large_x(rng):
    x = uniform(rng, 1e5, 1e12)
    return (lambda v: v.sum()), x, 1.0 + uniform(rng, 1e-5, 1.0)


def wrong_at_small_scale(rng):
    f, x, g = squares(rng)
    scale = 10.0 ** rng.uniform(-200, -6)
    return (lambda v: scale * f(v)), x, scale * g * (1 + uniform(rng, 1e-5, 1.0))


def wrong_beside_a_large_slope(rng):
    big = 10.0 ** rng.uniform(3, 8)
    return (lambda v: big * v[0] + v[1]), np.array([0.5, 0.5]), [big, 0.0]


def wrong_near_a_stationary_point(rng):
    return (lambda v: np.sum(v**3)), np.zeros(3), uniform(rng, 1e-12, 1e-3)


def wrong_beside_a_kink(rng):
    f, x, g = squares(rng)
    kinked, x[2], g[2] = uniform(rng, 0.1, 2.0, 1)[0], 0.0, 0.0
    return (lambda v: f(v) + kinked * abs(v[2])), x, g * (1 + uniform(rng, 1e-5, 1.0))


def relus_that_cancel(rng):
    """relu(z) - relu(-z) = z, for which reverse mode with relu'(0) = 0 finds the slope 0."""
    c = uniform(rng, 0.1, 3.0)
    return (lambda v: np.sum(c * (bp.relu(v) - bp.relu(-v)))), np.zeros(3), np.zeros(3)


def outside_of_a_kink(rng):
    """2 relu(z) - relu(-z) has the slopes 1 and 2, and reverse mode finds 0."""
    return (lambda v: np.sum(2 * bp.relu(v) - bp.relu(-v))), np.zeros(3), np.zeros(3)


WRONG = [
    too_steep_for_h,
    wrong_by_a_constant_at_large_x,
    wrong_at_small_scale,
    wrong_beside_a_large_slope,
    wrong_near_a_stationary_point,
    wrong_beside_a_kink,
    relus_that_cancel,
    outside_of_a_kink,
]


@pytest.mark.parametrize("make", WRONG, ids=lambda make: make.__name__)
@pytest.mark.parametrize("seed", DRAWS)
def test_a_wrong_gradient_is_found(make, seed):
    f, x, g = make(np.random.default_rng(seed))
    report = bp.check_gradient(f, x, g)
    assert not report.passed and report.wrong, report
    assert str(report).startswith("FAILED: ")


@pytest.mark.parametrize(
    ("f", "x", "claimed", "error"),
    [(lambda x: x.sum(), [1e9], [0.5], "0.5"), (lambda x: np.tanh(3e5 * x[0]), [0.0], [0.0], "1")],
)
def test_the_printed_error_is_the_plain_one(f, x, claimed, error):
    report = bp.check_gradient(f, x, claimed)
    assert str(report).endswith(f"relative error {error}")
    np.testing.assert_allclose(report.relative_error, float(error), rtol=1e-5)


# --- single precision inside: named, and neither wrong nor a kink


def single_sum(rng):
    c = uniform(rng, 0.5, 2.0).astype(np.float32)
    return (lambda v: np.sum(np.sin(c * np.float32(v)))), lambda v: c * np.cos(c * v)


def single_squares_as_float(rng):
    c = uniform(rng, 0.5, 2.0).astype(np.float32)
    return (lambda v: float(np.sum(c * np.float32(v) ** 2))), lambda v: 2.0 * c * v


def single_then_scaled(rng):
    c = rng.uniform(0.1, 10.0)
    return (lambda v: c * float(np.sum(np.tanh(np.float32(v))))), lambda v: c / np.cosh(v) ** 2


def single_hidden_layer(rng):
    W = rng.normal(size=(9, 3)).astype(np.float32)

    def f(v):
        return float(np.mean(np.tanh(W @ np.float32(v)).astype(float) ** 2))

    def gradient(v):
        a = np.tanh(W.astype(float) @ v)
        return W.T.astype(float) @ (2 * a * (1 - a**2)) / 9

    return f, gradient


def single_beside_double(rng):
    f, gradient = single_hidden_layer(rng)
    return (lambda v: f(v) + 0.1 * np.sum(v**2)), lambda v: gradient(v) + 0.2 * v


def single_and_steep(rng):
    """Steep enough for differences to have three digits."""
    k = rng.uniform(200.0, 800.0)
    return (
        lambda v: 0.1 * float(np.float32(2.0 + np.sum(np.sin(k * v)))),
        lambda v: 0.1 * k * np.cos(k * v),
    )


SINGLE = [
    single_and_steep,
    single_sum,
    single_squares_as_float,
    single_then_scaled,
    single_hidden_layer,
    single_beside_double,
]


@pytest.mark.parametrize("make", SINGLE, ids=lambda make: make.__name__)
@pytest.mark.parametrize("seed", DRAWS)
@pytest.mark.parametrize("factor", [1.0, -1.0])
def test_single_precision_is_named(make, seed, factor):
    rng = np.random.default_rng(seed)
    f, gradient = make(rng)
    report = bp.check_gradient(f, uniform(rng, 0.3, 1.5), lambda v: factor * gradient(v))
    assert not report.passed and not report.kinks, report
    assert "single precision" in str(report) or "float32" in str(report)
    assert "compute in float64" in str(report)


@pytest.mark.parametrize(
    "half", [np.float16, lambda v: float(np.float16(v)), lambda v: round(v, 3)]
)
def test_half_precision_and_rounding_are_named(half):
    report = bp.check_gradient(lambda v: half(np.sin(v[0])), [0.7], np.cos)
    assert not report.passed
    assert "compute in float64" in str(report)


# --- what must pass


def net_problem(rng, hidden, output, loss, m):
    net = bp.Network.random([3, 4, 2], activations=[hidden, output], loss=loss, seed=rng)
    for layer in net.layers:
        layer.b = rng.normal(size=layer.b.shape)
    x = rng.normal(size=(3, m))
    y = rng.uniform(0.05, 0.95, (2, m))
    return net, x, y / y.sum(axis=0)


HIDDEN = ["identity", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "softmax"]
ENDS = [
    ("identity", "half_squared_error"),
    ("tanh", "squared_error"),
    ("sigmoid", "binary_cross_entropy"),
    ("softmax", "cross_entropy"),
]


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(("output", "loss"), ENDS)
def test_every_network_of_the_library_passes(hidden, output, loss):
    rng = np.random.default_rng(len(hidden))
    net, x, y = net_problem(rng, hidden, output, loss, 5)
    if "relu" in hidden:
        assert np.abs(net.forward(x).z[0]).min() > 1e-4, "kinks lie elsewhere"
    for layer, dW in zip(net.layers, net.backward(net.forward(x), y).W, strict=True):

        def loss_of(W, layer=layer):
            layer.W = W
            return net.loss(x, y)

        report = bp.check_gradient(loss_of, layer.W, dW)
        assert report.passed and report.kinks == (), report
        assert report.max_relative_error <= report.tolerance
        worse = bp.check_gradient(loss_of, layer.W, dW + 1e-4 * np.abs(dW).max())
        assert len(worse.wrong) == dW.size, "each entry was compared"


@pytest.mark.parametrize("steps", [100, 3000])
def test_a_well_trained_network_passes(steps):
    """The loss nears 0, and with it go the digits of its differences."""
    rng = np.random.default_rng(1)
    net, x, y = net_problem(rng, "tanh", "identity", "half_squared_error", 2)
    for _ in range(steps):
        net.step(x, y, 0.2)
    grads = net.backward(net.forward(x), y)
    for layer, dW in zip(net.layers, grads.W, strict=True):

        def loss_of(W, layer=layer):
            layer.W = W
            return net.loss(x, y)

        assert bp.check_gradient(loss_of, layer.W, dW).passed


@given(k=st.floats(1e-3, 1e6), scale=st.floats(-100, 100), x=st.floats(-2, 2))
def test_steep_and_small_functions_pass(k, scale, x):
    report = bp.check_gradient(
        lambda v: 10.0**scale * np.sin(k * v), x, lambda v: 10.0**scale * k * np.cos(k * v)
    )
    assert report.passed, report


@given(seed=st.integers(0, 2**32 - 1), size=st.floats(0, 12))
def test_large_x_passes(seed, size):
    rng = np.random.default_rng(seed)
    x = uniform(rng, 0.1, 1.0) * 10.0**size
    assert bp.check_gradient(lambda v: v.sum(), x, np.ones(3)).passed
    assert bp.check_gradient(lambda v: (v**2).sum(), x, 2 * x).passed


@given(seed=st.integers(0, 2**32 - 1), distance=st.floats(-8, 0))
def test_kinks_and_jumps_away_from_x_pass(seed, distance):
    """As near as a hundredth of a millionth."""
    rng = np.random.default_rng(seed)
    f, x, g = squares(rng)
    side, size = rng.choice([-1.0, 1.0]), uniform(rng, 0.1, 5.0, 1)[0]
    at = x[0] - side * 10.0**distance
    kinked = bp.check_gradient(
        lambda v: f(v) + size * np.abs(v[0] - at), x, g + np.array([side * size, 0.0, 0.0])
    )
    assert kinked.passed and kinked.kinks == (), kinked
    jumped = bp.check_gradient(lambda v: f(v) + size * (v[0] > at), x, g)
    assert jumped.passed, jumped


@given(seed=st.integers(0, 2**32 - 1))
def test_a_kink_at_x_is_listed_beside_what_is_compared(seed):
    rng = np.random.default_rng(seed)
    f, x, g = squares(rng)
    left, right = sorted(rng.uniform(-3, 3, 2))
    x[1] = 0.0
    between = left + (right - left) * rng.choice([0.0, 0.5, 1.0])

    def kinked(v):
        return f(v) + np.where(v[1] > 0, right, left) * v[1]

    report = bp.check_gradient(kinked, x, np.where(np.arange(3) == 1, between, g))
    assert report.passed and report.kinks == ((1,),), report
    assert "2 of 3 slopes agree" in str(report) and "kinks at (1,), not compared" in str(report)
    np.testing.assert_allclose([report.left[1], report.right[1]], [left, right], atol=1e-4)
    beyond = right + 0.1 * (right - left) + 1e-3
    outside = bp.check_gradient(kinked, x, np.where(np.arange(3) == 1, beyond, g))
    assert outside.wrong == ((1,),) and "is not between the slopes" in str(outside)


@pytest.mark.parametrize(("method", "stated"), [("central", 1e-6), ("complex", 1e-10)])
def test_the_stated_tolerance_has_two_sides(method, stated):
    """A gradient of a smooth function that is wrong by a tenth of it passes, by ten times it fails."""
    x = np.array([0.3, -1.2, 0.8])
    for sign in (-1.0, 1.0):
        inside, outside = (np.exp(x) * (1.0 + sign * part * stated) for part in (0.1, 10.0))
        assert bp.check_gradient(lambda x: np.exp(x).sum(), x, inside, method).passed
        report = bp.check_gradient(lambda x: np.exp(x).sum(), x, outside, method)
        assert not report.passed and len(report.wrong) == x.size and report.tolerance == stated


def test_a_single_number_is_called_x() -> None:
    """It has no place of its own to be named by."""
    for gradient, words in (
        (0.0, "; kinks at x, not compared"),
        (2.0, "; at the kink x analytic 2 "),
    ):
        assert words in str(bp.check_gradient(bp.relu, 0.0, gradient))
    assert "; worst at x: analytic 2, numeric 1, " in str(bp.check_gradient(np.sin, 0.0, 2.0))
