"""Ways to walk a graph back, right ones and wrong ones, for the chapter on engines and its exercises.

A graph is a function from a node to its links: pairs of a parent and the slope along the wire to it. Each walk
returns the gradients that it finds, and how many wires it has passed.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import Any

__all__ = ["WALKS", "order"]

Links = Callable[[Any], Iterable[tuple[Any, float]]]
Found = tuple[dict[Any, float], int]


def order(out: Hashable, links: Links) -> list[Any]:
    """Every node that ``out`` was computed from, each after its parents."""
    opened: set[Any] = set()
    found: list[Any] = []
    stack: list[tuple[Any, bool]] = [(out, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            found.append(node)
        elif node not in opened:
            opened.add(node)
            stack.append((node, True))
            stack += [(parent, False) for parent, _ in links(node)]
    return found


def passed(out: Hashable, links: Links, nodes: Iterable[Any]) -> Found:
    """Each of the nodes passes on what has arrived by its turn."""
    found, steps = {out: 1.0}, 0
    for node in nodes:
        for parent, slope in links(node):
            found[parent] = found.get(parent, 0.0) + found.get(node, 0.0) * slope
            steps += 1
    return found, steps


def in_order(out: Hashable, links: Links) -> Found:
    return passed(out, links, reversed(order(out, links)))


def of_computation(out: Hashable, links: Links) -> Found:
    return passed(out, links, order(out, links))


def near_first(out: Hashable, links: Links) -> Found:
    queue = [out]
    for node in queue:
        queue += dict.fromkeys(parent for parent, _ in links(node) if parent not in queue)
    return passed(out, links, queue)


def at_once(out: Hashable, links: Links) -> Found:
    found, steps = {out: 1.0}, 0

    def visit(node: Any) -> None:
        nonlocal steps
        for parent, slope in links(node):
            found[parent] = found.get(parent, 0.0) + found[node] * slope
            steps += 1
            visit(parent)

    visit(out)
    return found, steps


def by_paths(out: Hashable, links: Links) -> Found:
    found, steps = {out: 1.0}, 0

    def visit(node: Any, share: float) -> None:
        nonlocal steps
        for parent, slope in links(node):
            found[parent] = found.get(parent, 0.0) + share * slope
            steps += 1
            visit(parent, share * slope)

    visit(out, 1.0)
    return found, steps


def deep_first(out: Hashable, links: Links) -> Found:
    found, steps, seen = {out: 1.0}, 0, set()

    def visit(node: Any) -> None:
        nonlocal steps
        seen.add(node)
        for parent, slope in links(node):
            found[parent] = found.get(parent, 0.0) + found[node] * slope
            steps += 1
            if parent not in seen:
                visit(parent)

    visit(out)
    return found, steps


# By the names that the page's script has for them (`WALKS` in walks.js).
WALKS: dict[str, Callable[[Any, Links], Found]] = {
    "sorted": in_order,
    "arrived": at_once,
    "shares": by_paths,
    "once": deep_first,
    "forward": of_computation,
    "broad": near_first,
}
