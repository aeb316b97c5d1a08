"""Chapter 5: the matrix form."""

from typing import Any

ANSWERS: dict[str, Any] = {}

WRONG: dict[str, Any] = {}

RIGHT: dict[str, Any] = {}
