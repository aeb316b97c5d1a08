"""The second entry of all that is said of answers, kept apart from the bank on purpose.

The bank pairs each typical mistake with a number and with a text. Here both stand again, written from the
mistake's meaning and not copied, so that an exchange or a slip in one of the two books is found. Chapter by
chapter, for every question:

- ``MISTAKES[id]``: from the question's inputs, the number that each typical mistake leads to;
- ``SAYS[id]``: of each wrong answer a few words that its text, and no other text of the question, must hold;
  and likewise of the two hints, ``"hint 1"`` and ``"hint 2"``;
- ``OPTIONS[id]``: of each option in order, a word of it, a word of what is said of it, and whether it is right;
- ``CODE[id]``: of each mistake that a code exercise knows, and of its two hints, words as in ``SAYS``;
- ``EXPLAINS[id]``: what the explanation of a code exercise must state, formulas above all;
- ``STEPS[id]``: of each step in order, a word of it, what it reads and what it writes.
"""

from functools import partial

from support.by_chapter import table as by_chapter

table = partial(by_chapter, __name__)
