"""Printing whatever the terminal can show."""

import sys

# What a plain terminal lacks; Greek letters by their names.
PLAIN = {
    **{
        "✓": "v",
        "✗": "x",
        "−": "-",
        "–": "-",
        "·": "*",
        "×": "x",
        "′": "'",
        "…": "...",
        "∞": "inf",
    },
    **{"²": "^2", "³": "^3", "¹": "^1", "ᵀ": "^T", "√": "sqrt ", "∂": "d", "Σ": "sum "},
    **{"ŷ": "y_hat", "ẑ": "z_hat"},
    **{"≈": "~", "≤": "<=", "≥": ">=", "≠": "!=", "→": "->", "←": "<-"},
    **{"“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ", "\u202f": " "},
    **{
        "σ": "sigma",
        "δ": "delta",
        "α": "alpha",
        "β": "beta",
        "η": "eta",
        "ε": "epsilon",
        "Δ": "Delta",
    },
}


def say(text: str) -> None:
    """Print, with what the encoding of the output lacks in plain letters."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print("".join(c if _fits(c, encoding) else PLAIN.get(c, ascii(c)[1:-1]) for c in text))


def _fits(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except (UnicodeError, LookupError):
        return character.isascii()
    return True
