"""The book's displayed equations, one module for each page, checked by independent witnesses.

A module holds one function for each equation of its page, named as the label with underscores for
hyphens, or, where a formula has no label, as its page, its cell and its place there. It repeats the
formula for which it vouches, computes the two sides in two different ways and compares them. A
witness that draws numbers takes a generator of its own, `rng`.
"""

import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from zlib import crc32

import numpy as np

Check = Callable[..., None]


@dataclass(frozen=True)
class Witness:
    """A check, and the formula that its author read when it was written."""

    latex: str
    check: Check

    def testify(self) -> None:
        """Run the check, with a generator seeded by its name if it takes one."""
        if "rng" in inspect.signature(self.check).parameters:
            self.check(np.random.default_rng(crc32(self.check.__name__.encode())))
        else:
            self.check()


def vouches(latex: str) -> Callable[[Check], Witness]:
    """Make a check the witness for a formula, given as its page has it."""
    return lambda check: Witness(latex, check)


def witnesses() -> dict[str, Witness]:
    """Every witness by the name of its equation."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        members = vars(import_module(f"{__name__}.{module.name}")).items()
        found |= {
            name.replace("_", "-"): value for name, value in members if isinstance(value, Witness)
        }
    return found
