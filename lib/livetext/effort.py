"""What a question or a code exercise asks of its reader: minutes, and how hard it is."""

DIFFICULTIES = {
    "easy": "what the chapter says, with other numbers",
    "medium": "two or three things that the chapter says, put together",
    "hard": "something that the chapter does not say",
}


def check_effort(what: str, minutes: int, difficulty: str) -> None:
    """Raise a `ValueError` if only one of the two is given, or one of them is not what it may be."""
    if not minutes and not difficulty:
        return
    if minutes < 1 or difficulty not in DIFFICULTIES:
        raise ValueError(
            f"{what} takes {minutes} minutes and is {difficulty!r}: give both, at least one minute and "
            f"one of {', '.join(DIFFICULTIES)}"
        )


def shown_effort(minutes: int, difficulty: str) -> str:
    """In words: ``"5 min · easy"``; nothing where none is given."""
    return f"{minutes} min · {difficulty}" if minutes else ""
