"""Chapter 5: the matrix form."""

import functools
import json
import re

import nbformat
import numpy as np

import backprop as bp
from backprop import autodiff as ad
from support.paths import ROOT


def by_hand(W, b, a, delta):
    """Half the squared error with the targets z - delta has this delta."""
    net = bp.Network([bp.Dense(W, b, "identity")], loss="half_squared_error")
    run = net.forward(a)
    grads = net.backward(run, run.output - delta)
    nudged = a.astype(complex)
    nudged[0] += 1e-20j
    return run.z[0][1], grads.W[0][0, 1], np.imag(delta @ (W @ nudged + b)) / 1e-20


def gradients_of(m, *sizes):
    sizes, m = [int(n) for n in sizes], int(m)
    activations = ["tanh"] * (len(sizes) - 1)
    net = bp.Network.random(sizes, activations=activations, loss="half_squared_error")
    return net.backward(net.forward(np.zeros((sizes[0], m))), np.zeros((sizes[-1], m)))


@functools.cache
def figure(name):
    """The tape that the chapter has stored for one of its figures."""
    notebook = nbformat.read(ROOT / "chapters" / "05-matrix-form.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    (html,) = (
        html
        for output in outputs
        if f'data-figure="{name}"' in (html := output.get("data", {}).get("text/html", ""))
    )
    spec = re.search(r'class="live-spec">(.*?)</script>', html, re.DOTALL)
    return ad.Tape.from_json(json.dumps(json.loads(spec[1])["tape"]))


def nudged(i, j, nudge):
    tape = figure("matrix-form-layer")
    before, after = (tape.run(i=i, j=j, nudge=step) for step in (0.0, nudge))
    return after["z_i"] - before["z_i"], after["dw_ij"]


def batch(A, own):
    W, b = ad.var(np.ones((2, 2))), ad.var(np.ones(2))
    losses = ((W @ A + b[:, None]) * own).sum(axis=0)
    dW, db = ad.grad(losses.mean(), [W, b])
    return db.value[0], dW.value[0, 1]


ANSWERS = {
    "matrix-form-nudge": nudged,
    "matrix-form-hand": by_hand,
    "matrix-form-gradient": lambda n_in, n_hidden, n_out, m: (
        gradients_of(m, n_in, n_hidden, n_out).W[1].shape
    ),
    "matrix-form-bias": lambda n_in, n_out, m: gradients_of(m, n_in, n_out).b[0][:, None].shape,
    "matrix-form-batch": batch,
}


def forward(W, b, A, bend=np.tanh, bias=1.0, after=0.0):
    shift = np.reshape(b, (-1, 1))
    return bend(np.dot(W, A) + bias * shift) + after * shift


def forward_by_examples(W, b, A):
    return np.array([np.tanh(W.dot(example) + b) for example in A.T]).T


def forward_by_loops(W, b, A):
    return [
        [
            float(np.tanh(sum(w * A[j][n] for j, w in enumerate(row)) + bias))
            for n in range(len(A[0]))
        ]
        for row, bias in zip(W, b, strict=True)
    ]


def backward(W, b, A, delta, scale=(0, 0, 0)):
    m = len(A[0])
    dW, db, dA = np.zeros_like(W), np.zeros_like(b), np.zeros_like(A)
    for n in range(m):
        dW += np.outer(delta[:, n], A[:, n])
        db += delta[:, n]
        dA[:, n] = delta[:, n] @ W
    return tuple(g / m**k for g, k in zip((dW, db, dA), scale, strict=True))


def replaced(**parts):
    """The right gradients, but for some of them."""

    def answer(W, b, A, delta):
        right = dict(zip(("dW", "db", "dA"), backward(W, b, A, delta), strict=True))
        return tuple((right | {k: f(W, A, delta) for k, f in parts.items()}).values())

    return answer


def whatever_fits(W, A, delta):
    try:
        return W @ delta
    except ValueError:
        return W.T @ delta


def overwritten(W, b, A, delta):
    for n in range(A.shape[1]):
        dW = np.outer(delta[:, n], A[:, n])
        db = delta[:, n]
    return dW, db, W.T @ delta


def backward_in_rows(W, b, A, delta):
    rows, blame = A.T, delta.T
    return (blame.T @ rows).tolist(), blame.sum(axis=0), (blame @ W).T


def sigma(z):
    return 1 / (1 + np.exp(-z))


def step(W1, b1, W2, b2, X, Y, lr, wrong=""):
    """One example after the other; ``wrong`` is what goes wrong."""
    m = X.shape[1]
    W1, b1, W2, b2 = (np.array(p) for p in (W1, b1, W2, b2))
    passes = []
    for x, y in zip(X.T, Y.T, strict=True):
        a1 = np.tanh(W1 @ x + b1)
        a2 = sigma(W2 @ a1 + b2)
        slope = a2 * (1 - a2)
        if wrong == "σ′ at a":
            slope = sigma(a2) * (1 - sigma(a2))
        if wrong == "no σ′":
            slope = 1
        passes.append((x, a1, (a2 - y) * slope))
    rate = lr * {"no mean": 1, "mean twice": 1 / m**2, "uphill": -1 / m}.get(wrong, 1 / m)
    of_biases = rate / m if wrong == "bias averaged" else rate
    of_first = rate / m if wrong == "first layer twice" else rate
    dW2 = sum(np.outer(d2, a1) for _, a1, d2 in passes)
    if wrong == "updated W2":
        W2 = W2 - rate * dW2
    dW1, db1, db2 = np.zeros_like(W1), np.zeros_like(b1), np.zeros_like(b2)
    for x, a1, d2 in passes:
        blame = W2 @ d2 if wrong == "W for Wᵀ" else d2 @ W2
        slope = 1 - np.tanh(a1) ** 2 if wrong == "tanh′ at a" else 1 - a1 * a1
        d1 = blame * (1 if wrong == "no tanh′" else slope)
        dW1, db1, db2 = dW1 + np.outer(d1, x), db1 + d1, db2 + d2
    if wrong != "updated W2":
        W2 = W2 - rate * dW2
    bias1 = of_first if wrong == "first layer twice" else of_biases
    return W1 - of_first * dW1, b1 - bias1 * db1, W2, b2 - of_biases * db2


def outputs_like_hidden_units(W1, b1, W2, b2, X, Y, lr):
    """By loops, of which one takes the number of hidden units for that of the outputs."""
    W1, b1, W2, b2 = (np.array(p) for p in (W1, b1, W2, b2))
    n_hidden, m = len(W1), X.shape[1]
    A1 = np.tanh(W1 @ X + b1[:, None])
    A2 = sigma(W2 @ A1 + b2[:, None])
    d2 = (A2 - Y) * A2 * (1 - A2) / m
    d1 = W2.T @ d2 * (1 - A1**2)
    for k in range(n_hidden):
        W2[k] -= lr * A1 @ d2[k]
        b2[k] -= lr * d2[k].sum()
    return W1 - lr * d1 @ X.T, b1 - lr * d1.sum(axis=1), W2, b2


def wrong_step(name):
    return lambda *given: step(*given, wrong=name)


def step_of_engine(W1, b1, W2, b2, X, Y, lr):
    parameters = [ad.var(p) for p in (W1, b1[:, None], W2, b2[:, None])]
    first, one, second, two = parameters
    output = ad.sigmoid(second @ ad.tanh(first @ X + one) + two)
    loss = (0.5 * (output - Y) ** 2).sum(axis=0).mean()
    gradients = ad.grad(loss, parameters)
    return {
        name: (p.value - lr * g.value).reshape(right.shape)
        for name, right, p, g in zip(
            ("W1", "b1", "W2", "b2"), (W1, b1, W2, b2), parameters, gradients, strict=True
        )
    }


def step_in_float32(*given):
    return [np.asarray(p, dtype=np.float32) for p in step(*given)]


def deep(W, b, x, y, wrong=""):
    """By recursion, from the front: what a layer hands back, and the gradients of all from it on."""

    def walk(k, a):
        if k == len(W):
            return a - y, [], []
        z = W[k] @ a + b[k]
        up, dW, db = walk(k + 1, np.tanh(z))
        at = np.tanh(z) if wrong == "tanh′ at a" else z
        slope = 1 / np.cosh(at) ** 2
        if wrong == "no output slope" and k == len(W) - 1:
            slope = 1.0
        if wrong == "no hidden slope" and k < len(W) - 1:
            slope = 1.0
        delta = up * slope
        carrier = W[k - 1] if wrong == "wrong layer" else W[k]
        handed = carrier @ delta if wrong == "W for Wᵀ" else delta @ carrier
        front = np.tanh(z) if wrong == "wrong end" else a
        return handed, [np.outer(delta, front), *dW], [delta, *db]

    _, dW, db = walk(0, x)
    return np.array(dW), np.array(db)


def wrong_depth(name):
    return lambda *given: deep(*given, wrong=name)


def deep_of_engine(W, b, x, y):
    weights, biases = [ad.var(w) for w in W], [ad.var(v) for v in b]
    a = x
    for w, v in zip(weights, biases, strict=True):
        a = ad.tanh(w @ a + v)
    gradients = ad.grad(0.5 * ((a - y) ** 2).sum(), weights + biases)
    values = [g.value for g in gradients]
    return {"dW": values[: len(W)], "db": values[len(W) :]}


WRONG = {
    "matrix-form-1": [
        ("no bias", lambda W, b, A: forward(W, b, A, bias=0)),
        ("no activation", lambda W, b, A: forward(W, b, A, bend=np.array)),
        ("bias outside", lambda W, b, A: forward(W, b, A, bias=0, after=1)),
        ("raised", lambda W, b, A: np.tanh(W @ A + b)),
        ("raised", lambda W, b, A: np.tanh(W.T @ A + b[:, None])),
        ("transposed", lambda W, b, A: np.tanh(A.T @ W.T + b)),
    ],
    "matrix-form-2": [
        ("W for Wᵀ", replaced(dA=whatever_fits)),
        ("raised", lambda W, b, A, delta: (delta @ A.T, delta.sum(axis=1), W @ delta)),
        ("transposed", replaced(dW=lambda W, A, delta: A @ delta.T)),
        ("transposed", replaced(dA=lambda W, A, delta: delta.T @ W)),
        ("averaged again", replaced(db=lambda W, A, delta: delta.mean(axis=1))),
        ("averaged again", lambda *given: backward(*given, scale=(1, 0, 0))),
        ("averaged again", lambda *given: backward(*given, scale=(1, 1, 0))),
        ("averaged again", lambda *given: backward(*given, scale=(1, 1, 1))),
        ("extra the batch size m", replaced(dA=lambda W, A, delta: W.T @ delta * len(A[0]))),
        ("one example", overwritten),
        ("one example", replaced(dW=lambda W, A, delta: np.outer(delta[:, -1], A[:, -1]))),
        (
            "one example",
            lambda W, b, A, delta: (np.outer(delta[:, 0], A[:, 0]), delta[:, 0], W.T @ delta),
        ),
        ("sums first", replaced(dW=lambda W, A, delta: np.outer(delta.sum(1), A.sum(1)))),
        ("shape", replaced(db=lambda W, A, delta: delta)),
        ("shape", replaced(db=lambda W, A, delta: delta.sum(axis=1, keepdims=True))),
        ("shape", replaced(db=lambda W, A, delta: delta.sum(axis=1)[None, :])),
        ("shape", replaced(db=lambda W, A, delta: delta.sum(axis=0))),
        ("sign", replaced(dA=lambda W, A, delta: -W.T @ delta)),
    ],
    "matrix-form-3": [
        *(
            (name, wrong_step(name))
            for name in (
                *("updated W2", "W for Wᵀ", "no mean", "mean twice", "bias averaged"),
                *("σ′ at a", "tanh′ at a", "no σ′", "no tanh′", "uphill"),
            )
        ),
        ("mean twice", wrong_step("first layer twice")),
        ("raised", outputs_like_hidden_units),
        ("shape", lambda *given: [p if p.ndim == 2 else p[:, None] for p in step(*given)]),
        ("raised", lambda W1, b1, W2, b2, X, Y, lr: (W1, b1 + W1 @ X, W2, b2)),
    ],
    "matrix-form-4": [
        *(
            (name, wrong_depth(name))
            for name in (
                *("W for Wᵀ", "wrong layer", "wrong end", "tanh′ at a"),
                *("no output slope", "no hidden slope"),
            )
        ),
        ("sign", lambda *given: tuple(-g for g in deep(*given))),
        ("shape", lambda *given: (deep(*given)[0][0], deep(*given)[1])),
    ],
}

RIGHT = {
    "matrix-form-1": [
        forward_by_examples,
        forward_by_loops,
        lambda W, b, A: forward(W, b, A).astype(np.float32),
    ],
    "matrix-form-2": [
        backward,
        backward_in_rows,
        lambda W, b, A, delta: {
            "dA": np.einsum("ij,in->jn", W, delta),
            "db": delta @ np.ones(A.shape[1]),
            "dW": np.einsum("in,jn->ij", delta, A),
        },
    ],
    "matrix-form-3": [step, step_of_engine, step_in_float32],
    "matrix-form-4": [deep, deep_of_engine],
}
