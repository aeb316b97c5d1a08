"""The files of the repository, one after the other, as ``xargs -0`` takes them.

    python tools/tracked.py | xargs -0 codespell

They are those that git knows or would add. A copy without git, such as an unpacked archive, holds
nothing else but what was made since: what ``.gitignore`` names is left out.
"""

from __future__ import annotations

import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def tracked(root: Path = ROOT) -> list[Path]:
    """Every file of the repository, as git or the folder itself names them, in order."""
    names = known_to_git(root)
    if names is None:
        return sorted(found(root, ignored(root)))
    # What was deleted and not yet committed is known and not there.
    return sorted(path for name in names if (path := root / name).is_file())


def known_to_git(root: Path) -> list[str] | None:
    """The names that git has for the files below a repository's root; None where there is no git.

    A copy may lie in a folder of somebody's repository: that one knows other files.
    """
    git = ["git", "-C", str(root)]
    listing = [*git, "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        top = subprocess.run(
            [*git, "rev-parse", "--show-toplevel"], capture_output=True, text=True, check=True
        )
        if Path(top.stdout.rstrip("\n")).resolve() != root.resolve():
            return None
        done = subprocess.run(listing, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return [name for name in done.stdout.split("\0") if name]


def ignored(root: Path) -> list[str]:
    """The patterns of ``.gitignore``, all of them plain names of files or folders."""
    lines = (root / ".gitignore").read_text(encoding="utf-8").splitlines()
    return [line.rstrip("/") for line in lines if line and not line.startswith("#")] + [".git"]


def found(folder: Path, patterns: list[str]) -> list[Path]:
    """All files below a folder whose name, and that of each folder above them, no pattern fits."""
    files: list[Path] = []
    for path in folder.iterdir():
        if any(fnmatch(path.name, pattern) for pattern in patterns):
            continue
        if path.is_dir() and not path.is_symlink():
            files += found(path, patterns)
        elif path.is_file():
            files.append(path)
    return files


if __name__ == "__main__":
    print(*(path.relative_to(ROOT) for path in tracked()), sep="\0", end="\0", file=sys.stdout)
