"""One training step (forward, loss, backward, SGD): every way as a multiple of the limit.

    python benchmarks/step.py                          every size
    python benchmarks/step.py --only 1-1-1 --rounds 9  one of them

The limit is NumPy fused by hand (`limit.py`): a library can approach it. All ways compute in float64
on one core, start at the same weights, and have to agree on five losses and on the weights after
them before they are timed, in turns. The number behind `aim` is what the library should stay below.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when NumPy loads: one core for all

import argparse

import numpy as np
from peers import PEERS, limit, ours
from problems import PROBLEMS, Problem, Way
from timing import one_core, ratio, take_turns

AIMS = {
    "1-1-1": 2.5,
    "2-8-1": 2.2,
    "10-10-10": 2.3,
    "64-128-10": 1.25,
    "64-128-10 tanh": 1.25,
    "784-512-256-10": 1.08,
}
STEPS = 5  # compared before anything is timed
ENOUGH = 0.005  # seconds a sample


def find_ways(problem: Problem) -> tuple[dict[str, Way], list[str]]:
    """Return the ways to train it, the limit first, and the packages that are not here."""
    ways, absent = {"limit": limit(problem), "backprop": ours(problem)}, []
    for name, peer in PEERS.items():
        try:
            way = peer(problem)
        except ModuleNotFoundError as error:
            absent.append(f"{name} ({error.name})")
        else:
            ways |= {name: way} if way else {}
    return ways, absent


def check_agreement(ways: dict[str, Way]) -> None:
    """Take a few steps with each way; stop if one of them computes something else."""
    results = {
        name: ([float(way.step()) for _ in range(STEPS)], way.layers())
        for name, way in ways.items()
    }
    losses, layers = results.pop("backprop")
    for name, (other_losses, other_layers) in results.items():
        message = f"{name} computes something else than the library"
        np.testing.assert_allclose(other_losses, losses, rtol=1e-9, err_msg=message)
        for pair, other_pair in zip(layers, other_layers, strict=True):
            for p, other in zip(pair, other_pair, strict=True):
                np.testing.assert_allclose(other, p, rtol=1e-9, atol=1e-12, err_msg=message)


def main() -> None:
    """Print a table for each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=PROBLEMS, action="append", help="this size (repeatable)")
    parser.add_argument("--rounds", type=int, default=25, help="samples of each way")
    arguments = parser.parse_args()
    one_core()
    absent: list[str] = []
    for size in arguments.only or PROBLEMS:
        problem = PROBLEMS[size]
        ways, absent = find_ways(problem)
        check_agreement(ways)
        samples = take_turns(
            {name: way.step for name, way in ways.items()}, rounds=arguments.rounds, enough=ENOUGH
        )
        print(f"\n{problem}\n{'÷ limit':>30}  quartiles")
        for name in ways:
            times = ratio(samples, name, "limit")
            aim = AIMS[size]
            verdict = f"   aim {aim}: {'met' if times.median <= aim else 'MISSED'}"
            print(
                f"{name:22} {times.median:7.2f}  {times.low:.2f} – {times.high:.2f}"
                f"{verdict * (name == 'backprop')}"
            )
    if absent:
        print(f"\nnot here: {', '.join(absent)}; `make peers` installs them")


if __name__ == "__main__":
    main()
