"""The steps of registration on grids of vessel probability: starts, refinement, matching of small windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

if TYPE_CHECKING:
    from .registration import Sight

Matrix = NDArray[np.float64]
"""(2, 3): takes (x, y, 1) of the earlier grid to the later grid; pixel i's centre is at i."""

DIAMETER = 448
"""Diameter of the field of view on the grid, in pixels: a disc diameter is about 67."""
COARSE = 4
"""The first search is on a grid so many times coarser."""
TURNS = range(-30, 31, 3)
SCALES = (0.77, 0.84, 0.92, 1.0, 1.09, 1.19, 1.3)
"""Turns (degrees) and scales, beyond that of the fields of view, of the first search."""
PEAKS = 3
"""So many starts of the first search are refined."""
WINDOW, STRIDE, REACH = 48, 24, 12
"""Side, step and search distance of the windows that are matched, grid pixels."""
LEAST_VESSEL = 0.04
"""Mean vessel probability of a window that can be matched."""
LEAST_PEAK = 0.55
"""Correlation of a window with its place in the other map from which it counts as found."""
TOLERANCE = 4.0
"""Grid pixels within which a found window agrees with the fit, about 0.06 disc diameters."""
ECC_SMOOTHING, ECC_STEPS = (6.0, 2.5), 40
"""Standard deviations (grid pixels) of the blurs under which ECC runs, one after the other, and its most steps."""
LEAST_FITTED = 6
"""So many found windows are needed for a fit of their own."""


@dataclass(frozen=True)
class Grid:
    """A vessel map on a square-pixel grid. `vessels` float32 and `field` uint8 (0, 1), both (h, w).

    Grid pixel centre (u, v) is at photograph (`left` + (u + 0.5) * `scale`, `top` + (v + 0.5) * `scale`).
    """

    vessels: NDArray[np.float32]
    field: NDArray[np.uint8]
    left: float
    top: float
    scale: float

    @property
    def vessel_share(self) -> float:
        """Mean vessel probability in the field."""
        return float(self.vessels.sum() / max(1, int(self.field.sum())))

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Grid position of photograph pixels."""
        return (x - self.left) / self.scale - 0.5, (y - self.top) / self.scale - 0.5

    def from_photograph(self, matrix: Matrix) -> Matrix:
        """A matrix on this grid as one that takes this photograph's pixels."""
        k = 1 / self.scale
        inward = np.array([[k, 0, -self.left * k - 0.5], [0, k, -self.top * k - 0.5], [0, 0, 1]])
        whole: Matrix = matrix @ inward
        return whole

    def to_photograph(self, matrix: Matrix) -> Matrix:
        """A matrix into this grid as one into this photograph's pixels."""
        s = self.scale
        outward = np.array([[s, 0, self.left + s / 2], [0, s, self.top + s / 2]])
        whole: Matrix = outward @ np.vstack([matrix, [0, 0, 1]])
        return whole


@dataclass(frozen=True)
class Match:
    """An affine `matrix` (earlier to later grid) and how well it fits; `error` in grid pixels, None without matches."""

    matrix: Matrix
    error: float | None
    overlap: float
    agreement: float
    windows: int
    matched: int


def grid_of(sight: Sight) -> Grid:
    """The vessel map of a photograph with its field of view `DIAMETER` pixels across."""
    frame = sight.frame
    share = DIAMETER * frame.scale / sight.field_diameter
    size = (max(1, round(frame.width * share)), max(1, round(frame.height * share)))
    vessels = cv2.resize(sight.vessels, size, interpolation=cv2.INTER_AREA)
    field = cv2.resize(sight.field.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    scale = frame.scale * frame.width / size[0]
    return Grid((vessels * field).astype(np.float32), field, frame.left, frame.top, scale)


def starts(
    first: Grid, second: Grid, marks: Sequence[tuple[float, float]], others: Sequence[tuple[float, float]]
) -> Iterator[Matrix]:
    """Similarities to begin from: the one that takes landmarks to landmarks, then the peaks of the whole maps' correlation."""
    if len(marks) == 2 and marks[0] != marks[1]:
        yield _by_landmarks(marks, others)
    yield from _by_correlation(first, second)


def _by_landmarks(marks: Sequence[tuple[float, float]], others: Sequence[tuple[float, float]]) -> Matrix:
    (ax, ay), (bx, by) = marks
    (cx, cy), (dx, dy) = others
    ratio = complex(dx - cx, dy - cy) / complex(bx - ax, by - ay)
    a, b = ratio.real, ratio.imag
    return np.array([[a, -b, cx - a * ax + b * ay], [b, a, cy - b * ax - a * ay]])


def _by_correlation(first: Grid, second: Grid) -> list[Matrix]:
    """The best shifts over `TURNS` and `SCALES` on the coarse grid, as matrices on the fine one."""
    small, other = _coarse(first), _coarse(second)
    rows, columns = (small.shape[i] + other.shape[i] for i in (0, 1))
    shape = (fft.next_fast_len(rows, real=True), fft.next_fast_len(columns, real=True))
    wanted = np.conj(fft.rfft2(other, shape))
    peaks: list[tuple[float, Matrix]] = []
    height, width = small.shape
    for turn in TURNS:
        for scale in SCALES:
            matrix = np.asarray(cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), turn, scale))
            turned = cv2.warpAffine(small, matrix, (width, height), flags=cv2.INTER_LINEAR)
            norm = float(np.linalg.norm(turned))
            if norm == 0:
                continue
            surface = fft.irfft2(fft.rfft2(turned, shape) * wanted, shape)
            row, column = np.unravel_index(int(np.argmax(surface)), surface.shape)
            dy = row - shape[0] if row >= height else row
            dx = column - shape[1] if column >= width else column
            moved = matrix.copy()
            moved[:, 2] -= (dx, dy)
            peaks.append((float(surface[row, column]) / norm, moved))
    peaks.sort(key=lambda peak: -peak[0])
    return [_finer(matrix) for _, matrix in peaks[:PEAKS]]


def _coarse(grid: Grid) -> NDArray[np.float32]:
    """The map reduced, its broad brightness taken out, so that shared emptiness and rims count for nothing."""
    size = (-(-grid.vessels.shape[1] // COARSE), -(-grid.vessels.shape[0] // COARSE))
    whole = (size[0] * COARSE, size[1] * COARSE)
    padded = cv2.copyMakeBorder(
        grid.vessels, 0, whole[1] - grid.vessels.shape[0], 0, whole[0] - grid.vessels.shape[1], cv2.BORDER_CONSTANT
    )
    small = cv2.GaussianBlur(cv2.resize(padded, size, interpolation=cv2.INTER_AREA), (0, 0), 1.2)
    band: NDArray[np.float32] = small - cv2.GaussianBlur(small, (0, 0), 5.0)
    return band


def _finer(matrix: Matrix) -> Matrix:
    """A matrix between coarse grids as one between fine ones."""
    offset = (COARSE - 1) / 2
    linear, shift = matrix[:, :2], matrix[:, 2]
    moved = COARSE * shift + offset - linear @ np.array([offset, offset])
    return np.column_stack([linear, moved])


def refine(first: Grid, second: Grid, start: Matrix) -> tuple[float, Matrix] | None:
    """ECC from a start, first with much smoothing: (agreement, affine matrix); None where it leads nowhere."""
    matrix = start.astype(np.float32)
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, ECC_STEPS, 1e-4)
    for sigma in ECC_SMOOTHING:
        template, picture = (cv2.GaussianBlur(g.vessels, (0, 0), sigma) for g in (first, second))
        try:
            matrix = cv2.findTransformECC(template, picture, matrix, cv2.MOTION_AFFINE, stop, second.field, 1)[1]
        except cv2.error:  # it says so by raising when the two have nothing in common there
            return None
    found = matrix.astype(np.float64)
    if not np.isfinite(found).all() or not 0.1 < np.linalg.det(found[:, :2]) < 10:
        return None
    return _compared(first, second, found).agreement, found


@dataclass(frozen=True)
class _Compared:
    """The later map and field as seen on the earlier grid, what both show, and how alike the maps are there."""

    warped: NDArray[np.float32]
    both: NDArray[np.bool_]
    overlap: float
    agreement: float


def _compared(first: Grid, second: Grid, matrix: Matrix) -> _Compared:
    height, width = first.vessels.shape
    how = cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(second.vessels, matrix, (width, height), flags=cv2.INTER_LINEAR | how)
    both = (first.field > 0) & (
        cv2.warpAffine(second.field, matrix, (width, height), flags=cv2.INTER_NEAREST | how) > 0
    )
    smaller = min(float(first.field.sum()), float(second.field.sum()) / float(np.linalg.det(matrix[:, :2])))
    overlap = float(both.sum()) / max(1.0, smaller)
    if both.sum() < WINDOW * WINDOW:
        return _Compared(warped, both, overlap, 0.0)
    smooth = [cv2.GaussianBlur(plane, (0, 0), 1.5)[both] for plane in (first.vessels, warped)]
    agreement = float(np.corrcoef(*smooth)[0, 1]) if min(plane.std() for plane in smooth) > 0 else 0.0
    return _Compared(warped, both, overlap, agreement)


def window_matches(first: Grid, second: Grid, matrix: Matrix) -> Match:
    """Small windows of vessels looked for around where the matrix puts them, and the affine map that most agree on."""
    places, found, windows = _windows(first, _compared(first, second, matrix))
    if len(places) >= LEAST_FITTED:
        targets = found @ matrix[:, :2].T + matrix[:, 2]
        fitted, _inliers = cv2.estimateAffine2D(places, targets, method=cv2.RANSAC, ransacReprojThreshold=TOLERANCE)
        if fitted is not None and 0.1 < np.linalg.det(fitted[:, :2]) < 10:
            matrix = np.asarray(fitted, dtype=np.float64)
    compared = _compared(first, second, matrix)
    places, found, windows = _windows(first, compared)
    misses = np.hypot(*(found - places).T) if len(places) else np.empty(0)
    near = misses[misses <= TOLERANCE]
    error = float(np.sqrt(np.mean(near**2))) if near.size else None
    return Match(matrix, error, min(1.0, compared.overlap), compared.agreement, windows, int(near.size))


def _windows(first: Grid, compared: _Compared) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Centres of the windows that were found again, where they were found, and how many were looked for.

    Both (n, 2) of (x, y) on the earlier grid. Looked for are those with vessels in either map.
    """
    places, found, windows = [], [], 0
    height, width = first.vessels.shape
    one, other = (cv2.GaussianBlur(plane, (0, 0), 1.0) for plane in (first.vessels, compared.warped))
    for top in range(REACH, height - WINDOW - REACH, STRIDE):
        for left in range(REACH, width - WINDOW - REACH, STRIDE):
            rows, columns = slice(top, top + WINDOW), slice(left, left + WINDOW)
            if compared.both[rows, columns].mean() < 1.0:
                continue
            if max(one[rows, columns].mean(), other[rows, columns].mean()) < LEAST_VESSEL:
                continue
            windows += 1
            if min(one[rows, columns].std(), other[rows, columns].std()) == 0:
                continue
            around = other[top - REACH : top + WINDOW + REACH, left - REACH : left + WINDOW + REACH]
            surface = cv2.matchTemplate(around, one[rows, columns], cv2.TM_CCOEFF_NORMED)
            _, peak, _, (x, y) = cv2.minMaxLoc(surface)
            if peak < LEAST_PEAK:
                continue
            centre = np.array([left, top]) + (WINDOW - 1) / 2
            places.append(centre)
            found.append(centre + _between_pixels(surface, x, y) - REACH)
    return np.reshape(places, (-1, 2)).astype(float), np.reshape(found, (-1, 2)).astype(float), windows


def _between_pixels(surface: NDArray[np.float32], x: int, y: int) -> NDArray[np.float64]:
    """The peak's place to a fraction of a pixel, by a parabola along each axis."""
    at = np.array([x, y], dtype=float)
    for axis, (here, line) in enumerate(((x, surface[y]), (y, surface[:, x]))):
        if 0 < here < len(line) - 1:
            low, mid, high = (float(v) for v in line[here - 1 : here + 2])
            bend = low - 2 * mid + high
            at[axis] += 0.5 * (low - high) / bend if bend < 0 else 0.0
    return at
