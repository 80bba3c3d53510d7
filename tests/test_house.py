"""The house: a floor imports only from its own and the floors under it, and importing the package loads nothing heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FLOORS = {
    **dict.fromkeys(("errors", "settings", "quiet", "threads", "records", "imaging"), 0),
    **dict.fromkeys(("experts", "knowledge"), 1),
    **dict.fromkeys(("tools", "formats"), 2),
    **dict.fromkeys(("agents", "jobs"), 3),
    **dict.fromkeys(("sdk", "sdk_arguments", "sdk_look", "sdk_review", "sdk_run", "sdk_steps", "sdk_write"), 4),
    **dict.fromkeys(
        (
            "ui",
            "evals",
            "cli",
            "cli_batch",
            "cli_knowledge",
            "cli_cases",
            "cli_chat",
            "cli_consult",
            "cli_letter",
            "cli_outline",
            "cli_phantom",
            "cli_read",
            "cli_review",
            "cli_show",
            "cli_site",
        ),
        5,
    ),
}


def imported_rooms(file: Path) -> set[str]:
    """Top-level rooms of the package that a file imports, those for type checking alone left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            node.body = []
    depth = len(file.relative_to(ROOT).parts)
    rooms = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == depth:
            rooms |= {node.module.split(".")[0]} if node.module else {alias.name for alias in node.names}
    return rooms & set(FLOORS)


def test_no_floor_imports_from_one_above_it() -> None:
    wrong = []
    for room, floor in FLOORS.items():
        files = (ROOT / room).rglob("*.py") if (ROOT / room).is_dir() else [ROOT / f"{room}.py"]
        for file in files:
            above = {other for other in imported_rooms(file) if FLOORS[other] > floor}
            wrong += [f"{file.relative_to(ROOT)} imports {other}" for other in above]
    assert wrong == []


def test_every_room_has_its_floor() -> None:
    folders = {p.parent.name for p in ROOT.glob("*/__init__.py")} - {"tests"}
    assert folders <= set(FLOORS)


def test_importing_the_package_and_the_experts_loads_nothing_heavy() -> None:
    heavy = ("torch", "transformers", "ultralytics", "chromadb", "gradio", "langgraph", "langchain_core")
    code = f"import sys, fundoscope.experts; print([m for m in {heavy} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
