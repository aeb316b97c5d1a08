"""The live figures of the built book, and what the library computes for them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from backprop import autodiff as ad
from support.paths import SITE, book_pages

FIGURES = """() => [...document.querySelectorAll("figure.live")].map((figure) => ({
  name: figure.dataset.figure,
  spec: JSON.parse(figure.querySelector("script.live-spec").textContent),
  sliders: [...figure.querySelectorAll("input[type=range]")].map((input) => ({
    name: input.name, low: Number(input.min), high: Number(input.max), step: Number(input.step),
    labels: [...input.labels].map((label) => label.textContent),
    says: input.getAttribute("aria-valuetext"), disabled: input.disabled,
  })),
  choices: [...figure.querySelectorAll(".live-controls select")].map((select) => ({
    name: select.name, options: select.options.length, disabled: select.disabled,
    labels: [...select.labels].map((label) => label.textContent),
  })),
  buttons: [...figure.querySelectorAll("button")].map((button) => button.textContent),
  pictures: [...figure.querySelectorAll("svg")].map((svg) => [
    svg.getAttribute("role"), svg.getAttribute("aria-label")]),
  label: figure.getAttribute("aria-label"),
  caption: figure.querySelector("figcaption").textContent,
}))"""


# Training makes the last bits of a browser's tanh grow; tests/figures/test_learning.py follows it further where it
# does not.
FEW_UPDATES = {"training-moons": 10}


def random_settings(figure: dict[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """A point of each slider's grid, its ends included."""
    settings = {}
    for slider in figure["sliders"]:
        steps = round((slider["high"] - slider["low"]) / slider["step"])
        if slider["name"] == figure["spec"]["counter"]:
            steps = min(steps, FEW_UPDATES.get(figure["name"], steps))
        settings[slider["name"]] = slider["low"] + slider["step"] * int(rng.integers(0, steps + 1))
    for choice in figure["choices"]:
        settings[choice["name"]] = int(rng.integers(choice["options"]))
    return settings


def entries(arrays: Mapping[str, Any]) -> dict[str, float]:
    """Every number by its name: `loss`, `delta[0]`, `W[1,2]`."""
    found = {}
    for name, array in arrays.items():
        for index, value in np.ndenumerate(array):
            where = f"[{','.join(map(str, index))}]" if index else ""
            found[name + where] = float(value)
    return found


def expected_quantities(
    tape: ad.Tape, iteration: dict[str, Any] | None, settings: dict[str, float]
) -> dict[str, float]:
    """What the library computes for the figure, by the tape it stored."""
    inputs: dict[str, Any] = {
        name: value for name, value in settings.items() if name in tape.inputs
    }
    for name, array in tape.inputs.items():
        drawn = [settings[entry] for entry in entries({name: array}) if entry in settings]
        if array.shape and drawn:
            inputs[name] = np.reshape(drawn, array.shape)
    values = settings | entries({n: v for n, v in tape.inputs.items() if n not in settings})
    values |= entries(tape.run(**inputs))
    if iteration:
        k = int(settings[iteration["counter"]])
        with np.errstate(all="ignore"):
            rows = tape.iterate(iteration["update"], k, **inputs)
        now = entries({name: row[k] for name, row in rows.items()})
        values |= {f"{name}_k": value for name, value in now.items()}
    return values


def figure_pages() -> list[str]:
    """The pages that have live figures; none where the book is not built yet."""
    if not SITE.exists():
        return []
    return [p for p in book_pages() if 'class="live"' in (SITE / p).read_text(encoding="utf-8")]


def close(ours: float, theirs: float, relative: float, absolute: float = 0.0) -> bool:
    if math.isnan(ours) or math.isnan(theirs):
        return math.isnan(ours) and math.isnan(theirs)
    return math.isclose(ours, theirs, rel_tol=relative, abs_tol=absolute)
