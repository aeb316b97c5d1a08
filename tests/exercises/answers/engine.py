"""Chapter 8: an engine of your own."""

from collections import deque
from graphlib import TopologicalSorter

import numpy as np

from backprop import autodiff as ad


def two_walks(a, b):
    x, z = ad.var(a), ad.var(b)
    c, d = x + z, x * z
    (right,) = ad.grad((c + d) + c * d, [x])
    # The first, early, visits of c and d come once more.
    (early,) = ad.grad(c + d, [x])
    return float(right.value), float(right.value + early.value)


def two_steps(w, lr):
    moved, stored = w, 0.0
    for _ in range(2):
        x = ad.var(moved)
        stored += float(ad.grad(0.5 * x**2, [x])[0].value)
        moved -= lr * stored
    return moved


def doublings(n):
    x = end = ad.var(1.0)
    passed, width = 0, 1
    for _ in range(int(n)):
        end = end + end
        width *= 2
        passed += width
    return float(ad.grad(end, [x])[0].value), 2 * int(n), passed


def two_parts(m, p, g1, g2):
    """Examples whose single slopes have those means."""
    slopes = np.full(int(m), g2)
    slopes[: int(p)] = g1
    w = ad.var(0.0)
    return float(ad.grad((w * slopes).mean(), [w])[0].value)


ANSWERS = {
    "engine-parts": two_parts,
    "engine-naive": two_walks,
    "engine-stale-q": two_steps,
    "engine-visits": doublings,
}


def reached(links, out):
    found = {out}
    queue = deque([out])
    while queue:
        for parent, _ in links[queue.popleft()]:
            if parent not in found:
                found.add(parent)
                queue.append(parent)
    return found


def by_library(links, out):
    nodes = reached(links, out)
    return [*TopologicalSorter({n: [p for p, _ in links[n]] for n in nodes}).static_order()]


def by_counting_users(links, out):
    """From the end: a node follows when all its users have been taken."""
    users = dict.fromkeys(reached(links, out), 0)
    for node in users:
        for parent, _ in links[node]:
            users[parent] += 1
    ready, found = [out], []
    while ready:
        node = ready.pop()
        found.append(node)
        for parent, _ in links[node]:
            users[parent] -= 1
            if users[parent] == 0:
                ready.append(parent)
    return tuple(reversed(found))


def by_recursion(links, out):
    found = []

    def visit(node):
        if node not in found:
            for parent, _ in links[node]:
                visit(parent)
            found.append(node)

    visit(out)
    return found


def node_first(links, out):
    seen, stack = [], [out]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.append(node)
            stack += [parent for parent, _ in links[node]]
    return seen[::-1]


def nearest_first(links, out):
    queue = [out]
    for node in queue:
        queue += [p for p in dict.fromkeys(p for p, _ in links[node]) if p not in queue]
    return queue[::-1]


def every_visit(links, out):
    stack, found = [out], []
    while stack and len(found) < 6000:
        node = stack.pop()
        found.append(node)
        stack += [parent for parent, _ in links[node]]
    return found[::-1]


def walk(links, out, add=True, start=1.0, nodes=None):
    found = dict.fromkeys(reached(links, out), 0.0)
    found[out] = start
    for node in reversed(by_library(links, out)) if nodes is None else nodes:
        for parent, slope in links[node]:
            found[parent] = (found[parent] if add else 0.0) + found[node] * slope
    return found


def at_once(links, out):
    found = dict.fromkeys(reached(links, out), 0.0)
    found[out] = 1.0

    def visit(node):
        for parent, slope in links[node]:
            found[parent] += found[node] * slope
            visit(parent)

    visit(out)
    return found


def once(links, out):
    found, seen = dict.fromkeys(reached(links, out), 0.0), []
    found[out] = 1.0

    def visit(node):
        if node in seen:
            return
        seen.append(node)
        for parent, slope in links[node]:
            found[parent] += found[node] * slope
            visit(parent)

    visit(out)
    return found


def along_paths(links, out):
    """The sum over all paths: right, and slow for large graphs."""
    found = dict.fromkeys(reached(links, out), 0.0)

    def visit(node, share):
        found[node] += share
        for parent, slope in links[node]:
            visit(parent, share * slope)

    visit(out, 1.0)
    return found


KEPT = {}


def never_forgotten(links, out):
    fresh = walk(links, out)
    for name, gradient in fresh.items():
        KEPT[out, name] = KEPT.get((out, name), 0.0) + gradient
    return {name: KEPT[out, name] for name in fresh}


def deep(
    W, b, x, y, turn=np.transpose, slope=lambda a, z: 1 - np.tanh(z) ** 2, mean=True, bias=None
):
    zs, inputs = [], [x]
    for k in range(len(W)):
        zs.append(W[k] @ inputs[-1] + b[k].reshape(-1, 1))
        inputs.append(np.tanh(zs[-1]) if k + 1 < len(W) else zs[-1])
    delta = (inputs[-1] - y) / (x.shape[1] if mean else 1)
    dW, db = [], []
    for k in reversed(range(len(W))):
        dW.insert(0, delta @ inputs[k].T)
        db.insert(0, (bias or (lambda d: d.sum(axis=1)))(delta))
        if k:
            delta = turn(W[k]) @ delta * slope(inputs[k], zs[k - 1])
    return np.array(dW), np.array(db)


def by_recording(W, b, x, y):
    layers = [(ad.var(w), ad.var(c)) for w, c in zip(W, b, strict=True)]
    a = x
    for k, (w, c) in enumerate(layers):
        z = w @ a + ad.reshape(c, (-1, 1))
        a = ad.tanh(z) if k + 1 < len(W) else z
    loss = 0.5 * ((a - y) ** 2).sum() / x.shape[1]
    grads = ad.grad(loss, [v for layer in layers for v in layer])
    return [g.value for g in grads[::2]], [g.value for g in grads[1::2]]


def pair(a, b, z, tie=(0.5, 0.5)):
    to = tie if a == b else (float(a > b), float(b > a))
    return max(a, b), *to, np.exp(z), np.exp(z)


WRONG = {
    "engine-1": [
        ("order", node_first),
        ("order", nearest_first),
        ("reversed", lambda links, out: by_library(links, out)[::-1]),
        ("twice", every_visit),
        ("missing", lambda links, out: by_library(links, out)[:-1]),
        (
            "too many",
            lambda links, out: [*by_library(links, out), *({*links} - reached(links, out))],
        ),
        ("kind", lambda links, out: {*links}),
        ("kind", lambda links, out: [0, 1, 2]),
        ("raised", by_recursion),
    ],
    "engine-2": [
        ("overwritten", lambda links, out: walk(links, out, add=False)),
        ("too early", at_once),
        ("each once", once),
        (
            "each once",
            lambda links, out: walk(links, out, nodes=nearest_first(links, out)[::-1]),
        ),
        ("no start", lambda links, out: walk(links, out, start=0.0)),
        ("missing", lambda links, out: {k: v for k, v in walk(links, out).items() if k != out}),
        ("kind", lambda links, out: [*walk(links, out).values()]),
        ("value", lambda links, out: walk(links, out, start=-1.0)),
        ("state", never_forgotten),
    ],
    "engine-3": [
        ("no transpose", lambda W, b, x, y: deep(W, b, x, y, turn=lambda w: w)),
        (
            "slope twice",
            lambda W, b, x, y: deep(W, b, x, y, slope=lambda a, z: 1 - np.tanh(a) ** 2),
        ),
        ("no slope", lambda W, b, x, y: deep(W, b, x, y, slope=lambda a, z: 1.0)),
        ("bias mean", lambda W, b, x, y: deep(W, b, x, y, bias=lambda d: d.mean(axis=1))),
        ("missing the factor 1/m of the mean", lambda W, b, x, y: deep(W, b, x, y, mean=False)),
        ("sign", lambda W, b, x, y: tuple(-g for g in deep(W, b, x, y))),
    ],
    "engine-4": [
        ("both at a tie", lambda a, b, z: pair(a, b, z, (1.0, 1.0))),
        ("first at a tie", lambda a, b, z: pair(a, b, z, (1.0, 0.0))),
        ("second at a tie", lambda a, b, z: pair(a, b, z, (0.0, 1.0))),
        ("swapped", lambda a, b, z: (max(a, b), *pair(a, b, z)[2:0:-1], np.exp(z), np.exp(z))),
    ],
}

RIGHT = {
    "engine-1": [by_library, by_counting_users],
    "engine-2": [walk, along_paths],
    "engine-3": [deep, by_recording],
    "engine-4": [pair],
}
