"""The disc expert: optic disc and cup in a window around the disc that the landmarks found."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray

from ...errors import ExpertUnavailable
from ...imaging import Frame
from ...records import ExpertCard, Finding, Measurement, Photograph, Status
from ...settings import Settings
from ..base import Expert, Findings
from ..landmarks.network import STRIDE, LandmarkNet
from ..landmarks.sight import even_out
from .outline import body, extent
from .window import SIDE, SPREAD, window

SMALLEST_DISC = 40.0
"""Discs narrower than this many photograph pixels are outlined, but their cup is not measured: one pixel is 2.5 %."""
UNLIKE = (0.65, 1.5)
"""Diameter of the outline over the landmarks' diameter outside which the two do not show the same disc."""
SIZE_CAVEAT = (
    "A large disc has a large cup without disease and a small disc a small one, so a cup-disc ratio is read together "
    "with the disc's size."
)
CUP_CAVEAT = "The cup is judged from colour and vessels in one photograph, without depth."


class Disc(Expert):
    """Attaches the maps `disc` and `cup`; measures `vertical_cdr` and `disc_area`."""

    name: ClassVar[str] = "disc"
    needs: ClassVar[tuple[str, ...]] = ("landmarks",)

    def __init__(self, card: ExpertCard, folder: Path, settings: Settings) -> None:
        super().__init__(card, folder, settings)
        network = LandmarkNet(maps=2)
        state = {name: tensor.float() for name, tensor in self.state_dict("weights/disc.safetensors").items()}
        try:
            network.load_state_dict(state)
        except RuntimeError as error:
            raise ExpertUnavailable(f"{self.name}: the weights do not fit the network; reinstall fundoscope") from error
        self.network = network.eval().to(settings.device)

    def maps(self, photograph: Photograph, x: float, y: float, diameter: float) -> tuple[NDArray[np.float32], Frame]:
        """Probabilities of disc and cup (2, h, w) around a disc at (x, y), in photograph pixels, and their frame."""
        size = (photograph.height, photograph.width)
        view = even_out(window(size, x, y, diameter).look(photograph.pixels), SPREAD)
        both = torch.from_numpy(np.stack([view, view[:, :, ::-1]])).to(self.settings.device)
        with torch.inference_mode():
            out = torch.sigmoid(self.network(both.contiguous(memory_format=torch.channels_last)))
        mean: NDArray[np.float32] = ((out[0] + out[1].flip(-1)) / 2).float().cpu().numpy()
        return mean, window(size, x, y, diameter, side=SIDE, shrink=STRIDE)

    def read(self, photograph: Photograph, given: Findings | None = None) -> Finding:
        """Read one photograph. Where the disc lies and how large it is comes from `given["landmarks"]`."""
        finding = self.finding(photograph)
        landmarks = (given or {}).get("landmarks")
        place = landmarks.points.get("disc") if landmarks is not None else None
        diameter = landmarks.number("disc_diameter") if landmarks is not None else None
        if landmarks is None:
            return _nothing(finding, "the landmarks were not read")
        if place is None:
            return _nothing(finding, "no optic disc was found")
        if not diameter or diameter < 4:
            return _nothing(finding, "the disc's extent could not be made out")
        maps, frame = self.maps(photograph, place.x, place.y, float(diameter))
        finding.attach("disc", maps[0], frame)
        finding.attach("cup", maps[1], frame)
        disc = body(maps[0], self.card.thresholds["disc"])
        whole = extent(disc)
        if whole is None:
            return _nothing(finding, "no disc could be outlined where the landmarks place it")
        finding.measurements.append(
            Measurement(
                name="disc_area",
                value=round(whole.area * frame.scale**2, 1),
                unit="px",
                definition="area inside the disc's outline, square photograph pixels",
            )
        )
        cup = extent(body(maps[1], self.card.thresholds["cup"]) & disc)
        finding.measurements.append(
            _ratio(whole.area, whole.height, None if cup is None else cup.height, frame, float(diameter))
        )
        if finding.number("vertical_cdr") is not None:
            finding.notes += [SIZE_CAVEAT, CUP_CAVEAT]
        return finding


def _ratio(area: float, height: float, cup: float | None, frame: Frame, diameter: float) -> Measurement:
    """The vertical cup-disc ratio; area and heights are in map pixels."""
    across = 2 * float(np.sqrt(area / np.pi)) * frame.scale
    if across < SMALLEST_DISC:
        why = f"the disc is only {across:.0f} pixels wide"
    elif not UNLIKE[0] <= across / diameter <= UNLIKE[1]:
        why = "the outline does not fit the disc that the landmarks measured"
    elif cup is None:
        why = "no cup could be outlined"
    else:
        return Measurement(
            name="vertical_cdr",
            value=round(min(1.0, cup / height), 3),
            unit="ratio",
            definition="height of the cup over height of the disc, each the vertical extent of its outline",
            reference="garwayheath1998",
        )
    return Measurement.not_assessed("vertical_cdr", why, "ratio")


def _nothing(finding: Finding, reason: str) -> Finding:
    finding.status, finding.reason = Status.NOT_ASSESSED, reason
    finding.measurements = [
        Measurement.not_assessed("vertical_cdr", reason, "ratio"),
        Measurement.not_assessed("disc_area", reason, "px"),
    ]
    return finding


EXPERT = Disc
