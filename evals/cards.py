"""Put the kept tables on the cards: `python -m fundoscope.evals.cards`, after `fundoscope eval NAME --record evals/results`.

Every card gets the figures of its table in `evals/results`, and `figures.svg` beside it is drawn from them. What else a card
says is left as it is.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..experts import load_card
from ..experts.registry import BUILT_IN, PROMPTED, expert_folder
from ..records.files import write_whole
from .card_pictures import FILE, draw
from .results import kept_rows
from .table import Row

KEPT = Path(__file__).parent / "results"
PLACES = 6
"""Enough for three of them to round as in the table."""


def main() -> None:
    """Command line."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    for name in (*BUILT_IN, *PROMPTED):
        folder = expert_folder(name)
        card = folder / "card.json"
        told = json.loads(card.read_text(encoding="utf-8"))
        told["figures"] = figures(name, kept_rows(KEPT / f"{name}.json"))
        write_whole(card, (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode())
        write_whole(folder / FILE, draw(load_card(name)).encode())


def figures(name: str, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows of an evaluation as the figures of a card, with the command that prints them."""
    return [
        {
            "metric": row.metric,
            "value": round(row.figure, PLACES),
            "interval": None if row.interval is None else [round(edge, PLACES) for edge in row.interval],
            "data": row.data,
            "command": f"fundoscope eval {name} --data DIR",
            "note": row.note or None,
        }
        for row in rows
    ]


if __name__ == "__main__":
    main()
