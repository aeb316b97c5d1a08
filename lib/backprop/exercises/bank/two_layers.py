"""Chapter 4: two layers by hand."""

from ..exercise import Exercise
from ..question import Question

TITLE = "Two layers by hand"
PAGE = "04-two-layers.html"

QUESTIONS: list[Question] = []

EXERCISES: list[Exercise] = []
