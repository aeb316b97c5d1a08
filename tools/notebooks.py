"""Run the chapters and store their outputs in one canonical form.

    python tools/notebooks.py                    run every chapter, store what changed
    python tools/notebooks.py chapters/03-*.ipynb    only these
    python tools/notebooks.py --check            run, store nothing, name the stale ones (exit 1)
    python tools/notebooks.py --normalise-only   no run: the canonical form alone (pre-commit)

A notebook is replaced whole or not at all. It is left as it is when a cell raises or writes to stderr.
The canonical form keeps what a reader or a test looks at and drops what differs from run to run:
widget identifiers, timings, editor state, the Python version. On an unchanged tree no byte changes.
What is folded in Jupyter follows from the tags for the page.
Numbers in prose are written from what the cells have glued: `written_numbers.py`.
Every chapter has the same second cell, which fetches the book's library where the chapter runs on Colab.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import tomllib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from written_numbers import write_numbers

ROOT = Path(__file__).resolve().parents[1]
CELL_TIMEOUT = 120  # seconds

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE_INFO = {
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "pygments_lexer": "ipython3",
}
VOLATILE_NOTEBOOK = ("colab", "signature", "toc", "vscode", "widgets")
VOLATILE_CELL = (
    "ExecuteTime",
    "collapsed",
    "colab",
    "execution",
    "id",
    "jupyter",
    "outputId",
    "scrolled",
    "trusted",
    "vscode",
)
# Code that the page folds or leaves out is folded in Jupyter too.
FOLDED = {"hide-cell", "hide-input", "remove-cell", "remove-input"}
VOLATILE_MIME = ("application/vnd.jupyter.widget-view+json",)


# Colab opens a notebook alone: it needs the library, and the data that lies beside the chapters.
# There, the first line is what a reader sees of the cell; JupyterLab folds it, the book leaves it out.
COLAB = """\
# @title Fetch the book's library (on Colab only)
import sys

REPOSITORY = "{repository}"

if "google.colab" in sys.modules:
    if not REPOSITORY:
        raise RuntimeError("Set REPOSITORY to the book's address; run again.")
    !git clone --quiet --depth 1 {{REPOSITORY}} /content/book
    %pip install --quiet "/content/book[notebooks]"
    %cd -q /content/book/chapters"""
COLAB_ID = "colab"
COLAB_METADATA = {
    "cellView": "form",
    "jupyter": {"source_hidden": True},
    "tags": ["remove-cell"],
}


class CellFailed(Exception):
    """A cell raised, or wrote to stderr."""


def merge_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join pieces of one stream that follow each other; how a kernel cuts them is chance."""
    merged: list[NotebookNode] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if (
            last is not None
            and output.output_type == last.output_type == "stream"
            and output.name == last.name
        ):
            last.text += output.text
        else:
            merged.append(output)
    return merged


def repository() -> str:
    """The address of the book's repository, the one place that states it: pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    address: str = project.get("urls", {}).get("Repository", "")
    return address


def add_colab_cell(notebook: NotebookNode, address: str) -> NotebookNode:
    """Have the cell for Colab second, after the title, whatever was in its place."""
    source = COLAB.format(repository=address)
    kept = [cell for cell in notebook.cells if cell.get("id") != COLAB_ID]
    cell = nbformat.v4.new_code_cell(source, id=COLAB_ID, metadata=COLAB_METADATA)
    notebook.cells = [*kept[:1], cell, *kept[1:]]
    return notebook


def normalise(notebook: NotebookNode) -> NotebookNode:
    """The canonical form of a notebook; the argument is changed in place and returned."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for key in VOLATILE_NOTEBOOK:
        notebook.metadata.pop(key, None)
    notebook.metadata["kernelspec"] = KERNELSPEC
    notebook.metadata["language_info"] = LANGUAGE_INFO

    cells = notebook.cells
    while cells and cells[-1].cell_type == "code" and not cells[-1].source.strip():
        cells.pop()  # an editor adds an empty cell after the last one that is run
    count = 0
    for index, cell in enumerate(cells):
        cell.setdefault("id", f"cell-{index}")
        cell.source = cell.source.rstrip()
        for key in VOLATILE_CELL:
            cell.metadata.pop(key, None)
        if cell.cell_type != "code":
            continue
        if FOLDED.intersection(cell.metadata.get("tags", ())):
            cell.metadata["jupyter"] = {"source_hidden": True}
        # Counted even where nothing was stored: nbval passes over a cell without a count.
        count += 1
        cell.execution_count = count
        cell.outputs = merge_streams(cell.outputs)
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
            for mime in VOLATILE_MIME:
                output.get("data", {}).pop(mime, None)
    nbformat.validate(notebook)
    return notebook


def dumps(notebook: NotebookNode) -> str:
    """The file's text: sorted keys, one space of indentation, a newline at the end."""
    text: str = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    return text.rstrip("\n") + "\n"


def loads(text: str) -> NotebookNode:
    """A notebook from a file's text."""
    notebook: NotebookNode = nbformat.reads(text, as_version=4)
    return notebook


def with_prose(text: str, write: Callable[[str], str]) -> str:
    """A notebook's file with the prose of each cell written anew."""
    notebook = loads(text)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = write(cell.source)
    return dumps(notebook)


def clear(notebook: NotebookNode) -> NotebookNode:
    """Drop every output, so that none outlives the code that made it."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def kernel_environment(library: Path) -> dict[str, str]:
    """What a kernel has to know: the library to import, one thread and one hash seed for one answer.

    In the kernel's own folder a relative path means another place, and the kernel would import whatever
    library is installed.
    """
    given = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    paths = dict.fromkeys([str(library.resolve()), *(str(Path(path).resolve()) for path in given)])
    return {
        "PYTHONPATH": os.pathsep.join(paths),
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
    }


def execute(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run all cells in a new kernel whose working folder is the notebook's, as under nbval."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    with tempfile.TemporaryDirectory() as settings:
        # The reader's own settings of IPython must not count.
        os.environ |= {"IPYTHONDIR": settings, **kernel_environment(ROOT / "lib")}
        client = NotebookClient(
            clear(notebook),
            kernel_name=KERNELSPEC["name"],
            timeout=CELL_TIMEOUT,
            resources={"metadata": {"path": str(folder)}},
            store_widget_state=False,
            record_timing=False,
            extra_arguments=["--log-level=ERROR"],
        )
        try:
            client.execute()
        except CellExecutionError as error:
            raise CellFailed(str(error)) from None
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "stream" and output.name == "stderr":
                raise CellFailed(f"cell {cell.id!r} wrote to stderr:\n{output.text}")
    return notebook


def replace(path: Path, text: str) -> None:
    """Write a file so that it is never seen half written."""
    draft = path.with_name(f".{path.name}.tmp")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def process(path: Path, run: bool, check: bool) -> tuple[bool, str]:
    """Treat one notebook; return whether it is in order, and what to say of it (may be nothing)."""
    stored = path.read_text(encoding="utf-8")
    try:
        notebook = add_colab_cell(loads(stored), repository())
        notebook = normalise(execute(notebook, path.parent) if run else notebook)
        text = dumps(write_numbers(notebook))
    except CellFailed as error:
        return False, f"{path.name}: {error}"
    except Exception as error:  # not a notebook, or the kernel died: say which file
        return False, f"{path.name}: {type(error).__name__}: {error}"
    if text == stored:
        return True, ""
    if check:
        return False, f"{path.name}: stale, run `make notebooks`"
    replace(path, text)
    return True, f"{path.name}: stored"


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Run the chapters and store their outputs.")
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all chapters")
    parser.add_argument("--check", action="store_true", help="store nothing, fail if it would")
    parser.add_argument("--normalise-only", action="store_true", help="do not run the cells")
    options = parser.parse_args(arguments)
    paths: list[Path] = options.notebooks or sorted((ROOT / "chapters").glob("*.ipynb"))
    job: dict[str, Any] = {"run": not options.normalise_only, "check": options.check}
    if options.normalise_only:
        results = [process(path, **job) for path in paths]
    else:
        with ProcessPoolExecutor(max_workers=min(len(paths), os.cpu_count() or 1) or 1) as pool:
            futures = [pool.submit(process, path.resolve(), **job) for path in paths]
            results = [future.result() for future in futures]
    for in_order, message in results:
        if message:
            print(message, file=sys.stdout if in_order else sys.stderr)
    return 0 if all(in_order for in_order, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
