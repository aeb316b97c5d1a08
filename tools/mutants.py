"""Change the book in one place at a time, and see whether a test notices.

    python tools/mutants.py                        every change that tests/mutants.toml lists
    python tools/mutants.py exercises adam-eps     only these groups and changes
    python tools/mutants.py --again adam-eps       though the result is known already

It works in a clone of the last commit, _build/mutants/tree, and leaves everything else alone. The changes
of a group are first made all at once, since a test that does not mind all of them minds none: so there is
a short list of tests to run against each change alone, and against the unchanged clone, where they have to
pass. Notebooks and the book are made anew for it. What is known is kept for as long as the commit and
the list's entry stay the same, so a run that was broken off goes on where it stopped. `_build/mutants.md`
reports for each group the share that was caught, and for each change by which test.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from notebooks import dumps, loads, replace

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "tests" / "mutants.toml"
TREE = ROOT / "_build" / "mutants" / "tree"
RESULTS = ROOT / "_build" / "mutants" / "results.json"
TABLE = ROOT / "_build" / "mutants.md"
LONGEST = 1800  # seconds that a command may take: a change may make a loop endless


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One change; tests/mutants.toml says what the fields mean."""

    id: str
    group: str
    kind: str
    file: str
    find: str
    why: str
    replace: str | None = None
    swap: str | None = None
    outputs: tuple[str, ...] = ()
    book: bool = False
    tests: tuple[str, ...] = ()
    equivalent: str = ""

    def changed(self, text: str) -> str:
        """The text with the change.

        Raises
        ------
        ValueError
            What is to be changed does not occur exactly once.
        """
        if (self.replace is None) == (self.swap is None):
            raise ValueError(f"mutant {self.id}: give either replace or swap")
        parts = [self.find] if self.swap is None else [self.find, self.swap]
        for part in parts:
            if (count := text.count(part)) != 1:
                raise ValueError(
                    f"mutant {self.id}: {part!r} occurs {count} times in {self.file}, not once"
                )
        if self.swap is None:
            return text.replace(self.find, self.replace or "")
        other = {self.find: self.swap, self.swap: self.find}
        either = re.compile("|".join(map(re.escape, other)))
        return either.sub(lambda found: other[found[0]], text)

    def source(self, root: Path) -> str:
        """The file with the change; of a notebook the sources of its cells are searched."""
        text = (root / self.file).read_text(encoding="utf-8")
        if not self.file.endswith(".ipynb"):
            return self.changed(text)
        notebook, seam = loads(text), "\0"  # no change reaches from one cell into the next
        sources = self.changed(seam.join(cell.source for cell in notebook.cells)).split(seam)
        for cell, source in zip(notebook.cells, sources, strict=True):
            cell.source = source
        return dumps(notebook)


def read_list(path: Path = LIST) -> list[Mutant]:
    """All changes, each with the tests that are near it."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    mutants = []
    for entry in data["mutant"]:
        tests = dict.fromkeys([*entry.pop("tests", ()), *data["near"][entry["group"]]])
        mutants.append(Mutant(tests=tuple(tests), **entry))
    return mutants


def chosen(mutants: Sequence[Mutant], names: Sequence[str]) -> list[Mutant]:
    """Those of these groups and ids; all, if none is named."""
    if unknown := set(names) - {name for m in mutants for name in (m.id, m.group)}:
        raise ValueError(f"no group and no mutant is called {', '.join(sorted(unknown))}")
    return [m for m in mutants if not names or m.id in names or m.group in names]


def git(*arguments: str, folder: Path = TREE) -> str:
    """What git says."""
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def prepare(commit: str) -> None:
    """Have the clone at this commit, with no change in it, and its library in front of the installed one."""
    if not TREE.exists():
        TREE.parent.mkdir(parents=True, exist_ok=True)
        git("clone", "--quiet", "--shared", "--no-checkout", str(ROOT), str(TREE), folder=ROOT)
    git("checkout", "--quiet", "--force", "--detach", commit)
    restore()
    code, said = run([sys.executable, "-c", "import backprop; print(backprop.__file__)"])
    if code or not Path(said.strip()).is_relative_to(TREE):
        raise RuntimeError(f"the clone would not test its own library, but {said}")


def restore() -> None:
    """Take every change back."""
    git("reset", "--quiet", "--hard")
    git("clean", "--quiet", "--force", "-d")


def run(command: Sequence[str]) -> tuple[int, str]:
    """Exit code and output of a command in the clone; what it started ends with it."""
    environment = {key: v for key, v in os.environ.items() if not key.startswith("MAKE")}
    environment |= {
        "PYTHONPATH": str(TREE / "lib"),
        "PYTHONDONTWRITEBYTECODE": "1",  # two changes within a second would share a cached module
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
    }
    process = subprocess.Popen(
        command,
        cwd=TREE,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        said = ""
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return process.returncode, said


def make(mutants: Sequence[Mutant]) -> str:
    """Make these changes, and their chapters anew; what could not be, "import" or "notebooks", else empty."""
    for mutant in mutants:
        replace(TREE / mutant.file, mutant.source(TREE))
    imports = "import livetext.figures, backprop_book.exercises"
    if any(m.file.startswith("lib/") for m in mutants) and run([sys.executable, "-c", imports])[0]:
        return "import"
    if names := dict.fromkeys(name for mutant in mutants for name in mutant.outputs):
        notebooks = [f"chapters/{name}.ipynb" for name in names]
        if run([sys.executable, "tools/notebooks.py", *notebooks])[0]:
            return "notebooks"
    return ""


def alone(mutant: Mutant) -> str:
    """What could not be made with this one change."""
    restore()
    return make([mutant])


def make_book() -> bool:
    """Whether the book could be built, in the environment that this runs in: the clone has none of its own."""
    return not run(["make", f"--old-file={sys.prefix}/.ready", "book", f"VENV={sys.prefix}"])[0]


def failing(tests: Sequence[str], pages: str, *options: str) -> list[str]:
    """Those of the tests that fail; "none" of those that read the pages, or "only" those."""
    if not tests:
        return []
    cache = TREE / "_build" / "pytest"
    shutil.rmtree(cache, ignore_errors=True)
    settings = ["-q", f"--pages={pages}", f"--override-ini=cache_dir={cache}"]
    code, said = run([sys.executable, "-m", "pytest", *settings, *options, *tests])
    last = cache / "v" / "cache" / "lastfailed"
    failed = [*json.loads(last.read_text(encoding="utf-8"))] if last.exists() else []
    if code == -signal.SIGKILL:
        return [f"no end after {LONGEST} seconds"]
    if code not in (0, 5) and not failed:  # 5: there are no tests of this sort
        raise RuntimeError(f"the tests did not run (exit code {code}):\n{said}")
    return failed


@dataclass(frozen=True)
class Suspects:
    """The tests that may fail for one of some changes: without the built pages, and with them."""

    plain: Sequence[str]
    pages: Sequence[str]


def suspects(mutants: Sequence[Mutant]) -> Suspects:
    """Those that fail when all these changes are made at once; all that are near, if that cannot be."""
    near = [*dict.fromkeys(test for mutant in mutants for test in mutant.tests)]
    if make(mutants):
        # Which of them stop the library or a notebook? They need no test.
        mutants = [mutant for mutant in mutants if not alone(mutant)]
        restore()
        if make(mutants):
            return Suspects(near, near)
    plain = functions(failing(near, "none"))
    if not any(mutant.book for mutant in mutants):
        return Suspects(plain, [])
    return Suspects(plain, functions(failing(near, "only")) if make_book() else near)


def functions(tests: Sequence[str]) -> list[str]:
    """The tests without their parameters, whose names may stem from what was changed."""
    return [*dict.fromkeys(test.partition("[")[0] for test in tests)]


def noticed(mutants: Sequence[Mutant], tests: Suspects) -> str:
    """What notices these changes first: a test, "import", "notebooks" or "book"; else empty."""
    if what := make(mutants):
        return what
    if failed := failing(tests.plain, "none", "-x"):
        return failed[0]
    if not tests.pages or (mutants and not any(mutant.book for mutant in mutants)):
        return ""
    return next(iter(failing(tests.pages, "only", "-x")), "") if make_book() else "book"


def key_of(mutant: Mutant, commit: str) -> str:
    """What a result is kept under: another commit or another change is another question."""
    words = ("kind", "why", "equivalent")
    change = {field: v for field, v in asdict(mutant).items() if field not in words}
    return sha256(json.dumps([commit, change]).encode()).hexdigest()


def table(mutants: Sequence[Mutant], caught_by: Mapping[str, str]) -> str:
    """Markdown of what is known: the share of each group, then each change."""
    known = [m for m in mutants if m.id in caught_by]
    lines = ["| group | caught | of | share |", "| :-- | --: | --: | --: |"]
    for group in [*dict.fromkeys(m.group for m in known), "all"]:
        own = [m for m in known if group in (m.group, "all")]
        own = [m for m in own if caught_by[m.id] or not m.equivalent]
        caught = sum(bool(caught_by[m.id]) for m in own)
        lines.append(f"| {group} | {caught} | {len(own)} | {caught / (len(own) or 1):.0%} |")
    lines += ["", "| change | group | kind | caught by |", "| :-- | :-- | :-- | :-- |"]
    for m in known:
        survived = f"equivalent: {m.equivalent}" if m.equivalent else f"**SURVIVED**: {m.why}"
        by = f"`{caught_by[m.id]}`" if caught_by[m.id] else survived
        lines.append(f"| {m.id} | {m.group} | {m.kind} | {by.replace('|', chr(92) + '|')} |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="See whether the tests notice single changes.")
    parser.add_argument("names", nargs="*", help="groups and ids; default: all")
    parser.add_argument("--again", action="store_true", help="run those too whose result is known")
    options = parser.parse_args(arguments)
    mutants = read_list()
    try:
        commit = git("rev-parse", "HEAD", folder=ROOT)
    except (OSError, subprocess.CalledProcessError):
        parser.error("this needs git and a repository: it works on a clone of the last commit")
    try:
        these = chosen(mutants, options.names)
        prepare(commit)
        for mutant in these:
            mutant.source(TREE)  # nothing is run if one of them does not fit
    except ValueError as error:
        parser.error(str(error))
    results: dict[str, str] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for group in dict.fromkeys(mutant.group for mutant in these):
        own = [mutant for mutant in these if mutant.group == group]
        own = [m for m in own if options.again or key_of(m, commit) not in results]
        if not own:
            continue
        tests = suspects(own)
        restore()
        if fault := noticed([], tests):
            parser.error(f"without any change there fails {fault}; that has to be mended first")
        for mutant in own:
            restore()
            results[key_of(mutant, commit)] = by = noticed([mutant], tests)
            print(f"{mutant.id}: {by or 'nothing noticed'}", flush=True)
            replace(RESULTS, json.dumps(results, indent=1) + "\n")
            known = {m.id: results[k] for m in mutants if (k := key_of(m, commit)) in results}
            replace(TABLE, table(mutants, known))
    restore()
    print(f"{TABLE}: {commit[:12]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
