"""The live figures that the chapters store, and settings at which to look at them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import nbformat
import numpy as np

from backprop.autodiff import Tape
from livetext.controls import Iteration
from livetext.state import State
from support.paths import ROOT

SETTINGS = 20  # and the first one, and the ends of the sliders


def _stored() -> Iterator[tuple[str, str]]:
    for path in sorted(ROOT.glob("chapters/*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", ()):
                html = output.get("data", {}).get("text/html", "")
                if match := re.search(r'<figure class="live"[^>]* data-figure="([^"]+)"', html):
                    yield match[1], html


FIGURES = dict(_stored())


def parts(html: str) -> tuple[str, dict[str, Any]]:
    """A figure's markup, and the data that the page replays."""
    markup, _, data = html.partition('<script type="application/json" class="live-spec">')
    return markup, json.loads(data.partition("</script>")[0])


def states(html: str) -> Iterator[State]:
    """A figure at its start, at every slider's two ends, and at others on the sliders' grids."""
    markup, spec = parts(html)
    tape = Tape.from_json(json.dumps(spec["tape"]))
    iteration = Iteration(**spec["iteration"]) if spec["iteration"] else None
    for setting in _settings(markup, spec["start"]):
        yield State(tape, setting, iteration, frozenset(spec.get("arrays", ())))


def _settings(markup: str, start: Mapping[str, float]) -> Iterator[dict[str, float]]:
    sliders = {
        name: tuple(map(float, numbers))
        for name, *numbers in re.findall(
            r'<input type="range"[^>]* name="(\w+)" min="([^"]+)" max="([^"]+)" step="([^"]+)"',
            markup,
        )
    }
    choices = re.findall(r'<select [^>]*name="(\w+)"[^>]*>(.*?)</select>', markup)
    options = {name: text.count("<option") for name, text in choices}
    assert {*sliders, *options} == {name for name in start if "[" not in name}  # which is drawn
    yield dict(start)
    for name, (low, high, _) in sliders.items():
        yield {**start, name: low}
        yield {**start, name: high}
    generator = np.random.default_rng(5)
    for _ in range(SETTINGS):
        drawn = {
            name: low + step * int(generator.integers(round((high - low) / step) + 1))
            for name, (low, high, step) in sliders.items()
        }
        yield drawn | {name: float(generator.integers(n)) for name, n in options.items()}
