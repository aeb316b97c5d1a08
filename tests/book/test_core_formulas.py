"""What the pages say of the book's few core formulas, wherever they say it.

The update, the delta, the chain rule, the order of indices and the mean over a batch stand in chapters,
in the glossary, in the notation, among the mistakes: one rule for each, over all of them. And whatever
else a sentence says in a formula is entered a second time in `core_formulas.py`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from support.core_formulas import SAID
from support.formulas import DISPLAYED, PAGES, cells, inline, normalised, texts, topic, without_code
from support.latex import MATRIX, is_number
from support.paths import ROOT

PART = r"((?:\\partial|d[a-zA-Z])(?:[^{}]|\{[^{}]*\})*)"
FRACTION = re.compile(rf"\\frac\{{{PART}\}}\{{{PART}\}}")
UNDER = re.compile(
    r"\\underbrace\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}_\{(?:[^{}]|\{[^{}]*\})*\}"
)
APART = re.compile(
    r"\\q?quad(?![a-z])|\\\\(?:\[\w+\])?|\\Longleftrightarrow|\\(?:begin|end)\{aligned\}|(?<![_({])\\text\{[^}]*\}"
)
COMMA = re.compile(r",(?![^({\[]*[)}\]])")


def clauses(formula: str) -> Iterator[str]:
    """The equations of a formula, each derivative in one line, ∂L/∂z, and products without a dot."""
    formula = MATRIX.sub(lambda match: match[0].replace(r"\\", "|").replace("&", ":"), formula)
    for part in APART.split(UNDER.sub(r"\1", formula)):
        for clause in COMMA.split(normalised(part)):
            flat = FRACTION.sub(r"\1/\2", clause).replace(r"\cdot", " ")
            flat = re.sub(r"(\\[a-zA-Z]+) +(?=[a-zA-Z])", r"\1~", flat).replace(" ", "")
            yield flat.replace("~", " ").strip(".;,")


def spoken(path: Path) -> Iterator[str]:
    """Every clause of a page, displayed or within a sentence."""
    for _, text in texts(path):
        text = without_code(text)
        for formula in [match["latex"] for match in DISPLAYED.finditer(text)] + inline(text):
            yield from clauses(formula)


def programs() -> Iterator[tuple[str, str]]:
    """Whatever is no formula in LaTeX: the pages with their code, the library, the first file one reads."""
    for path in PAGES:
        code = [cell.source for cell in cells(path)] if path.suffix == ".ipynb" else []
        yield path.name, "\n".join(code) if code else path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", *sorted((ROOT / "lib").rglob("*.py"))]:
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


CLAUSES = [(topic(path), clause) for path in PAGES for clause in spoken(path)]
PROGRAMS = list(programs())


# The update: what was there, minus the rate times the gradient

ARROW = re.compile(r"(.+?)\s*(?:\\leftarrow|\\rightarrow|\\to|:=)(?![a-z])\s*(.+)")
BOLDNESS = re.compile(r"\\alpha|\\eta")


def test_every_update_subtracts() -> None:
    """`w ← w − α …`, with the same letter on both sides; another book names the new one w'."""
    updates = 0
    for page, clause in CLAUSES:
        if (match := ARROW.fullmatch(clause)) and BOLDNESS.search(match[2]):
            old, new = match[1].strip(" ["), match[2].removeprefix(f"{match[1]}'=")
            if "^2" in old:  # the difference of two squares, which has a witness of its own
                continue
            rest = new.removeprefix(old).strip()
            assert new.startswith(old), f"{page}: {clause}"
            assert re.match(r"-\s*(\\alpha|\\eta|\\frac\{?\\eta)", rest), f"{page}: {clause}"
            updates += 1
    assert updates >= 12


def test_no_learning_rate_is_added() -> None:
    """In code and in plain text; a bank of exercises may do so, to know the mistake."""
    arrows = 0
    for name, text in PROGRAMS:
        for match in re.finditer(r"(\w+(?:\[\w\])?) (?:<-|←) \1 (\S) (?:lr|α)", text):
            assert match[2] in "-−", f"{name}: {match[0]}"
            arrows += 1
        for match in re.finditer(r"old weight (\S+) ?learning rate", text):
            assert match[1] in "-−", f"{name}: {match[0]}"
        if name.endswith((".ipynb", ".md")) or name.startswith("lib/backprop_book/figures/"):
            added = re.search(
                r"\+=? *(?:lr|alpha|learning_rate|rate|step_size)\b *\*|\+ *(?:α|\\\\?alpha|\\\\?eta\b)",
                text,
            )
            assert not added, f"{name}: {added and added[0]}"
    assert arrows >= 4


# The delta: always with respect to z, of the same unit, layer and example

DELTA = re.compile(
    r"\\delta(?P<mark>\S*?)=\\partial ?\w(?:_n)?/\\partial ?(?P<of>[a-zA-Z]|\\hat ?y)(?P<same>\S*)"
)


def test_every_delta_is_with_respect_to_the_weighted_sum() -> None:
    found = 0
    for page, clause in CLAUSES:
        if match := DELTA.match(clause):
            then = re.split(r"=|\\odot| ", match["same"])[0]
            if (
                re.match(r"F'|\\odot", clause[match.end() :])
                or r"\odot" in clause
                or "F'" in clause
            ):
                continue  # a product with a slope, which is in the table
            assert match["of"] in {"z", "Z"}, f"{page}: {clause}"
            assert match["mark"] == then, f"{page}: {clause}"
            found += 1
    assert found >= 12
    for name, text in PROGRAMS:
        for match in re.finditer(r"(?:δ|\bdelta)\w* = [∂d]L/[∂d]([a-zA-Z])(?!\w* ?[·*])", text):
            assert match[1] in "zZ", f"{name}: {match[0]}"


# The chain: neighbours share a symbol

OUT_OF_ORDER = {  # quoted as misprints, and one book's other direction
    "L/z · z/a · a/W",
    r"\mathbf h/\mathbf f · \mathbf f'/\mathbf h · \ell/\mathbf f'",
}
NAME = r"(?:\\hat |\\mathbf |\\boldsymbol)?\\?\w+(?:[_^](?:\w|\{[^{}]*\}))*'?"
RATE = rf"(?:\\partial ?|d)({NAME}?)/(?:\\partial ?|d)({NAME}?)"
RATE_OF = re.compile(rf"{RATE}(?=\\partial|d[a-z]/|$|[^\w{{^'/])")


def factors(clause: str) -> list[list[tuple[str, str]]]:
    """The runs of derivatives that stand side by side, as a product."""
    runs: list[list[tuple[str, str]]] = [[]]
    end = -1
    for match in RATE_OF.finditer(clause):
        if match.start() != end:
            runs.append([])
        runs[-1].append((match[1], match[2]))
        end = match.end()
    return [run for run in runs if len(run) > 1]


def backward(above: str, below: str) -> bool:
    """It asks how a unit's weighted sum changes with its own activation, against the computation."""
    return above[0] == "z" and below[0] == "a" and above[1:] == below[1:]


def test_neighbours_in_every_chain_share_a_symbol() -> None:
    """And its ends are those of the derivative that it is said to be."""
    found, quoted = 0, set()
    for page, clause in CLAUSES:
        whole = RATE_OF.match(clause) if "=" in clause else None
        for run in factors(clause):
            written = " · ".join("/".join(rate) for rate in run)
            joined = all(left[1] == right[0] for left, right in pairwise(run))
            joined = joined and not any(backward(*rate) for rate in run)
            if whole and (run[0][0], run[-1][1]) != whole.groups():
                joined = joined and (run[0][0], whole[1]) == ("g", "F")  # F is g after h
            if not joined:
                assert written in OUT_OF_ORDER, f"{page}: {clause}"
                quoted.add(written)
            found += 1
    assert quoted == OUT_OF_ORDER
    assert found >= 18


# Indices: to i, from j

WEIGHT = r"(?:w|W)(?:\^\{\([^)]*\)\})?_\{?(?P<to>[a-z])(?P<from>[a-z])\}?"
SIGNAL = re.compile(WEIGHT + r" ?a(?:\^\{\([^)]*\)\})?_\{?(?P<met>[a-z])")
BLAME = re.compile(WEIGHT + r" ?\\delta(?:\^\{\([^)]*\)\})?_\{?(?P<met>[a-z])")
BLAMED = re.compile(r"\\delta(?:\^\{\([^)]*\)\})?_\{?(?P<met>[a-z])\w?\}? ?" + WEIGHT)
PAID = re.compile(
    r"\\partial (?:w|W)(?:\^\{\([^)]*\)\})?_\{(?P<to>[a-z])(?P<from>[a-z])\}=\\delta(?:\^\{\([^)]*\)\})?_\{?"
    r"(?P<blame>[a-z])\}? ?a(?:\^\{\([^)]*\)\})?_\{?(?P<met>[a-z])"
)


def test_the_second_index_meets_the_activation_and_the_first_the_blame() -> None:
    found = 0
    for page, clause in CLAUSES:
        for pattern, index in ((SIGNAL, "from"), (BLAME, "to"), (BLAMED, "to"), (PAID, "from")):
            for match in pattern.finditer(clause):
                assert match["met"] == match[index], f"{page}: {clause}"
                found += 1
        for match in PAID.finditer(clause):
            assert match["blame"] == match["to"], f"{page}: {clause}"
    assert found >= 8


def test_a_weight_leads_to_i_from_j() -> None:
    """In words, in every text and docstring."""
    found = 0
    for name, text in PROGRAMS:
        plain = re.sub(r"[$*`]|\s+", lambda m: " " if m[0].isspace() else "", text)
        for match in re.finditer(
            r"(?<!respect )\b(to|from) (?:(?:hidden )?(?:unit|input|output) )?([ij])\b(?! ?[=<+(])",
            plain,
        ):
            assert match[2] == {"to": "i", "from": "j"}[match[1]], (
                f"{name}: {plain[max(0, match.start() - 60) : match.end() + 30]}"
            )
            found += 1
    assert found >= 12


# A batch: the loss averages, and everything after it adds up


def test_the_loss_of_a_batch_is_a_mean() -> None:
    found = 0
    for page, clause in CLAUSES:
        if re.match(r"L ?= ?(?:-? ?\\frac1m)? ?\\sum", clause) and not re.search(
            r"\\log a_i", clause
        ):
            assert r"\frac1m" in clause, f"{page}: {clause}"
            found += 1
    assert found >= 4


# Whatever else a sentence says in a formula

EQUAL = re.compile(r"=(?![^\[]*\])|\\leftarrow(?![a-z])")
JOINS = re.compile(r"[+\-/^<>]|\\(?:odot|frac|max|le|ge|to|approx|propto)(?![a-z])")


def said() -> dict[str, dict[str, set[str]]]:
    """By the left side: what sentences say that it is, and on which pages; "" is the left of what has none.

    A letter with its marks or a derivative says nothing alone; nor does a side of some page's equation.
    """
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    equations = {side.strip() for _, clause in CLAUSES for side in EQUAL.split(clause)[1:]}
    for path in PAGES:
        for _, text in texts(path):
            for formula in inline(without_code(text)):
                for clause in clauses(formula):
                    first, *others = map(str.strip, EQUAL.split(clause))
                    bare = re.sub(r"[_^](?:\w|\*|\{(?:[^{}]|\{[^{}]*\})*\}|\\\w+)|'", "", first)
                    alone = not others and JOINS.search(bare) and not RATE_OF.fullmatch(first)
                    if alone and first not in equations:
                        others, first = [first], ""
                    for other in others:
                        if other and not is_number(other):
                            found[first][other].add(topic(path))
    return found


FOUND = said()


@pytest.mark.parametrize("left", sorted({*FOUND, *SAID}))
def test_formula_in_a_sentence(left: str) -> None:
    """Every page says the same as the second entry, which somebody has read."""
    pages, entered = FOUND.get(left, {}), SAID.get(left, ())
    new = {right: sorted(pages[right]) for right in pages if right not in entered}
    assert not new, f"{left} … is new; look again, then enter it in core_formulas.py: {new}"
    gone = set(entered) - set(pages)
    assert not gone, f"no page says any longer that {left} = {gone}"
