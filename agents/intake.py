"""What is known of a photograph before any expert reads it, as evidence."""

from __future__ import annotations

from .. import __version__
from ..records import Finding, Measurement, Photograph

INTAKE = "intake"
NO_SPACING = "the file does not say how large a pixel is"


def intake_finding(photograph: Photograph) -> Finding:
    """Which eye a photograph is of (`label`), who said so (the one flag; none where nobody did), and the size of a pixel."""
    spacing = photograph.pixel_spacing_mm
    measured = (
        Measurement.not_assessed("pixel_spacing", NO_SPACING, "mm")
        if spacing is None
        else Measurement(name="pixel_spacing", value=spacing[0], unit="mm")
    )
    return Finding(
        expert=INTAKE,
        version=__version__,
        weights_sha256="",
        photograph=photograph.sha256,
        eye=photograph.eye,
        label=photograph.eye.value,
        flags=[] if photograph.eye_source is None else [photograph.eye_source],
        measurements=[measured],
    )
