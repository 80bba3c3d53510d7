"""The vessel tree: arcades that leave the disc and curve round the macula, branching and tapering as they go."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

STEP = 0.012
"""Distance between points of a vessel, in disc diameters."""
THINNEST = 0.0065
"""Half the width, in disc diameters, under which a vessel is not drawn any further."""
AVASCULAR_RADIUS = 0.3
"""Radius, in disc diameters, of the zone around the fovea that vessels leave free."""
VEIN_RADIUS, ARTERY_VEIN_RATIO = 0.046, 0.72
"""Half the width of the main veins at the disc, in disc diameters, and the arteries' width over the veins'."""
_CELL = 0.04
_REACH = 8.0

_ARCADES = {
    "superotemporal": [(0.10, -0.04), (0.09, -0.45), (-0.12, -1.05), (-0.75, -1.72), (-1.8, -2.15), (-3.1, -2.2),
                       (-4.4, -1.75), (-5.6, -1.0)],
    "inferotemporal": [(0.10, 0.04), (0.05, 0.48), (-0.2, 1.15), (-0.85, 1.85), (-1.9, 2.35), (-3.2, 2.4),
                       (-4.5, 2.0), (-5.6, 1.3)],
    "superonasal": [(0.12, -0.02), (0.3, -0.5), (0.62, -1.2), (1.1, -2.1), (1.5, -3.2)],
    "inferonasal": [(0.12, 0.02), (0.28, 0.5), (0.6, 1.25), (1.0, 2.2), (1.35, 3.2)],
    "nasal": [(0.14, 0.0), (0.55, -0.1), (1.1, -0.25), (1.8, -0.35)],
    "macular_upper": [(0.05, -0.05), (-0.5, -0.3), (-1.0, -0.5), (-1.5, -0.5)],
    "macular_lower": [(0.05, 0.05), (-0.5, 0.36), (-1.0, 0.66), (-1.5, 0.78)],
}  # fmt: skip
_CALIBRE = {"superotemporal": 1.0, "inferotemporal": 1.05, "superonasal": 0.72, "inferonasal": 0.7, "nasal": 0.45}


@dataclass
class Vessel:
    """A vessel: `points` (n, 2) in DD from the disc centre, `radii` (n,) in DD, `kind` "artery" or "vein".

    `fades`: its end sinks out of sight, as no branch goes on from there.
    """

    kind: str
    points: np.ndarray
    radii: np.ndarray
    depth: int
    fades: bool = False


@dataclass(frozen=True)
class _Bud:
    """Where a branch will grow: from `point`, heading `angle`, with `radius`."""

    kind: str
    point: tuple[float, float]
    angle: float
    radius: float
    depth: int
    parent: int


class _Ground:
    """Which cells of the retina a vessel of each kind already holds."""

    def __init__(self) -> None:
        side = int(2 * _REACH / _CELL)
        self.cells = {kind: np.full((side, side), -1, dtype=np.int32) for kind in ("artery", "vein")}

    def at(self, kind: str, x: float, y: float) -> int:
        return int(self.cells[kind][int((y + _REACH) / _CELL), int((x + _REACH) / _CELL)])

    def claim(self, vessel: Vessel, number: int) -> None:
        cells = self.cells[vessel.kind]
        reach = 2 if vessel.radii.max() < 0.02 else 3
        cols = ((vessel.points[:, 0] + _REACH) / _CELL).astype(int)
        rows = ((vessel.points[:, 1] + _REACH) / _CELL).astype(int)
        for dy, dx in itertools.product(range(-reach, reach + 1), repeat=2):
            if dy * dy + dx * dx <= reach * reach + 1:
                r, c = np.clip(rows + dy, 0, len(cells) - 1), np.clip(cols + dx, 0, len(cells) - 1)
                free = cells[r, c] < 0
                cells[r[free], c[free]] = number


def grow_tree(rng: np.random.Generator, fovea: tuple[float, float], reach: float) -> list[Vessel]:
    """All vessels of a right eye whose fovea lies at `fovea` (DD), out to `reach` DD from the middle of the field."""
    ground = _Ground()
    vessels: list[Vessel] = []
    centre = (fovea[0] * 0.82, 0.15)
    for vessel in _trunks(rng, fovea):
        vessels.append(vessel)
        ground.claim(vessel, len(vessels) - 1)
    queue: list[tuple[float, int, _Bud]] = []
    order = itertools.count()
    for number, vessel in enumerate(list(vessels)):
        for bud in _buds(rng, vessel, number, fovea):
            heapq.heappush(queue, (-bud.radius, next(order), bud))
    while queue and len(vessels) < 420:
        bud = heapq.heappop(queue)[2]
        grown = _grow(rng, bud, ground, fovea, centre, reach)
        if grown is None:
            continue
        parent = vessels[bud.parent]
        if bud.point == (parent.points[-1, 0], parent.points[-1, 1]):
            parent.fades = False
        vessels.append(grown)
        ground.claim(grown, len(vessels) - 1)
        for child in _buds(rng, grown, len(vessels) - 1, fovea):
            heapq.heappush(queue, (-child.radius, next(order), child))
    return vessels


def _trunks(rng: np.random.Generator, fovea: tuple[float, float]) -> list[Vessel]:
    trunks = []
    for name, anchors in _ARCADES.items():
        for kind in ("vein", "artery"):
            anchor = np.array(anchors)
            anchor[1:] += rng.normal(0, 0.05, (len(anchor) - 1, 2)) * np.linspace(0.5, 2.8, len(anchor) - 1)[:, None]
            if name.startswith("macular"):
                anchor[1:, 1] += {"vein": 0.13, "artery": -0.05}[kind] * np.sign(anchor[1:, 1])
                anchor[:, 0] *= rng.uniform(0.85, 1.0)
            else:
                side = -1.0 if kind == "vein" else 1.0
                anchor[1:] += side * np.array([0.07, 0.0]) * (1 if "temporal" in name else -1)
                anchor[2:] *= 1 + side * rng.choice([-1, 1]) * 0.035
            anchor[0] += (0.0, 0.02 * np.sign(anchor[2, 1]) + rng.normal(0, 0.035))
            anchor[0, 0] += rng.normal(0, 0.025)
            points = _bend(rng, _spline(anchor), 0.014 if kind == "vein" else 0.018)
            calibre = _CALIBRE.get(name, 0.3) * rng.uniform(0.92, 1.08)
            start = VEIN_RADIUS * calibre * (1 if kind == "vein" else ARTERY_VEIN_RATIO)
            short = name.startswith("macular")
            trunks.append(Vessel(kind, points, np.full(len(points), start), 0, fades=short))
    return trunks


def _spline(anchor: np.ndarray) -> np.ndarray:
    chord = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(anchor, axis=0).T))])
    curve = CubicSpline(chord, anchor)
    points: np.ndarray = curve(np.arange(0, chord[-1], STEP))
    return points


def _bend(rng: np.random.Generator, points: np.ndarray, amplitude: float) -> np.ndarray:
    """Gentle waves across the course of a vessel, none at its root."""
    along = np.arange(len(points)) * STEP
    wave = np.zeros(len(points))
    for length, height in ((0.35, 0.22), (0.6, 0.5), (1.1, 1.0), (2.0, 1.6)):
        wave += (
            height * rng.normal() * np.sin(2 * np.pi * along / (length * rng.uniform(0.8, 1.25)) + rng.uniform(0, 6.3))
        )
    tangent = np.gradient(points, axis=0)
    tangent /= np.hypot(*tangent.T)[:, None]
    normal = np.column_stack([-tangent[:, 1], tangent[:, 0]])
    bent: np.ndarray = points + normal * (amplitude * wave * np.clip(along / 0.6, 0, 1))[:, None]
    return bent


def _buds(rng: np.random.Generator, vessel: Vessel, number: int, fovea: tuple[float, float]) -> list[_Bud]:
    """Branches of a vessel. Each takes its share of the calibre by Murray's law; the rest tapers on."""
    points, radii = vessel.points, vessel.radii
    radius = float(radii[0])
    taper = 0.985 if vessel.depth == 0 else 0.93
    buds = []
    spacing = 0.5 if vessel.depth == 0 else 0.62
    at = rng.uniform(0.7, 1.0) if vessel.depth == 0 else rng.uniform(0.25, 0.45)
    side = rng.choice([-1, 1])
    where = 0
    while True:
        index = int(at / STEP)
        stop = min(index, len(points))
        radii[where:stop] = radius * taper ** (np.arange(stop - where) * STEP)
        if stop > where:
            radius = float(radii[stop - 1])
        where = stop
        if index >= len(points) - 4 or radius < THINNEST:
            break
        share = (
            rng.uniform(0.42, 0.8) if vessel.depth else rng.choice([rng.uniform(0.35, 0.55), rng.uniform(0.6, 0.78)])
        )
        child = share * radius
        heading = np.arctan2(*(points[index] - points[index - 2])[::-1])
        if child > THINNEST:
            angle = heading + side * np.radians(rng.uniform(38, 72) * (1.15 - 0.5 * share))
            child = max(child, THINNEST * 1.1)
            buds.append(_Bud(vessel.kind, (points[index, 0], points[index, 1]), angle, child, vessel.depth + 1, number))
            radius = max((radius**3 - 0.75 * child**3) ** (1 / 3), 0.55 * radius)
        side = -side if rng.random() < 0.75 else side
        at += spacing * rng.exponential() * 0.7 + 0.16
    radii[where:] = radius
    if vessel.depth:
        tail = np.clip((len(radii) - 1 - np.arange(len(radii))) / (0.55 * len(radii)), 0, 1) ** 0.7
        radii[:] = THINNEST + (radii - THINNEST) * (0.12 + 0.88 * tail)
    if vessel.depth and radius > 1.9 * THINNEST and len(points) > 12:
        heading = np.arctan2(*(points[-1] - points[-4])[::-1])
        for sign, share in ((1, rng.uniform(0.7, 0.85)), (-1, rng.uniform(0.7, 0.85))):
            angle = heading + sign * np.radians(rng.uniform(18, 38))
            tip = (points[-1, 0], points[-1, 1])
            buds.append(_Bud(vessel.kind, tip, angle, max(THINNEST * 1.05, share * radius), vessel.depth + 1, number))
    return [bud for bud in buds if bud.depth <= 6]


def _grow(
    rng: np.random.Generator,
    bud: _Bud,
    ground: _Ground,
    fovea: tuple[float, float],
    centre: tuple[float, float],
    reach: float,
) -> Vessel | None:
    """Grow a branch until it is too long for its calibre, leaves the field, meets its own kind or nears the fovea."""
    x, y = bud.point
    angle = bud.angle
    other = "artery" if bud.kind == "vein" else "vein"
    longest = rng.uniform(40, 75) * bud.radius + rng.uniform(0.3, 0.6)
    aim = rng.normal(0, 0.25, 2)
    curl, beside, freed = 0.0, 0, False
    track = [(x, y)]
    inward = _turn(np.arctan2(fovea[1] - y, fovea[0] - x), angle)
    to_macula = abs(inward) < 1.25 and np.hypot(x - fovea[0], y - fovea[1]) < 2.9
    while len(track) * STEP < longest:
        fx, fy = fovea[0] + aim[0] - x, fovea[1] + aim[1] - y
        goal = np.arctan2(fy, fx) if to_macula else np.arctan2(y - centre[1], x - centre[0])
        curl += 0.13 * (-curl + 6.5 * rng.normal())
        angle += STEP * (0.75 * np.clip(_turn(goal, angle), -1, 1) + curl)
        x, y = x + STEP * np.cos(angle), y + STEP * np.sin(angle)
        if np.hypot(x - centre[0], y - centre[1]) > reach or np.hypot(x, y) < 0.52:
            break
        if np.hypot(x - fovea[0], y - fovea[1]) < AVASCULAR_RADIUS + 0.06 + 2 * bud.radius:
            break
        holder = ground.at(bud.kind, x + 2 * STEP * np.cos(angle), y + 2 * STEP * np.sin(angle))
        freed = freed or holder != bud.parent
        if holder >= 0 and (holder != bud.parent or freed):
            break
        beside = beside + 1 if ground.at(other, x, y) >= 0 else 0
        if beside * STEP > 0.45:
            break
        track.append((x, y))
    if len(track) * STEP < 0.18 + 8 * bud.radius:
        return None
    return Vessel(bud.kind, np.array(track), np.full(len(track), bud.radius), bud.depth, fades=True)


def _turn(goal: float, angle: float) -> float:
    return float((goal - angle + np.pi) % (2 * np.pi) - np.pi)
