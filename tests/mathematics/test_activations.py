"""Each activation: its values, its derivative, its tails, its kink, and what it refuses."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import backprop as bp
from backprop import autodiff as ad

ANALYTIC = [bp.identity, bp.sigmoid, bp.tanh, bp.softplus]
KINKED = [bp.relu, bp.leaky_relu]
ELEMENTWISE = [*ANALYTIC, *KINKED]
ALL = [*ELEMENTWISE, bp.softmax]

moderate = st.floats(-20.0, 20.0)
shapes = hnp.array_shapes(min_dims=1, max_dims=2, max_side=4)
arrays = hnp.arrays(np.float64, shapes, elements=moderate)
H = 1e-20  # the complex step has no rounding of its own, so h may be as small as it likes


def close(actual, expected, rtol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=1e-300)


def jacobian_by_complex_step(g, z):
    """J[i, j] = Im g_i(z + i h e_j) / h."""
    return np.stack([np.imag(g(z + 1j * H * e)) / H for e in np.eye(len(z))], axis=1)


# --- values


@pytest.mark.parametrize(
    ("g", "z", "value", "slope"),
    [
        (bp.identity, 3.0, 3.0, 1.0),
        (bp.sigmoid, 0.0, 1 / 2, 1 / 4),
        (bp.sigmoid, np.log(3), 3 / 4, 3 / 16),
        (bp.tanh, np.log(3), 4 / 5, 9 / 25),
        (bp.relu, 2.5, 2.5, 1.0),
        (bp.relu, -2.5, 0.0, 0.0),
        (bp.leaky_relu, 2.5, 2.5, 1.0),
        (bp.leaky_relu, -2.5, -0.025, 0.01),
        (bp.softplus, 0.0, np.log(2), 1 / 2),
        (bp.softplus, np.log(3), np.log(4), 3 / 4),
    ],
    ids=repr,
)
def test_values_known_in_closed_form(g, z, value, slope):
    close(g(z), value, rtol=1e-15)
    close(g.derivative(z), slope, rtol=1e-15)


def test_softmax_of_known_odds():
    s = np.array([1, 2, 5]) / 8
    close(bp.softmax(np.log([1.0, 2.0, 5.0])), s, rtol=1e-15)
    close(bp.softmax.derivative(np.log([1.0, 2.0, 5.0])), np.diag(s) - np.outer(s, s))


# --- derivatives


@pytest.mark.parametrize("g", ANALYTIC, ids=repr)
@given(z=arrays)
def test_the_derivative_is_the_complex_step(g, z):
    close(g.derivative(z), np.imag(g(z + 1j * H)) / H)


@pytest.mark.parametrize("g", KINKED, ids=repr)
@given(z=arrays)
def test_away_from_the_kink_the_derivative_is_the_slope(g, z):
    z = np.where(np.abs(z) < 0.1, 1.0, z)
    h = 2.0**-20  # a power of two: g is linear on either side, so only the division rounds
    close(g.derivative(z), (g(z + h) - g(z - h)) / (2 * h), rtol=1e-7)
    close(g.derivative(z), np.imag(g(z + 1j * H)) / H)


def test_the_kink_is_a_convention():
    assert bp.relu.derivative(0.0) == 0.0
    assert bp.leaky_relu.derivative(0.0) == bp.leaky_relu.slope == 0.01
    assert np.imag(bp.relu(1j * H)) / H == 0.0, "the complex step takes the same branch"
    assert np.imag(bp.leaky_relu(1j * H)) / H == 0.01


@given(z=hnp.arrays(np.float64, st.integers(1, 5), elements=moderate))
def test_the_softmax_jacobian_is_the_complex_step(z):
    # absolute beside relative: 1 - s_j cancels when one class has almost all of the mass
    expected = jacobian_by_complex_step(bp.softmax, z)
    np.testing.assert_allclose(bp.softmax.derivative(z), expected, rtol=1e-12, atol=1e-15)


@given(z=hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2), elements=moderate))
def test_the_softmax_jacobian_of_a_batch_is_one_for_each_column(z):
    J = bp.softmax.derivative(z)
    assert J.shape == (len(z), *z.shape)
    for k, column in enumerate(z.T):
        close(J[:, :, k], bp.softmax.derivative(column))


@pytest.mark.parametrize("g", ELEMENTWISE, ids=repr)
@given(z=arrays)
def test_vjp_multiplies_by_the_derivative(g, z):
    upstream = np.cos(1.0 + np.arange(z.size)).reshape(z.shape)
    close(g.vjp(z, upstream), upstream * g.derivative(z))


@given(z=hnp.arrays(np.float64, st.integers(1, 5), elements=moderate))
def test_the_softmax_vjp_is_the_transposed_jacobian(z):
    upstream = np.cos(1.0 + np.arange(z.size))
    expected = bp.softmax.derivative(z).T @ upstream
    np.testing.assert_allclose(bp.softmax.vjp(z, upstream), expected, rtol=1e-12, atol=1e-15)
    batch = bp.softmax.vjp(np.stack([z, -z], axis=1), np.stack([upstream, upstream], axis=1))
    close(batch[:, 0], bp.softmax.vjp(z, upstream))
    close(batch[:, 1], bp.softmax.vjp(-z, upstream))


# --- identities


@given(z=arrays)
def test_identities_between_the_functions(z):
    close(bp.sigmoid(z) + bp.sigmoid(-z), np.ones_like(z))
    np.testing.assert_allclose(bp.tanh(z), 2 * bp.sigmoid(2 * z) - 1, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(bp.softplus(z) - bp.softplus(-z), z, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(bp.relu(z) - bp.relu(-z), z)
    close(bp.softmax(z).sum(axis=0), np.ones(z.shape[1:]))
    close(bp.softmax(z + 3.0), bp.softmax(z))
    two_classes = bp.softmax(np.stack([z.ravel(), 0 * z.ravel()]))[0]
    close(two_classes, bp.sigmoid(z.ravel()))


# --- far out


@pytest.mark.parametrize("g", ALL, ids=repr)
@pytest.mark.filterwarnings("error")
def test_far_out_there_is_no_warning_and_no_nan(g):
    z = np.array([-1000.0, -750.0, 0.0, 750.0, 1000.0])
    assert np.isfinite(g(z)).all()
    assert np.isfinite(g.derivative(z)).all()
    assert np.isfinite(g.vjp(z, np.ones(5))).all()
    assert np.isfinite(g(z + 1j * H)).all()


def test_the_tails_keep_their_digits():
    """For large z, sigmoid' = e^-z, tanh' = 4 e^-2z and softplus(-z) = e^-z, relatively."""
    z = np.array([40.0, 100.0, 300.0])
    close(bp.sigmoid.derivative(z), np.exp(-z), rtol=1e-15)
    close(bp.sigmoid.derivative(-z), np.exp(-z), rtol=1e-15)
    close(bp.tanh.derivative(z), 4 * np.exp(-2 * z), rtol=1e-15)
    close(bp.softplus(-z), np.exp(-z), rtol=1e-15)


@pytest.mark.parametrize("g", ALL, ids=repr)
def test_nan_in_gives_nan_out(g):
    z = np.array([np.nan, 1.0])
    assert np.isnan(g(z)[0])
    with np.errstate(invalid="ignore"):  # complex division warns of NaN, real division does not
        assert np.isnan(g(z + 0j)[0])
    assert np.isnan(g.derivative(z)).any() or g is bp.identity


# --- arrays in, arrays out


@pytest.mark.parametrize("g", ALL, ids=repr)
@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint16, int, np.float16, np.float32])
def test_every_real_dtype_becomes_float64(g, dtype):
    z = np.array([0, 1, 1, 0], dtype=dtype)
    for result in (g(z), g.derivative(z), g.vjp(z, z)):
        assert result.dtype == np.float64
    close(g(z), g(z.astype(float)))


@pytest.mark.parametrize("g", ELEMENTWISE, ids=repr)
def test_shapes_are_kept_down_to_plain_numbers(g):
    for shape in [(), (3,), (3, 2), (2, 1, 3), (0,)]:
        assert np.shape(g(np.zeros(shape))) == np.shape(g.derivative(np.zeros(shape))) == shape
    assert isinstance(g(0.5), float)
    assert isinstance(g.derivative(0.5), float)


@pytest.mark.parametrize("g", ALL, ids=repr)
def test_the_argument_is_neither_changed_nor_returned(g):
    z = np.array([-1.0, 2.0])
    a = g(z)
    a += 1.0
    assert z.tolist() == [-1.0, 2.0]


@pytest.mark.parametrize("g", ALL, ids=repr)
def test_a_copy_is_equal_and_a_name_is_stable(g):
    assert copy.deepcopy(g) == g == pickle.loads(pickle.dumps(g))
    assert repr(g) == f"<activation {g.name}>"
    assert [other for other in ALL if other == g] == [g]


# --- bad input


@pytest.mark.parametrize("g", ALL, ids=repr)
@pytest.mark.parametrize("use", ["call", "derivative", "vjp", "upstream"])
@pytest.mark.parametrize(
    ("z", "error"),
    [
        ("one", TypeError),
        (None, TypeError),
        ([1.0, object()], TypeError),
        (np.array([1.0, 2.0], dtype=object), TypeError),
        ([[1.0, 2.0], [3.0]], ValueError),
    ],
    ids=["text", "None", "objects", "object dtype", "ragged"],
)
def test_what_is_no_array_of_numbers_is_refused(g, use, z, error):
    calls = {
        "call": lambda: g(z),
        "derivative": lambda: g.derivative(z),
        "vjp": lambda: g.vjp(z, [1.0, 2.0]),
        "upstream": lambda: g.vjp([1.0, 2.0], z),
    }
    word = "upstream" if use == "upstream" else "z"
    with pytest.raises(error, match=f"^{g.name}: {word} .*array of numbers"):
        calls[use]()


@pytest.mark.parametrize("g", ALL, ids=repr)
def test_vjp_names_both_shapes_when_they_differ(g):
    with pytest.raises(ValueError, match=r"z has shape \(3,\) and upstream \(3, 1\); upstream is"):
        g.vjp(np.ones(3), np.ones((3, 1)))


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (2, 2, 2)])
def test_softmax_needs_columns(shape):
    with pytest.raises(ValueError, match=r"softmax: z must have shape \(n,\) or \(n, m\)"):
        bp.softmax(np.zeros(shape))
    with pytest.raises(ValueError, match=r"softmax: z must have shape"):
        bp.softmax.derivative(np.zeros(shape))


# --- one derivative, in two places

SAME_ON_THE_TAPE = ["sigmoid", "tanh", "relu", "softplus", "leaky_relu"]


@pytest.mark.parametrize("name", SAME_ON_THE_TAPE)
@given(
    z=st.one_of(st.floats(-345.0, 345.0), st.sampled_from([15.0, 18.0, 19.0, 20.0, -19.0, 300.0]))
)
def test_the_tape_has_the_same_slope(name, z):
    """As far out as the slope is a float of full precision."""
    v = ad.var(z)
    (slope,) = ad.grad(getattr(ad, name)(v), [v])
    close(slope.value, getattr(bp, name).derivative(z))


@pytest.mark.parametrize("z", [-300.0, -20.0, -1.0, 0.0, 0.5, 15.0, 20.0, 300.0])
def test_the_second_slope_of_tanh_on_the_tape(z):
    """tanh'' = -2 tanh tanh'."""
    v = ad.var(z)
    (slope,) = ad.grad(ad.tanh(v), [v])
    (second,) = ad.grad(slope, [v])
    close(second.value, -2.0 * np.tanh(z) * bp.tanh.derivative(z), rtol=1e-11)


# --- in place, as a training step computes


@pytest.mark.parametrize("g", ALL, ids=repr)
@given(
    z=hnp.arrays(np.float64, (3, 4), elements=st.floats(-50.0, 50.0)),
    seed=st.integers(0, 2**32 - 1),
)
def test_in_place_is_the_same_to_the_rounding_of_a(g, z, seed):
    """A slope that is read off a is right to 1e-16: half the distance from 1 to the next float."""
    upstream = np.random.default_rng(seed).normal(size=z.shape)
    kept, delta = z.copy(), upstream.copy()
    a = kept if g.in_place else np.empty_like(z)
    g.write(kept, a)
    close(a, g(z), rtol=1e-15)
    g.pull_back(kept, a, delta, np.empty_like(z))
    np.testing.assert_allclose(
        delta, g.vjp(z, upstream), rtol=1e-14, atol=3e-16 * np.abs(upstream).max()
    )
