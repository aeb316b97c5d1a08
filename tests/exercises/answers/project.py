"""The project: a network from nothing."""

import numpy as np

import backprop as bp

# Written without the bank's functions: everything in one place, and every slip an argument.


def begin(n_in, n_hidden, n_out, rng, spread=None, biases=np.zeros):
    draw = spread or (lambda size: rng.standard_normal(size) * size[1] ** -0.5)
    return (
        draw((n_hidden, n_in)),
        biases(n_hidden),
        draw((n_out, n_hidden)),
        biases(n_out),
    )


def glorot(n_in, n_hidden, n_out, rng):
    def uniform(size):
        limit = (6 / sum(size)) ** 0.5
        return rng.uniform(-limit, limit, size)

    return begin(n_in, n_hidden, n_out, rng, uniform)


GRADIENTS = ("dW1", "db1", "dW2", "db2")


def by_loops(n_in, n_hidden, n_out, rng):
    def entries(rows, columns):
        return np.array(
            [[rng.uniform(-1, 1) / columns**0.5 for _ in range(columns)] for _ in range(rows)]
        )

    W2 = entries(n_out, n_hidden)
    return {
        "W1": entries(n_hidden, n_in),
        "b1": 0 * W2[0],
        "W2": W2,
        "b2": np.zeros(n_out, dtype=np.float32),
    }


def careless(n_in, n_hidden, n_out, rng):
    other = np.random.default_rng()
    return begin(n_in, n_hidden, n_out, other)


def lists(n_in, n_hidden, n_out, rng):
    return tuple(part.tolist() for part in begin(n_in, n_hidden, n_out, rng))


def rows_for_inputs(n_in, n_hidden, n_out, rng):
    W1, b1, W2, b2 = begin(n_in, n_hidden, n_out, rng)
    return W1.T.copy(), b1, W2.T.copy(), b2


def one_row(n_in, n_hidden, n_out, rng):
    W1, b1, W2, b2 = begin(n_in, n_hidden, n_out, rng)
    return np.tile(W1[0], (n_hidden, 1)), b1, W2, b2


def in_pairs(n_in, n_hidden, n_out, rng):
    W1, b1, W2, b2 = begin(n_in, n_hidden, n_out, rng)
    W1[1::2] = W1[: n_hidden // 2 * 2 : 2]
    return W1, b1, W2, b2


def own(seed, size):
    return np.random.default_rng(seed).normal(size=size) / size[1] ** 0.5


def mostly_own(rng, size):
    """Only the last row comes from the generator."""
    W = own(1, size)
    W[-1] = rng.normal(size=size[1]) / size[1] ** 0.5
    return W


def scaled_by(first, second):
    """The weights of the two layers, each divided by the root of what is named."""

    def answer(n_in, n_hidden, n_out, rng):
        n = {"n_in": n_in, "n_hidden": n_hidden, "n_out": n_out}
        W1 = rng.normal(size=(n_hidden, n_in)) / n[first] ** 0.5
        W2 = rng.normal(size=(n_out, n_hidden)) / n[second] ** 0.5
        return W1, np.zeros(n_hidden), W2, np.zeros(n_out)

    return answer


def begin_with(make, biases=np.zeros):
    """The same, with weights from ``make(rng, size)``."""
    return lambda n_in, n_hidden, n_out, rng: begin(
        n_in, n_hidden, n_out, rng, lambda size: make(rng, size), biases
    )


def logistic(z):
    return 1 / (1 + np.exp(-z))


def forwards(g=np.tanh, F=logistic, use_b1=True, use_b2=True, from_z=False):
    def answer(x, W1, b1, W2, b2):
        Z1 = W1 @ x + b1.reshape(-1, 1) * use_b1
        A1 = g(Z1)
        Z2 = W2 @ (Z1 if from_z else A1) + b2.reshape(-1, 1) * use_b2
        return Z1, A1, Z2, F(Z2)

    return answer


def one_by_one(x, W1, b1, W2, b2):
    """One example after the other, and joined at the end."""
    columns = []
    for example in x.T:
        z1 = np.array([w @ example + b for w, b in zip(W1, b1, strict=True)])
        z2 = np.array([w @ np.tanh(z1) + b for w, b in zip(W2, b2, strict=True)])
        columns.append((z1, np.tanh(z1), z2, logistic(z2)))
    return [np.stack(parts, axis=1).tolist() for parts in zip(*columns, strict=True)]


def naive_loss(Z2, y):
    a = 1 / (1 + np.exp(-Z2))
    return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))


def clipped_loss(Z2, y):
    a = np.clip(1 / (1 + np.exp(-Z2)), 1e-12, 1 - 1e-12)
    return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))


def stable_loss(Z2, y):
    return np.mean(np.logaddexp(0, Z2) - y * Z2)


def loss_by_loop(Z2, y):
    total = 0.0
    for z, target in zip(Z2[0], y[0], strict=True):
        wrong_by = -z if target == 1 else z
        total += max(wrong_by, 0.0) + np.log1p(np.exp(-abs(wrong_by)))
    return [[total / len(y[0])]]


def gradients(
    x, y, W1, b1, W2, b2, slope="z", kept=False, skip=False, mean=1.0, bias_mean=False, sign=1
):
    m = x.shape[1]
    H = np.tanh(W1 @ x + b1[:, None])
    p = logistic(W2 @ H + b2[:, None])
    d2 = sign * mean * (p - y) / m * (p * (1 - p) if kept else 1)
    slopes = {"z": 1 - H * H, "a": 1 / np.cosh(H) ** 2, "none": 1.0, "sigmoid": H * (1 - H)}
    d1 = (d2 if skip else W2.T @ d2) * slopes[slope]
    add = np.mean if bias_mean else np.sum
    return d1 @ x.T, add(d1, axis=1), d2 @ H.T, add(d2, axis=1)


def slip(**changes):
    return lambda *given: gradients(*given, **changes)


def summed(x, y, W1, b1, W2, b2):
    return gradients(x, y, W1, b1, W2, b2, mean=x.shape[1])


def transposed(*given):
    dW1, db1, dW2, db2 = gradients(*given)
    return dW1.T, db1, dW2.T, db2


def one_output_only(x, y, W1, b1, W2, b2):
    """Right for one output: the sum over the outputs is missing on the way back."""
    _, _, dW2, db2 = gradients(x, y, W1, b1, W2, b2)
    H = np.tanh(W1 @ x + b1[:, None])
    d2 = (logistic(W2 @ H + b2[:, None]) - y) / x.shape[1]
    d1 = W2[0][:, None] * d2[0] * (1 - H * H)
    return d1 @ x.T, d1.sum(axis=1), dW2, db2


def not_summed(x, y, W1, b1, W2, b2):
    dW1, _, dW2, db2 = gradients(x, y, W1, b1, W2, b2)
    H = np.tanh(W1 @ x + b1[:, None])
    d2 = (logistic(W2 @ H + b2[:, None]) - y) / x.shape[1]
    return dW1, W2.T * d2 * (1 - H * H), dW2, db2


def by_name(*given):
    dW1, db1, dW2, db2 = gradients(*given)
    return {"dW1": dW1.tolist(), "db1": tuple(db1), "dW2": dW2, "db2": list(db2)}


def reshaped(answer, names=GRADIENTS, **shapes):
    """The same numbers, some of them in another shape, which the next step would calculate with."""

    def other(*given):
        values = dict(zip(names, answer(*given), strict=True))
        return tuple(shapes.get(name, np.copy)(value) for name, value in values.items())

    return other


def example_by_example(x, y, W1, b1, W2, b2):
    """The mean of the gradients of single examples."""
    total = [0.0] * 4
    for k in range(x.shape[1]):
        parts = gradients(x[:, [k]], y[:, [k]], W1, b1, W2, b2)
        total = [t + p / x.shape[1] for t, p in zip(total, parts, strict=True)]
    return total


def stepped(factor=lambda x, lr: lr):
    def answer(x, y, W1, b1, W2, b2, lr):
        old = [W1, b1, W2, b2]
        move = factor(x, lr)
        return [p - move * d for p, d in zip(old, gradients(x, y, *old), strict=True)]

    return answer


def in_place(x, y, W1, b1, W2, b2, lr):
    for p, d in zip((W1, b1, W2, b2), gradients(x, y, W1, b1, W2, b2), strict=True):
        p -= lr * d
    return W1, b1, W2, b2


def output_first(x, y, W1, b1, W2, b2, lr):
    """The most copied bug: W2 moves, and the hidden layer's gradient goes through the new one."""
    H = np.tanh(W1 @ x + b1[:, None])
    d2 = (logistic(W2 @ H + b2[:, None]) - y) / x.shape[1]
    _, _, dW2, db2 = gradients(x, y, W1, b1, W2, b2)
    W2 = W2 - lr * dW2
    d1 = W2.T @ d2 * (1 - H * H)
    return W1 - lr * d1 @ x.T, b1 - lr * d1.sum(axis=1), W2, b2 - lr * db2


def layer_by_layer(x, y, W1, b1, W2, b2, lr):
    _, _, dW2, db2 = gradients(x, y, W1, b1, W2, b2)
    W2, b2 = W2 - lr * dW2, b2 - lr * db2
    dW1, db1, _, _ = gradients(x, y, W1, b1, W2, b2)
    return W1 - lr * dW1, b1 - lr * db1, W2, b2


def reshaped_step(**shapes):
    return reshaped(stepped(), names=("W1", "b1", "W2", "b2"), **shapes)


def four_calls(x, y, W1, b1, W2, b2, lr):
    W1 = W1 - lr * gradients(x, y, W1, b1, W2, b2)[0]
    b1 = b1 - lr * gradients(x, y, W1, b1, W2, b2)[1]
    W2 = W2 - lr * gradients(x, y, W1, b1, W2, b2)[2]
    b2 = b2 - lr * gradients(x, y, W1, b1, W2, b2)[3]
    return W1, b1, W2, b2


def no_biases(x, y, W1, b1, W2, b2, lr):
    dW1, _, dW2, _ = gradients(x, y, W1, b1, W2, b2)
    return W1 - lr * dW1, b1, W2 - lr * dW2, b2


def learn(
    x, y, n_hidden, lr, steps, seed, make=None, factor=1.0, keep=True, rounds=None, start=begin
):
    rng = np.random.default_rng(seed)
    now = list(start(len(x), n_hidden, 1, rng, make) if make else start(len(x), n_hidden, 1, rng))
    for _ in range(steps if rounds is None else rounds):
        moved = stepped()(x, y, *now, factor * lr)
        if keep:
            now = moved
    return tuple(now)


def learning(**changes):
    return lambda x, y, n_hidden, lr, steps, seed: learn(x, y, n_hidden, lr, steps, seed, **changes)


def moons(n_hidden=12, lr=1.5, steps=1500, **changes):
    return lambda x, y, seed: learn(x, y, n_hidden, lr, steps, seed, **changes)


def nearest_mean(x, y):
    """No network at all: a function that names digits."""
    means = np.array([x[:, digit == 1].mean(axis=1) for digit in y])
    return lambda new: ((new[None] - means[:, :, None]) ** 2).sum(axis=1).argmin(axis=0)


def nearest_image(x, y):
    def read(new):
        gaps = (x**2).sum(axis=0)[:, None] - 2 * x.T @ new
        return y[:, gaps.argmin(axis=0)]

    return read


def digits_by_library(x, y, epochs=20, sizes=(64, 32, 10), lr=0.5):
    """Without a generator of its own: the images come as they are."""
    kinds = [*["relu"] * (len(sizes) - 2), "softmax"]
    net = bp.Network.random(sizes, activations=kinds, loss="cross_entropy", seed=1)
    for _ in range(epochs):
        for part in range(0, x.shape[1], 32):
            net.step(x[:, part : part + 32], y[:, part : part + 32], lr)
    return net


def own_digits(x, y, epochs=25):
    rng = np.random.default_rng(1)
    now = begin(64, 24, 10, rng)
    for _ in range(epochs):
        for part in np.array_split(rng.permutation(x.shape[1]), 60):
            now = stepped()(x[:, part], y[:, part], *now, 0.5)
    return now


def said(change):
    """What a function of the images returns, changed."""

    def answer(x, y):
        net = digits_by_library(x, y, epochs=5)
        return lambda new: change(net.forward(new).output)

    return answer


def by_library(x, y, n_hidden, lr, steps, seed):
    net = bp.Network.random(
        [2, n_hidden, 1],
        activations=["tanh", "sigmoid"],
        loss="binary_cross_entropy",
        seed=seed,
    )
    for _ in range(steps):
        net.step(x, y, lr)
    first, second = net.layers
    return first.W, first.b, second.W, second.b


def as_lists(x, y, n_hidden, lr, steps, seed):
    W1, b1, W2, b2 = learn(x, y, n_hidden, lr, steps, seed, start=glorot)
    return {"W1": W1.tolist(), "b1": tuple(b1), "W2": W2, "b2": list(b2)}


def as_columns(x, y, n_hidden, lr, steps, seed):
    """What forward makes of these, with b1[:, None], is no matrix."""
    return tuple(p if p.ndim == 2 else p[:, None] for p in learn(x, y, n_hidden, lr, steps, seed))


def halves(size):
    return np.full(size, 0.5)


WRONG = {
    "project-1": [
        ("zeros", begin_with(lambda rng, size: np.zeros(size))),
        ("equal", begin_with(lambda rng, size: np.ones(size))),
        ("equal", begin_with(lambda rng, size: np.full(size, rng.normal()))),
        ("equal", one_row),
        ("transposed", rows_for_inputs),
        (
            "shape",
            begin_with(lambda rng, s: rng.normal(size=s) / s[1] ** 0.5, lambda n: np.zeros((n, 1))),
        ),
        ("generator", careless),
        ("equal", in_pairs),
        ("equal", begin_with(lambda rng, size: rng.normal(size=(size[0], 1)) * np.ones(size))),
        ("equal", begin_with(lambda rng, size: np.resize(rng.normal(size=7), size))),
        ("scale", scaled_by("n_in", "n_in")),
        ("scale", scaled_by("n_hidden", "n_hidden")),
        ("scale", scaled_by("n_out", "n_hidden")),
        ("scale", scaled_by("n_in", "n_out")),
        ("scale", scaled_by("n_hidden", "n_in")),
        ("generator", begin_with(lambda rng, s: (rng.random(), own(5, s))[1])),
        (
            "generator",
            begin_with(
                lambda rng, s: rng.normal(size=s) / s[1] ** 0.5 if s[0] < 500 else own(5, s)
            ),
        ),
        ("generator", begin_with(mostly_own)),
        ("scale", begin_with(lambda rng, size: rng.normal(size=size))),
        ("scale", begin_with(lambda rng, size: 0.01 * rng.normal(size=size))),
        ("scale", begin_with(lambda rng, size: 0.1 * rng.normal(size=size))),
        ("scale", begin_with(lambda rng, size: rng.normal(size=size) / size[1])),
        ("one sign", begin_with(lambda rng, size: rng.random(size) / size[1] ** 0.5)),
        ("biases", begin_with(lambda rng, s: rng.normal(size=s) / s[1] ** 0.5, np.ones)),
        ("no array", lists),
        ("none", lambda n_in, n_hidden, n_out, rng: None),
        ("count", lambda n_in, n_hidden, n_out, rng: begin(n_in, n_hidden, n_out, rng)[:2]),
    ],
    "project-2": [
        ("sigmoid twice", forwards(g=logistic)),
        ("tanh twice", forwards(F=np.tanh)),
        ("exchanged", forwards(g=logistic, F=np.tanh)),
        ("no bend", forwards(g=np.copy)),
        ("Z1 for A1", forwards(from_z=True)),
        ("no biases", forwards(use_b1=False)),
        ("no biases", forwards(use_b2=False)),
        ("no biases", forwards(use_b1=False, use_b2=False)),
        ("raised", lambda x, W1, b1, W2, b2: np.tanh(W1 @ x + b1)),
        ("count", lambda *given: forwards()(*given)[-1]),
        ("transposed", lambda *given: [part.T for part in forwards()(*given)]),
        (
            "transposed",
            lambda *given: (*forwards()(*given)[:2], *map(np.transpose, forwards()(*given)[2:])),
        ),
        ("shape", lambda *given: (*forwards()(*given)[:2], *map(np.ravel, forwards()(*given)[2:]))),
    ],
    "project-3": [
        ("not finite", naive_loss),
        ("clipped", clipped_loss),
        ("missing the factor 1/m", lambda Z2, y: stable_loss(Z2, y) * y.shape[1]),
        ("extra the factor 1/m", lambda Z2, y: stable_loss(Z2, y) / y.shape[1]),
        ("y exchanged", lambda Z2, y: np.mean(np.logaddexp(0, -Z2) + y * Z2)),
        ("sign", lambda Z2, y: -stable_loss(Z2, y)),
        ("squared error", lambda Z2, y: np.mean((1 / (1 + np.exp(-Z2)) - y) ** 2)),
        ("shape", lambda Z2, y: np.logaddexp(0, Z2) - y * Z2),
    ],
    "project-4": [
        ("no slope", slip(slope="none")),
        ("slope at A1", slip(slope="a")),
        ("another slope", slip(slope="sigmoid")),
        ("σ′ kept", slip(kept=True)),
        ("not through W2", slip(skip=True)),
        ("missing the factor 1/m", summed),
        ("biases averaged", slip(bias_mean=True)),
        ("extra the factor 2", slip(mean=2.0)),
        ("sign", slip(sign=-1)),
        ("transposed", transposed),
        ("transposed", reshaped(gradients, dW2=np.transpose)),
        ("shape", reshaped(gradients, db1=lambda d: d[:, None])),
        ("shape", reshaped(gradients, db1=lambda d: d[None, :])),
        ("shape", reshaped(gradients, dW2=np.ravel)),
        ("shape", not_summed),
        ("", reshaped(gradients, db2=np.abs)),
        ("", reshaped(gradients, db1=np.abs)),
        ("", one_output_only),
    ],
    "project-5": [
        ("uphill", stepped(lambda x, lr: -lr)),
        ("no learning rate", stepped(lambda x, lr: 1)),
        ("averaged twice", stepped(lambda x, lr: lr / x.shape[1])),
        ("biases", no_biases),
        ("updated W2", layer_by_layer),
        ("updated W2", four_calls),
        ("updated W2", output_first),
        ("transposed", reshaped_step(W2=np.transpose)),
        ("shape", reshaped_step(b1=lambda b: b[:, None])),
        ("shape", reshaped_step(b2=np.squeeze)),
    ],
    "project-6": [
        ("loss rose", learning(factor=-1.0)),
        ("loss rose", learning(factor=200.0)),
        ("never moved", learning(keep=False)),
        ("symmetric", learning(make=np.zeros)),
        ("symmetric", learning(make=halves)),
        ("not learned", learning(rounds=1)),
        ("not learned", learning(factor=0.01)),
        ("too early", learning(rounds=150)),
        ("none", lambda x, y, n_hidden, lr, steps, seed: None),
        ("shape", lambda x, y, n_hidden, lr, steps, seed: learn(x, y, 2, lr, 1, seed)),
        ("shape", as_columns),
    ],
    "project-8": [
        ("too early", nearest_mean),
        ("too early", lambda x, y: digits_by_library(x, y, epochs=1, lr=0.1)),
        ("nearly there", lambda x, y: digits_by_library(x, y, sizes=(64, 10), epochs=4)),
        ("not learned", lambda x, y: digits_by_library(x, y, epochs=0)),
        ("not learned", said(lambda output: output[::-1])),
        ("transposed", said(lambda output: output.T)),
        ("shape", said(lambda output: output[:9])),
        ("no digits", said(lambda output: output.max(axis=0))),
        ("not finite", said(lambda output: output * np.nan)),
        ("none", said(lambda output: None)),
        ("count", lambda x, y: own_digits(x, y, epochs=0)[:3]),
    ],
    "project-7": [
        ("straight", moons(n_hidden=1)),
        ("straight", moons(n_hidden=2)),
        ("straight", moons(lr=0.01)),
        ("too early", moons(n_hidden=16, lr=1.0, steps=150)),
        ("not learned", moons(steps=1, lr=0.01)),
        ("loss rose", moons(factor=-1.0)),
        ("never moved", moons(keep=False)),
        ("symmetric", moons(make=halves)),
        ("count", lambda x, y, seed: x),
    ],
}

RIGHT = {
    "project-1": [
        glorot,
        by_loops,
        begin_with(lambda rng, s: rng.normal(0, (2 / s[1]) ** 0.5, s)),
        begin_with(lambda rng, s: rng.choice([-1, 1], s) / s[1] ** 0.5),
        begin_with(lambda rng, s: rng.spawn(1)[0].normal(size=s) / s[1] ** 0.5),
    ],
    "project-2": [
        one_by_one,
        lambda *given: [part.astype(np.float32) for part in forwards()(*given)],
        forwards(F=lambda z: (1 + np.tanh(z / 2)) / 2),
    ],
    "project-3": [stable_loss, loss_by_loop, lambda Z2, y: np.float32(stable_loss(Z2, y))],
    "project-4": [
        by_name,
        example_by_example,
        lambda *given: [part.astype(np.float32) for part in gradients(*given)],
    ],
    "project-5": [stepped(), in_place],
    "project-6": [learning(), by_library, learning(start=glorot), as_lists],
    "project-8": [
        own_digits,
        digits_by_library,
        nearest_image,
        lambda x, y: lambda new: nearest_image(x, y)(new).argmax(axis=0),
    ],
    "project-7": [
        moons(),
        moons(n_hidden=20, lr=0.8, steps=2500, start=glorot),
        lambda x, y, seed: by_library(x, y, 16, 2.0, 1000, seed),
    ],
}
