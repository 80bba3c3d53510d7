"""What the lesion networks are shown: the working scale and colours brought to one camera's look."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...imaging import FieldOfView, Frame

DIAMETER = 1296
"""Field-of-view diameter in working pixels: IDRiD's at three quarters of 2144 x 1424."""
_MOST_ENLARGED = 4.0
"""Photographs smaller than DIAMETER are enlarged by no more than this: beyond it there is nothing left to see."""
MEAN = (0.30, -0.37, -0.82)
"""Mean of red, green and blue inside the field of view of IDRiD's training photographs, of -1 to 1."""
DEVIATION = (0.25, 0.18, 0.08)
"""Their standard deviation."""
RIM = 0.02
"""Fraction of the field's radius at its rim where nothing is reported: its edge is no lesion."""
_GAIN = (0.5, 1.5)
"""Limits of the contrast change, so that an empty channel is not blown up to noise."""


def frame_of(fov: FieldOfView, height: int, width: int, multiple: int = 16) -> Frame:
    """The working frame of a photograph of this size."""
    diameter = min(DIAMETER, max(multiple, round(_MOST_ENLARGED * fov.diameter)))
    return Frame.around(fov, (height, width), diameter, multiple=multiple)


def inside_mask(fov: FieldOfView, frame: Frame, margin: float = 0.0) -> NDArray[np.bool_]:
    """Boolean (frame.height, frame.width): inside the field of view less its rim, `margin` of its radius."""
    ys, xs = np.ogrid[: frame.height, : frame.width]
    return fov.inside(frame.left + (xs + 0.5) * frame.scale, frame.top + (ys + 0.5) * frame.scale, margin)


def colour_transform(
    pixels: NDArray[np.uint8], inside: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Gain and offset per channel that bring `pixels` (h, w, 3), read as x / 127.5 - 1, to MEAN and DEVIATION inside."""
    sample = pixels[::4, ::4][inside[::4, ::4]].astype(np.float32) / 127.5 - 1
    if sample.shape[0] < 16:
        return np.ones(3, dtype=np.float32), np.zeros(3, dtype=np.float32)
    deviation = np.maximum(sample.std(axis=0), 1e-3)
    gain = np.clip(np.asarray(DEVIATION, dtype=np.float32) / deviation, *_GAIN)
    offset = np.asarray(MEAN, dtype=np.float32) - gain * sample.mean(axis=0)
    return gain.astype(np.float32), offset.astype(np.float32)


def standardise(pixels: NDArray[np.uint8], inside: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Working pixels (h, w, 3) as the networks read them: float32 (3, h, w), about -1 to 1, -1 outside the field."""
    gain, offset = colour_transform(pixels, inside)
    values = (pixels.astype(np.float32) / 127.5 - 1) * gain + offset
    np.clip(values, -1.5, 1.5, out=values)
    values[~inside] = -1.0
    return np.ascontiguousarray(values.transpose(2, 0, 1))
