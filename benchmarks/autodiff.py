"""The recorded autodiff against micrograd, HIPS autograd and PyTorch, and a replay against a trace.

    python -m pip install micrograd autograd torch     whichever you want to compare with
    python benchmarks/autodiff.py

Every line is how many times as long one way takes as another: below 1 the first is the faster. The
ways take turns on one core, and must agree on every number before that.

*Chain*: 1,000 operations on single numbers, y ← relu(y w + x) + ¼ two hundred and fifty times, then
dy/dx and dy/dw. micrograd as released knows +, ·, powers and relu, so the chain has no tanh.
*Network*: 10-10-10, tanh then identity, half the squared error over 32 examples, and its gradient by
all weights and biases. Ours records each gradient as it computes it, so that it can be
differentiated again, and starts from arrays; the others record none, and PyTorch's tensors are ready.
*Replay*: the same numbers from a Tape, against tracing it and against `grad` afresh.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when NumPy loads: one core for all

import argparse
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from timing import Way, one_core, ratio, take_turns

from backprop import autodiff as ad

Numbers = Callable[[], Sequence[Any]]
Recorded = Callable[..., dict[str, ad.Var]]
Peer = Callable[[Any], Numbers]

REPEATS = 250  # of the chain's four operations
# Here the relu is open, and the chain neither grows nor dies out.
POINT = {"x": np.float64(0.2), "w": np.float64(-0.5)}
WEIGHTS = {"W1": (10, 10), "b1": (10, 1), "W2": (10, 10), "b2": (10, 1)}
EXAMPLES = 32


def chain(x: Any, w: Any, relu: Callable[[Any], Any]) -> Any:
    """Four operations, again and again; x, w and y are numbers of any engine."""
    y = x
    for _ in range(REPEATS):
        y = relu(y * w + x) + 0.25
    return y


def half_squared_error(
    W1: Any, b1: Any, W2: Any, b2: Any, x: Any, y: Any, tanh: Callable[[Any], Any]
) -> Any:
    """The network's loss; the arrays are of any engine, the biases columns."""
    prediction = W2 @ tanh(W1 @ x + b1) + b2
    return ((prediction - y) ** 2).sum() / (2 * EXAMPLES)


def batch() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    weights = {name: rng.normal(size=shape) / 3 for name, shape in WEIGHTS.items()}
    return weights | {name: rng.normal(size=(10, EXAMPLES)) for name in ("x", "y")}


# Ours, as functions that `trace` takes too


def our_chain(x: ad.Var, w: ad.Var) -> dict[str, ad.Var]:
    y = chain(x, w, ad.relu)
    dx, dw = ad.grad(y, [x, w])
    return {"y": y, "dx": dx, "dw": dw}


def our_network(**arrays: Any) -> dict[str, ad.Var]:
    loss = half_squared_error(**arrays, tanh=ad.tanh)
    gradients = ad.grad(loss, [arrays[name] for name in WEIGHTS])
    return {"loss": loss} | {f"d{n}": g for n, g in zip(WEIGHTS, gradients, strict=True)}


def ours(f: Recorded, variables: Mapping[str, Any]) -> Numbers:
    """Return a way that makes Vars of the variables, calls f, and reads the numbers."""

    def way() -> Sequence[Any]:
        leaves = {name: ad.var(value) for name, value in variables.items()}
        return [result.value for result in f(**leaves).values()]

    return way


# The peers


def micrograd_chain(engine: Any) -> Numbers:
    sys.setrecursionlimit(10_000)  # it walks back by recursion, one level an operation

    def way() -> Sequence[Any]:
        x, w = (engine.Value(float(value)) for value in POINT.values())
        y = chain(x, w, engine.Value.relu)
        y.backward()
        return y.data, x.grad, w.grad

    return way


def torch_chain(torch: Any) -> Numbers:
    leaves = [torch.tensor(value, requires_grad=True) for value in POINT.values()]

    def way() -> Sequence[Any]:
        y = chain(*leaves, torch.relu)
        return y.detach(), *torch.autograd.grad(y, leaves)

    return way


def torch_network(torch: Any) -> Numbers:
    *weights, x, y = (torch.tensor(array) for array in batch().values())
    leaves = [w.requires_grad_() for w in weights]

    def way() -> Sequence[Any]:
        loss = half_squared_error(*leaves, x, y, torch.tanh)
        return loss.detach(), *torch.autograd.grad(loss, leaves)

    return way


def autograd_network(autograd: Any) -> Numbers:
    *weights, x, y = batch().values()
    tanh = importlib.import_module("autograd.numpy").tanh
    both = autograd.value_and_grad(lambda w: half_squared_error(*w, x, y, tanh))

    def way() -> Sequence[Any]:
        loss, gradients = both(weights)
        return loss, *gradients

    return way


def peer(module: str) -> Any:
    """Return the module, or None if it is not installed."""
    try:
        found = importlib.import_module(module)
    except ImportError:
        print(f"{module.split('.')[0]} is not installed, and is left out")
        return None
    if module == "torch":
        found.set_num_threads(1)
    return found


def agree(ways: Mapping[str, Numbers]) -> None:
    """Stop unless all ways give the same numbers, but for rounding."""
    first, *others = (way() for way in ways.values())
    for other in others:
        for a, b in zip(first, other, strict=True):
            np.testing.assert_allclose(np.asarray(b), a, rtol=1e-10, atol=1e-12)


def show(what: str, ways: Mapping[str, Way], way: str, rounds: int) -> None:
    """Print how long one way takes beside each of the others."""
    samples = take_turns(ways, rounds=rounds)
    for other in ways:
        if other != way:
            median, low, high = ratio(samples, way, other)
            print(f"{what:8} {f'{way} ÷ {other}':20} {median:6.3f}   ({low:.3f} to {high:.3f})")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15, help="samples of each way (15)")
    rounds = parser.parse_args().rounds
    one_core()
    micrograd, autograd, torch = map(peer, ("micrograd.engine", "autograd", "torch"))
    print(f"{'':8} {'':20} {'median':>6}   (quartiles)")

    arrays = batch()
    data = {name: arrays[name] for name in ("x", "y")}
    weights = {name: arrays[name] for name in WEIGHTS}
    network = partial(our_network, **data)
    compared: list[tuple[str, Recorded, Mapping[str, Any], list[tuple[str, Any, Peer]]]] = [
        (
            "chain",
            our_chain,
            POINT,
            [("micrograd", micrograd, micrograd_chain), ("torch", torch, torch_chain)],
        ),
        (
            "network",
            network,
            weights,
            [("autograd", autograd, autograd_network), ("torch", torch, torch_network)],
        ),
    ]
    for what, f, values, peers in compared:
        ways = {"ours": ours(f, values)} | {name: way(there) for name, there, way in peers if there}
        agree(ways)
        show(what, ways, "ours", rounds)

    for what, f, values, _ in compared:
        tape = ad.trace(f, **values)
        ways = {
            "replay": lambda t=tape, v=values: [*t.run(**v).values()],
            "afresh": ours(f, values),
        }
        agree(ways)
        trace = {"trace": lambda f=f, v=values: ad.trace(f, **v)}
        show(what, ways | trace, "replay", rounds)
        show(what, {"trace": trace["trace"], "afresh": ways["afresh"]}, "trace", rounds)


if __name__ == "__main__":
    main()
