"""The landmarks expert: optic disc, fovea, and from them the eye's side and what the photograph is centred on."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from ...errors import ExpertUnavailable
from ...records import ExpertCard, Eye, FieldName, Finding, Measurement, Photograph, Point, Status
from ...settings import Settings
from ..base import Expert, Findings
from .locate import FARTHEST_DD, NEAREST_DD, Layout, lay_out
from .network import STRIDE, LandmarkNet
from .sight import DIAMETER, even_out, frame_of

CENTRED = 0.2
"""A landmark within this fraction of the field's diameter from its centre makes the field centred on it."""
NO_DISC = "no optic disc was found"
NO_EXTENT = "the disc's extent could not be made out"
NO_FOVEA = "no fovea was found where this disc allows one"
NO_SIDE = "disc and fovea are not seen well enough to tell the side"


class Landmarks(Expert):
    """Points `disc` and `fovea`; disc diameter, distance and angle between the two; label right, left or unknown.

    Attaches the map `disc_region`. Disc diameter is that of a circle of the disc's area.
    """

    name: ClassVar[str] = "landmarks"

    def __init__(self, card: ExpertCard, folder: Path, settings: Settings) -> None:
        super().__init__(card, folder, settings)
        network = LandmarkNet()
        state = {name: tensor.float() for name, tensor in self.state_dict("weights/landmarks.safetensors").items()}
        try:
            network.load_state_dict(state)
        except RuntimeError as error:
            raise ExpertUnavailable(f"{self.name}: the weights do not fit the network; reinstall fundoscope") from error
        self.network = network.eval().to(settings.device)

    def maps(self, photograph: Photograph) -> NDArray[np.float32]:
        """Probability maps (3, h, w): the network's on the photograph and on its mirror image, averaged."""
        view = even_out(frame_of(photograph).look(photograph.pixels))
        both = torch.from_numpy(np.stack([view, view[:, :, ::-1]])).to(self.settings.device)
        with torch.inference_mode():
            out = torch.sigmoid(self.network(both.contiguous(memory_format=torch.channels_last)))
        mean: NDArray[np.float32] = ((out[0] + out[1].flip(-1)) / 2).float().cpu().numpy()
        return mean

    def layout(self, photograph: Photograph) -> Layout:
        """Positions in map pixels, by the card's thresholds."""
        return self._layout(self.maps(photograph))

    def _layout(self, maps: NDArray[np.float32]) -> Layout:
        least = self.card.thresholds
        return lay_out(maps, least_disc=least["disc"], least_fovea=least["fovea"])

    def read(self, photograph: Photograph, given: Findings | None = None) -> Finding:
        """Read one photograph; `given` is not used."""
        finding = self.finding(photograph)
        maps = self.maps(photograph)
        frame = frame_of(photograph, DIAMETER // STRIDE)
        finding.attach("disc_region", maps[2], frame)
        found = self._layout(maps)
        for name, spot in (("disc", found.disc), ("fovea", found.fovea)):
            if spot is not None:
                x, y = frame.to_photograph(spot.x, spot.y)
                finding.points[name] = Point(x=x, y=y, confidence=round(spot.confidence, 4))
        finding.measurements = _measurements(found, frame.scale)
        side, why = self.side(found)
        finding.label = side.value
        if why == NO_SIDE:
            finding.measurements.append(Measurement.not_assessed("laterality_confidence", why, "probability"))
        else:
            finding.measurements.append(
                Measurement(
                    name="laterality_confidence",
                    value=round(max(found.side.rightness, 1 - found.side.rightness), 4),
                    unit="probability",
                    definition="share of the likely pairs of disc and fovea that make the named eye; not calibrated",
                )
            )
            finding.notes += [why] if why else []
        centred = field_of(found, DIAMETER // STRIDE)
        if centred is not FieldName.UNKNOWN:
            finding.flags.append(centred.value)
        if found.disc is None and found.fovea is None:
            finding.status, finding.reason = Status.NOT_ASSESSED, "neither optic disc nor fovea was found"
        return finding

    def side(self, found: Layout) -> tuple[Eye, str]:
        """The eye's side, and why where it stays undecided."""
        least = self.card.thresholds
        if found.side.disc < least["side_disc"] or found.side.mass < least["side_mass"]:
            return Eye.UNKNOWN, NO_SIDE
        if max(found.side.rightness, 1 - found.side.rightness) < least["side"]:
            return Eye.UNKNOWN, "the fovea may lie on either side of the disc"
        return (Eye.RIGHT if found.side.rightness > 0.5 else Eye.LEFT), ""


def _measurements(found: Layout, scale: float) -> list[Measurement]:
    """Diameter, distance and angle; `scale` is photograph pixels per map pixel."""
    missing = NO_DISC if found.disc is None else NO_EXTENT if found.disc_diameter is None else None
    diameter = (
        Measurement.not_assessed("disc_diameter", missing or NO_EXTENT, "px")
        if found.disc is None or found.disc_diameter is None
        else Measurement(
            name="disc_diameter",
            value=round(found.disc_diameter * scale, 2),
            unit="px",
            definition="diameter of a circle of the disc's area",
        )
    )
    missing = missing or (NO_FOVEA if found.fovea is None else None)
    if missing or found.disc is None or found.fovea is None or found.disc_diameter is None:
        why = missing if missing is not None else NO_FOVEA
        return [
            diameter,
            Measurement.not_assessed("disc_fovea_distance", why, "DD"),
            Measurement.not_assessed("disc_fovea_angle", why, "degrees"),
        ]
    dx, dy = found.fovea.x - found.disc.x, found.fovea.y - found.disc.y
    return [
        diameter,
        Measurement(
            name="disc_fovea_distance",
            value=round(float(np.hypot(dx, dy)) / found.disc_diameter, 3),
            unit="DD",
            definition=f"between centres, in disc diameters; outside {NEAREST_DD} to {FARTHEST_DD} no fovea is named",
        ),
        Measurement(
            name="disc_fovea_angle",
            value=round(float(np.degrees(np.arctan2(dy, abs(dx)))), 1),
            unit="degrees",
            definition="of the line from disc to fovea below the horizontal of the photograph",
        ),
    ]


def field_of(found: Layout, side: int) -> FieldName:
    """What the field of view, `side` map pixels across, is centred on; the nearer landmark when both are central."""
    away = {
        name: float(np.hypot(spot.x - side / 2, spot.y - side / 2)) / side
        for name, spot in ((FieldName.MACULA, found.fovea), (FieldName.DISC, found.disc))
        if spot is not None
    }
    nearest = min(away, key=lambda name: away[name], default=FieldName.UNKNOWN)
    return nearest if nearest in away and away[nearest] <= CENTRED else FieldName.UNKNOWN


EXPERT = Landmarks
