"""Questions that check themselves on the page."""

from .answer_types import AnyOf, Before, Field, Numbers, OneOf, Option, Order, Shape
from .progress import Overview
from .question import Question

__all__ = [
    "AnyOf",
    "Before",
    "Field",
    "Numbers",
    "OneOf",
    "Option",
    "Order",
    "Overview",
    "Question",
    "Shape",
]
