"""The region expert: outlines what a box or a click points at, and says how large it is and where it lies."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ...imaging import Frame
from ...records import ExpertCard, Finding, Photograph, Point, Region, Status
from ...settings import Settings
from ..base import Expert, Findings, PromptedExpert
from ..lesions.anatomy import Anatomy
from .measure import measurements
from .network import RegionSam, fill
from .outline import SmallSam
from .prompts import check_prompt
from .published import load_sam
from .rounding import Rounding
from .shape import Outliner, Shape
from .window import CLICK_SIDES, Prompt, crop_side, is_even

NOT_POINTED = "nothing was pointed at; a box or a click is needed"
EVEN = "the photograph is of one even tone there"


class RegionExpert(PromptedExpert):
    """Outlines one region: `outline(photograph, prompt, given)`. A reading without a prompt finds nothing.

    With `settings.sam_checkpoint` that model outlines, on the part of the photograph around the prompt.
    """

    name: ClassVar[str] = "region"
    needs: ClassVar[tuple[str, ...]] = ("landmarks",)

    def __init__(self, card: ExpertCard, folder: Path, settings: Settings) -> None:
        super().__init__(card, folder, settings)
        self.outliner: Outliner
        self.published = settings.sam_checkpoint is not None
        if settings.sam_checkpoint is not None:
            self.outliner = load_sam(settings.sam_checkpoint, settings.sam_model, settings.device)
        else:
            self.outliner = small_sam(self)

    def read(self, photograph: Photograph, given: Findings | None = None) -> Finding:
        """Nothing: this expert is asked by `outline`."""
        finding = self.finding(photograph)
        finding.status, finding.reason = Status.NOT_ASSESSED, NOT_POINTED
        return finding

    def outline(self, photograph: Photograph, prompt: Prompt, given: Findings | None = None) -> Finding:
        """The region at a prompt: its map `region`, where it lies and its measurements.

        Places and disc diameters are taken from `given["landmarks"]`. Raises BadSetting for a prompt outside the
        photograph or its field of view.
        """
        check_prompt(prompt, photograph)
        finding = self.finding(photograph)
        finding.label = "box" if prompt.is_box else "click"
        if is_even(photograph.pixels, prompt, photograph.field_of_view.diameter):
            finding.status, finding.reason = Status.NOT_ASSESSED, EVEN
            return finding
        shape = self._shape(photograph, prompt)
        if self.published:
            finding.notes.append(f"outlined by the configured segment-anything checkpoint ({self.settings.sam_model})")
        if shape.area == 0 or (
            not prompt.is_box and not self.published and shape.score < self.card.thresholds["click"]
        ):
            finding.status = Status.NOT_ASSESSED
            finding.reason = "nothing that stands out from its surroundings was found there"
            return finding
        anatomy = Anatomy.of(given)
        plane, frame = _map(shape, photograph)
        finding.attach("region", plane, frame)
        x, y = shape.centre
        finding.points["region"] = Point(x=round(x, 1), y=round(y, 1), confidence=round(shape.score, 3))
        left, top, right, bottom = shape.box
        distance = anatomy.fovea_distance(x, y)
        finding.regions.append(
            Region(
                kind="outlined",
                x=left,
                y=top,
                width=right - left,
                height=bottom - top,
                area=shape.area,
                score=round(shape.score, 4),
                quadrant=anatomy.quadrant(x, y),
                fovea_distance_dd=None if distance is None else round(distance, 3),
            )
        )
        finding.measurements = measurements(shape, anatomy, photograph.pixel_spacing_mm)
        return finding

    def _shape(self, photograph: Photograph, prompt: Prompt) -> Shape:
        pixels, diameter = photograph.pixels, photograph.field_of_view.diameter
        if not self.published:
            return self.outliner.outlines(pixels, [prompt], diameter)[0]
        side = 1.5 * crop_side(prompt, diameter) if prompt.is_box else CLICK_SIDES[-2] * diameter
        x, y = prompt.centre
        left, top = max(0, int(x - side / 2)), max(0, int(y - side / 2))
        part = pixels[top : int(y + side / 2) + 1, left : int(x + side / 2) + 1]
        moved = Prompt(prompt.left - left, prompt.top - top, prompt.right - left, prompt.bottom - top)
        found = self.outliner.outlines(part, [moved], diameter)[0]
        return Shape(left + found.left, top + found.top, found.mask, found.score)


def small_sam(expert: Expert) -> SmallSam:
    """The shipped network as an outliner, at its card's thresholds. Raises ExpertUnavailable."""
    network = fill(RegionSam(), expert.state_dict("weights/region.safetensors"))
    chosen = expert.card.thresholds
    rounding = Rounding(chosen["ellipse_agreement"], chosen["ellipse_share"])
    return SmallSam(network.to(expert.settings.device), chosen["mask"], rounding)


def _map(shape: Shape, photograph: Photograph) -> tuple[NDArray[np.float32], Frame]:
    """The mask as a map in a frame of photograph pixels around it."""
    left, top, right, bottom = shape.box
    left, top = max(0, left - 2), max(0, top - 2)
    right, bottom = min(photograph.width, right + 2), min(photograph.height, bottom + 2)
    frame = Frame(
        left=left,
        top=top,
        scale=1.0,
        width=right - left,
        height=bottom - top,
        photograph_width=photograph.width,
        photograph_height=photograph.height,
    )
    return shape.within(left, top, right, bottom).mask.astype(np.float32), frame


EXPERT = RegionExpert
