"""Chapter 1: the basics."""

from typing import Any

ANSWERS: dict[str, Any] = {}

WRONG: dict[str, Any] = {}

RIGHT: dict[str, Any] = {}
