"""Chapter 7: why one walks back."""

from itertools import product

import numpy as np

from backprop import autodiff as ad
from backprop_book.counting import operations
from equations import vouches
from equations.mathematics import step


@vouches(
    r"""
    \text{share of } v_j \text{ from this gate}
    = \underbrace{\frac{\partial L}{\partial v_i}}_{\text{upstream}}\cdot
    \underbrace{\frac{\partial v_i}{\partial v_j}}_{\text{local}} ,
    \qquad v_i = f(\dots, v_j, \dots)
    """
)
def walking_gate(rng: np.random.Generator) -> None:
    """Of a value that two gates use: each share is what a nudge of that gate's copy does to the loss."""
    x, other = rng.uniform(0.5, 1.5, 2)

    def loss(first: complex, second: complex) -> complex:
        return np.sin(first * other) * np.exp(second)

    product_, exponential = x * other, np.exp(x)
    upstream = np.cos(product_) * exponential, np.sin(product_)
    local = other, exponential
    assert np.isclose(upstream[0] * local[0], step(lambda t: loss(t, x), x))
    assert np.isclose(upstream[1] * local[1], step(lambda t: loss(x, t), x))
    assert np.isclose(np.dot(upstream, local), step(lambda t: loss(t, t), x))


@vouches(
    r"""
    \text{paths} = n^{D-1} , \qquad \text{wires behind the first hidden layer} = (D-1)\,n^2 + n
    """
)
def walking_paths() -> None:
    """Every path of a small network written down, and every wire that one of them takes."""
    for n, D in ((2, 3), (3, 4), (4, 2)):
        # A path: a unit of each hidden layer, the first of them fixed, then the output.
        ways = [(0, *units, 0) for units in product(range(n), repeat=D - 1)]
        assert len(set(ways)) == n ** (D - 1)
        wires = {(k, i, j) for k in range(1, D) for i in range(n) for j in range(n)}
        wires |= {(D, i, 0) for i in range(n)}
        assert len(wires) == (D - 1) * n**2 + n
        assert all((k, *way[k - 1 : k + 1]) in wires for way in ways for k in range(1, D + 1))


@vouches(
    r"""
    \bigl(J^{(3)} J^{(2)} J^{(1)}\bigr)_{ij}
    = \sum_{k}\sum_{l} J^{(3)}_{ik}\, J^{(2)}_{kl}\, J^{(1)}_{lj}
    """
)
def walking_product(rng: np.random.Generator) -> None:
    """The product of the matrices, and the sum over all paths, one after the other."""
    J1, J2, J3 = rng.normal(size=(4, 2)), rng.normal(size=(3, 4)), rng.normal(size=(2, 3))
    whole = J3 @ J2 @ J1
    for i, j in product(range(2), range(2)):
        total = sum(J3[i, k] * J2[k, m] * J1[m, j] for k in range(3) for m in range(4))
        assert np.isclose(total, whole[i, j])


@vouches(
    r"""
    \dot v_i = \sum_j \frac{\partial v_i}{\partial v_j}\,\dot v_j ,
    \qquad \dot v = 1 \text{ for the input that is nudged, } 0 \text{ for the others.}
    """
)
def walking_forward(rng: np.random.Generator) -> None:
    """Line by line on a small program, for each input: the complex step."""
    x, y = rng.uniform(0.5, 1.5, 2)
    p, e = x * y, np.exp(x * y)
    for dots, slope in (
        ((1.0, 0.0), step(lambda t: np.exp(t * y) * t, x)),
        ((0.0, 1.0), step(lambda t: np.exp(x * t) * x, y)),
    ):
        p_dot = y * dots[0] + x * dots[1]
        e_dot = np.exp(p) * p_dot
        assert np.isclose(x * e_dot + e * dots[0], slope)


@vouches(
    r"""
    \frac{\partial L}{\partial v_j} = \sum_i \frac{\partial L}{\partial v_i}\cdot\frac{\partial v_i}{\partial v_j} ,
    \qquad \frac{\partial L}{\partial L} = 1
    """
)
def walking_reverse(rng: np.random.Generator) -> None:
    """Of the same program, from its end: the complex step."""
    x, y = rng.uniform(0.5, 1.5, 2)
    e = np.exp(x * y)
    dL = 1.0
    de = dL * x
    dp = de * e
    dx, dy = dp * y + dL * e, dp * x
    assert np.isclose(dx, step(lambda t: np.exp(t * y) * t, x))
    assert np.isclose(dy, step(lambda t: np.exp(x * t) * x, y))


@vouches(r"\text{operations}(L \text{ and } \nabla L) \;\le\; 5\cdot\text{operations}(L)")
def walking_cheap(rng: np.random.Generator) -> None:
    """The table's lines, counted on random programs of a hundred lines that use few values again and again."""
    extra = {"add": 2, "sub": 2, "mul": 4, "div": 4, "exp": 2, "sigmoid": 4, "tanh": 4}
    for inputs in (1, 3, 500):
        kinds = rng.choice([*extra], size=100)
        assert sum(1 + extra[kind] for kind in kinds) <= 5 * len(kinds), inputs
    # And on a tape, where no line is worse than a product.
    tape = ad.trace(lambda x: {"value": x[0] * x[1]}, x=np.ones(2))
    assert operations(tape) == 1


@vouches(
    r"""
    \text{forward: } \sum_{k=1}^{K} n_{k-1} n_k ,
    \qquad
    \text{back: } \sum_{k=1}^{K} n_{k-1} n_k + \sum_{k=2}^{K} n_{k-1} n_k
    """
)
def walking_dense() -> None:
    """Of a network with three layers: the products of matrices on the tapes of both passes."""
    sizes = [5, 4, 6, 3]
    weights = {f"W{k}": np.ones((sizes[k], sizes[k - 1])) for k in (1, 2, 3)}

    def loss(x, **W):
        for k in (1, 2, 3):
            x = ad.tanh(W[f"W{k}"] @ x)
        return {"loss": ad.sum(x)}

    def both(x, **W):
        value = loss(x, **W)["loss"]
        return {"loss": value} | dict(zip("abc", ad.grad(value, [*W.values()]), strict=True))

    x = np.ones((sizes[0], 1))
    forward = operations(ad.trace(loss, x=x, **weights), only="matmul")
    whole = operations(ad.trace(both, x=x, **weights), only="matmul")
    products = [sizes[k - 1] * sizes[k] for k in (1, 2, 3)]
    assert forward == sum(products)
    assert whole - forward == sum(products) + sum(products[1:])
