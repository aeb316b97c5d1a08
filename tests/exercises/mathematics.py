"""Chapter 2: the mathematics."""

from typing import Any

ANSWERS: dict[str, Any] = {}

WRONG: dict[str, Any] = {}

RIGHT: dict[str, Any] = {}
