"""Code exercises: a learner's function is called, compared, and its mistake named."""

from .answers import Array, Trouble, length, read
from .exercise import Case, Exercise, Mistake
from .verdict import Verdict, examine

__all__ = [
    "Array",
    "Case",
    "Exercise",
    "Mistake",
    "Trouble",
    "Verdict",
    "examine",
    "length",
    "read",
]
