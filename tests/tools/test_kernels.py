"""Which library the notebooks run with: this repository's, whatever else is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from notebooks import dumps, normalise
from support.paths import ROOT

WHERE = """\
import os
import backprop

print(os.path.relpath(backprop.__file__, os.path.dirname(os.getcwd())))"""
HERE = os.path.join("lib", "backprop", "__init__.py")  # noqa: PTH118


def notebook(output: str = "") -> nbformat.NotebookNode:
    cell = nbformat.v4.new_code_cell(WHERE, id="where", execution_count=1)
    if output:
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=f"{output}\n")]
    title = nbformat.v4.new_markdown_cell("# Where the library lies", id="title")
    return nbformat.v4.new_notebook(cells=[title, cell])


def test_a_kernel_imports_the_library_that_is_tested() -> None:
    asked = NotebookClient(
        notebook(), resources={"metadata": {"path": ROOT / "chapters"}}
    ).execute()
    assert asked.cells[1].outputs[0].text.strip() == HERE


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another checkout, of which nothing is installed: what is installed is another one's."""
    folder = tmp_path_factory.mktemp("checkout")
    for part in ("lib", "tools", "conftest.py", "pyproject.toml"):
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    (folder / "chapters").mkdir()
    for script in ("benchmarks",):
        (folder / script).mkdir()
    text = dumps(normalise(notebook(HERE)))
    (folder / "chapters" / "where.ipynb").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("given", ["", "lib"], ids=["nothing", "relative"])
def test_another_checkout_runs_its_notebooks_with_its_own(checkout: Path, given: str) -> None:
    """Under nbval, with or without a path, which is relative as one types it."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    program = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*program, "chapters/where.ipynb"],
        cwd=checkout,
        env=environment | ({"PYTHONPATH": given} if given else {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_another_checkout_stores_what_its_own_gives(checkout: Path) -> None:
    """`make notebooks` there, too."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    stored = (checkout / "chapters" / "where.ipynb").read_text(encoding="utf-8")
    subprocess.run(
        [sys.executable, "tools/notebooks.py"],
        cwd=checkout,
        env=environment | {"PYTHONPATH": "lib"},
        check=True,
    )
    now = nbformat.read(checkout / "chapters" / "where.ipynb", as_version=4)
    assert now.cells[-1].outputs[0].text.strip() == HERE
    (checkout / "chapters" / "where.ipynb").write_text(stored, encoding="utf-8")
