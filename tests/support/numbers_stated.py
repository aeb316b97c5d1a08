"""Numbers that the prose states, computed a second time, independently of the page.

An entry is named by its page and its cell (an exercise also by its number). It returns the values of
the letters in the cell's equations, in several cases where the text goes from one to another, and
the plain numbers in the order of the text. Working that a text shows is repeated as a string.
"""

from __future__ import annotations

import ast
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import backprop as bp
from backprop import autodiff as ad
from backprop_book import running_example as running
from backprop_book.exercises.bank.project import ENOUGH_RIGHT, READ
from support.paths import ROOT

H = 1e-20  # of the complex step, which is exact to rounding


@dataclass(frozen=True)
class Entry:
    cases: tuple[dict[str, Any], ...] = ()
    numbers: tuple[Any, ...] = ()


Compute = Callable[[], Entry]
ENTRIES: dict[tuple[str, str], Compute] = {}


def states(page: str, piece: str) -> Callable[[Compute], Compute]:
    def register(compute: Compute) -> Compute:
        ENTRIES[page, piece] = compute
        return compute

    return register


def given(page: str, piece: str, *numbers: Any, **letters: Any) -> None:
    """An entry for what a text takes as given and computes nothing from."""
    ENTRIES[page, piece] = lambda: Entry((letters,), numbers)


def step(f: Callable[[Any], Any], x: float) -> float:
    return float(f(x + 1j * H).imag / H)


# The precisions that bertoin2021 compares.
BITS = tuple(np.finfo(kind).bits for kind in (np.float16, np.float32, np.float64))


def slope_of_a_tie() -> float:
    zero = ad.var(0.0)
    (slope,) = ad.grad(ad.maximum(zero, 0.0), [zero])
    return float(slope.value)


# Pages for reference

given(
    "notation", "page", 1 / 2, 2, 4, 1 / 2, 2, x=5
)  # distances of curves, and a walk of chapter 1


@states("api", "page")
def _() -> Entry:
    first, second = running.network().layers
    return Entry(numbers=(first.W.shape[1], len(first.b), len(second.b)))


@states("glossary", "page")
def _() -> Entry:
    letters = {r"\varepsilon": 1e-200}  # whose square is rounded to 0
    return Entry((letters,), (step(lambda z: 1 / (1 + np.exp(-z)), 0.0),))


@states("translation", "page")
def _() -> Entry:
    a, y = np.array([0.7, -0.2]), np.array([0.1, 0.4])
    half = bp.half_squared_error(a, y) / bp.squared_error(a, y)
    return Entry(({"q": half},), (2, slope_of_a_tie()))


# Chapter 1


@states("basics", "on-paper 1")
def _() -> Entry:
    return Entry(({"w": 1, "b": 0},), (2, 1 / 10))


@states("basics", "solutions 1")
def _() -> Entry:
    net = bp.Network([bp.Dense([[1.0]], [0.0], "identity")], loss="squared_error")
    return Entry(({"L": net.loss([2.0], [1.0])},), (net.forward([2.0]).output[0],))


given("basics", "solutions 3", x=0)


@states("basics", "solutions 6")
def _() -> Entry:
    """Twice the width: a pass each way, nudging, and what nudging multiplies, price and passes."""

    def cost(n: int, depth: int = 3) -> np.ndarray:
        passes, price = depth * (n**2 + n) + 1, depth * n**2
        return np.array([3 * price, passes * price, price, passes])

    return Entry(numbers=tuple(np.round(cost(2000) / cost(1000), 1)))


# Chapter 2

given("mathematics", "derivative", x=1)
given("mathematics", "paths", x=2)
given("mathematics", "losses", y=1)
given("outputs-and-losses", "cancel-read", z=-8)
given("outputs-and-losses", "softmax", y_i=1)
given("outputs-and-losses", "race", z=-4)
given("outputs-and-losses", "race-guess", **{r"\alpha": 1 / 2})
given("outputs-and-losses", "race-read", -4, -8)
given("outputs-and-losses", "area-read", y=1)
given("outputs-and-losses", "recipe-read", 10)  # the second example's input, chosen


@states("outputs-and-losses", "valleys-read")
def _() -> Entry:
    """How many times as high the wrong valley's floor lies."""
    x, y = np.array([[1.0, 10.0]]), np.array([[0.9, 0.1]])

    def floor(w: float) -> float:
        net = bp.Network([bp.Dense([[w]], [0.0], "sigmoid")], loss="half_squared_error")
        return net.loss(x, y)

    return Entry(numbers=(round(floor(2.19722) / floor(-0.15480)),))


given("outputs-and-losses", "honest-read", 7 / 10, 1000, -1000)
given("outputs-and-losses", "clip-read", -100, z=-20)  # where PyTorch cuts
given("outputs-and-losses", "twice-read", np.log(2))
given("outputs-and-losses", "on-paper 7", t=1)


@states("outputs-and-losses", "stable-read")
def _() -> Entry:
    """The first whole logit whose sigmoid is rounded to one, and the loss that belongs to it."""
    z = next(z for z in range(100) if bp.sigmoid(float(z)) == 1)
    return Entry(({"z": z},), (round(bp.binary_cross_entropy.from_logits(float(z), 0)),))


@states("outputs-and-losses", "solutions 5")
def _() -> Entry:
    """Where half the squared error of a sigmoid turns from bending down to bending up, for the target one."""
    z = np.log(0.5)

    def slope(t: Any) -> Any:
        a = 1 / (1 + np.exp(-t))
        return (a - 1) * a * (1 - a)

    assert step(slope, z - 0.01) < 0 < step(slope, z + 0.01)
    return Entry(({"z": z, "a": bp.sigmoid(z)},))


given("mathematics", "figure activations-still", -3, 3)  # the ends of the axes, chosen
given("mathematics", "on-paper 2", x=1)
given("mathematics", "on-paper 4", **{r"\varepsilon": 1e-20})
given("mathematics", "solutions 4", x=1, i=1j, **{r"\varepsilon": 1e-20})
given("outputs-and-losses", "code-2-task", 800, -800)
given("engine", "naive-read", a=2, b=3)
given("engine", "on-paper 2", w_0=1)
ENTRIES["mathematics", "losses"] = lambda: Entry(({"y": 1}, {"y": 0}))


@states("mathematics", "derivative-read")
def _() -> Entry:
    """The limit; and the error of the two-sided ratio, for nudges of which one is ten times the other."""
    slope = step(lambda x: x**3, 1.0)
    errors = [((1 + h) ** 3 - (1 - h) ** 3) / (2 * h) - slope for h in (1e-2, 1e-3)]
    return Entry(numbers=(slope, 10, round(errors[0] / errors[1], 3)))


@states("mathematics", "chain-rule")
def _() -> Entry:
    return Entry(({"x": 0},), ("0 = 0",))


@states("mathematics", "paths-read")
def _() -> Entry:
    """The gradients of two copies of x, and of x."""
    x = ad.var(2.0)
    straight, inside = x * 1.0, x * 1.0
    paths = [float(d.value) for d in ad.grad(straight * inside**2, [straight, inside, x])]
    names = ("x^2", "2x^2", "3x^2")
    return Entry(({"x": 2, **dict(zip(names, paths, strict=True))},))


@states("mathematics", "activations-table")
def _() -> Entry:
    least = float(bp.tanh(-700.0))
    return Entry(numbers=(least, bp.leaky_relu.derivative(-1.0), 1 / 10))


@states("mathematics", "activations-proofs")
def _() -> Entry:
    """Where the sigmoid's slope is largest, by what it divides; what else than 0 and 1 a program returns at the kink."""
    z = np.linspace(-5, 5, 1001)
    slopes = bp.sigmoid.derivative(z)
    steepest = z[np.argmax(slopes)]
    letters = {"z": steepest, "a": bp.sigmoid(steepest)}
    return Entry((letters,), (1 / slopes.max(), slope_of_a_tie(), *BITS))


@states("mathematics", "remember")
def _() -> Entry:
    largest = bp.sigmoid.derivative(0.0)
    return Entry(({r"\sigma'": largest, r"\sigma": bp.sigmoid(0.0)},))


@states("mathematics", "solutions 1")
def _() -> Entry:
    v = 1 + np.exp(2 * 0.0)
    slopes = {"f'(v)": step(lambda v: v**3, v), "g'(u)": step(np.exp, 0.0), "h'": 2}
    whole = step(lambda x: (1 + np.exp(2 * x)) ** 3, 0.0)
    return Entry(({"x": 0, "u": 0, "v": v, "F'(0)": whole, **slopes},))


@states("mathematics", "solutions 2")
def _() -> Entry:
    """Through u, through v, straight; the last one is what overwriting leaves, if it is v's."""
    x = ad.var(1.0)
    copies = [x * 1.0 for _ in range(3)]
    product = copies[0] ** 2 * (3.0 * copies[1]) * copies[2]
    u, v, straight, total = (float(d.value) for d in ad.grad(product, [*copies, x]))
    return Entry(({"x": 1},), (f"{u:g} + {v:g} + {straight:g} = {total:g}", v))


@states("mathematics", "solutions 3")
def _() -> Entry:
    slope = bp.sigmoid.derivative(0.0)
    return Entry(numbers=(bp.tanh.derivative(0.0) / slope, slope))


@states("mathematics", "sigmoid-neuron-read")
def _() -> Entry:
    """The gradient of the third weight beside that of the first."""
    net = bp.Network([bp.Dense([[0.2, 0.5, -0.1]], [0.1], "sigmoid")], loss="half_squared_error")
    dw = net.backward(net.forward([1.0, 2.0, 3.0]), [1.0]).W[0][0]
    return Entry(numbers=(dw[2] / dw[0],))


@states("mathematics", "figure sigmoid-neuron-figure")
def _() -> Entry:
    """The ratio of the gradients in the alternative text; the inputs in the caption."""
    x = np.array([1.0, 2.0, 3.0])
    net = bp.Network([bp.Dense([[0.2, 0.5, -0.1]], [0.1], "sigmoid")], loss="half_squared_error")
    grads = net.backward(net.forward(x), [1.0])
    ratio = grads.W[0][0] / grads.b[0][0]
    assert np.allclose(ratio, x)
    return Entry(numbers=(*ratio[1:], *x[1:]))


# Chapter 3

given("one-layer", "map-read", -1, -1)  # the edge of the table of learning rates
given("one-layer", "on-paper 1", x=2, w=1, b=-1, y=2, **{r"\alpha": 1 / 10})
ENTRIES["one-layer", "solutions 4"] = lambda: Entry(({"r": 1}, {"r": -1}))  # the loss has r²
ENTRIES["one-layer", "rates"] = lambda: Entry(({r"\alpha": 0, "r": 1}, {"r": 0}, {"r": -1}))


@states("one-layer", "backward")
def _() -> Entry:
    """The middle rate; and rates of 3 and 2, which multiply."""
    return Entry(({r"\partial a/\partial z": bp.identity.derivative(0.3)},), (3, 3 * 2))


@states("one-layer", "step-read")
def _() -> Entry:
    """Gradient and curvature when x is doubled, where b and y are zero."""

    def slope(w: Any, x: float) -> float:
        return step(lambda v: (v * x) ** 2, w)

    curvature = [slope(1.5, x) - slope(0.5, x) for x in (2.0, 1.0)]
    return Entry(numbers=(slope(0.5, 2.0) / slope(0.5, 1.0), curvature[0] / curvature[1]))


given("one-layer", "figure sigmoid-figure", 10)  # lines of the grid, chosen
given("one-layer", "figure descent-figure", 100)  # lines of the grid, chosen


# Chapter 4

given("two-layers", "graph-read", w_1=0, w_2=0)
given("two-layers", "mazur-read", **{r"\alpha": 1 / 2})  # his learning rate
ENTRIES["two-layers", "nine"] = lambda: Entry(numbers=(r"3 \times 3 = 9",))


@states("two-layers", "why")
def _() -> Entry:
    """A point of the border of a neuron."""
    w_1, w_2, b, x_1 = 0.7, -0.4, 0.3, 1.1
    x_2 = -(w_1 * x_1 + b) / w_2
    neuron = bp.Network([bp.Dense([[w_1, w_2]], [b], "sigmoid")], loss="squared_error")
    assert np.isclose(neuron.forward([x_1, x_2]).output[0], 0.5)
    return Entry(({"w_1": w_1, "w_2": w_2, "b": b, "x_1": x_1, "x_2": x_2},))


given("two-layers", "surface", u=3 / 5, v=4 / 5)
given("two-layers", "on-paper 5", -1)
WARM_UP = {"x": 2, "w_1": 1, "b_1": -1, "w_2": 3, "b_2": -1, "y": 4}
ENTRIES["two-layers", "on-paper 1"] = lambda: Entry((WARM_UP, {"b_1": -3}))


@states("two-layers", "bce")
def _() -> Entry:
    """The prediction at which the loss is zero for a target of one."""
    assert bp.binary_cross_entropy(1.0, 1.0) == 0
    return Entry(({r"\hat y": 1},))


@states("two-layers", "bound")
def _() -> Entry:
    """The bound m2 / (dL/dm2) of the ReLU example, by the complex step."""
    m2_slope = step(lambda m2: 0.5 * (2 * 3 * m2 - 1) ** 2, 0.5)
    bound = rf"\tfrac12 / {m2_slope:g} = \tfrac1{{{m2_slope / 0.5:g}}}"
    return Entry(({r"\alpha": 0},), (bound,))


@states("two-layers", "solutions 1")
def _() -> Entry:
    cases = []
    for bias in (-1.0, -3.0):
        first, second = bp.Dense([[1.0]], [bias], "relu"), bp.Dense([[3.0]], [-1.0], "identity")
        net = bp.Network([first, second], loss="half_squared_error")
        run = net.forward([2.0])
        grads = net.backward(run, [4.0])
        case = {"b_1": bias, "y": 4, r"\hat y": run.output[0]}
        for k in (1, 2):
            case |= {f"z_{k}": run.z[k - 1][0], f"a_{k}": run.a[k][0]}
            case[rf"\delta_{k}"] = grads.delta[k - 1][0]
            case[rf"\partial L/\partial w_{k}"] = grads.W[k - 1][0, 0]
        cases.append(case)
    return Entry(tuple(cases), (4 - cases[0][r"\hat y"],))


@states("two-layers", "solutions 2")
def _() -> Entry:
    """Both learning rates after whose first step the prediction is right."""
    x, m1, m2, y = 2.0, 3.0, 0.5, 1.0
    dm1, dm2 = ((x * m1 * m2 - y) * x * m for m in (m2, m1))
    after = x * np.polymul([-dm1, m1], [-dm2, m2])
    landing = np.sort(np.roots(np.polysub(after, [y])))[::-1]
    return Entry(({r"\alpha": landing, r"z_2^{\text{next}}": y},), (m2 / dm2,))


@states("two-layers", "solutions 4")
def _() -> Entry:
    layers = [bp.Dense([[0.0]], [0.0], "tanh"), bp.Dense([[0.0]], [0.0], "sigmoid")]
    net = bp.Network(layers, loss="half_squared_error")
    run = net.forward([1.0])
    grads = net.backward(run, [1.0])
    letters = {"a_1": run.a[1][0], "w_2": 0, r"\delta_1": grads.delta[0][0]}
    letters |= {r"\delta_2": grads.delta[1][0], r"\partial L/\partial w_2": grads.W[1][0, 0]}
    return Entry(({**letters, "g'(z_1)": bp.tanh.derivative(0.0)},))


@states("two-layers", "solutions 5")
def _() -> Entry:
    """The constant between the two losses."""
    p, y = 0.3, -0.6
    made = -(1 + y) / 2 * np.log(1 + p) - (1 - y) / 2 * np.log(1 - p)
    return Entry(numbers=(-1, bp.binary_cross_entropy((1 + p) / 2, (1 + y) / 2) - made))


@states("two-layers", "figure relu-show")
def _() -> Entry:
    """The loss along the thin curves, whose predictions are too large by these amounts."""
    return Entry(numbers=tuple(bp.half_squared_error(1 + d, 1.0) for d in (1 / 2, 1, 2, 4)))


# Chapter 5

given("matrix-form", "matrix", (10, 10, 10, 1))
given("matrix-form", "transpose", (3, 2), (3, 1))
given("matrix-form", "on-paper 1", 784, 30, 10, 32)
given("matrix-form", "on-paper 6", (2, 2))
given("matrix-form", "figure layer-figure", 8, 2)
given("matrix-form", "five-read", x_1=running.X[0, 1])
HAND = {
    "W": np.array([[1, 2], [0, -1], [3, 1]]),
    "a": np.array([2, 1]),
    "b": np.array([0, 1, -1]),
    r"\delta": np.array([1, 2, -1]),
}
given("matrix-form", "on-paper 2", **HAND, **{r"\alpha": 1 / 2})


@states("matrix-form", "batch")
def _() -> Entry:
    """The shapes of a batch in the running network, row by row of the table."""
    net = running.network()
    m = running.X.shape[1]
    run = net.forward(running.X)
    grads = net.backward(run, running.Y)
    W, b = [layer.W.shape for layer in net.layers], [(len(v.b), 1) for v in net.layers]
    z, delta = [v.shape for v in run.z], [v.shape for v in grads.delta]
    shapes = [run.a[0].shape, run.a[1].shape, *W, *b, *z, *delta]
    shapes += [v.shape for v in grads.W] + b
    back = net.layers[1].W.T @ grads.delta[1]
    batches = [(n, np.tile(running.X, n // m), np.tile(running.Y, n // m)) for n in (8, 80)]
    summed = [n * net.backward(net.forward(x), y).W[0] for n, x, y in batches]
    return Entry(({"m": m},), ((summed[1] / summed[0])[0, 0], *shapes, back.shape))


@states("matrix-form", "seconds-how")
def _() -> Entry:
    """The largest layer that was measured."""
    measured = json.loads((ROOT / "chapters" / "data" / "loops.json").read_text(encoding="utf-8"))
    return Entry(numbers=(measured["rows"][-1]["units"],))


@states("matrix-form", "solutions 1")
def _() -> Entry:
    net = bp.Network.random(
        [784, 30, 10], activations=["tanh", "sigmoid"], loss="half_squared_error", seed=0
    )
    z = net.forward(np.zeros((784, 32))).z
    shapes: list[Any] = []
    for layer, sums in zip(net.layers, z, strict=True):
        shapes += [layer.W.shape, (len(layer.b), 1), sums.shape]
    parameters = sum(layer.W.size + layer.b.size for layer in net.layers)
    assert parameters == 30 * 784 + 30 + 10 * 30 + 10
    return Entry(numbers=(*shapes, parameters))


@states("matrix-form", "solutions 2")
def _() -> Entry:
    W, a, b, delta = HAND.values()
    first = rf"{W[0, 0]}\cdot{a[0]} + {W[0, 1]}\cdot{a[1]} + {b[0]}"
    down = "".join(rf" + {w}\cdot{d}" for w, d in zip(W[:, 0], delta, strict=True))[3:]
    return Entry(numbers=(first, down.replace("-1", "(-1)")))


@states("matrix-form", "solutions 6")
def _() -> Entry:
    """A turn by an eighth of a circle, and what two of them do to any delta."""
    W, delta = np.array([[1, -1], [1, 1]]), np.array([0.3, -0.8])
    letters = {"W": W, "WW": W @ W, r"\delta^{\top}WW\delta": delta @ W @ W @ delta}
    return Entry(({**letters, r"\delta_1": delta[0], r"\delta_2": delta[1]},))


@states("matrix-form", "figure seconds-figure")
def _() -> Entry:
    """The weights of a layer from n to n, when n is doubled."""
    return Entry(numbers=(np.size(np.ones((20, 20))) / np.size(np.ones((10, 10))),))


given("matrix-form", "five", 5)  # notations, one a section

# Chapter 7

# The lines that walk back, from the table of the theorem, read and counted as Python.
BACK = (
    ("du += g", "dv += g"),
    ("du += g", "dv -= g"),
    ("du += g * v", "dv += g * u"),
    ("t = g / v", "du += t", "dv -= t * r"),
    ("du += g * r",),
    ("du += g / u",),
    ("du += g / (r + r)",),
    ("du += g * cos(u)",),
    ("du += g * (r * (1 - r))",),
    ("du += g * (1 - r * r)",),
    ("if r > 0: du += g",),
    ("du += g * slope(u, r)",),
)
FURTHER = 2  # operations, at most, for a derivative of one number: the third hypothesis


def counted(lines: tuple[str, ...]) -> int:
    """Operations of lines back; of a slope that is not written out, as many as it may have."""
    parts = [part for line in lines for part in ast.walk(ast.parse(line))]
    kinds = ast.AugAssign | ast.BinOp | ast.Compare | ast.Call
    slopes = [part for part in parts if isinstance(part, ast.Call) and len(part.args) == 2]
    return sum(isinstance(part, kinds) for part in parts) + (FURTHER - 1) * len(slopes)


def five() -> Entry:
    return Entry(numbers=(1 + max(map(counted, BACK)),))


for _piece in ("promises", "cheap", "remember"):
    ENTRIES["walking-back", _piece] = five


@states("walking-back", "product-read")
def _() -> Entry:
    """Three: a product that grows by one factor. Then the table, and the numbers of hypotheses."""
    *named, other = map(counted, BACK)
    return Entry(numbers=(1 + 2, *named, 3, other, 2, 2, 3))


@states("walking-back", "rules-read")
def _() -> Entry:
    """Of a layer: forward once, back twice."""
    return Entry(({"u": 0, "v": 0},), (*five().numbers, 1 + 2))


@states("walking-back", "characters-read")
def _() -> Entry:
    """The gradient of a weight, with inputs of either size and the same delta behind them."""
    small, large = (step(lambda w, x=x: 0.3 * w * x, 0.5) for x in (0.2, 200.0))
    return Entry(numbers=(1000, large / small))


given("walking-back", "paths-code-read", 100)  # from one line of an axis to the next
given("walking-back", "figure paths-figure", 100)
given("walking-back", "dual-read", **{r"\varepsilon": 1e-200})  # whose square is rounded to 0
given("walking-back", "solutions 2", 3)  # the number of a hypothesis
given("walking-back", "solutions 3", 2)
given("walking-back", "code-2-task", 10**12)
assert 2**41 > 10**12  # the paths of the shorter of its ladders

# The refresher

given("refresher", "slope", 3)  # where the square's slope is wanted
given("refresher", "sum", 3)  # up to where the counter runs
given("refresher", "product", (2, 3))
given("refresher", "product-two", (2, 3))
given("refresher", "transpose", (2, 3))


@states("refresher", "rules")
def _() -> Entry:
    """The square's slope, and the numbers of the reader's own example."""
    return Entry(numbers=(step(lambda x: x**2, 3.0), 3, 2))


# Chapter 9

FINEST = 1e-20  # the step of the complex step, wherever the chapter takes one
given("checking", "remember", 1e-5, h=FINEST)
given("checking", "solutions 3", h=FINEST)
given("checking", "code-2-task", h=FINEST)
given("checking", "on-paper 1", x=1, h=1 / 10)
given("checking", "sideways", i=1j)
given("checking", "kinks-read", z=0)
given("checking", "figure v-figure", np.finfo(float).bits)


def guinea_pig(x: Any) -> Any:
    return x / (1 + x * x)


@states("checking", "sides")
def _() -> Entry:
    return Entry(({"x": 2},), (step(guinea_pig, 2.0),))


@states("checking", "sides-read")
def _() -> Entry:
    """How the errors shrink; and the derivatives, as sums of complex fractions."""

    def derivative(order: int) -> float:
        # x / (1 + x²) is the real part of 1 / (x + i)
        factorial = float(np.prod(np.arange(1.0, order + 1)))
        return ((-1) ** order * factorial / (2 + 1j) ** (order + 1)).real

    slope = derivative(1)
    one = [(guinea_pig(2 + h) - guinea_pig(2)) / h - slope for h in (1e-3, 1e-4)]
    two = [(guinea_pig(2 + h) - guinea_pig(2 - h)) / (2 * h) - slope for h in (1e-2, 1e-3)]
    shrink = round(one[0] / one[1], 1), round(two[0] / two[1], 1)
    cases = {"h": 1 / 1000, "x": 2}, {"h": 1e-12, "x": 2}
    return Entry(cases, (10, *shrink, derivative(2), derivative(3)))


@states("checking", "digits-read")
def _() -> Entry:
    return Entry(({r"\varepsilon": np.finfo(float).eps},), (np.finfo(float).nmant + 1,))


@states("checking", "best-read")
def _() -> Entry:
    """A cube root of a thousand; a step for the default; and the gap above one in single precision."""
    return Entry(({"h": 1e-5},), (np.cbrt(1000.0), np.finfo(np.float32).eps))


@states("checking", "breakers")
def _() -> Entry:
    """From which step on the complex step has all digits; and the gradient of the length of a vector."""
    exact = next(
        10.0**-k
        for k in range(1, 17)
        if abs(guinea_pig(2 + 10.0**-k * 1j).imag * 10.0**k + 0.12) < 1e-16
    )
    p = np.array([3.0, -4.0])
    slopes = [step(lambda t, e=e: np.sqrt(((p + t * e) ** 2).sum()), 0.0) for e in np.eye(2)]
    return Entry(numbers=(exact, p, slopes))


@states("checking", "equal")
def _() -> Entry:
    tolerance = bp.check_gradient(np.sin, 0.0, 1.0).tolerance
    return Entry(({r"\tau": tolerance},), (1 / 1000, 1 / 1000))


@states("checking", "kinks-code-read")
def _() -> Entry:
    """The slope to the right of 2 relu(z) - relu(-z)."""
    return Entry(numbers=((2 * bp.relu(1e-3) - bp.relu(-1e-3)) / 1e-3,))


SIZES = (20, 12, 5)
PARAMETERS = (SIZES[0] + 1) * SIZES[1] + (SIZES[1] + 1) * SIZES[2]
given("checking", "on-paper 4", 20, PARAMETERS)


@states("checking", "solutions 4")
def _() -> Entry:
    """The sample, all that are no last bias, the losses of the sample, and those of four arrays."""
    return Entry(numbers=(20, PARAMETERS - SIZES[-1], 2 * 20, 2 * 4))


# Chapter 12

DEEP, WIDEST = 36, 784  # layers of the first figure; pixels of an image, 28 by 28


@states("cost", "title")
def _() -> Entry:
    """What a gradient takes in a network as deep, to the nearest whole number; and the figure's layers."""
    forward, back = dense_passes([50] * (DEEP + 1))
    return Entry(numbers=(round((forward + back) / forward), DEEP))


def dense_passes(sizes: list[int]) -> tuple[int, int]:
    """Multiplications forward and back, counted layer by layer."""
    forward = back = 0
    for k, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
        forward += n_in * n_out
        back += n_in * n_out * (1 if k == 0 else 2)
    return forward, back


ENTRIES["cost", "promise"] = lambda: Entry(({"s": 1}, {"s": DEEP}))


@states("cost", "count")
def _() -> Entry:
    """What no network exceeds, and what a deep one comes near to."""
    ratios = [1 + back / forward for forward, back in map(dense_passes, ([9] * 200, [9] * 900))]
    assert max(ratios) < 3
    return Entry(numbers=(3, round(max(ratios), 1)))


SIDE = int(np.sqrt(WIDEST))
given("cost", "count-read", SIDE, SIDE)
given("cost", "dear", SIDE, SIDE)


@states("cost", "measure")
def _() -> Entry:
    return Entry(numbers=(growth()["fixed"]["examples"],))


def growth() -> Any:
    return json.loads((ROOT / "chapters" / "data" / "growth.json").read_text(encoding="utf-8"))


@states("cost", "measure-read")
def _() -> Entry:
    """The widths of the table; the least and the most."""
    widths = [row["width"] for row in growth()["sweeps"]["width"]][::2]
    return Entry(numbers=(*widths, widths[0], widths[-1], widths[0]))


@states("cost", "batches-read")
def _() -> Entry:
    sizes = [row["examples"] for row in growth()["sweeps"]["examples"]]
    return Entry(numbers=(sizes[5], sizes[-1]))


@states("cost", "memory-read")
def _() -> Entry:
    return Entry(numbers=(growth()["fixed"]["width"], growth()["fixed"]["examples"]))


given("cost", "throw-read", 32, 62)  # gigabytes, as the program's authors report them
given("cost", "staircase-read", 3, c=3)
given("cost", "figure layers-figure", 3)  # products in a layer
given("cost", "figure batches-figure", 64)


given("cost", "remember", 3)  # the bound on a gradient
given("cost", "on-paper 1", D=40, s=6)


@states("cost", "solutions 1")
def _() -> Entry:
    """The square, for some D and s; the distances that hold the least of 40, and one that divides it not."""
    best = [s for s in range(1, 41) if 40 % s == 0 and 40 / s + s == 13]
    return Entry(({"D": 7.0, "s": 3.0}, *({"D": 40, "s": s} for s in (*best, 6))), (40,))


given("cost", "solutions 2", r=0, c=1)
# Chapter 11

UNITS, DEPTH = 16, 12  # of the network in its first figure
HIDDEN, MINIBATCH, IMAGES = 32, 32, 1197
given("misbehaving", "digits-train", MINIBATCH)
given("misbehaving", "dead", **{r"\alpha": 8})
given("misbehaving", "alike-guess", 400)
given("misbehaving", "remedies", -1, 64)  # a slope that 1 + f′ makes zero
given("misbehaving", "clip-read", e=3)
given("misbehaving", "dashboard-read", 1000)
given("misbehaving", "figure depth-figure", UNITS, UNITS)


@states("misbehaving", "promise")
def _() -> Entry:
    """The spread at which a sum of as many terms keeps its size."""
    keeps = next(s for s in np.arange(1, 101) / 100 if np.isclose(UNITS * s**2, 1))
    return Entry(({"s": keeps},), (keeps, keeps))


@states("misbehaving", "product")
def _() -> Entry:
    steepest = bp.sigmoid.derivative(np.linspace(-1, 1, 201)).max()
    return Entry(numbers=(steepest, steepest**10))


@states("misbehaving", "window")
def _() -> Entry:
    return Entry(({"w": 1}, {"w": 4}, {"w": 1}, {"w": 2}))


@states("misbehaving", "digits")
def _() -> Entry:
    """The pixels of an image, as many as there are hidden units."""
    return Entry(numbers=[bp.data.digits()[0][0].shape[0]] * 2)


@states("misbehaving", "dead-read")
def _() -> Entry:
    return Entry(({r"\alpha": 8}, {r"\alpha": 2}), (HIDDEN,))


@states("misbehaving", "dead-watch")
def _() -> Entry:
    """And the minibatches of an epoch, the last of them a short one."""
    return Entry(numbers=(MINIBATCH, len(range(0, IMAGES, MINIBATCH))))


@states("misbehaving", "dead-why")
def _() -> Entry:
    return Entry(({r"\alpha": 2}, {r"\alpha": 1}, {r"\alpha": 3}), (HIDDEN,))


@states("misbehaving", "start-read")
def _() -> Entry:
    """A half of the mean square, twenty times over; the root of two in a layer."""
    return Entry(numbers=((0.5**20) ** -0.5, 0.5**-0.5))


@states("misbehaving", "alike-read")
def _() -> Entry:
    """How many units are one; and the loss of a network that says one half."""
    return Entry(numbers=(8, bp.binary_cross_entropy(np.array([[0.5]]), np.array([[1.0]]))))


@states("misbehaving", "solutions 2")
def _() -> Entry:
    steepest = bp.sigmoid.derivative(0.0)
    return Entry(numbers=(steepest, 1 / steepest))


# Training


def digits_run(epochs: int, lr: float) -> bp.Network:
    """A run of the chapter, by the library's own steps."""
    x, y = bp.data.digits()[0]
    kinds = {"activations": ["relu", "softmax"], "loss": "cross_entropy"}
    net, rng = bp.Network.random([64, 32, 10], **kinds, seed=0), np.random.default_rng(0)
    for _ in range(epochs):
        order = rng.permutation(x.shape[1])
        for k in range(0, len(order), 32):
            net.step(x[:, order[k : k + 32]], y[:, order[k : k + 32]], lr)
    return net


STEEPEST = 25  # the curvature across the ravine; along it is one
SIDE_OF_A_DIGIT = int(np.sqrt(len(bp.data.digits()[0][0])))
# Of the scanned dots, and of the squares in which they were counted; then the pixels.
given("training", "data", 32, 32, 4, 4, len(bp.data.digits()[0][0]))
given("training", "slow", **{r"\alpha": 1})
given("training", "before", *(64, 32))
given("training", "noise-read", 16, 64, 4, 4, 16)
given("training", "noise-use", 32)
given("training", "run-read", 10, 30)
given("training", "train-read", **{r"\alpha": 1 / 2})
given("training", "draw-guess", len(bp.data.digits()[0][0]), 4, 4, 4)  # a digit
given("training", "draw-read", 7, 4, 7)  # digits
given("training", "figure digits-figure", *[SIDE_OF_A_DIGIT] * 10)
given("training", "figure wrong-figure", *[SIDE_OF_A_DIGIT] * 6)
given("training", "figure digit", *[SIDE_OF_A_DIGIT] * 2)
given("training", "heart-read", 400, 10, **{r"\lambda": 1 / 1000})
RACE = ({r"\alpha": 1 / 2}, {r"\alpha": 1 / 10, r"\beta": 9 / 10}, {r"\alpha": 1 / 100})
ENTRIES["training", "race-read"] = lambda: Entry(RACE, (2, 10))
given("training", "on-paper 1", 26)
given("training", "solutions 1", 26)


@states("training", "rate-read")
def _() -> Entry:
    """One α with which units are idle and all is well, one with which all are idle, and the first again."""
    return Entry(tuple({r"\alpha": lr} for lr in (1, 2, 1)))


@states("training", "batch-read")
def _() -> Entry:
    return Entry(({"m": 1},), (5, 32, 32))


def compromise() -> float:
    """The α at which the faster of two factors is as slow as the slower, by trying."""
    rates = np.linspace(0, 0.2, 200_001)
    slower = np.maximum(np.abs(1 - rates), np.abs(1 - STEEPEST * rates))
    return float(rates[slower.argmin()])


@states("training", "momentum")
def _() -> Entry:
    """Where y flies away, the best compromise, and its factor."""
    lr = compromise()
    assert abs(lr - 2 / 26) < 1e-5
    return Entry(({r"\alpha": 2 / 26},), (2 / STEEPEST, 1 - 2 / 26))


ENTRIES["training", "momentum-guess"] = lambda: Entry(({r"\alpha": 1 / STEEPEST, r"\beta": 1 / 2},))


@states("training", "momentum-law")
def _() -> Entry:
    """The factor at this choice, and that no neighbour has a lower one in both directions."""

    def factor(lr: float, beta: float) -> float:
        each = [
            np.array([[beta, lam], [-lr * beta, 1 - lr * lam]]) for lam in (1.0, float(STEEPEST))
        ]
        return float(max(np.abs(np.linalg.eigvals(R)).max() for R in each))

    lr, beta = 1 / 9, 4 / 9
    best = factor(lr, beta)
    for change in (0.98, 1.02):
        assert factor(change * lr, beta) > best - 1e-6
        assert factor(lr, change * beta) > best - 1e-6
    R = np.array([[beta, 1.0], [-lr * beta, 1 - lr]])
    assert abs(np.sqrt(np.linalg.det(R)) - best) < 1e-6
    return Entry(({r"\alpha": lr, r"\beta": beta},), (np.sqrt(np.linalg.det(R)),))


@states("training", "steps-read")
def _() -> Entry:
    """The sum of all that a velocity keeps of one gradient."""
    return Entry(({r"\beta": 9 / 10},), (round(sum(0.9**k for k in range(1000)), 9),))


@states("training", "solutions 3")
def _() -> Entry:
    """An eigenvalue of a matrix with this trace and this determinant."""
    s, beta = 0.5, 0.4
    T = s + beta / s
    return Entry(({"s": s, "T": T, r"\beta": beta},))


@states("training", "adam")
def _() -> Entry:
    adam = bp.Adam()
    letters = {r"\varepsilon": adam.eps, r"\beta_1": adam.beta1, r"\beta_2": adam.beta2}
    return Entry((letters,))


ENTRIES["training", "code-3-task"] = ENTRIES["training", "adam"]


# The project and the mistakes

given("project", "training-read", len(bp.data.digits()[0][0]), 100 * READ)


@states("mistakes", "ensures")
def _() -> Entry:
    """Squared error and the mean over all entries, for ten units: PyTorch divides by these."""
    p, t = np.full((10, 4), 0.5), np.zeros((10, 4))
    return Entry(numbers=(bp.squared_error(p, t) / np.mean((p - t) ** 2),))


@states("mistakes", "batch")
def _() -> Entry:
    """A bias that steps once for each of three inputs, which the cell draws."""
    return Entry(numbers=(bp.Network.random([3, 1], **ONE_UNIT, seed=0).layers[0].W.size,))


@states("mistakes", "softmax")
def _() -> Entry:
    """The gradient of a sum over sixteen copies, beside that of one."""

    def summed(m: int) -> float:
        net = bp.Network.random([3, 1], **ONE_UNIT, seed=0)
        x, y = np.tile([[1.0], [2.0], [3.0]], m), np.ones((1, m))
        return float(m * net.backward(net.forward(x), y).W[0][0, 0])

    return Entry(numbers=(summed(16) / summed(1),))


ONE_UNIT: dict[str, Any] = {"activations": ["sigmoid"], "loss": "half_squared_error"}
given("project", "start", 8)  # hidden units, as in the shapes of step 4


@states("project", "loss")
def _() -> Entry:
    """A logit at which the sigmoid is rounded to one."""
    assert bp.sigmoid(40.0) == 1
    return Entry(numbers=(40,))


@states("project", "backward")
def _() -> Entry:
    net = bp.Network.random(
        [2, 8, 1], activations=["tanh", "sigmoid"], loss="binary_cross_entropy", seed=0
    )
    return Entry(numbers=(net.layers[0].W.shape,))


@states("project", "xor-read")
def _() -> Entry:
    return Entry(numbers=(100 * ENOUGH_RIGHT,))


@states("project", "two-units-read")
def _() -> Entry:
    """The loss where two of four answers are right and the others say one half."""
    level = bp.binary_cross_entropy(np.array([[0, 1, 0.5, 0.5]]), np.array([[0, 1, 0, 1.0]]))
    return Entry(numbers=(level, 3, 100 * ENOUGH_RIGHT))


@states("mistakes", "small")
def _() -> Entry:
    """Where exp overflows, where the sigmoid rounds to one, what the ReLU example predicts."""
    overflow = -int(np.log(np.finfo(float).max))
    rounded = next(z for z in range(100) if bp.sigmoid(float(z)) == 1)
    prediction = max(0, 2 * 3 * 0.5)
    slope = bp.relu.derivative(prediction)
    return Entry(({r"\partial\hat y/\partial z_2": slope},), (overflow, rounded, prediction))


given("mistakes", "plus", u=2, v=3)


@states("mistakes", "mazur-read")
def _() -> Entry:
    """What the derivative of a square is times the difference."""
    return Entry(numbers=(step(lambda f: (f - 0.4) ** 2, 1.1) / (1.1 - 0.4),))


ENTRIES["mistakes", "lost-two-read"] = ENTRIES["mistakes", "mazur-read"]


@states("mistakes", "kink-read")
def _() -> Entry:
    """The slope s at the kink with which relu(z) - relu(-z) gets 1, and relu(relu(z)) - relu(z) not 0."""
    s = step(lambda z: z, 0.0) / 2
    assert s**2 - s != 0
    return Entry(({"s": s},), BITS)


# Chapter 13

given("bugs", "right-digits", 32, **{r"\alpha": 1 / 10})
