"""The small network as an outliner: crops set by the prompts, mirror images averaged, masks in the picture's pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from ...imaging import Frame
from .network import RegionSam
from .rounding import NO_ROUNDING, Rounding, rounded
from .shape import Shape, main_part
from .window import (
    CLICK_SIDES,
    MAP,
    PLANE,
    SIDE,
    Prompt,
    crop_side,
    even_out,
    frame_at,
    look,
    prompt_corners,
    prompt_plane,
)

_BATCH = 16


class SmallSam:
    """Outlines boxes and clicks with the network; `views` crops each: 1, 2 (mirrored) or 4 (and upside down)."""

    def __init__(self, network: RegionSam, threshold: float, rounding: Rounding, views: int = 4) -> None:
        self.network, self.threshold, self.rounding, self.views = network, threshold, rounding, views

    def outlines(self, pixels: NDArray[np.uint8], prompts: Sequence[Prompt], diameter: float) -> list[Shape]:
        """A shape for each prompt in RGB pixels (h, w, 3); `diameter` is the field of view's in these pixels."""
        boxes = [p for p in prompts if p.is_box]
        shapes = iter(self._boxes(pixels, boxes, diameter, self.rounding))
        return [next(shapes) if p.is_box else self._click(pixels, p, diameter) for p in prompts]

    def _boxes(
        self, pixels: NDArray[np.uint8], boxes: Sequence[Prompt], diameter: float, rounding: Rounding
    ) -> list[Shape]:
        size = pixels.shape[:2]
        frames = [frame_at(size, *box.centre, crop_side(box, diameter)) for box in boxes]
        maps, scores = self.maps(pixels, list(boxes), frames)
        return [
            self.shape(rounded(plane[0], frame, box, rounding), frame, box, float(score[0]))
            for box, frame, plane, score in zip(boxes, frames, maps, scores, strict=True)
        ]

    def _click(self, pixels: NDArray[np.uint8], click: Prompt, diameter: float) -> Shape:
        """The reading, of three at each scale, that the network trusts most, looked at again in its own box.

        That box is the network's and not somebody's: no ellipse in it is better than the outline.
        """
        size = pixels.shape[:2]
        frames = [frame_at(size, *click.centre, max(share * diameter, 16.0)) for share in CLICK_SIDES]
        maps, scores = self.maps(pixels, [click] * len(frames), frames)
        trust = scores[:, 1:].copy()
        scale, reading = np.unravel_index(int(trust.argmax()), trust.shape)
        rough = self.shape(maps[scale, 1 + reading], frames[scale], click, float(trust[scale, reading]))
        if rough.area == 0:
            return rough
        fine = self._boxes(pixels, [Prompt(*(float(v) for v in rough.box))], diameter, NO_ROUNDING)[0]
        return Shape(fine.left, fine.top, fine.mask, rough.score)

    def maps(
        self, pixels: NDArray[np.uint8], prompts: Sequence[Prompt], frames: Sequence[Frame]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Probabilities (n, 4, MAP, MAP) and predicted IoU (n, 4) of prompts in their frames."""
        crops = np.asarray([even_out(look(pixels, f)) for f in frames], dtype=np.float32).reshape(-1, 3, SIDE, SIDE)
        pairs = list(zip(prompts, frames, strict=True))
        corners = np.asarray([prompt_corners(p, f) for p, f in pairs], dtype=np.float32).reshape(-1, 2, 2)
        planes = np.asarray([prompt_plane(p, f) for p, f in pairs], dtype=np.float32).reshape(-1, 1, PLANE, PLANE)
        boxed = np.asarray([p.is_box for p in prompts], dtype=np.float32)
        found = [
            self._mean(*(torch.from_numpy(a[i : i + _BATCH]) for a in (crops, corners, boxed, planes)))
            for i in range(0, len(crops), _BATCH)
        ]
        if not found:
            return np.zeros((0, 4, MAP, MAP), dtype=np.float32), np.zeros((0, 4), dtype=np.float32)
        return np.concatenate([m for m, _ in found]), np.concatenate([s for _, s in found])

    @torch.inference_mode()
    def _mean(
        self, crops: torch.Tensor, corners: torch.Tensor, boxed: torch.Tensor, planes: torch.Tensor
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Means over the crop's mirror images."""
        device = next(self.network.parameters()).device
        total = torch.zeros(len(crops), 4, MAP, MAP)
        trust = torch.zeros(len(crops), 4)
        for view in range(self.views):
            across, down = bool(view & 1), bool(view & 2)
            axes = [axis for axis, turned in ((3, across), (2, down)) if turned]
            points = corners.clone()
            for axis, turned in ((0, across), (1, down)):
                if turned:
                    points[:, :, axis] = SIDE - 1 - points[:, :, axis].flip(1)
            parts = (crops.flip(axes), points, boxed, planes.flip(axes))
            logits, predicted = self.network(*(part.to(device) for part in parts))
            total += logits.sigmoid().flip(axes).float().cpu() / self.views
            trust += predicted.float().cpu() / self.views
        return total.numpy(), trust.numpy()

    def shape(self, plane: NDArray[np.float32], frame: Frame, prompt: Prompt, score: float) -> Shape:
        """Where a map (MAP, MAP) in its frame reaches the threshold, at the picture's pixels inside the frame.

        Of a click's map the piece under the click; of a box's map what lies in the box.
        """
        mask, left, top = _cut(plane, frame, self.threshold)
        x, y = prompt.centre
        if prompt.is_box:
            ys, xs = np.arange(mask.shape[0]) + top + 0.5, np.arange(mask.shape[1]) + left + 0.5
            mask &= ((ys > prompt.top - 1) & (ys < prompt.bottom + 1))[:, None]
            mask &= ((xs > prompt.left - 1) & (xs < prompt.right + 1))[None, :]
        if mask.any():
            mask = main_part(mask, y - top, x - left)
        return Shape(left, top, mask, min(1.0, max(0.0, score)))


def _cut(plane: NDArray[np.float32], frame: Frame, threshold: float) -> tuple[NDArray[np.bool_], int, int]:
    """A map cut at a threshold on the whole pixels that its frame covers inside the picture, and their corner."""
    scale = frame.scale * frame.width / plane.shape[1]
    left, top = max(0, round(frame.left)), max(0, round(frame.top))
    right = min(frame.photograph_width, round(frame.left + plane.shape[1] * scale))
    bottom = min(frame.photograph_height, round(frame.top + plane.shape[0] * scale))
    if right <= left or bottom <= top:
        return np.zeros((0, 0), dtype=bool), left, top
    box = (
        max(0.0, (left - frame.left) / scale),
        max(0.0, (top - frame.top) / scale),
        min(float(plane.shape[1]), (right - frame.left) / scale),
        min(float(plane.shape[0]), (bottom - frame.top) / scale),
    )
    image = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32))
    fine = np.asarray(image.resize((right - left, bottom - top), Image.Resampling.BILINEAR, box=box))
    return fine >= threshold, left, top
