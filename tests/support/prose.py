"""What a text holds: decimals, and the letters of its formulas."""

from __future__ import annotations

import re

DECIMAL = re.compile(r"(?<![\d.])\d+\.\d+(?!\d|\.\d)")  # a full stop may follow


GREEK = [
    "alpha",
    "beta",
    "delta",
    "Delta",
    "ell",
    "eta",
    "nabla",
    "phi",
    "psi",
    "rho",
    "sigma",
    "theta",
    "varphi",
    "tau",
    "varepsilon",
    "xi",
]


def symbols(text: str) -> set[str]:
    """The letters of all formulas, Latin and Greek, without words, operators and layout."""
    formulas = " ".join(a or b for a, b in re.findall(r"\$\$(.*?)\$\$|\$(.*?)\$", text, re.DOTALL))
    formulas = re.sub(
        r"\\(?:text|mathrm|mathsf|operatorname|begin|end|textstyle)\s*\{[^}]*\}", " ", formulas
    )
    formulas = formulas.replace(r"\mathrm d", " ")
    greek = {name for name in GREEK if re.search(rf"\\{name}(?![a-zA-Z])", formulas)}
    return greek | set(re.findall(r"[A-Za-z]", re.sub(r"\\[A-Za-z]+", " ", formulas)))
