"""What every exercise and question of the bank has to stand, chapter by chapter.

Each module has, for every code exercise of its chapter,

- ``WRONG[id]``: at least three answers that learners give, with the name of the mistake that must be
  recognised (written here on its own, not taken from the bank);
- ``RIGHT[id]``: right answers in other styles than the solution's;

and for every question that computes with a tape ``ANSWERS[id]``: the right answer by the library or
by differences, from the question's inputs; one number, or one for each field.
"""

from functools import partial

from support.by_chapter import table as by_chapter

table = partial(by_chapter, __name__)
