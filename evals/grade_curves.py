"""Draw the grader's calibration and selective reading: `python -m fundoscope.evals.grade_curves --data DIR --out FILE.svg`.

Left: how often the named grade is right, against the probability it was given, in ten bins of equal count. Right: kappa and
exact agreement of the photographs that are left when the least certain ones are handed to a person.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..experts import load_expert
from .grade import BOTH, graded_pool, held_out
from .grade_readings import Reader, Readings, kappa

SIDE, LEFT, TOP, GAP = 300, 60, 50, 100
LEAST = 0.2
"""The selective curve ends where this share of the photographs is left."""
BLUE, ORANGE = "#1f5fa8", "#c2570c"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.write_text(draw(graded_pool(held_out(Reader(load_expert("grade"), options.data)))), encoding="utf-8")


def reliability(r: Readings, bins: int = 10) -> list[tuple[float, float]]:
    """Mean probability of the likeliest grade and how often it is right, by bins of equal count."""
    confidence, hit = r.probabilities.max(axis=1), r.probabilities.argmax(axis=1) == r.low
    order = np.argsort(confidence, kind="stable")
    return [(float(confidence[p].mean()), float(hit[p].mean())) for p in np.array_split(order, bins) if len(p)]


def selective(r: Readings, figure: Callable[[Readings], float]) -> list[tuple[float, float]]:
    """Share of the photographs read, most certain first, and the figure on them, from all down to `LEAST`."""
    order = np.argsort(-r.probabilities.max(axis=1), kind="stable")
    shares = np.linspace(1.0, LEAST, 33)
    return [(float(s), figure(r.where(order[: max(1, round(s * len(order)))]))) for s in shares]


def draw(r: Readings) -> str:
    """Both curves as SVG."""
    calibration = reliability(r)
    width, height = 2 * SIDE + 2 * LEFT + GAP - 20, SIDE + TOP + 60
    second = LEFT + SIDE + GAP
    exact = selective(r, lambda q: float((q.low == q.value).mean()))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        *axes(LEFT, f"Calibration, {BOTH} ({len(r.low)})", "probability of the likeliest grade", "share right"),
        line([(0, 0), (1, 1)], LEFT, "#999999", dashed=True),
        line(calibration, LEFT, BLUE),
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{BLUE}"/>' for x, y in placed(calibration, LEFT)),
        *axes(second, "Selective reading: the most certain first", "share of photographs read", "figure on those read"),
        line(selective(r, kappa), second, BLUE),
        line(exact, second, ORANGE),
        text(second + 12, TOP + SIDE - 30, "quadratic kappa", BLUE),
        text(second + 12, TOP + SIDE - 12, "exact grade", ORANGE),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def placed(points: list[tuple[float, float]], left: int) -> list[tuple[float, float]]:
    """Points from 0 to 1 in the plot whose left edge is at `left`."""
    return [(left + SIDE * x, TOP + SIDE * (1 - y)) for x, y in points]


def line(points: list[tuple[float, float]], left: int, colour: str, *, dashed: bool = False) -> str:
    """A line through points from 0 to 1."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed(points, left))
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'


def text(x: float, y: float, words: str, colour: str = "black", anchor: str = "start") -> str:
    """Words at a place of the picture."""
    return f'<text x="{x:g}" y="{y:g}" fill="{colour}" text-anchor="{anchor}">{words}</text>'


def axes(left: int, title: str, below: str, beside: str) -> list[str]:
    """A square plot's frame, ticks and names."""
    middle = TOP + SIDE / 2
    ticks = [
        mark
        for v in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
        for mark in (
            text(left + SIDE * v, TOP + SIDE + 18, f"{v:.1f}", anchor="middle"),
            text(left - 6, TOP + SIDE * (1 - v) + 4, f"{v:.1f}", anchor="end"),
        )
    ]
    return [
        f'<rect x="{left}" y="{TOP}" width="{SIDE}" height="{SIDE}" fill="none" stroke="black"/>',
        text(left, TOP - 14, title),
        text(left + SIDE / 2, TOP + SIDE + 40, below, anchor="middle"),
        f'<text transform="translate({left - 38} {middle:g}) rotate(-90)" text-anchor="middle">{beside}</text>',
        *ticks,
    ]


if __name__ == "__main__":
    main()
