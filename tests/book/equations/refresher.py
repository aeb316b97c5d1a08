"""The refresher: slope, sums, and products of matrices."""

import numpy as np

from equations import vouches

H = 1e-20  # of the complex step, which is exact to rounding


@vouches(r"\text{slope} = \frac{f(x + h) - f(x)}{h} .")
def refresher_slope_1(rng: np.random.Generator) -> None:
    """Any two points of a line give its slope."""
    slope, start, x, h = rng.normal(size=4)

    def f(at: float) -> float:
        return float(slope * at + start)

    assert np.isclose((f(x + h) - f(x)) / h, slope)


@vouches(
    r"""
    \frac{\mathrm d}{\mathrm dx}\,x^n = n\,x^{n-1}, \qquad
    \frac{\mathrm d}{\mathrm dx}\,e^x = e^x, \qquad
    \frac{\mathrm d}{\mathrm dx}\log x = \frac1x .
    """
)
def refresher_rules_1(rng: np.random.Generator) -> None:
    x = rng.uniform(0.2, 3)
    moved = x + 1j * H
    for n in (1, 2, 3, 7):
        assert np.isclose((moved**n).imag / H, n * x ** (n - 1))
    assert np.isclose(np.exp(moved).imag / H, np.exp(x))
    assert np.isclose(np.log(moved).imag / H, 1 / x)


@vouches(r"\sum_{i=1}^{3} u_i v_i = u_1 v_1 + u_2 v_2 + u_3 v_3 ,")
def refresher_sum_1(rng: np.random.Generator) -> None:
    u, v = rng.normal(size=(2, 3))
    assert np.isclose(sum(u[i - 1] * v[i - 1] for i in range(1, 4)), u @ v)


@vouches(r"\sum_i k\,u_i = k \sum_i u_i, \qquad \sum_i (u_i + v_i) = \sum_i u_i + \sum_i v_i .")
def refresher_sum_rules_1(rng: np.random.Generator) -> None:
    (u, v), k = rng.normal(size=(2, 5)), rng.normal()
    assert np.isclose(np.sum(k * u), k * np.sum(u))
    assert np.isclose(np.sum(u + v), np.sum(u) + np.sum(v))


@vouches(r"(W a)_i = \sum_j W_{ij}\, a_j")
def refresher_product_1(rng: np.random.Generator) -> None:
    W, a = rng.normal(size=(2, 3)), rng.normal(size=3)
    for i in range(2):
        assert np.isclose((W @ a)[i], sum(W[i, j] * a[j] for j in range(3)))


@vouches(r"(A B)_{ij} = \sum_k A_{ik} B_{kj} .")
def refresher_product_two_1(rng: np.random.Generator) -> None:
    A, B = rng.normal(size=(2, 3)), rng.normal(size=(3, 4))
    for i, j in np.ndindex(2, 4):
        assert np.isclose((A @ B)[i, j], sum(A[i, k] * B[k, j] for k in range(3)))


@vouches(r"(W^{\mathsf T})_{ij} = W_{ji} .")
def refresher_transpose_1(rng: np.random.Generator) -> None:
    """The product with a transpose is the one that takes columns for rows."""
    W, d = rng.normal(size=(2, 3)), rng.normal(size=2)
    for i, j in np.ndindex(3, 2):
        assert W.T[i, j] == W[j, i]
    assert np.allclose(W.T @ d, [W[:, j] @ d for j in range(3)])
