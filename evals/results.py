"""Result tables that are kept: a JSON file an evaluation, and all of them as one page.

`fundoscope eval NAME --record FOLDER` writes `NAME.json` there and makes `RESULTS.md` beside the folder anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import BadSetting
from ..records.files import write_whole
from .table import Row, to_markdown

PAGE = "RESULTS.md"
HEAD = """# Results

Each table was printed by the command above it; the command makes it anew. A figure is held against a bar where the project set one.
Brackets hold 95 % intervals (bootstrap by photograph or patient). Cards (`fundoscope experts card NAME`) say what each model learnt from.
"""


def record(results: Mapping[str, Sequence[Row]], name: str, folder: Path) -> Path:
    """Keep the tables of one evaluation by module and make the page anew; returns the page's path.

    Raises BadSetting when there is no such folder and none can be made.
    """
    made(folder)
    kept = {
        "evaluation": name,
        "fundoscope": __version__,
        "tables": {module: [asdict(row) for row in rows] for module, rows in results.items()},
    }
    write_whole(folder / f"{name}.json", (json.dumps(kept, indent=1) + "\n").encode())
    page = folder.parent / PAGE
    write_whole(page, render(folder).encode())
    return page


def made(folder: Path) -> Path:
    """The folder, made where only it is missing.

    Raises BadSetting when it cannot be: to be found out before an hour's measuring, not after.
    """
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise BadSetting(f"{folder} is not a folder and cannot be made one") from error
    return folder


def render(folder: Path) -> str:
    """The page of every kept table, by evaluation."""
    parts = [HEAD]
    for file in sorted(folder.glob("*.json")):
        kept = json.loads(file.read_text(encoding="utf-8"))
        name = kept["evaluation"]
        parts.append(f"## {name}\n\n`fundoscope eval {name}` (version {kept['fundoscope']})\n")
        for module, rows in kept["tables"].items():
            title = f"### {module}\n\n" if len(kept["tables"]) > 1 else ""
            parts.append(f"{title}{to_markdown([_row(row) for row in rows])}\n")
    return "\n".join(parts)


def kept_rows(file: Path) -> list[Row]:
    """The rows of a kept evaluation, all its modules' in turn."""
    return [_row(row) for rows in json.loads(file.read_text(encoding="utf-8"))["tables"].values() for row in rows]


def _row(kept: dict[str, Any]) -> Row:
    interval = kept["interval"]
    return Row(**{**kept, "interval": None if interval is None else tuple(interval)})
