"""Chapter 2: the mathematics."""

from ..exercise import Exercise
from ..question import Question

TITLE = "The mathematics"
PAGE = "02-mathematics.html"

QUESTIONS: list[Question] = []

EXERCISES: list[Exercise] = []
