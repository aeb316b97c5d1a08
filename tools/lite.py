"""Build the JupyterLite site: the chapters with a Python that runs in the reader's browser.

    .venv/bin/python tools/lite.py SITE     the site goes into the folder SITE, which is replaced

Python itself (Pyodide's core) comes from npm, pure Python packages from PyPI, and this repository's
library is built here; all of it is served by the site. NumPy, matplotlib and what they need in C are
compiled for the browser by the Pyodide project: where the build reaches its CDN they are served by
the site too, and elsewhere the reader's browser gets them from that CDN, checked by their digests.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterable
from email.parser import HeaderParser
from hashlib import sha256
from pathlib import Path
from typing import Any

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).resolve().parents[1]
PARTS = ROOT / "_build" / "lite"  # what the site is put together from
WHEELS = PARTS / "wheels"  # kept from one build to the next
LITE_BIN = ROOT / ".venv-lite" / "bin"
CDN = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"

# What the kernel asks for when it starts; the library's own needs are in binder/requirements.txt.
KERNEL = ("comm", "ipython", "micropip")
# The browser halves of the widgets, which the site already has.
FRONTEND = {"jupyterlab-widgets", "widgetsnbextension"}
RUNTIME = ("pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide.mjs", "python_stdlib.zip")

Package = dict[str, Any]


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    """Run a command to its end; a failure ends the build."""
    subprocess.run([str(part) for part in command], check=True, cwd=cwd)


def pyodide() -> Path:
    """Install Pyodide's core from npm, in the version of lite/package.json, and return its folder."""
    if shutil.which("npm") is None:
        sys.exit("make lite needs npm, for the Python of the browser: install Node.js.")
    place = PARTS / "npm"
    place.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / "lite" / name, place)
    run("npm", "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", cwd=place)
    core = place / "node_modules" / "pyodide"
    have = json.loads((core / "package.json").read_text(encoding="utf-8"))["version"]
    script = "from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION as v; print(v)"
    want = subprocess.check_output([LITE_BIN / "python", "-c", script], text=True).strip()
    if have != want:
        sys.exit(f"lite/package.json has Pyodide {have}, the kernel of JupyterLite wants {want}.")
    return core


def browser_environment(info: dict[str, str]) -> dict[str, str]:
    """What requirements' markers see in the browser."""
    environment = {key: str(value) for key, value in default_environment().items()}
    version = info["python"]
    return environment | {
        "os_name": "posix",
        "platform_machine": "wasm32",
        "platform_system": "Emscripten",
        "python_full_version": version,
        "python_version": ".".join(version.split(".")[:2]),
        "sys_platform": "emscripten",
    }


def requirements(environment: dict[str, str]) -> dict[str, str]:
    """The library's requirements in the browser: each name with its pinned version."""
    text = (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8")
    pins = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate(environment):
                pins[canonicalize_name(needed.name)] = str(needed.specifier).removeprefix("==")
    return {name: version for name, version in pins.items() if name not in FRONTEND}


def with_dependencies(names: Iterable[str], packages: dict[str, Package]) -> set[str]:
    """The names and, again and again, what they depend on."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = canonicalize_name(left.pop())
        if name not in found:
            found.add(name)
            left += packages[name]["depends"]
    return found


def from_pypi(pins: Iterable[str], info: dict[str, str]) -> bool:
    """Download wheels that run in the browser into `WHEELS`; whether PyPI has all of them."""
    digits = "".join(info["python"].split(".")[:2])
    platform = f"pyemscripten_{info['abi_version']}_wasm32"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary=:all:", f"--platform={platform}", f"--python-version={digits}"]
    command += ["--implementation=cp", f"--abi=cp{digits}", "--abi=abi3", "--abi=none"]
    command += [f"--dest={WHEELS}", *pins]
    return subprocess.run(command, capture_output=True, cwd=ROOT).returncode == 0


def from_cdn(address: str, package: Package) -> bool:
    """Download one wheel of the Pyodide project into `WHEELS`; whether the CDN could be reached."""
    try:
        with urllib.request.urlopen(address, timeout=20) as response:
            content = response.read()
    except OSError:
        return False
    if sha256(content).hexdigest() != package["sha256"]:
        sys.exit(f"{address} is not the file that Pyodide's lock names.")
    (WHEELS / package["file_name"]).write_bytes(content)
    return True


def wheel_of(name: str, version: str) -> Path | None:
    """The wheel of a package among those that were downloaded."""
    for file in WHEELS.glob("*.whl"):
        its_name, its_version, *_ = parse_wheel_filename(file.name)
        if its_name == name and str(its_version) == version:
            return file
    return None


def entry(wheel: Path, environment: dict[str, str]) -> Package:
    """What Pyodide's lock says of a package, read from its wheel."""
    name, version, *_ = parse_wheel_filename(wheel.name)
    with zipfile.ZipFile(wheel) as archive:
        files = archive.namelist()
        metadata = next(file for file in files if file.endswith(".dist-info/METADATA"))
        text = archive.read(metadata).decode()
    needs = [
        Requirement(line) for line in HeaderParser().parsestr(text).get_all("Requires-Dist", [])
    ]
    environment = environment | {"extra": ""}
    depends = [n.name for n in needs if n.marker is None or n.marker.evaluate(environment)]
    tops = {file.split("/")[0].removesuffix(".py") for file in files}
    return {
        "name": name,
        "version": str(version),
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(top for top in tops if top.isidentifier()),
        "depends": sorted(canonicalize_name(d) for d in depends),
        "unvendored_tests": False,
    }


def library() -> Path:
    """Build this repository's wheel, away from the working tree, and return it."""
    source, built = PARTS / "source", PARTS / "built"
    for folder in (source, built):
        shutil.rmtree(folder, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "lib", source / "lib", ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT"):
        shutil.copy(ROOT / name, source)
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation")
    run(*pip, "--wheel-dir", built, source)
    (wheel,) = built.glob("*.whl")
    return wheel


def runtime(core: Path, place: Path) -> list[str]:
    """Put Pyodide with every package that a chapter needs into a folder.

    Returns the names of the packages that the browser has to get from the CDN.
    """
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    WHEELS.mkdir(parents=True, exist_ok=True)
    for name in RUNTIME:
        shutil.copy(core / name, place)
    lock = json.loads((core / "pyodide-lock.json").read_text(encoding="utf-8"))
    info = lock["info"]
    known: dict[str, Package] = {
        canonicalize_name(name): package for name, package in lock["packages"].items()
    }
    environment = browser_environment(info)
    pins = requirements(environment)

    # A package that Pyodide knows has its version: its parts were compiled and tested together.
    theirs = with_dependencies({*pins, *KERNEL} & set(known), known)
    ours = {name: version for name, version in pins.items() if name not in theirs}
    version = json.loads((core / "package.json").read_text(encoding="utf-8"))["version"]
    cdn = CDN.format(version=version)
    missing = [name for name in sorted(theirs) if not wheel_of(name, known[name]["version"])]
    reached = True
    for name in missing:
        reached = reached and from_cdn(cdn + known[name]["file_name"], known[name])
    wanted = {name: known[name]["version"] for name in theirs} | ours
    lacking = [name for name, version in sorted(wanted.items()) if not wheel_of(name, version)]
    pure = [n for n in lacking if n in ours or known[n]["file_name"].endswith("-none-any.whl")]
    if pure and not from_pypi([f"{name}=={wanted[name]}" for name in pure], info):
        sys.exit(f"PyPI lacks, or does not give just now, one of {', '.join(pure)}.")
    for name in lacking:
        if name not in pure:
            from_pypi([f"{name}=={wanted[name]}"], info)

    packages: dict[str, Package] = {}
    remote = []
    for name, version in sorted(wanted.items()):
        wheel = wheel_of(name, version)
        if wheel:
            shutil.copy(wheel, place)
            digest = sha256(wheel.read_bytes()).hexdigest()
            packages[name] = (
                known[name] | {"file_name": wheel.name, "sha256": digest}
                if name in theirs
                else entry(wheel, environment)
            )
        elif name in theirs:
            packages[name] = known[name] | {"file_name": cdn + known[name]["file_name"]}
            remote.append(name)
        else:
            sys.exit(f"PyPI has no wheel of {name} {version} that runs in a browser.")
    own = library()
    shutil.copy(own, place)
    packages["backprop"] = entry(own, environment)
    for package in packages.values():
        package["depends"] = [
            name for name in package["depends"] if canonicalize_name(name) not in FRONTEND
        ]
    with_dependencies(packages, packages)  # a KeyError here would be a KeyError in the browser
    text = json.dumps({"info": info, "packages": packages}, indent=1)
    (place / "pyodide-lock.json").write_text(text, encoding="utf-8")
    return remote


def contents(place: Path) -> None:
    """Copy what the reader finds in the site's file browser: the chapters, as in the repository."""
    shutil.rmtree(place, ignore_errors=True)
    ignored = shutil.ignore_patterns(".*", "*.md", "*.toml")
    shutil.copytree(ROOT / "chapters", place / "chapters", ignore=ignored)


def build(site: Path) -> list[str]:
    """Build the site into a folder; the names of the packages that come from the CDN."""
    remote = runtime(pyodide(), PARTS / "lite" / "static" / "pyodide")
    contents(PARTS / "files")
    shutil.rmtree(site, ignore_errors=True)
    (PARTS / ".jupyterlite.doit.db").unlink(missing_ok=True)
    os.environ["PATH"] = f"{LITE_BIN}{os.pathsep}{os.environ['PATH']}"
    options = ("--no-sourcemaps", "--no-unused-shared-packages", "--no-libarchive", "--apps=lab")
    places = (f"--lite-dir={PARTS / 'lite'}", f"--contents={PARTS / 'files'}")
    run(LITE_BIN / "jupyter", "lite", "build", *options, *places, f"--output-dir={site}", cwd=PARTS)
    return remote


def main() -> None:
    """Build the site that the command line names, and say how heavy it is."""
    parser = argparse.ArgumentParser(description="Build the JupyterLite site.")
    parser.add_argument("site", type=Path)
    site = parser.parse_args().site.resolve()
    remote = build(site)
    size = sum(file.stat().st_size for file in site.rglob("*") if file.is_file())
    print(f"{site.relative_to(ROOT)}: {size / 1e6:.0f} MB")
    if remote:
        print("The reader's browser gets these from the CDN:", ", ".join(remote))
    else:
        print("Everything is served by the site itself.")


if __name__ == "__main__":
    main()
