"""Where a lesion lies: quadrant around the fovea, distance from it, and whether it is on the optic disc."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...imaging import Frame
from ..base import Findings

DISC_REACH = 0.55
"""Nothing is reported nearer to the disc's centre than this many disc diameters: the disc and its rim."""
NO_LANDMARKS = "fovea and optic disc were not located"
NO_DIAMETER = "the optic disc's diameter was not measured"


@dataclass(frozen=True)
class Anatomy:
    """Landmarks in photograph pixels; None where they were not found."""

    fovea: tuple[float, float] | None = None
    disc: tuple[float, float] | None = None
    disc_diameter: float | None = None

    @classmethod
    def of(cls, given: Findings | None) -> Anatomy:
        """From the landmarks expert's finding, where it was handed in."""
        finding = (given or {}).get("landmarks")
        if finding is None:
            return cls()
        fovea, disc = finding.points.get("fovea"), finding.points.get("disc")
        diameter = finding.number("disc_diameter")
        return cls(
            fovea=None if fovea is None else (fovea.x, fovea.y),
            disc=None if disc is None else (disc.x, disc.y),
            disc_diameter=float(diameter) if diameter else None,
        )

    @property
    def has_quadrants(self) -> bool:
        """Whether quadrants can be told: fovea and disc are known."""
        return self.fovea is not None and self.disc is not None

    def quadrant(self, x: float, y: float) -> str | None:
        """The quadrant of a position: nasal is the side of the fovea on which the disc lies; axes are the picture's."""
        if self.fovea is None or self.disc is None:
            return None
        vertical = "superior" if y < self.fovea[1] else "inferior"
        nasal = (x - self.fovea[0]) * (self.disc[0] - self.fovea[0]) > 0
        return f"{vertical[:5]}o{'nasal' if nasal else 'temporal'}"

    def fovea_distance(self, x: float, y: float) -> float | None:
        """Distance from the fovea's centre in disc diameters."""
        if self.fovea is None or self.disc_diameter is None:
            return None
        return math.hypot(x - self.fovea[0], y - self.fovea[1]) / self.disc_diameter

    def disc_mask(self, frame: Frame) -> NDArray[np.bool_]:
        """Boolean (frame.height, frame.width): on the optic disc or its rim; all false where the disc is unknown."""
        if self.disc is None or self.disc_diameter is None:
            return np.zeros((frame.height, frame.width), dtype=bool)
        x, y = frame.from_photograph(*self.disc)
        ys, xs = np.ogrid[: frame.height, : frame.width]
        reach = DISC_REACH * self.disc_diameter / frame.scale
        on_disc: NDArray[np.bool_] = (xs + 0.5 - x) ** 2 + (ys + 0.5 - y) ** 2 <= reach**2
        return on_disc
