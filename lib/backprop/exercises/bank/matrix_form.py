"""Chapter 5: the matrix form."""

from ..exercise import Exercise
from ..question import Question

TITLE = "The matrix form"
PAGE = "05-matrix-form.html"

QUESTIONS: list[Question] = []

EXERCISES: list[Exercise] = []
