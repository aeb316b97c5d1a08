"""A bench, and expressions to type into it, each with the same computation in the library."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import livetext
from backprop import autodiff as ad
from backprop_book.rules import rule_cases

TWICE = "c = a + b; d = a*b; (c + d) + c*d"
KINK = 1e-2  # what is nearer to one is not drawn
LARGEST = 50.0


def twice(a: ad.Var, b: ad.Var) -> dict[str, ad.Var]:
    """The expression above, with the gradient of everything in it."""
    c, d = a + b, a * b
    v1, v2 = c + d, c * d
    v3 = v1 + v2
    parts = {"a": a, "b": b, "c": c, "d": d, "v1": v1, "v2": v2, "v3": v3}
    gradients = zip(parts, ad.grad(v3, [*parts.values()]), strict=True)
    results = {name: part for name, part in parts.items() if name not in ("a", "b")}
    return results | {f"d{name}": g for name, g in gradients} | {"value": v3}


def bench_figure() -> livetext.LiveFigure:
    """A figure with a bench."""
    gates = {
        "a": livetext.Gate("a", 0, 0),
        "b": livetext.Gate("b", 0, 1),
        "c": livetext.Gate("+", 1, 0, ["a", "b"]),
        "d": livetext.Gate("×", 1, 1, ["a", "b"]),
        "v1": livetext.Gate("+", 2, 0, ["c", "d"]),
        "v2": livetext.Gate("×", 2, 1, ["c", "d"]),
        "v3": livetext.Gate("+", 3, 0.5, ["v1", "v2"]),
    }
    examples = [
        livetext.Example(TWICE, "used twice", {"a": 2, "b": 3}),
        livetext.Example("x * x", "two wires", {"x": 3}),
    ]
    return livetext.LiveFigure(
        ad.trace(twice, a=2.0, b=3.0),
        [livetext.Slider(name, f"*{name}*", -5, 5, 0.1) for name in "ab"],
        [livetext.Bench(rule_cases(), examples, gates, alt="A graph")],
        name="bench",
        alt="A bench",
        caption="Type.",
        effect="value",
    )


@dataclass(frozen=True)
class Typed:
    """A text, and what the library computes for it."""

    text: str
    value: ad.Var

    @property
    def number(self) -> float:
        return float(self.value.value)


FUNCTIONS: dict[str, Callable[[ad.Var], ad.Var]] = {
    "exp": ad.exp,
    "log": ad.log,
    "sqrt": ad.sqrt,
    "tanh": ad.tanh,
    "sigmoid": ad.sigmoid,
    "relu": ad.relu,
    "sin": ad.sin,
    "cos": ad.cos,
    "-": lambda z: -z,
}


def drawn(rng: np.random.Generator, variables: dict[str, ad.Var], depth: int) -> Typed:
    """A random expression of at most this depth, smooth where it stands and of moderate size."""
    while True:
        found = _drawn(rng, variables, depth)
        if math.isfinite(found.number) and abs(found.number) < LARGEST:
            return found


def _drawn(rng: np.random.Generator, variables: dict[str, ad.Var], depth: int) -> Typed:
    if depth == 0 or rng.random() < 0.1:
        name = str(rng.choice([*variables]))
        return Typed(name, variables[name])
    kind = rng.choice(["binary", "function", "constant", "power"], p=[0.45, 0.35, 0.1, 0.1])
    a = drawn(rng, variables, depth - 1)
    if kind == "function":
        name = str(rng.choice([*FUNCTIONS]))
        if name in ("log", "sqrt") and a.number < 0.1:
            name = "tanh"
        if name == "relu" and abs(a.number) < KINK:
            name = "sin"
        if name == "exp" and a.number > 3:
            name = "sigmoid"
        return Typed(f"{name}({a.text})", FUNCTIONS[name](a.value))
    if kind == "constant":
        number = round(float(rng.uniform(-3, 3)), 2)
        return Typed(f"({a.text} + {number})", a.value + number)
    if kind == "power":
        n = float(rng.choice([0, 1, 2, 3, -1, 0.5, 1.7]))
        if a.number < 0.1 and not (n >= 0 and n.is_integer()):
            n = 2.0
        return Typed(f"({a.text})^{n:g}", a.value**n)
    b = drawn(rng, variables, depth - 1)
    sign = str(rng.choice(["+", "-", "*", "/", "max", "^"]))
    if sign == "/" and abs(b.number) < 0.1:
        sign = "*"
    if sign == "max" and abs(a.number - b.number) < KINK:
        sign = "-"
    if sign == "^" and (a.number < 0.1 or abs(b.number) > 3):
        sign = "+"
    if sign == "max":
        return Typed(f"max({a.text}, {b.text})", ad.maximum(a.value, b.value))
    x, y = a.value, b.value
    results = {"+": x + y, "-": x - y, "*": x * y}
    if sign == "/":
        return Typed(f"({a.text}) / ({b.text})", x / y)
    if sign == "^":
        return Typed(f"({a.text})^({b.text})", x**y)
    return Typed(f"({a.text} {sign} {b.text})", results[sign])
