"""What pages and widgets run: the script and the styles, each joined from small files.

A page gets one classic script, so that it also loads from disk, where browsers refuse module files. The
files share their names, as classic scripts do; joined, they keep them from the page, which has one name
of ours, ``livetext``.
"""

import re
from importlib.resources import files

# In this order: what a file needs while it is loaded stands before it.
SCRIPTS = (
    "primitives",
    "tape",
    "number_format",
    "number_parsing",
    "model",
    "field",
    "words",
    "mounts",
    "plot",
    "pulse",
    "network",
    "cells",
    "views",
    "player",
    "nearest",
    "holds",
    "past",
    "hand",
    "light",
    "figure",
    "redraw",
    "judge",
    "progress",
    "question",
    "overview",
    "address",
    "page",
)
# The bench, where a reader types expressions: a script of its own, for the pages that have one.
BENCH = ("expression", "walks", "compose", "layout", "bench")
BENCH_NEEDS = ("ENTRYWISE", "all", "find", "formatNumber", "say", "specOf", "stepsView")
STYLES = ("live", "views", "hand", "questions", "address", "bench")

# Comments on lines of their own stay behind: every reader would load them, and they are a third of the text.
COMMENT = re.compile(r"^ */\*(?:(?!\*/).)*\*/\n", re.DOTALL | re.MULTILINE)


def _joined(folder: str, names: tuple[str, ...], suffix: str) -> str:
    place = files(__package__).joinpath(folder)
    return "\n".join(place.joinpath(name + suffix).read_text("utf-8") for name in names)


def _code(names: tuple[str, ...]) -> str:
    return COMMENT.sub("", _joined("js", names, ".js"))


def script() -> str:
    """The classic script of a page: it brings the page's figures and questions to life."""
    parts = f"const bench = globalThis.livetextBench?.({{ {', '.join(BENCH_NEEDS)} }});"
    return (
        f'(() => {{\n"use strict";\n{_code(SCRIPTS)}\n{parts}\n'
        "globalThis.livetext = livetext;\nstart();\n})();\n"
    )


def bench_script() -> str:
    """The classic script that a page with a bench loads first: the other script hands it what it needs."""
    return (
        'globalThis.livetextBench = (needs) => {\n"use strict";\n'
        f"const {{ {', '.join(BENCH_NEEDS)} }} = needs;\n{_code(BENCH)}\nreturn bench;\n}};\n"
    )


def module() -> str:
    """The same as the module of a widget, which leaves no name on the page and mounts what it is handed."""
    return f"{_code(SCRIPTS + BENCH)}\nexport default {{ initialize: () => ({{ render }}) }};\n"


def styles() -> str:
    """The style sheet for both."""
    return _joined("css", STYLES, ".css")
