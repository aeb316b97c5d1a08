"""What holds for the tree itself: layering, pins, canonical notebooks, nothing foreign, no need of git."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import hypothesis
import nbformat
import pytest
import yaml

from notebooks import FOLDED
from support.paths import ROOT, book_pages
from tracked import tracked

LIB = ROOT / "lib" / "backprop"
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
# Pins

PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)(?: ; (.+))?$")


def pins(path: str) -> dict[str, set[str]]:
    """The versions that a requirements file allows, by package."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / path).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            match = PIN.match(line)
            assert match, f"{path}: not one exact version: {line}"
            found.setdefault(match[1], set()).add(match[2])
    return found


def test_requirements_are_exact_and_complete() -> None:
    """Every package has one exact version, and everything that pyproject.toml asks for is there."""
    everything = pins("requirements.txt")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    names = {re.split(r"[<>=~!\[; ]", line)[0] for line in asked}
    assert names <= set(everything)


def test_library_alone_needs_numpy_alone() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [re.split(r"[<>=~!\[; ]", line)[0] for line in project["dependencies"]] == ["numpy"]


def test_binder_is_slim_and_agrees() -> None:
    """Binder installs the same versions, and nothing that only a build or a test needs.

    JupyterLab and the kernel are in its image already: a second copy is 60 MB to wait for.
    """
    everything, binder = pins("requirements.txt"), pins("binder/requirements.txt")
    assert {"numpy", "matplotlib", "ipywidgets", "anywidget"} <= set(binder)
    assert not {"sphinx", "jupyter-book", "pytest", "ruff", "playwright"} & set(binder)
    assert not {"jupyterlab", "notebook", "jupyter-server", "ipykernel"} & set(binder)
    assert {k: v for k, v in binder.items() if k in everything and everything[k] != v} == {}


# The book


def test_every_chapter_is_in_the_table_of_contents() -> None:
    """A page is listed exactly once, and every chapter file is listed."""
    pages = [name.removesuffix(".html") for name in book_pages()]
    assert len(pages) == len(set(pages))
    files = {
        p.with_suffix("").relative_to(ROOT).as_posix() for p in [*CHAPTERS, *ROOT.glob("*.md")]
    }
    files |= {f"chapters/{p.stem}" for p in (ROOT / "chapters").glob("*.md")}
    assert set(pages) == files - {"README", "CONTRIBUTING", "CHANGELOG"}


def test_page_files_have_plain_names() -> None:
    """Lower case and hyphens: addresses that survive a change of tool."""
    for name in book_pages():
        assert re.fullmatch(r"(?:[a-z0-9-]+/)*[a-z0-9-]+\.html", name)


def test_configuration_keeps_the_build_honest() -> None:
    """The build runs nothing, takes in listed pages only, and loads no code from a CDN."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert config["execute"]["execute_notebooks"] == "off"
    assert config["only_build_toc_files"] is True
    assert config["sphinx"]["config"]["nb_ipywidgets_js"] == {}
    assert "sphinx_thebe" not in config["sphinx"]["config"]["extensions"]
    assert "-W -n --keep-going" in (ROOT / "Makefile").read_text(encoding="utf-8")


# Notebooks


def test_notebooks_are_in_canonical_form() -> None:
    """`make notebooks` wrote them, nothing else touched them since."""
    done = subprocess.run(
        [sys.executable, "tools/notebooks.py", "--check", "--normalise-only"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_notebook_hides_nothing_from_its_test(path: Path) -> None:
    """No cell is kept from nbval, and no output has a form that nbval does not compare."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        assert "NBVAL" not in cell.source, cell.id
        tags = cell.metadata.get("tags", [])
        assert not [t for t in tags if t.startswith("nbval") or t == "raises-exception"], cell.id
        for output in cell.outputs:
            assert output.output_type != "error", cell.id
            assert output.get("name") != "stderr", cell.id
            uncompared = {"image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json"}
            assert not uncompared & set(output.get("data", {})), f"{cell.id}: store SVG"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_notebook_reads_as_prose_with_short_cells(path: Path) -> None:
    """Code stands between prose; what a reader sees at once is short, what is folded not endless."""
    cells = nbformat.read(path, as_version=4).cells
    assert cells[0].cell_type == cells[-1].cell_type == "markdown"
    assert cells[0].source.startswith("# ")
    before = None
    for cell in cells:
        if cell.id == "colab":  # not for reading, and not on the page
            continue
        if cell.cell_type == "code":
            folded = FOLDED & set(cell.metadata.get("tags", []))
            lines = len(cell.source.splitlines())
            assert lines <= (60 if folded else 20), f"{cell.id}: {lines} lines"
            assert folded or before != "code", f"{cell.id}: no prose before it"
        # A question is prose of its own, and several may follow each other.
        asks = re.fullmatch(r'exercises\.question\("[a-z0-9-]+"\)', cell.source)
        before = "question" if asks else cell.cell_type


# The tests

CLOCKS = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time", "thread_time",
          "time", "time_ns", "now", "today", "utcnow", "timeit"}  # fmt: skip


def clocks(source: str) -> list[str]:
    """What reads a clock in this Python, or has a property test judged by one."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            if node.func.attr in CLOCKS and owner in (
                "time",
                "timeit",
                "datetime",
                "date",
                "datetime.datetime",
            ):
                found.append(f"line {node.lineno}: {owner}.{node.func.attr}")
        if isinstance(node, ast.ImportFrom) and node.module in ("time", "timeit"):
            found += [f"line {node.lineno}: {a.name}" for a in node.names if a.name in CLOCKS]
        if (
            isinstance(node, ast.keyword)
            and node.arg == "deadline"
            and ast.unparse(node.value) != "None"
        ):
            found.append(f"line {node.value.lineno}: deadline")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            in_script = re.search(r"performance\.now\(|Date\.now\(|new Date\(\)", node.value)
            if in_script:
                found.append(f"line {node.lineno}: {in_script[0]}")
    return found


@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests").rglob("*.py")), ids=lambda p: p.relative_to(ROOT).as_posix()
)
def test_no_test_reads_a_clock(path: Path) -> None:
    """A busy machine is slow and not wrong: who waits for something counts how often it has asked."""
    assert clocks(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "time.monotonic()",
        "import time\nassert time.perf_counter() - start < 10",
        "from time import process_time",
        "datetime.now()",
        "@settings(deadline=200)\ndef f(): pass",
        'page.evaluate("() => performance' + '.now()")',
    ],
)
def test_a_clock_is_found(source: str) -> None:
    assert clocks(source)


def test_property_tests_have_one_profile() -> None:
    """Without a deadline, and with the same examples at every run."""
    profile = hypothesis.settings()
    assert profile.deadline is None
    assert profile.derandomize
    assert profile.database is None
    assert hypothesis.HealthCheck.too_slow in profile.suppress_health_check


# The repository

FOREIGN = {
    "a path of somebody's machine": r"(?<![\w./])/(?:home|root|work|Users|opt|mnt)/\w",
    "a package index": r"--(?:extra-)?index-"
    + r"url|files\.pythonhosted|registry\.npmjs|pypi\.org/simple",
}
BINARY = {".png", ".ico", ".woff", ".woff2", ".ttf", ".whl", ".npz"}


def copied(to: Path) -> Path:
    """The tree as an archive of it unpacks."""
    for file in tracked():
        copy = to / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
    return to


@pytest.mark.parametrize("made", ["", "in a repository"])
def test_a_copy_without_git_knows_its_files(tmp_path: Path, made: str) -> None:
    """Also where it lies in somebody else's repository, and after things were built in it."""
    if made and not shutil.which("git"):
        pytest.skip("no git to make a repository with")
    if made:
        subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    copy = copied(tmp_path / "copy")
    names = {file.relative_to(ROOT) for file in tracked()}
    for ignored in (".venv/bin/python", "_build/html/index.html", "lib/backprop/__pycache__/x.pyc",
                    "lib/backprop.egg-info/PKG-INFO", "chapters/.03-one-layer.ipynb.tmp"):  # fmt: skip
        (copy / ignored).parent.mkdir(parents=True, exist_ok=True)
        (copy / ignored).write_text("made", encoding="utf-8")
    assert {file.relative_to(copy) for file in tracked(copy)} == names


def test_nothing_needs_git() -> None:
    """Who asks git has an answer for where there is none; what a learner's Colab clones is its own."""
    asking = []
    for file in tracked():
        if file.suffix in (".py", ".yml") or file.name in ("Makefile", "run", "postBuild"):
            text = file.read_text(encoding="utf-8")
            if re.search(r"""["'](?:git)["'],|^\t.*\bgit [a-z]""", text, re.MULTILINE):
                asking.append(file.relative_to(ROOT).as_posix())
    assert asking == [
        "pages/page_head.py",
        "tests/pages/test_found.py",
        "tests/tools/test_frame.py",
        "tools/mutants.py",  # no test, and it says what it needs
        "tools/tracked.py",
    ]


def test_no_machine_shows_in_the_tree() -> None:
    """Nothing names a folder of one machine or where its packages came from."""
    for file in tracked():
        if file.suffix in BINARY or file == Path(__file__):
            continue
        text = file.read_text(encoding="utf-8")
        for what, pattern in FOREIGN.items():
            found = re.search(pattern, text)
            assert not found, f"{file.relative_to(ROOT)} holds {what}: {found and found[0]}"


def test_nothing_third_party_is_committed() -> None:
    """Fonts, minified scripts and archives are installed, never copied in."""
    for file in tracked():
        name = file.name.lower()
        assert file.suffix not in {".woff", ".woff2", ".ttf", ".otf", ".whl", ".zip"}, name
        assert ".min." not in name
        assert file.stat().st_size < 2_000_000, name


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_documents_name_what_exists(name: str) -> None:
    """Each `make` target and each path that they mention is real."""
    text = (ROOT / name).read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake ([a-z][a-z-]*)`", text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / link).exists(), link
    for path in re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", text):
        assert path.startswith("_build/") or (ROOT / path).exists(), path


def test_workflows_pin_their_actions() -> None:
    """Every action has a version, and every workflow runs the Makefile's targets."""
    files = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    assert files
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for file in files:
        text = file.read_text(encoding="utf-8")
        for action in re.findall(r"uses:\s*(\S+)", text):
            assert re.fullmatch(r"[\w./-]+@(?:v\d+(?:\.\d+)*|[0-9a-f]{40})", action), action
        for target in re.findall(r"run:\s*make ([a-z][a-z-]*)", text):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"{file.name}: make {target}"


def test_ci_runs_the_readme_test_command() -> None:
    """.ci/run is executable and ends in the command that README gives."""
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").rstrip().endswith("make test")
    assert "`make test`" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_package_carries_what_pages_need() -> None:
    """The scripts and styles of figures and questions are part of the installed package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    data = project["tool"]["setuptools"]["package-data"]
    assert {"js/*.js", "css/*.css"} <= set(data["livetext"])
    assert json.dumps(project["project"]["license-files"]) == '["LICENSE", "LICENSE-TEXT"]'
