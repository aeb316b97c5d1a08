"""Pictures that survive where a notebook is only looked at.

GitHub, and Jupyter before a notebook is trusted, drop every `<svg>` from a cell's HTML. An image whose
data are in its address stays. So notebooks store the one and the book puts back the other.
"""

import re
from base64 import b64decode, b64encode

SVG = re.compile(r"<svg (.*?)</svg>", re.DOTALL)
IMAGE = re.compile(r'<img class="still-svg" [^>]*src="data:image/svg\+xml;base64,([^"]*)">')

# What the page around an inline picture gives it, and an image has to bring along.
ALONE = (
    '<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" style="background: #ffffff" '
)
PIXELS = 4 / 3  # in a point


def as_images(html: str) -> str:
    """The markup with each inline SVG as an image, which has the SVG's label as its text."""

    def image(svg: re.Match[str]) -> str:
        label = re.search(r'aria-label="([^"]*)"', svg[1])
        width = re.search(r'viewBox="0 0 ([\d.]+)', svg[1])
        if not (label and width):
            raise ValueError(f"a picture needs an aria-label and a viewBox: <svg {svg[1][:200]}")
        data = b64encode(f"{ALONE}{svg[1]}</svg>".encode()).decode()
        return (
            f'<img class="still-svg" alt="{label[1]}" width="{float(width[1]) * PIXELS:.0f}" '
            f'src="data:image/svg+xml;base64,{data}">'
        )

    return SVG.sub(image, html)


def as_inline(html: str) -> str:
    """The inverse of `as_images`, to the last byte."""
    return IMAGE.sub(lambda image: b64decode(image[1]).decode().replace(ALONE, "<svg ", 1), html)
