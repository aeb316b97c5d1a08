"""Live figures: Python traces and draws, the page replays."""

from .figure import LiveFigure, SliderValues
from .flow import Flow
from .graph import Graph, Node, Wire
from .lines import Case, WorkedLines
from .matrices import Matrices, Matrix
from .plot import Plot
from .spec import Choice, Iteration, Slider

__all__ = [
    "Case",
    "Choice",
    "Flow",
    "Graph",
    "Iteration",
    "LiveFigure",
    "Matrices",
    "Matrix",
    "Node",
    "Plot",
    "Slider",
    "SliderValues",
    "Wire",
    "WorkedLines",
]
