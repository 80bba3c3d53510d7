"""What one expert says of one photograph."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PrivateAttr, model_validator

from ..errors import ArtifactMissing
from ..imaging.frame import Frame
from .base import Eye, Record, Status
from .store import ArtifactRef, ArtifactStore


class Measurement(Record):
    """A number (or a not_assessed with its reason). `interval` is a 95 % interval unless the definition says otherwise.

    `flagged_from` is the value from which on the expert flags what it stands for, where it does.
    """

    name: str
    value: float | int | None = None
    unit: str = ""
    interval: tuple[float, float] | None = None
    status: Status = Status.MEASURED
    reason: str | None = None
    definition: str | None = None
    reference: str | None = None
    flagged_from: float | None = None

    @model_validator(mode="after")
    def _say_why(self) -> Self:
        if self.status is Status.NOT_ASSESSED and (self.value is not None or not self.reason):
            raise ValueError("a not_assessed measurement has a reason and no value")
        if self.status is Status.MEASURED and self.value is None:
            raise ValueError("a measured measurement has a value")
        return self

    @classmethod
    def not_assessed(cls, name: str, reason: str, unit: str = "") -> Measurement:
        """A measurement that was not made, and why."""
        return cls(name=name, unit=unit, status=Status.NOT_ASSESSED, reason=reason)


class Point(Record):
    """A position in photograph pixels (origin top left), with the expert's confidence 0 to 1."""

    x: float
    y: float
    confidence: float | None = None


QUADRANTS = ("superotemporal", "superonasal", "inferotemporal", "inferonasal")
"""Around the fovea."""


class Region(Record):
    """One outlined thing, in photograph pixels: box (`x`, `y` top left), area, and where it lies.

    `quadrant` is around the fovea (superotemporal, superonasal, inferotemporal, inferonasal); distances in disc diameters.
    """

    kind: str
    x: float
    y: float
    width: float
    height: float
    area: float
    score: float
    quadrant: str | None = None
    fovea_distance_dd: float | None = None


class Finding(Record):
    """What `expert` says of the photograph with this content hash.

    `measurements` by name; `points` by name; `regions`; for a classifier `value`, `probabilities` and
    `referable_probability`; `conformal_set` holds the grades and `referable_set` the answers to "referable?" that stay
    possible at the coverage the expert's card states. Maps are reached by `array(name)`, never through the record's JSON.
    """

    expert: str
    version: str
    weights_sha256: str
    photograph: str
    eye: Eye = Eye.UNKNOWN
    status: Status = Status.MEASURED
    reason: str | None = None
    measurements: list[Measurement] = Field(default_factory=list)
    points: dict[str, Point] = Field(default_factory=dict)
    regions: list[Region] = Field(default_factory=list)
    value: int | None = None
    label: str | None = None
    probabilities: list[float] | None = None
    referable_probability: float | None = None
    conformal_set: list[int] | None = None
    referable_set: list[bool] | None = None
    flags: list[str] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    artifacts: dict[str, ArtifactRef] = Field(default_factory=dict)

    _maps: dict[str, tuple[NDArray[np.float32], Frame]] = PrivateAttr(default_factory=dict)
    _store: ArtifactStore | None = PrivateAttr(default=None)

    def attach(self, name: str, plane: NDArray[np.float32], frame: Frame) -> None:
        """Attach a working-scale map (frame.height, frame.width), float32, 0 to 1."""
        if plane.shape != (frame.height, frame.width):
            raise ValueError(f"map {name} has shape {plane.shape}, its frame {(frame.height, frame.width)}")
        self._maps[name] = (np.ascontiguousarray(plane, dtype=np.float32), frame)

    def keep(self, store: ArtifactStore) -> None:
        """Write the attached maps to the store and hold references to them."""
        self._store = store
        for name, (plane, frame) in self._maps.items():
            self.artifacts[name] = store.put_map(plane, frame)

    def use(self, store: ArtifactStore) -> Finding:
        """Read maps from this store from now on; returns self."""
        self._store = store
        return self

    @property
    def array_names(self) -> list[str]:
        """Names of the maps this finding carries."""
        return sorted({*self._maps, *self.artifacts})

    def working_map(self, name: str) -> tuple[NDArray[np.float32], Frame]:
        """A map at the expert's working scale with its frame.

        Raises KeyError for a name it does not carry, ArtifactMissing for a map that is in a store which `use` was not given.
        """
        if name in self._maps:
            return self._maps[name]
        ref = self.artifacts.get(name)
        if ref is None or ref.frame is None:
            raise KeyError(f"{self.expert} has no map {name!r}; it has {', '.join(self.array_names) or 'none'}")
        if self._store is None:
            raise ArtifactMissing(f"the maps of {self.expert} are in the store; finding.use(store) gives them")
        return self._store.get_map(ref), ref.frame

    def array(self, name: str) -> NDArray[np.float32]:
        """A map at the photograph's own size (height, width), float32, 0 to 1. Raises KeyError, ArtifactMissing."""
        plane, frame = self.working_map(name)
        return frame.restore(plane)

    def measurement(self, name: str) -> Measurement | None:
        """The measurement of that name, or None."""
        return next((m for m in self.measurements if m.name == name), None)

    def number(self, name: str) -> float | int | None:
        """The value of a measurement; None when it was not assessed or does not exist."""
        found = self.measurement(name)
        return None if found is None else found.value
