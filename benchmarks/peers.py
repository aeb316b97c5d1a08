"""The same training step in other people's libraries, each in its own fast idiom.

Imported by the scripts beside it, and does nothing by itself. A peer is a function that takes a
`Problem` and returns a `Way`, or None if it has no such network. It imports its package itself, so
that a missing one is missed here only: `make peers` installs all of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from limit import Limit
from problems import Array, Layers, Problem, Way

Peer = Callable[[Problem], Way | None]


def ours(problem: Problem) -> Way:
    """The book's library: `net.step`, with all its checks."""
    net, x, y, lr = problem.network(), problem.x, problem.y, problem.lr
    return Way(lambda: net.step(x, y, lr), lambda: [(layer.W, layer.b) for layer in net.layers])


def four_calls(problem: Problem) -> Way:
    """The same as a reader writes it: forward, loss, backward and update, one after the other."""
    net, x, y, lr = problem.network(), problem.x, problem.y, problem.lr

    def step() -> float:
        run = net.forward(x)
        loss = net.loss(x, y)
        net.update(net.backward(run, y), lr)
        return loss

    return Way(step, lambda: [(layer.W, layer.b) for layer in net.layers])


def limit(problem: Problem) -> Way:
    """Hand-fused NumPy, see `limit.py`."""
    fused = Limit(problem)
    return Way(fused.step, fused.layers)


def plain_numpy(problem: Problem) -> Way:
    """NumPy as a reader would write it."""
    layers, x, y, lr, m = problem.layers(), problem.x, problem.y, problem.lr, problem.examples
    g: dict[str, Callable[[Array], Array]] = {
        "relu": lambda z: np.maximum(z, 0),
        "tanh": np.tanh,
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "identity": lambda z: z,
        "softmax": lambda z: np.exp(z - z.max(axis=0)) / np.exp(z - z.max(axis=0)).sum(axis=0),
    }
    slope: dict[str, Callable[[Array], Any]] = {  # of a, not of z
        "relu": lambda a: a > 0,
        "tanh": lambda a: 1 - a**2,
        "sigmoid": lambda a: a * (1 - a),
        "identity": np.ones_like,
    }
    cost: dict[str, Callable[[Array], Any]] = {
        "half_squared_error": lambda p: np.sum((p - y) ** 2) / 2,
        "binary_cross_entropy": lambda p: -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)),
        "cross_entropy": lambda p: -np.sum(y * np.log(p)),
    }

    def step() -> Any:
        a = [x]
        for (W, b), name in zip(layers, problem.activations, strict=True):
            a.append(g[name](W @ a[-1] + b[:, None]))
        loss = cost[problem.loss](a[-1]) / m
        delta = (a[-1] - y) / m
        if problem.loss == "half_squared_error":
            delta = delta * slope[problem.output](a[-1])
        for k in reversed(range(len(layers))):
            W, b = layers[k]
            layers[k] = W - lr * (delta @ a[k].T), b - lr * delta.sum(axis=1)
            if k:
                delta = (W.T @ delta) * slope[problem.hidden](a[k])
        return loss

    return Way(step, lambda: layers)


def plain_floats(problem: Problem) -> Way | None:
    """One unit, one unit, one number: every array library's calls cost more than the sums."""
    if problem.sizes != (1, 1, 1):
        return None
    parameters = [float(p.item()) for layer in problem.layers() for p in layer]
    x, y, lr, exp = problem.x.item(), problem.y.item(), problem.lr, math.exp

    def step() -> float:
        w1, b1, w2, b2 = parameters
        a = 1 / (1 + exp(-(w1 * x + b1)))
        p = 1 / (1 + exp(-(w2 * a + b2)))
        delta2 = (p - y) * p * (1 - p)
        delta1 = w2 * delta2 * a * (1 - a)
        parameters[:] = (
            w1 - lr * delta1 * x,
            b1 - lr * delta1,
            w2 - lr * delta2 * a,
            b2 - lr * delta2,
        )
        return (p - y) ** 2 / 2

    return Way(step, lambda: _pairs([np.array(p) for p in parameters]))


def micrograd(problem: Problem) -> Way | None:
    """Scalars that record themselves. It has no exp, so sigmoid is added as its relu is written."""
    from micrograd.engine import Value

    if problem.sizes != (1, 1, 1):
        return None

    def sigmoid(z: Any) -> Any:
        s = 1 / (1 + math.exp(-z.data))
        out = Value(s, (z,), "sigmoid")

        def backward() -> None:
            z.grad += s * (1 - s) * out.grad

        out._backward = backward
        return out

    parameters = [Value(float(p.item())) for layer in problem.layers() for p in layer]
    w1, b1, w2, b2 = parameters
    x, y, lr = problem.x.item(), problem.y.item(), problem.lr

    def step() -> float:
        loss = (sigmoid(w2 * sigmoid(w1 * x + b1) + b2) - y) ** 2 * 0.5
        for p in parameters:
            p.grad = 0.0
        loss.backward()
        for p in parameters:
            p.data -= lr * p.grad
        return float(loss.data)

    return Way(step, lambda: _pairs([np.array(p.data) for p in parameters]))


def torch_eager(problem: Problem) -> Way:
    """PyTorch on the CPU, eager: functional layers, backward, and updates in place."""
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(1)
    m, lr = problem.examples, problem.lr
    # Its own convention: rows are examples. A class is a number, not a one-hot column.
    x = torch.from_numpy(problem.x.T.copy())
    y = torch.from_numpy(problem.y.T.copy())
    labels = y.argmax(dim=1)
    parameters = [torch.from_numpy(p).requires_grad_() for layer in problem.layers() for p in layer]
    pairs = list(zip(parameters[::2], parameters[1::2], strict=True))
    g = {"relu": F.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "identity": lambda z: z}
    hidden = g[problem.hidden]
    cost: dict[str, Callable[[Any], Any]] = {
        "half_squared_error": lambda z: (
            F.mse_loss(g[problem.output](z), y, reduction="sum") * (0.5 / m)
        ),
        "binary_cross_entropy": lambda z: F.binary_cross_entropy_with_logits(z, y),
        "cross_entropy": lambda z: F.cross_entropy(z, labels),
    }
    loss_of = cost[problem.loss]

    def step() -> Any:
        a = x
        for W, b in pairs[:-1]:
            a = hidden(F.linear(a, W, b))
        loss = loss_of(F.linear(a, *pairs[-1]))
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for p, gradient in zip(parameters, gradients, strict=True):
                p.sub_(gradient, alpha=lr)
        return loss.detach()

    return Way(step, lambda: [(W.detach().numpy(), b.detach().numpy()) for W, b in pairs])


def jax_jit(problem: Problem) -> Way:
    """JAX: the whole step compiled, in float64; the old weights' memory is given to the new ones."""
    import jax

    jax.config.update("jax_enable_x64", True)
    jnp, lr = jax.numpy, problem.lr
    loss_of = _loss_of_layers(problem, jnp, jax.nn.logsumexp)

    def train(layers: Any, x: Any, y: Any) -> Any:
        loss, gradients = jax.value_and_grad(loss_of)(layers, x, y)
        return loss, jax.tree.map(lambda p, g: p - lr * g, layers, gradients)

    compiled = jax.jit(train, donate_argnums=0)
    x, y = jnp.asarray(problem.x), jnp.asarray(problem.y)
    layers = [(jnp.array(W), jnp.array(b)) for W, b in problem.layers()]

    def step() -> Any:
        nonlocal layers
        loss, layers = compiled(layers, x, y)
        jax.block_until_ready((loss, layers))
        return loss

    return Way(step, lambda: [(np.array(W), np.array(b)) for W, b in layers])


def hips_autograd(problem: Problem) -> Way:
    """HIPS autograd: NumPy that records itself."""
    import autograd.numpy as anp
    from autograd import value_and_grad
    from autograd.scipy.special import logsumexp

    layers, x, y, lr = problem.layers(), problem.x, problem.y, problem.lr
    both = value_and_grad(_loss_of_layers(problem, anp, logsumexp))

    def step() -> Any:
        loss, gradients = both(layers, x, y)
        for (W, b), (dW, db) in zip(layers, gradients, strict=True):
            W -= lr * dW
            b -= lr * db
        return loss

    return Way(step, lambda: layers)


def scikit_learn(problem: Problem) -> Way | None:
    """One minibatch of the loop inside `fit` of MLPClassifier and MLPRegressor.

    Timed are `_backprop` and the optimizer's update: `partial_fit` would check its input anew at
    each call, which `fit` does once. A regressor's output is the identity; its loss is divided by
    the number of units as well (its gradient is not), which is undone here.
    """
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    regression = problem.loss == "half_squared_error"
    if regression and problem.output != "identity":
        return None
    x, y = problem.x.T.copy(), problem.y.T.copy()
    model = (MLPRegressor if regression else MLPClassifier)(
        hidden_layer_sizes=problem.sizes[1:-1],
        activation=problem.hidden,
        solver="sgd",
        alpha=0.0,
        batch_size=len(x),
        learning_rate_init=problem.lr,
        momentum=0.0,
        nesterovs_momentum=False,
        shuffle=False,
    )
    if regression:
        model.partial_fit(x, y)
    else:
        labels = y.ravel() if y.shape[1] == 1 else y.argmax(axis=1)
        model.partial_fit(x, labels, classes=np.unique(labels))
        y = y.astype(bool)  # as `fit` keeps it
    for mine, (W, _) in zip(model.coefs_, problem.layers(), strict=True):
        mine[:] = W.T
    for mine, (_, b) in zip(model.intercepts_, problem.layers(), strict=True):
        mine[:] = b
    parameters = model.coefs_ + model.intercepts_
    activations: list[Any] = [x] + [None] * len(model.coefs_)
    deltas, dW, db = ([None] * len(model.coefs_) for _ in range(3))
    factor = problem.sizes[-1] if regression else 1

    def step() -> Any:
        activations[0] = x
        loss, *gradients = model._backprop(x, y, None, activations, deltas, dW, db)
        model._optimizer.update_params(parameters, gradients[0] + gradients[1])
        return loss * factor

    return Way(
        step, lambda: [(W.T, b) for W, b in zip(model.coefs_, model.intercepts_, strict=True)]
    )


PEERS: dict[str, Peer] = {
    "its four calls": four_calls,
    "plain Python floats": plain_floats,
    "plain NumPy": plain_numpy,
    "PyTorch": torch_eager,
    "JAX jit": jax_jit,
    "HIPS autograd": hips_autograd,
    "micrograd": micrograd,
    "scikit-learn": scikit_learn,
}


def _loss_of_layers(problem: Problem, xp: Any, logsumexp: Any) -> Any:
    """Return loss(layers, x, y), written in an array library that looks like NumPy."""
    g = {
        "relu": lambda z: xp.maximum(z, 0),
        "tanh": xp.tanh,
        "sigmoid": lambda z: 1 / (1 + xp.exp(-z)),
        "identity": lambda z: z,
    }
    cost = {
        "half_squared_error": lambda z, y: xp.sum((g[problem.output](z) - y) ** 2) / 2,
        "binary_cross_entropy": lambda z, y: xp.sum(xp.logaddexp(0, z) - y * z),
        "cross_entropy": lambda z, y: xp.sum(logsumexp(z, axis=0)) - xp.sum(y * z),
    }

    def loss_of(layers: Any, x: Any, y: Any) -> Any:
        a = x
        for W, b in layers[:-1]:
            a = g[problem.hidden](W @ a + b[:, None])
        W, b = layers[-1]
        return cost[problem.loss](W @ a + b[:, None], y) / problem.examples

    return loss_of


def _pairs(numbers: list[Array]) -> Layers:
    return [
        (W.reshape(1, 1), b.reshape(1)) for W, b in zip(numbers[::2], numbers[1::2], strict=True)
    ]
