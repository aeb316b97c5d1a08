"""How time and memory of a pass grow with width, depth and batch, and what backward costs of it.

    python benchmarks/growth.py                print the tables
    python benchmarks/growth.py --only depth   one of them
    python benchmarks/growth.py --store        and keep all three for the chapter on cost

Layers of equal width: relu in the hidden ones, of which there are `depth`, and an identity output
with half_squared_error. Forward goes from x to the output, backward from there to every gradient.
With L = depth + 1 matrices backward takes 2L - 1 products of forward's size where forward takes L, so
backward ÷ forward should grow from 1.5 towards 2. `limit` is NumPy fused by hand (`limit.py`).

`nudging` is the time of one loss with one weight nudged, times the number of such losses that a
one-sided difference for every parameter takes, ÷ forward and backward of the library.

Memory is what Python's tracemalloc sees: what a `Run` and the gradients hold beside the parameters,
and the peak of a pass, without the parameters and the batch.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when NumPy loads: one core for all

import argparse
import json
import statistics
import tracemalloc
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from limit import Limit
from problems import Array, Problem
from timing import measured_on, one_core, ratio, take_turns

STORED = Path(__file__).resolve().parents[1] / "chapters" / "data" / "growth.json"

# Of each sweep the quantity that doubles; the others stay as here.
FIXED = {"width": 64, "depth": 3, "examples": 128}
SWEEPS: dict[str, tuple[int, ...]] = {
    "width": tuple(2**n for n in range(2, 11)),
    "depth": tuple(2**n for n in range(7)),
    "examples": tuple(2**n for n in range(11)),
}
AIM = 2.2  # backward ÷ forward of the library stays below
ROUNDS = 9
ENOUGH = 0.004  # seconds a sample

Pass = tuple[Callable[[], Any], Callable[[], Any]]  # forward and backward, each repeatable


def pose(width: int, depth: int, examples: int) -> Problem:
    """Return the problem of that size; with lr 1 the limit's gradient is the gradient."""
    sizes = (width,) * (depth + 2)
    return Problem(sizes, examples, "relu", "identity", "half_squared_error", lr=1.0)


def by_backprop(problem: Problem) -> Pass:
    """The book's library."""
    net, x, y = problem.network(), problem.x, problem.y
    run = net.forward(x)
    return lambda: net.forward(x), lambda: net.backward(run, y)


def by_limit(problem: Problem) -> Pass:
    """NumPy fused by hand; it must have gone forward before it goes backward."""
    fused = Limit(problem)
    fused.forward()
    return fused.forward, fused.backward


def by_torch(problem: Problem) -> Pass | None:
    """PyTorch, from the output's delta on, if it is here."""
    try:
        import torch
        from torch.nn import functional as F
    except ModuleNotFoundError:
        return None
    torch.set_num_threads(1)
    x, y = (torch.from_numpy(v.T.copy()) for v in (problem.x, problem.y))
    pairs = [
        (torch.from_numpy(W).requires_grad_(), torch.from_numpy(b).requires_grad_())
        for W, b in problem.layers()
    ]
    parameters = [p for pair in pairs for p in pair]

    def forward() -> Any:
        a = x
        for W, b in pairs[:-1]:
            a = F.relu(F.linear(a, W, b))
        return F.linear(a, *pairs[-1])

    output = forward()

    def backward() -> Any:
        delta = (output.detach() - y) / problem.examples
        return torch.autograd.grad(output, parameters, delta, retain_graph=True)

    return forward, backward


def one_nudge(problem: Problem) -> Callable[[], Any]:
    """One loss with one weight moved, as a difference takes it for every parameter."""
    net, x, y = problem.network(), problem.x, problem.y
    W = net.layers[0].W

    def nudge() -> float:
        kept = W[0, 0]
        W[0, 0] = kept + 1e-5
        loss = net.loss(x, y)
        W[0, 0] = kept
        return loss

    return nudge


def check_gradients(problem: Problem, passes: dict[str, Pass]) -> None:
    """Stop if one way finds another gradient than the library."""
    grads = passes["backprop"][1]()
    pairs = list(zip(grads.W, grads.b, strict=True))
    found: dict[str, Array] = {"limit": passes["limit"][1]()}
    expected = np.concatenate([np.vstack([dW.T, db]).ravel() for dW, db in pairs])
    if "torch" in passes:
        dW, db = passes["torch"][1]()[::2], passes["torch"][1]()[1::2]
        flat = [np.vstack([W.T, b]).ravel() for W, b in zip(dW, db, strict=True)]
        found["torch"] = np.concatenate(flat)
    scale = float(np.abs(expected).max())
    for name, gradient in found.items():
        message = f"{name} computes something else than the library at {problem}"
        np.testing.assert_allclose(gradient, expected, 1e-9, 1e-12 * scale, err_msg=message)


def measure_memory(problem: Problem) -> dict[str, int]:
    """Bytes that a pass holds and needs, beside its parameters and its batch."""
    net, x, y = problem.network(), problem.x, problem.y
    net.backward(net.forward(x), y)  # what is imported or kept once is not of the pass
    tracemalloc.start()
    try:
        run = net.forward(x)
        held_by_run = tracemalloc.get_traced_memory()[0]
        grads = net.backward(run, y)
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    del grads
    return {
        "parameters_bytes": sum(layer.W.nbytes + layer.b.nbytes for layer in net.layers),
        "run_bytes": held_by_run,
        "gradients_bytes": held - held_by_run,
        "peak_bytes": peak,
    }


def measure_size(sweep: str, value: int) -> dict[str, Any]:
    """One row: seconds per example, backward ÷ forward of every way, and bytes."""
    problem = pose(**(FIXED | {sweep: value}))
    passes = {"backprop": by_backprop(problem), "limit": by_limit(problem)}
    if torch := by_torch(problem):
        passes["torch"] = torch
    check_gradients(problem, passes)
    ways = {
        f"{name} {direction}": call
        for name, pair in passes.items()
        for direction, call in zip(("forward", "backward"), pair, strict=True)
    }
    samples = take_turns(ways | {"nudge": one_nudge(problem)}, rounds=ROUNDS, enough=ENOUGH)
    parameters = sum(W.size + b.size for W, b in problem.layers())
    samples["nudges"] = [(parameters + 1) * seconds for seconds in samples["nudge"]]
    pairs = zip(samples["backprop forward"], samples["backprop backward"], strict=True)
    samples["gradient"] = [forward + backward for forward, backward in pairs]
    row: dict[str, Any] = {sweep: value}
    for direction in ("forward", "backward"):
        seconds = statistics.median(samples[f"backprop {direction}"])
        row[direction] = _rounded(seconds / problem.examples)
    for name in passes:
        times = ratio(samples, f"{name} backward", f"{name} forward")
        row[name] = [_rounded(number) for number in times]
    row["nudging"] = [_rounded(number) for number in ratio(samples, "nudges", "gradient")]
    return row | measure_memory(problem)


def measure(sweeps: Sequence[str]) -> dict[str, Any]:
    """The tables of these sweeps, and what they were measured on, as `--store` keeps them."""
    return {
        "what": "forward and backward of layers of equal width, relu, half_squared_error",
        "on": measured_on() + _torch(),
        "how": f"{ROUNDS} interleaved samples; backward ÷ forward: median and quartiles",
        "date": datetime.now(UTC).date().isoformat(),
        "units": {
            "forward": "seconds per example",
            "backward": "seconds per example",
            "backprop": "backward ÷ forward",
            "limit": "backward ÷ forward",
            "torch": "backward ÷ forward",
            "nudging": "all nudges ÷ forward and backward",
            "parameters_bytes": "bytes",
            "run_bytes": "bytes",
            "gradients_bytes": "bytes",
            "peak_bytes": "bytes",
        },
        "fixed": FIXED,
        "sweeps": {
            sweep: [measure_size(sweep, value) for value in SWEEPS[sweep]] for sweep in sweeps
        },
    }


def print_sweep(sweep: str, rows: list[dict[str, Any]]) -> None:
    """Print ratios only: seconds are this machine's."""
    fixed = ", ".join(f"{name} {value}" for name, value in FIXED.items() if name != sweep)
    names = [name for name in ("backprop", "limit", "torch") if name in rows[0]]
    print(f"\n{sweep} doubles ({fixed}): backward ÷ forward, with quartiles")
    print(f"{sweep:>8}", *(f"{name:>19}" for name in names), f"{'time':>9}{'run':>9}{'peak':>9}")
    print(f"{'':8}", *(f"{'':19}" for _ in names), f"{'× before':>9}{'÷ param.':>9}{'÷ param.':>9}")
    before = None
    for row in rows:
        ratios = (
            f"{m:7.2f} {f'{low:.2f}–{high:.2f}':>11}"
            for m, low, high in (row[name] for name in names)
        )
        seconds = (row["forward"] + row["backward"]) * (row[sweep] if sweep == "examples" else 1)
        grown = f"{seconds / before:9.2f}" if before else " " * 9
        bytes_ = "".join(
            f"{row[name] / row['parameters_bytes']:9.2f}" for name in ("run_bytes", "peak_bytes")
        )
        print(f"{row[sweep]:8}", *ratios, f"{grown}{bytes_}")
        before = seconds
    missed = [str(row[sweep]) for row in rows if row["backprop"][0] > AIM]
    print(f"aim at most {AIM}: {'MISSED at ' + ', '.join(missed) if missed else 'met'}")


def main() -> None:
    """Print the tables, and store them if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=SWEEPS, action="append", help="this one (repeatable)")
    parser.add_argument("--store", action="store_true", help=f"write {STORED.name} for the book")
    arguments = parser.parse_args()
    if arguments.store and arguments.only:
        parser.error("--store keeps all three: leave out --only")
    one_core()
    table = measure(arguments.only or list(SWEEPS))
    print(f"{table['what']}; {table['on']}")
    for sweep, rows in table["sweeps"].items():
        print_sweep(sweep, rows)
    if arguments.store:
        STORED.parent.mkdir(exist_ok=True)
        STORED.write_text(_as_json(table), encoding="utf-8")
        print(f"stored in {STORED.relative_to(STORED.parents[2])}")


def _torch() -> str:
    """The version of PyTorch, if it is here."""
    try:
        return f", PyTorch {version('torch').partition('+')[0]}"
    except PackageNotFoundError:
        return ""


def _rounded(number: float) -> float:
    return float(f"{number:.3g}")


def _as_json(table: dict[str, Any]) -> str:
    """Return JSON with one line a row, which a person can read and git can compare."""
    text = json.dumps(table | {"sweeps": {}}, indent=1, ensure_ascii=False)
    sweeps = ",\n".join(
        f'  "{sweep}": [\n' + ",\n".join(f"   {json.dumps(row)}" for row in rows) + "\n  ]"
        for sweep, rows in table["sweeps"].items()
    )
    return text.replace('"sweeps": {}', f'"sweeps": {{\n{sweeps}\n }}') + "\n"


if __name__ == "__main__":
    main()
