"""Evaluations by name."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from ..errors import BadSetting
from .table import Row

EVALUATIONS: dict[str, tuple[str, ...]] = {
    **{
        name: (name,)
        for name in ("quality", "landmarks", "vessels", "lesions", "grade", "disc", "conditions", "region")
    },
    "planning": ("planning", "hostile", "claims.judge", "claims.written", "orchestration"),
    "claims": ("claims.judge", "claims.written"),
    "registration": ("registration",),
    "reports": ("report_checks", "reports_agree", "registration"),
    "retrieval": ("retrieval", "retrieval_scale"),
    "robustness": ("robustness",),
}
"""Evaluation to the modules here it runs, each with `evaluate(data) -> rows`."""
NEED_NO_DATA = frozenset({"claims", "planning", "retrieval"})


def evaluations(name: str, data: Path | None) -> tuple[str, ...]:
    """The evaluations a name stands for; "all" leaves out those that are parts of others.

    Raises BadSetting for an unknown name or a missing data folder.
    """
    if name != "all" and name not in EVALUATIONS:
        raise BadSetting(f"no evaluation is named {name!r}; there are all, {', '.join(EVALUATIONS)}")
    names = tuple(one for one in EVALUATIONS if not _part_of_another(one)) if name == "all" else (name,)
    if set(names) - NEED_NO_DATA:
        labelled(data)
    return names


def labelled(data: Path | None) -> Path:
    """The folder of labelled photographs. Raises BadSetting where there is none."""
    if data is None or not data.is_dir():
        raise BadSetting("the labelled photographs are needed: --data DIR or FUNDOSCOPE_DATA")
    return data


def _part_of_another(name: str) -> bool:
    return any(set(EVALUATIONS[name]) < set(modules) for modules in EVALUATIONS.values())


def run_evaluation(name: str, data: Path | None, done: dict[str, Sequence[Row]]) -> dict[str, Sequence[Row]]:
    """The rows of one evaluation by module. Modules that are in `done` are not run again; the others are put there."""
    for module in EVALUATIONS[name]:
        if module not in done:
            done[module] = import_module(f".{module}", __package__).evaluate(data)
    return {module: done[module] for module in EVALUATIONS[name]}
