"""Lesions of diabetic retinopathy in known places: microaneurysms, haemorrhages, hard and soft exudates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from .anatomy import Layout

KINDS = ("MA", "HE", "EX", "SE")
DIAMETERS_DD = {"MA": (0.026, 0.039), "HE": (0.085, 0.24), "EX": (0.038, 0.12), "SE": (0.24, 0.42)}
"""Diameters drawn, in disc diameters. A microaneurysm stays under 125 micrometres, about a twelfth of the disc."""
_COLOURS = {"MA": (0.96, 0.77, 0.9), "HE": (0.8, 0.56, 0.72)}
_LIGHT = {"EX": (1.25, 1.85, 1.7), "SE": (1.2, 1.65, 2.2)}
_TRIES = 4000


@dataclass(frozen=True)
class Lesion:
    """A lesion drawn at (`x`, `y`), the centroid of its mask, in photograph pixels; `diameter` is that of a circle
    of the mask's area, in pixels."""

    kind: str
    x: float
    y: float
    diameter: float


@dataclass(frozen=True)
class _Spot:
    """A lesion to be: where, how large, how irregular, how drawn out and in which direction."""

    kind: str
    x: float
    y: float
    radius: float
    roughness: float
    stretch: float
    angle: float


def check_counts(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts by kind with 0 for kinds not named. Raises ValueError for an unknown kind or a negative count."""
    unknown = sorted(set(counts) - set(KINDS))
    if unknown:
        raise ValueError(f"no lesion is named {', '.join(unknown)}; there are {', '.join(KINDS)}")
    if any(n < 0 for n in counts.values()):
        raise ValueError("a count of lesions is not negative")
    return {kind: int(counts.get(kind, 0)) for kind in KINDS}


def draw_lesions(
    rng: np.random.Generator, layout: Layout, picture: np.ndarray, vessels: np.ndarray, counts: Mapping[str, int]
) -> tuple[list[Lesion], dict[str, np.ndarray]]:
    """Draw `counts[kind]` lesions of each kind into the picture, in place.

    No two touch, none lies on the disc or the foveola, and vessels (boolean mask) are kept clear where there is room.
    Returns the lesions and a boolean mask (height, width) for each kind. Raises ValueError when they do not fit.
    """
    masks = {kind: np.zeros((layout.height, layout.width), dtype=bool) for kind in KINDS}
    clear = _Clearance(layout, vessels)
    lesions = []
    for kind in ("SE", "HE", "EX", "MA"):
        for spot in _place(rng, layout, clear, kind, counts[kind]):
            lesions.append(_draw(rng, layout, picture, masks[kind], spot))
    lesions.sort(key=lambda lesion: (KINDS.index(lesion.kind), lesion.x, lesion.y))
    return lesions, masks


class _Clearance:
    """Distances, in pixels, from a position to what a lesion must keep off."""

    def __init__(self, layout: Layout, vessels: np.ndarray) -> None:
        self.layout = layout
        self.step = max(1, layout.width // 700)
        coarse = ndimage.maximum_filter(vessels, self.step)[:: self.step, :: self.step]
        self.vessels = ndimage.distance_transform_edt(~coarse) * self.step
        self.taken: list[tuple[float, float, float]] = []

    def fits(self, x: float, y: float, reach: float, vessel_gap: float) -> bool:
        layout, unit = self.layout, self.layout.unit
        margin = reach + 0.02 * unit
        if not (margin < x < layout.width - margin and margin < y < layout.height - margin):
            return False
        if np.hypot(x - layout.field_x, y - layout.field_y) > 0.47 * layout.field_diameter - reach:
            return False
        if np.hypot(x - layout.disc_x, y - layout.disc_y) < 0.62 * unit + reach:
            return False
        if np.hypot(x - layout.fovea_x, y - layout.fovea_y) < 0.12 * unit + reach:
            return False
        if self.vessels[int(y / self.step), int(x / self.step)] < vessel_gap:
            return False
        return all(np.hypot(x - a, y - b) > reach + c + max(3.0, 0.02 * unit) for a, b, c in self.taken)


def _place(rng: np.random.Generator, layout: Layout, clear: _Clearance, kind: str, count: int) -> list[_Spot]:
    spots: list[_Spot] = []
    unit = layout.unit
    low, high = DIAMETERS_DD[kind]
    groups = _groups(rng, layout, max(1, round(count / 7))) if kind == "EX" else []
    for number in range(count):
        radius = max(0.9, unit / 2 * (low + (high - low) * rng.beta(1.3, 2.2)))
        for attempt in range(_TRIES):
            haste = attempt / _TRIES
            x, y = _candidate(rng, layout, kind, groups, number, 1 + 2 * haste)
            angle = _fibre_angle(layout, x, y)
            flame = kind == "HE" and rng.random() < 0.35 and np.hypot(x - layout.disc_x, y - layout.disc_y) < 2.2 * unit
            stretch = {"MA": 1.06, "SE": 1.25}.get(kind, 2.2 if flame else rng.uniform(1.0, 1.35))
            roughness = {"MA": 0.05, "HE": 0.2, "EX": 0.2, "SE": 0.22}[kind]
            reach = radius * stretch**0.5 * (1 + 1.6 * roughness)
            gap = (0.6 if kind in ("HE", "SE") else 1.0) * (radius + 0.035 * unit) * (1 - haste)
            if clear.fits(x, y, reach, gap):
                clear.taken.append((x, y, reach))
                spots.append(_Spot(kind, x, y, radius, roughness, stretch, angle))
                break
        else:
            raise ValueError(f"{count} lesions of kind {kind} do not fit into this eye; {len(spots)} do")
    return spots


def _groups(rng: np.random.Generator, layout: Layout, count: int) -> list[tuple[float, float, float, float]]:
    """Circinate groups of hard exudates: centre x, y, ring radius (pixels) and the angle the arc begins at."""
    groups = []
    for _ in range(count):
        angle, distance = rng.uniform(0, 2 * np.pi), rng.uniform(0.75, 1.5) * layout.unit
        x, y = layout.fovea_x + distance * np.cos(angle), layout.fovea_y + distance * np.sin(angle)
        groups.append((x, y, rng.uniform(0.22, 0.4) * layout.unit, rng.uniform(0, 2 * np.pi)))
    return groups


def _candidate(
    rng: np.random.Generator,
    layout: Layout,
    kind: str,
    groups: list[tuple[float, float, float, float]],
    number: int,
    spread: float,
) -> tuple[float, float]:
    unit = layout.unit
    if kind == "EX":
        x, y, ring, start = groups[number % len(groups)]
        angle = start + rng.uniform(0, 4.2)
        distance = ring * spread * rng.normal(1.0, 0.22)
        return x + distance * np.cos(angle), y + distance * np.sin(angle)
    if kind == "SE":
        angle, distance = rng.uniform(0, 2 * np.pi), rng.uniform(1.0, 1.9) * unit
        return layout.disc_x + distance * np.cos(angle), layout.disc_y + distance * np.sin(angle)
    angle, distance = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 2.2 + 0.3 * (spread - 1)) * unit
    return layout.fovea_x + distance * np.cos(angle), layout.fovea_y + distance * np.sin(angle)


def _fibre_angle(layout: Layout, x: float, y: float) -> float:
    """The direction in which nerve fibres run at (x, y): out of the disc."""
    return float(np.arctan2(y - layout.disc_y, x - layout.disc_x))


def _draw(rng: np.random.Generator, layout: Layout, picture: np.ndarray, mask: np.ndarray, spot: _Spot) -> Lesion:
    reach = int(np.ceil(2.6 * spot.radius * spot.stretch)) + 6
    x0, x1 = max(0, int(spot.x) - reach), min(layout.width, int(spot.x) + reach)
    y0, y1 = max(0, int(spot.y) - reach), min(layout.height, int(spot.y) + reach)
    dx = (np.arange(x0, x1) + 0.5 - spot.x)[None, :]
    dy = (np.arange(y0, y1) + 0.5 - spot.y)[:, None]
    along = (dx * np.cos(spot.angle) + dy * np.sin(spot.angle)) / spot.stretch**0.5
    across = (-dx * np.sin(spot.angle) + dy * np.cos(spot.angle)) * spot.stretch**0.5
    theta = np.arctan2(across, along)
    outline = np.ones_like(theta)
    for order in range(2, 6):
        swing = spot.roughness * rng.normal() / order**0.75
        outline += np.clip(swing, -0.4, 0.4) * np.cos(order * theta + rng.uniform(0, 2 * np.pi))
    outline = np.clip(outline, 0.55, 1 + 1.5 * spot.roughness) * spot.radius
    distance = np.hypot(along, across) - outline
    inside = distance <= 0
    patch = picture[y0:y1, x0:x1]
    if spot.kind in _COLOURS:
        soft = {"MA": 0.16, "HE": 0.14}[spot.kind] * spot.radius + 0.5
        weight = 1 / (1 + np.exp(np.clip(distance / soft, -40, 40)))
        texture = (
            1 + 0.12 * ndimage.gaussian_filter(rng.normal(size=weight.shape), 0.05 * layout.unit) * layout.unit / 25
        )
        colour = 1 + (np.array(_COLOURS[spot.kind]) - 1) * rng.uniform(0.8, 1.1)
        patch *= 1 - (weight * np.clip(texture, 0.6, 1.4))[..., None] * (1 - colour)
    else:
        soft = {"EX": 0.09, "SE": 0.3}[spot.kind] * spot.radius + 0.6
        weight = 1 / (1 + np.exp(np.clip(distance / soft, -40, 40)))
        if spot.kind == "SE":
            fluff = ndimage.gaussian_filter(rng.normal(size=weight.shape), 0.03 * layout.unit) * 0.03 * layout.unit
            weight = weight * np.clip(0.82 + 0.45 * fluff, 0.45, 1)
        base = np.median(patch.reshape(-1, 3), axis=0)
        gain = 1 + (np.array(_LIGHT[spot.kind]) - 1) * rng.uniform(0.75, 1.05)
        target = np.minimum(base * gain, (250, 226, 130))
        patch += weight[..., None] * (target - patch) * 0.92
    mask[y0:y1, x0:x1] |= inside
    rows, cols = np.nonzero(inside)
    diameter = 2 * np.sqrt(inside.sum() / np.pi)
    return Lesion(spot.kind, x0 + float(cols.mean()) + 0.5, y0 + float(rows.mean()) + 0.5, float(diameter))
