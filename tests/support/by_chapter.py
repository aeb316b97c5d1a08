"""What answers and entries have in common: a module for each chapter of the bank, with tables by exercise."""

from importlib import import_module
from typing import Any

from backprop_book.exercises.bank import CHAPTERS


def table(package: str, name: str) -> dict[str, Any]:
    """The tables of this name of all chapters."""
    entries: dict[str, Any] = {}
    for chapter in CHAPTERS:
        module = import_module(f"{package}.{chapter.__name__.rpartition('.')[2]}")
        entries |= getattr(module, name, {})
    return entries
