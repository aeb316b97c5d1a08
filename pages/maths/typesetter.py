"""MathJax in V8: TeX becomes SVG and MathML, and a character of a formula the outline of its glyph."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from py_mini_racer import MiniRacer

from .font import Glyph

# MathJax's parts, in the order in which they need each other.
COMPONENTS = (
    "loader.js",
    "core.js",
    "adaptors/liteDOM.js",
    "input/tex-full.js",
    "output/svg.js",
    "output/svg/fonts/tex.js",
    "a11y/assistive-mml.js",
)
SCRIPT = Path(__file__).with_name("typeset.js")

# What MathJax notes for its own scripts, which no page loads.
NOT_NEEDED = re.compile(r' (?:data-[a-z-]+|focusable|xmlns|unselectable)="[^"]*"')

Formula = tuple[str, bool]  # TeX, and whether it is a display
Typeset = tuple[str | None, str | None]  # its markup, or why there is none


class Typesetter:
    """MathJax in V8, in a thread of its own: what was begun is typeset while the caller goes on.

    V8 starts with the first formula, so a build that needs none does not wait for it.
    """

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(1)
        self._v8: MiniRacer | None = None
        self._begun: dict[Formula, tuple[Future[list[Typeset]], int]] = {}

    def begin(self, formulas: Iterable[Formula]) -> None:
        """Typeset those that are new, without waiting for them."""
        new = [formula for formula in dict.fromkeys(formulas) if formula not in self._begun]
        if new:
            batch = self._worker.submit(self._typeset_all, new)
            self._begun |= {formula: (batch, i) for i, formula in enumerate(new)}

    def typeset(self, tex: str, display: bool) -> str:
        """Return the formula as SVG and MathML.

        Raises
        ------
        ValueError
            If MathJax cannot read it; the message is MathJax's.
        """
        self.begin([(tex, display)])
        batch, i = self._begun[tex, display]
        markup, reason = batch.result()[i]
        if markup is None:
            raise ValueError(reason)
        return markup

    def outlines(self, characters: Sequence[str]) -> dict[str, Glyph]:
        """The glyph that each character of a formula stands for."""
        found = self._worker.submit(self._call, "outlines", characters).result()
        return {c: (advance, path) for c, (advance, path) in zip(characters, found, strict=True)}

    def close(self) -> None:
        """End V8 and the thread, which would keep the process waiting."""
        self._worker.submit(self._close).result()
        self._worker.shutdown()

    def _typeset_all(self, formulas: list[Formula]) -> list[Typeset]:
        results = self._call("typesetAll", formulas)
        return [(markup and cleaned(markup), reason) for markup, reason in results]

    def _call(self, function: str, argument: object) -> Any:
        """Call a function of the script, which returns JSON. As all that touches V8, in its thread."""
        self._v8 = self._v8 or start()
        return json.loads(str(self._v8.call(function, argument)))

    def _close(self) -> None:
        if self._v8:
            self._v8.close()


def cleaned(markup: str) -> str:
    """A formula's markup without the attributes that nothing on a page reads."""
    return NOT_NEEDED.sub("", markup)


def start() -> MiniRacer:
    """Load MathJax and what is ours into V8."""
    package = distribution("sphinx-mathjax-offline")
    sources = {str(f).partition("/static/mathjax/")[2]: f for f in package.files or ()}
    v8 = MiniRacer()
    v8.eval("globalThis.MathJax = {};")
    for name in COMPONENTS:
        # What the last statement of a script returns is of no use here.
        v8.eval(sources[name].read_text() + "\n;0")
    v8.eval(SCRIPT.read_text(encoding="utf-8") + "\n;0")
    return v8
