"""What the grader said of labelled photographs, and figures of merit with intervals that resample patients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ..experts.base import Expert
from ..experts.grade.split import Example
from ..experts.training.datasets import picture
from ..experts.training.metrics import calibration_error, quadratic_kappa, roc_auc
from ..records import Finding, Photograph
from .table import Row, bootstrap


class Parallel:
    """A frozen dataclass of arrays of one length, an entry of each for a photograph."""

    def where(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Self:
        """The entries of the chosen photographs."""
        return type(self)(*(getattr(self, field.name)[chosen] for field in fields(self)))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Readings(Parallel):
    """Readings of several photographs. `low` and `high` bound what their labels say of the grade.

    `group` numbers the patients or duplicate groups; `novel` says which were flagged as out of distribution.
    """

    low: NDArray[np.intp]
    high: NDArray[np.intp]
    value: NDArray[np.intp]
    probabilities: NDArray[np.float64]
    covered: NDArray[np.bool_]
    set_size: NDArray[np.intp]
    novel: NDArray[np.bool_]
    group: NDArray[np.intp]

    @property
    def graded(self) -> NDArray[np.bool_]:
        """Which labels name one grade."""
        return self.low == self.high


class Reader:
    """An expert that reads each labelled photograph once."""

    def __init__(self, expert: Expert, data: Path) -> None:
        self.expert, self.data = expert, data
        self._read: dict[tuple[str, str], Finding] = {}

    def finding(self, dataset: str, image: str) -> Finding:
        """The finding on one photograph, without its maps."""
        if (dataset, image) not in self._read:
            photograph = Photograph.from_pixels(picture(self.data / dataset / image))
            self._read[dataset, image] = Finding.model_validate(self.expert.read(photograph).model_dump())
        return self._read[dataset, image]


def read(reader: Reader, rows: Sequence[Example]) -> Readings:
    """Readings of the photographs."""
    findings = [reader.finding(r.dataset, r.image) for r in rows]
    sets = [f.conformal_set or [] for f in findings]
    return Readings(
        low=np.array([min(r.allowed) for r in rows]),
        high=np.array([max(r.allowed) for r in rows]),
        value=np.array([f.value for f in findings]),
        probabilities=np.array([f.probabilities for f in findings], dtype=np.float64),
        covered=np.array([r.grade in s for r, s in zip(rows, sets, strict=True)]),
        set_size=np.array([len(s) for s in sets]),
        novel=np.array(["out_of_distribution" in f.flags for f in findings]),
        group=numbered([r.group for r in rows]),
    )


def numbered(groups: Sequence[str]) -> NDArray[np.intp]:
    """Groups by number."""
    return np.unique(np.array(groups), return_inverse=True)[1].astype(np.intp)


def joined(a: Readings, b: Readings) -> Readings:
    """Both, their patients apart."""
    parts = {name: np.concatenate([getattr(a, name), getattr(b, name)]) for name in a.__dataclass_fields__}
    parts["group"] = np.concatenate([a.group, b.group + a.group.max() + 1])
    return Readings(**parts)


def resampled(
    group: NDArray[np.intp], statistic: Callable[[NDArray[np.intp]], float], *, centred: bool = False
) -> tuple[float, float]:
    """95 % interval of `statistic(indices)` over resampled groups; `group` (n,) numbers each photograph's.

    `centred` as for `bootstrap`.
    """
    members = [np.flatnonzero(group == g) for g in np.unique(group)]

    def of(chosen: NDArray[np.intp]) -> float:
        return statistic(np.concatenate([members[i] for i in chosen]))

    return bootstrap(len(members), of, centred=centred)


def row(
    metric: str,
    name: str,
    r: Readings,
    statistic: Callable[[Readings], float],
    bar: float | None = None,
    note: str = "",
    lower: bool = False,
) -> Row:
    """A figure of `r` with its interval."""
    interval = resampled(r.group, lambda chosen: statistic(r.where(chosen)), centred=statistic is expected_error)
    return Row(metric, name, statistic(r), interval, bar, lower, note)


def score(r: Readings) -> NDArray[np.float64]:
    """P(grade >= 2) of each photograph."""
    out: NDArray[np.float64] = r.probabilities[:, 2:].sum(axis=1)
    return out


def kappa(r: Readings) -> float:
    """Quadratic kappa."""
    return quadratic_kappa(r.low, r.value)


def referable_auc(r: Readings) -> float:
    """AUC of grade 2 or more."""
    return roc_auc(r.low >= 2, score(r))


def any_auc(r: Readings) -> float:
    """AUC of any retinopathy."""
    return roc_auc(r.low >= 1, 1 - r.probabilities[:, 0])


def expected_error(r: Readings) -> float:
    """Expected calibration error."""
    return calibration_error(r.low, r.probabilities)
