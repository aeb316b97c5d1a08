"""A question on the page: what is asked, about which numbers, and how it is explained."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from backprop.autodiff import Tape

from ..effort import check_effort, shown_effort
from ..markup import anchors, check_names, script_data
from ..state import State
from ..widget import HtmlWidget
from .answer_types import AnswerType
from .text import Values, block, inline, shown


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """A question that the page checks by itself. For its texts see `livetext.questions.text`.

    Parameters
    ----------
    id
        Chapter and a word: ``"basics-ratio"``.
    title, practises
        What it is called, and what it is good for.
    minutes, difficulty
        How long it takes a reader of the chapter, and how hard it is: a key of `DIFFICULTIES`.
    covers
        Which of the chapter's "be able to" lines it practises, counted from one.
    text
        The situation, if there is more to say than the question itself.
    ask
        The question, one sentence.
    answer
        How it is answered, and what is right.
    hints
        Two, the second one stronger.
    solution
        How to find the answer.
    tape
        Computes everything the texts and the answer show; its traced inputs are the first numbers.
    draws
        For inputs of the tape, the values from which others are drawn, each entry on its own.
    keep
        An output of the tape; numbers that make it zero are not used.
    figure
        The live figure that shows the answer, once the reader has given theirs.
    reveal
        What its sliders are then set to: numbers, or names of this question's own quantities.
    aliases
        Ids that the question had in earlier editions: progress stored under them counts, addresses lead to it.

    Raises
    ------
    ValueError
        A name is unknown or malformed, a text is missing, or the first numbers are no fair question.
    """

    id: str
    title: str
    practises: str
    covers: tuple[int, ...]
    ask: str
    answer: AnswerType
    hints: tuple[str, str]
    solution: str
    text: str = ""
    tape: Tape | None = None
    draws: Mapping[str, Sequence[float]] = field(default_factory=dict)
    keep: str = ""
    figure: str = ""
    reveal: Mapping[str, str | float] = field(default_factory=dict)
    minutes: int = 0
    difficulty: str = ""
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_names(self.id, self.aliases, "question id")
        check_effort(f"question {self.id!r}", self.minutes, self.difficulty)
        values = self.values()
        used = [*self.answer.quantities(), *filter(None, [self.keep])]
        used += [quantity for quantity in self.reveal.values() if isinstance(quantity, str)]
        for name in used:
            if name not in values:
                raise ValueError(
                    f"question {self.id!r} uses {name!r}; its tape has {', '.join(values)}"
                )
        inputs = self.tape.inputs if self.tape else {}
        for name, choices in self.draws.items():
            if name not in inputs:
                raise ValueError(
                    f"question {self.id!r} draws {name!r}; its tape has {', '.join(inputs)}"
                )
            if not set(np.ravel(inputs[name])) <= set(choices):
                raise ValueError(f"question {self.id!r}: the first {name!r} is not among its draws")
        if self.draws and not self.shown():
            raise ValueError(f"question {self.id!r} draws numbers, and its text shows none")
        if not self.fair(values):
            raise ValueError(
                f"question {self.id!r}: at its first numbers two mistakes, or a mistake and the answer, are "
                "the same; choose others, or say the same of both"
            )

    def values(self, /, **inputs: ArrayLike) -> Values:
        """Every quantity by name at these inputs; entries of arrays are ``W[0,1]``."""
        if self.tape is None:
            return {}
        moved = {name: np.asarray(value, dtype=np.float64) for name, value in inputs.items()}
        tape = Tape({**self.tape.inputs, **moved}, self.tape.nodes, self.tape.outputs)
        return State(tape, {}, None).quantities()

    def fair(self, values: Values) -> bool:
        """Whether the numbers may be used: the answer is finite, and no mistake equals it or another mistake."""
        return (not self.keep or values[self.keep] != 0) and self.answer.settled(values)

    def shown(self) -> list[tuple[str, int | None]]:
        """The quantities whose numbers the reader sees, with their decimals; new numbers differ in one of them."""
        return shown(f"{self.text} {self.ask}", self.values())

    def texts(self) -> Iterator[str]:
        """Everything that is said, as it was written."""
        yield from (self.title, self.practises, self.text, self.ask, *self.hints, self.solution)
        for _, says in self.answer.feedback():
            yield says

    @property
    def html(self) -> str:
        """The question's markup, with its first numbers."""
        values, id = self.values(), f"question-{self.id}"
        spec = {
            "tape": json.loads(self.tape.to_json()) if self.tape else None,
            "draws": {name: [float(v) for v in choices] for name, choices in self.draws.items()},
            "keep": self.keep,
            "shown": self.shown() if self.draws else [],
            "kind": self.answer.name,
            "figure": self.figure,
            "reveal": dict(self.reveal),
            **self.answer.spec(),
        }
        label = "Predict, then see" if self.figure else "Question"
        folded = (("hint", "First hint", self.hints[0]), ("hint", "Second hint", self.hints[1]))
        help = "".join(
            f'<details data-help="{kind}"><summary>{summary}</summary>{block(text, values)}</details>'
            for kind, summary, text in (*folded, ("solution", "Solution", self.solution))
        )
        feedback = "".join(
            f'<div data-feedback="{escape(key)}">{block(says, values)}</div>'
            for key, says in self.answer.feedback()
        )
        effort = shown_effort(self.minutes, self.difficulty)
        effort = effort and f'<span class="question-effort">{effort}</span> '
        return (
            f'<section class="question" data-question="{self.id}"{older_ids(self)} id="{id}" '
            f'aria-labelledby="{id}-title">{anchors("question", self.aliases)}'
            f'<p class="question-head"><span class="question-kind">{label}</span> '
            f'<strong id="{id}-title">{inline(self.title, values)}</strong> '
            f'{effort}<span class="question-state"></span></p>'
            f'<p class="question-practises">Practises {inline(self.practises, values)}.</p>'
            f'<form autocomplete="off" novalidate><div class="question-text">{block(self.text, values)}</div>'
            f"<fieldset disabled><legend>{inline(self.ask, values)}</legend>"
            f"{self.answer.controls(id, values)}</fieldset>"
            f'<div class="question-buttons">{self._buttons()}</div></form>'
            '<div class="question-verdict" role="status"></div>'
            f'<div class="question-help">{help}</div>'
            '<p class="question-still needs-script">Checking an answer needs JavaScript; hints and solution unfold without it.</p>'
            f'<template class="question-feedback">{feedback}</template>'
            f"{script_data('question-spec', spec)}"
            "</section>"
        )

    def _buttons(self) -> str:
        actions = [("hint", "Hint"), ("solution", "Show the solution")]
        actions += [("another", "Another one like this")] if self.draws else []
        return '<button type="submit" data-action="check" disabled>Check</button>' + "".join(
            f'<button type="button" data-action="{action}" disabled>{word}</button>'
            for action, word in actions
        )

    def __repr__(self) -> str:
        return f"Question {self.id}: {self.title}"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return HtmlWidget(html=self.html).mimebundle(repr(self))


def older_ids(question: Question) -> str:
    """The attribute that names a question's older ids to the page's script; nothing where there are none."""
    return f' data-aliases="{" ".join(question.aliases)}"' if question.aliases else ""
