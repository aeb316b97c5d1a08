"""The project: a network from nothing."""

from typing import Any

ANSWERS: dict[str, Any] = {}

WRONG: dict[str, Any] = {}

RIGHT: dict[str, Any] = {}
