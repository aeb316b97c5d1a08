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
# The plane of two inputs, the wires of a small network, and images to draw: another, for the pages that train.
PLANE = ("plane", "wires", "pixels")
PLANE_NEEDS = (
    "all",
    "centres",
    "find",
    "formatNumber",
    "hundredth",
    "plotView",
    "replayer",
    "say",
    "share",
    "wireLook",
)
STYLES = ("live", "views", "hand", "questions", "address", "bench", "plane")

# Comments on lines of their own stay behind: every reader would load them, and they are a third of the text.
COMMENT = re.compile(r"^ */\*(?:(?!\*/).)*\*/\n", re.DOTALL | re.MULTILINE)


def _joined(folder: str, names: tuple[str, ...], suffix: str) -> str:
    place = files(__package__).joinpath(folder)
    return "\n".join(place.joinpath(name + suffix).read_text("utf-8") for name in names)


def _code(names: tuple[str, ...]) -> str:
    return COMMENT.sub("", _joined("js", names, ".js"))


def script() -> str:
    """The classic script of a page: it brings the page's figures and questions to life."""
    parts = "\n".join(
        f"const {name} = globalThis.livetext{name.capitalize()}?.({{ {', '.join(needs)} }});"
        for name, needs in (("bench", BENCH_NEEDS), ("plane", PLANE_NEEDS))
    )
    return (
        f'(() => {{\n"use strict";\n{_code(SCRIPTS)}\n{parts}\n'
        "globalThis.livetext = livetext;\nstart();\n})();\n"
    )


def bench_script() -> str:
    """The classic script that a page with a bench loads first: the other script hands it what it needs."""
    return _part("bench", BENCH, BENCH_NEEDS)


def plane_script() -> str:
    """The same for a page with a plane."""
    return _part("plane", PLANE, PLANE_NEEDS)


def _part(name: str, files: tuple[str, ...], needs: tuple[str, ...]) -> str:
    return (
        f'globalThis.livetext{name.capitalize()} = (needs) => {{\n"use strict";\n'
        f"const {{ {', '.join(needs)} }} = needs;\n{_code(files)}\nreturn {name};\n}};\n"
    )


def module() -> str:
    """The same as the module of a widget, which leaves no name on the page and mounts what it is handed."""
    return f"{_code(SCRIPTS + BENCH + PLANE)}\nexport default {{ initialize: () => ({{ render }}) }};\n"


def styles() -> str:
    """The style sheet for both."""
    return _joined("css", STYLES, ".css")
