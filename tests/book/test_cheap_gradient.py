"""Chapter 7's theorem on the book's own tapes: value and gradient cost at most five times the value."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from backprop import autodiff as ad
from backprop.autodiff import Tape, Var
from backprop.autodiff.var import apply
from backprop_book.counting import FREE, operations
from backprop_book.exercises.bank import QUESTIONS
from backprop_book.figures._more import replayed
from support.stored_figures import FIGURES, parts

# One operation, with the gradients of its arguments: what the library's rules take, and an addition where
# two arguments are paid, for a value's first share needs none.
CHEAP = {
    **{"add": 2, "sub": 3, "mul": 4, "neg": 2, "exp": 2, "log": 2, "sqrt": 3, "sin": 3, "cos": 4},
    **{"sigmoid": 5, "softplus": 3, "relu": 3, "matmul": 3},
}
# Those that take more, each for a reason that the chapter gives; and reductions, for each number that goes in.
DEAR = {"div": 6, "tanh": 8, "maximum": 12, "power": 15, "max": 5, "sum": 1}
SQUARE, OTHER_POWER = 3, 4  # of a power whose exponent is a constant
CHOICES = {"where": 4, "greater": 1, "equal": 1, "put": 1}


def gradient_tape(f: Callable[..., Var], **inputs: Any) -> Tape:
    """A scalar function and all its partial derivatives as one tape; the value's output is "value"."""

    def both(**given: Var) -> dict[str, Var]:
        value = f(**given)
        slopes = ad.grad(value, [*given.values()])
        return {"value": value} | {f"d_{n}": d for n, d in zip(given, slopes, strict=True)}

    return ad.trace(both, **inputs)


def losses() -> Iterator[tuple[str, Tape]]:
    """Every scalar loss of a figure or a question that is computed from inputs, with its gradient."""
    tapes = {
        name: Tape.from_json(json.dumps(parts(html)[1]["tape"])) for name, html in FIGURES.items()
    }
    tapes |= {f"question {q.id}": q.tape for q in QUESTIONS.values() if q.tape}
    for name, tape in tapes.items():
        for output, i in tape.outputs.items():
            if "loss" in output and tape.nodes[i].shape == () and tape.nodes[i].args:

                def loss(tape: Tape = tape, output: str = output, **given: Var) -> Var:
                    return replayed(tape, given)[output]

                yield f"{name}: {output}", gradient_tape(loss, **tape.inputs)


LOSSES = dict(losses())


def lines(tape: Tape) -> Iterator[int]:
    """The lines that the value needs."""
    wanted = {tape.outputs["value"]}
    for i in reversed(range(len(tape))):
        if i in wanted:
            wanted.update(tape.nodes[i].args)
            if tape.nodes[i].op not in FREE:
                yield i


def allowed(tape: Tape) -> int:
    """What the table of constants allows for value and gradient."""
    total = 0
    for i in lines(tape):
        node = tape.nodes[i]
        cost = {**CHEAP, **DEAR, **CHOICES}[node.op]
        if node.op == "power" and tape.nodes[node.args[1]].op == "const":
            exponent = np.ravel(tape.nodes[node.args[1]].params["value"])
            cost = SQUARE if np.all(exponent == 2) else OTHER_POWER
        count = int(np.prod(node.shape))
        first = tape.nodes[node.args[0]].shape
        if node.op == "matmul":
            count *= first[-1]
        elif node.op in ("sum", "max", "put"):
            count = int(np.prod(first))
        total += cost * count
    return total


@pytest.mark.parametrize("name", LOSSES)
def test_loss_and_gradient_cost_at_most_five_times_the_loss(name: str) -> None:
    """Whatever it is made of; and never more than its operations' own constants allow."""
    tape = LOSSES[name]
    assert operations(tape) <= 5 * operations(tape, ["value"])
    assert operations(tape) <= allowed(tape)


def test_the_book_has_many_losses_and_most_of_the_operations() -> None:
    assert len(LOSSES) >= 35
    met = {tape.nodes[i].op for tape in LOSSES.values() for i in lines(tape)}
    assert met >= {
        "add",
        "sub",
        "mul",
        "div",
        "exp",
        "sigmoid",
        "tanh",
        "softplus",
        "relu",
        "matmul",
    }


PAIRS = {"add", "sub", "mul", "div", "maximum", "power"}


@pytest.mark.parametrize("op", [*CHEAP, *DEAR])
def test_constant_of_each_operation(op: str) -> None:
    """Exactly: one operation, times a number that makes what comes back any number."""
    if op == "matmul":
        a, b = np.ones((4, 5)), np.ones((5, 3))
        tape = gradient_tape(lambda a, b: ad.sum(a @ b * a[0, 0]), a=a, b=b)
        assert operations(tape, only="matmul") == 3 * operations(tape, ["value"], only="matmul")
        return
    if op in ("sum", "max"):
        n = 1000
        tape = gradient_tape(lambda u, w: w * getattr(ad, op)(u), u=np.arange(1.0, n + 1), w=0.5)
        # The product in front has a value and two ways back, and of n numbers n - 1 are added to one.
        assert DEAR[op] * (n - 1) <= operations(tape) - 3 <= DEAR[op] * n
        return
    given = {"u": 2.0, "v": 3.0} if op in PAIRS else {"u": 2.0}
    tape = gradient_tape(lambda w, **vars: w * apply(op, *vars.values()), w=0.5, **given)
    assert operations(tape) - 3 + len(given) - 1 == {**CHEAP, **DEAR}[op]


def test_powers_with_a_constant_exponent() -> None:
    for exponent, cost in ((2.0, SQUARE), (3.0, OTHER_POWER), (-0.5, OTHER_POWER)):
        tape = gradient_tape(lambda w, u, n=exponent: w * u**n, w=0.5, u=2.0)
        assert operations(tape) - 3 == cost


KINDS = ["add", "sub", "mul", "exp", "sin", "cos", "sigmoid", "softplus", "relu"]


@pytest.mark.parametrize("seed", range(20))
def test_five_times_for_any_program_and_any_number_of_inputs(seed: int) -> None:
    """Random programs that use their values again and again, the worst case for additions of shares."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 40))
    kinds = rng.choice(KINDS, size=60)
    picks = rng.random((60, 2))

    def program(**given: Var) -> Var:
        values = [*given.values()]
        for kind, pick in zip(kinds, picks, strict=True):
            taken = [values[int(p * len(values))] for p in pick]
            result = apply(kind, *taken) if kind in PAIRS else apply(kind, taken[0])
            values.append(ad.sigmoid(result) if kind in ("mul", "exp") else result)
        return sum(values[1:], values[0])

    with np.errstate(all="ignore"):
        tape = gradient_tape(program, **{f"x{i}": x for i, x in enumerate(rng.normal(size=count))})
    assert operations(tape) <= 5 * operations(tape, ["value"])
    assert operations(tape) <= allowed(tape)
