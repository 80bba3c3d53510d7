"""Evaluations by name."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from ..errors import BadSetting
from .table import Row

EVALUATIONS = ("quality", "landmarks", "vessels", "lesions", "grade", "disc", "retrieval", "retrieval_scale")
"""Each is a module here with `evaluate(data) -> rows`."""
NEED_NO_DATA = frozenset({"retrieval", "retrieval_scale"})


def run_evaluations(name: str, data: Path | None) -> dict[str, Sequence[Row]]:
    """Rows by evaluation. Raises BadSetting for an unknown name or a missing data folder."""
    if name != "all" and name not in EVALUATIONS:
        raise BadSetting(f"no evaluation is named {name!r}; there are all, {', '.join(EVALUATIONS)}")
    names = EVALUATIONS if name == "all" else (name,)
    if set(names) - NEED_NO_DATA and (data is None or not data.is_dir()):
        raise BadSetting("the labelled photographs are needed: --data DIR or FUNDOSCOPE_DATA")
    return {n: import_module(f".{n}", __package__).evaluate(data) for n in names}
