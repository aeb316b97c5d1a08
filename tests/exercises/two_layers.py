"""Chapter 4: two layers by hand."""

from typing import Any

ANSWERS: dict[str, Any] = {}

WRONG: dict[str, Any] = {}

RIGHT: dict[str, Any] = {}
