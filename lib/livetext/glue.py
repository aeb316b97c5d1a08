"""Numbers in prose: a cell computes them, and `make notebooks` writes them into the sentences."""

from IPython.display import display

GLUED = "glued"  # where an output's metadata keeps them


def glue(**texts: str) -> None:
    """Give texts a name each, by which a sentence marks its number: ``0.25<!--=loss-->``.

    The output has nothing to show: it carries names and texts in its metadata.

    Parameters
    ----------
    **texts
        What the reader sees, formatted: ``glue(loss=f"{loss:.2f}")``.

    Raises
    ------
    TypeError
        A value is not text: how many digits a reader sees is the author's choice.
    """
    for name, text in texts.items():
        if not isinstance(text, str):
            raise TypeError(f"glue expects formatted text for {name!r}, got {type(text).__name__}")
    display({}, metadata={GLUED: texts}, raw=True)
