"""Chapter 1: the basics."""

from ..exercise import Exercise
from ..question import Question

TITLE = "The basics"
PAGE = "01-basics.html"

QUESTIONS: list[Question] = []

EXERCISES: list[Exercise] = []
