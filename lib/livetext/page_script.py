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
# Scripts of their own, for the pages alone that have what they are for: their files, and what the page's script
# hands them. The bench, where a reader types expressions; and the plane of two inputs, with the wires of a small
# network and images to draw.
PARTS = {
    "bench": (
        ("expression", "walks", "compose", "layout", "bench"),
        ("ENTRYWISE", "all", "find", "formatNumber", "say", "specOf", "stepsView"),
    ),
    "plane": (
        ("added", "plane", "wires", "pixels"),
        (
            *("GESTURE", "all", "centres", "find", "formatNumber", "hundredth"),
            *("placeIn", "plotView", "replayer", "runAll", "say", "share", "wireLook"),
        ),
    ),
}
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
        for name, (_, needs) in PARTS.items()
    )
    return (
        f'(() => {{\n"use strict";\n{_code(SCRIPTS)}\n{parts}\n'
        "globalThis.livetext = livetext;\nstart();\n})();\n"
    )


def part_script(name: str) -> str:
    """The classic script of one of `PARTS`, which a page loads first: the other script hands it what it needs."""
    files, needs = PARTS[name]
    return (
        f'globalThis.livetext{name.capitalize()} = (needs) => {{\n"use strict";\n'
        f"const {{ {', '.join(needs)} }} = needs;\n{_code(files)}\nreturn {name};\n}};\n"
    )


def module() -> str:
    """The same as the module of a widget, which leaves no name on the page and mounts what it is handed."""
    names = SCRIPTS + tuple(file for files, _ in PARTS.values() for file in files)
    return f"{_code(names)}\nexport default {{ initialize: () => ({{ render }}) }};\n"


def styles() -> str:
    """The style sheet for both."""
    return _joined("css", STYLES, ".css")
