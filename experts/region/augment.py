"""Random prompts at objects, and the crops they set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from .samples import Object, Scene
from .window import MAP, SIDE, Prompt, crop_side, even_out, frame_at, look, prompt_corners, prompt_plane

SHARES = {"MA": 0.08, "HE": 0.24, "EX": 0.28, "SE": 0.12, "disc": 0.18, "cup": 0.05}
"""Shares of the kinds; what is left over are clicks on nothing."""
CLICKS = 0.34
"""Share of clicks among the prompts at objects."""
_EXACT = 0.6
"""Share of boxes that are the true ones; the others' edges are off by about a tenth of the sides."""


@dataclass
class Example:
    """Crop (3, SIDE, SIDE), corners (2, 2), prompt plane (1, PLANE, PLANE), target (MAP, MAP), is it a box, what the crop misses
    of the object as a multiple of what it shows (mask pixels)."""

    crop: NDArray[np.float32]
    corners: NDArray[np.float32]
    plane: NDArray[np.float32]
    target: NDArray[np.float32]
    is_box: float
    missed: float


class Drawer:
    """Draws examples from scenes; among a kind's objects the odds are their areas to the power `by_area`."""

    def __init__(self, scenes: list[Scene], by_area: float = 0.4) -> None:
        self.by_kind: dict[str, list[tuple[Scene, Object]]] = {kind: [] for kind in SHARES}
        for scene in scenes:
            for thing in scene.objects:
                self.by_kind[thing.kind].append((scene, thing))
        self.odds = {}
        for kind, pairs in self.by_kind.items():
            weights = np.asarray([min(o.area, 4000) ** by_area * (2.0 if o.area >= 100 else 1.0) for _, o in pairs])
            self.odds[kind] = weights / weights.sum()
        self.with_empty = [s for s in scenes if s.empty is not None and len(s.empty)]

    def draw(self, rng: np.random.Generator) -> Example:
        """One example."""
        kinds = list(SHARES)
        shares = np.asarray([*SHARES.values(), 1 - sum(SHARES.values())])
        what = int(rng.choice(len(shares), p=shares))
        if what == len(kinds):
            scene = self.with_empty[rng.integers(len(self.with_empty))]
            assert scene.empty is not None
            y, x = scene.empty[rng.integers(len(scene.empty))] + 0.5
            side = scene.diameter * float(np.exp(rng.uniform(np.log(0.02), np.log(0.45))))
            return _example(scene, None, Prompt(x, y, x, y), (x, y), side, rng)
        pairs = self.by_kind[kinds[what]]
        scene, thing = pairs[rng.choice(len(pairs), p=self.odds[kinds[what]])]
        if rng.random() < CLICKS:
            return click(scene, thing, rng)
        return box(scene, thing, rng)


def box(scene: Scene, thing: Object, rng: np.random.Generator) -> Example:
    """A box at an object, often the true one."""
    true = thing.box
    prompt = true
    if rng.random() > _EXACT:
        wide, high = true.right - true.left, true.bottom - true.top
        off = np.clip(rng.normal(0, 0.09, 4), -0.25, 0.25) * (wide, high, wide, high)
        prompt = Prompt(true.left + off[0], true.top + off[1], true.right + off[2], true.bottom + off[3])
    side = crop_side(prompt, scene.diameter) * float(np.exp(rng.normal(0, 0.08)))
    return _example(scene, thing, prompt, prompt.centre, side, rng)


def click(scene: Scene, thing: Object, rng: np.random.Generator) -> Example:
    """A click on an object, near its middle as often as anywhere on it, seen at a random scale."""
    ys, xs = np.nonzero(thing.mask)
    x, y = thing.middle
    if rng.random() < 0.5:
        at = int(rng.integers(len(xs)))
        x, y = thing.left + xs[at] + rng.random(), thing.top + ys[at] + rng.random()
    extent = max(thing.mask.shape)
    side = extent / float(np.exp(rng.uniform(np.log(0.12), np.log(1.3))))
    side = float(np.clip(side, 0.02 * scene.diameter, min(0.6 * scene.diameter, 1.1 * min(scene.pixels.shape[:2]))))
    return _example(scene, thing, Prompt(x, y, x, y), (x, y), side, rng)


def _example(
    scene: Scene,
    thing: Object | None,
    prompt: Prompt,
    centre: tuple[float, float],
    side: float,
    rng: np.random.Generator,
) -> Example:
    size = scene.pixels.shape[:2]
    shift = rng.normal(0, 0.02, 2) * side
    x, y = centre[0] + shift[0], centre[1] + shift[1]
    frame, small = frame_at(size, x, y, side), frame_at(size, x, y, side, shrink=SIDE // MAP)
    crop = colours(look(scene.pixels, frame), rng)
    target = np.zeros((MAP, MAP), dtype=np.float32) if thing is None else thing.look(small)
    shown = float(target.sum())
    whole = 0.0 if thing is None else thing.area / small.scale**2
    missed = max(0.0, whole - shown) if whole > 1.05 * shown else 0.0
    corners, plane = prompt_corners(prompt, frame), prompt_plane(prompt, frame)
    seen = even_out(crop)
    if rng.random() < 0.5:
        seen, target, plane = seen[:, :, ::-1], target[:, ::-1], plane[:, :, ::-1]
        corners[:, 0] = SIDE - 1 - corners[::-1, 0]
    if rng.random() < 0.5:
        seen, target, plane = seen[:, ::-1], target[::-1], plane[:, ::-1]
        corners[:, 1] = SIDE - 1 - corners[::-1, 1]
    if rng.random() < 0.5:
        seen, target, plane = seen.transpose(0, 2, 1), target.T, plane.transpose(0, 2, 1)
        corners = corners[:, ::-1]
    seen, corners, plane, target = (np.ascontiguousarray(a) for a in (seen, corners, plane, target))
    return Example(seen, corners, plane, target, float(prompt.is_box), missed)


def colours(crop: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.float32]:
    """Another camera's colours, sharpness and noise; black stays black."""
    if rng.random() < 0.25:
        crop = np.asarray(Image.fromarray(crop).filter(ImageFilter.GaussianBlur(float(rng.uniform(0.5, 2.0)))))
    values = crop.astype(np.float32) / 255
    lit = values.max(axis=2, keepdims=True) > 10 / 255
    gamma = np.exp(rng.normal(0, 0.2)) * np.exp(rng.normal(0, 0.06, 3))
    values = values ** gamma.astype(np.float32) * np.exp(rng.normal(0, 0.1, 3)).astype(np.float32)
    if rng.random() < 0.3:
        values = values + rng.normal(0, rng.uniform(0.005, 0.03), values.shape).astype(np.float32)
    return np.asarray(np.clip(values, 11 / 255, 1) * lit * 255, dtype=np.float32)
