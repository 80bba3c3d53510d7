"""Selective reading of "referable or not": `python -m fundoscope.evals.grade_abstention --out FILE.svg` prints and draws it.

The grader abstains from that decision where its conformal set of grades holds grades on both sides of 2. Everything is
computed from `predictions/grade.csv`, the shipped network's logits on validation and hold-out photographs (`grade_logits`
makes it), and the card's calibration; no photographs are needed. The alternative, a set for the yes-or-no question with a level of its own for each
answer, is compared on the validation part only: it was not taken, for it decides little more and errs more, though less
often on the referable.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..experts import load_card
from ..experts.grade.calibration import conformal_set, probabilities
from .grade_curves import BLUE, LEFT, ORANGE, SIDE, TOP, axes, line, placed, text
from .grade_logits import LOGITS, allowed, stored
from .grade_readings import Parallel, numbered, resampled
from .table import Row, to_markdown

REFERABLE = 2
CALIBRATED_ON = ("idrid_grading", "odir5k_subset")
NAMES = {"idrid_grading": "IDRiD hold-out", "odir5k_subset": "ODIR hold-out"}


@dataclass(frozen=True)
class Decisions(Parallel):
    """Of n photographs: whether they are referable, P(grade >= 2), and whether the conformal set decides it."""

    referable: NDArray[np.bool_]
    score: NDArray[np.float64]
    decided: NDArray[np.bool_]
    called: NDArray[np.bool_]
    group: NDArray[np.intp]


def evaluate(data: Path | None = None) -> list[Row]:
    """Share decided and how well, on the hold-outs; the two rules on the validation part. `data` is not used."""
    rows: list[Row] = []
    for dataset, name in NAMES.items():
        rows += decision_rows(decisions("holdout", (dataset,)), name)
    validation = decisions("validation", CALIBRATED_ON)
    rows += decision_rows(validation, "validation, the rule in use")
    return [*rows, *decision_rows(by_answer(validation), "validation, a set for the yes-or-no question")]


def decision_rows(d: Decisions, name: str) -> list[Row]:
    """Share decided; sensitivity, specificity and errors of the decided; errors of all at 0.5. Intervals by patient."""
    named = f"{name} ({len(d.score)})"
    figures = {
        "share of referral decisions made": lambda q: float(q.decided.mean()),
        "sensitivity of the decided": lambda q: _mean(q.called[q.decided & q.referable]),
        "specificity of the decided": lambda q: _mean(~q.called[q.decided & ~q.referable]),
        "errors among the decided": lambda q: _mean((q.called != q.referable)[q.decided]),
        "errors without abstaining, at 0.5": lambda q: float(((q.score >= 0.5) != q.referable).mean()),
    }
    return [
        Row(metric, named, figure(d), resampled(d.group, lambda c, figure=figure: figure(d.where(c))))  # type: ignore[misc]
        for metric, figure in figures.items()
    ]


def decisions(part: str, datasets: tuple[str, ...]) -> Decisions:
    """The stored readings of one part whose label says whether they are referable, decided by the set of grades."""
    chosen = [r for r in stored() if r["part"] == part and r["dataset"] in datasets]
    chosen = [r for r in chosen if min(allowed(r)) >= REFERABLE or max(allowed(r)) < REFERABLE]
    thresholds = load_card("grade").thresholds
    offsets = np.array([thresholds.get(f"offset_{g}", 0.0) for g in range(5)])
    logits = np.array([[float(r[name]) for name in LOGITS] for r in chosen])
    p = probabilities(logits, thresholds["temperature"], offsets)
    sets = [conformal_set(row, thresholds["conformal_quantile"]) for row in p]
    return Decisions(
        referable=np.array([min(allowed(r)) >= REFERABLE for r in chosen]),
        score=p[:, REFERABLE:].sum(axis=1),
        decided=np.array([not min(s) < REFERABLE <= max(s) for s in sets]),
        called=np.array([min(s) >= REFERABLE for s in sets]),
        group=numbered([f"{r['dataset']}:{r['group']}" for r in chosen]),
    )


def by_answer(d: Decisions, coverage: float = 0.9) -> Decisions:
    """The same readings decided by a conformal set of the two answers, each covered for itself (Mondrian)."""
    least = 1 - _quantile(1 - d.score[d.referable], coverage)
    most = _quantile(d.score[~d.referable], coverage)
    yes, no = d.score >= least, d.score <= most
    return Decisions(d.referable, d.score, yes != no, yes, d.group)


def errors_by_share(d: Decisions) -> list[tuple[float, float]]:
    """Share of photographs decided, the least even score first, and the share of wrong decisions among them."""
    order = np.argsort(-np.abs(d.score - 0.5), kind="stable")
    wrong = ((d.score >= 0.5) != d.referable)[order]
    shares = np.linspace(0.1, 1.0, 37)
    return [(float(s), float(wrong[: max(1, round(s * len(wrong)))].mean())) for s in shares]


def draw() -> str:
    """Errors by share decided on both hold-outs as SVG, with the point at which the rule works."""
    width, height = SIDE + LEFT + 40, SIDE + TOP + 60
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        *axes(LEFT, "Abstaining: referable or not", "share of photographs decided", "share of them decided wrongly"),
    ]
    for place, ((dataset, name), colour) in enumerate(zip(NAMES.items(), (BLUE, ORANGE), strict=True)):
        d = decisions("holdout", (dataset,))
        point = (float(d.decided.mean()), _mean((d.called != d.referable)[d.decided]))
        parts.append(line(errors_by_share(d), LEFT, colour))
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>' for x, y in placed([point], LEFT)]
        parts.append(text(LEFT + 12, TOP + 24 + 18 * place, f"{name} ({len(d.score)}); dot: the rule in use", colour))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _quantile(scores: NDArray[np.float64], coverage: float) -> float:
    rank = int(np.ceil((len(scores) + 1) * coverage))
    return float(np.sort(scores)[rank - 1]) if rank <= len(scores) else float("inf")


def _mean(values: NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="where the curve is drawn")
    options = parser.parse_args()
    if options.out is not None:
        options.out.write_text(draw(), encoding="utf-8")
    sys.stdout.write(to_markdown(evaluate()) + "\n")


if __name__ == "__main__":
    main()
