"""A field: a quantity over two inputs, as an image of its size that an SVG filter turns into coloured bands."""

import struct
import zlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .. import draw
from ..state import State

COLUMNS, ROWS = 48, 32
STRENGTH = 0.75  # of the last band's colour

Array = NDArray[np.float64]


class Frame(Protocol):
    """The axes that a field fills."""

    xlim: tuple[float, float]
    ylim: tuple[float, float]
    log: bool
    xlog: bool


@dataclass(frozen=True)
class Field:
    """What `Plot.field` was asked for."""

    x: str
    y: str
    quantity: str
    scale: tuple[float, float]
    colors: Sequence[str]
    log: bool
    bands: int

    def spec(self) -> dict[str, Any]:
        return {
            "x": self.x,
            "y": self.y,
            "quantity": self.quantity,
            "size": (COLUMNS, ROWS),
            "scale": self.scale,
            "scaleLog": self.log,
        }

    def sizes(self, state: State, frame: Frame) -> Array:
        """The share of the scale in each cell of the grid, from the top row down."""
        across = centres(frame.xlim, COLUMNS, frame.xlog)
        up = centres(frame.ylim, ROWS, frame.log)[::-1]
        with np.errstate(all="ignore"):
            rows = [state.at(self.y, y).sweep(self.x, across)[self.quantity] for y in up]
        return shares(np.array(rows), self.scale, self.log)

    def put_into(
        self,
        svg: str,
        number: int,
        name: str,
        box: tuple[float, float, float, float],
        state: State,
        frame: Frame,
    ) -> str:
        """The picture with the field in the group that was drawn for it."""
        href = image(self.sizes(state, frame))
        parts = markup(f"{name}-field{number}", href, box, self.colors, self.bands)
        return draw.replaced(svg, f"field{number}", parts)


def centres(limits: tuple[float, float], count: int, log: bool = False) -> Array:
    """The middles of ``count`` cells between the limits, as the axis counts; the twin of field.js's."""
    low, high = np.log10(limits) if log else limits
    middles = low + (high - low) * (np.arange(count) + 0.5) / count
    return np.asarray(10.0**middles if log else middles)


def shares(values: Array, scale: tuple[float, float], log: bool) -> Array:
    """0 for the scale's low end and 1 for its high end; NaN stays. The twin of field.js's."""
    low, high = np.log10(scale) if log else scale
    with np.errstate(all="ignore"):
        return np.clip(((np.log10(values) if log else values) - low) / (high - low), 0, 1)


def image(sizes: Array) -> str:
    """The address of a PNG with a grey pixel for each share; what is not a number is transparent."""
    rows, columns = sizes.shape
    lost = np.isnan(sizes)
    pixels = np.zeros((rows, columns, 2), np.uint8)
    pixels[..., 0] = np.floor(255 * np.where(lost, 0, sizes) + 0.5)
    pixels[..., 1] = np.where(lost, 0, 255)
    lines = b"".join(b"\0" + row.tobytes() for row in pixels)

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", columns, rows, 8, 4, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    png += chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")
    return f"data:image/png;base64,{b64encode(png).decode()}"


def markup(
    name: str,
    href: str,
    box: tuple[float, float, float, float],
    colors: Sequence[str],
    bands: int,
    pixels: bool = False,
) -> str:
    """The image where the axes are, and the filter that gives it the theme's colours.

    With two colours the middle of the scale has none: below it stands the first, above it the second.
    ``pixels`` shows those of the image with sharp edges, the last band in its full colour.
    """
    x, y, width, height = box
    strength = 1.0 if pixels else STRENGTH
    sharp = ' style="image-rendering: pixelated"' if pixels else ""
    steps = " ".join(f"{strength * k / (bands - 1):.3g}" for k in range(bands))
    # Opacity from grey and from the image's own opacity.
    rows = ["-2 0 0 1 0", "2 0 0 -1 0"] if len(colors) == 2 else ["1 0 0 0 0"]
    parts = ""
    for i, (row, color) in enumerate(zip(rows, colors, strict=True)):
        parts += (
            f'<feColorMatrix in="SourceGraphic" values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 {row}"/>'
            f'<feComponentTransfer result="size{i}"><feFuncA type="discrete" tableValues="{steps}"/>'
            f'</feComponentTransfer><feFlood style="flood-color: {draw.ink(color)}"/>'
            f'<feComposite in2="size{i}" operator="in" result="part{i}"/>'
        )
    merged = "".join(f'<feMergeNode in="part{i}"/>' for i in range(len(colors)))
    return (
        f'<filter id="{name}" x="0" y="0" width="1" height="1" color-interpolation-filters="sRGB">'
        f"{parts}<feMerge>{merged}</feMerge></filter>"
        f'<image x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" '
        f'preserveAspectRatio="none" filter="url(#{name})"{sharp} href="{href}"/>'
    )
