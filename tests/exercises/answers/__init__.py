"""What every exercise and question of the bank has to stand, chapter by chapter.

Each module has, for every code exercise of its chapter,

- ``WRONG[id]``: at least three answers that learners give, with the name of the mistake that must be
  recognised (written here on its own, not taken from the bank);
- ``RIGHT[id]``: right answers in other styles than the solution's;

and for every question that computes with a tape ``ANSWERS[id]``: the right answer by the library or
by differences, from the question's inputs; one number, or one for each field.
"""

from importlib import import_module
from typing import Any

from backprop_book.exercises.bank import CHAPTERS


def table(name: str) -> dict[str, Any]:
    """The tables of this name of all chapters."""
    entries: dict[str, Any] = {}
    for chapter in CHAPTERS:
        module = import_module(f"{__name__}.{chapter.__name__.rpartition('.')[2]}")
        entries |= getattr(module, name, {})
    return entries
