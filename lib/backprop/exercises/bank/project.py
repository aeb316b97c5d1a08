"""The project: a network from nothing."""

from ..exercise import Exercise
from ..question import Question

TITLE = "The project"
PAGE = "project.html"

QUESTIONS: list[Question] = []

EXERCISES: list[Exercise] = []
