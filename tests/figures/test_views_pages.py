"""Views on a page: moved by its sliders, each looks as Python draws it at the same setting.

The figure is made a second time, traced at the setting; what the page shows must be that still picture,
word for word and place for place. So a number that is lost, or a picture that stays behind, is seen too.
"""

from __future__ import annotations

import math
import re
import struct
from base64 import b64encode
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import livetext as live
from backprop import autodiff as ad
from livetext import page_script
from livetext.figures.cells import bits_of, in_common, worth_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# What is seen of each element in the views: its classes, style, place and words. A colour's second value
# is for where there is no style sheet.
LOOKS = """(root) => [...root.querySelectorAll(".live-view *:not(defs *)")].flatMap((e) => {
  if (e.style?.display === "none" || e.closest("[data-late]")) return [];
  const style = [...e.style].map((name) => `${name}: ${e.style.getPropertyValue(name)}`).sort().join("; ");
  const places = ["d", "x", "y", "width", "height", "transform", "data-value"].map((name) => e.getAttribute(name) ?? "");
  const words = [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join("");
  return [[e.tagName, [...e.classList].sort().join(" "), style.replace(/, #\\w+\\)/g, ")"), words, ...places]];
})"""
MOVE = """(settings) => {
  const figure = document.querySelector("figure.live");
  livetext.mountedIn(figure).move(settings);
  return (LOOKS)(figure);
}""".replace("LOOKS", LOOKS)
STILL = """(html) => {
  const box = document.createElement("div");
  box.innerHTML = html;
  return (LOOKS)(box);
}""".replace("LOOKS", LOOKS)


@pytest.fixture
def show(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A page with one figure, alive; what went wrong on it is a failure."""
    contexts = []
    errors: list[str] = []

    def open_one(figure: live.LiveFigure, **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_content(f"<style>{page_script.styles()}</style><main>{figure.html}</main>")
        page.add_script_tag(content=page_script.script())
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert errors == []


def numbers(text: str) -> list[float] | None:
    """The numbers of a place, or none if it is words."""
    plain = "".join(c if c in "0123456789.-+e" else " " for c in text)
    try:
        return [float(part) for part in plain.split()]
    except ValueError:
        return None


def alike(a: str, b: str) -> bool:
    """The same but for a hundredth of a point or a last bit."""
    if a == b:
        return True
    first, second = numbers(a), numbers(b)
    if first is None or second is None or len(first) != len(second):
        return False
    # An SVG has two decimals, and a stored number twelve digits.
    return np.allclose(first, second, rtol=1e-11, atol=0.0101)


def compare(figure: Callable[..., live.LiveFigure], page: Page, settings: dict[str, float]) -> int:
    settings = dict(figure().values) | settings
    moved = page.evaluate(MOVE, settings)
    with np.errstate(all="ignore"):
        still = page.evaluate(STILL, figure(**settings).html)
    assert len(moved) == len(still)
    for ours, theirs in zip(moved, still, strict=True):
        assert ours[0] == theirs[0] and all(map(alike, ours, theirs)), (settings, ours, theirs)
    return len(moved)


def ends(figure: live.LiveFigure, names: list[str]) -> Iterator[dict[str, float]]:
    """Every combination of both ends of these sliders, all else at the start."""
    sliders = [s for s in figure.sliders if isinstance(s, live.Slider) and s.name in names]
    for values in product(*((slider.low, slider.high) for slider in sliders)):
        yield dict(zip((s.name for s in sliders), values, strict=True))


# --- a network


def three_layers(layer: ad.Var, unit: ad.Var, w: ad.Var, size: ad.Var) -> dict[str, Any]:
    corner = np.zeros((3, 2))
    corner[0, 0] = 1.0
    x = size * np.array([1.0, -0.5])
    W1 = np.array([[0.0, -0.3], [0.8, 0.2], [-0.6, 0.4]]) + w * corner
    b1 = 0.0 * w + np.array([0.1, -0.3, 0.3])
    W2 = 0.0 * w + np.array([[0.7, -0.5, 0.2]])
    z1 = W1 @ x + b1
    a1 = ad.exp(z1)
    z2 = W2 @ a1
    loss = (z2 * z2).sum() / 2.0
    dW1, dW2, delta1, delta2 = ad.grad(loss, [W1, W2, z1, z2])
    q = {"x": x, "W1": W1, "b1": b1, "z1": z1, "a1": a1, "W2": W2, "z2": z2, "loss": loss}
    return q | {"dW1": dW1, "dW2": dW2, "delta1": delta1, "delta2": delta2}


def diagram(**changes: Any) -> live.NetworkDiagram:
    parts: dict[str, Any] = {
        "units": ["x", "a1", ["z2[0]"]],
        "weights": ["W1", [["W2[0,0]", "W2[0,1]", "W2[0,2]"]]],
        "alt": "Two inputs, three units, one output",
        "deltas": ["delta1", "delta2"],
        "gradients": ["dW1", "dW2"],
        "sums": ["z1", "z2"],
        "pick": ("layer", "unit"),
        "scale": 1.0,
        "gradient_scale": 2.0,
    }
    return live.NetworkDiagram(**parts | changes)


def network(
    layer: float = 1.0, unit: float = 2.0, w: float = 0.5, size: float = 1.0, **changes: Any
) -> live.LiveFigure:
    return live.LiveFigure(
        ad.trace(three_layers, layer=layer, unit=unit, w=w, size=size),
        [
            live.Slider("layer", "layer", 0, 2, 1),
            live.Slider("unit", "unit", 1, 3, 1),
            live.Slider("w", "*w*", -2, 2, 0.05),
            live.Slider("size", "size", -2000, 2000, 0.5),
        ],
        [diagram(**changes)],
        name="network",
        alt="A network",
        caption="A network.",
    )


def test_network_follows(show: Callable[..., Page]) -> None:
    """Each weight's width, colour and dashes, each halo, and the parts of the picked unit's sum."""
    page = show(network())
    assert compare(network, page, {}) > 60
    for settings in ends(network(), ["layer", "unit", "w"]):
        compare(network, page, settings)
    for size in (-1.5, 0.0, 2.0):
        compare(network, page, {"size": size})


def test_network_says_what_is_lost(show: Callable[..., Page]) -> None:
    """exp(1300) is no finite number: the discs say so, and nothing stays as it was."""
    page = show(network())
    compare(network, page, {"size": 2000.0})
    discs = page.locator(".live-unit").all_text_contents()
    assert "∞" in "".join(discs) and "undefined" in "".join(discs)
    assert "no finite number" in page.locator(".live-status").inner_text()


def test_parts_of_a_sum_add_up(show: Callable[..., Page]) -> None:
    page = show(network())
    figure = network()
    for unit in (1, 2, 3):
        figure.values["unit"] = unit
        page.evaluate(MOVE, {"unit": unit})
        parts = page.locator(".live-words.live-picked .live-part").all_text_contents()
        total = sum(float(part.replace("−", "-")) for part in parts)
        q = figure.quantities
        expected = q[f"z1[{unit - 1}]"] - q[f"b1[{unit - 1}]"]
        assert total == pytest.approx(expected, abs=0.011), unit  # two numbers with two decimals
        visible = page.locator(".live-words .live-part:visible").all_text_contents()
        assert visible == parts and len(parts) == 2


# --- a matrix that is mirrored, and a way back


def turning(turned: float = 0.0) -> live.LiveFigure:
    def table(turned: ad.Var) -> dict[str, Any]:
        return {"W": np.arange(4.0).reshape(2, 2) + 0.0 * turned, "loss": 0.0 * turned}

    return live.LiveFigure(
        ad.trace(table, turned=turned),
        [live.Choice("turned", "the table", ["W", "Wᵀ"])],
        [live.Matrices([[live.Matrix("W", "W", scale=3, mirror="turned")]])],
        name="turning",
        alt="A table",
        caption="A table.",
    )


def test_mirrored_entries_change_places(show: Callable[..., Page]) -> None:
    """The one of row i and column j comes to stand where that of row j and column i stood; and back."""
    page = show(turning(), reduced_motion="reduce")
    places = """() => [...document.querySelectorAll("td")].map((td) => {
      const { left, top } = td.getBoundingClientRect();
      return [left, top];
    })"""
    first = page.evaluate(places)
    assert len(set(map(tuple, first))) == 4
    page.evaluate(MOVE, {"turned": 1})
    turned = np.array(page.evaluate(places))
    assert turned == pytest.approx(np.array(first)[[0, 2, 1, 3]], abs=1)
    page.evaluate(MOVE, {"turned": 0})
    assert page.evaluate(places) == first


def round_trip(w: float = 0.5, stage: float = 0.0) -> live.LiveFigure:
    figure = live.LiveFigure(
        ad.trace(lambda w: {"loss": w * w, "w_next": 0.52 * w}, w=w),
        [live.Slider("w", "*w*", -1, 1, 0.05)],
        [
            live.Flow(
                [("Loss", ["L = {loss}"]), ("Update", ["w ← {w_next}"])],
                again="w = {w_next}",
                carry={"w": "w_next"},
            )
        ],
        name="round",
        alt="Two stages",
        caption="Two stages.",
    )
    figure.values["stage"] = stage
    return figure


def test_the_way_back_takes_on_what_it_carries(show: Callable[..., Page]) -> None:
    """On the slider's grid, and at the first stage; one step back undoes it."""
    page = show(round_trip())
    now = "() => { const v = livetext.mountedIn(document.querySelector('figure')).values(); return [v.w, v.stage]; }"
    page.evaluate(MOVE, {"stage": 2})
    way = page.locator(".live-again")
    for w in (0.25, 0.15, 0.1):
        way.click()
        assert page.evaluate(now) == [w, 1]
    page.locator("[data-action=undo]").click()
    assert page.evaluate(now) == [0.15, 1]


# --- nudges


def neuron(w: ad.Var, x: ad.Var, b: ad.Var) -> dict[str, ad.Var]:
    p = w * x
    z = p + b
    loss = ad.exp(z) + w
    dw, dp, db, dz = ad.grad(loss, [w, p, b, z])
    return {"p": p, "z": z, "loss": loss, "dw": dw, "dp": dp, "db": db, "dz": dz}


def gates(
    w: float = 0.5, x: float = -1.5, nudge: float | None = 0.01, **changes: Any
) -> live.LiveFigure:
    """In which the weight is used twice: a nudge of it goes two ways, and one of the product does not."""
    parts: dict[str, Any] = {
        "nodes": {
            "w": live.Node("*w*", 0, 1, gate=False),
            "x": live.Node("*x*", 0, 0, gate=False),
            "b": live.Node("*b*", 1, 1, gate=False),
            "mul": live.Node("×", 1, 0),
            "add": live.Node("+", 2, 0),
            "L": live.Node("*L*", 3, 0),
        },
        "wires": [
            live.Wire("w", "mul", "w", "dw"),
            live.Wire("x", "mul", "x"),
            live.Wire("b", "add", "b", "db"),
            live.Wire("mul", "add", "p", "dp"),
            live.Wire("add", "L", "z", "dz"),
        ],
        "steps": [("dw", "{dw}")],
        "alt": "A graph",
        "nudge": nudge,
    }
    return live.LiveFigure(
        ad.trace(neuron, w=w, x=x, b=0.25),
        [live.Slider("w", "*w*", -2, 2, 0.1), live.Slider("x", "*x*", -500, 500, 0.1)],
        [live.Graph(**parts | changes)],
        name="gates",
        alt="A graph",
        caption="A graph.",
        digits=3,
    )


# Presses each wire, by its number in the list, and reads what is said and shown.
PRESS = """(by) => {
  const figure = document.querySelector("figure");
  const [box, svg] = [figure.querySelector(".live-pulse"), figure.querySelector(".live-view svg")];
  const wires = [...svg.querySelectorAll(".live-wire, [data-artist=wire]")];
  const shown = () => [...svg.querySelectorAll(".live-delta")].map((mark) => [
    mark.previousElementSibling.querySelector("[data-quantity]").dataset.quantity, mark.textContent]);
  const said = () => box.querySelector("[role=status]").textContent;
  const send = (on, kind) => on.dispatchEvent(new PointerEvent(kind, { bubbles: true }));
  return [...box.querySelectorAll("option")].map(({ value }) => {
    const wire = wires[Number(value)];
    const before = JSON.stringify(livetext.mountedIn(figure).values());
    if (by === "wire") send(wire.querySelector(".live-press"), "pointerdown");
    else {
      box.querySelector("select").value = value;
      if (by === "button") send(box.querySelector("button"), "pointerdown");
    }
    const held = said();
    if (by === "wire") send(svg, "pointerup");
    else box.querySelector("button").click();
    return { wire: wire.dataset.pulse, held, deltas: shown(), said: said(),
      reached: wires.map((e) => e.classList.contains("live-reached")),
      same: before === JSON.stringify(livetext.mountedIn(figure).values()) };
  });
}"""


def read(text: str) -> float:
    """A number as a page writes it."""
    mantissa, _, power = text.replace("−", "-").partition("×10")
    digits = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(f"{mantissa}e{digits or 0}")


@pytest.mark.parametrize("by", ["wire", "button", "key"])
def test_nudge_meets_its_gradient(show: Callable[..., Page], by: str) -> None:
    """ΔL is the function's own at the nudged value, and ΔL/0.01 the gradient but for some hundredths."""
    page = show(gates())
    found = page.evaluate(PRESS, by)
    w, x, b, h = 0.5, -1.5, 0.25, 0.01

    def loss(dw: float = 0.0, dp: float = 0.0, db: float = 0.0, dz: float = 0.0) -> float:
        return float(np.exp((w + dw) * x + dp + b + db + dz) + w + dw)

    deltas = {
        "w": {"w": h, "p": h * x, "z": h * x},
        "b": {"b": h, "z": h},
        "p": {"p": h, "z": h},
        "z": {"z": h},
    }
    assert [press["wire"] for press in found] == [*deltas]
    for press, name in zip(found, deltas, strict=True):
        assert {q: read(text.lstrip("+")) for q, text in press["deltas"]} == pytest.approx(
            deltas[name], abs=5.1e-6
        )
        change = loss(**{f"d{name}": h}) - loss()
        said, gradient = press["said"].split("; ")
        assert said == press["held"] or by == "key"
        left, ratio = said.split(" ≈ ")
        assert read(left.split(" = ")[1].split("/")[0]) == pytest.approx(change, abs=5.1e-6)
        assert read(ratio) == pytest.approx(change / h, abs=5.1e-4)
        expected = gates().quantities[f"d{name}"]
        assert read(gradient.split(" ≈ ")[1]) == pytest.approx(expected, abs=5.1e-4)
        assert change / h == pytest.approx(expected, abs=0.02)
        assert press["same"]
    # A wire is reached that carries the change: w, p and z, and neither x nor b.
    assert found[0]["reached"] == [True, False, False, True, True]


def test_graph_with_nudges_follows(show: Callable[..., Page]) -> None:
    """What a nudge adds is gone when the figure moves, and the picture is as Python draws it."""
    page = show(gates())
    page.evaluate(PRESS, "wire")
    assert page.locator(".live-delta").count() == 1
    page.evaluate(MOVE, {"w": 1.0})
    assert page.locator(".live-delta, .live-forward, .live-back, .live-reached").count() == 0
    assert page.locator(".live-pulse [role=status]").inner_text() == ""


def walks(a: float, walk: float) -> dict[str, Any]:
    p = a * 2.0
    (da,) = ad.grad(p, [a])
    return {"p": p, "rate": p / a, "da": da, "dp": 1.0 + 0.0 * walk}


def two_ways() -> live.LiveFigure:
    """A gate with one number below its wires in either direction, forward or back."""
    shown = live.Case("walk", ("rate", "dp")), live.Case("walk", ("dp", "da"))
    graph = live.Graph(
        nodes={
            "a": live.Node("*a*", 0, 0, gate=False),
            "double": live.Node("×2", 1, 0),
            "p": live.Node("*p*", 2, 0, gate=False),
        },
        wires=[
            live.Wire("a", "double", "a", shown[1], at=0.25),
            live.Wire("double", "p", "p", shown[0]),
        ],
        steps=[
            ("p", "p = {p}"),
            (("rate", "da"), live.Case("walk", ("rate {rate}", "gradient {da}"))),
        ],
        alt="A graph",
        colors=("green", "orange"),
    )
    return live.LiveFigure(
        ad.trace(walks, a=1.5, walk=0.0),
        [live.Slider("a", "*a*", 1, 2, 0.1), live.Choice("walk", "walk", ["forward", "back"])],
        [graph],
        name="two-ways",
        alt="A graph",
        caption="A graph.",
    )


# What can be read below the wires, with its colour.
BELOW = """() => [...document.querySelectorAll("svg [data-case]")]
  .filter((e) => getComputedStyle(e).display !== "none")
  .map((e) => {
    const number = e.querySelector("[data-quantity]");
    const later = Boolean(number.closest(".live-later"));
    return [number.dataset.quantity, later, /live-\\w+/.exec(e.getAttribute("style"))[0]];
  })"""


def test_graph_shows_the_numbers_of_the_chosen_direction(show: Callable[..., Page]) -> None:
    """One below each wire, in the colour of its direction, from the step on that reveals either."""
    page = show(two_ways())
    forward, back = "live-green", "live-orange"
    assert page.evaluate(BELOW) == [["dp", False, forward], ["rate", True, forward]]
    page.evaluate(MOVE, {"walk": 1.0})
    assert page.evaluate(BELOW) == [["da", True, back], ["dp", False, back]]
    page.evaluate(MOVE, {"step": 2.0})
    assert page.evaluate(BELOW) == [["da", False, back], ["dp", False, back]]
    line = page.locator(".live-steps .live-now [data-case]:not([hidden])")
    assert line.inner_text() == "gradient 2.00"


def test_numbers_of_a_wire_stand_where_they_are_put() -> None:
    """A quarter of the way along the first wire, and half along the second, which is as long."""
    places = [
        float(x) for x in re.findall(r'<text[^>]* transform="translate\((\S+) ', two_ways().html)
    ]
    first, second = places[0], places[2]
    assert places[:4] == [first, first, second, second]
    assert 66 < second - first < 100


def test_nudge_of_what_is_lost_says_so(show: Callable[..., Page]) -> None:
    """exp(1000) has no change; its gradient is infinite, too."""
    page = show(gates())
    page.evaluate(MOVE, {"w": 2.0, "x": 500.0})
    said = page.evaluate(PRESS, "wire")[-1]["said"]
    assert said == "ΔL/Δz = undefined/0.01 ≈ undefined; ∂L/∂z ≈ ∞"


def test_nudged_weight_of_a_network(show: Callable[..., Page]) -> None:
    """Every weight: the change of the loss over the nudge is its gradient, within the nudge's size."""
    page = show(network(nudge=0.001))
    found = page.evaluate(PRESS, "wire")
    q = network().quantities
    weights = [f"W1[{i},{j}]" for i in range(3) for j in range(2)]
    weights += [f"W2[0,{j}]" for j in range(3)]
    assert [press["wire"] for press in found] == weights
    for press, name in zip(found, weights, strict=True):
        ratio, gradient = (read(part.split(" ≈ ")[1]) for part in press["said"].split("; "))
        assert gradient == pytest.approx(q[f"d{name}"], abs=0.0051)
        assert ratio == pytest.approx(gradient, abs=0.02)
        layer = {name, f"a1[{name[3]}]"} if name.startswith("W1") else {name}
        assert {quantity for quantity, _ in press["deltas"]} == layer | {"z2[0]"}
    assert page.locator("option").first.text_content() == "w₁₁⁽¹⁾"


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nudge_moves_for_those_who_want_motion(show: Callable[..., Page], motion: str) -> None:
    page = show(gates(), reduced_motion=motion)
    assert page.evaluate("document.getAnimations().length") == 0  # nothing plays by itself
    page.locator(".live-pulse button").dispatch_event("pointerdown")
    ends = page.evaluate(
        "document.getAnimations().map((a) => a.effect.getComputedTiming().endTime)"
    )
    if motion == "reduce":
        assert set(ends) <= {0}
    else:
        assert 300 <= max(ends) < 3000


# --- fields, and both axes logarithmic


def bowls(u: ad.Var, v: ad.Var, s: ad.Var) -> dict[str, ad.Var]:
    return {"bowl": u * u + s * v, "root": ad.sqrt(u * v - s), "product": u * v}


def fields(u: float = 1.0, v: float = 2.0, s: float = 0.5) -> live.LiveFigure:
    linear = live.Plot("*u*", "*v*", (-5, 5), (-5, 5))
    linear.field("u", "v", "bowl", (-1, 4), color="positive", below="negative")
    linear.point("u", "v")
    both = live.Plot("*u*", "*v*", (0.01, 100), (0.01, 100), log=True, xlog=True)
    both.field("u", "v", "root", (0.1, 10), log=True)
    both.curve("u", "product", span=(0.05, 2.0))
    both.point("u", "v")
    both.line(["u", 10.0], ["v", 1.0])
    with np.errstate(all="ignore"):
        tape = ad.trace(bowls, u=u, v=v, s=s)
    return live.LiveFigure(
        tape,
        [live.Slider(n, f"*{n}*", low, 4, 0.5) for n, low in (("u", 0.5), ("v", 0.5), ("s", -4))],
        [linear, both],
        name="fields",
        alt="Two fields",
        caption="Two fields.",
    )


PIXELS = """async (root) => Promise.all([...root.querySelectorAll("image")].map(async (image) => {
  const picture = new Image();
  picture.src = image.getAttribute("href");
  await picture.decode();
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0);
  return [picture.width, [...context.getImageData(0, 0, picture.width, picture.height).data]];
}))"""


def grey(found: list[Any]) -> Any:
    """The image's grey, and -1 where it is transparent."""
    width, data = found
    pixels = np.array(data).reshape(-1, width, 4)
    return np.where(pixels[..., 3] == 255, pixels[..., 0], -1)


@pytest.mark.parametrize("settings", [{}, {"s": 4.0}, {"s": -4.0, "u": 4.0, "v": 0.5}])
def test_field_is_the_tapes_on_a_grid(
    show: Callable[..., Page], settings: dict[str, float]
) -> None:
    """To a two hundred and fifty-fifth of the scale; a root of a negative number has no colour."""
    page = show(fields())
    compare(fields, page, settings)
    page.wait_for_function("document.querySelectorAll('figure image').length === 2")
    drawn = [grey(found) for found in page.evaluate(f"({PIXELS})(document)")]
    html = fields(**settings).html
    still = page.evaluate(
        f"""(html) => {{ const box = document.createElement("div"); box.innerHTML = html; return ({PIXELS})(box); }}""",
        html,
    )
    s = settings.get("s", 0.5)
    u = -5 + 10 * (np.arange(48) + 0.5) / 48
    v = (-5 + 10 * (np.arange(32) + 0.5) / 32)[::-1, None]
    bowl = np.clip((u**2 + s * v + 1) / 5, 0, 1)
    u, v = 10 ** (-2 + 4 * (np.arange(48) + 0.5) / 48), 10 ** (-2 + 4 * (31.5 - np.arange(32)) / 32)
    with np.errstate(all="ignore"):
        root = np.clip((np.log10(np.sqrt(u * v[:, None] - s)) + 1) / 2, 0, 1)
    for ours, theirs, size in zip(drawn, map(grey, still), (bowl, root), strict=True):
        assert ours.shape == (32, 48)
        assert np.abs(ours - theirs).max() <= 1
        lost = np.isnan(size)
        assert np.array_equal(ours == -1, lost)
        assert np.abs(ours - 255 * np.where(lost, -1 / 255, size)).max() <= 1
    assert (drawn[1] == -1).any() == (s > 0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_field_has_the_themes_colours(show: Callable[..., Page], theme: str) -> None:
    """Where a field has all of its colour, three quarters of it lie on the paper."""
    page = show(fields(), color_scheme=theme)
    page.add_style_tag(content=":root { color-scheme: light dark }")
    colours = page.evaluate(
        """() => ["negative", "paper"].map((name) => {
          const probe = document.body.appendChild(document.createElement("i"));
          probe.style.color = `var(--live-${name})`;
          return getComputedStyle(probe).color.match(/\\d+/g).map(Number);
        })"""
    )
    page.evaluate(MOVE, {"s": 4.0})
    box = page.locator("figure image").first.bounding_box()
    assert box is not None
    shot = page.screenshot(
        clip={
            "x": box["x"] + box["width"] / 2 - 20,
            "y": box["y"] + box["height"] - 12,
            "width": 2,
            "height": 2,
        }
    )
    seen = page.evaluate(
        f"""async (data) => {{ const box = document.createElement("div");
        box.innerHTML = `<svg><image href="data:image/png;base64,${{data}}"/></svg>`; return ({PIXELS})(box); }}""",
        b64encode(shot).decode(),
    )[0][1][:3]
    expected = 0.75 * np.array(colours[0]) + 0.25 * np.array(colours[1])
    assert np.abs(np.array(seen) - expected).max() <= 3


# --- areas and histograms


def spread(u: ad.Var) -> dict[str, ad.Var]:
    v = u * np.array([-1.0, -0.5, 0.0, 0.25, 0.5, 1.0])
    return {"v": v, "square": u * u, "root": ad.sqrt(u), "steep": ad.exp(300.0 * u)}


def areas(u: float = 1.0) -> live.LiveFigure:
    plot = live.Plot("*u*", "*v*", (-2, 2), (-1, 6))
    plot.area("u", "square", to="u", span=(0.0, 1.0))
    plot.area("u", "square", to=0.5, color="orange", span=(-2.0, 1.5))
    plot.histogram("v", [-1.5, -0.5, 0.5, 1.5])
    with np.errstate(all="ignore"):
        tape = ad.trace(spread, u=u)
    return live.LiveFigure(
        tape,
        [live.Slider("u", "*u*", 0, 3, 0.25)],
        [plot],
        name="areas",
        alt="Two areas",
        caption="Two areas.",
    )


POINTS = """(root) => [...root.querySelectorAll("[data-artist] > path")].map((path) =>
  [...path.getAttribute("d").matchAll(/[ML] ?([\\d.-]+) ([\\d.-]+)/g)].map((m) => [Number(m[1]), Number(m[2])]))"""


@pytest.mark.parametrize("u", [0.0, 1.0, 1.25, 3.0])
def test_areas_and_bins_are_the_tapes(show: Callable[..., Page], u: float) -> None:
    """Each corner of each shape, where the picture's own scale puts it; at 3, two entries are in no bin."""
    page = show(areas())
    page.evaluate(MOVE, {"u": u})
    moved = page.evaluate(f"({POINTS})(document)")
    still = page.evaluate(
        f"""(html) => {{ const box = document.createElement("div"); box.innerHTML = html; return ({POINTS})(box); }}""",
        areas(u).html,
    )
    scale = page.evaluate(
        "JSON.parse(document.querySelector('.live-spec').textContent).views[0].axes"
    )

    def place(points: Any) -> Any:
        return np.asarray(points) * [scale["x"][0], scale["y"][0]] + [scale["x"][1], scale["y"][1]]

    there = np.linspace(0, 1, 101)
    square = np.column_stack([there, there**2])
    line = np.column_stack([there, there])[::-1]
    across = np.linspace(-2, 1.5, 101)
    top, floor = np.column_stack([across, across**2]), np.column_stack([across, 0.5 + 0 * across])
    counts = {0.0: (0, 6, 0), 1.0: (1, 3, 2), 1.25: (2, 2, 2), 3.0: (1, 1, 2)}[u]
    corners = [[-1.5, 0]]
    for i, count in enumerate(counts):
        corners += [[-1.5 + i, count], [-0.5 + i, count]]
    shapes = [np.vstack([square, line]), np.vstack([top, floor[::-1]]), [*corners, [1.5, 0]]]
    for picture in (moved, still):
        for found, shape in zip(picture, shapes, strict=True):
            # A shape is closed by its first point, which stands once or twice.
            n = min(len(found), len(shape))
            assert abs(len(found) - len(shape)) <= 1
            assert np.allclose(found[:n], place(shape)[:n], rtol=0, atol=0.011)


# --- cells


def numbers_of(u: ad.Var) -> dict[str, ad.Var]:
    W = u * np.array([[-1.0, -0.25, 0.0], [0.25, 0.5, 1e308]])
    return {"W": W, "v": u * np.array([0.5, 1.0]), "root": ad.sqrt(u), "far": ad.exp(1000.0 * u)}


def cells(u: float = 1.0) -> live.LiveFigure:
    with np.errstate(all="ignore"):
        tape = ad.trace(numbers_of, u=u)
    return live.LiveFigure(
        tape,
        [live.Slider("u", "*u*", -3, 3, 0.1)],
        [
            live.ArrayImage("W", 3, alt="W", scale=(-1, 1), color="positive", below="negative"),
            live.ArrayImage("v", 1, alt="v"),
            *(live.Bits(name, name) for name in ("u", "root", "far")),
            live.Bits("u", "u", ("root", "root")),
        ],
        name="cells",
        alt="Two images",
        caption="Two images.",
    )


@pytest.mark.parametrize("u", [1.0, 0.3, -0.1, 0.0, 3.0, -3.0])
def test_cells_follow(show: Callable[..., Page], u: float) -> None:
    """Colours of entries, and bits, of NaN, of infinity and of zero as well."""
    page = show(cells())
    assert compare(cells, page, {"u": u}) > 20
    bits = page.locator(".live-digits").all_text_contents()[:3]
    assert int("".join(bits), 2) == int.from_bytes(struct.pack(">d", u))
    sign, exponent, fraction = (int(part, 2) for part in bits)
    if exponent:  # exact, in whole numbers
        assert (-1) ** sign * Fraction(2**52 + fraction, 2**52) * Fraction(2) ** (
            exponent - 1023
        ) == Fraction(u)


@pytest.mark.parametrize("u", [1.0, 0.9, -0.1, 0.0, 3.0])
def test_common_bits_fade_in_both(show: Callable[..., Page], u: float) -> None:
    """Those in front that u and its root share, in either row; their number is told."""
    page = show(cells())
    compare(cells, page, {"u": u})
    rows = page.locator(".live-beside-bits dd").all_inner_texts()
    with np.errstate(all="ignore"):
        one, other = bits_of(u), bits_of(float(np.sqrt(u)))
    assert [re.sub(r"\s", "", row) for row in rows] == [one, other]
    shared = "".join(page.locator(".live-beside-bits .live-same").all_text_contents())
    assert len(shared) == 2 * in_common(one, other)
    assert one[: in_common(one, other)] + one[: in_common(one, other)] == shared
    assert page.locator(".live-told-bits").inner_text() == str(in_common(one, other))


@given(st.floats(), st.floats())
def test_bits_in_common_are_the_first_that_agree(one: float, other: float) -> None:
    a, b = bits_of(one), bits_of(other)
    n = in_common(a, b)
    assert a[:n] == b[:n] and (n == 64 or a[n] != b[n])


@given(st.floats())
def test_bits_are_worth_the_number(value: float) -> None:
    """What is written out, computed in fractions, is the float64 to the last bit."""
    text = worth_of(bits_of(value)).replace("−", "-")
    if not math.isfinite(value):
        expected = "not a number" if math.isnan(value) else "∞" if value > 0 else "-∞"
        assert text == expected
        return
    front, power = text.split(" · 2")
    scale = Fraction(2) ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
    sign = -1 if front.startswith("-") else 1
    front = front.lstrip("-").strip("()").replace("1 + ", "")
    top, _, bottom = front.partition("/")
    part = 1 + Fraction(int(top), 2**52) if bottom else Fraction(int(top))
    assert sign * part * scale == Fraction(value)
