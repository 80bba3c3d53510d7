"""What the page shows of two visits: the photographs laid on each other, and what was detected at which of them."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..records import Comparison, Photograph, Report
from ..records.comparison import Change, LesionChange, LesionTally, MeasureChange
from . import words
from .display import shown_pixels
from .layers import LESION_NAMES
from .overlays import JPEG_QUALITY, photograph_uri

CHANGES = {
    Change.NEW: ("Detected now only", "#ffb000"),
    Change.RESOLVED: ("Detected then only", "#46d2ff"),
    Change.PERSISTING: ("Detected at both visits", "#ffffff"),
    Change.NOT_COMPARABLE: ("Seen by one photograph only", "#9aa4ab"),
}
"""Words and colours, which differ in lightness too; marks differ in shape besides."""
_LEAST_RADIUS, _ROOM = 0.008, 1.6
"""Radius of the smallest mark as a fraction of the photograph's longer side; how much wider than its lesion a mark is."""


@dataclass(frozen=True)
class Mark:
    """A circle in later photograph pixels."""

    x: float
    y: float
    radius: float
    change: str


@dataclass(frozen=True)
class TallyRow:
    """Counts of one lesion type at both visits, and what became of them where it could be told."""

    label: str
    then: str
    now: str
    tally: LesionTally | None


@dataclass(frozen=True)
class ComparisonView:
    """One eye at two visits. `then_uri` is the earlier photograph turned into the later one's place, None where its pixels
    are not at hand or it could not be laid there; `now_uri` likewise."""

    comparison: Comparison
    title: str
    width: int
    height: int
    then_uri: str | None
    now_uri: str | None
    then_only: list[Mark]
    now_only: list[Mark]
    rows: list[TallyRow]
    measures: list[tuple[str, MeasureChange]]

    @property
    def marks(self) -> list[Mark]:
        """All marks, each once."""
        return list(dict.fromkeys([*self.now_only, *self.then_only]))

    @property
    def line(self) -> float:
        """Width of a line in photograph pixels that is about two pixels on the page."""
        return max(self.width, self.height) / 350


def comparison_views(report: Report, photographs: Mapping[str, Photograph]) -> list[ComparisonView]:
    """The comparisons of a report, in its order."""
    records = {p.sha256: p for eye in report.eyes.values() for p in eye.photographs}
    return [
        _view(c, records[c.later.photograph], photographs) for c in report.comparisons if c.later.photograph in records
    ]


def _view(comparison: Comparison, later: Photograph, photographs: Mapping[str, Photograph]) -> ComparisonView:
    now, then = photographs.get(later.sha256), photographs.get(comparison.earlier.photograph)
    marks = [_mark(change, max(later.width, later.height)) for change in comparison.lesions]
    shown_then = [c.earlier is not None for c in comparison.lesions]
    shown_now = [c.later is not None for c in comparison.lesions]
    return ComparisonView(
        comparison=comparison,
        title=words.EYE_WORDS[comparison.eye],
        width=later.width,
        height=later.height,
        then_uri=None if now is None or then is None else _laid(comparison, then, now),
        now_uri=None if now is None else photograph_uri(now),
        then_only=[mark for mark, shown in zip(marks, shown_then, strict=True) if shown],
        now_only=[mark for mark, shown in zip(marks, shown_now, strict=True) if shown],
        rows=[
            TallyRow(
                LESION_NAMES[kind],
                words.number(count.earlier),
                words.number(count.later),
                comparison.tallies.get(kind),
            )
            for kind, count in comparison.counts.items()
        ],
        measures=[(words.readable(measure.name), measure) for measure in comparison.measures],
    )


def _mark(lesion: LesionChange, side: int) -> Mark:
    region = lesion.later or lesion.earlier
    half = 0.0 if region is None else max(region.width, region.height) / 2 * _ROOM
    return Mark(lesion.x, lesion.y, max(half, _LEAST_RADIUS * side), lesion.change.value)


def _laid(comparison: Comparison, then: Photograph, now: Photograph) -> str | None:
    """The earlier photograph as a JPEG data URI of the later one's size and place."""
    if comparison.alignment is None:
        return None
    picture, size = shown_pixels(then), shown_pixels(now).shape
    matrix = np.array(comparison.alignment.matrix)
    inward, outward = then.width / picture.shape[1], size[1] / now.width
    linear = matrix[:, :2] * inward * outward
    shift = matrix[:, 2] * outward + linear @ (0.5, 0.5) - 0.5
    laid: NDArray[np.uint8] = cv2.warpAffine(
        picture, np.column_stack([linear, shift]), (size[1], size[0]), flags=cv2.INTER_AREA
    )
    buffer = io.BytesIO()
    Image.fromarray(laid).save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
