"""Ratio of the arterioles' width to the venules'."""

from __future__ import annotations

from typing import ClassVar

from ..tree import VesselTree
from .base import Biomarker, Geometry, Value
from .knudtson import REFERENCE, central


class AVR(Biomarker):
    """CRAE over CRVE."""

    name: ClassVar[str] = "avr"
    unit: ClassVar[str] = "ratio"
    definition: ClassVar[str] = "CRAE divided by CRVE, both from the six widest vessels of their kind in zone B."
    reference: ClassVar[str | None] = REFERENCE
    valid: ClassVar[str] = "Where both CRAE and CRVE are measured."

    def compute(self, tree: VesselTree) -> Value | str:
        """Above 0; ratios by other formulas are not comparable."""
        arterioles, venules = central(tree, artery=True), central(tree, artery=False)
        if isinstance(arterioles, str):
            return arterioles
        if isinstance(venules, str):
            return venules
        lines = (*arterioles.geometry.lines, *venules.geometry.lines)
        return Value(arterioles.number / venules.number, Geometry(lines))
