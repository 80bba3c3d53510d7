"""From a photograph to the numbers that the detectors judge: the whole field, the disc and the macula, pooled."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from ...imaging import Frame
from ...records import Finding, Photograph
from ..landmarks.sight import even_out
from ..quality.look import describe as describe_quality
from ..quality.look import field_square
from ..quality.network import Backbone

FIELD_SIDE = 256
"""Network pixels across the field of view, colours evened out."""
CROP_SIDE = 160
"""Network pixels across a crop."""
CROPS = {"disc": 2.5, "fovea": 3.0}
"""Disc diameters across the crop around each landmark."""
QUALITY, POOLED, SHAPE = 440, 432, 3
"""Numbers of the quality expert's description, of one pooled view, and of disc and fovea."""
COLOURLESS = slice(QUALITY, QUALITY + POOLED)
"""The part that describes the whole field with its colours evened out."""
LENGTH = QUALITY + POOLED * (1 + len(CROPS)) + SHAPE


def describe(photograph: Photograph, landmarks: Finding, backbone: Backbone) -> NDArray[np.float32]:
    """The detectors' input (LENGTH,) float32; nan where the landmarks that a part needs were not found.

    In this order: the quality expert's description of the field as it is; the field with colours evened out; the crops
    around disc and fovea; disc found, fovea found (1 or 0), disc diameter over field diameter.
    """
    seen, _ = describe_quality(field_square(photograph), backbone)
    size = (photograph.height, photograph.width)
    field = photograph.field_of_view
    parts = [seen, _pooled(Frame.around(field, size, FIELD_SIDE, square=True), photograph, backbone)]
    diameter = landmarks.number("disc_diameter")
    found = []
    for name, across in CROPS.items():
        place = landmarks.points.get(name)
        found.append(float(place is not None))
        if place is None or not diameter:
            parts.append(np.full(POOLED, np.nan, dtype=np.float32))
            continue
        side = across * diameter
        frame = Frame(
            left=place.x - side / 2,
            top=place.y - side / 2,
            scale=side / CROP_SIDE,
            width=CROP_SIDE,
            height=CROP_SIDE,
            photograph_width=photograph.width,
            photograph_height=photograph.height,
        )
        parts.append(_pooled(frame, photograph, backbone))
    shape = [*found, diameter / field.diameter if diameter else np.nan]
    return np.concatenate([*parts, shape]).astype(np.float32)


def _pooled(frame: Frame, photograph: Photograph, backbone: Backbone) -> NDArray[np.float32]:
    view = torch.from_numpy(even_out(frame.look(photograph.pixels)))[None]
    with torch.inference_mode():
        pooled: NDArray[np.float32] = backbone(view.contiguous(memory_format=torch.channels_last))[0].numpy()
    return pooled
