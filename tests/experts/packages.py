"""Packages put into a folder as an installer would, without one: code, metadata and entry points."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
REDNESS = ROOT / "examples" / "redness_expert"


def card(name: str = "spots", tool: str = "count_spots", **changes: Any) -> dict[str, Any]:
    """A card that is valid but for `changes`."""
    words = dict.fromkeys(("version", "task", "reads", "method", "training_command", "terms"), "none.")
    return {"name": name, "tool": tool, "returns": ["spots"], "seed": 0, **words, **changes}


def describe(target: Path, distribution: str, entry_points: dict[str, str]) -> None:
    """Write the metadata of a distribution."""
    folder = target / f"{distribution.replace('-', '_')}-0.1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 0.1.0\n")
    lines = [f"{name} = {value}" for name, value in entry_points.items()]
    (folder / "entry_points.txt").write_text("\n".join(["[fundoscope.experts]", *lines, ""]))


def install_example(target: Path) -> Path:
    """Put the example package into `target` as its pyproject.toml says; returns `target`."""
    project = tomllib.loads((REDNESS / "pyproject.toml").read_text())
    for package in project["tool"]["setuptools"]["packages"]:
        (target / package).mkdir(parents=True)
        patterns = ["*.py", *project["tool"]["setuptools"]["package-data"].get(package, [])]
        for file in (f for pattern in patterns for f in (REDNESS / package).glob(pattern)):
            shutil.copy(file, target / package)
    describe(target, project["project"]["name"], project["project"]["entry-points"]["fundoscope.experts"])
    return target


def install(
    target: Path,
    distribution: str,
    its_card: dict[str, Any] | str | None,
    code: str | None = None,
    *,
    entry: str | None = None,
    value: str | None = None,
) -> None:
    """Put a package with this card and this code of `expert.py` into `target`."""
    package = distribution.replace("-", "_")
    (target / package).mkdir(parents=True)
    (target / package / "__init__.py").write_text("")
    if its_card is not None:
        text = its_card if isinstance(its_card, str) else json.dumps(its_card)
        (target / package / "card.json").write_text(text)
    if code is not None:
        (target / package / "expert.py").write_text(code)
    name = entry or (its_card["name"] if isinstance(its_card, dict) else "spots")
    describe(target, distribution, {name: value or package})
