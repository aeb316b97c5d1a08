"""What each code exercise asks of its reader, written into the chapters from the exercise bank.

    python tools/efforts.py            write it
    python tools/efforts.py --check    write nothing, name the notebooks where that would change something

The text of an exercise begins ``**basics-1, warm-up: …** *Practises ….*``; minutes and difficulty follow. On a page the head of a question shows them; a code exercise has no head but this.
"""

from __future__ import annotations

import argparse
import re
import sys

from backprop_book.exercises import EXERCISES
from notebooks import ROOT, replace, with_prose

HEAD = re.compile(
    r"(?P<head>\*\*(?P<id>[\w-]+)[,:][^*]+\*\*\s\*Practises [^*]+\*)(?: `\d+ min · \w+`)?"
)


def write_efforts(text: str) -> str:
    """A text with minutes and difficulty behind the head of each exercise."""

    def written(match: re.Match[str]) -> str:
        exercise = EXERCISES.get(match["id"])
        return f"{match['head']} `{exercise.effort}`" if exercise else match[0]

    return HEAD.sub(written, text)


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Write what each code exercise asks for.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail if it would")
    check = parser.parse_args(arguments).check
    in_order = True
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        stored = path.read_text(encoding="utf-8")
        if (text := with_prose(stored, write_efforts)) == stored:
            continue
        if check:
            print(f"{path.name}: run `make format` for the marks of exercises", file=sys.stderr)
            in_order = False
        else:
            replace(path, text)
    return 0 if in_order else 1


if __name__ == "__main__":
    sys.exit(main())
