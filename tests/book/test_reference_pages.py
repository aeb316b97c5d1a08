"""What holds for the reference pages: nothing public is missing, and terms can be found."""

from __future__ import annotations

import re

import pytest

import backprop as bp
import livetext
from backprop import autodiff
from backprop_book import exercises
from support.formulas import PAGES, REFERENCE, texts
from support.paths import ROOT

CHAPTERS = ROOT / "chapters"


@pytest.mark.parametrize(
    "module", [bp, autodiff, bp.data, exercises, livetext], ids=lambda m: m.__name__
)
def test_every_public_name_is_in_the_reference(module: object) -> None:
    """The page of the library lists each name that a module offers, in that module's part."""
    text = (CHAPTERS / "api.md").read_text(encoding="utf-8")
    listed: set[tuple[str, str]] = set()
    current = ""
    for directive, argument in re.findall(
        r"^\.\. (currentmodule|data|auto\w+):: (\w[\w.]*)", text, re.M
    ):
        if directive == "currentmodule":
            current = argument
        else:
            listed.add((current, argument))
    assert {(module.__name__, name) for name in module.__all__} <= listed


def test_glossary_is_in_alphabetical_order() -> None:
    """One heading a term, no term twice."""
    terms = re.findall(r"^## (.+)$", (CHAPTERS / "glossary.md").read_text(encoding="utf-8"), re.M)
    assert len(terms) > 40
    assert terms == sorted(set(terms), key=str.lower)


def test_every_work_in_the_bibliography_is_cited() -> None:
    """And so was looked up for a reason; and every work that is cited is in it."""
    keys = re.findall(r"^@\w+\{(\w+),", (ROOT / "references.bib").read_text(encoding="utf-8"), re.M)
    pages = [*CHAPTERS.glob("*.md"), *CHAPTERS.glob("*.ipynb")]
    cited = {
        match["key"]
        for page in pages
        for match in REFERENCE.finditer(page.read_text(encoding="utf-8"))
    }
    assert len(keys) == len(set(keys))
    assert set(keys) == cited


def test_words_of_a_citation_are_those_of_the_work() -> None:
    """A link to the bibliography names the authors and the year of the entry on which it lands, or its title."""
    page = (CHAPTERS / "references.md").read_text(encoding="utf-8")
    entries = dict(re.findall(r'^- <a id="(\w+)"></a>(.+)$', page, re.M))
    cited = 0
    for path in PAGES:
        for _, text in texts(path):
            for match in REFERENCE.finditer(text):
                entry = entries[match["key"]].replace("*", "").casefold()
                words = re.sub(r"\b(?:et al\.|and|of)", "", match["words"])
                for word in re.findall(
                    r"[^\W_]{2,}", words.casefold().replace("stanford's", "stanford")
                ):
                    assert word in entry, f"{path.name}: {match[0]}"
                cited += 1
    assert cited > 50


def test_glossary_and_chapters_point_at_each_other() -> None:
    """A term that a chapter explains names it, and that chapter links its first use to the term."""
    entries = re.findall(
        r"^## ([^\n]+)\n(.*?)(?=^## |\Z)",
        (CHAPTERS / "glossary.md").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    explained = 0
    for term, text in entries:
        for chapter in re.findall(r"See\s+\[[^\]]*\]\(([\w-]+\.ipynb)\)", text):
            anchor = "glossary.md#" + term.lower().replace(" ", "-")
            assert anchor in (CHAPTERS / chapter).read_text(encoding="utf-8"), (term, chapter)
            explained += 1
    assert explained > 40


# Set in bold for weight, or as one of the names by which the text tells things apart; no term of the field.
EMPHASIS = {
    *("local", "local gradient", "paths add", "sign", "size", "upstream", "recorded program"),
    *("sums over indices", "column", "row", "fused", "takes one step back"),
}


def test_glossary_has_every_term_that_a_chapter_defines() -> None:
    """What is bold in a sentence and begins small, at most three words: a heading begins or ends as it does."""
    page = (CHAPTERS / "glossary.md").read_text(encoding="utf-8")
    headings = [term.lower() for term in re.findall(r"^## (.+)$", page, re.M)]
    defined: dict[str, str] = {}
    for path in sorted(CHAPTERS.glob("[0-9]*.ipynb")):
        for _, text in texts(path):
            for term in re.findall(r"(?<!\*)\*\*([a-z][^*:$.]+)\*\*", text):
                defined[" ".join(term.split())] = path.name
    terms = {term for term in defined if len(term.split()) <= 3} - EMPHASIS
    assert len(terms) > 25
    for term in sorted(terms):
        stem = re.sub(r"(?:ices|es|s|e|ed)$", "", term)
        found = [h for h in headings if h.startswith(stem) or h.split()[-1].startswith(stem)]
        assert found, f"{defined[term]} defines {term!r}, and the glossary has no such word"


def test_years_of_the_history_are_those_of_the_works() -> None:
    """Each row of the table: years in order, and a work of that name and year in the bibliography."""
    text = (CHAPTERS / "history.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| (\d{4}(?:, \d{4})*) \| (.+?) \|", text, re.M)
    keys = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "references.bib").read_text("utf-8"), re.M))
    assert len(table) > 8
    assert table == sorted(table, key=lambda row: int(row[0][:4]))
    for years, names in table[1:]:  # Leibniz's manuscript is not in the bibliography
        people = re.findall(r"(?:^|; )(Le )?(\w+)", names)
        dated = years.split(", ")
        who = people * len(dated) if len(people) == 1 else people
        for i, (particle, name) in enumerate(who):
            key = (particle + name).replace(" ", "").lower() + dated[min(i, len(dated) - 1)]
            assert key in keys, f"{years}: {names}"
