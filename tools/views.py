"""Views: parts of a photograph as a planner that sees is shown them. Nothing outside the field of view is in them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import Field

from ..formats.display import drawn_layers
from ..formats.layers import display_size
from ..records import Finding, Photograph, Record

Box = tuple[int, int, int, int]
"""x, y, width, height in photograph pixels."""


class View(Record):
    """What to show: a box of one photograph of the case (by its reference), and the layers to draw on it.

    `what` is "whole", "macula", "disc" or "region"; `overlay` names layers of `formats.layers`.
    """

    photograph: str
    what: str
    box: Box
    overlay: list[str] = Field(default_factory=list)

    @property
    def words(self) -> str:
        """The view in words."""
        x, y, width, height = self.box
        drawn = f", {', '.join(self.overlay)} drawn on it" if self.overlay else ""
        return f"{self.photograph}: {self.what}, x {x} to {x + width} px, y {y} to {y + height} px{drawn}"


def whole(reference: str, photograph: Photograph) -> View:
    """The view of a whole photograph."""
    return View(photograph=reference, what="whole", box=(0, 0, photograph.width, photograph.height))


def render(view: View, photograph: Photograph, findings: Mapping[str, Finding], longest_side: int) -> NDArray[np.uint8]:
    """The view's pixels, RGB uint8 (height, width, 3), neither side over `longest_side`, never enlarged.

    Whatever lies outside the field of view's circle is black, words burned into the surround with it; what was found there is
    drawn on the black. The findings can reach their maps (`use(store)`).
    """
    x, y, width, height = view.box
    seen = _seen(photograph, view.box)
    picture = Image.fromarray(photograph.pixels[y : y + height, x : x + width] * seen[..., None])
    share = min(1.0, longest_side / max(width, height))
    size = (max(1, round(width * share)), max(1, round(height * share)))
    if size != picture.size:
        picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if view.overlay:
        scale = display_size(photograph)[1] / photograph.width
        box = (x * scale, y * scale, (x + width) * scale, (y + height) * scale)
        drawn = drawn_layers(photograph, list(findings.values()), view.overlay)
        drawn = drawn.resize(size, Image.Resampling.BILINEAR, box=box)
        picture.paste(drawn, (0, 0), drawn)
    return np.asarray(picture)


def _seen(photograph: Photograph, box: Box) -> NDArray[np.bool_]:
    """Of the box (height, width), what lies inside the field of view's circle and inside the box of its lit part.

    Where the frame cuts the field of view on all sides the corners show retina too, and often a date: they are left out.
    """
    x, y, width, height = box
    field = photograph.field_of_view
    ys, xs = np.ogrid[y : y + height, x : x + width]
    seen = field.shows(xs + 0.5, ys + 0.5)
    lit: NDArray[np.bool_] = (xs >= field.left) & (xs < field.right) & (ys >= field.top) & (ys < field.bottom)
    return seen & lit
