"""Chapter 10: training for real."""

import numpy as np

import backprop as bp
from backprop.network import Gradients


def first_loss(K, loss):
    """By the library, of a network that gives all classes the same; and by halving an interval."""
    K = int(K)
    logits = np.zeros((K, K))
    low, high = 0.0, 1.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if -np.log(middle) > loss else (low, middle)
    return bp.cross_entropy.from_logits(logits, np.eye(K)), low


def noise_of(s, m):
    """From the variance of a mean of numbers, each -s or s, over all their combinations."""
    m = int(m)
    heads = np.arange(m + 1)
    ways = np.array([float(np.prod([(m - i) / (i + 1) for i in range(k)])) for k in heads])
    means = s * (2 * heads - m) / m
    return np.sqrt((ways * means**2).sum() / ways.sum())


def single(w=0.0):
    """One weight, and its gradients given one by one."""
    layer = bp.Dense(np.array([[w]]), np.zeros(1), "identity")
    net = bp.Network([layer], loss="half_squared_error")
    return net, lambda g: Gradients((np.array([[g]]),), (np.zeros(1),))


def three_steps(lr, beta):
    net, gradient = single()
    ball = bp.Momentum(lr, beta)
    for _ in range(3):
        ball.step(net, gradient(1.0))
    return -net.layers[0].W.item()


def two_steps(g1, g2, lr):
    net, gradient = single()
    adam, found = bp.Adam(lr, eps=1e-300), []
    for g in (g1, g2):
        adam.step(net, gradient(g))
        found.append(net.layers[0].W.item())
    return found


def step_count(N, m, E):
    steps = 0
    for _ in range(int(E)):
        left = N
        while left > 0:
            steps, left = steps + 1, left - m
    return steps


def told_by_curves(run, share):
    """The kinds of runs in the order of the options: creeping, well, idle, by heart."""
    return run


ANSWERS = {
    "training-first-loss": first_loss,
    "training-noise-q": noise_of,
    "training-steps": step_count,
    "training-curves": told_by_curves,
    "training-momentum-q": three_steps,
    "training-adam-q": two_steps,
}


def pieces(x, y, m, order):
    cuts = range(m, x.shape[1], m)
    return [*zip(np.split(x[:, order], cuts, 1), np.split(y[:, order], cuts, 1), strict=True)]


def by_sorting(x, y, m, rng):
    """An order from random numbers."""
    return pieces(x, y, m, np.argsort(rng.random(x.shape[1])))


def by_shuffling(x, y, m, rng):
    both = np.vstack([x, y]).T.copy()
    rng.shuffle(both)
    both, n = both.T, len(x)
    return [[both[:n, k : k + m], both[n:, k : k + m]] for k in range(0, both.shape[1], m)]


def drawn_anew(x, y, m, rng):
    """Each minibatch on its own, so that some examples come twice."""
    N = x.shape[1]
    parts = [rng.choice(N, m, replace=False) for _ in range(N // m)]
    parts.append(rng.choice(N, N - m * (N // m), replace=False))
    return [(x[:, part], y[:, part]) for part in parts]


def shuffled_apart(x, y, m, rng):
    whole, other = by_sorting(x, y, m, rng), by_sorting(x, y, m, rng)
    return [(pair[0], second[1]) for pair, second in zip(whole, other, strict=True)]


def own_generator(x, y, m, rng):
    return by_sorting(x, y, m, np.random.default_rng(0))


def even(x, y, m, rng):
    """As many minibatches, all about equally large."""
    order = rng.permutation(x.shape[1])
    parts = np.array_split(order, -(-len(order) // m))
    return [(x[:, part], y[:, part]) for part in parts]


def rows(x, y, m, rng):
    return [(a.T, b.T) for a, b in by_sorting(x, y, m, rng)]


def polyak(w, v, g, lr, beta):
    """By the way of the weights alone: the last move was -lr v."""
    moved = w - lr * g + beta * (-lr * v)
    return {"w": moved, "v": (w - moved) / lr}


def nesterov(w, v, g, lr, beta):
    v = beta * v + g
    return w - lr * (g + beta * v), v


def means(w, m, v, g, t, lr, kept=(0.9, 0.999), hats=None, eps=1e-8, out=None):
    """The step in a loop over the entries."""
    new = [], [], []
    for wi, mi, vi, gi in zip(w, m, v, g, strict=True):
        mi, vi = kept[0] * mi + (1 - kept[0]) * gi, kept[1] * vi + (1 - kept[1]) * gi * gi
        c1, c2 = hats(t) if hats else (1 - kept[0] ** t, 1 - kept[1] ** t)
        wi = wi - lr * (mi / c1) / ((vi / c2) ** 0.5 + eps)
        for part, value in zip(new, (wi, mi, vi), strict=True):
            part.append(value)
    return [np.array(part) for part in new]


def eps_in_root(w, m, v, g, t, lr):
    _, m, v = means(w, m, v, g, t, lr)
    return w - lr * m / (1 - 0.9**t) / (v / (1 - 0.999**t) + 1e-8) ** 0.5, m, v


def hats_kept(w, m, v, g, t, lr):
    w, m, v = means(w, m, v, g, t, lr)
    return w, m / (1 - 0.9**t), v / (1 - 0.999**t)


def mean_square(w, m, v, g, t, lr):
    _, m, v = means(w, m, v, g, t, lr)
    return w - lr * (m / (1 - 0.9**t)) / (v / (1 - 0.999**t) + 1e-8), m, v


def counted(y, z, pick=np.argmax):
    truth, said = pick(y, axis=0), pick(z, axis=0)
    return [[int(np.sum((truth == i) & (said == j))) for j in range(len(y))] for i in range(len(y))]


def shares(y, z):
    found = np.array(counted(y, z), dtype=float)
    return found / found.sum(axis=1)[:, None]


def off_diagonal(y, z):
    found = np.array(counted(y, z))
    np.fill_diagonal(found, 0)
    return found


def across(y, z):
    """The largest of each row."""
    found = np.zeros((len(y), len(y)))
    for i, j in zip(np.argmax(y, axis=1), np.argmax(z, axis=1), strict=True):
        found[i % len(y), j % len(y)] += 1
    return found


WRONG = {
    "training-1": [
        ("twice", drawn_anew),
        ("dropped", lambda x, y, m, rng: by_sorting(x, y, m, rng)[:-1]),
        ("apart", shuffled_apart),
        ("not shuffled", lambda x, y, m, rng: pieces(x, y, m, np.arange(x.shape[1]))),
        ("not from rng", own_generator),
        ("sizes", even),
        ("shape", rows),
        ("generator", lambda x, y, m, rng: iter(by_sorting(x, y, m, rng))),
        ("other numbers", lambda x, y, m, rng: by_sorting(x + 1.0, y, m, rng)),
        ("kind", lambda x, y, m, rng: len(by_sorting(x, y, m, rng))),
        ("kind", lambda x, y, m, rng: [(a, b, m) for a, b in by_sorting(x, y, m, rng)]),
    ],
    "training-2": [
        (
            "averaged",
            lambda w, v, g, lr, beta: (
                w - lr * (beta * v + (1 - beta) * g),
                beta * v + (1 - beta) * g,
            ),
        ),
        ("old velocity", lambda w, v, g, lr, beta: [w - lr * v, g + beta * v]),
        ("no memory", lambda w, v, g, lr, beta: (w - lr * g, g)),
        (
            "rate inside",
            lambda w, v, g, lr, beta: (w - (beta * v + lr * g), beta * v + lr * g),
        ),
        ("uphill", lambda w, v, g, lr, beta: (w + lr * (g + beta * v), g + beta * v)),
        ("", nesterov),
    ],
    "training-3": [
        ("no correction", lambda *given: means(*given, hats=lambda t: (1, 1))),
        (
            "t from zero",
            lambda *given: means(*given, hats=lambda t: (1 - 0.9 ** (t - 1), 1 - 0.999 ** (t - 1))),
        ),
        ("t left out", lambda *given: means(*given, hats=lambda t: (0.1, 0.001))),
        ("written back", hats_kept),
        ("ε inside", eps_in_root),
        ("no root", mean_square),
        ("", lambda *given: means(*given, kept=(0.999, 0.9))),
    ],
    "training-4": [
        ("exchanged", lambda y, z: counted(z, y)),
        ("along the rows", across),
        ("logits", lambda y, z: np.einsum("im,jm->ij", y, z)),
        ("shares", shares),
        ("mistakes alone", off_diagonal),
        ("", lambda y, z: counted(y, z, np.argmin)),
    ],
}

RIGHT = {
    "training-1": [by_sorting, by_shuffling],
    "training-2": [polyak, lambda w, v, g, lr, beta: (w - lr * (g + beta * v), g + beta * v)],
    "training-3": [means],
    "training-4": [counted, lambda y, z: np.array(counted(y, z), dtype=np.int32)],
}
