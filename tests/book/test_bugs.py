"""Every bug of chapter 13 is a bug: the text that the reader sees, run here, is caught, and its mended twin is right."""

from __future__ import annotations

import inspect
import linecache
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import backprop as bp
from backprop_book import bugs, exercises, suspects
from backprop_book.figures.bugs import CURVES, SAYS
from support.formulas import cells
from support.paths import ROOT

CHAPTER = ROOT / "chapters" / "13-bugs.ipynb"
INNOCENT = ("quiet", "log_twice")


def programs() -> dict[str, Any]:
    """The functions of the chapter's visible cells, as their text stands there; nothing else is run."""
    names: dict[str, Any] = {"np": np, "bp": bp, "bugs": bugs}
    for cell in cells(CHAPTER):
        wanted = [name for name in (*bugs.CASES, *INNOCENT) if f"def {name}(" in cell.source]
        if cell.cell_type == "code" and wanted and not cell.id.startswith("code-"):
            source = cell.source.partition(f"\n\n\n{wanted[0]}_run")[0]
            source = source.partition("\n\n\nW, b = ")[0]
            file = f"<{cell.id}>"
            linecache.cache[file] = (len(source), None, source.splitlines(True), file)
            exec(compile(source, file, "exec"), names)
    return names


PROGRAMS = programs()


def printed(cell: str) -> str:
    (text,) = (
        "".join(output["text"] for output in c.outputs if output["output_type"] == "stream")
        for c in cells(CHAPTER)
        if c.id == cell
    )
    return text


def task(sizes: tuple[int, ...], m: int = 9) -> tuple[bp.Network, np.ndarray, np.ndarray]:
    """A network with biases, and a batch of random examples."""
    rng = np.random.default_rng(5)
    net = bugs.network(sizes)
    for layer in net.layers:
        layer.b[...] = rng.normal(0, 0.3, layer.b.shape)
    classes = max(sizes[-1], 2)
    Y = np.eye(classes)[:, np.arange(m) % classes][-sizes[-1] :]
    return net, rng.normal(size=(sizes[0], m)), Y


def errors(program: Any, sizes: tuple[int, ...], m: int = 9) -> list[float]:
    """What the chapter's check by block finds: for each array, against central differences."""
    net, X, Y = task(sizes, m)
    arrays = bugs.parameters(net)
    moved = [p.copy() for p in arrays]
    program(moved, [(X, Y)], 1.0)
    pairs = zip(arrays, moved, bugs.measured(net, X, Y), strict=True)
    return [float(np.linalg.norm(p - q - n) / np.linalg.norm(n)) for p, q, n in pairs]


# The text


def test_every_case_is_a_short_program_of_the_chapter() -> None:
    for name in (*bugs.CASES, *INNOCENT):
        lines = [line for line in inspect.getsource(PROGRAMS[name]).splitlines() if line]
        assert 2 <= len(lines) <= 15, name
    assert len(bugs.CASES) == 14


@pytest.mark.parametrize("name", bugs.CASES)
def test_check_tells_the_mended_from_the_rest(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it stands, mended, changed without being mended, and changed until it stops."""
    program = PROGRAMS[name]
    twin = bugs.mended(program)
    text = inspect.getsource(program).rstrip() + "\n"
    for guilty, right in bugs.CASES[name].exchange:
        text = text.replace(guilty, right)
    tries = {
        "as it stood": program,
        "✓": written(name, text, 1),
        "does not agree": written(
            name, patched(name, inspect.getsource(program).rstrip() + "\n"), 2
        ),
        "now it stops": written(name, f"def {name}(*given):\n    raise ValueError('no')\n", 3),
    }
    assert twin is not program
    for words, tried in tries.items():
        bugs.check(tried)
        assert words in capsys.readouterr().out, (name, words)


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        (
            "mean",
            "A2 - Y",
            "(A2 - Y) / 100",
            "moves 0.07 times as far as it should, for a batch of 7",
        ),
        ("mean", "A2 - Y", "(A2 - Y) / X.shape[1] * A2", "W1, b1, W2, b2 move otherwise"),
        (
            "slope",
            "derivative(A1)",
            "derivative(2 * Z1)",
            "In the first step W1, b1 move otherwise",
        ),
        (
            "bias",
            "                b -=",
            "            b += 0 *",
            "In the first step b1, b2 move otherwise",
        ),
        (
            "zero",
            "sums = [0 * p for",
            "sums = [p - p for",
            "first step is right, and a later one is not",
        ),
        (
            "labels",
            "Y[:, start : start + 32]",
            "Y[:, part]; return",
            "does not agree with the library yet.",
        ),
        ("once_more", "A2 * (1 - A2)", "one", "now it stops. NameError"),
    ],
)
def test_check_says_what_is_still_wrong(
    name: str, old: str, new: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = inspect.getsource(PROGRAMS[name]).rstrip() + "\n"
    assert old in text
    bugs.check(written(name, text.replace(old, new), 5))
    assert words in capsys.readouterr().out


def written(name: str, text: str, number: int) -> Any:
    """A program from a text, as if it stood in a cell."""
    file, names = f"<{name} {number}>", dict(PROGRAMS)
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    exec(compile(text, file, "exec"), names)
    return names[name]


def patched(name: str, text: str) -> str:
    """The guilty lines gone from sight, and the same bug in other words."""
    others = {
        "flat": ("W @ X + b\n", "W @ X + b[0]\n"),
        "mean": ("delta2 = A2 - Y", "delta2 = 0.01 * (A2 - Y)"),
        "square": ("(W2 @ delta2)", "np.dot(W2, delta2)"),
        "once_more": ("* (1 - A2) / X", "* (1 - A2) * 4 / X"),
        "labels": ("Y[:, start : start + 32]", "Y[:, np.sort(part)]"),
        "kink": ("(A1 >= 0)", "(A1 > -1)"),
        "order": ("        b2 -= alpha", "\n        b2 -= alpha"),
        "slope": ("bp.tanh.derivative(A1)", "(1 - np.tanh(A1) ** 2)"),
        "twice": ("output = bp.softmax", "output = bp.sigmoid"),
        "clip": ("        norm =", "\n        norm ="),
        "bias": ("                b -= alpha * db", "                b -= alpha * db / 8"),
        "zero": ("    sums = [0 * p", "    sums = [0.0 * p"),
        "adam": ("first[k] / (np.sqrt(second[k]) + 1e-8)", "first[k] / np.sqrt(second[k] + 1e-8)"),
        "rows": ('"axis": 1', '"axis": -1'),
    }
    old, new = others[name]
    assert old in text
    text = text.replace(old, new)
    if name == "adam":
        text = text.replace("for X, Y in batches:", "for (X, Y) in batches:")
    return text


def test_a_line_that_is_gone_is_not_exchanged() -> None:
    twin = written("mean", inspect.getsource(PROGRAMS["mean"]).replace("A2 - Y", "A2 -Y"), 4)
    with pytest.raises(ValueError, match="mean has been changed already"):
        bugs.mended(twin)
    with pytest.raises(ValueError, match="no case 'quiet' to mend"):
        bugs.mended(PROGRAMS["quiet"])


# The runs


@pytest.mark.parametrize(
    ("name", "loss", "right"),
    [
        ("mean", 34.0704, 0.03343),
        ("once_more", 0.25529, 0.03343),
        ("order", 0.03495, 0.03343),
        ("slope", 0.03385, 0.03343),
        ("bias", 0.02250, 0.03343),
    ],
)
def test_runs_on_the_moons(name: str, loss: float, right: float) -> None:
    """What the page prints is what its text does; the mended twin reaches the right number."""
    run = bugs.on_moons(PROGRAMS[name])
    assert round(run.losses[400], 5) == loss
    assert printed(f"{name.split('_')[0]}-code").strip() == str(run)
    assert round(bugs.on_moons(bugs.mended(PROGRAMS[name])).losses[400], 5) == right


def test_other_runs_on_the_moons() -> None:
    zero, plain = bugs.on_moons(PROGRAMS["zero"]), bugs.on_moons(bugs.descend)
    assert round(zero.losses[100], 5) == 0.00139
    assert printed("zero-code").strip() == str(zero)
    assert bugs.on_moons(bugs.mended(PROGRAMS["zero"])).losses == plain.losses
    assert bugs.on_moons(PROGRAMS["clip"]).losses == plain.losses
    deep = (2, 8, 8, 1)
    square = bugs.on_moons(PROGRAMS["square"], deep)
    assert printed("square-code").strip() == str(square)
    twin = bugs.on_moons(bugs.mended(PROGRAMS["square"]), deep)
    assert (round(square.losses[200], 5), round(twin.losses[200], 5)) == (0.05326, 0.01178)
    assert (round(plain.losses[400], 5), plain.accuracy) == (0.03343, 0.994)


def test_what_is_printed_of_the_digits() -> None:
    """The page's runs of ten epochs, which the notebook's own test repeats."""
    ends = {
        "kink": ("0.25056", "0.953"),
        "twice": ("2.03517", "0.473"),
        "rows": ("0.83990", "0.743"),
    }
    for name, (loss, accuracy) in ends.items():
        text = printed(f"{name}-code")
        assert f"epoch  10: loss {loss}" in text
        assert f"validation accuracy {accuracy}" in text


def test_other_runs_on_the_digits() -> None:
    """Two mended twins, the innocents, and one epoch of Adam; by one run of the library."""
    right = bugs.on_digits(bugs.descend, epochs=1)
    assert round(right.losses[1], 4) == 1.6418
    for name in ("kink", "twice", "rows"):
        run = bugs.on_digits(bugs.mended(PROGRAMS[name]), epochs=1)
        assert np.isclose(run.losses[1], right.losses[1], rtol=1e-12), name
    for name in INNOCENT:
        run = bugs.on_digits(PROGRAMS[name], epochs=1)
        assert np.isclose(run.losses[1], right.losses[1], rtol=1e-12), name
    shuffled = bugs.on_digits(bugs.descend, epochs=1, batches=bugs.mended(PROGRAMS["labels"]))
    assert shuffled.losses == right.losses
    early = bugs.on_digits(PROGRAMS["adam"], alpha=0.01, epochs=1)
    corrected = bugs.on_digits(bugs.mended(PROGRAMS["adam"]), alpha=0.01, epochs=1)
    assert (round(early.losses[1], 4), round(corrected.losses[1], 4)) == (0.1891, 0.4865)


# The witnesses: what the text says catches a bug does so, at other networks and data than the page's


@pytest.mark.parametrize(
    ("name", "sizes", "wrong"),
    [
        ("mean", (3, 5, 1), "W1 b1 W2 b2"),
        ("once_more", (3, 5, 1), "W1 b1 W2 b2"),
        ("order", (3, 5, 1), "W1 b1"),
        ("slope", (3, 5, 1), "W1 b1"),
        ("bias", (3, 5, 1), "b1 b2"),
        ("square", (3, 5, 5, 1), "W1 b1"),
        ("kink", (6, 5, 3), "W1 b1"),
        ("zero", (3, 5, 1), ""),
        ("clip", (3, 5, 1), ""),
        ("quiet", (6, 5, 3), ""),
        ("log_twice", (6, 5, 3), ""),
    ],
)
def test_check_by_block_names_the_arrays(name: str, sizes: tuple[int, ...], wrong: str) -> None:
    found = errors(PROGRAMS[name], sizes)
    names = [f"{letter}{k}" for k in range(1, len(sizes)) for letter in "Wb"]
    assert " ".join(n for n, e in zip(names, found, strict=True) if e > 1e-3) == wrong
    assert all(e < 1e-6 or e > 1e-3 for e in found)


def test_numbers_of_the_check_by_block() -> None:
    """The bias is off by one less than its inputs, the mean by one less than the examples."""
    assert np.allclose(errors(PROGRAMS["bias"], (3, 5, 1)), [0, 2, 0, 4], atol=1e-6)
    assert np.allclose(errors(PROGRAMS["mean"], (3, 5, 1), m=9), 8, rtol=1e-6)
    assert max(errors(PROGRAMS["mean"], (3, 5, 1), m=1)) < 1e-6


def test_shapes_that_stop() -> None:
    with pytest.raises(ValueError, match="mismatch"):
        errors(PROGRAMS["square"], (3, 5, 4, 1))
    with pytest.raises(ValueError, match="broadcast"):
        PROGRAMS["flat"](np.eye(3), np.ones(3), np.ones((3, 2)))
    made = PROGRAMS["flat"](np.eye(3), np.array([1.0, 2, 3]), np.zeros((3, 3)))
    assert np.array_equal(made[0], [1, 2, 3])


def test_second_step_catches_sums() -> None:
    net, X, Y = task((3, 5, 1))
    arrays, seen = bugs.parameters(net), []

    def batches() -> Iterator[Any]:
        for _ in range(3):
            seen.append([p.copy() for p in arrays])
            yield X, Y

    PROGRAMS["zero"](arrays, batches(), 0.5)
    for k, (before, after) in enumerate(pairwise(seen)):
        steps = [(p - q) / 0.5 for p, q in zip(before, after, strict=True)]
        right = bugs.gradients(before, X, Y)
        same = all(np.allclose(s, g) for s, g in zip(steps, right, strict=True))
        assert same == (k == 0)


def test_batch_where_it_arrives_catches_labels() -> None:
    X = np.arange(80.0)[None, :]
    Y = X.copy()
    pairs = np.hstack([np.vstack(b) for b in PROGRAMS["labels"](X, Y, np.random.default_rng(0))])
    assert np.mean(pairs[0] == pairs[1]) < 0.1
    whole = bugs.mended(PROGRAMS["labels"])(X, Y, np.random.default_rng(0))
    assert all(np.array_equal(x, y) for x, y in whole)


def test_length_of_the_first_step_catches_clipping_and_adam() -> None:
    net, X, Y = task((3, 5, 1))
    arrays = bugs.parameters(net)

    def length(program: Any) -> float:
        moved = [p.copy() for p in arrays]
        program(moved, [(X, Y)], 1.0)
        return float(np.sqrt(sum(((p - q) ** 2).sum() for p, q in zip(arrays, moved, strict=True))))

    assert length(PROGRAMS["clip"]) > 2 * bugs.LIMIT
    assert np.isclose(length(bugs.mended(PROGRAMS["clip"])), bugs.LIMIT)
    moved = [p.copy() for p in arrays]
    PROGRAMS["adam"](moved, [(X, Y)], 0.01)
    longest = max(np.abs(p - q).max() for p, q in zip(arrays, moved, strict=True))
    assert np.isclose(longest / 0.01, 0.1 / np.sqrt(0.001), rtol=1e-5)


def test_steps_of_adam_without_its_correction() -> None:
    """In step t by (1 − β1^t)/√(1 − β2^t) too long: by 6.6 in step 12, by a quarter after a thousand."""
    slopes = np.random.default_rng(0).normal(size=(1000, 3)) + 0.5
    first, second, ratios = np.zeros(3), np.zeros(3), []
    for t, g in enumerate(slopes, 1):
        first, second = 0.9 * first + 0.1 * g, 0.999 * second + 0.001 * g**2
        right = first / (1 - 0.9**t) / np.sqrt(second / (1 - 0.999**t))
        ratio = first / np.sqrt(second) / right
        assert np.allclose(ratio, (1 - 0.9**t) / np.sqrt(1 - 0.999**t))
        ratios.append(ratio[0])
    assert int(np.argmax(ratios)) + 1 == 12
    assert (round(max(ratios), 1), round(ratios[-1], 2)) == (6.6, 1.26)


def test_loss_of_perfect_answers_catches_two_softmaxes() -> None:
    floor = -np.log(bp.softmax(bp.softmax(1000 * np.eye(10)[:, :1]))[0, 0])
    assert np.isclose(floor, 1.461150, atol=5e-7)
    net, X, Y = task((6, 5, 3))
    moved = [p.copy() for p in bugs.parameters(net)]
    PROGRAMS["twice"](moved, [(X, Y)], 1.0)

    def own(z: np.ndarray) -> float:
        return float(bp.cross_entropy(bp.softmax(bp.softmax(z)), Y))

    # its gradient is that of its own loss, by the last bias
    b2 = net.layers[1].b
    logits = net.forward(X).z[-1]
    slopes = [
        (own(logits + h[:, None]) - own(logits - h[:, None])) / 2e-5 for h in 1e-5 * np.eye(3)
    ]
    assert np.allclose(b2 - moved[3], slopes, atol=1e-8)


def test_two_softmaxes_take_steps_of_a_tenth() -> None:
    """Where ten classes are equally probable, exactly; and about so in the first step on the digits."""
    delta = np.arange(10.0)[:, None] - 4.5
    assert np.allclose(bp.softmax.vjp(np.zeros((10, 1)), delta), delta / 10)
    (X, Y), _, _ = bp.data.digits()
    arrays = bugs.parameters(bugs.network((64, 32, 10)))
    moved = [p.copy() for p in arrays]
    PROGRAMS["twice"](moved, [(X[:, :32], Y[:, :32])], 1.0)
    right = bugs.gradients(arrays, X[:, :32], Y[:, :32])
    steps = zip(arrays, moved, right, strict=True)
    ratios = [np.linalg.norm(p - q) / np.linalg.norm(g) for p, q, g in steps]
    assert np.allclose(ratios, 0.1, atol=0.03)


def test_first_loss_and_columns_catch_the_axis() -> None:
    """And the check of its own gradient does not."""
    net, X, Y = task((6, 5, 3), m=9)
    moved = [p.copy() for p in bugs.parameters(net)]
    PROGRAMS["rows"](moved, [(X, Y)], 1.0)

    def own(Z: np.ndarray) -> float:
        A = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
        return float(-(Y * np.log(A)).sum() / 9)

    logits, b2 = net.forward(X).z[-1], net.layers[1].b
    slopes = [
        (own(logits + h[:, None]) - own(logits - h[:, None])) / 2e-5 for h in 1e-5 * np.eye(3)
    ]
    assert np.allclose(b2 - moved[3], slopes, atol=1e-8)
    assert np.isclose(own(0 * logits), np.log(9))
    assert max(errors(bugs.mended(PROGRAMS["rows"]), (6, 5, 3))) < 1e-6


# The programs that are to be mended in the exercises


def test_programs_of_the_exercises() -> None:
    """Each has both of its bugs, and what is told of them is so: the check that passes, and the one that fails."""
    names: dict[str, Any] = {"np": np, "bp": bp}
    for cell in cells(CHAPTER):
        if cell.id in ("in-code", "code-2-task", "code-3-task"):
            (text,) = re.findall(r"```python\n(.*?)```", cell.source, flags=re.S)
            exec(text, names)
    programs = zip(("step", "loss_and_gradient", "largest_error"), "123", strict=True)
    for name, number in programs:
        report = exercises.examine(exercises.EXERCISES[f"bugs-{number}"], names[name])
        assert not report.passed
        assert report.mistake == ("symptom patched" if number == "1" else "neither")

    def passes(Y: np.ndarray) -> bool:
        Z = np.random.default_rng(0).normal(size=Y.shape)
        loss = names["loss_and_gradient"]
        return bp.check_gradient(lambda z: loss(z, Y)[0], Z, loss(Z, Y)[1]).passed

    assert passes(np.eye(3)[:, [2, 0, 1]])
    assert not passes(np.eye(3)[:, :1])
    assert not passes(np.eye(3)[:, [2, 0, 1, 1]])


# The figures


def test_suspects_have_one_changed_line() -> None:
    for k, (line, _) in enumerate(suspects.RUNS):
        changed = [
            n
            for n, (a, b) in enumerate(zip(suspects.text(k), suspects.LINES, strict=True), 1)
            if a != b
        ]
        assert changed == ([] if line == suspects.NOTHING else [line])


def test_right_suspect_is_the_library_and_each_instrument_is_needed() -> None:
    right = suspects.suspect(None)
    library = bugs.on_moons(bugs.descend)
    assert np.allclose(right.losses, library.losses[:: suspects.EVERY], rtol=1e-12)
    seen = [suspects.suspect(k, 20) for k in range(len(suspects.RUNS))]
    off = [
        [not np.allclose(s.batch[::2], s.batch[1::2], rtol=1e-4, atol=1e-9) for s in seen],
        [not np.allclose(s.example[::2], s.example[1::2], rtol=1e-2, atol=1e-9) for s in seen],
        [[*s.sizes] != [16, 8, 8, 1] for s in seen],
        [np.isclose(s.losses[0], np.log(2), atol=1e-9) for s in seen],
    ]
    assert off == [
        [True, False, True, True, False, False],
        [True, False, False, False, False, False],
        [False, True, False, False, False, False],
        [False, False, False, False, False, True],
    ]


@pytest.mark.parametrize("run", [0, 2, 3])
def test_instruments_say_which_slope_is_the_programs(run: int) -> None:
    """By two losses it is the slope of the right program at the same weights, whatever the program does."""
    X, Y = bp.data.two_moons(100, noise=0.1, seed=0)
    dW1, _, dW2, _ = bugs.gradients(bugs.parameters(bugs.network((2, 8, 1))), X, Y)
    right = [dW1[3, 0], dW2[0, 3]]
    by_program, by_losses = (
        suspects.suspect(run, 20).batch[::2],
        suspects.suspect(run, 20).batch[1::2],
    )
    assert np.allclose(by_losses, right, rtol=1e-6)
    assert not np.allclose(by_program, right, rtol=1e-4)


def test_curves_are_of_the_training_cases() -> None:
    """All but a layer, and a clipping that leaves the right curve. Each has the name of its own bug."""
    assert {*sum(CURVES, ())} == set(SAYS) == set(bugs.CASES) - {"flat", "clip"}
    words = {"zero": "zeroed", "mean": "mean", "order": "early", "once_more": "once more"}
    words |= {"square": "transpose", "bias": "bias", "slope": "at a", "twice": "twice"}
    words |= {"labels": "labels", "adam": "correction", "kink": "≥", "rows": "rows"}
    for name, word in words.items():
        assert [one for one, said in SAYS.items() if word in said] == [name]


# The table of symptoms


def test_first_losses_that_are_not_log_k() -> None:
    """The programs' own losses before the first step: that of the axis is another one, that of two softmaxes is not."""
    (table,) = (cell.source for cell in cells(CHAPTER) if "| what you see |" in cell.source)
    (row,) = (line for line in table.splitlines() if "own first loss" in line)
    _, suspected, _ = row.strip("| ").split(" | ")
    assert suspected == "wrong axis, a sum for a mean, weights far too large"
    (X, Y), _, _ = bp.data.digits()
    X, Y = X[:, :32], Y[:, :32]
    net = bugs.network((64, 32, 10))
    Z = net.forward(X).z[-1]

    def loss(A: np.ndarray) -> float:
        return float(-(Y * np.log(A)).sum() / 32)

    assert np.isclose(loss(bp.softmax(bp.softmax(Z))), np.log(10), rtol=0.02)
    assert np.isclose(loss(bp.softmax(Z)), np.log(10), rtol=0.1)
    assert loss(np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)) > 1.3 * np.log(10)
    assert 32 * loss(bp.softmax(Z)) > 1.3 * np.log(10)
    assert loss(bp.softmax(20 * Z)) > 1.3 * np.log(10)
