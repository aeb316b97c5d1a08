"""Chapter 12: counts, checkpoints, snapshots and the Hessian times a vector."""

import math
from functools import cache
from itertools import pairwise

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from backprop_book.counting import operations
from equations import vouches


@vouches(
    r"""
    \text{there and back} = 3F - F_1 ,
    \qquad \frac{3F - F_1}{F} = 3 - \frac{F_1}{F}
    """
)
def cost_both(rng: np.random.Generator) -> None:
    """Counted on the tapes of networks of several depths."""
    for depth in (1, 2, 4):
        sizes = [int(n) for n in rng.integers(2, 9, size=depth + 1)]
        shapes = [(n, before) for before, n in pairwise(sizes)]
        start = {f"W{k}": rng.normal(size=shape) for k, shape in enumerate(shapes)}
        x = rng.normal(size=(sizes[0], 1))

        def program(x=x, **weights):
            a = x
            for W in weights.values():
                a = ad.tanh(W @ a)
            loss = ad.sum(a * a)
            grads = ad.grad(loss, [*weights.values()])
            return {"loss": loss} | {f"d{k}": dW for k, dW in enumerate(grads)}

        tape = ad.trace(program, **start)
        F, F_1 = operations(tape, ["loss"], only="matmul"), math.prod(shapes[0])
        both = operations(tape, only="matmul")
        assert both == 3 * F - F_1
        assert math.isclose(both / F, 3 - F_1 / F)


@vouches(
    r"""
    \text{activations: } m\sum_{k=0}^{K} n_k ,
    \qquad
    \text{parameters: } P = \sum_{k=1}^{K} (n_{k-1} + 1)\,n_k
    """
)
def cost_memory(rng: np.random.Generator) -> None:
    """Counted in a network of the library, after its way forward."""
    sizes = [int(n) for n in rng.integers(2, 9, size=5)]
    kinds = {"activations": ["tanh"] * 4, "loss": "half_squared_error"}
    net, m = bp.Network.random(sizes, **kinds, seed=0), 6
    run = net.forward(rng.normal(size=(sizes[0], m)))
    assert sum(a.size for a in run.a) == m * sum(sizes)
    parameters = sum(layer.W.size + layer.b.size for layer in net.layers)
    assert parameters == sum((n + 1) * after for n, after in pairwise(sizes))


@vouches(
    r"""
    \text{held at the most: } \frac{D}{s} + s ,
    \qquad
    \text{computed again: } D - s
    """
)
def cost_checkpoints() -> None:
    """A machine that holds what it must, layer by layer, for all distances that divide the depth."""
    for D in (6, 12, 16, 36):
        for s in (s for s in range(1, D + 1) if D % s == 0):
            held, most, forward = {0}, 1, 0
            for k in range(1, D + 1):
                forward += 1
                held.add(k)
                if k - 1 not in range(0, D, s) and k - 1 <= D - s:
                    held.remove(k - 1)  # a passing activation makes room for the next
                most = max(most, len(held))
            for k in range(D, 0, -1):
                if k not in held:
                    for j in range(k - s + 1, k + 1):
                        forward += 1
                        held.add(j)
                    most = max(most, len(held))
                assert k in held
                held.remove(k)
                if k == 1:
                    held.remove(0)
                elif (k - 1) % s == 0:
                    held.remove(k - 1)  # a checkpoint has served with its stretch
            assert not held
            assert (most, forward - D) == (D / s + s, D - s)


@cache
def longest(c: int, r: int) -> int:
    """By sorting: layers reached with so many snapshots and repetitions, from both smaller ones."""
    return 1 if min(c, r) == 0 else longest(c - 1, r) + longest(c, r - 1)


@vouches(r"D \;\le\; \binom{c+r}{c} = \frac{(c+r)(c+r-1)\cdots(r+1)}{c\,(c-1)\cdots 1}")
def cost_reach() -> None:
    """The schedules of least work need each layer at most r times exactly up to this length."""

    def most_often(D: int, c: int) -> int:
        counts = [0] * (D + 1)

        def walk(start: int, end: int, c: int) -> None:
            while end > start + 1:
                k = end - start - 1 if c == 1 else place(end - start, c)
                for layer in range(start + 1, start + k + 1):
                    counts[layer] += 1
                if c > 1:
                    walk(start + k, end, c - 1)
                    end = start + k
                else:
                    end -= 1

        walk(0, D, c)
        return max(counts)

    for c, r in ((1, 4), (2, 3), (3, 3), (4, 2)):
        D = math.comb(c + r, c)
        top, bottom = math.prod(range(r + 1, c + r + 1)), math.prod(range(1, c + 1))
        assert longest(c, r) * bottom == top == D * bottom
        assert most_often(D, c) == r < most_often(D + 1, c)


@cache
def least(D: int, c: int) -> int:
    """By Dijkstra's method over all states of a walk, whatever it does with its snapshots."""
    from heapq import heappop, heappush

    queue, seen = [(0, D, frozenset([0]), 0)], set()
    while queue:
        work, end, kept, at = heappop(queue)[:4]
        if end == 0:
            return work
        key = (end, kept, at)
        if key in seen:
            continue
        seen.add(key)
        if at == end - 1:  # walk back over the last layer, then go to any snapshot
            rest = frozenset(p for p in kept if p < end - 1) or frozenset([0])
            for place in rest:
                heappush(queue, (work, end - 1, rest, place))
        else:
            ahead = at + 1
            heappush(queue, (work + 1, end, kept, ahead))
            if len(kept) < c:
                heappush(queue, (work + 1, end, kept | {ahead}, ahead))
        for place in kept - {at}:
            heappush(queue, (work, end, kept, place))
            if place:
                heappush(queue, (work, end, kept - {place}, at))
    raise AssertionError("every walk comes to an end")


def place(D: int, c: int) -> int:
    """A best place for the second snapshot, by the binomial coefficients alone."""
    r = next(r for r in range(D) if math.comb(c + r, c) >= D)
    return min(D - 1, math.comb(c + r - 1, c))


@vouches(
    r"""
    t(D, c) = \min_{1 \le k < D} \bigl( k + t(k, c) + t(D-k,\, c-1) \bigr) ,
    \qquad t(D, 1) = \frac{D(D-1)}{2} , \quad t(1, c) = 0
    """
)
def cost_split() -> None:
    """No walk of any kind does with less: all of them are searched, for short chains."""
    for c in (1, 2, 3):
        assert least(1, c) == 0
        for D in range(2, 9):
            ways = [k + least(k, c) + least(D - k, c - 1) for k in range(1, D) if c > 1]
            assert least(D, c) == (min(ways) if c > 1 else D * (D - 1) // 2)


@vouches(r"t(D, c) = r\,D - \binom{c+r}{c+1}")
def cost_least() -> None:
    """Against the same search."""
    for c in (1, 2, 3):
        for D in range(1, 9):
            r = next(r for r in range(D + 1) if math.comb(c + r, c) >= D)
            assert least(D, c) == r * D - math.comb(c + r, c + 1)


@vouches(r"H v = \nabla \bigl( v^{\mathsf T}\, \nabla L \bigr) , \qquad v \text{ held fixed.}")
def cost_hessian(rng: np.random.Generator) -> None:
    """H from second differences of the loss, entry by entry."""
    A, w, v = rng.normal(size=(3, 4)), rng.normal(size=4), rng.normal(size=4)

    def loss(w):
        return float((np.tanh(A @ w) ** 2).sum())

    def second(w):
        L = ad.sum(ad.tanh(A @ w) ** 2)
        (dw,) = ad.grad(L, [w])
        (product,) = ad.grad(ad.sum(dw * v), [w])
        return {"Hv": product}

    h = 1e-4
    unit = h * np.eye(4)
    H = np.array(
        [
            [
                (loss(w + i + j) - loss(w + i - j) - loss(w - i + j) + loss(w - i - j))
                / (4 * h * h)
                for j in unit
            ]
            for i in unit
        ]
    )
    assert np.allclose(H @ v, ad.trace(second, w=w).run()["Hv"], rtol=1e-5, atol=1e-5)


@vouches(
    r"""
    D \;\le\; \ell(c-1,r) + \ell(c,r-1) = \binom{c+r-1}{c-1} + \binom{c+r-1}{c} = \binom{c+r}{c}
    """
)
def cost_solutions_1() -> None:
    """The rule of the triangle, against the number of paths from its tip."""
    for c in range(1, 7):
        for r in range(1, 7):
            parts = math.comb(c + r - 1, c - 1), math.comb(c + r - 1, c)
            assert (longest(c - 1, r), longest(c, r - 1)) == parts
            assert sum(parts) == math.comb(c + r, c)
