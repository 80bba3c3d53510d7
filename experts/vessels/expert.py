"""The vessels expert: a probability map of the retinal vessels and what is measured on it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from ...errors import ExpertUnavailable
from ...records import ExpertCard, Finding, Measurement, Photograph, Status
from ...settings import Settings
from ..base import Expert, Findings
from .measure import measure, none_assessed, without_specks
from .network import VesselNet
from .predict import field_in_frame, probability, working_diameter

SMALLEST_FIELD = 200
"""Fields of view narrower than this many pixels are not measured: the finer vessels are thinner than a pixel there."""


class Vessels(Expert):
    """Attaches the map `vessels`; measures density, area, centreline length, fractal dimension and tortuosity."""

    name: ClassVar[str] = "vessels"
    needs: ClassVar[tuple[str, ...]] = ("landmarks",)

    def __init__(self, card: ExpertCard, folder: Path, settings: Settings, file: str = "weights/vessels.safetensors"):
        super().__init__(card, folder, settings)
        net = VesselNet()
        state = {name: tensor.float() for name, tensor in self.state_dict(file).items()}
        missing, unexpected = net.load_state_dict(state, strict=False)
        if unexpected or any(not name.endswith("num_batches_tracked") for name in missing):
            raise ExpertUnavailable(f"{self.name}: {file} does not fit the network; reinstall fundoscope")
        self.net = net.fold().to(settings.device)

    def read(self, photograph: Photograph, given: Findings | None = None) -> Finding:
        """Read one photograph. The optic disc's diameter is taken from `given["landmarks"]` where it was measured."""
        finding = self.finding(photograph)
        fov = photograph.field_of_view
        plane, frame = probability(self.net, photograph.pixels, fov)
        finding.attach("vessels", plane, frame)
        if fov.diameter < SMALLEST_FIELD:
            return _not_assessed(finding, f"the field of view is only {fov.diameter:.0f} pixels wide")
        field = field_in_frame(fov, frame)
        vessels = without_specks(plane >= self.card.thresholds["vessel"], working_diameter(fov))
        if vessels.sum() < self.card.thresholds["least_density"] * field.sum():
            return _not_assessed(finding, "next to no vessels are visible")
        finding.measurements = measure(
            vessels,
            field,
            frame,
            field_diameter=working_diameter(fov),
            disc_diameter=_disc_diameter(given),
            pixel_spacing_mm=photograph.pixel_spacing_mm,
        )
        return finding


def _not_assessed(finding: Finding, reason: str) -> Finding:
    finding.status, finding.reason = Status.NOT_ASSESSED, reason
    finding.measurements = none_assessed(reason)
    return finding


def _disc_diameter(given: Findings | None) -> float | None:
    """The optic disc's diameter in photograph pixels, where the landmarks expert measured it."""
    landmarks = (given or {}).get("landmarks")
    found: Measurement | None = landmarks.measurement("disc_diameter") if landmarks else None
    if found is None or not found.value or found.unit not in ("", "px"):
        return None
    return float(found.value)


EXPERT = Vessels
