"""A figure's cell is one call into the module of its chapter, and what the modules record is right."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest

from support.formulas import called_figures, cells, figures_module
from support.paths import ROOT
from support.stored_figures import FIGURES, states

CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
MODULES = sorted((ROOT / "lib" / "backprop_book" / "figures").glob("[a-z]*.py"))
SHOWN = re.compile(r'<figure class="(?:live|still)"[^>]* data-(?:figure|picture)="([^"]+)"')


def shown(path: Path) -> dict[str, tuple[str, str]]:
    """The figures that a chapter shows by name, with the cell that shows each and its code."""
    found = {}
    for cell in cells(path):
        for output in cell.get("outputs", ()):
            if match := SHOWN.search(output.get("data", {}).get("text/html", "")):
                found[match[1]] = (cell.id, cell.source)
    return found


def lines(source: str) -> list[str]:
    """The lines of code in a cell, but for those that hand a number to the prose."""
    glued = [
        range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for node in ast.parse(source).body
        if ast.unparse(node).startswith("glue(")
    ]
    numbered = enumerate(source.splitlines(), start=1)
    return [line for k, line in numbered if line and not any(k in lines for lines in glued)]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_figure_is_one_call(path: Path) -> None:
    """Of the function that has the figure's name."""
    prefixes = [re.sub(r"^\d+-", "", path.stem) + "-"]
    if path.stem == "06-outputs-and-losses":
        prefixes = ["outputs-", "mathematics-"]  # some moved here, and have kept their names
    if path.stem == "07-walking-back":
        prefixes = ["walking-"]
    for name, (cell, source) in shown(path).items():
        assert len(lines(source)) <= 3, cell
        function = name
        for prefix in prefixes:
            function = function.removeprefix(prefix)
        function = function.replace("-", "_")
        assert called_figures(source)[-1] == function, cell


@pytest.mark.parametrize("module", MODULES, ids=lambda p: p.stem)
def test_every_figure_of_a_module_is_shown(module: Path) -> None:
    (path,) = [path for path in CHAPTERS if figures_module(path) == module]
    code = [cell.source for cell in cells(path) if cell.cell_type == "code" and cell.id != "colab"]
    called = {name for source in code for name in called_figures(source)}
    defined = {
        node.name
        for node in ast.parse(module.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }
    assert called == defined


def test_there_are_figures() -> None:
    assert len(MODULES) == 14
    assert sum(len(shown(path)) for path in CHAPTERS) >= 28
    assert {name for path in CHAPTERS for name in shown(path)} >= {*FIGURES}


def test_recorded_network_obeys_the_four_equations() -> None:
    for state in states(FIGURES["matrix-form-network"]):
        q = state.tape.run(**state.inputs())
        error = (q["A2"] - q["Y"]) * q["A2"] * (1 - q["A2"]) / 4
        np.testing.assert_allclose(q["delta2"], error, rtol=1e-13)
        back = q["W2"].T @ q["delta2"]
        np.testing.assert_allclose(q["delta1"], back * q["slope1"], rtol=1e-13)
        np.testing.assert_allclose(q["dA1"], back, rtol=1e-13)
        np.testing.assert_allclose(q["dW1"], q["delta1"] @ q["X"].T, rtol=1e-13)
        np.testing.assert_allclose(q["dW2"], q["delta2"] @ q["A1"].T, rtol=1e-13)


def test_five_notations_agree_wherever_the_sliders_stand() -> None:
    for state in states(FIGURES["matrix-form-five"]):
        q = state.tape.run(**state.inputs())
        for way in ("sums", "matrices", "batch", "program"):
            np.testing.assert_allclose(q[f"dW_{way}"], q["dW_scalars"], rtol=1e-12, atol=1e-15)
