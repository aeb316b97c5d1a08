"""The data sets: shapes, labels, where the points lie, and what is refused."""

from __future__ import annotations

from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import backprop as bp

EVEN = st.integers(1, 200).map(lambda half: 2 * half)
SEEDS = st.integers(0, 2**63 - 1)
NOISE = st.floats(0.0, 0.5)


def test_xor_is_one_where_the_inputs_differ() -> None:
    x, y = bp.data.xor()
    assert (x.shape, y.shape) == ((2, 4), (1, 4))
    assert x.dtype == y.dtype == np.float64
    assert [tuple(column) for column in x.T] == list(product([0, 1], repeat=2))
    for (first, second), answer in zip(x.T, y[0], strict=True):
        assert answer == (first != second)


def test_xor_is_a_fresh_copy_each_time() -> None:
    bp.data.xor()[0][:] = 7
    bp.data.xor()[1][:] = 7
    assert bp.data.xor()[0].max() == bp.data.xor()[1].max() == 1


def test_no_straight_line_separates_either() -> None:
    """The best of many lines is wrong somewhere, and for the moons about one time in eight."""
    angles = np.linspace(0, 2 * np.pi, 181)
    directions = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    best = []
    for x, y in (bp.data.xor(), bp.data.two_moons(2000, noise=0.1, seed=3)):
        z = (directions @ x)[:, None, :] - np.linspace(-3, 3, 121)[None, :, None]
        best.append(((z > 0) == (y > 0)).mean(axis=-1).max())
    assert best[0] == 0.75
    assert 0.85 < best[1] < 0.91


@given(m=EVEN, noise=NOISE, seed=SEEDS)
def test_moons_have_two_rows_and_half_of_the_examples_each(m: int, noise: float, seed: int) -> None:
    x, y = bp.data.two_moons(m, noise, seed)
    assert (x.shape, y.shape) == ((2, m), (1, m))
    assert x.dtype == y.dtype == np.float64
    assert np.isfinite(x).all()
    assert y[0].tolist() == [0.0] * (m // 2) + [1.0] * (m // 2)


@given(m=EVEN, noise=NOISE, seed=SEEDS)
def test_moons_come_from_the_seed_alone(m: int, noise: float, seed: int) -> None:
    np.random.seed(seed % 1000)  # noqa: NPY002  global state, which must neither matter nor move
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, second = bp.data.two_moons(m, noise, seed), bp.data.two_moons(m, noise, np.int64(seed))
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002
    assert not np.array_equal(first[0], bp.data.two_moons(m, noise, seed + 1)[0])


@given(m=EVEN, seed=SEEDS)
def test_without_noise_each_moon_is_half_a_circle(m: int, seed: int) -> None:
    x, y = bp.data.two_moons(m, noise=0.0, seed=seed)
    upper, lower = x[:, y[0] == 0], x[:, y[0] == 1]
    assert np.hypot(*upper) == pytest.approx(1)
    assert np.hypot(lower[0] - 1, lower[1] - 0.5) == pytest.approx(1)
    assert (upper[1] >= 0).all()
    assert (lower[1] <= 0.5).all()


def test_moons_fill_their_arcs_and_reach_into_each_other() -> None:
    x, y = bp.data.two_moons(4000, noise=0.0)
    upper, lower = x[:, y[0] == 0], x[:, y[0] == 1]
    for arc in (np.arctan2(upper[1], upper[0]), np.arctan2(0.5 - lower[1], 1 - lower[0])):
        counts, _ = np.histogram(arc, bins=8, range=(0, np.pi))
        assert counts.sum() == 2000
        assert (abs(counts - 250) < 75).all()  # five standard deviations
    assert lower[0].min() < upper[0].max()
    assert lower[1].max() > upper[1].min()


@given(m=EVEN, noise=NOISE, seed=SEEDS)
def test_noise_is_scaled_alone(m: int, noise: float, seed: int) -> None:
    """Points of one seed move from their arc in proportion to the noise."""
    arc, moved, further = (bp.data.two_moons(m, n, seed)[0] for n in (0.0, noise, 2 * noise))
    assert further - arc == pytest.approx(2 * (moved - arc), abs=1e-12)


def test_noise_is_the_standard_deviation() -> None:
    arc, moved = (bp.data.two_moons(20000, noise, seed=1)[0] for noise in (0.0, 0.3))
    assert np.std(moved - arc, axis=1) == pytest.approx(0.3, rel=0.03)
    assert np.mean(moved - arc, axis=1) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"m": 7}, ValueError, "m must be even.*got 7; take 8"),
        ({"m": 0}, ValueError, "m must be at least 1, got 0"),
        ({"m": -2}, ValueError, "m must be at least 1, got -2"),
        ({"m": 10.0}, TypeError, "m must be a whole number, got 10.0"),
        ({"m": "10"}, TypeError, "m must be a whole number"),
        ({"m": True}, TypeError, "m must be a whole number"),
        ({"m": None}, TypeError, "m must be a whole number"),
        ({"noise": -0.1}, ValueError, "noise must be at least 0, got -0.1"),
        ({"noise": float("nan")}, ValueError, "noise must be finite"),
        ({"noise": float("inf")}, ValueError, "noise must be finite"),
        ({"noise": "much"}, TypeError, "noise must be a real number"),
        ({"noise": [0.1]}, TypeError, "noise must be a real number"),
        ({"noise": None}, TypeError, "noise must be a real number"),
        ({"seed": -1}, ValueError, "seed must be at least 0, got -1"),
        ({"seed": 1.5}, TypeError, "seed must be a whole number, got 1.5"),
        ({"seed": None}, TypeError, "seed must be a whole number"),
        ({"seed": False}, TypeError, "seed must be a whole number"),
        ({"seed": [1, 2]}, TypeError, "seed must be a whole number"),
    ],
)
def test_bad_arguments_are_refused(
    arguments: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=f"^two_moons: {says}"):
        bp.data.two_moons(**arguments)


def test_digits_are_the_published_ones() -> None:
    """SHA-256 of the bytes that scikit-learn 1.9.1 ships, computed from its own file."""
    with np.load(Path(bp.__file__).with_name("digits.npz")) as stored:
        images, labels = stored["images"], stored["labels"]
    assert (images.shape, images.dtype, labels.dtype) == ((1797, 64), np.uint8, np.uint8)
    assert (
        sha256(images.tobytes()).hexdigest()
        == "8f26b2bd9d135c256808f68f14fdabddde6d9c7f869ae419704b051f0f14b3b3"
    )
    assert (
        sha256(labels.tobytes()).hexdigest()
        == "8ba4f891220f5e4c9c819638d1602d74b83618f167043c6da52a2a247841ddf0"
    )


def test_digits_are_parted_and_none_is_lost() -> None:
    with np.load(Path(bp.__file__).with_name("digits.npz")) as stored:
        images, labels = stored["images"], stored["labels"]
    order = np.random.default_rng(0).permutation(1797)
    parts = bp.data.digits()
    assert [(x.shape, y.shape) for x, y in parts] == [
        ((64, 1197), (10, 1197)),
        ((64, 300), (10, 300)),
        ((64, 300), (10, 300)),
    ]
    assert all(array.dtype == np.float64 for part in parts for array in part)
    np.testing.assert_array_equal(16 * np.hstack([x for x, _ in parts]).T, images[order])
    y = np.hstack([y for _, y in parts])
    np.testing.assert_array_equal(y.argmax(axis=0), labels[order])
    assert set(np.unique(y)) == {0.0, 1.0}
    assert (y.sum(axis=0) == 1).all()
    assert round(parts[0][0].mean(), 6) == 0.305234


def test_digits_are_a_fresh_copy_each_time() -> None:
    bp.data.digits()[0][0][:] = 7
    assert bp.data.digits()[0][0].max() == 1
