"""Which prompts can be used on a photograph."""

from __future__ import annotations

import math

import numpy as np

from ...errors import BadSetting
from ...records import Photograph
from .window import Prompt

SMALLEST_BOX = 3.0
"""Photograph pixels; a box under this on a side shows nothing."""


def check_prompt(prompt: Prompt, photograph: Photograph) -> None:
    """Raises BadSetting, in one line, for a prompt that points at nothing of the fundus."""
    values = (prompt.left, prompt.top, prompt.right, prompt.bottom)
    if not all(math.isfinite(v) for v in values):
        raise BadSetting("a box is x, y, width, height and a point is x, y, in pixels of the photograph")
    size = f"{photograph.width}x{photograph.height} px"
    if prompt.right < prompt.left or prompt.bottom < prompt.top:
        raise BadSetting("the box's width and height must be positive")
    if prompt.is_box and min(prompt.right - prompt.left, prompt.bottom - prompt.top) < SMALLEST_BOX:
        raise BadSetting(f"the box is smaller than {SMALLEST_BOX:.0f} px on a side")
    what = "box" if prompt.is_box else "point"
    inside = (
        prompt.left >= 0 and prompt.top >= 0 and prompt.right <= photograph.width and prompt.bottom <= photograph.height
    )
    if not inside or prompt.left >= photograph.width or prompt.top >= photograph.height:
        raise BadSetting(f"the {what} is outside the photograph ({size})")
    fov = photograph.field_of_view
    x, y = prompt.centre
    if not (fov.inside(np.asarray(x), np.asarray(y)) and fov.left <= x <= fov.right and fov.top <= y <= fov.bottom):
        raise BadSetting(f"the {what} is outside the field of view")
