"""The project's notebook, worked through: every solution pasted into its stub, in a real kernel."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

import backprop as bp
from answers.project import RIGHT
from backprop_book.exercises.bank import EXERCISES, project
from backprop_book.figures import project as figures
from livetext.checks import examine
from livetext.notebook_images import as_inline
from support.paths import ROOT

NOTEBOOK = ROOT / "chapters" / "project.ipynb"
TINT = "opacity: 0.2"  # the regions; nothing else in such a picture is translucent


def outputs(notebook: nbformat.NotebookNode) -> list[Any]:
    return [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs]


def verdicts(notebook: nbformat.NotebookNode) -> list[str]:
    text = "".join(output.get("text", "") for output in outputs(notebook))
    return re.findall(r"^(?:✓ |✗ )?project-\d: .*$", text, re.MULTILINE)


def pictures(notebook: nbformat.NotebookNode) -> dict[str, str]:
    found = [as_inline(output.get("data", {}).get("text/html", "")) for output in outputs(notebook)]
    return {re.findall(r'data-picture="([\w-]+)"', html)[0]: html for html in found if html}


def with_solutions() -> nbformat.NotebookNode:
    """The notebook as a reader leaves it: below each stub's head, the body of the solution."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for exercise in project.EXERCISES:
        stub = re.compile(rf"def {exercise.solution.__name__}\([^)]*\):\n    return \.\.\.[^\n]*\n")
        (cell,) = [cell for cell in notebook.cells if stub.search(cell.source)]
        written = inspect.getsource(exercise.solution)
        cell.source = stub.sub(lambda _, written=written: written, cell.source)
    return notebook


@pytest.fixture(scope="module")
def solved() -> nbformat.NotebookNode:
    notebook = with_solutions()
    NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": NOTEBOOK.parent}}
    ).execute()
    return notebook


def test_as_stored_nothing_is_attempted_and_the_pictures_show_the_examples() -> None:
    stored = nbformat.read(NOTEBOOK, as_version=4)
    found = verdicts(stored)
    assert len(found) == 8
    assert all("not attempted yet" in line for line in found)
    drawn = pictures(stored)
    assert TINT in drawn.pop("project-straight")
    assert set(drawn) == {"project-xor", "project-moons", "project-training"}
    assert "your network<" not in drawn["project-training"], "nothing but the neuron is drawn"
    assert not any(TINT in html for html in drawn.values())


def test_eight_checks_say_right(solved: nbformat.NotebookNode) -> None:
    found = verdicts(solved)
    assert [line[:18] for line in found] == [f"✓ project-{k}: right" for k in range(1, 9)]


@pytest.mark.parametrize("name", ["project-xor", "project-moons"])
def test_the_readers_regions_are_drawn(solved: nbformat.NotebookNode, name: str) -> None:
    html = pictures(solved)[name]
    assert html.count(TINT) == 2
    assert html.count("<use") > 4  # and the examples still


def test_the_loss_is_drawn_while_it_falls(solved: nbformat.NotebookNode) -> None:
    """To whoever watches by a widget, which is empty in the end; stored is the whole curve."""
    (cell,) = [c for c in solved.cells if c.source.startswith("figures.training(")]
    watched, picture = cell.outputs
    assert watched.output_type == "display_data" and watched.data["text/html"] == ""
    assert "your network<" in as_inline(picture.data["text/html"])


def test_the_loss_curve_is_the_learner_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every loss from the start on, and what is drawn on the way is what was found by then."""
    x, y = bp.data.two_moons(40, noise=0.1, seed=0)
    seen: list[str] = []

    class Watched:
        def __init__(self, html: str) -> None:
            seen.append(html)

        def _ipython_display_(self) -> None: ...

        def __setattr__(self, name: str, value: str) -> None:
            seen.append(value)

    drawn: list[list[float]] = []
    curves = figures._curves

    def record(straight: list[float], losses: list[float]) -> Any:
        drawn.append([*losses])
        return curves(straight, losses)

    monkeypatch.setattr(figures, "Changing", Watched)
    monkeypatch.setattr(figures, "_curves", record)
    own = (project.start, project.forward, project.cross_entropy, project.step)
    figures.training(*own, x, y, steps=50)
    assert [len(losses) for losses in drawn] == [*range(2, 50, 2), 50]
    assert seen[-1] == "" and len(set(seen)) == len(drawn)
    parameters = project.start(2, 8, 1, np.random.default_rng(0))
    for loss in drawn[-1]:
        assert loss == pytest.approx(project.cross_entropy(project.forward(x, *parameters)[2], y))
        parameters = project.step(x, y, *parameters, 0.5)
    for k in range(4):
        figures.training(*own[:k], lambda *_: ..., *own[k + 1 :], x, y, steps=50)
        assert len(drawn[-1]) == (1 if k == 3 else 0)


def test_nothing_is_written_to_stderr(solved: nbformat.NotebookNode) -> None:
    assert not [o for o in outputs(solved) if o.get("name") == "stderr"]


def test_solutions_use_numpy_and_each_other_alone() -> None:
    """A network from nothing: what `solution` prints runs with what the notebook has by then."""
    names = {exercise.solution.__name__ for exercise in project.EXERCISES}
    for exercise in project.EXERCISES:
        code = exercise.solution.__code__
        called = set(code.co_names) & set(vars(project))
        assert called <= names | {"np"}, exercise.id


@pytest.mark.parametrize("seed", range(12))
def test_any_seed_solves_xor(seed: int) -> None:
    """The settings of the notebook do not depend on a lucky start."""
    x, y = bp.data.xor()
    parameters = project.train(x, y, n_hidden=8, lr=0.5, steps=1000, seed=seed)
    output = project.forward(x, *parameters)[-1]
    assert abs(output - y).max() < 0.2


def test_path_of_notebook_is_listed_before_the_progress() -> None:
    toc = Path(ROOT / "_toc.yml").read_text(encoding="utf-8")
    assert 0 < toc.index("chapters/project") < toc.index("chapters/progress")


def test_challenge_says_what_was_reached() -> None:
    """Of a function, in the verdict on it; a network that is as good gets the same."""
    learn = RIGHT["project-8"][2]
    x, y = bp.data.digits()[2]
    share = np.mean(learn(*bp.data.digits()[0])(x).argmax(axis=0) == y.argmax(axis=0))
    verdict = examine(EXERCISES["project-8"], learn)
    assert verdict.passed
    assert f"{share:.1%} of the test images" in verdict.message
