"""What people type into a page: each number and shape is read as it was meant, or not at all."""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from livetext.number_format import format_number
from support.page_scripts import Scripts, page_scripts
from support.paths import ROOT

TYPED = json.loads((ROOT / "tests" / "exercises" / "typed.json").read_text(encoding="utf-8"))
NUMBER = "livetext.parseNumber"
SHAPE = "livetext.parseShape"
SIBLINGS = 5000


@pytest.fixture(scope="module")
def scripts() -> Iterator[Scripts]:
    with page_scripts() as loaded:
        yield loaded


def numbers(scripts: Scripts, texts: list[str]) -> list[float | None]:
    found: list[float | None] = scripts.map(NUMBER, [[text] for text in texts])
    return found


def test_table_of_numbers(scripts: Scripts) -> None:
    """No language is known in V8, unless a case names one."""
    accepted, refused = TYPED["numbers"]["accepted"], TYPED["numbers"]["refused"]
    read = scripts.map(NUMBER, [[text, *locale] for text, _, *locale in accepted])
    wrong = {
        str(case): found for case, found in zip(accepted, read, strict=True) if found != case[1]
    }
    assert not wrong
    read = scripts.map(NUMBER, refused)
    assert {
        str(c): found for c, found in zip(refused, read, strict=True) if found is not None
    } == {}


def test_table_of_shapes(scripts: Scripts) -> None:
    accepted, refused = TYPED["shapes"]["accepted"], TYPED["shapes"]["refused"]
    read = scripts.map(SHAPE, [[text] for text, _ in accepted])
    wrong = {
        text: found for (text, right), found in zip(accepted, read, strict=True) if found != right
    }
    assert not wrong
    read = scripts.map(SHAPE, refused)
    assert {c[0]: found for c, found in zip(refused, read, strict=True) if found is not None} == {}


# What the page prints


def drawn_values(count: int) -> list[float]:
    generator = np.random.default_rng(7)
    sizes = 10.0 ** generator.uniform(-12, 12, count)
    rounded = generator.integers(-400, 400, count) / generator.choice([1, 2, 4, 8, 10, 100], count)
    signs = generator.choice([-1.0, 1.0], count)
    return [float(v) for v in np.where(generator.random(count) < 0.5, sizes * signs, rounded)]


@pytest.mark.parametrize("digits", [None, 0, 1, 2, 3, 4, 6])
def test_what_the_page_prints_is_read_back(scripts: Scripts, digits: int | None) -> None:
    """To the last digit that is shown, bare and in all that stands around a number on the page."""
    values = drawn_values(500)
    shown = [format_number(value, digits) for value in values]
    in_page = scripts.map("livetext.formatNumber", [[value, digits] for value in values])
    # Half a unit of the last digit is rounded by the decimal value here, by the binary one there.
    assert sum(a.text != b["text"] for a, b in zip(shown, in_page, strict=True)) <= 5
    texts = [number["text"] for number in in_page]
    meant = [float(plain(text)) for text in texts]
    for around in ("{}", "({})", "= {}", "≈ {}", " {} ", "{}.", "{},", "= ({});"):
        assert numbers(scripts, [around.format(text) for text in texts]) == meant
    for number, read, value in zip(in_page, meant, values, strict=True):
        assert not number["exact"] or math.isclose(read, value, rel_tol=1e-11, abs_tol=1e-11)


def plain(text: str) -> str:
    """A shown number as Python writes it."""
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    return text.replace("−", "-").replace("×10", "e").translate(raised)


# Siblings: numbers written in every style of the grammar, by a generator that knows what it means


def write_digits(rng: random.Random, most: int = 3) -> str:
    return str(rng.randrange(10 ** rng.randint(1, most)))


def write_decimal(rng: random.Random) -> tuple[str, Fraction]:
    whole, part = write_digits(rng), write_digits(rng, 5)
    sign = rng.choice(".,")
    if sign == "," and len(part) == 3 and whole != "0":
        part += "1"  # or it could be a thousand
    if rng.random() < 0.3:
        return whole, Fraction(whole)
    return f"{whole}{sign}{part}", Fraction(f"{whole}.{part}")


def write_groups(rng: random.Random) -> tuple[str, Fraction]:
    mark = rng.choice([" ", "\u202f", "\u00a0", "'", "’"])
    groups = [
        str(rng.randint(1, 999)),
        *(f"{rng.randrange(1000):03}" for _ in range(rng.randint(1, 3))),
    ]
    part = rng.choice(["", write_digits(rng, 4)])
    text = mark.join(groups) + (rng.choice(".,") + part if part else "")
    return text, Fraction("".join(groups) + (f".{part}" if part else ""))


def write_power(rng: random.Random) -> tuple[str, Fraction]:
    power = rng.randint(-12, 12)
    text, value = write_decimal(rng) if rng.random() < 0.8 else ("", Fraction(1))
    raised = str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    style = rng.choice([raised, f"^{power}", f"**{power}", f"^({power})", f" ^ {power}"])
    if text:
        text += rng.choice(["×", "x", "*", "·", "⋅", " × "])
    if text and rng.random() < 0.3:
        return f"{text.rstrip(' ×x*·⋅')}{rng.choice('eE')}{power}", value * Fraction(10) ** power
    return f"{text}10{style}", value * Fraction(10) ** power


def write_fraction(rng: random.Random) -> tuple[str, Fraction]:
    slash = rng.choice(["/", " / ", "⁄", "∕"])
    above, below = rng.randint(0, 99), rng.randint(1, 999)
    if rng.random() < 0.3:
        text, value = write_decimal(rng)
        return f"{text}{slash}{below}", value / below
    if rng.random() < 0.5 or not above < below:
        return f"{above}{slash}{below}", Fraction(above, below)
    whole = rng.randint(0, 99)
    return f"{whole} {above}{slash}{below}", whole + Fraction(above, below)


VULGAR = {
    "¼": Fraction(1, 4),
    "½": Fraction(1, 2),
    "¾": Fraction(3, 4),
    "⅓": Fraction(1, 3),
    "⅝": Fraction(5, 8),
}


def write_vulgar(rng: random.Random) -> tuple[str, Fraction]:
    sign, value = rng.choice([*VULGAR.items()])
    whole = rng.choice(["", write_digits(rng)])
    return f"{whole}{rng.choice(['', ' '])}{sign}", value + (Fraction(whole) if whole else 0)


def write(rng: random.Random) -> tuple[str, Fraction]:
    text, value = rng.choice(
        [write_decimal, write_groups, write_power, write_fraction, write_vulgar]
    )(rng)
    sign = rng.choice(["", "", "+", "-", "−", "–", "- "])
    text, value = sign + text, -value if sign.strip() in {"-", "−", "–"} else value
    if rng.random() < 0.2:
        text = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789./,()+-"})
    around = rng.choice(
        ["{}", "{}", "({})", "[{}]", "“{}”", "= {}", "≈{}", "{}.", "{};", " {} ", "= ({}),"]
    )
    return around.format(text), value


def test_every_style_is_read(scripts: Scripts) -> None:
    rng = random.Random(12)
    written = [write(rng) for _ in range(SIBLINGS)]
    read = numbers(scripts, [text for text, _ in written])
    for (text, value), found in zip(written, read, strict=True):
        assert found is not None, text
        assert math.isclose(found, float(value), rel_tol=1e-14, abs_tol=0), (text, found)


# One character more: it may change nothing, or make the text unreadable

NOISE = " \u00a0\u202f_:!?%°'’\"“”()[]{}=≈abcgkmπ€✓#&|~<>"


def test_noise_never_makes_another_number(scripts: Scripts) -> None:
    rng = random.Random(5)
    cases = []
    for _ in range(SIBLINGS):
        text, value = write(rng)
        at = rng.randint(0, len(text))
        noise = rng.choice(NOISE)
        between = re.search(r"\d$", text[:at]) and re.search(r"^\d+ ?[/⁄∕／]", text[at:])
        if not (noise.isspace() and between):  # 21/4 and 2 1/4 are both numbers
            cases.append((text[:at] + noise + text[at:], float(value)))
    read = numbers(scripts, [text for text, _ in cases])
    for (text, value), found in zip(cases, read, strict=True):
        assert found is None or math.isclose(found, value, rel_tol=1e-14), (text, found, value)
    assert sum(found is None for found in read) > len(read) / 4


def test_any_text_is_arithmetic_or_unreadable(scripts: Scripts) -> None:
    """Of characters thrown together, what is read as a number is worth as much to Python."""
    rng = random.Random(8)
    alphabet = ["1", "2", "0", "10", "10^", ".", "/", "×", "^", "-", "+", "e", "(", ")", "5", "3"]
    texts = sorted(
        {"".join(rng.choices(alphabet, k=rng.randint(1, 7))) for _ in range(4 * SIBLINGS)}
    )
    read = numbers(scripts, texts)
    count = 0
    for text, found in zip(texts, read, strict=True):
        if found is None:
            continue
        python = (
            re.sub(r"(?<![\d.])0+(?=\d)", "", text.removesuffix("."))
            .replace("^", "**")
            .replace("×", "*")
        )
        value: Any = eval(python)  # made above, of digits and signs
        assert math.isclose(found, value, rel_tol=1e-14), (text, found)
        count += 1
    assert count > 500


# Shapes


def test_every_style_of_shape_is_read(scripts: Scripts) -> None:
    rng = random.Random(3)
    cases = []
    for _ in range(1000):
        rows, columns = rng.randint(1, 999), rng.randint(1, 999)
        by = rng.choice([" × ", "×", "x", " X ", "*", "·", ",", ", ", " by ", " ", ";"])
        around = rng.choice(
            ["{}", "({})", "[{}]", "torch.Size([{}])", "= ({})", " {} ", "({}).", "({},)"]
        )
        cases.append((around.format(f"{rows}{by}{columns}"), [rows, columns]))
    read = scripts.map(SHAPE, [[text] for text, _ in cases])
    assert [
        (t, found) for (t, right), found in zip(cases, read, strict=True) if found != right
    ] == []
    noisy = [(noise(rng, text, "_!?%'\"abcπ€()[]{}=.+-/^"), right) for text, right in cases]
    read = scripts.map(SHAPE, [[text] for text, _ in noisy])
    for (text, right), found in zip(noisy, read, strict=True):
        assert found in (None, right), (text, found)


def noise(rng: random.Random, text: str, characters: str) -> str:
    at = rng.randint(0, len(text))
    return text[:at] + rng.choice(characters) + text[at:]
