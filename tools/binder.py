"""Build from nothing what Binder builds from `binder/`, run a chapter there, and report size and time.

    .venv/bin/python tools/binder.py

First `jupyter-repo2docker --no-build` reads a copy of the repository and writes the recipe. Then its
steps for `binder/` are taken here, without a container: pip installs `binder/requirements.txt` into a
new environment with the Python of `binder/runtime.txt`, and `binder/postBuild` runs. What Binder's own
image brings along (JupyterLab, the kernel) is not of our making and not counted; only the kernel
and a client for it are installed, in that image's versions, to run a chapter and move a slider.
The size has a limit. The time depends on the network, so it is reported and has no limit.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tracked import ROOT, tracked

CHAPTER = "chapters/03-one-layer.ipynb"
MAX_MB, AIM_SECONDS = 350, 60

# Runs in the environment's Python, in the copy: a chapter from its first cell to its last in a real
# kernel, then a slider of each of its figures from Python, and how many numbers follow.
WALK = """
import sys
import nbformat
from nbclient import NotebookClient

notebook = nbformat.read(sys.argv[1], as_version=4)
notebook.cells.append(nbformat.v4.new_code_cell('''
from livetext import LiveFigure, Slider

figures = [value for value in globals().values() if isinstance(value, LiveFigure)]
for figure in figures:
    followed = False
    for slider in figure.sliders:
        if isinstance(slider, Slider) and slider.name != figure.counter:
            seen = []
            for figure.values[slider.name] in (slider.low, slider.high):
                numbers = dict(figure.quantities)
                seen.append([str(numbers[name]) for name in sorted(numbers) if name != slider.name])
            followed = followed or seen[0] != seen[1]
    assert followed, f"no number of {figure.name} follows a slider"
assert figures, "the chapter has no live figure"
print(f"{chapter} runs; the numbers of its {len(figures)} live figures follow their sliders.")
'''.replace("{chapter}", sys.argv[1])))
NotebookClient(notebook, timeout=120, resources={"metadata": {"path": "chapters"}}).execute()
print(notebook.cells[-1].outputs[0].text)
"""


def named_python() -> str:
    """The version that binder/runtime.txt names, as in ``3.12``."""
    text = (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8")
    found = re.fullmatch(r"python-(\d+\.\d+)(?:\.\d+)?", text.strip())
    if not found:
        sys.exit(f"binder/runtime.txt names no Python: {text!r}")
    return found[1]


def find_python(version: str) -> tuple[str, str]:
    """A Python of that version on this machine, or else the one that runs this; and its version."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    on_path = shutil.which(f"python{version}")
    places = [Path(on_path)] if on_path else []
    for place in [*places, *sorted(pyenv.glob(f"{version}.*/bin/python")), Path(sys.executable)]:
        try:
            said = subprocess.check_output(
                [place, "--version"], text=True, stderr=subprocess.DEVNULL
            )
        except (OSError, subprocess.CalledProcessError):
            continue  # a shim of a version manager may name what is not there
        return str(place), said.split()[1]
    raise AssertionError("no Python runs")


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command in an environment of its own and return what it printed."""
    kept = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(
        [str(c) for c in command], cwd=cwd, env=kept, text=True, capture_output=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def megabytes(folder: Path) -> float:
    """The size of a folder's files."""
    return (
        sum(f.stat().st_size for f in folder.rglob("*") if f.is_file() and not f.is_symlink()) / 1e6
    )


def copy_tracked(place: Path) -> None:
    """Copy the repository's files: what Binder would get, were all of it committed now."""
    for file in tracked():
        copy = place / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)


def recipe(work: Path, copy: Path, version: str) -> dict[str, str]:
    """Have repo2docker read the repository; the versions of the kernel in Binder's own image."""
    uv, tool = Path(sys.executable).parent / "uv", work / "repo2docker"
    run(uv, "venv", "--quiet", "--python", sys.executable, tool, cwd=work)
    needed = ROOT / "tools" / "repo2docker.txt"
    run(
        uv,
        "pip",
        "install",
        "--quiet",
        "--python",
        tool / "bin/python",
        "--no-deps",
        "-r",
        needed,
        cwd=work,
    )
    text = run(tool / "bin/jupyter-repo2docker", "--no-build", "--debug", ".", cwd=copy)
    for line in (
        'pip install --no-cache-dir -r "binder/requirements.txt"',
        "RUN ./binder/postBuild",
    ):
        if line not in text:
            sys.exit(f"repo2docker's recipe lacks {line!r}:\n{text}")
    if f"python={version}" not in text:
        sys.exit(f"repo2docker does not take Python {version} from binder/runtime.txt:\n{text}")
    (image,) = tool.rglob(f"environment.py-{version}-linux-64.lock")
    pins = dict(re.findall(r"/(ipykernel|nbclient)-(\d[\w.]*)-", image.read_text(encoding="utf-8")))
    print(f"repo2docker accepts the repository: Python {version}, requirements.txt, postBuild.")
    return pins


def main() -> int:
    """Take all steps; 1 when the environment is larger than its limit."""
    wanted = named_python()
    python, version = find_python(wanted)
    if not version.startswith(wanted + "."):
        print(f"Python {wanted} is not on this machine; Python {version} stands in for it.")
    with tempfile.TemporaryDirectory(prefix="binder-") as name:
        work = Path(name)
        copy = work / "repository"
        copy_tracked(copy)
        pins = recipe(work, copy, wanted)

        place = work / "environment"
        run(python, "-m", "venv", place, cwd=work)
        empty = megabytes(place)
        os.environ["PATH"] = f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}"
        begin = time.monotonic()
        pip = (place / "bin" / "pip", "install", "--no-cache-dir")
        run(*pip, "-r", "binder/requirements.txt", cwd=copy)
        run("./binder/postBuild", cwd=copy)
        seconds = time.monotonic() - begin
        size = megabytes(place) - empty

        run(*pip, *(f"{name}=={pin}" for name, pin in pins.items()), cwd=copy)
        print(run(place / "bin" / "python", "-c", WALK, CHAPTER, cwd=copy).strip().splitlines()[-1])
    print(f"Python {version}: {size:.0f} MB (limit {MAX_MB}), {seconds:.0f} s (aim {AIM_SECONDS}).")
    return int(size > MAX_MB)


if __name__ == "__main__":
    sys.exit(main())
