"""The project: why one neuron cannot learn XOR, and the network that can."""

import numpy as np

import backprop as bp
from equations import vouches


@vouches(r"b \le 0, \qquad w_1 + b > 0, \qquad w_2 + b > 0, \qquad w_1 + w_2 + b \le 0")
def project_xor_1(rng: np.random.Generator) -> None:
    """Each of the four holds exactly where its example of XOR is answered rightly."""
    x, y = bp.data.xor()
    order = [(0, 0), (1, 0), (0, 1), (1, 1)]
    columns = [next(n for n in range(4) if tuple(x[:, n]) == point) for point in order]
    for w1, w2, b in rng.normal(size=(200, 3)):
        answers = (np.array([w1, w2]) @ x + b > 0) == (y[0] == 1)
        asked = [b <= 0, w1 + b > 0, w2 + b > 0, w1 + w2 + b <= 0]
        assert [bool(answers[n]) for n in columns] == asked
        assert not all(asked)


@vouches(
    r"""
    \begin{aligned}
    Z^{(1)} &= W^{(1)} X + b^{(1)}, & \quad A^{(1)} &= \tanh Z^{(1)}, \\
    Z^{(2)} &= W^{(2)} A^{(1)} + b^{(2)}, & A^{(2)} &= \sigma(Z^{(2)}) ,
    \end{aligned}
    """
)
def project_plan_1(rng: np.random.Generator) -> None:
    """The whole batch at once: the library's network, one example at a time."""
    W1, b1, W2, b2 = (rng.normal(size=shape) for shape in ((8, 2), 8, (1, 8), 1))
    X = rng.normal(size=(2, 5))
    net = bp.Network([bp.Dense(W1, b1, "tanh"), bp.Dense(W2, b2, "sigmoid")], loss="squared_error")
    A1 = np.tanh(W1 @ X + b1[:, None])
    A2 = 1 / (1 + np.exp(-(W2 @ A1 + b2[:, None])))
    for n in range(5):
        run = net.forward(X[:, n])
        assert np.allclose(run.a[1], A1[:, n])
        assert np.allclose(run.output, A2[:, n])


@vouches(
    r"""
    L = -\frac1m \sum_n \bigl( y_n \log a_n + (1 - y_n) \log(1 - a_n) \bigr), \qquad a_n = \sigma(z_n)
    """
)
def project_loss_1(rng: np.random.Generator) -> None:
    """The mean over the examples: the library's loss, and its form from logits."""
    z, y = rng.normal(size=6), rng.integers(0, 2, size=6).astype(float)
    a = [1 / (1 + np.exp(-t)) for t in z]
    total = sum(y[n] * np.log(a[n]) + (1 - y[n]) * np.log(1 - a[n]) for n in range(6))
    assert np.isclose(-total / 6, bp.binary_cross_entropy(bp.sigmoid(z)[None], y[None]))
    assert np.isclose(-total / 6, bp.binary_cross_entropy.from_logits(z[None], y[None]))
