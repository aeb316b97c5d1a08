"""Live figures, questions and code exercises for any Jupyter Book: Python traces and draws, the page replays.

A figure is sliders, a recorded program (a `backprop.autodiff.Tape`) and views. `livetext.questions` check
themselves on the page, `livetext.checks` check a learner's function in a notebook. Nothing here knows a chapter.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .figures import (
        Added,
        ArrayImage,
        Bench,
        Bits,
        Case,
        Choice,
        Entries,
        Example,
        Flow,
        Gate,
        Graph,
        Iteration,
        LiveFigure,
        Matrices,
        Matrix,
        Network,
        NetworkDiagram,
        Node,
        Pixels,
        Plane,
        Plot,
        RuleCase,
        Slider,
        SliderValues,
        Walk,
        Wire,
        Wires,
        WorkedLines,
    )

__all__ = [
    "Added",
    "ArrayImage",
    "Bench",
    "Bits",
    "Case",
    "Choice",
    "Entries",
    "Example",
    "Flow",
    "Gate",
    "Graph",
    "Iteration",
    "LiveFigure",
    "Matrices",
    "Matrix",
    "Network",
    "NetworkDiagram",
    "Node",
    "Pixels",
    "Plane",
    "Plot",
    "RuleCase",
    "Slider",
    "SliderValues",
    "Walk",
    "Wire",
    "Wires",
    "WorkedLines",
]


def __getattr__(name: str) -> Any:
    # matplotlib and anywidget come with figures; a build of the book that changes nothing needs neither
    if name in __all__:
        return getattr(import_module(f"{__name__}.figures"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
