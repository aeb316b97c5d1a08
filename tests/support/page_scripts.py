"""The page's script in V8, for all that needs no document: a thousand answers cost less than one visit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from py_mini_racer import MiniRacer

from livetext import page_script

# A document that is never there yet, so nothing is mounted.
DOCUMENT = """
globalThis.document = { readyState: "loading", addEventListener() {}, dispatchEvent() {} };
globalThis.CustomEvent = class {};
globalThis.call = (path, texts) => {
  const plain = (key, value) => (typeof value === "number" && !Number.isFinite(value) ? null : value);
  const f = path.split(".").reduce((object, name) => object[name], globalThis);
  return JSON.stringify(JSON.parse(texts).map((args) => f(...args) ?? null), plain);
};
"""


# The bench, which a page's script makes for itself alone, within reach.
REACH = """;
const make = globalThis.livetextBench;
globalThis.livetextBench = (needs) => (globalThis.bench = make(needs));
0"""


class Scripts:
    """The script of a page, ready to be called."""

    def __init__(self, v8: MiniRacer) -> None:
        self.v8 = v8

    def eval(self, source: str) -> Any:
        """What an expression is worth, by way of JSON."""
        return json.loads(str(self.v8.eval(f"JSON.stringify({source})")))

    def map(self, function: str, arguments: list[list[Any]]) -> list[Any]:
        """What a function returns for each list of arguments; None for null, NaN and infinity."""
        found: list[Any] = json.loads(str(self.v8.call("call", function, json.dumps(arguments))))
        return found


@contextmanager
def page_scripts() -> Iterator[Scripts]:
    """Load it as a page does."""
    v8 = MiniRacer()
    try:
        v8.eval(DOCUMENT)
        v8.eval(page_script.part_script("bench") + REACH)
        v8.eval(page_script.script() + "\n;0")
        yield Scripts(v8)
    finally:
        v8.close()
