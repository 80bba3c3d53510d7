"""The vessels expert: a probability map of the retinal vessels and what is measured on it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from ...errors import ExpertUnavailable
from ...imaging import Frame
from ...records import ExpertCard, Finding, Photograph, Status
from ...settings import Settings
from ..base import Expert, Findings
from ..onnx_reader import OnnxReader
from .arteries import artery_probability, by_segment
from .biomarkers import Geometry, Reading
from .measure import measure, none_assessed, without_specks
from .network import ARTERIES, BOTH_CAMERAS, CHANNELS, MULTIPLE, ONE_CAMERA, ArteryNet, SquareNet, VesselNet
from .predict import carried_to_the_rim, field_in_frame, look, vessel_probability, without_surround, working_diameter
from .tree import Disc, VesselTree

SMALLEST_FIELD = 200
"""Fields of view narrower than this many pixels are not measured: the finer vessels are thinner than a pixel there."""


class Vessels(Expert):
    """Attaches the map `vessels` and measures what `measure.BIOMARKERS` lists.

    With weights for it on the card, arteries and veins are told apart: maps `arteries` and `veins`.
    """

    name: ClassVar[str] = "vessels"
    needs: ClassVar[tuple[str, ...]] = ("landmarks",)

    def __init__(
        self, card: ExpertCard, folder: Path, settings: Settings, files: tuple[str, ...] = (BOTH_CAMERAS, ONE_CAMERA)
    ) -> None:
        super().__init__(card, folder, settings)
        try:
            self.nets = [self._reader(VesselNet(), file) for file in files]
            self.arteries = None
            if any(w.file == ARTERIES for w in card.weights):
                self.arteries = self._reader(ArteryNet(), ARTERIES)
        except ValueError as error:
            raise ExpertUnavailable(f"{self.name}: {error}; reinstall fundoscope") from error

    def _reader(self, net: SquareNet, file: str) -> OnnxReader:
        net.load(self.state_dict(file)).fold().to(self.settings.device)
        return OnnxReader(net, CHANNELS, MULTIPLE)

    def read(self, photograph: Photograph, given: Findings | None = None) -> Finding:
        """Read one photograph. Place and diameter of the optic disc are taken from `given["landmarks"]`."""
        return self._read(photograph, given)[0]

    def drawings(self, photograph: Photograph, given: Findings | None = None) -> dict[str, Geometry]:
        """What each measured biomarker was made from, by its name: lines and points (x, y) in photograph pixels."""
        return {r.measurement.name: r.geometry for r in self._read(photograph, given)[1]}

    def _read(self, photograph: Photograph, given: Findings | None) -> tuple[Finding, list[Reading]]:
        finding = self.finding(photograph)
        fov = photograph.field_of_view
        seen, frame = look(photograph.pixels, fov)
        field = field_in_frame(fov, frame)
        plane = vessel_probability(self.nets, seen, field)
        self.nets[0].free()
        shown = without_surround(carried_to_the_rim(plane, field, fov, frame), photograph.pixels, fov, frame)
        finding.attach("vessels", shown, frame)
        why_not = fov.why_unreadable(SMALLEST_FIELD)
        if why_not is not None:
            return _not_assessed(finding, why_not), []
        level = self.card.thresholds["vessel"]
        vessels = without_specks(plane >= level, working_diameter(fov))
        if vessels.sum() < self.card.thresholds["least_density"] * field.sum():
            return _not_assessed(finding, "next to no vessels are visible"), []
        tree = VesselTree(
            probability=plane,
            vessels=vessels,
            field=field,
            level=level,
            scale=frame.scale,
            field_diameter=working_diameter(fov),
            disc=_disc(given, frame),
            pixel_spacing_mm=photograph.pixel_spacing_mm,
            artery=None if self.arteries is None else artery_probability(self.arteries, seen),
        )
        self.nets[0].free()
        if (artery := by_segment(tree)) is not None:
            finding.attach("arteries", shown * artery, frame)
            finding.attach("veins", shown * (1 - artery), frame)
        readings = measure(tree)
        finding.measurements = [reading.measurement for reading in readings]
        return finding, [replace(r, geometry=r.geometry.moved(frame.left, frame.top, frame.scale)) for r in readings]


def _not_assessed(finding: Finding, reason: str) -> Finding:
    finding.status, finding.reason = Status.NOT_ASSESSED, reason
    finding.measurements = none_assessed(reason)
    return finding


def _disc(given: Findings | None, frame: Frame) -> Disc | None:
    """The optic disc in map coordinates, where the landmarks expert found it and measured its diameter."""
    landmarks = (given or {}).get("landmarks")
    if landmarks is None:
        return None
    place, diameter = landmarks.points.get("disc"), landmarks.measurement("disc_diameter")
    if place is None or diameter is None or not diameter.value or diameter.unit not in ("", "px"):
        return None
    x, y = frame.from_photograph(place.x, place.y)
    return Disc(x, y, float(diameter.value) / frame.scale)


EXPERT = Vessels
