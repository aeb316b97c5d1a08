"""The book's colours: told apart by colour-blind readers, legible, and never the only sign."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup
from colorspacious import cspace_convert, deltaE
from numpy.typing import NDArray

from livetext.draw import PALETTE
from support.browsing import Visit
from support.paths import ROOT, SITE, book_pages

CSS = (ROOT / "lib" / "livetext" / "css" / "live.css").read_text(encoding="utf-8")
PAIRS = re.findall(r"--live-(\w+): light-dark\((#\w{6}), (#\w{6})\);", CSS)
THEMES = {
    "light": {name: light for name, light, _ in PAIRS},
    "dark": {name: dark for name, _, dark in PAIRS},
}
# What curves, dots, arrows and wires are drawn in.
SERIES = ("ink", "blue", "orange", "green", "purple", "positive", "negative")
# Machado, Oliveira and Fernandes (2009), at full severity.
EYES = ("protanomaly", "deuteranomaly", "tritanomaly")


def rgb(colour: str) -> NDArray[np.float64]:
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def luminance(colour: str) -> float:
    c = rgb(colour)
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(a: str, b: str) -> float:
    low, high = sorted(map(luminance, (a, b)))
    return (high + 0.05) / (low + 0.05)


def seen(colour: str, eyes: str) -> NDArray[np.float64]:
    space = {"name": "sRGB1+CVD", "cvd_type": eyes, "severity": 100}
    return np.clip(cspace_convert(rgb(colour), space, "sRGB1"), 0, 1)


def test_contrast_of_black_and_white() -> None:
    """The extreme of WCAG's formula: this witness is right."""
    assert contrast("#ffffff", "#000000") == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("eyes", EYES)
def test_signs_of_numbers_are_told_apart(theme: str, eyes: str) -> None:
    """A pair of their own, as far from each other as blue is from orange, whatever the reader's eyes."""
    colours = THEMES[theme]
    apart = deltaE(
        *(seen(colours[sign], eyes) for sign in ("positive", "negative")), input_space="sRGB1"
    )
    assert apart > 30


def test_palette_is_the_light_theme() -> None:
    """What matplotlib draws with and what the style sheet says are the same colours."""
    assert {name: THEMES["light"][name] for name in PALETTE} == PALETTE


@pytest.mark.parametrize("theme", THEMES)
def test_colours_are_legible(theme: str) -> None:
    """4.5 to 1: each of them is a text's somewhere, and so more than the 3 to 1 of a line."""
    colours = THEMES[theme]
    for name in (*SERIES, "muted"):
        for ground in ("paper", "panel"):
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
    assert contrast(colours["ink"], colours["mark"]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("eyes", EYES)
def test_colours_stay_apart(theme: str, eyes: str) -> None:
    """6 in CAM02-UCS, where 1 is the least that is noticed side by side."""
    colours = THEMES[theme]
    for a, b in combinations(SERIES, 2):
        distance = float(
            deltaE(seen(colours[a], eyes), seen(colours[b], eyes), input_space="sRGB1")
        )
        assert distance >= 6, (a, b)


def test_two_look_alike_without_red() -> None:
    """The simulation simulates: this red and this green are the textbook's pair."""
    red, green = "#c04f00", "#6b7a00"
    with_all = float(deltaE(rgb(red), rgb(green), input_space="sRGB1"))
    without = float(
        deltaE(seen(red, "deuteranomaly"), seen(green, "deuteranomaly"), input_space="sRGB1")
    )
    assert without < with_all / 2


def strokes(page: str) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """For each plot of a page its curves and histories: kind, colour, and dashes with width."""
    found = []
    for figure in BeautifulSoup(Path(SITE / page).read_text("utf-8"), "html.parser").select(
        "figure.live"
    ):
        spec = json.loads(figure.select_one("script.live-spec").string)
        for i, view in enumerate(spec["views"]):
            if view["kind"] != "plot":
                continue
            svg = figure.select_one(f'[data-view="{i}"] svg')
            words = {
                m[1]
                for text in svg.select("text, text *, g:has(> text)")
                if (m := re.search(r"fill: var\(--live-(\w+)", text.get("style", "")))
            }
            lines = []
            for k, artist in enumerate(view["artists"]):
                if artist["points"] not in ("curve", "history") or artist["draw"] != "line":
                    continue
                style = svg.select_one(f'[data-artist="{k}"] path')["style"]
                colour = re.search(r"stroke: var\(--live-(\w+)", style)[1]
                look = re.sub(r"stroke: var[^;]*;?|fill: none;?", "", style).strip()
                label = f"{colour} words" if colour in words else ""
                lines.append(
                    (f"{artist['points']} {artist.get('stairs', '')}", colour, look + label)
                )
            found.append((f"{spec_name(figure)}-{i}", lines))
    return found


def spec_name(figure: object) -> str:
    return str(figure["data-figure"])  # type: ignore[index]


def test_lines_differ_in_more_than_colour(site: Path) -> None:
    """Two curves of a plot differ in dashes or width, or each is named in words of its colour beside it."""
    pairs = [
        (plot, first, second)
        for page in book_pages()
        for plot, lines in strokes(page)
        for first, second in combinations(lines, 2)
        if first[0] == second[0] and first[1] != second[1]  # of one kind, in two colours
    ]
    alike = [(plot, a[1], b[1]) for plot, a, b in pairs if a[2] == b[2]]
    assert alike == []
    assert len(pairs) >= 5


# What a question says of an answer, and in which colours: at the edge of the verdict, and its first word.
JUDGED = """([typed, right]) => {
  const section = [...document.querySelectorAll("section.question")].find((one) =>
    JSON.parse(one.querySelector(".question-spec").textContent).kind === "numbers");
  const { fields } = JSON.parse(section.querySelector(".question-spec").textContent);
  section.querySelectorAll("fieldset input").forEach((input, i) => {
    input.value = right ? String(livetext.mountedIn(section).values()[fields[i].quantity]) : typed;
  });
  section.querySelector("form").requestSubmit();
  const verdict = section.querySelector(".question-verdict");
  const head = verdict.querySelector(":scope > strong");
  return [verdict.dataset.verdict, getComputedStyle(verdict).borderLeftColor, head && getComputedStyle(head).color];
}"""
# Green is right. Orange says that something is to be done, and has a head only if an answer was judged.
VERDICTS = {
    "right": ("green", "green"),
    "wrong": ("orange", "orange"),
    "unread": ("orange", None),
}


@pytest.mark.parametrize("theme", THEMES)
def test_verdicts_have_their_colours(open_page: Callable[..., Visit], theme: str) -> None:
    page = open_page("chapters/03-one-layer.html", color_scheme=theme).page
    colours = {
        name: f"rgb{tuple(round(255 * c) for c in rgb(colour))}"
        for name, colour in THEMES[theme].items()
    }
    for kind, (edge, head) in VERDICTS.items():
        found = page.evaluate(
            JUDGED, [{"wrong": "123456", "unread": "many"}.get(kind), kind == "right"]
        )
        assert found == [kind, colours[edge], head and colours[head]]
