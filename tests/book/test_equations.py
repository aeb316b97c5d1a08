"""Every displayed equation of the book has a witness, and every witness the equation it read."""

import pytest

from equations import witnesses
from support.formulas import PAGES, Formula, displayed, normalised

FORMULAS = [formula for path in PAGES for formula in displayed(path)]
NAMES = [formula.name for formula in FORMULAS]
WITNESSES = witnesses()


def test_names_are_unique_and_each_witness_has_its_equation() -> None:
    assert len(NAMES) == len(set(NAMES))
    assert set(WITNESSES) <= set(NAMES)


def test_no_displayed_formula_is_overlooked() -> None:
    """Two dollar signs open or close a formula that the tests have read."""
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        assert text.count("$$") == 2 * len(displayed(path)), path.name


@pytest.mark.parametrize("formula", FORMULAS, ids=NAMES)
def test_displayed_equation(formula: Formula) -> None:
    """The page still says what the witness vouches for, and the witness still finds it true."""
    name = formula.name.replace("-", "_")
    assert formula.name in WITNESSES, f"write tests/book/equations/{formula.page}: def {name}"
    witness = WITNESSES[formula.name]
    assert normalised(formula.latex) == normalised(witness.latex), (
        f"{formula.name} is no longer the formula that its witness read: look again at {name}, "
        f"then repeat the formula there.\npage:    {formula.latex}\nwitness: {witness.latex}"
    )
    witness.testify()
