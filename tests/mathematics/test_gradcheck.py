"""The gradient check: it passes the right, fails the wrong, names kinks, and says what is amiss."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import backprop as bp

METHODS = pytest.mark.parametrize("method", ["central", "complex"])
SMOOTH = {
    "sine": (lambda x: np.sin(x).sum(), np.cos),
    "cubes": (lambda x: (x**3).sum(), lambda x: 3 * x**2),
    "product": (lambda x: np.exp(0.3 * x.sum()), lambda x: 0.3 * np.exp(0.3 * x.sum()) + 0 * x),
    "constant": (lambda x: 0 * x.sum() + 2.5, np.zeros_like),
    "far from 0": (lambda x: 1e6 + np.cos(x).sum(), lambda x: -np.sin(x)),
    "tiny": (lambda x: 1e-9 * np.sin(x).sum(), lambda x: 1e-9 * np.cos(x)),
}
points = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=0, max_dims=2, max_side=3), elements=st.floats(-2, 2)
)


# --- right gradients pass


@METHODS
@pytest.mark.parametrize("name", SMOOTH)
@given(x=points)
def test_the_right_gradient_passes(method, name, x):
    f, gradient = SMOOTH[name]
    report = bp.check_gradient(f, x, gradient, method)
    assert report.passed, report
    assert report.kinks == report.wrong == ()
    assert report.max_relative_error <= {"central": 1e-6, "complex": 1e-10}[method]


@METHODS
def test_a_stationary_point_where_f_is_0_passes(method):
    """x**3 at 0: the difference is h**2 and the slope 0, so that the floor decides."""
    assert bp.check_gradient(lambda x: x**3, 0.0, 0.0, method).passed


def test_an_array_does_as_well_as_a_function():
    x = np.array([[1.0, 2.0]])
    assert bp.check_gradient(lambda x: (x**2).sum(), x, 2 * x).passed


# --- wrong gradients fail


@METHODS
@pytest.mark.parametrize(
    ("mistake", "wrong"),
    [
        (lambda g: -g, ((0,), (1,), (2,))),
        (lambda g: 2 * g, ((0,), (1,), (2,))),
        (lambda g: g * (1 + 1e-5), ((0,), (1,), (2,))),
        (lambda g: g[::-1], ((0,), (2,))),
        (lambda g: np.where(np.arange(3) == 1, 0.0, g), ((1,),)),
    ],
    ids=["sign", "factor 2", "fifth digit", "order", "one entry"],
)
def test_a_wrong_gradient_fails_where_it_is_wrong(method, mistake, wrong):
    x = np.array([0.5, -1.0, 2.0])
    report = bp.check_gradient(lambda x: (x**3).sum(), x, lambda x: mistake(3 * x**2), method)
    assert not report.passed
    assert report.wrong == wrong
    assert report.worst in wrong
    assert report.max_relative_error > report.tolerance


def test_the_complex_step_judges_slopes_that_differences_cannot_see():
    def f(x):
        return 1.0 + 1e-15 * x

    assert bp.check_gradient(f, 0.0, -1e-15).passed, "lost in the rounding of f"
    assert not bp.check_gradient(f, 0.0, -1e-15, method="complex").passed


def test_the_relative_error_is_what_it_says():
    report = bp.check_gradient(lambda x: 3.0 * x, 1.0, 2.0, method="complex")
    np.testing.assert_allclose(report.max_relative_error, 1 / 3, rtol=1e-14)
    np.testing.assert_allclose(report.numeric, 3.0, rtol=1e-15)
    assert report.analytic == 2.0


def test_the_error_of_central_differences_is_a_v():
    """Truncation falls as h**2, rounding grows as eps/h: a hundredfold in h shows both."""
    error = {
        h: bp.check_gradient(np.exp, 1.0, np.exp, h=h).max_relative_error
        for h in (1e-2, 1e-4, 1e-6, 1e-12)
    }
    np.testing.assert_allclose(error[1e-2] / error[1e-4], 1e4, rtol=1e-2)
    np.testing.assert_allclose(error[1e-2], 1e-4 / 6, rtol=1e-3)  # h**2 f'''/(6 f')
    assert error[1e-12] > 1e-6 > error[1e-6]
    default = bp.check_gradient(np.exp, 1.0, np.exp)
    assert default.max_relative_error < 1e-9
    np.testing.assert_allclose(default.h, np.cbrt(np.finfo(float).eps))


@pytest.mark.parametrize("h", [1e-2, 1e-12])
def test_an_h_that_is_off_by_itself_is_named(h):
    report = bp.check_gradient(np.exp, 1.0, np.exp, h=h)
    assert not report.passed and not report.wrong
    assert f"h = {h:g} is itself off" in str(report)
    assert bp.check_gradient(np.exp, 1.0, lambda x: np.exp(x) + 1.0, h=h).wrong == ((),)


def test_the_default_step_grows_with_x():
    report = bp.check_gradient(lambda x: (x**2).sum(), [0.0, -100.0], lambda x: 2 * x)
    np.testing.assert_allclose(report.h[1] / report.h[0], 100.0)
    assert report.passed


# --- kinks


@METHODS
@pytest.mark.parametrize("convention", [0.0, 0.5, 1.0])
def test_a_kink_is_listed_and_every_convention_passes(method, convention):
    report = bp.check_gradient(
        lambda x: bp.relu(x).sum(), [-1.0, 0.0, 1.0], [0.0, convention, 1.0], method
    )
    assert report.kinks == ((1,),)
    assert report.passed
    assert report.max_relative_error < 1e-9, "a kink does not count"
    np.testing.assert_allclose([report.left[1], report.right[1]], [0.0, 1.0], atol=1e-12)


@METHODS
def test_a_wrong_gradient_away_from_the_kink_still_fails(method):
    report = bp.check_gradient(
        lambda x: bp.relu(x).sum(), [-1.0, 0.0, 1.0], [0.0, 0.0, 2.0], method
    )
    assert report.kinks == ((1,),)
    assert report.wrong == ((2,),)
    assert not report.passed


@pytest.mark.parametrize("outside", [-0.5, 1.5, 7.0])
def test_a_value_outside_the_slopes_of_a_kink_fails(outside):
    report = bp.check_gradient(lambda x: bp.relu(x), 0.0, outside)
    assert report.kinks == report.wrong == ((),)
    assert report.worst is None
    assert not report.passed


@given(part=st.floats(1e-3, 0.99), side=st.sampled_from([-1, 1]))
def test_a_kink_within_a_step_of_x_is_stepped_over(part, side):
    """|x - c| with c anywhere within h of x: central differences of h would be wrong by up to 1."""
    h = np.cbrt(np.finfo(float).eps)
    x, c = 0.7, 0.7 + side * part * h

    def f(x):
        return np.abs(x - c) + x**2

    right = np.sign(x - c) + 2 * x
    report = bp.check_gradient(f, x, right)
    assert report.passed and report.kinks == (), report
    assert bp.check_gradient(f, x, right - side).wrong == ((),)


@given(x=st.floats(-2, 2), k=st.floats(0.01, 1000.0))
def test_curvature_is_no_kink(x, k):
    report = bp.check_gradient(lambda x: np.cos(k * x), x, lambda x: -k * np.sin(k * x))
    assert report.kinks == ()


@given(
    x=st.floats(-2, 2),
    residual=st.floats(-1e-5, 1e-5),
    s=st.sampled_from([1e-4, 1e-3, 1.0, 10.0]),
)
def test_rounding_is_no_kink(x, residual, s):
    """A loss near 0 is the square of a difference that has lost almost all of its digits."""
    y = 1.0 + s * np.exp(x) + residual
    report = bp.check_gradient(
        lambda x: (1.0 + s * np.exp(x) - y) ** 2,
        x,
        lambda x: 2 * (1.0 + s * np.exp(x) - y) * s * np.exp(x),
    )
    assert report.kinks == ()
    assert report.passed, report


def test_a_tie_of_maximum_is_a_kink_in_both_inputs():
    report = bp.check_gradient(lambda x: np.maximum(x[0], x[1]), [1.0, 1.0], [1.0, 0.0])
    assert report.kinks == ((0,), (1,))


# --- x is left alone


def test_f_cannot_change_x():
    x = np.array([1.0, 2.0])

    def f(x):
        x *= x
        return x.sum()

    assert bp.check_gradient(f, x, 2 * x).passed
    assert x.tolist() == [1.0, 2.0]


@METHODS
def test_x_is_restored_when_f_writes_into_it_and_raises(method):
    layer = bp.Dense([[1.0, 2.0]], [0.0], "identity")

    def f(W):
        if W[0, 1] != 2.0:
            raise ArithmeticError("no")
        layer.W = W.real
        return W.sum() ** 2

    with pytest.raises(ArithmeticError):
        bp.check_gradient(f, layer.W, np.full((1, 2), 6.0), method)
    assert layer.W.tolist() == [[1.0, 2.0]]


def test_a_networks_own_weights_can_be_checked():
    net = bp.Network.random([2, 3, 1], activations=["tanh", "identity"], loss="squared_error")
    x, y = np.array([0.3, -0.4]), np.array([0.5])
    before = net.layers[0].W.copy()

    def loss_of(W):
        net.layers[0].W = W
        return net.loss(x, y)

    report = bp.check_gradient(loss_of, net.layers[0].W, net.backward(net.forward(x), y).W[0])
    assert report.passed, report
    assert np.array_equal(net.layers[0].W, before)


# --- what it prints


def test_a_report_prints_no_digit_that_is_only_rounding():
    good = bp.check_gradient(lambda x: (x**3).sum(), [1.0, 2.0], lambda x: 3 * x**2)
    assert str(good) == "passed: all 2 slopes agree with central differences to 1e-06"
    assert repr(good) == f"<gradient check {good}>"
    bad = bp.check_gradient(lambda x: (x**3).sum(), [1.0, 2.0], [3.0, 6.0], "complex")
    assert str(bad) == (
        "FAILED: 1 of 2 slopes disagree with the complex step; worst at (1,): analytic 6, "
        "numeric 12, relative error 0.5"
    )
    kink = bp.check_gradient(lambda x: np.abs(x).sum(), [0.0, 1.0], [0.0, 1.0])
    assert str(kink) == (
        "passed: 1 of 2 slopes agree with central differences to 1e-06; kinks at (0,), not compared"
    )


@pytest.mark.parametrize("claimed", [0.0, 1e-12, -1e-12])
def test_a_slope_that_rounding_hides_is_not_claimed_to_the_tolerance(claimed):
    """1 + 1e-12 x stands still where x moves by 6e-6: any slope so small would pass."""
    report = bp.check_gradient(lambda x: 1.0 + 1e-12 * x[0] + x[1] ** 2, [0.5, 0.7], [claimed, 1.4])
    assert report.passed
    assert report.numeric[0] == 0.0
    assert str(report).endswith("to 1e-06 or to the rounding of f")
    exact = bp.check_gradient(
        lambda x: 1.0 + 0.0 * x[0] + x[1] ** 2, [0.5, 0.7], [0.0, 1.4], "complex"
    )
    assert str(exact).endswith("agree with the complex step to 1e-10")


# --- bad input


def total(x):
    return np.sum(x)


BAD = {
    "f no function": (
        lambda: bp.check_gradient(3.0, 1.0, 1.0),
        TypeError,
        "f must be a function of x, got float",
    ),
    "x masked": (
        lambda: bp.check_gradient(total, np.ma.masked_array([1.0, 2.0], [0, 1]), [1.0, 1.0]),
        TypeError,
        "x is a masked array",
    ),
    "h huge": (
        lambda: bp.check_gradient(total, 1.0, 1.0, h=10**400),
        ValueError,
        "h must be finite",
    ),
    "method": (
        lambda: bp.check_gradient(total, 1.0, 1.0, "forward"),
        ValueError,
        "unknown method 'forward'; use 'central' or 'complex'",
    ),
    "x empty": (lambda: bp.check_gradient(total, [], []), ValueError, "x is empty, shape (0,)"),
    "x nan": (
        lambda: bp.check_gradient(total, [1.0, np.nan], [1.0, 1.0]),
        ValueError,
        "x is nan at index (1,)",
    ),
    "x complex": (lambda: bp.check_gradient(total, 1j, 1.0), TypeError, "x must be real"),
    "x text": (
        lambda: bp.check_gradient(total, "one", 1.0),
        TypeError,
        "x must be an array of numbers",
    ),
    "gradient shape": (
        lambda: bp.check_gradient(total, [1.0, 2.0], 1.0),
        ValueError,
        "gradient has shape () and x (2,)",
    ),
    "gradient nan": (
        lambda: bp.check_gradient(total, [1.0], [np.nan]),
        ValueError,
        "gradient is nan at index (0,)",
    ),
    "gradient complex": (
        lambda: bp.check_gradient(total, [1.0], [1j]),
        TypeError,
        "gradient must be real",
    ),
    "f array": (
        lambda: bp.check_gradient(lambda x: x, [1.0], [1.0]),
        ValueError,
        "f must return one number, got shape (1,); return its sum",
    ),
    "f text": (
        lambda: bp.check_gradient(lambda x: "one", [1.0], [1.0]),
        TypeError,
        "f must return a real number at x, got ",
    ),
    "f nan at x": (
        lambda: bp.check_gradient(lambda x: x * np.nan, 1.0, 1.0),
        ValueError,
        "f is nan at x;",
    ),
    "f inf beside x": (
        lambda: bp.check_gradient(lambda x: x if x <= 1 else np.inf, 1.0, 1.0),
        ValueError,
        "f is inf at x with coordinate () at 1.0000",
    ),
    "h zero": (
        lambda: bp.check_gradient(total, 1.0, 1.0, h=0.0),
        ValueError,
        "h must be greater than 0, got 0",
    ),
    "h lost": (
        lambda: bp.check_gradient(total, 1.0, 1.0, h=1e-20),
        ValueError,
        "h = 1e-20 is too small to move coordinate () from 1",
    ),
    "h text": (
        lambda: bp.check_gradient(total, 1.0, 1.0, h="small"),
        TypeError,
        "h must be a real number, got 'small'",
    ),
    "tolerance": (
        lambda: bp.check_gradient(total, 1.0, 1.0, tolerance=-1.0),
        ValueError,
        "tolerance must be greater than 0, got -1",
    ),
    "abs": (
        lambda: bp.check_gradient(lambda x: np.abs(x), 1.0, 1.0, "complex"),
        ValueError,
        "finds slope 0 at (), but real steps find 1: f drops or changes the imaginary part",
    ),
    "half abs": (
        lambda: bp.check_gradient(lambda x: np.abs(x) ** 2 + x, 1.0, 3.0, "complex"),
        ValueError,
        "finds slope 1 at (), but real steps find 3",
    ),
    "tiny abs": (
        lambda: bp.check_gradient(lambda x: 1e-6 * np.abs(x), 1.0, 1e-6, "complex"),
        ValueError,
        "f drops or changes the imaginary part",
    ),
    "float": (
        lambda: bp.check_gradient(lambda x: float(x), 1.0, 1.0, "complex"),
        TypeError,
        "f does not accept complex x",
    ),
    "real array": (
        lambda: bp.check_gradient(
            lambda x: np.array([0.0, *x], dtype=float).sum(), [1.0], [1.0], "complex"
        ),
        TypeError,
        "f does not accept complex x",
    ),
    "library": (
        lambda: bp.check_gradient(lambda x: bp.squared_error(0.0, x), 1.0, 2.0, "complex"),
        TypeError,
        "f does not accept complex x (squared_error: target must be real",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused(case):
    call, error, words = BAD[case]
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value).startswith("check_gradient: ")
    assert words in str(raised.value)
