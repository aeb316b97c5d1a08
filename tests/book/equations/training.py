"""Chapter 10: minibatches, momentum, Adam and weight decay."""

from itertools import combinations

import numpy as np

import backprop as bp
from backprop.network import Gradients
from equations import vouches


@vouches(
    r"""
    \operatorname{mean}\ \lVert \bar g - \nabla L\rVert^2 = \frac{\sigma^2}{m}\cdot\frac{N-m}{N-1}
    """
)
def training_noise_law(rng: np.random.Generator) -> None:
    """Over all minibatches there are, of six examples."""
    N = 6
    g = rng.normal(size=(N, 3))
    off = g - g.mean(axis=0)
    variance = (off**2).sum() / N
    for m in range(1, N + 1):
        every = [off[list(part)].mean(axis=0) for part in combinations(range(N), m)]
        found = np.mean([(mean**2).sum() for mean in every])
        assert np.isclose(found, variance / m * (N - m) / (N - 1), atol=1e-12)


def one_weight(w: float) -> tuple[bp.Network, bp.Dense]:
    layer = bp.Dense(np.array([[w]]), np.zeros(1), "identity")
    return bp.Network([layer], loss="half_squared_error"), layer


def gradient(g: float) -> Gradients:
    return Gradients((np.array([[g]]),), (np.zeros(1),))


@vouches(r"v \leftarrow \beta v + \nabla L , \qquad w \leftarrow w - \alpha v")
def training_momentum(rng: np.random.Generator) -> None:
    """The library's steps, of three gradients; each adds to all that come after it."""
    w, (g1, g2, g3), lr, beta = rng.normal(), rng.normal(size=3), 0.1, 0.7
    net, layer = one_weight(w)
    ball = bp.Momentum(lr, beta)
    for g in (g1, g2, g3):
        ball.step(net, gradient(g))
    once, twice = 1 + beta, 1 + beta + beta**2
    assert np.isclose(layer.W.item(), w - lr * (twice * g1 + once * g2 + g3))


def matrix(lam: float, lr: float, beta: float) -> np.ndarray:
    return np.array([[beta, lam], [-lr * beta, 1 - lr * lam]])


@vouches(
    r"""
    \begin{pmatrix} v \\ e \end{pmatrix} \leftarrow R \begin{pmatrix} v \\ e \end{pmatrix} , \qquad
    R = \begin{pmatrix} \beta & \lambda \\ -\alpha\beta & 1 - \alpha\lambda \end{pmatrix}
    """
)
def training_matrix(rng: np.random.Generator) -> None:
    """The library's ball in a bowl, whose lowest point is at zero."""
    e, lam, lr, beta = rng.normal(), rng.uniform(0.5, 2), 0.3, 0.6
    net, layer = one_weight(e)
    ball, state = bp.Momentum(lr, beta), np.array([0.0, e])
    for _ in range(5):
        ball.step(net, gradient(lam * layer.W.item()))
        state = matrix(lam, lr, beta) @ state
        assert np.isclose(layer.W.item(), state[1])


@vouches(r"s^2 - (1 + \beta - \alpha\lambda)\, s + \beta = 0")
def training_eigenvalues(rng: np.random.Generator) -> None:
    """Of real pairs and complex ones; and there is a pair of velocity and error that a step multiplies by s."""
    for lam, lr, beta in ((1.0, 0.1, 0.3), (1.0, 0.5, 0.6), rng.uniform(0.1, 1, size=3)):
        found, pairs = np.linalg.eig(matrix(lam, lr, beta))
        for s, (v, e) in zip(found, pairs.T, strict=True):
            assert np.isclose(s**2 - (1 + beta - lr * lam) * s + beta, 0, atol=1e-9)
            assert np.allclose(matrix(lam, lr, beta) @ [v, e], [s * v, s * e])


@vouches(r"0 < \alpha\lambda < 2(1 + \beta)")
def training_stable(rng: np.random.Generator) -> None:
    """Within, both eigenvalues are smaller than one; without, one is not."""
    for beta in (0.0, 0.3, *rng.uniform(0, 1, size=20)):
        for share in (-0.1, 0.01, 0.4, 0.99, 1.01, 1.5):
            lr = share * 2 * (1 + beta)
            largest = np.abs(np.linalg.eigvals(matrix(1.0, lr, beta))).max()
            assert (largest < 1) == (0 < share < 1)


@vouches(
    r"""
    \begin{aligned}
    m &\leftarrow \beta_1 m + (1-\beta_1)\,g , & \quad v &\leftarrow \beta_2 v + (1-\beta_2)\,g^2 , \\
    \hat m &= \frac{m}{1-\beta_1^t} , & \quad \hat v &= \frac{v}{1-\beta_2^t} , \qquad
    w \leftarrow w - \alpha\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon} .
    \end{aligned}
    """
)
def training_adam(rng: np.random.Generator) -> None:
    """The library's steps; m and v as sums over all gradients so far."""
    w, lr, (b1, b2), eps = rng.normal(), 0.1, (0.8, 0.95), 1e-3
    net, layer = one_weight(w)
    adam, g = bp.Adam(lr, b1, b2, eps), rng.normal(size=4)
    for t in range(1, 5):
        adam.step(net, gradient(g[t - 1]))
        back = np.arange(t)[::-1]
        m = (1 - b1) * (b1**back * g[:t]).sum() / (1 - b1**t)
        v = (1 - b2) * (b2**back * g[:t] ** 2).sum() / (1 - b2**t)
        w = w - lr * m / (v**0.5 + eps)
        assert np.isclose(layer.W.item(), w)


@vouches(r"W \leftarrow W - \alpha\left(\frac{\partial L}{\partial W} + \lambda W\right)")
def training_decay(rng: np.random.Generator) -> None:
    """The step of a loss with half the sum of squares in it, by central differences."""
    net = bp.Network.random([3, 2], activations=["tanh"], loss="half_squared_error", seed=0)
    x, y, lr, lam, h = rng.normal(size=(3, 5)), rng.normal(size=(2, 5)), 0.3, 0.2, 1e-5
    W = net.layers[0].W
    dW = net.backward(net.forward(x), y).W[0]

    def priced() -> float:
        return net.loss(x, y) + lam / 2 * (W**2).sum()

    slopes = np.zeros_like(W)
    for i in np.ndindex(W.shape):
        ends = []
        for move in (h, -2 * h):
            W[i] += move
            ends.append(priced())
        W[i] += h
        slopes[i] = (ends[0] - ends[1]) / (2 * h)
    assert np.allclose(W - lr * (dW + lam * W), W - lr * slopes, atol=1e-8)
