"""Known changes of a photograph: what a second visit does to it, with the place of every point known."""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..imaging import FieldOfView

Points = NDArray[np.float64]
"""(n, 2) of (x, y), photograph pixels; pixel i covers [i, i + 1)."""

MOST_SHIFT, MOST_TURN, SCALES = 0.15, 12.0, (0.9, 1.1)
"""Of the field of view's diameter; degrees; both ways."""
MOST_TILT, MOST_BEND = 0.04, 0.004
"""Perspective: how much nearer one rim is than the other; non-rigid: amplitude as a fraction of the field's diameter,
about 0.03 disc diameters."""


@dataclass(frozen=True)
class Warp:
    """Where a place of the warped photograph lies in the original: similarity, perspective and a smooth wave."""

    centre: tuple[float, float]
    diameter: float
    shift: tuple[float, float]
    turn: float
    scale: float
    tilt: tuple[float, float]
    bend: tuple[float, float, float, float]

    @classmethod
    def drawn(cls, rng: np.random.Generator, field: FieldOfView, *, gentle: bool = False) -> Warp:
        """A random one; `gentle` ones are similarities alone."""
        shift = rng.uniform(-MOST_SHIFT, MOST_SHIFT, 2) * field.diameter
        tilt, bend = rng.uniform(-1, 1, 2) * MOST_TILT, rng.uniform(-1, 1, 4)
        return cls(
            centre=(field.x, field.y),
            diameter=field.diameter,
            shift=(float(shift[0]), float(shift[1])),
            turn=float(rng.uniform(-MOST_TURN, MOST_TURN)),
            scale=float(rng.uniform(*SCALES)),
            tilt=(0.0, 0.0) if gentle else (float(tilt[0]), float(tilt[1])),
            bend=(0.0, 0.0, 0.0, 0.0) if gentle else tuple(float(b) for b in bend * MOST_BEND * field.diameter),  # type: ignore[arg-type]
        )

    def to_original(self, points: Points) -> Points:
        """Places of the warped photograph in the original."""
        half = self.diameter / 2
        local = (points - np.array(self.centre) - np.array(self.shift)) / half
        angle = np.radians(self.turn)
        spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        local = local @ spin.T / self.scale
        local = local / (1 + local @ np.array(self.tilt))[:, None]
        a, b, c, d = self.bend
        wave = np.column_stack([np.sin(2 * local[:, 1] + c), np.sin(2 * local[:, 0] + d)]) * (a, b)
        moved: Points = local * half + wave + np.array(self.centre)
        return moved

    def from_original(self, points: Points) -> Points:
        """Places of the original in the warped photograph, by iteration."""
        guess = points + np.array(self.shift)
        for _ in range(40):
            guess = guess - (self.to_original(guess) - points) * 0.9
        return guess

    def picture(self, pixels: NDArray[np.uint8], field: FieldOfView) -> NDArray[np.uint8]:
        """The photograph as this change shows it through the same camera: black outside its field of view."""
        height, width = pixels.shape[:2]
        xs, ys = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        source = self.to_original(np.column_stack([xs.ravel(), ys.ravel()])).reshape(height, width, 2)
        source = (source - 0.5).astype(np.float32)
        seen = cv2.remap(pixels, source[..., 0], source[..., 1], cv2.INTER_LINEAR, borderValue=(0, 0, 0))
        return np.asarray(seen * field.mask(height, width)[..., None], dtype=np.uint8)


def another_exposure(rng: np.random.Generator, pixels: NDArray[np.uint8], field: FieldOfView) -> NDArray[np.uint8]:
    """Other brightness, contrast, focus and compression of the same picture."""
    gain, contrast = rng.uniform(0.75, 1.2), rng.uniform(0.8, 1.2)
    tint = rng.uniform(0.92, 1.08, 3)
    lit = pixels.astype(np.float32) / 255
    lit = np.clip(lit * gain * tint, 0, 1) ** contrast
    blurred = cv2.GaussianBlur(lit, (0, 0), max(0.3, float(rng.uniform(0.0, 0.003)) * field.diameter))
    buffer = io.BytesIO()
    Image.fromarray(np.rint(blurred * 255).astype(np.uint8)).save(buffer, "JPEG", quality=int(rng.integers(60, 95)))
    return np.array(Image.open(io.BytesIO(buffer.getvalue())).convert("RGB"))
