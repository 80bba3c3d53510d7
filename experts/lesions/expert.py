"""The lesions expert: microaneurysms, haemorrhages, hard and soft exudates."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...errors import BadSetting
from ...records import ExpertCard, Finding, Photograph, Region
from ...settings import Settings
from ..base import Expert, Findings
from ..camera_spots import DARK, spots_on, stored_spots
from ..onnx_reader import OnnxReader
from ..region.published import load_sam
from ..region.shape import Outliner
from .anatomy import Anatomy
from .components import components
from .detector import detect
from .detector import load as load_detector
from .measure import (
    NAMES,
    NOT_LEARNT,
    blanks_of,
    count_factors,
    left_out_line,
    measurements,
    nearest_distance,
    on_camera_spots,
    regions_from_boxes,
    regions_from_maps,
    unseen_kinds,
)
from .network import KINDS, STRIDE
from .outline import Outline, centred_in, outline_from_map, outlined_by, painted
from .predict import View, load_segmenter, probabilities, view_of

METHODS = ("segmenter", "detector")


class Lesions(Expert):
    """Maps `MA`, `HE`, `EX`, `SE`; regions; counts, areas, counts by quadrant, distance of exudates from the fovea.

    `settings.lesion_method` says where regions and counts come from. The maps are the segmenter's probabilities; with
    `settings.sam_checkpoint` they are segment-anything's outlines of the detector's boxes, each at its box's score.
    """

    name: ClassVar[str] = "lesions"
    needs: ClassVar[tuple[str, ...]] = ("landmarks",)

    def __init__(self, card: ExpertCard, folder: Path, settings: Settings) -> None:
        super().__init__(card, folder, settings)
        if settings.lesion_method not in METHODS:
            raise BadSetting(f"lesion_method is {settings.lesion_method!r}; it can be {' or '.join(METHODS)}")
        segmenter = load_segmenter(self.state_dict("weights/segmenter.safetensors")).to(settings.device)
        self.segmenter = OnnxReader(segmenter, channels=3, multiple=STRIDE)
        self.detector: Any = None
        self.sam: Outliner | None = None
        if settings.lesion_method == "detector" or settings.sam_checkpoint is not None:
            self.detector = load_detector(self.state_dict("weights/detector.safetensors"), settings.home)
            self.detector.to(settings.device)
        if settings.sam_checkpoint is not None:
            self.sam = load_sam(settings.sam_checkpoint, settings.sam_model, settings.device)
        self.camera_spots = stored_spots(settings.home) if settings.site_calibration else ()
        self._one_at_a_time = threading.Lock()

    def read(self, photograph: Photograph, given: Findings | None = None) -> Finding:
        """Read one photograph. Quadrants, distances and the disc's place are taken from `given["landmarks"]`."""
        finding = self.finding(photograph)
        anatomy = Anatomy.of(given)
        view = view_of(photograph.pixels, photograph.field_of_view)
        allowed = view.inside & ~anatomy.disc_mask(view.frame)
        maps = probabilities(self.segmenter, view) * allowed
        self.segmenter.free()
        outlined = [] if self.detector is None else self._outlines(view, allowed, maps)
        if self.settings.lesion_method == "detector":
            regions = regions_from_boxes(outlined, allowed, view.frame, anatomy)
            exudates = painted(outlined, "EX", allowed) > 0
        else:
            regions = regions_from_maps(maps, view.frame, self.card.thresholds, anatomy)
            exudates = self._exudates(maps)
        if self.sam is not None:
            maps = np.stack([painted(outlined, kind, allowed) for kind in KINDS])
            finding.notes.append("the maps are segment-anything's outlines of the detector's boxes")
        for channel, kind in enumerate(KINDS):
            finding.attach(kind, maps[channel], view.frame)
        unseen = unseen_kinds(photograph.field_of_view)
        if self.settings.lesion_method == "detector":
            unseen |= {
                kind: f"the detector has not learnt to find {NAMES[kind]}"
                for kind in KINDS
                if self.card.thresholds[f"detector_{kind}"] >= NOT_LEARNT
            }
        regions = [r for r in regions if r.kind not in unseen]
        on_spot = spots_on(self.camera_spots, photograph)
        dust = [] if on_spot is None else [r for r in regions if on_spot(r)]
        regions = [r for r in regions if r not in dust]
        finding.regions = _ordered(regions)
        distance = nearest_distance(exudates, view.frame, anatomy)
        prefix = "detector_" if self.settings.lesion_method == "detector" else ""
        factors = count_factors(self.card.thresholds, prefix)
        blanks = {} if prefix else blanks_of(self.card.thresholds)
        finding.measurements = measurements(regions, anatomy, distance, unseen, factors, blanks, dust)
        if on_spot is not None and not unseen.keys() >= DARK:
            finding.measurements.append(on_camera_spots(dust))
            finding.notes += [left_out_line(region) for region in _ordered(dust)]
        finding.notes.append(f"counted by the {self.settings.lesion_method}")
        return finding

    def _outlines(self, view: View, allowed: NDArray[np.bool_], maps: NDArray[np.float32]) -> list[Outline]:
        """What the detector's boxes outline: segment-anything's mask, else the segmenter's, else the ellipse in it."""
        least = {kind: self.card.thresholds[f"detector_{kind}"] for kind in KINDS}
        with self._one_at_a_time:
            found = detect(self.detector, view.values, min(least.values()))
            boxes = [b for b in found if b.score >= least[b.kind] and centred_in(allowed, b)]
            if self.sam is not None:
                return outlined_by(self.sam, view.pixels, boxes, view.frame.width)
        return [outline_from_map(b, maps[KINDS.index(b.kind)], self.card.thresholds[b.kind]) for b in boxes]

    def _exudates(self, maps: NDArray[np.float32]) -> NDArray[np.bool_]:
        """The hard exudates that are counted, as a mask."""
        plane, least = maps[KINDS.index("EX")], int(self.card.thresholds["EX_least_area"])
        counted: NDArray[np.bool_] = components(plane >= self.card.thresholds["EX"], plane, least)[1] > 0
        return counted


def _ordered(regions: list[Region]) -> list[Region]:
    """By kind, then downwards and to the right, so that the same photograph gives the same list."""
    return sorted(regions, key=lambda r: (KINDS.index(r.kind), r.y, r.x))


EXPERT = Lesions
