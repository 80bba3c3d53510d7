"""Evaluations by name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from importlib import import_module
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread

from ..errors import BadSetting
from ..records.files import plain_name
from .table import Row

EVALUATIONS: dict[str, tuple[str, ...]] = {
    **{
        name: (name,)
        for name in ("quality", "landmarks", "vessels", "lesions", "grade", "disc", "conditions", "region")
    },
    "planning": ("planning", "hostile", "claims.judge", "claims.written", "orchestration"),
    "claims": ("claims.judge", "claims.written"),
    "registration": ("registration",),
    "repeatability": ("lesions_twice",),
    "reports": ("report_checks", "reports_agree", "registration"),
    "retrieval": ("retrieval", "retrieval_scale"),
    "robustness": ("robustness",),
    "screening": ("screening",),
    "spots": ("spots",),
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
    if data is None:
        raise BadSetting("the labelled photographs are needed: --data DIR or FUNDOSCOPE_DATA")
    if not data.is_dir():
        raise BadSetting(f"{plain_name(data)}: there is no such folder of labelled photographs")
    return data


def _part_of_another(name: str) -> bool:
    return any(set(EVALUATIONS[name]) < set(modules) for modules in EVALUATIONS.values())


def run_evaluation(name: str, data: Path | None, done: dict[str, Sequence[Row]]) -> dict[str, Sequence[Row]]:
    """The rows of one evaluation by module. Modules that are in `done` are not run again; the others are put there."""
    for module in EVALUATIONS[name]:
        if module not in done:
            done[module] = import_module(f".{module}", __package__).evaluate(data)
    return {module: done[module] for module in EVALUATIONS[name]}


def run_evaluations(
    names: Sequence[str], data: Path | None, jobs: int = 1
) -> Iterator[tuple[str, dict[str, Sequence[Row]]]]:
    """The evaluations as they end: one after the other, or up to `jobs` at a time, each in a process with its share of the cores.

    What fails in one is raised here; those that have not begun are given up. Raises BadSetting where `jobs` is under 1.
    """
    if jobs < 1:
        raise BadSetting(f"--jobs is 1 or more, not {jobs}")
    if jobs == 1 or len(names) == 1:
        done: dict[str, Sequence[Row]] = {}
        yield from ((name, run_evaluation(name, data, done)) for name in names)
        return
    threads = max(1, (os.cpu_count() or 1) // jobs)
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _begin_worker, (threads,))
    try:
        waiting = {pool.submit(run_evaluation, name, data, {}): name for name in names}
        for ended in as_completed(waiting):
            yield waiting[ended], ended.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _begin_worker(threads: int) -> None:
    """Take this share of the cores, and end with the process that began this one, however that ends."""
    Thread(target=_end_with_parent, name="parent", daemon=True).start()
    os.environ["OMP_NUM_THREADS"] = str(threads)
    import torch

    torch.set_num_threads(threads)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
