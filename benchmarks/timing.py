"""Times as ratios: the ways to be compared take turns, so that a busy machine slows all of them.

Seconds are the processor's, of all threads, not the clock's on the wall: while another program has the
core, nothing is counted.

Imported by the scripts beside it, and does nothing by itself.
"""

from __future__ import annotations

import gc
import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

Way = Callable[[], object]
Samples = dict[str, list[float]]


class Ratio(NamedTuple):
    """The median over the rounds, and the quartiles as its spread."""

    median: float
    low: float
    high: float


def one_core() -> None:
    """Hold this process, and all threads it will start, to one core, where the system can.

    To be called before the libraries that count the cores are imported.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def measured_on() -> str:
    """Say what stored tables were measured on."""
    version, numpy = (
        ".".join(v.split(".")[:2]) for v in (platform.python_version(), np.__version__)
    )
    machine = platform.machine().replace("_", "-")
    return f"one {machine} core, {platform.python_implementation()} {version}, NumPy {numpy}"


def take_turns(ways: Mapping[str, Way], *, rounds: int = 15, enough: float = 0.02) -> Samples:
    """Return seconds per call of each way, one sample a round; each round has an order of its own.

    A sample repeats a short call until `enough` seconds are full, so that the clock can tell.
    """
    calls = {name: max(1, round(enough / _warm(way))) for name, way in ways.items()}
    samples: Samples = {name: [] for name in ways}
    order, shuffle = list(ways), random.Random(0).shuffle
    gc.collect()
    gc.freeze()  # or each collection would walk through all that was imported, and rounds grow long
    for _ in range(rounds):
        shuffle(order)
        for name in order:
            gc.collect()
            samples[name].append(_seconds(ways[name], calls[name]))
    gc.unfreeze()
    return samples


def ratio(samples: Samples, way: str, to: str) -> Ratio:
    """Return how many times as long `way` takes as `to`, compared within each round."""
    each = [a / b for a, b in zip(samples[way], samples[to], strict=True)]
    low, median, high = statistics.quantiles(each, n=4, method="inclusive")
    return Ratio(median, low, high)


def _seconds(way: Way, calls: int) -> float:
    start = time.process_time()
    for _ in range(calls):
        way()
    return (time.process_time() - start) / calls


def _warm(way: Way) -> float:
    """Return a guess at the seconds of a call, without the first ones, which compile and allocate."""
    for _ in range(3):
        way()
    return max(min(_seconds(way, 1) for _ in range(5)), 1e-7)
