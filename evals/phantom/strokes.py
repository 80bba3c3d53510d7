"""Vessels on the pixel grid: each as a tube of soft edge, with the light that runs along its middle."""

from __future__ import annotations

import numpy as np

from .anatomy import Layout
from .vessels import Vessel

FADE_DD = 0.4
"""Length, in disc diameters, over which the end of a vessel sinks out of sight."""
FAINTEST = 0.25
"""Opacity under which the end of a vessel no longer counts as seen."""


def stroke(layout: Layout, vessels: list[Vessel]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw vessels of one kind.

    Returns `depth` (height, width) float32, 0 to 1: how much blood the light passes, 1 in the middle of the widest;
    `reflex` (height, width) float32, 0 to 1: the stripe along the middle; and the boolean mask of what a vessel covers.
    """
    size = layout.height * layout.width
    depth = np.zeros(size, dtype=np.float32)
    reflex = np.zeros(size, dtype=np.float32)
    mask = np.zeros(size, dtype=bool)
    centres, radii, opacities = _samples(layout, vessels)
    widest = float(radii.max(initial=1.0))
    reach = np.ceil(radii + 1).astype(int)
    for patch in np.unique(reach):
        chosen = reach == patch
        offsets = np.arange(-patch, patch + 1)
        base = np.floor(centres[chosen]).astype(int)
        cols = base[:, 0, None, None] + offsets[None, None, :]
        rows = base[:, 1, None, None] + offsets[None, :, None]
        r = radii[chosen][:, None, None].astype(np.float32)
        dx = (cols + 0.5 - centres[chosen][:, 0, None, None]).astype(np.float32)
        dy = (rows + 0.5 - centres[chosen][:, 1, None, None]).astype(np.float32)
        distance = np.sqrt(dx**2 + dy**2)
        inside = (cols >= 0) & (cols < layout.width) & (rows >= 0) & (rows < layout.height) & (distance < r + 0.5)
        flat = (rows * layout.width + cols)[inside]
        d, rr = distance[inside], np.broadcast_to(r, distance.shape)[inside]
        seen = np.broadcast_to(opacities[chosen][:, None, None], distance.shape)[inside]
        edge = np.clip(rr - d + 0.5, 0, 1)
        chord = 0.45 + 0.55 * np.sqrt(np.clip(1 - (d / rr) ** 2, 0, 1))
        np.maximum.at(depth, flat, seen * edge * chord * (rr / widest) ** 0.42)
        np.maximum.at(reflex, flat, np.exp(-0.5 * (d / (0.3 * rr)) ** 2) * np.clip((rr / widest - 0.25) / 0.5, 0, 1))
        mask[flat[(d <= rr) & (seen > FAINTEST)]] = True
    shape = (layout.height, layout.width)
    return depth.reshape(shape), reflex.reshape(shape), mask.reshape(shape)


def _samples(layout: Layout, vessels: list[Vessel]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centres (n, 2) and radii (n,) in pixels, close enough together that the edge shows no beads, and opacities (n,)."""
    centres, radii, opacities = [np.zeros((0, 2))], [np.zeros(0)], [np.zeros(0)]
    for vessel in vessels:
        points = vessel.points * layout.unit + (layout.disc_x, layout.disc_y)
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
        radius = np.maximum(vessel.radii * layout.unit, 0.6)
        at = np.arange(0, along[-1], max(0.5, 0.2 * float(radius.min())))
        centres.append(np.column_stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])]))
        radii.append(np.interp(at, along, radius))
        reach = min(FADE_DD * layout.unit, 0.6 * along[-1])
        opacities.append(np.clip((along[-1] - at) / reach, 0, 1) if vessel.fades else np.ones(len(at)))
    x, r, opacity = np.concatenate(centres), np.concatenate(radii), np.concatenate(opacities).astype(np.float32)
    seen = np.hypot(x[:, 0] - layout.field_x, x[:, 1] - layout.field_y) < layout.field_diameter / 2 + 8
    seen &= (x[:, 1] > -8) & (x[:, 1] < layout.height + 8)
    return x[seen], r[seen], opacity[seen]
