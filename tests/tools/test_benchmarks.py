"""The benchmarks compare like with like, and what they store can be plotted. Nothing is timed here."""

import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from limit import Limit
from peers import limit, ours, plain_floats, plain_numpy
from problems import PROBLEMS, Problem
from step import AIMS, check_agreement
from timing import Ratio, ratio

from support.paths import ROOT

SCRIPTS = sorted(
    path
    for path in ROOT.glob("benchmarks/*.py")
    if '__name__ == "__main__"' in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("large", [False, True], ids=["columns", "rows"])
@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
def test_limit_trains_as_the_library_does(problem: Problem, large: bool):
    """The same sums in another order: losses and weights agree to 1e-10 after several steps."""
    net, fused = problem.network(), Limit(problem, large)
    for _ in range(4):
        assert fused.step() == pytest.approx(net.step(problem.x, problem.y, problem.lr), rel=1e-10)
    for layer, (W, b) in zip(net.layers, fused.layers(), strict=True):
        np.testing.assert_allclose(W, layer.W, rtol=1e-10, atol=1e-13)
        np.testing.assert_allclose(b, layer.b, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("large", [False, True], ids=["columns", "rows"])
def test_limit_goes_backward_as_often_as_it_is_asked(large: bool):
    """As growth.py times it: with lr = 1 its gradient is the gradient, at every repetition."""
    problem = Problem((6, 6, 6, 6), 5, "relu", "identity", "half_squared_error", lr=1.0)
    net, fused = problem.network(), Limit(problem, large)
    grads = net.backward(net.forward(problem.x), problem.y)
    expected = [np.vstack([W.T, b]).ravel() for W, b in zip(grads.W, grads.b, strict=True)]
    for _ in range(2):
        fused.forward()
        for _ in range(2):
            np.testing.assert_allclose(fused.backward(), np.concatenate(expected), 1e-10, 1e-13)


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
def test_plain_ways_agree(problem: Problem):
    ways = {"backprop": ours(problem), "limit": limit(problem), "plain": plain_numpy(problem)}
    if floats := plain_floats(problem):
        ways["floats"] = floats
    check_agreement(ways)


def test_a_way_that_computes_something_else_stops_the_benchmark():
    problem = PROBLEMS["2-8-1"]
    half = Problem(problem.sizes, problem.examples, "tanh", "sigmoid", problem.loss, lr=0.005)
    for other in (half, PROBLEMS["1-1-1"]):
        with pytest.raises(AssertionError, match="limit computes something else"):
            check_agreement({"backprop": ours(problem), "limit": limit(other)})


def test_every_size_has_an_aim():
    assert set(AIMS) == set(PROBLEMS)


def test_ratio_compares_within_each_round():
    """Each round is twice as slow as the one before, for both ways alike: the ratio stays 3."""
    pace = [2.0**n for n in range(5)]
    assert ratio({"a": [3 * p for p in pace], "b": pace}, "a", "b") == Ratio(3.0, 3.0, 3.0)
    assert ratio({"a": [5.0, 1.0, 3.0, 2.0, 4.0], "b": [1.0] * 5}, "a", "b") == Ratio(3, 2, 4)


def test_stored_growth_can_be_plotted():
    table = json.loads((ROOT / "chapters/data/growth.json").read_text(encoding="utf-8"))
    assert {"what", "on", "how", "date", "fixed"} < set(table)
    assert list(table["sweeps"]) == ["width", "depth", "examples"]
    for axis, rows in table["sweeps"].items():
        assert axis in table["fixed"]
        places = [row[axis] for row in rows]
        assert all(after == 2 * before for before, after in pairwise(places))
        assert len(rows) >= 6
        assert len({frozenset(row) for row in rows}) == 1, "every row has the same columns"
        for row in rows:
            assert {"backprop", "limit"} <= set(row)
            assert set(row) - {axis} <= set(table["units"])
            for name, unit in table["units"].items():
                values = np.atleast_1d(row.get(name, 1.0))
                assert np.all(np.isfinite(values) & (values > 0))
                if unit == "backward ÷ forward" and name in row:
                    median, low, high = row[name]
                    assert low <= median <= high


def test_make_bench_runs_every_script():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    listed = re.search(r"^BENCHMARKS := (.+)$", makefile, re.MULTILINE)
    assert listed
    assert sorted(listed[1].split()) == [path.stem for path in SCRIPTS]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_every_script_tells_how_to_run_it(script: Path):
    asked = subprocess.run(
        [sys.executable, str(script), "--help"], capture_output=True, text=True, check=True
    )
    assert asked.stdout.startswith(f"usage: {script.name}")
    readme = (ROOT / "benchmarks/README.md").read_text(encoding="utf-8")
    assert f"`{script.name}`" in readme
