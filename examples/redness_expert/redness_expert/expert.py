"""The redness expert: how much of the light in the field of view is red."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from fundoscope.experts import Expert, Findings
from fundoscope.records import Finding, Measurement, Photograph, Status

RIM = 0.05
"""Share of the field's radius that is left out: its edge is dark in every camera."""
SMALLEST_FIELD = 50
"""Fields of view narrower than this many pixels are not measured."""


class Redness(Expert):
    """Gives `redness`, the red share of the light, and `brightness`. Both depend on the camera as much as on the eye."""

    name: ClassVar[str] = "redness"

    def read(self, photograph: Photograph, given: Findings | None = None) -> Finding:
        """Measure one photograph. Nothing of other experts is used."""
        finding = self.finding(photograph)
        field = photograph.field_of_view
        inside = photograph.pixels[field.mask(photograph.height, photograph.width, margin=RIM)].astype(np.float64)
        if field.diameter < SMALLEST_FIELD or inside.sum() == 0:
            finding.status, finding.reason = Status.NOT_ASSESSED, "the field of view is too small or too dark"
            return finding
        red, light = float(inside[:, 0].sum()), float(inside.sum())
        finding.measurements = [
            Measurement(
                name="redness",
                value=red / light,
                definition="red over red, green and blue, summed over the field of view",
            ),
            Measurement(
                name="brightness",
                value=light / inside.size / 255,
                definition="mean of all channels, 0 black to 1 white",
            ),
        ]
        return finding


EXPERT = Redness
