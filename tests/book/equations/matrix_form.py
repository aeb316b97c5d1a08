"""Chapter 5: layers in matrix form. Sizes differ wherever they may, so that a wrong transpose cannot fit."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

import backprop as bp
from backprop import autodiff as ad
from equations import vouches

Array = NDArray[np.float64]
H = 1e-20  # of the complex step, which is exact to rounding
N_OUT, N_IN, M = 4, 3, 5


def draw(*shape: int, seed: int = 5) -> Array:
    return np.random.default_rng([seed, *shape]).normal(size=shape)


W, a, b = draw(N_OUT, N_IN), draw(N_IN), draw(N_OUT)
A = draw(N_IN, M)


def behind(z: Array) -> Array:
    """A loss that mixes the units of a layer, which no formula of the chapter knows."""
    return np.sum(np.sin(z) * draw(len(z), seed=6)) + z[0] * z[-1] ** 2


def complex_step(f: Callable[[Array], Array], at: Array) -> Array:
    """The gradient of f, entry by entry."""
    gradient = np.empty(at.shape)
    for index in np.ndindex(at.shape):
        moved = at.astype(complex)
        moved[index] += 1j * H
        gradient[index] = f(moved).imag / H
    return gradient


def blame(z: Array) -> Array:
    """dL/dz of `behind`."""
    return complex_step(behind, z)


@vouches(r"z_1 = w_{1,1}\,a_1 + w_{1,2}\,a_2 + \dots + w_{1,10}\,a_{10} + b_1")
def matrix_form_first_sum() -> None:
    """z_1 = w_1,1 a_1 + ... + w_1,10 a_10 + b_1, ten units behind ten: a layer of the library."""
    W, a, b = draw(10, 10), draw(10), draw(10)
    net = bp.Network([bp.Dense(W, b, "identity")], loss="squared_error")
    z_1 = b[0]
    for w_1j, a_j in zip(W[0], a, strict=True):
        z_1 = z_1 + w_1j * a_j
    assert np.isclose(net.forward(a).z[0][0], z_1)


@vouches(r"z_i = \sum_{j=1}^{10} w_{ij}\,a_j + b_i , \qquad i = 1, \dots, 10")
def matrix_form_sum() -> None:
    """z_i = sum_j w_ij a_j + b_i: a layer of the library."""
    net = bp.Network([bp.Dense(W, b, "identity")], loss="squared_error")
    z = [sum(W[i, j] * a[j] for j in range(N_IN)) + b[i] for i in range(N_OUT)]
    assert np.allclose(net.forward(a).z[0], z)


@vouches(
    r"""
    \underset{10\times 1}{z} \;=\; \underset{10\times 10}{W}\;\underset{10\times 1}{a} \;+\;
    \underset{10\times 1}{b}
    """
)
def matrix_form_product() -> None:
    """z = W a + b, 10 x 10 times 10 x 1 plus 10 x 1: the ten sums, and the shapes."""
    W, a, b = draw(10, 10), draw(10, 1), draw(10, 1)
    z = W @ a + b
    assert z.shape == (10, 1)
    assert np.allclose(
        [sum(W[i, j] * a[j, 0] for j in range(10)) + b[i, 0] for i in range(10)], z[:, 0]
    )


@vouches(
    r"""
    \frac{\partial L}{\partial w_{11}}
    = \frac{\partial L}{\partial z_1}\cdot\frac{\partial z_1}{\partial w_{11}} = \delta_1\, a_1 ,
    \qquad\text{because}\quad \frac{\partial z_1}{\partial w_{11}} = a_1
    """
)
def matrix_form_first_weight() -> None:
    """dL/dw_11 = dL/dz_1 dz_1/dw_11 = delta_1 a_1: the complex step, factor by factor."""
    z_1 = complex_step(lambda v: (v @ a + b)[0], W)[0, 0]
    loss = complex_step(lambda v: behind(v @ a + b), W)[0, 0]
    assert np.isclose(z_1, a[0])
    assert np.isclose(blame(W @ a + b)[0] * a[0], loss)


@vouches(r"\frac{\partial L}{\partial w_{ij}} = \delta_i\, a_j")
def matrix_form_weight() -> None:
    """dL/dw_ij = delta_i a_j for every i, j: central differences."""
    delta, h = blame(W @ a + b), 1e-6
    for i in range(N_OUT):
        for j in range(N_IN):
            up, down = W.copy(), W.copy()
            up[i, j] += h
            down[i, j] -= h
            slope = (behind(up @ a + b) - behind(down @ a + b)) / (2 * h)
            assert np.isclose(delta[i] * a[j], slope, rtol=1e-7, atol=1e-8)


@vouches(
    r"""
    \underset{10\times 10}{\frac{\partial L}{\partial W}} = \underset{10\times 1}{\delta}\;
    \underset{1\times 10}{a^{\mathsf T}} , \qquad \frac{\partial L}{\partial b} = \delta
    """
)
def matrix_form_outer() -> None:
    """dL/dW = delta a^T and dL/db = delta: the complex step."""
    delta = blame(W @ a + b)
    assert np.allclose(delta[:, None] @ a[None, :], complex_step(lambda v: behind(v @ a + b), W))
    assert np.allclose(delta, complex_step(lambda v: behind(W @ a + v), b))


@vouches(
    r"""
    w_{ij} \leftarrow w_{ij} - \alpha\,\frac{\partial L}{\partial w_{ij}}
    \qquad\Longleftrightarrow\qquad
    W \leftarrow W - \alpha\,\delta\,a^{\mathsf T}
    """
)
def matrix_form_update() -> None:
    """W - lr delta a^T, and entry by entry: a step of the library's network."""
    y, lr = draw(N_OUT, seed=7), 0.1
    net = bp.Network([bp.Dense(W, b, "identity")], loss="half_squared_error")
    net.step(a, y, lr)
    delta = W @ a + b - y
    assert np.allclose(net.layers[0].W, W - lr * delta[:, None] @ a[None, :])
    entries = [[W[i, j] - lr * delta[i] * a[j] for j in range(N_IN)] for i in range(N_OUT)]
    assert np.allclose(net.layers[0].W, entries)


@vouches(
    r"""
    \frac{\partial L}{\partial a_j}
    = \sum_{i=1}^{10} \frac{\partial L}{\partial z_i}\cdot\frac{\partial z_i}{\partial a_j}
    = \sum_{i=1}^{10} \delta_i\, w_{ij}
    """
)
def matrix_form_back_sum() -> None:
    """dL/da_j = sum_i delta_i w_ij: the complex step."""
    delta = blame(W @ a + b)
    sums = [sum(delta[i] * W[i, j] for i in range(N_OUT)) for j in range(N_IN)]
    assert np.allclose(sums, complex_step(lambda v: behind(W @ v + b), a))


@vouches(
    r"""
    \frac{\partial L}{\partial a_j} = \sum_i (W^{\mathsf T})_{ji}\,\delta_i
    \qquad\Longleftrightarrow\qquad
    \frac{\partial L}{\partial a} = W^{\mathsf T}\delta
    """
)
def matrix_form_back() -> None:
    """dL/da = W^T delta: autodiff, which knows a rule for @ and none for layers."""
    front = ad.var(a)
    z = ad.var(W) @ front + b
    loss = (ad.sin(z) * draw(N_OUT, seed=6)).sum() + z[0] * z[-1] ** 2
    (da,) = ad.grad(loss, [front])
    assert np.allclose(W.T @ blame(W @ a + b), da.value)


W1, b1, W2, b2 = draw(4, 3), draw(4), draw(2, 4), draw(2)
x, y = draw(3), np.array([0.2, 0.9])


def deep(z1: Array) -> Array:
    """The loss from the first layer's weighted sums on: tanh, then sigmoid, half squared error."""
    return last(W2 @ np.tanh(z1) + b2)


def last(z2: Array) -> Array:
    return 0.5 * np.sum((1 / (1 + np.exp(-z2)) - y) ** 2)


def two_layers() -> tuple[Array, Array, Array, Array]:
    """z1, a1, delta2, delta1 by the chapter's equations."""
    z1 = W1 @ x + b1
    a1 = np.tanh(z1)
    a2 = bp.sigmoid(W2 @ a1 + b2)
    delta2 = (a2 - y) * bp.sigmoid.derivative(W2 @ a1 + b2)
    delta1 = (W2.T @ delta2) * bp.tanh.derivative(z1)
    return z1, a1, delta2, delta1


@vouches(
    r"""
    z^{(k)} = W^{(k)} a^{(k-1)} + b^{(k)}, \qquad a^{(k)} = g\bigl(z^{(k)}\bigr), \qquad a^{(0)} = x
    """
)
def matrix_form_layers() -> None:
    """z = W a + b, a = g(z), from layer to layer: the library's forward pass."""
    net = bp.Network([bp.Dense(W1, b1, "tanh"), bp.Dense(W2, b2, "sigmoid")], loss="squared_error")
    z1, a1, *_ = two_layers()
    run = net.forward(x)
    assert np.allclose(run.z[0], z1)
    assert np.allclose(run.a[1], a1)
    assert np.allclose(run.z[1], W2 @ a1 + b2)


@vouches(
    r"""
    \delta^{(\text{out})} = \frac{\partial L}{\partial a^{(\text{out})}} \odot F'\bigl(z^{(\text{out})}\bigr)
    """
)
def matrix_form_output() -> None:
    """delta_out = dL/da * F'(z): the complex step."""
    _, a1, delta2, _ = two_layers()
    assert np.allclose(delta2, complex_step(last, W2 @ a1 + b2))


@vouches(
    r"""
    \delta^{(k)} = \Bigl(W^{(k+1)\,\mathsf T}\,\delta^{(k+1)}\Bigr) \odot g'\bigl(z^{(k)}\bigr)
    """
)
def matrix_form_hidden() -> None:
    """delta_k = W_{k+1}^T delta_{k+1} * g'(z_k): the complex step."""
    z1, _, _, delta1 = two_layers()
    assert np.allclose(delta1, complex_step(deep, z1))


@vouches(r"\frac{\partial L}{\partial W^{(k)}} = \delta^{(k)}\,a^{(k-1)\,\mathsf T}")
def matrix_form_weights() -> None:
    """dL/dW_k = delta_k a_{k-1}^T in both layers: the complex step."""
    _, a1, delta2, delta1 = two_layers()
    assert np.allclose(np.outer(delta2, a1), complex_step(lambda v: last(v @ a1 + b2), W2))
    assert np.allclose(np.outer(delta1, x), complex_step(lambda v: deep(v @ x + b1), W1))


@vouches(r"\frac{\partial L}{\partial b^{(k)}} = \delta^{(k)}")
def matrix_form_biases() -> None:
    """dL/db_k = delta_k in both layers: the complex step."""
    _, a1, delta2, delta1 = two_layers()
    assert np.allclose(delta2, complex_step(lambda v: last(W2 @ a1 + v), b2))
    assert np.allclose(delta1, complex_step(lambda v: deep(W1 @ x + v), b1))


@vouches(
    r"""
    \mathrm dL \;=\;
    \underset{1\times n}{\delta^{\mathsf T}}\;\underset{n\times l}{\mathrm dW}\;\underset{l\times 1}{a}
    \;+\; \underset{1\times n}{\delta^{\mathsf T}}\;\underset{n\times l}{W}\;\underset{l\times 1}{\mathrm da}
    \;+\; \underset{1\times n}{\delta^{\mathsf T}}\;\underset{n\times 1}{\mathrm db}
    """
)
def matrix_form_differential() -> None:
    """dL = delta^T dW a + delta^T W da + delta^T db: one tiny change of everything at once."""
    dW, da, db = draw(N_OUT, N_IN, seed=8), draw(N_IN, seed=8), draw(N_OUT, seed=8)
    step = behind((W + 1j * H * dW) @ (a + 1j * H * da) + b + 1j * H * db).imag / H
    delta = blame(W @ a + b)
    assert np.isclose(delta @ dW @ a + delta @ W @ da + delta @ db, step)


def mean_loss(Z: Array) -> Array:
    return sum(behind(Z[:, n]) for n in range(M)) / M


@vouches(
    r"""
    \underset{n_\text{out}\times m}{Z} = \underset{n_\text{out}\times n_\text{in}}{W}\;
    \underset{n_\text{in}\times m}{A} + \underset{n_\text{out}\times 1}{b}
    """
)
def matrix_form_batch() -> None:
    """Z = W A + b: column n is what the layer says of example n."""
    Z = W @ A + b[:, None]
    assert Z.shape == (N_OUT, M)
    for n in range(M):
        assert np.allclose(Z[:, n], W @ A[:, n] + b)


@vouches(
    r"""
    \frac{\partial L}{\partial W} = \delta\,A^{\mathsf T},
    \quad\text{that is}\quad
    \frac{\partial L}{\partial w_{ij}} = \sum_{n=1}^{m} \delta_{in}\,a_{jn} ,
    \qquad
    \frac{\partial L}{\partial b_i} = \sum_{n=1}^{m} \delta_{in}
    """
)
def matrix_form_batch_gradients() -> None:
    """dL/dW = delta A^T and dL/db_i = sum_n delta_in of a mean loss: the complex step."""
    Z = W @ A + b[:, None]
    delta = np.column_stack([blame(Z[:, n]) for n in range(M)]) / M  # 1/m inside
    assert np.allclose(delta, complex_step(mean_loss, Z))
    assert np.allclose(delta @ A.T, complex_step(lambda v: mean_loss(v @ A + b[:, None]), W))
    assert np.allclose(delta.sum(axis=1), complex_step(lambda v: mean_loss(W @ A + v[:, None]), b))


@vouches(
    r"""
    Z = A\,W^{\mathsf T} + b^{\mathsf T}, \qquad
    \frac{\partial L}{\partial W} = \delta^{\mathsf T} A, \qquad
    \frac{\partial L}{\partial A} = \delta\,W
    """
)
def matrix_form_rows() -> None:
    """Examples as rows: Z = A W^T + b^T, dL/dW = delta^T A, dL/dA = delta W: the complex step."""
    rows = A.T

    def loss(Z: Array) -> Array:
        return mean_loss(Z.T)

    Z = rows @ W.T + b[None, :]
    assert np.allclose(Z, (W @ A + b[:, None]).T)
    delta = complex_step(loss, Z)
    assert np.allclose(delta.T @ rows, complex_step(lambda v: loss(rows @ v.T + b), W))
    assert np.allclose(delta @ W, complex_step(lambda v: loss(v @ W.T + b), rows))


@vouches(
    r"""
    \delta^{(k)}_j
    = \sum_i \underbrace{\frac{\partial L}{\partial z^{(k+1)}_i}}_{\delta^{(k+1)}_i}\;
    \underbrace{\frac{\partial z^{(k+1)}_i}{\partial a^{(k)}_j}}_{w^{(k+1)}_{ij}}\;
    \underbrace{\frac{\partial a^{(k)}_j}{\partial z^{(k)}_j}}_{g'(z^{(k)}_j)}
    = \Bigl(\sum_i w^{(k+1)}_{ij}\,\delta^{(k+1)}_i\Bigr)\, g'\bigl(z^{(k)}_j\bigr)
    """
)
def matrix_form_proof_1() -> None:
    """The path through each unit of the next layer, factor by factor, added: the complex step."""
    z1, a1, _, _ = two_layers()
    z2 = W2 @ a1 + b2
    delta2, inner = complex_step(last, z2), complex_step(deep, z1)
    for j in range(len(z1)):
        slope = complex_step(lambda v: np.tanh(v)[0], z1[j : j + 1])[0]
        rates = [complex_step(lambda v, i=i: (W2 @ v + b2)[i], a1)[j] for i in range(2)]
        assert np.allclose(rates, W2[:, j])
        paths = [delta2[i] * rates[i] * slope for i in range(2)]
        assert np.isclose(sum(paths), inner[j])
        assert np.isclose(sum(W2[i, j] * delta2[i] for i in range(2)) * slope, inner[j])


@vouches(
    r"""
    \frac{\partial L}{\partial w_{ij}} = \sum_n \frac{\partial L}{\partial z_{in}}\,
    \frac{\partial z_{in}}{\partial w_{ij}} = \sum_n \delta_{in}\,a_{jn} = \sum_n \delta_{in}\,(A^{\mathsf T})_{nj}
    = (\delta A^{\mathsf T})_{ij} ,
    \qquad
    \frac{\partial L}{\partial b_i} = \sum_n \delta_{in}
    """
)
def matrix_form_solutions_1() -> None:
    """Index by index, and the product of both tables: the complex step of the mean loss."""
    delta = complex_step(mean_loss, W @ A + b[:, None])
    dW = complex_step(lambda v: mean_loss(v @ A + b[:, None]), W)
    db = complex_step(lambda v: mean_loss(W @ A + v[:, None]), b)
    for i in range(N_OUT):
        assert np.isclose(sum(delta[i, n] for n in range(M)), db[i])
        for j in range(N_IN):
            assert np.isclose(sum(delta[i, n] * A[j, n] for n in range(M)), dW[i, j])
            assert np.isclose(sum(delta[i, n] * A.T[n, j] for n in range(M)), (delta @ A.T)[i, j])
