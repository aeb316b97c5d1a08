"""Each loss: its values, its gradient, its fused form, its ends, and what it refuses."""

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import backprop as bp

SQUARED = [bp.half_squared_error, bp.squared_error]
FUSED = [(bp.binary_cross_entropy, bp.sigmoid), (bp.cross_entropy, bp.softmax)]
ENTROPIES = [bp.binary_cross_entropy, bp.cross_entropy]
ALL = [*SQUARED, *ENTROPIES]
H = 1e-20

shapes = st.one_of(
    st.tuples(st.integers(1, 4)), st.tuples(st.integers(1, 4), st.integers(1, 4))
)  # one example, or a batch in columns


@st.composite
def pairs(draw):
    """Draw logits z, and targets y in [0, 1] whose columns sum to 1."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(shapes)
    y = rng.uniform(0.01, 1.0, shape)
    return rng.normal(scale=3.0, size=shape), y / y.sum(axis=0)


def gradient_by_complex_step(f, x):
    slopes = np.empty_like(x)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] += 1j * H
        slopes[i] = f(moved).imag / H
    return slopes


def close(actual, expected, rtol=1e-12):
    # absolute beside relative, for entries where prediction and target nearly cancel
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=1e-14)


# --- values


def test_values_by_hand():
    p, y = [0.8, 0.4], [1.0, 0.0]
    assert bp.half_squared_error(3.0, 1.0) == 2.0
    assert bp.squared_error(0.5, 0.0) == 0.25
    close(bp.half_squared_error(p, y), (0.04 + 0.16) / 2)
    close(bp.squared_error(p, y), 0.04 + 0.16)
    close(bp.binary_cross_entropy(p, y), -np.log(0.8) - np.log(0.6))
    close(bp.cross_entropy(p, y), -np.log(0.8))


def test_gradients_by_hand():
    p, y = [0.8, 0.4], [1.0, 0.0]
    assert bp.squared_error.gradient(0.5, 0.0) == 1.0
    close(bp.half_squared_error.gradient(p, y), [-0.2, 0.4])
    close(bp.squared_error.gradient(p, y), [-0.4, 0.8])
    close(bp.binary_cross_entropy.gradient(p, y), [-1 / 0.8, 1 / 0.6])
    close(bp.cross_entropy.gradient(p, y), [-1 / 0.8, 0.0])


@pytest.mark.parametrize("loss", ALL, ids=repr)
@given(pair=pairs())
def test_a_batch_averages_over_its_columns(loss, pair):
    z, y = pair
    p = bp.sigmoid(z)
    if p.ndim == 1:
        p, y = p[:, None], y[:, None]
    m = p.shape[1]
    columns = list(zip(p.T, y.T, strict=True))
    close(loss(p, y), sum(loss(*column) for column in columns) / m)
    gradients = [loss.gradient(*column) / m for column in columns]
    close(loss.gradient(p, y), np.stack(gradients, axis=1))


# --- gradients


@pytest.mark.parametrize("loss", ALL, ids=repr)
@given(pair=pairs())
def test_the_gradient_is_the_complex_step(loss, pair):
    z, y = pair
    p = bp.sigmoid(z)
    close(loss.gradient(p, y), gradient_by_complex_step(lambda q: loss(q, y), p))


@pytest.mark.parametrize(("loss", "activation"), FUSED, ids=repr)
@given(pair=pairs())
def test_fused_is_the_composition(loss, activation, pair):
    z, y = pair
    assert loss.activation == activation
    a = activation(z)
    # 1 - a loses the digits that the fused form keeps: eps / (1 - a) of them, and z stays below 15
    close(loss.from_logits(z, y), loss(a, y), rtol=1e-9)
    close(loss.gradient_from_logits(z, y), activation.vjp(z, loss.gradient(a, y)), rtol=1e-9)
    by_complex_step = gradient_by_complex_step(lambda w: loss.from_logits(w, y), z)
    close(loss.gradient_from_logits(z, y), by_complex_step)


# --- the ends


@pytest.mark.filterwarnings("error")
def test_a_prediction_exactly_right_costs_nothing():
    y = np.array([1.0, 0.0])
    for loss in ENTROPIES:
        assert loss(y, y) == 0.0
        assert not np.signbit(loss(y[:1], y[:1])), "a cost of -0.0 would print as -0.0"
    assert bp.binary_cross_entropy.gradient(y, y).tolist() == [-1.0, 1.0]
    assert bp.cross_entropy.gradient(y, y).tolist() == [-1.0, 0.0]
    assert not np.signbit(bp.cross_entropy.gradient(y, y)[1])


@pytest.mark.filterwarnings("error")
def test_a_prediction_exactly_wrong_costs_infinity():
    p, y = np.array([0.0, 1.0]), np.array([1.0, 0.0])
    for loss in ENTROPIES:
        assert loss(p, y) == np.inf
    assert bp.binary_cross_entropy.gradient(p, y).tolist() == [-np.inf, np.inf]
    assert bp.cross_entropy.gradient(p, y).tolist() == [-np.inf, 0.0]
    assert bp.binary_cross_entropy(0.0, 0.5) == bp.binary_cross_entropy(1.0, 0.5) == np.inf


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("loss", "activation"), FUSED, ids=repr)
def test_from_logits_stays_finite_far_out(loss, activation):
    z, y = np.array([-1000.0, 1000.0]), np.array([1.0, 0.0])
    # two sigmoids are wrong by 1000 each, one softmax by the difference of its logits
    assert loss.from_logits(z, y) == 2000.0
    assert loss.gradient_from_logits(z, y).tolist() == [-1.0, 1.0]
    assert loss.from_logits(-z, y) == 0.0


def test_binary_cross_entropy_from_logits_keeps_its_digits_when_nearly_right():
    np.testing.assert_allclose(
        bp.binary_cross_entropy.from_logits([40.0, -40.0], [1.0, 0.0]),
        2 * np.exp(-40.0),
        rtol=1e-15,
    )


HUGE = [1e308, -1e308, 1.7e308, -1.7e308, 0.0, 1.0]


@pytest.mark.parametrize("seed", range(30))
def test_cross_entropy_from_logits_of_any_size(seed):
    """The loss is the sum of y_i (log sum exp z - z_i): in exact numbers, up to the greatest float."""
    rng = np.random.default_rng(seed)
    n = rng.integers(2, 5)
    z = rng.choice(HUGE, n)
    y = rng.choice([np.eye(n)[rng.integers(n)], np.full(n, 1 / n), np.eye(n)[z.argmax()]])
    exact = sum(
        Fraction(yi) * (Fraction(z.max()) - Fraction(zi)) for yi, zi in zip(y, z, strict=True)
    )
    exact += Fraction(float(np.log(np.sum(z == z.max()))))  # what else is in the sum is nothing
    found = bp.cross_entropy.from_logits(z, y)
    if 0.0 in z and 1.0 in z and z.max() == 1.0:
        return  # of one size
    if exact > Fraction(np.finfo(float).max):
        assert found == np.inf
    else:
        close(found, float(exact))
    gradient = bp.cross_entropy.gradient_from_logits(z, y)
    winners = z == z.max()
    close(gradient, winners / winners.sum() - y)


@pytest.mark.parametrize(("loss", "activation"), FUSED, ids=repr)
@pytest.mark.parametrize("size", [1e3, 1e100, 1e154, 1e200, 1e307, 1e308])
def test_right_logits_of_any_size_cost_nothing(loss, activation, size):
    assert loss.from_logits([size, -size], [1.0, 0.0]) == 0.0
    assert loss.gradient_from_logits([size, -size], [1.0, 0.0]).tolist() == [0.0, 0.0]
    assert activation([size, -size]).tolist() == [1.0, 0.0]
    net = bp.Network([bp.Dense([[size], [-size]], [0.0, 0.0], activation)], loss=loss)
    assert net.loss([1.0], [1.0, 0.0]) == net.step([1.0], [1.0, 0.0], 0.1) == 0.0


# --- a zero has no sign


def bits(value):
    """What tells -0.0 from 0.0."""
    return np.asarray(value, dtype=float).tobytes()


USES = [(loss, use) for loss in ALL for use in ("__call__", "gradient")]
USES += [(loss, use) for loss in ENTROPIES for use in ("from_logits", "gradient_from_logits")]


@pytest.mark.parametrize(("loss", "use"), USES)
@pytest.mark.parametrize("seed", range(10))
def test_the_sign_of_a_zero_does_not_count(loss, use, seed):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 5), rng.integers(1, 4)
    p = rng.choice([0.0, 1.0, 0.25], (n, m))
    y = np.eye(n)[:, rng.integers(n, size=m)]
    minus_p, minus_y = (np.where(v == 0, -0.0, v) for v in (p, y))
    expected = bits(getattr(loss, use)(p, y))
    for one, other in ((minus_p, y), (p, minus_y), (minus_p, minus_y)):
        assert bits(getattr(loss, use)(one, other)) == expected
    assert not np.signbit(
        np.where(getattr(loss, use)(p, y) == 0, getattr(loss, use)(p, y), 1.0)
    ).any()


def test_minus_zero_is_exactly_wrong_on_the_right_side():
    assert bp.binary_cross_entropy.gradient(-0.0, 1.0) == -np.inf
    assert bp.cross_entropy.gradient([-0.0, 1.0], [1.0, 0.0])[0] == -np.inf
    assert bp.binary_cross_entropy(-0.0, 1.0) == np.inf


# --- arrays in, numbers out


@pytest.mark.parametrize("loss", ALL, ids=repr)
@pytest.mark.parametrize("dtype", [bool, int, np.float32])
def test_every_real_dtype_is_taken_and_the_loss_is_a_plain_float(loss, dtype):
    p = np.array([1, 0], dtype=dtype)
    assert type(loss(p, p)) is float
    assert loss.gradient(p, p).dtype == np.float64


@pytest.mark.parametrize("loss", [*SQUARED, bp.binary_cross_entropy], ids=repr)
def test_plain_numbers_are_one_example(loss):
    assert loss(0.25, 0.5) == loss([0.25], [0.5])
    assert loss.gradient(0.25, 0.5) == loss.gradient([0.25], [0.5])[0]
    assert isinstance(loss.gradient(0.25, 0.5), float)


def test_reprs_hold_no_address():
    assert repr(bp.cross_entropy) == "<loss cross_entropy>"


# --- bad input

METHODS = [(loss, use) for loss in ALL for use in ("__call__", "gradient")]
METHODS += [(loss, use) for loss in ENTROPIES for use in ("from_logits", "gradient_from_logits")]


def first_word(use):
    return "z" if "logits" in use else "prediction"


@pytest.mark.parametrize(("loss", "use"), METHODS)
@pytest.mark.parametrize(
    ("bad", "error", "words"),
    [
        (["a", "b"], TypeError, "must be an array of numbers"),
        ([None, 1.0], TypeError, "must be an array of numbers"),
        ([[1.0], [1.0, 2.0]], ValueError, "cannot be read as an array of numbers"),
        ([np.nan, 1.0], ValueError, r"is nan at index \(0,\); every entry must be finite"),
        ([1.0, -np.inf], ValueError, r"is -inf at index \(1,\); every entry must be finite"),
    ],
    ids=["text", "None", "ragged", "nan", "inf"],
)
def test_bad_values_are_refused_in_either_argument(loss, use, bad, error, words):
    good = [1.0, 0.0]
    with pytest.raises(error, match=f"^{loss.name}: {first_word(use)} {words}"):
        getattr(loss, use)(bad, good)
    with pytest.raises(error, match=f"^{loss.name}: target {words}"):
        getattr(loss, use)(good, bad)


@pytest.mark.parametrize(("loss", "use"), METHODS)
def test_shapes_must_be_equal(loss, use):
    p = np.full((2, 3), 0.5)
    for y in (np.ones(2), np.ones((2, 1)), np.ones((3, 2)), 1.0):
        words = re.escape(f"has shape (2, 3) and target {np.shape(y)}; nothing is broadcast")
        with pytest.raises(ValueError, match=words):
            getattr(loss, use)(p, y)


@pytest.mark.parametrize(("loss", "use"), METHODS)
def test_an_empty_batch_is_refused(loss, use):
    for shape in [(2, 0), (0,), (0, 3)]:
        with pytest.raises(ValueError, match=r"empty batch, .* at least one example"):
            getattr(loss, use)(np.zeros(shape), np.zeros(shape))


@pytest.mark.parametrize(("loss", "use"), METHODS)
def test_more_than_two_axes_are_refused(loss, use):
    with pytest.raises(ValueError, match=r"has shape \(1, 2, 3\); pass \(n,\)"):
        getattr(loss, use)(np.zeros((1, 2, 3)), np.zeros((1, 2, 3)))


@pytest.mark.parametrize("loss", ALL, ids=repr)
def test_targets_are_real(loss):
    with pytest.raises(TypeError, match="target must be real, got complex128"):
        loss([0.5, 0.5], [1.0 + 0j, 0.0])


@pytest.mark.parametrize(("loss", "use"), [pair for pair in METHODS if pair[0] in ENTROPIES])
def test_labels_outside_the_unit_interval_are_refused(loss, use):
    with pytest.raises(ValueError, match=r"target must lie in \[0, 1\], got -1 at index \(1,\)"):
        getattr(loss, use)([0.5, 0.5], [1.0, -1.0])
    with pytest.raises(ValueError, match=r"target must lie in \[0, 1\], got 2 at index \(0, 1\)"):
        getattr(loss, use)(np.full((1, 2), 0.5), [[1.0, 2.0]])


@pytest.mark.parametrize("loss", ENTROPIES, ids=repr)
@pytest.mark.parametrize("p", [-0.25, 1.25])
def test_predictions_outside_the_unit_interval_are_refused(loss, p):
    for use in (loss, loss.gradient):
        with pytest.raises(ValueError, match=rf"prediction must lie in \[0, 1\], got {p} at index"):
            use([0.5, p], [1.0, 0.0])


@pytest.mark.parametrize("use", ["__call__", "gradient", "from_logits", "gradient_from_logits"])
def test_cross_entropy_targets_are_distributions(use):
    call = getattr(bp.cross_entropy, use)
    with pytest.raises(ValueError, match=r"target sums to 0.9, not 1"):
        call([0.5, 0.5], [0.4, 0.5])
    with pytest.raises(ValueError, match=r"column 1 of target sums to 2, not 1.*one-hot columns"):
        call(np.full((2, 2), 0.5), [[1.0, 1.0], [0.0, 1.0]])
    with pytest.raises(ValueError, match="is one number; pass one probability per class"):
        call(1.0, 1.0)
    thirds = np.full(3, 1 / 3, dtype=np.float32)
    assert thirds.astype(float).sum() != 1.0
    call(thirds, thirds)  # rounding in float32 is no mistake
