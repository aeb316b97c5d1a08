"""The reader's progress over all chapters, on one page."""

from collections.abc import Sequence
from html import escape
from typing import Any, Protocol

from ..effort import shown_effort
from ..widget import HtmlWidget
from .question import Question, older_ids
from .text import inline


class Chapter(Protocol):
    """A chapter's questions: a module of the book's bank, or whatever else has these names."""

    @property
    def TITLE(self) -> str: ...
    @property
    def PAGE(self) -> str: ...
    @property
    def QUESTIONS(self) -> Sequence[Question]: ...


def _effort(question: Question) -> str:
    effort = shown_effort(question.minutes, question.difficulty)
    return effort and f" · {effort}"


class Overview:
    """Every question of a book with its state, and buttons to export, import and reset them."""

    def __init__(self, chapters: Sequence[Chapter]) -> None:
        self.chapters = [chapter for chapter in chapters if chapter.QUESTIONS]

    @property
    def html(self) -> str:
        """The overview's markup; the page's script fills in the states."""
        chapters = "".join(
            f'<section data-group><h2><a href="{chapter.PAGE}">{escape(chapter.TITLE)}</a></h2>'
            f"<p data-total>{len(chapter.QUESTIONS)} questions</p>"
            "<table><thead><tr><th>Question</th><th>State</th></tr></thead><tbody>"
            + "".join(
                f'<tr><td><a href="{chapter.PAGE}#question-{q.id}">{inline(q.title, q.values())}</a>'
                f"<small>{inline(q.practises, q.values())}{_effort(q)}</small></td>"
                f'<td data-progress="{q.id}"{older_ids(q)}>–</td></tr>'
                for q in chapter.QUESTIONS
            )
            + "</tbody></table></section>"
            for chapter in self.chapters
        )
        buttons = "".join(
            f'<button type="button" data-action="{action}" disabled>{word}</button>'
            for action, word in (("export", "Export"), ("import", "Import"), ("reset", "Reset"))
        )
        return (
            '<div class="progress-overview" data-group>'
            f"<p><strong>All chapters:</strong> <span data-total>needs JavaScript</span></p>"
            f'<div class="progress-buttons">{buttons}</div>'
            '<input type="file" accept=".json,application/json" aria-label="A file of progress to import" hidden>'
            '<p class="progress-status" role="status"></p>'
            '<p class="progress-blocked" hidden>This browser cannot keep more: its storage is full or blocked. '
            "What you solve now is forgotten when you leave its page. Export what is listed here, and free some "
            "space.</p>"
            f"{chapters}</div>"
        )

    def __repr__(self) -> str:
        count = sum(len(chapter.QUESTIONS) for chapter in self.chapters)
        return f"Progress in {count} questions"

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return HtmlWidget(html=self.html).mimebundle(repr(self))
