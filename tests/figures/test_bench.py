"""What the bench makes of an expression: its operations, its tape composed of the library's rules, walks, places."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from backprop import autodiff as ad
from backprop_book.rules import rule_cases
from support.benches import TWICE, bench_figure, drawn
from support.page_scripts import Scripts, page_scripts

RULES = {op: [case.data() for case in cases] for op, cases in rule_cases().items()}
COMPOSED = """
globalThis.gradients = (text, start, walk, rules) => {
  const expression = bench.readExpression(text);
  const passes = bench.passesOf(expression, expression.output, walk);
  const numbers = livetext.runTape(bench.compose(expression, expression.output, passes, rules ?? RULES, start), {});
  const flat = Object.entries(numbers).map(([name, [number]]) => [name, number]);
  return { ...Object.fromEntries(flat), wires: passes.length };
};
globalThis.misread = (text) => {
  try {
    bench.readExpression(text);
    return null;
  } catch (error) {
    return [error.at, error.end, error.message];
  }
};
globalThis.laidOut = (text) => {
  const expression = bench.readExpression(text);
  return { ...expression, ...bench.layoutOf(expression) };
};
"""


@pytest.fixture(scope="module")
def scripts() -> Iterator[Scripts]:
    with page_scripts() as scripts:
        scripts.v8.eval(f"globalThis.RULES = {json.dumps(RULES)};{COMPOSED}0")
        yield scripts


def gradients(
    scripts: Scripts, text: str, start: dict[str, float], walk: str = "sorted", rules: Any = None
) -> dict[str, float]:
    (found,) = scripts.map("gradients", [[text, start, walk, rules]])
    return dict(found)


def test_random_expressions_agree_with_the_library(scripts: Scripts) -> None:
    """Value and gradients to 1e-12 of one and of what was added up, for trees up to six operations deep."""
    rng = np.random.default_rng(0)
    deepest = 0
    arguments, wanted = [], []
    while len(arguments) < 800:
        start = {name: round(float(rng.uniform(-2, 2)), 2) for name in "xyw"}
        variables = {name: ad.var(value) for name, value in start.items()}
        typed = drawn(rng, variables, int(rng.integers(1, 7)))
        if not typed.value.parents or len(typed.text) > 3500:
            continue
        grads = ad.grad(typed.value, [*variables.values()])
        deepest = max(deepest, typed.text.count("("))
        arguments.append([typed.text, start, "sorted"])
        wanted.append((typed.number, [float(g.value) for g in grads]))
    assert deepest > 40
    for (text, _, _), (value, grads), found in zip(
        arguments, wanted, scripts.map("gradients", arguments), strict=True
    ):
        shares = [abs(number) for name, number in found.items() if name.startswith("share_")]
        tolerance = 1e-12 * (1 + sum(shares))
        assert math.isfinite(tolerance), text
        assert abs(found["value"] - value) <= 1e-12 * (1 + abs(value)), text
        for name, gradient in zip("xyw", grads, strict=True):
            assert abs(found.get(f"d{name}", 0.0) - gradient) <= tolerance, (text, name)


KINKS = [
    ("relu(x)", ad.relu),
    ("max(x, 0)", lambda x: ad.maximum(x, 0.0)),
    ("max(x, x)", lambda x: ad.maximum(x, x)),
    ("relu(x) - relu(-x)", lambda x: ad.relu(x) - ad.relu(-x)),
    ("x^0", lambda x: x**0),
    ("x^1", lambda x: x**1),
    ("x^2", lambda x: x**2),
    ("x^3", lambda x: x**3),
    ("(x + 2)^x", lambda x: (x + 2.0) ** x),
    ("2^x", lambda x: 2.0**x),
    ("x^x", lambda x: x**x),
]


@pytest.mark.parametrize(("text", "f"), KINKS, ids=[text for text, _ in KINKS])
@pytest.mark.parametrize("at", [0.0, 1.5])
def test_kinks_and_powers_are_as_the_library_decides(
    scripts: Scripts, text: str, f: Any, at: float
) -> None:
    x = ad.var(at)
    y = f(x)
    (dx,) = ad.grad(y, [x])
    found = gradients(scripts, text, {"x": at})
    assert found["value"] == pytest.approx(float(y.value), rel=1e-15)
    assert found["dx"] == pytest.approx(float(dx.value), rel=1e-15)


def test_gradient_comes_from_the_rules_alone(scripts: Scripts) -> None:
    """Another rule, another gradient; and the same values."""
    rules = json.loads(json.dumps(RULES))
    rule = rules["tanh"][0]["tape"]
    rule["nodes"].append({"op": "neg", "args": [rule["outputs"]["da"]]})
    rule["outputs"]["da"] = len(rule["nodes"]) - 1
    text, start = "tanh(w*x) + w", {"w": 0.5, "x": 2.0}
    right, changed = (gradients(scripts, text, start, rules=r) for r in (RULES, rules))
    slope = 1 - math.tanh(1.0) ** 2
    assert changed["value"] == right["value"] == pytest.approx(math.tanh(1.0) + 0.5)
    assert right["dw"] == pytest.approx(2 * slope + 1)
    assert changed["dw"] == pytest.approx(-2 * slope + 1)


def test_power_has_a_case_for_each_kind_of_exponent() -> None:
    assert [case.get("exponent") for case in RULES["power"]] == [1.0, 2.0, "constant", None]
    assert all(len(cases) == 1 for op, cases in RULES.items() if op != "power")
    assert [[*case["tape"]["outputs"]] for case in RULES["power"]] == [["da"]] * 3 + [["da", "db"]]


@pytest.mark.parametrize(
    ("walk", "da", "db", "wires"),
    [
        ("sorted", 25, 19, 10),
        ("arrived", 29, 22, 14),
        ("shares", 25, 19, 14),
        ("once", 4, 3, 10),
        ("forward", 0, 0, 10),
        ("broad", 25, 19, 10),
    ],
)
def test_walks(scripts: Scripts, walk: str, da: float, db: float, wires: int) -> None:
    found = gradients(scripts, TWICE, {"a": 2, "b": 3}, walk)
    assert (found["value"], found["da"], found["db"], found["wires"]) == (41, da, db, wires)


def test_breadth_first_is_right_by_luck(scripts: Scripts) -> None:
    text, start = "t = a^2; t + t^2", {"a": 2}
    assert [gradients(scripts, text, start, walk)["da"] for walk in ("sorted", "broad")] == [36, 4]


def test_walk_along_paths_is_given_up(scripts: Scripts) -> None:
    text = "; ".join(["p1 = x + x", *(f"p{i + 1} = p{i} + p{i}" for i in range(1, 20))])
    assert gradients(scripts, text, {"x": 1})["dx"] == 2**20
    error = scripts.eval(
        f"(() => {{ try {{ gradients({json.dumps(text)}, {{ x: 1 }}, 'shares'); }} catch (e) {{ return e.message; }} }})()"
    )
    assert error == "more than 1000 wires"


READ = {
    "-x^2": -9,
    "2^-1*x": 1.5,
    "2^3^2*x": 1536,
    "12/x/2": 2,
    "1 - x - 2": -4,
    "-(-x)": 3,
    "+x": 3,
    "2**x": 8,
    "x−1": 2,
    "2·x×2÷3": 4,
    "1.5e1 + .5 + 2. + x": 20.5,
    "ln(exp(x))": 3,
    "σ(x - 3)": 0.5,
    "pi*x/π": 3,
    "max(x,2)*sqrt(x*3)": 9,
    "c = x + 1;\nc*c;": 16,
}


@pytest.mark.parametrize("text", READ)
def test_expressions_are_read_as_mathematics_reads_them(scripts: Scripts, text: str) -> None:
    if text == "+x":
        (laid,) = scripts.map("laidOut", [[text]])
        assert [node["op"] for node in laid["nodes"]] == ["input"]
    assert gradients(scripts, text, {"x": 3})["value"] == pytest.approx(READ[text], rel=1e-15)


MISREAD = {
    "a +": (3, 3, "not the end"),
    "a + * b": (4, 5, "should stand here, not “*”"),
    "2a": (1, 2, "write 2*a"),
    "a b": (2, 3, "A sign is missing before “b”"),
    "foo(x)": (0, 3, "foo is no function"),
    "x + ab": (4, 6, "write a*b"),
    "x + max(a)": (4, 10, "two arguments, here are 1"),
    "tanh(x, y)": (0, 10, "one argument, here are 2"),
    "2 * exp x": (4, 7, "exp(x)"),
    "(a + (b": (5, 6, "never closed"),
    "a + b)": (5, 6, "“)” cannot stand here"),
    "a $ b": (2, 3, "“$”"),
    "": (0, 0, "not the end"),
    "3 + 4": (0, 5, "no variable"),
    "x*0 + log(0)": (6, 12, "no finite number"),
    "x; 3": (4, 4, "no variable changes"),
    "e^x": (0, 1, "exp(x)"),
    "c = a; c": (0, 1, "names no new operation"),
    "c = a + c": (0, 1, "own line"),
    "d = a + b; d = a*d": (11, 12, "a meaning already"),
    "exp = a + b": (0, 3, "one letter"),
    "a, b": (1, 2, "“,” cannot stand here"),
    "+".join(f"x{i}" for i in range(14)): (38, 41, "one variable more"),
    "+".join(["x"] * 300): (501, 502, "250 operations"),
    "x" + " " * 4000 + "+ x": (4000, 4004, "4000 characters"),
}


@pytest.mark.parametrize("text", MISREAD, ids=lambda text: text[:20] or "nothing")
def test_what_cannot_be_read_is_said_at_its_place(scripts: Scripts, text: str) -> None:
    at, end, words = MISREAD[text]
    (found,) = scripts.map("misread", [[text]])
    assert found[:2] == [at, end], found
    assert words in found[2]


def test_operations_stand_behind_their_arguments_and_apart(scripts: Scripts) -> None:
    rng = np.random.default_rng(1)
    variables = {name: ad.var(1.3) for name in "xyw"}
    texts = [[TWICE], *([drawn(rng, variables, 5).text] for _ in range(40))]
    for graph in scripts.map("laidOut", texts):
        points = graph["points"]
        shown = [i for i, node in enumerate(graph["nodes"]) if node["op"] != "const"]
        shown += range(len(graph["nodes"]), len(points))  # where wires pass between
        assert len({tuple(points[i]) for i in shown}) == len(shown)
        for wire in graph["wires"]:
            across = [points[i][0] for i in wire["via"]]
            assert across == sorted(set(across))
        assert all(0 < points[i][0] < graph["width"] for i in shown)
        assert all(0 < points[i][1] < graph["height"] for i in shown)


def test_python_draws_the_first_example_where_the_page_does(scripts: Scripts) -> None:
    (graph,) = scripts.map("laidOut", [[TWICE]])
    places = {
        node["name"]: point
        for node, point in zip(graph["nodes"], graph["points"], strict=False)
        if node["op"] != "const"
    }
    figure = bench_figure()
    for name, (x, y) in places.items():
        assert f'x="{x:g}" y="{y + 24:g}">' in figure.html, name
    assert f'viewBox="0 0 {graph["width"]:g} {graph["height"]:g}"' in figure.html
    assert figure.values["step"] == 5 + 1 + 10
    assert figure.quantities["da"] == 25
