"""Views on a page: moved by its sliders, each looks as Python draws it at the same setting.

The figure is made a second time, traced at the setting; what the page shows must be that still picture,
word for word and place for place. So a number that is lost, or a picture that stays behind, is seen too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import livetext as live
from backprop import autodiff as ad
from livetext import page_script

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
        parts = page.locator(".live-wire.live-picked .live-part").all_text_contents()
        total = sum(float(part.replace("−", "-")) for part in parts)
        q = figure.quantities
        expected = q[f"z1[{unit - 1}]"] - q[f"b1[{unit - 1}]"]
        assert total == pytest.approx(expected, abs=0.011), unit  # two numbers with two decimals
        visible = page.locator(".live-wire .live-part:visible").all_text_contents()
        assert visible == parts and len(parts) == 2
