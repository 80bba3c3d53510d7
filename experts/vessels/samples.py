"""Training pictures and the crops drawn from them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from ...imaging import Frame, find_field_of_view
from ..training.datasets import labels, picture, plane
from .contrast import LIMIT, normalise
from .predict import RIM

DIAMETER = 672
"""Diameter of the field of view, in pixels, from which zooms are counted."""
_DETAIL = {"drive": 1.0, "hrf": 1.4}
"""Pictures are kept at this multiple of DIAMETER, so that enlarged crops show real detail where there is some."""
ZOOM = (0.68, 1.9)
"""Zoom of a crop: the fields of usual cameras (30 degrees and up), seen from DRIVE's 45."""

_USUAL = {"drive": (0.9, 1.12), "hrf": (1.2, 1.48)}
"""Zoom of every other crop: near the photographs' own detail."""
_READ = {"drive": (1.0, 1.4), "hrf": (1.45, 1.9)}
"""Zoom of a calm crop: about the one at which these photographs are read."""
GLARE = 0.1
"""Probability that an overexposed patch hides the vessels of a crop."""
FOLDS, HELD = 7, 0
"""Every seventh photograph of a data set, by file name, is held out for validation; DRIVE's until the last two legs."""
_REACH = 0.76
"""Centres of crops lie within this fraction of the way from the picture's centre to its edge."""


@dataclass(frozen=True)
class Labelled:
    """A photograph with its vessels. `field` (height, width) is where figures are taken, by the data set or our own.

    `kinds` (height, width), where the data set has them: 1 artery, 2 vein, 3 both or uncertain.
    """

    source: str
    file: str
    split: str
    pixels: NDArray[np.uint8]
    vessels: NDArray[np.bool_]
    field: NDArray[np.bool_]
    kinds: NDArray[np.uint8] | None = None


def photographs(data: Path, source: str, split: str | None = None) -> list[Labelled]:
    """The photographs of `drive` (its official split) or `hrf` (its customary one), sorted by file name.

    With `split`, train or test, only these.
    """
    found = []
    for row in sorted(labels(data, source), key=lambda r: r["image"]):
        part = row["split"] if source == "drive" else row["split_first5_train"]
        if split is not None and part != split:
            continue
        pixels = picture(data / source / row["image"])
        if source == "drive":
            vessels = plane(data / source / row["vessel_manual1"]) > 0
            field = plane(data / source / row["fov"]) > 0
        else:
            vessels = plane(data / source / row["vessel"]) > 0
            field = find_field_of_view(pixels).mask(*vessels.shape)
        kinds = plane(data / source / row["av"]) if row.get("av") else None
        found.append(Labelled(source, row["image"], part, pixels, vessels, field, kinds))
    return found


def fold_of(rank: int, folds: int) -> int:
    """The fold of the photograph with this rank among its data set's file names."""
    return rank % folds


def held_out(data: Path, source: str) -> list[Labelled]:
    """The photographs of a data set that are held out for validation, DRIVE's official test aside."""
    every = photographs(data, source, "train" if source == "drive" else None)
    return [one for rank, one in enumerate(every) if fold_of(rank, FOLDS) == HELD]


def prepare(one: Labelled, *planes: NDArray[np.bool_]) -> torch.Tensor:
    """Normalised RGB, label planes and field of view in one half-precision tensor, at DIAMETER times the detail.

    (5, h, w) with the vessels as label; with `planes` (height, width) of the photograph given, these take their place.
    """
    fov = find_field_of_view(one.pixels)
    diameter = round(DIAMETER * _DETAIL[one.source])
    height, width = one.vessels.shape
    frame = Frame.around(fov, (height, width), diameter)
    circle = frame.look(fov.mask(height, width, margin=RIM).astype(np.uint8) * 255) > 127
    truth = [frame.look(p.astype(np.uint8) * 255).astype(np.float32) / 255 for p in planes or (one.vessels,)]
    seen = normalise(frame.look(one.pixels), circle, diameter)
    return torch.cat([seen, torch.from_numpy(np.stack([*truth, circle.astype(np.float32)]))]).half()


def crop(
    one: torch.Tensor,
    source: str,
    side: int,
    rng: np.random.Generator,
    calm: float = 0.0,
) -> torch.Tensor:
    """One augmented crop (c, side, side) float32: turned, mirrored, zoomed, with another camera's contrast and blur.

    `one` (c, h, w) holds RGB, one or more planes of labels and, last, the field of view. A share `calm` of crops is near
    the scale that photographs are read at and of its own camera, but for a little more or less contrast.
    """
    quiet = calm > 0 and rng.random() < calm
    low, high = _READ[source] if quiet else ZOOM if rng.random() < 0.5 else _USUAL[source]
    zoom = math.exp(rng.uniform(math.log(low), math.log(high))) / _DETAIL[source]
    angle, mirror = rng.uniform(0, 2 * math.pi), rng.choice([-1.0, 1.0])
    height, width = one.shape[1:]
    radius, bearing = _REACH * math.sqrt(rng.random()), rng.uniform(0, 2 * math.pi)
    cx, cy = radius * math.cos(bearing), radius * math.sin(bearing)
    c, s, k = math.cos(angle), math.sin(angle), side / zoom
    theta = torch.tensor(
        [[mirror * c * k / width, -s * k / width, cx], [mirror * s * k / height, c * k / height, cy]],
        dtype=torch.float32,
    )
    grid = functional.affine_grid(theta[None], [1, len(one), side, side], align_corners=False)
    out = functional.grid_sample(one[None].float(), grid, align_corners=False)[0]
    if quiet:
        out[:3] *= float(np.exp(rng.uniform(-0.1, 0.1)))
    else:
        out[:3] = _another_camera(out[:3], rng)
        if rng.random() < GLARE:
            _overexpose(out, rng)
    out[:3] *= out[-1:] > 0.5
    return out


def _overexpose(out: torch.Tensor, rng: np.random.Generator) -> None:
    """Take all contrast, and with it the vessels, from an ellipse or from all around it, in place."""
    side = out.shape[1]
    place = torch.arange(side, dtype=torch.float32) / side
    cy, cx, ry, rx = rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(0.15, 0.8), rng.uniform(0.15, 0.8)
    left = (((place[:, None] - cy) / ry) ** 2 + ((place[None, :] - cx) / rx) ** 2 - 1).mul(4).clamp(0, 1)
    if rng.random() < 0.5:
        left = 1 - left
    out[:3] = out[:3] * left + float(rng.uniform(-0.5, 0.5)) * (1 - left)
    out[3:-1] *= left > 0.1


def _another_camera(x: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Normalised RGB (3, h, w) with another gain, tone, colour balance, sharpness and noise."""

    def draw(low: float, high: float, *shape: int) -> torch.Tensor:
        return torch.from_numpy(rng.uniform(low, high, shape).astype(np.float32))

    if rng.random() < 0.1:
        x = x[1:2].expand(3, -1, -1).clone()
    elif rng.random() < 0.25:
        weak = int(rng.choice([0, 2]))
        x[weak] = x[weak] * float(rng.uniform(0, 0.5)) + torch.from_numpy(
            rng.normal(0, rng.uniform(0, 0.8), x.shape[1:]).astype(np.float32)
        )
    x = x * draw(0.85, 1.18, 3, 1, 1) * float(np.exp(rng.uniform(-0.35, 0.35)))
    x = x + float(rng.uniform(-0.06, 0.06)) * x * x + draw(-0.15, 0.15, 3, 1, 1)
    if rng.random() < 0.25:
        sigma = float(rng.uniform(0.4, 1.3))
        taps = torch.exp(-0.5 * (torch.arange(-3, 4, dtype=torch.float32) / sigma) ** 2)
        taps = taps / taps.sum()
        x = functional.conv2d(x[:, None], taps[None, None, :, None], padding=(3, 0))
        x = functional.conv2d(x, taps[None, None, None, :], padding=(0, 3))[:, 0]
    elif rng.random() < 0.15:
        soft = functional.avg_pool2d(x[None], 3, stride=1, padding=1)[0]
        x = x + float(rng.uniform(0.3, 1.0)) * (x - soft)
    if rng.random() < 0.3:
        x = x + torch.from_numpy(rng.normal(0, rng.uniform(0.03, 0.35), tuple(x.shape)).astype(np.float32))
    return x.clamp(-LIMIT, LIMIT)
