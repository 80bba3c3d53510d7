"""Working frames: the crop and scale at which an expert looks, and the way back to photograph pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import BaseModel, ConfigDict

from .field_of_view import FieldOfView


class Frame(BaseModel):
    """A window of the photograph seen at another scale.

    Working pixel (u, v) covers the photograph at (`left` + u * `scale`, `top` + v * `scale`); `scale` is in
    photograph pixels per working pixel. The window may hang over the photograph's edge (filled with black).
    """

    model_config = ConfigDict(frozen=True)

    left: float
    top: float
    scale: float
    width: int
    height: int
    photograph_width: int
    photograph_height: int

    @classmethod
    def around(
        cls,
        fov: FieldOfView,
        photograph_size: tuple[int, int],
        diameter: int,
        *,
        square: bool = False,
        multiple: int = 1,
    ) -> Frame:
        """A frame in which the field of view's circle is `diameter` pixels across.

        `photograph_size` is (height, width). With `square` the frame is the circle's bounding square, `diameter`
        on each side; otherwise the box of the lit part. Both sides are rounded up to `multiple`.
        """
        height, width = photograph_size
        scale = fov.diameter / diameter
        if square:
            left, top = fov.x - fov.diameter / 2, fov.y - fov.diameter / 2
            w = h = diameter
        else:
            left, top = float(fov.left), float(fov.top)
            w, h = round((fov.right - fov.left) / scale), round((fov.bottom - fov.top) / scale)
        w, h = (max(multiple, -(-side // multiple) * multiple) for side in (w, h))
        return cls(left=left, top=top, scale=scale, width=w, height=h, photograph_width=width, photograph_height=height)

    def look(self, pixels: NDArray[np.uint8], *, nearest: bool = False) -> NDArray[np.uint8]:
        """The photograph (height, width[, 3]) as seen in this frame: uint8 (self.height, self.width[, 3])."""
        right, bottom = self.left + self.width * self.scale, self.top + self.height * self.scale
        x0, y0 = max(0, int(np.floor(self.left))), max(0, int(np.floor(self.top)))
        x1, y1 = min(self.photograph_width, int(np.ceil(right))), min(self.photograph_height, int(np.ceil(bottom)))
        out = np.zeros((self.height, self.width, *pixels.shape[2:]), dtype=np.uint8)
        u0, v0 = max(0, round((x0 - self.left) / self.scale)), max(0, round((y0 - self.top) / self.scale))
        u1, v1 = (
            min(self.width, round((x1 - self.left) / self.scale)),
            min(self.height, round((y1 - self.top) / self.scale)),
        )
        if u1 <= u0 or v1 <= v0:
            return out
        # The exact source box of the target pixels, so that nothing shifts by the rounding of the crop.
        box = (
            max(0.0, self.left + u0 * self.scale),
            max(0.0, self.top + v0 * self.scale),
            min(float(self.photograph_width), self.left + u1 * self.scale),
            min(float(self.photograph_height), self.top + v1 * self.scale),
        )
        if nearest:
            how = Image.Resampling.NEAREST
        else:
            how = Image.Resampling.BOX if self.scale > 1.5 else Image.Resampling.BICUBIC
        patch = Image.fromarray(pixels).resize(
            (u1 - u0, v1 - v0), how, box=box, reducing_gap=3.0 if not nearest else None
        )
        out[v0:v1, u0:u1] = np.asarray(patch)
        return out

    def restore(self, plane: NDArray[np.float32]) -> NDArray[np.float32]:
        """A working-scale map (self.height, self.width) as float32 at the photograph's own size; 0 outside the frame."""
        out = np.zeros((self.photograph_height, self.photograph_width), dtype=np.float32)
        x0, y0 = max(0, round(self.left)), max(0, round(self.top))
        x1 = min(self.photograph_width, round(self.left + self.width * self.scale))
        y1 = min(self.photograph_height, round(self.top + self.height * self.scale))
        if x1 <= x0 or y1 <= y0:
            return out
        # Photograph pixels at the frame's edge can lie partly outside of it. Were the box cut off there, the whole map would
        # be stretched, and what is in it shifted by up to half a pixel.
        pad = int(np.ceil(1 / self.scale))
        box = (
            (x0 - self.left) / self.scale + pad,
            (y0 - self.top) / self.scale + pad,
            (x1 - self.left) / self.scale + pad,
            (y1 - self.top) / self.scale + pad,
        )
        image = Image.fromarray(np.pad(np.asarray(plane, dtype=np.float32), pad, mode="edge"))
        # A box filter at scales near 1 takes one or two whole pixels in turn and shifts edges to and fro by a third of one.
        out[y0:y1, x0:x1] = np.asarray(image.resize((x1 - x0, y1 - y0), Image.Resampling.BICUBIC, box=box))
        return np.clip(out, 0.0, 1.0)

    def to_photograph(self, x: float, y: float) -> tuple[float, float]:
        """Photograph pixels of a working position."""
        return self.left + x * self.scale, self.top + y * self.scale

    def from_photograph(self, x: float, y: float) -> tuple[float, float]:
        """Working position of photograph pixels."""
        return (x - self.left) / self.scale, (y - self.top) / self.scale
