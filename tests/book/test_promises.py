"""The book's four promises, each kept by one test here; the files named below look at them closely.

Reading (test_pages, test_frame_pages, test_engines), running (test_jupyter), practising (test_exercises,
test_questions, test_question_pages), trusting (nbval on every notebook).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import backprop as bp
import livetext
from backprop_book import exercises
from support.browsing import MODES, Visit
from support.paths import ROOT

CHAPTER = "chapters/03-one-layer"
OPEN = Callable[..., Visit]

LOSS = 'figure[data-figure="one-layer-step"] [data-quantity=loss]'

# Moves a slider to its far end, and compares what the figure shows one frame later.
ONE_FRAME = """async (figure) => {
  const shown = () => [
    ...[...figure.querySelectorAll("[data-quantity]")].map((e) => e.textContent),
    ...[...figure.querySelectorAll("[data-artist]")].map((e) => e.innerHTML),
  ];
  const before = shown();
  const slider = figure.querySelector("input[type=range]");
  slider.value = slider.max;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise(requestAnimationFrame);
  const after = shown();
  const numbers = figure.querySelectorAll("[data-quantity]").length;
  const changed = (from, to) => before.slice(from, to).some((one, i) => one !== after[from + i]);
  return [changed(0, numbers), changed(numbers, before.length)];
}"""


@pytest.mark.parametrize("mode", MODES)
def test_reading(open_page: OPEN, mode: str) -> None:
    """From the web or from disk a slider changes numbers and picture within a frame, and asks nobody.

    Without JavaScript the figure is there with the numbers it starts from.
    """
    visit = open_page(f"{CHAPTER}.html", mode)
    figure = visit.page.locator('figure[data-figure="one-layer-map"]')
    assert figure.evaluate(ONE_FRAME) == [True, True]
    visit.assert_clean()
    still = open_page(f"{CHAPTER}.html", mode, java_script_enabled=False).page
    for name in ("one-layer-map", "one-layer-step"):
        assert still.locator(f'figure[data-figure="{name}"]').is_visible()
    shown, live = (
        float(page.locator(LOSS).first.get_attribute("data-value") or "nan")
        for page in (still, visit.page)
    )
    assert shown == pytest.approx(live, rel=1e-11)  # a still one holds twelve digits


def test_running() -> None:
    """In a notebook the same figure: Python reads its sliders, sets them, and has its numbers."""
    tape = bp.autodiff.trace(lambda w, x: {"loss": (w * x) ** 2}, w=0.5, x=2.0)
    figure = livetext.LiveFigure(
        tape,
        sliders=[livetext.Slider("w", "weight *w*", -1, 1, 0.01)],
        views=[livetext.WorkedLines([("Loss", "*L* = {loss}")])],
        name="promise",
        alt="A loss",
        caption="A loss",
    )
    assert figure.values == {"w": 0.5}
    figure.values = {"w": -1.0}
    assert figure.values == {"w": -1.0}
    assert figure.quantities["loss"] == 4.0


@pytest.mark.parametrize("form", [float, np.float32, lambda v: [float(v)], np.asarray])
def test_practising(form: Callable[[float], object], capsys: pytest.CaptureFixture[str]) -> None:
    """A right answer is accepted in any shape; a wrong one is told what is wrong with it, and a hint waits."""
    right = exercises.EXERCISES["one-layer-1"].solution
    assert exercises.check("one-layer-1", lambda *a: [form(v) for v in right(*a)]).passed
    assert not exercises.check("one-layer-1", lambda *a: [form(-v) for v in right(*a)]).passed
    assert "sign" in capsys.readouterr().out
    exercises.hint("one-layer-1")
    assert "hint 1" in capsys.readouterr().out


@pytest.mark.parametrize("factor", ["2.0", "2.0000001"])
def test_trusting(tmp_path: Path, factor: str) -> None:
    """A change to the library that makes a page wrong fails the test of its notebook; nothing else does."""
    shutil.copytree(ROOT / "lib", tmp_path / "lib")
    shutil.copytree(ROOT / "chapters", tmp_path / "chapters")
    for part in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / part, tmp_path)
    losses = tmp_path / "lib" / "backprop" / "losses.py"
    source = losses.read_text(encoding="utf-8")
    rule = "np.multiply(slope, {}, slope)"
    assert rule.format("2.0") in source
    losses.write_text(source.replace(rule.format("2.0"), rule.format(factor)), encoding="utf-8")
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-x"),
            *("-p", "no:cacheprovider", "--nbval", f"{CHAPTER}.ipynb"),
        ],
        cwd=tmp_path,
        env=os.environ
        | {
            "PYTHONPATH": os.pathsep.join(map(str, (tmp_path / "lib", ROOT / "tools"))),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == (factor != "2.0"), run.stdout[-2000:]
