"""What stands in for Colab: each chapter's cell for it, run with and without a `google.colab`."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import notebooks
from backprop_book import exercises
from support.paths import ROOT

CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))


def colab_cell(address: str) -> str:
    empty = nbformat.v4.new_notebook()
    source: str = notebooks.add_colab_cell(empty, address).cells[0].source
    return source


class Shell:
    """A shell of its own, which records what would change the machine."""

    def __init__(self) -> None:
        self.shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
        self.done: list[str] = []
        self.shell.system = lambda command: self.done.append(f"!{self.shell.var_expand(command)}")
        for magic in ("pip", "cd"):
            record = lambda line, magic=magic: self.done.append(f"%{magic} {line}")  # noqa: E731
            self.shell.register_magic_function(record, magic_name=magic)

    def run(self, source: str) -> None:
        self.shell.run_cell(source).raise_error()


@pytest.fixture
def colab(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """As much of `google.colab` as anywidget and the cell look at."""
    enabled: list[str] = []
    output: Any = ModuleType("google.colab.output")
    output.enable_custom_widget_manager = lambda: enabled.append("custom widgets")
    output._widgets = SimpleNamespace(_installed_url="https://example.org/manager.js")
    for name, module in {
        "google.colab": ModuleType("google.colab"),
        output.__name__: output,
    }.items():
        monkeypatch.setitem(sys.modules, name, module)
    return SimpleNamespace(enabled=enabled)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_every_chapter_has_this_cell_second(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    (place,) = [i for i, cell in enumerate(cells) if "google.colab" in cell.source]
    assert place == 1 and cells[0].source.startswith("# ")
    assert cells[1].source == colab_cell(notebooks.repository())
    assert cells[1].metadata == notebooks.COLAB_METADATA
    assert cells[1].outputs == []


def test_it_does_nothing_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert "google.colab" not in sys.modules
    shell = Shell()
    shell.run(colab_cell("https://example.org/book"))
    assert shell.done == [] and capsys.readouterr() == ("", "")


def test_it_fetches_the_book_on_colab(colab: SimpleNamespace) -> None:
    shell = Shell()
    shell.run(colab_cell("https://example.org/book"))
    assert shell.done == [
        "!git clone --quiet --depth 1 https://example.org/book /content/book",
        '%pip install --quiet "/content/book[notebooks]"',
        "%cd -q /content/book/chapters",
    ]


def test_it_says_so_where_the_address_is_not_known(colab: SimpleNamespace) -> None:
    shell = Shell()
    with pytest.raises(RuntimeError, match="Set REPOSITORY to the book's address"):
        shell.run(colab_cell(""))
    assert shell.done == []


def test_address_is_that_of_pyproject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    project = tmp_path / "pyproject.toml"
    project.write_text('[project]\nname = "book"\n')
    assert notebooks.repository() == ""
    project.write_text('[project]\nname = "book"\nurls.Repository = "https://example.org/book"\n')
    assert notebooks.repository() == "https://example.org/book"


def test_figures_ask_colab_for_its_custom_widget_manager(colab: SimpleNamespace) -> None:
    """anywidget turns it on; the figure's own bundle must carry what Colab loads it by."""
    for shown in (exercises.question("one-layer-step"), exercises.overview()):
        data, metadata = shown._repr_mimebundle_()
        view = "application/vnd.jupyter.widget-view+json"
        assert view in data
        manager = metadata[view]["colab"]["custom_widget_manager"]
        assert manager == {"url": "https://example.org/manager.js"}
    assert colab.enabled


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_pages_do_not_show_it(site: Path, path: Path) -> None:
    page = BeautifulSoup(
        (site / "chapters" / f"{path.stem}.html").read_text("utf-8"), "html.parser"
    )
    assert page.h1 and "google.colab" not in page.find("article").text
