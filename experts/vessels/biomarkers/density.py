"""How much of the retina seen is vessel."""

from __future__ import annotations

from typing import ClassVar

from ..tree import VesselTree
from .base import Biomarker, Geometry, Value


class VesselDensity(Biomarker):
    """Share of the field of view that is vessel."""

    name: ClassVar[str] = "vessel_density"
    unit: ClassVar[str] = "fraction"
    definition: ClassVar[str] = (
        "Vessel pixels inside the field of view, divided by all pixels inside the field of view."
    )
    valid: ClassVar[str] = "Always, where vessels are seen at all."

    def compute(self, tree: VesselTree) -> Value | str:
        """Between 0 and 1."""
        seen = int(tree.field.sum())
        share = int((tree.vessels & tree.field).sum()) / seen if seen else 0.0
        return Value(share, Geometry.of_pixels(tree.paths))


class VesselArea(Biomarker):
    """Area of the vessels."""

    name: ClassVar[str] = "vessel_area"
    unit: ClassVar[str] = "px"
    definition: ClassVar[str] = "Vessel pixels inside the field of view, in pixels of the photograph."
    valid: ClassVar[str] = "Always, where vessels are seen at all."
    digits: ClassVar[int] = 0

    def compute(self, tree: VesselTree) -> Value | str:
        """In square pixels of the photograph."""
        return Value(int((tree.vessels & tree.field).sum()) * tree.scale**2, Geometry.of_pixels(tree.paths))
