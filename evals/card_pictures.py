"""A card's figures with their intervals as a picture, `figures.svg` beside the card (`python -m fundoscope.evals.cards`).

Figures between 0 and 1 are drawn; the others (counts, sizes) stand on the card alone.
"""

from __future__ import annotations

import textwrap
from xml.sax.saxutils import escape

from ..records import ExpertCard
from ..records.card import Figure

FILE = "figures.svg"
WIDTH, SCALE, LEFT, TOP, ROW, LINE = 980, 300, 480, 64, 12, 13
COLUMNS = 76
"""Characters of a line of words."""
BLUE, INK, SOFT, GRID = "#1f5fa8", "#1b2733", "#5c6b7a", "#d9dfe5"


def draw(card: ExpertCard) -> str:
    """The figures of a card as SVG: a dot for the value, a line for its 95 % interval, data set and note beneath the name."""
    shown = [figure for figure in card.figures if 0 <= figure.value <= 1 and (figure.interval or (0, 1))[1] <= 1]
    parts, y = [], TOP
    for figure in shown:
        row, height = _row(figure, y)
        parts.append(row)
        y += height
    foot = y + 4
    grid = [
        f'<line x1="{_x(v):.1f}" y1="{TOP - 12}" x2="{_x(v):.1f}" y2="{foot}" stroke="{GRID}"/>'
        f'<text x="{_x(v):.1f}" y="{TOP - 18}" text-anchor="middle" fill="{SOFT}">{v:g}</text>'
        for v in (0, 0.25, 0.5, 0.75, 1)
    ]
    left_out = len(card.figures) - len(shown)
    note = f"; not drawn, on other scales: {left_out}" if left_out else ""
    head = f"{card.name} {card.version}: measured figures with 95 % intervals{note}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {foot + 12}" font-family="sans-serif" font-size="11">',
            f'<rect width="{WIDTH}" height="{foot + 12}" fill="white"/>',
            f'<text x="16" y="24" font-size="14" font-weight="bold" fill="{INK}">{escape(head)}</text>',
            *grid,
            *parts,
            "</svg>",
            "",
        ]
    )


def _x(value: float) -> float:
    return LEFT + SCALE * min(1.0, max(0.0, value))


def _row(figure: Figure, y: int) -> tuple[str, int]:
    """One figure from `y` downwards, and the height it takes."""
    name = textwrap.wrap(figure.metric, COLUMNS)
    beneath = textwrap.wrap("; ".join(part for part in (figure.data, figure.note) if part), COLUMNS)
    middle = y + LINE * len(name) / 2 + 4
    words = [
        f'<text x="16" y="{y + LINE * (n + 1) - 3}" fill="{INK if n < len(name) else SOFT}">{escape(line)}</text>'
        for n, line in enumerate([*name, *beneath])
    ]
    told = f"{figure.value:.3f}"
    if figure.interval is not None:
        low, high = figure.interval
        told += f" ({low:.3f} to {high:.3f})"
        words.append(
            f'<line x1="{_x(low):.1f}" y1="{middle}" x2="{_x(high):.1f}" y2="{middle}" stroke="{BLUE}" stroke-width="3"/>'
        )
    words.append(f'<circle cx="{_x(figure.value):.1f}" cy="{middle}" r="4" fill="{BLUE}"/>')
    words.append(f'<text x="{LEFT + SCALE + 14}" y="{middle + 4}" fill="{INK}">{told}</text>')
    return "".join(words), LINE * (len(name) + len(beneath)) + ROW
