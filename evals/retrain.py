"""Cross-validated rows from the beginning: train what they stand on anew, and score that in place of what is committed.

Shipped weights may have learnt from any photograph that is no official test, so that such rows cannot be computed from them.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import BadSetting, FundoscopeError
from ..experts.landmarks.samples import DRISHTI_FOLDS
from ..experts.quality.expert import Quality
from ..records import ExpertCard
from ..settings import default_settings
from . import conditions, disc_folds, quality
from .grade_cameras import camera_rows, left_out
from .table import Row

_EXPERTS = __package__.removesuffix(".evals") + ".experts"


def retrained(name: str, data: Path, out: Path) -> list[Row]:
    """The cross-validated rows of an evaluation by networks trained now; weights and predictions stay in `out`.

    A training that was cut short goes on where it was. Raises BadSetting where an evaluation has no such rows,
    FundoscopeError when a training fails.
    """
    if name not in _TRAININGS:
        raise BadSetting(f"--retrain is for {', '.join(_TRAININGS)}: {name} has no cross-validated rows")
    out.mkdir(parents=True, exist_ok=True)
    return _TRAININGS[name](data, out)


def _quality(data: Path, out: Path) -> list[Row]:
    _run("quality.train", "--data", data, "--out", out)
    card = ExpertCard.model_validate_json((out / "card.json").read_bytes())
    return quality.evaluate(data, Quality(card, out, default_settings()))


def _conditions(data: Path, out: Path) -> list[Row]:
    _run("conditions.train", "--data", data, "--out", out)
    return conditions.out_of_fold(data, out / conditions.PREDICTIONS.name)


def _disc(data: Path, out: Path) -> list[Row]:
    folders = [out / f"fold-{fold}" for fold in range(DRISHTI_FOLDS)]
    for fold, folder in enumerate(folders):
        _run("disc.train", "--data", data, "--out", folder, "--fold", str(fold))
    predictions = out / disc_folds.PREDICTIONS.name
    disc_folds.write_predictions(data, folders, predictions)
    return disc_folds.out_of_fold(data, predictions)


def _grade(data: Path, out: Path) -> list[Row]:
    for left, (recipe, options) in left_out().items():
        folder = out / left
        _run("grade.train", "--data", data, "--out", folder, *options)
        model = folder / "model"
        _run("grade.crossing", "--data", data, "--model", model, "--left", left, "--recipe", recipe, "--out", out)
    return camera_rows(data, out)


_TRAININGS: dict[str, Callable[[Path, Path], list[Row]]] = {
    "quality": _quality,
    "conditions": _conditions,
    "disc": _disc,
    "grade": _grade,
}


def _run(module: str, *arguments: str | Path) -> None:
    """One training as its card documents it; it logs to stderr."""
    command: Sequence[str] = [sys.executable, "-m", f"{_EXPERTS}.{module}", *map(str, arguments)]
    ended = subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode
    if ended != 0:
        raise FundoscopeError(f"python -m {_EXPERTS}.{module} ended with status {ended}; nothing was scored")
