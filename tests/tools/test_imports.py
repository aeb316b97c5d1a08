"""The wings of the library, one folder of lib/ each, import in one direction only."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from itertools import chain
from pathlib import Path

import pytest

from support.paths import ROOT

LIB = ROOT / "lib"
WINGS = sorted(p.parent.name for p in LIB.glob("*/__init__.py"))
FILES = sorted(LIB.rglob("*.py"))
BASE = "backprop"


def module_of(file: Path) -> str:
    parts = file.relative_to(LIB).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(file): file for file in FILES}


def imported(file: Path) -> Iterator[str]:
    """What a file imports by its full name, inside functions too; imports for types alone left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    only_types = {
        id(node)
        for test in ast.walk(tree)
        if isinstance(test, ast.If) and ast.unparse(test.test).endswith("TYPE_CHECKING")
        for node in chain.from_iterable(map(ast.walk, test.body))
    }
    package = module_of(file).split(".")
    if file.name != "__init__.py":
        package.pop()
    for node in ast.walk(tree):
        if id(node) in only_types:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            origin = ".".join([*base, *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{origin}.{alias.name}"
                yield inner if inner in MODULES else origin


IMPORTS = {module: [*imported(file)] for module, file in MODULES.items()}


def wing(name: str) -> str:
    return name.partition(".")[0]


def test_wings_import_in_one_direction() -> None:
    """Put in order of who needs whom, each imports from those before it; the mathematics comes first."""
    needs = {name: set[str]() for name in WINGS}
    for module, names in IMPORTS.items():
        needs[wing(module)] |= {wing(n) for n in names if wing(n) in WINGS} - {wing(module)}
    order = [*TopologicalSorter(needs).static_order()]  # a circle raises CycleError
    assert order[0] == BASE
    assert len({*WINGS, "livetext", "backprop_book"}) == len(WINGS) == 3
    assert needs["livetext"] == {BASE}


@pytest.mark.parametrize("module", [m for m in MODULES if wing(m) == BASE])
def test_mathematics_needs_numpy_alone(module: str) -> None:
    allowed = {*sys.stdlib_module_names, "numpy", BASE}
    assert {wing(name) for name in IMPORTS[module]} <= allowed


@pytest.mark.parametrize("module", MODULES)
def test_other_wings_are_used_by_their_public_names(module: str) -> None:
    """And of the mathematics the toolkit knows recorded functions alone."""
    others = [name for name in IMPORTS[module] if wing(name) in {*WINGS} - {wing(module)}]
    assert not [name for name in others if any(part.startswith("_") for part in name.split("."))]
    if wing(module) == "livetext":
        assert {*others} <= {"backprop.autodiff"}


def test_toolkit_knows_no_chapter() -> None:
    chapters = [p.stem for p in (ROOT / "chapters").glob("[0-9]*.ipynb")]
    files = [p for p in (LIB / "livetext").rglob("*.*") if p.suffix in {".py", ".js", ".css"}]
    assert len(chapters) >= 5 <= len(files)
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert not [name for name in chapters if name in text], file.name


def test_pages_and_tests_stand_apart() -> None:
    """The library runs without what builds its pages and without its tests."""
    outside = {"pages", "support", "conftest", "sphinx", "docutils", "myst_nb"}
    assert not {wing(name) for names in IMPORTS.values() for name in names} & outside


def test_mathematics_loads_numpy_alone() -> None:
    """At run time as well: nothing that is installed beside NumPy."""
    program = (
        "import sys; before = set(sys.modules); import backprop.autodiff;"
        "print(*{m.partition('.')[0] for m in set(sys.modules) - before})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=LIB
    )
    loaded = {name for name in done.stdout.split() if not name.startswith("_")}
    assert loaded - sys.stdlib_module_names - {"cython_runtime"} == {"numpy", BASE}


def test_modules_import_in_no_circle() -> None:
    """Within a wing too: each module stands on those that it imports, and on no other."""
    needs = {
        module: {name for name in names if name in MODULES} for module, names in IMPORTS.items()
    }
    assert [*TopologicalSorter(needs).static_order()]  # a circle raises CycleError
