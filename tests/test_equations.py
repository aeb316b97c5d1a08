"""Every labelled equation of the book has a witness, and every witness an equation."""

import inspect
import pkgutil
import re
from collections.abc import Callable
from importlib import import_module

import equations
import nbformat
import pytest
from conftest import ROOT

# `$$ … $$ (label)`; the label may be cited as {eq}`label`.
LABEL = re.compile(r"^\$\$ \(([a-z0-9-]+)\)$", re.MULTILINE)


def labels() -> list[str]:
    """The labels in reading order of the files."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("chapters/*.md"))]
    for path in sorted(ROOT.glob("chapters/*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        texts += [cell.source for cell in cells if cell.cell_type == "markdown"]
    return [label for text in texts for label in LABEL.findall(text)]


def witnesses() -> dict[str, Callable[[], None]]:
    found: dict[str, Callable[[], None]] = {}
    for module in pkgutil.iter_modules(equations.__path__):
        prefix = f"{module.name}_"
        members = inspect.getmembers(import_module(f"equations.{module.name}"), inspect.isfunction)
        found |= {name.replace("_", "-"): f for name, f in members if name.startswith(prefix)}
    return found


LABELS, WITNESSES = labels(), witnesses()


def test_labels_are_unique_and_each_witness_has_its_equation() -> None:
    assert len(LABELS) == len(set(LABELS))
    assert set(WITNESSES) <= set(LABELS)


@pytest.mark.parametrize("label", LABELS)
def test_labelled_equation(label: str) -> None:
    assert label in WITNESSES, f"write tests/equations: def {label.replace('-', '_')}"
    WITNESSES[label]()
