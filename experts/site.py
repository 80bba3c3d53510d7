"""A site's own calibration: thresholds fitted to its cameras, kept in FUNDOSCOPE_HOME, used while the weights are the same."""

from __future__ import annotations

import datetime
import hashlib
import math
from pathlib import Path

from pydantic import ValidationError, field_validator

from ..records import ExpertCard
from ..records.base import Record
from ..records.files import write_whole

ADJUSTABLE = {"quality": ("gradable",), "grade": ("temperature", "conformal_quantile")}
"""The thresholds of a card that a site may fit, by expert."""


class SiteCalibration(Record):
    """What was fitted, to how many photographs of which classes, and to which weights.

    `fitted` and `shipped` are thresholds by their name on the card; `intervals` are 95 %, resampling patients;
    `figures` are out of fold, each as (with the shipped thresholds, with the fitted ones).
    """

    expert: str
    weights_sha256: str
    date: datetime.date
    photographs: int
    patients: int
    classes: dict[str, int]
    labels_sha256: str
    fitted: dict[str, float]
    shipped: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    figures: dict[str, tuple[float, float]]

    @field_validator("fitted")
    @classmethod
    def _usable(cls, fitted: dict[str, float]) -> dict[str, float]:
        if not all(math.isfinite(v) and v >= 0 for v in fitted.values()) or fitted.get("temperature") == 0:
            raise ValueError("fitted thresholds are not negative, a temperature is above 0")
        return fitted

    @property
    def id(self) -> str:
        """Eight characters that stand for this calibration."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:8]

    @property
    def line(self) -> str:
        """What a report says of it."""
        numbers = ", ".join(
            f"{n.replace('_', ' ')} {v:.3f}, shipped {self.shipped[n]:.3f}" for n, v in self.fitted.items()
        )
        return (
            f"Calibrated at this site on {self.date.isoformat()} with {self.photographs} photographs of "
            f"{self.patients} patients ({numbers}); the card's figures were measured without it."
        )


def path_of(home: Path, expert: str) -> Path:
    """Where a site's calibration of an expert lies."""
    return home / "calibration" / f"{expert}.json"


def store(calibration: SiteCalibration, home: Path) -> Path:
    """Write a calibration, whole or not at all, in the place of an earlier one."""
    path = path_of(home, calibration.expert)
    write_whole(path, (calibration.model_dump_json(indent=2) + "\n").encode())
    return path


def stored(home: Path, expert: str) -> SiteCalibration | None:
    """The calibration of an expert, or None where there is none that can be read."""
    try:
        found = SiteCalibration.model_validate_json(path_of(home, expert).read_bytes())
    except (OSError, ValidationError):
        return None
    allowed = set(ADJUSTABLE.get(expert, ()))
    return found if found.expert == expert and set(found.fitted) == set(found.shipped) <= allowed else None


def calibrated(card: ExpertCard, home: Path) -> ExpertCard:
    """The card with this site's thresholds, its version and limits saying so; unchanged where none fits its weights."""
    found = stored(home, card.name) if card.name in ADJUSTABLE else None
    if found is None or found.weights_sha256 != card.weights_sha256:
        return card
    return card.model_copy(
        update={
            "version": f"{card.version}+site.{found.id}",
            "thresholds": {**card.thresholds, **found.fitted},
            "limits": [*card.limits, found.line],
        }
    )
