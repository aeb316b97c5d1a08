"""Live figures: Python traces and draws, the page replays."""

from .figure import LiveFigure, SliderValues
from .graph import Graph, Node, Wire
from .lines import WorkedLines
from .plot import Plot
from .spec import Iteration, Slider

__all__ = [
    "Graph",
    "Iteration",
    "LiveFigure",
    "Node",
    "Plot",
    "Slider",
    "SliderValues",
    "Wire",
    "WorkedLines",
]
