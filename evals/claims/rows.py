"""The sentences that are kept as files: those to learn from, and those that only a figure is made of."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
HALVES = {"": "development", "_more": "development", "_test": "test"}
"""The ending of a file's name, and the half that all its rows belong to."""


@lru_cache(maxsize=4)
def rows(kind: str) -> tuple[dict[str, Any], ...]:
    """The rows of `paraphrases` or `hallucinations` from every file that is there, each with its half and an id of its own."""
    made: list[dict[str, Any]] = []
    for ending, half in HALVES.items():
        path = FOLDER / f"{kind}{ending}.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        for item in (json.loads(line) for line in lines if line.strip()):
            made.append({**item, "half": half, "id": f"{half}-{item['id']}" if half == "test" else item["id"]})
    return tuple(made)
