"""Live figures: Python traces and draws, the page replays."""

from ..controls import Choice, Entries, Iteration, Slider
from .bench import Bench, Example, Gate, RuleCase
from .cells import ArrayImage, Bits
from .figure import LiveFigure, SliderValues
from .flow import Flow
from .graph import Graph, Node, Wire
from .lines import Case, WorkedLines
from .matrices import Matrices, Matrix
from .network import NetworkDiagram
from .pixels import Pixels
from .plane import Added, Plane
from .plot import Plot
from .wires import Network, Walk, Wires

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
