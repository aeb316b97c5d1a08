"""Numbers in a notebook's prose, written there from what its cells computed.

A cell says ``glue(loss=f"{loss:.2f}")``, and a sentence ``a loss of 0.25<!--=loss-->``. Readers see no
marker, for it is an HTML comment; the text in front of it is the cell's.

That text goes back from the marker as far as there are letters, digits, no-break spaces and the signs
``. , : % / + - − – · × ° ⁺ ⁻``. So an ordinary space ends it, a bracket, a bar, a quotation mark or ``*``
does, and ``(0.25<!--=loss-->)`` keeps its brackets. A space within a glued text, as in ``3.2 kg``, is
written as a no-break space.

A marker stands in a sentence or in a cell of a table, after its text. At the beginning of a line, Markdown
would take the whole line for HTML; in a formula, in code or in a link's target it would be shown.
"""

from __future__ import annotations

import re

from nbformat import NotebookNode

NO_BREAK = "\u00a0"
TEXT = r"(?:[^\W_]|[.,:%/+\-−–·×°⁺⁻\u00a0\u202f])"
CANNOT = (
    "which cannot stand before a marker: a letter, a digit, a space or one of .,:%/+-−–·×°⁺⁻ can"
)
# A question mark may hold the place of a number that was not written yet.
MARKED = re.compile(rf"(?P<text>{TEXT}*|\?)<!--=(?P<name>\w+)-->")


class NumberUnknown(ValueError):
    """A marker that no cell glues, or a glued text that cannot stand before a marker."""


def glued(notebook: NotebookNode) -> dict[str, str]:
    """Every text that the notebook's cells have glued, by its name, as prose has it."""
    found: dict[str, str] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            for name, text in output.get("metadata", {}).get("glued", {}).items():
                written = text.replace(" ", NO_BREAK)
                if not re.fullmatch(f"{TEXT}+", written):
                    raise NumberUnknown(f"{name!r} is glued as {text!r}, {CANNOT}")
                if name in found:
                    raise NumberUnknown(f"{name!r} is glued twice: names are for a whole notebook")
                found[name] = written
    return found


def write_numbers(notebook: NotebookNode) -> NotebookNode:
    """Put every marked number's text in front of its marker; the notebook is changed in place."""
    texts = glued(notebook)

    def written(match: re.Match[str]) -> str:
        if match["name"] not in texts:
            raise NumberUnknown(f"no cell glues {match['name']!r}, which a marker names")
        return f"{texts[match['name']]}<!--={match['name']}-->"

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = MARKED.sub(written, cell.source)
    return notebook
