"""The window around the optic disc in which the disc network works."""

from __future__ import annotations

from ...imaging import Frame

SIDE = 128
"""Network pixels a side."""
SPREAD = 4.5
"""Standard deviations that colours keep: a bright disc fills an eighth of the window, and its cup is brighter still."""
PIXELS_PER_DISC = 52.0
"""Network pixels across a disc of the diameter that the landmarks measured: near the scale at which they found it."""


def window(
    photograph_size: tuple[int, int], x: float, y: float, diameter: float, *, side: int = SIDE, shrink: int = 1
) -> Frame:
    """The frame centred on a disc at (x, y) with this diameter, all in photograph pixels.

    `photograph_size` is (height, width). `side` is in network pixels; with `shrink` the same window has that many times
    fewer pixels.
    """
    scale = diameter / PIXELS_PER_DISC
    height, width = photograph_size
    return Frame(
        left=x - side / 2 * scale,
        top=y - side / 2 * scale,
        scale=scale * shrink,
        width=side // shrink,
        height=side // shrink,
        photograph_width=width,
        photograph_height=height,
    )
