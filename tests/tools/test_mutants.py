"""The list of changes that the tests ought to notice, and what tools/mutants.py makes of it."""

from dataclasses import replace
from pathlib import Path

import pytest

import mutants
from mutants import Mutant
from notebooks import loads
from support.paths import ROOT

LIST = mutants.read_list()


def made_up(**fields: object) -> Mutant:
    texts = {"id": "m", "group": "g", "kind": "k", "file": "page.md", "find": "plus", "why": "…"}
    return Mutant(**(texts | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize("mutant", LIST, ids=lambda mutant: mutant.id)
def test_each_change_still_applies(mutant: Mutant) -> None:
    assert mutant.source(ROOT) != (ROOT / mutant.file).read_text(encoding="utf-8")
    for name in mutant.outputs:
        assert (ROOT / "chapters" / f"{name}.ipynb").exists()
    for test in mutant.tests:
        assert (ROOT / test.partition("::")[0]).exists()


def test_the_list_covers_every_kind_of_fault() -> None:
    groups = [mutant.group for mutant in LIST]
    assert len({mutant.id for mutant in LIST}) == len(LIST) >= 60
    assert set(groups) == {"mathematics", "figures", "exercises", "scripts", "site", "chapters"}
    assert min(map(groups.count, groups)) >= 10


def test_a_change_of_a_text() -> None:
    assert made_up(replace="minus").changed("a plus b") == "a minus b"
    assert made_up(swap="times").changed("plus before times") == "times before plus"


@pytest.mark.parametrize("text", ["", "plus plus"])
def test_what_does_not_occur_once_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="mutant m: 'plus' occurs . times in page.md"):
        made_up(replace="minus").changed(text)


def test_a_swap_needs_both_texts_and_a_change_one_way_to_make_it() -> None:
    with pytest.raises(ValueError, match="mutant m: 'times' occurs 0 times"):
        made_up(swap="times").changed("plus")
    for both in ({}, {"replace": "a", "swap": "b"}):
        with pytest.raises(ValueError, match="either replace or swap"):
            made_up(**both).changed("plus")


def test_a_notebook_changes_in_one_cell_and_nowhere_else(tmp_path: Path) -> None:
    path = "chapters/03-one-layer.ipynb"
    title = made_up(file=path, find="# One layer by hand", replace='# Two\n"layers"')
    before, after = loads((ROOT / path).read_text("utf-8")), loads(title.source(ROOT))
    assert after.cells[0].source.startswith('# Two\n"layers"')
    after.cells[0].source = before.cells[0].source
    assert after == before


def test_groups_and_ids_can_be_chosen() -> None:
    some = mutants.chosen(LIST, ["site", "adam-eps"])
    assert {mutant.group for mutant in some} == {"site", "mathematics"}
    assert [m.id for m in some if m.group == "mathematics"] == ["adam-eps"]
    assert mutants.chosen(LIST, []) == LIST
    with pytest.raises(ValueError, match="called nothing"):
        mutants.chosen(LIST, ["nothing"])


def test_a_result_belongs_to_one_commit_and_one_entry() -> None:
    one = made_up(replace="minus")
    keys = {mutants.key_of(m, c) for m in (one, replace(one, replace="times")) for c in ("a", "b")}
    assert len(keys) == 4


def test_the_table_counts_by_group_without_what_changes_nothing() -> None:
    some = [
        made_up(id="one"),
        made_up(id="two"),
        made_up(id="three", equivalent="the same number"),
        made_up(id="four", group="h"),
        made_up(id="five", group="h"),
    ]
    caught = {"one": "tests/test_x.py::test_it[a|b]", "two": "", "three": "", "four": "book"}
    text = mutants.table(some, caught)
    assert "| g | 1 | 2 | 50% |\n| h | 1 | 1 | 100% |\n| all | 2 | 3 | 67% |" in text
    assert r"| one | g | k | `tests/test_x.py::test_it[a\|b]` |" in text
    assert "| two | g | k | **SURVIVED**: … |" in text
    assert "| three | g | k | equivalent: the same number |" in text
    assert "five" not in text
