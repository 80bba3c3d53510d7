"""Central retinal arteriolar equivalent."""

from __future__ import annotations

from typing import ClassVar

from ..tree import VesselTree
from .base import Biomarker, Value
from .knudtson import REFERENCE, central


class CRAE(Biomarker):
    """The six widest arterioles in one width."""

    name: ClassVar[str] = "crae"
    unit: ClassVar[str] = "DD"
    definition: ClassVar[str] = (
        "Central retinal arteriolar equivalent: the median widths of the six widest arterioles in zone B (half to one "
        "disc diameter from the disc's margin), paired widest with narrowest as 0.88 * sqrt(a^2 + b^2) until one is left."
    )
    reference: ClassVar[str | None] = REFERENCE
    valid: ClassVar[str] = (
        "With a measured optic disc, at least 80 % of zone B in the field of view, arteries and veins told apart, and "
        "six arterioles that are seen there over at least three tenths of its breadth and are wider than any "
        "vessel there of unsure kind; in mm where the photograph's spacing is known."
    )
    digits: ClassVar[int] = 5

    def compute(self, tree: VesselTree) -> Value | str:
        """In disc diameters, or in millimetres."""
        return central(tree, artery=True)
