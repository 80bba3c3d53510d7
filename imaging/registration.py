"""Registration of two photographs of one eye by their vessel trees: where a place of the one lies in the other.

Both vessel maps are seen at one scale. Starts come from the landmarks and from correlating the whole maps over turns and
scales; each is refined by ECC [cv2.findTransformECC]; then small windows of vessels are matched and an affine map is fitted
to the matches that agree (RANSAC). What is taken for the same eye must agree window by window, not only on the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .frame import Frame
from .matching import Grid, Match, grid_of, refine, starts, window_matches

FIELD_PER_DISC = 6.7
"""Diameter of the field of view in disc diameters where no disc was measured: a camera of 45 degrees."""
LEAST_OVERLAP = 0.25
"""Fraction of the smaller field of view under which two photographs are not compared."""
LEAST_SCALE, MOST_SCALE, MOST_TURN, MOST_STRETCH = 0.6, 1.7, 35.0, 1.25
"""Bounds of what two photographs of an eye can differ by: scale beyond that of their fields, degrees, and one axis
against the other."""
LEAST_WINDOWS, LEAST_SHARE, LEAST_AGREEMENT = 8, 0.5, 0.4
"""Matched windows, their share of all windows with vessels in the overlap, and correlation of the vessel maps there,
under which the photographs are not taken for the same eye. Chosen on the photographs that `evals.registration` sets aside."""
SURE = 0.6
"""Correlation of the vessel maps from which no other start is tried."""


@dataclass(frozen=True)
class Sight:
    """What registration sees of one photograph.

    `vessels` (frame.height, frame.width) float32, probability of vessel; `field` boolean, of that shape, inside the field
    of view; `field_diameter` and `disc_diameter` in photograph pixels; `disc` and `fovea` (x, y) in photograph pixels.
    """

    vessels: NDArray[np.float32]
    field: NDArray[np.bool_]
    frame: Frame
    field_diameter: float
    disc_diameter: float | None = None
    disc: tuple[float, float] | None = None
    fovea: tuple[float, float] | None = None

    @property
    def unit(self) -> float:
        """Photograph pixels of a disc diameter, taken from the field of view where no disc was measured."""
        return self.disc_diameter or self.field_diameter / FIELD_PER_DISC


@dataclass(frozen=True)
class Registration:
    """How an earlier photograph lies on a later one.

    `matrix` (2, 3) takes earlier photograph pixels (x, y, 1) to later ones; None when `reason` says why the photographs
    cannot be compared. `error_dd`: root mean square distance, in disc diameters, by which matched windows miss the fit.
    `overlap`: share of the smaller field of view that both show. `agreement`: correlation of the vessel maps there, -1
    to 1. `windows`: windows with vessels in the overlap, `matched` of which fit.
    """

    matrix: NDArray[np.float64] | None
    error_dd: float | None = None
    overlap: float = 0.0
    agreement: float = 0.0
    windows: int = 0
    matched: int = 0
    reason: str | None = None

    @property
    def share(self) -> float:
        """Share of the windows that match."""
        return self.matched / self.windows if self.windows else 0.0

    def to_later(self, x: float, y: float) -> tuple[float, float]:
        """The place in the later photograph, pixels. Raises ValueError when they are not registered."""
        if self.matrix is None:
            raise ValueError("the photographs are not registered")
        u, v = self.matrix @ (x, y, 1.0)
        return float(u), float(v)

    def to_earlier(self, x: float, y: float) -> tuple[float, float]:
        """The place in the earlier photograph, pixels. Raises ValueError when they are not registered."""
        if self.matrix is None:
            raise ValueError("the photographs are not registered")
        u, v = np.linalg.solve(self.matrix[:, :2], np.array([x, y]) - self.matrix[:, 2])
        return float(u), float(v)


def register(earlier: Sight, later: Sight) -> Registration:
    """Lay the earlier photograph on the later one, or say why not. The same photographs give the same result."""
    first, second = grid_of(earlier), grid_of(later)
    if min(first.vessel_share, second.vessel_share) == 0:
        return Registration(None, reason="no vessels are seen in one of the photographs")
    best: tuple[float, NDArray[np.float64]] | None = None
    for start in starts(first, second, *_landmarks(earlier, later, first, second)):
        refined = refine(first, second, start)
        if refined is not None and (best is None or refined[0] > best[0]):
            best = refined
        if best is not None and best[0] >= SURE:
            break
    if best is None:
        return Registration(None, reason="the vessel trees could not be laid on each other")
    match = window_matches(first, second, best[1])
    found = _judged(first, second, match, (earlier.unit + later.unit * earlier_scale(first, second, match)) / 2)
    if found.matrix is not None and _faces_away(earlier, later, found.matrix):
        return replace(found, matrix=None, reason="laid on each other, the disc lies on the other side of the fovea")
    return found


def earlier_scale(first: Grid, second: Grid, match: Match) -> float:
    """Earlier photograph pixels of one later photograph pixel."""
    linear = second.to_photograph(first.from_photograph(match.matrix))[:, :2]
    return float(1 / np.sqrt(abs(np.linalg.det(linear))))


def _landmarks(
    earlier: Sight, later: Sight, first: Grid, second: Grid
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Landmarks both photographs have, in grid pixels of each."""
    both = [(a, b) for a, b in ((earlier.disc, later.disc), (earlier.fovea, later.fovea)) if a and b]
    return [first.place(*a) for a, _ in both], [second.place(*b) for _, b in both]


def _faces_away(earlier: Sight, later: Sight, matrix: NDArray[np.float64]) -> bool:
    """Whether the way from disc to fovea, taken over to the later photograph, is opposed to the one seen there."""
    if not (earlier.disc and earlier.fovea and later.disc and later.fovea):
        return False
    there = matrix[:, :2] @ np.subtract(earlier.fovea, earlier.disc)
    return float(there @ np.subtract(later.fovea, later.disc)) < 0


def _judged(first: Grid, second: Grid, match: Match, unit: float) -> Registration:
    """The registration when the evidence is enough, else the reason."""
    matrix = second.to_photograph(first.from_photograph(match.matrix))
    error = match.error * first.scale / unit if match.error is not None else None
    found = Registration(matrix, error, match.overlap, match.agreement, match.windows, match.matched)
    reason = _doubt(found, match)
    if reason is None:
        return found
    return Registration(None, error, match.overlap, match.agreement, match.windows, match.matched, reason)


TREES_DIFFER = "the vessel trees do not agree"
"""How the reason begins where two photographs may not show the same eye at all."""


def _doubt(found: Registration, match: Match) -> str | None:
    large, small = np.linalg.svd(match.matrix[:, :2], compute_uv=False)
    turn = abs(float(np.degrees(np.arctan2(match.matrix[1, 0], match.matrix[0, 0]))))
    if np.linalg.det(match.matrix[:, :2]) <= 0 or not LEAST_SCALE <= small <= large <= MOST_SCALE:
        return "the vessel trees lie on each other only at a scale that no camera gives"
    if turn > MOST_TURN or large / small > MOST_STRETCH:
        return "the vessel trees lie on each other only turned or stretched as no camera gives"
    if match.overlap < LEAST_OVERLAP:
        return f"the photographs share {match.overlap:.0%} of the field of view, too little to compare"
    if match.matched < LEAST_WINDOWS or found.share < LEAST_SHARE or match.agreement < LEAST_AGREEMENT:
        return f"{TREES_DIFFER}: {match.matched} of {match.windows} places match"
    return None
