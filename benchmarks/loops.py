"""One layer forward and backward: Python loops over every index against NumPy's matrices.

    python benchmarks/loops.py            print the table
    python benchmarks/loops.py --store    and keep it for the chapter on the matrix form

A layer n → n with a batch of 16 examples computes z = W a + b and, from a given δ, all three
gradients: δ aᵀ, the row sums of δ, and Wᵀδ. The loops work on lists, in which Python reads single
numbers fastest. Both ways take turns, so that a busy machine slows both, and the median counts.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when NumPy loads: one core for both

import argparse
import json
import statistics
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from timing import measured_on, ratio, take_turns

STORED = Path(__file__).resolve().parents[1] / "chapters" / "data" / "loops.json"

UNITS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
EXAMPLES = 16
ROUNDS = 7
ENOUGH = 0.002  # seconds a sample

Rows = list[list[float]]


def by_loops(W: Rows, b: list[float], a: Rows, delta: Rows) -> tuple[Rows, Rows, list[float], Rows]:
    """z, dL/dW, dL/db and dL/da, every index written out; W is n by n, columns are examples."""
    units, examples = range(len(b)), range(len(a[0]))
    z = [[0.0] * len(examples) for _ in units]
    dW = [[0.0] * len(units) for _ in units]
    db = [0.0] * len(units)
    da = [[0.0] * len(examples) for _ in units]
    for i in units:
        for n in examples:
            total = b[i]
            for j in units:
                total += W[i][j] * a[j][n]
            z[i][n] = total
            db[i] += delta[i][n]
        for j in units:
            total = 0.0
            for n in examples:
                total += delta[i][n] * a[j][n]
            dW[i][j] = total
    for j in units:
        for n in examples:
            total = 0.0
            for i in units:
                total += W[i][j] * delta[i][n]
            da[j][n] = total
    return z, dW, db, da


def by_matrices(W: Any, b: Any, a: Any, delta: Any) -> tuple[Any, Any, Any, Any]:
    """The same four in four lines of NumPy."""
    z = W @ a + b[:, None]
    dW = delta @ a.T
    db = delta.sum(axis=1)
    da = W.T @ delta
    return z, dW, db, da


def measure_layer(units: int) -> dict[str, float]:
    """Median seconds of one forward and backward, both ways, which must agree first."""
    rng = np.random.default_rng(units)
    arrays = [
        rng.normal(size=shape)
        for shape in ((units, units), (units,), (units, EXAMPLES), (units, EXAMPLES))
    ]
    lists = [array.tolist() for array in arrays]
    ways: dict[str, Callable[[], Any]] = {
        "loops": lambda: by_loops(*lists),
        "matrices": lambda: by_matrices(*arrays),
    }
    for ours, theirs in zip(*(way() for way in ways.values()), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)
    samples = take_turns(ways, rounds=ROUNDS, enough=ENOUGH)
    medians = {name: float(f"{statistics.median(s):.2e}") for name, s in samples.items()}
    times = ratio(samples, "loops", "matrices").median
    return {"units": units, **medians, "ratio": float(f"{times:.2g}")}


def measure() -> dict[str, Any]:
    """The whole table, and what it was measured on, as `--store` keeps it."""
    return {
        "what": f"one layer n to n, {EXAMPLES} examples, forward and backward",
        "on": measured_on(),
        "how": f"median seconds of {ROUNDS} interleaved samples",
        "date": datetime.now(UTC).date().isoformat(),
        "examples": EXAMPLES,
        "rows": [measure_layer(units) for units in UNITS],
    }


def main() -> None:
    """Print the table, and store it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", action="store_true", help=f"write {STORED.name} for the book")
    arguments = parser.parse_args()
    table = measure()
    print(f"{table['what']}; {table['on']}")
    print(f"{'units':>6} {'loops':>10} {'matrices':>10} {'ratio':>7}")
    for row in table["rows"]:
        print(
            f"{row['units']:6.0f} {row['loops']:8.1e} s {row['matrices']:8.1e} s {row['ratio']:7.2g}"
        )
    if arguments.store:
        STORED.parent.mkdir(exist_ok=True)
        STORED.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
        print(f"stored in {STORED.relative_to(STORED.parents[2])}")


if __name__ == "__main__":
    main()
