"""Every exercise and question of the book, by chapter."""

from livetext.checks import Exercise
from livetext.questions import Question

from . import (
    basics,
    bugs,
    checking,
    cost,
    engine,
    mathematics,
    matrix_form,
    misbehaving,
    one_layer,
    outputs,
    project,
    training,
    two_layers,
    walking,
)

CHAPTERS = (
    basics,
    mathematics,
    one_layer,
    two_layers,
    matrix_form,
    outputs,
    walking,
    engine,
    checking,
    training,
    misbehaving,
    cost,
    bugs,
    project,
)

EXERCISES: dict[str, Exercise] = {e.id: e for chapter in CHAPTERS for e in chapter.EXERCISES}
QUESTIONS: dict[str, Question] = {q.id: q for chapter in CHAPTERS for q in chapter.QUESTIONS}
