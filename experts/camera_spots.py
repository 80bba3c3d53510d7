"""The fixed dark spots of a site's cameras, kept in FUNDOSCOPE_HOME: what is found there on a photograph that shows them is dust."""

from __future__ import annotations

import datetime
import hashlib
import math
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationError, model_validator

from ..imaging.fixed_spots import SHOWN, contrast, frame_of_width, shown
from ..records import ExpertCard, Photograph, Region
from ..records.base import Record
from ..records.files import write_whole
from .configuration import marked

SEES_DUST = "lesions"
"""The expert that takes dust for what it looks for."""
DARK = frozenset({"MA", "HE"})
"""The kinds of lesions that a dark spot is taken for."""
ALIKE = 0.015
"""The fields of view of one camera agree in place and diameter to this fraction of the diameter."""
_MOST = 4096


class CameraSpots(Record):
    """Spots that `photographs` of the `read` ones of a camera show, found on `date`.

    `field` is the field of view's centre x, y and its diameter, in widths of the photograph; the spots are given by runs (row,
    first column, column after the last) on a grid of `columns` by `rows` over the whole photograph.
    """

    date: datetime.date
    photographs: int = Field(ge=1)
    read: int = Field(ge=1)
    count: int = Field(ge=1)
    field: tuple[float, float, float]
    columns: int = Field(ge=1, le=_MOST)
    rows: int = Field(ge=1, le=_MOST)
    runs: list[tuple[int, int, int]]

    @model_validator(mode="after")
    def _inside(self) -> CameraSpots:
        if not all(0 <= r < self.rows and 0 <= a < b <= self.columns for r, a, b in self.runs):
            raise ValueError("a spot lies outside the grid")
        return self

    @property
    def id(self) -> str:
        """Eight characters that stand for these spots."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:8]

    @cached_property
    def mask(self) -> NDArray[np.bool_]:
        """The spots (rows, columns)."""
        mask = np.zeros((self.rows, self.columns), dtype=bool)
        for row, first, after in self.runs:
            mask[row, first:after] = True
        return mask

    def fits(self, photograph: Photograph) -> bool:
        """Whether size and field of view are those of this camera's photographs."""
        seen, width = photograph.field_of_view, photograph.width
        return self._alike(photograph.height / width, (seen.x / width, seen.y / width, seen.diameter / width))

    def of_same_camera(self, other: CameraSpots) -> bool:
        """Whether both are of photographs of one size and field of view."""
        return self._alike(other.rows / other.columns, other.field)

    def _alike(self, shape: float, field: tuple[float, float, float]) -> bool:
        off = (abs(mine - theirs) for mine, theirs in zip(self.field, field, strict=True))
        return abs(shape * self.columns - self.rows) <= 2 and all(value <= ALIKE * self.field[2] for value in off)

    def shown_by(self, photograph: Photograph) -> bool:
        """Whether a photograph is of this camera and shows these spots."""
        if not self.fits(photograph):
            return False
        frame = frame_of_width(self.columns, self.rows, photograph.height, photograph.width)
        return shown(self.mask, contrast(photograph.pixels, photograph.field_of_view, frame)) >= SHOWN

    def covers(self, region: Region, width: int) -> bool:
        """Whether at least half of the box of a region, in a photograph of this width, is spot."""
        scale = self.columns / width
        rows = slice(max(0, int(region.y * scale)), max(0, math.ceil((region.y + region.height) * scale)))
        columns = slice(max(0, int(region.x * scale)), max(0, math.ceil((region.x + region.width) * scale)))
        box = self.mask[rows, columns]
        return box.size > 0 and float(box.mean()) >= 0.5


def runs_of(mask: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """The runs of true pixels of (h, w): row, first column, column after the last."""
    edges = np.diff(np.pad(mask.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    starts, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    return [(int(row), int(a), int(b)) for (row, a), (_, b) in zip(starts, ends, strict=True)]


def spots_on(known: Sequence[CameraSpots], photograph: Photograph) -> Callable[[Region], bool] | None:
    """Whether a region is a dark one on a spot that the photograph shows; None where it shows none of `known`."""
    seen = [spots for spots in known if spots.shown_by(photograph)]
    if not seen:
        return None
    width = photograph.width

    def on_spot(region: Region) -> bool:
        return region.kind in DARK and any(spots.covers(region, width) for spots in seen)

    return on_spot


def folder_of(home: Path) -> Path:
    """Where a site's spots lie, by camera."""
    return home / "calibration" / "spots"


def store_spots(spots: CameraSpots, home: Path) -> Path:
    """Write spots, whole or not at all, beside those that are there."""
    path = folder_of(home) / f"{spots.id}.json"
    write_whole(path, (spots.model_dump_json() + "\n").encode())
    return path


def forget(spots: CameraSpots, home: Path) -> None:
    """Take spots and their picture away."""
    for ending in (".json", ".png"):
        (folder_of(home) / f"{spots.id}{ending}").unlink(missing_ok=True)


def damaged_spots(home: Path) -> list[str]:
    """Names of the files of spots that cannot be read."""
    return [file.name for file in sorted(folder_of(home).glob("*.json")) if _read(file) is None]


def stored_spots(home: Path) -> tuple[CameraSpots, ...]:
    """The spots that can be read, by file name."""
    found = (_read(file) for file in sorted(folder_of(home).glob("*.json")))
    return tuple(spots for spots in found if spots is not None)


def _read(file: Path) -> CameraSpots | None:
    try:
        stat = file.stat()
        return _parsed(file, stat.st_mtime_ns, stat.st_size)
    except (OSError, ValidationError):
        return None


@lru_cache(maxsize=64)
def _parsed(file: Path, *_state: int) -> CameraSpots:
    """Once for each state of a file: cards are looked at often."""
    return CameraSpots.model_validate_json(file.read_bytes())


def with_spots(card: ExpertCard, home: Path) -> ExpertCard:
    """The card of the lesions expert, version and limits naming the spots it is given; any other card unchanged."""
    found = stored_spots(home) if card.name == SEES_DUST else ()
    if not found:
        return card
    told = ", ".join(f"{spots.id} ({spots.count} spots, {spots.date.isoformat()})" for spots in found)
    line = (
        f"On photographs that show fixed dark spots of this site's cameras, {told}, "
        "microaneurysms and haemorrhages found on a spot are not counted."
    )
    named = marked(card, "spots", [spots.id for spots in found])
    return named.model_copy(update={"limits": [*card.limits, line]})
