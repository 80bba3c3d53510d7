"""Photographs for a screen: at display size, without what was burned in beside the eye, with layers drawn on them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ..records import Finding, Photograph
from .layers import STYLES, Landmarks, display_size, draw_layers, landmarks, layer_names, of_photograph

__all__ = ["drawn_layers", "layer_names", "overlay_picture", "shown_pixels"]

_DARK = 40
"""A surround whose median brightness is under this is one of a fundus camera: nothing of the eye lies in it."""
_MARGIN = 0.02


def shown_pixels(photograph: Photograph) -> NDArray[np.uint8]:
    """The photograph at display size, RGB uint8 (height, width, 3).

    Where a dark surround frames the field of view it is blackened, so that names, dates and times burned into it
    do not travel with the picture.
    """
    height, width = display_size(photograph)
    image = Image.fromarray(photograph.pixels)
    if (width, height) != image.size:
        image = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    pixels = np.array(image)
    field, share = photograph.field_of_view, width / photograph.width
    ys, xs = np.ogrid[:height, :width]
    surround = ~field.shows((xs + 0.5) / share, (ys + 0.5) / share, _MARGIN)
    if surround.any() and float(np.median(pixels[surround].max(axis=1))) < _DARK:
        pixels[surround] = 0
    return pixels


def overlay_picture(photograph: Photograph, findings: Sequence[Finding], names: Sequence[str]) -> NDArray[np.uint8]:
    """The photograph at display size with the named layers drawn on it, RGB uint8 (height, width, 3).

    `names` are among `layer_names(findings)`; others are ignored. The findings can reach their maps (`use(store)`).
    """
    picture = Image.fromarray(shown_pixels(photograph))
    drawn = drawn_layers(photograph, findings, names)
    picture.paste(drawn, (0, 0), drawn)
    return np.asarray(picture)


def drawn_layers(photograph: Photograph, findings: Sequence[Finding], names: Sequence[str]) -> Image.Image:
    """The named layers alone, at display size: an RGBA picture, clear where nothing is drawn."""
    height, width = display_size(photograph)
    canvas = Image.new("RGBA", (width, height))
    for layer in draw_layers(photograph, findings, names):
        canvas.alpha_composite(Image.fromarray(layer.palette[layer.steps]))
    found = landmarks(of_photograph(photograph, findings)) if "landmarks" in names else None
    if found is not None:
        _mark(canvas, found, width / photograph.width)
    return canvas


def _mark(picture: Image.Image, found: Landmarks, share: float) -> None:
    draw = ImageDraw.Draw(picture)
    colour = STYLES["landmarks"].colour
    line = max(1, round(picture.width / 500))
    if found.disc is not None:
        x, y, radius = found.disc[0] * share, found.disc[1] * share, found.disc[2] * share / 2
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=colour, width=line)
    if found.fovea is not None:
        x, y = found.fovea[0] * share, found.fovea[1] * share
        arm = 0.012 * picture.width
        draw.line((x - arm, y, x + arm, y), fill=colour, width=line)
        draw.line((x, y - arm, x, y + arm), fill=colour, width=line)
