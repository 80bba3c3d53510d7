"""What an expert is configured with besides its card: an adapter's files, and the user's segment-anything checkpoint.

A hash of them stands in the version of the card. Whatever asks which version reads (the cache of findings, a batch that goes
on, a report's provenance) then tells a corrected label map or a replaced checkpoint from the one before.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from ..errors import ExpertUnavailable
from ..records import ExpertCard
from ..settings import Settings
from .adapters import config as adapter

OUTLINED_BY_SAM = frozenset({"lesions", "region"})
"""The experts that the segment-anything checkpoint of the settings works in."""
_MODEL_FILES = frozenset({".safetensors", ".json", ".txt", ".yaml", ".yml"})
"""Endings of the files of a model's folder that decide what it says: weights, network, processor, vocabulary."""


def configured(card: ExpertCard, folder: Path, settings: Settings) -> ExpertCard:
    """The card of the expert in `folder`, its version naming what it is configured with; unchanged where that is nothing."""
    if card.name in OUTLINED_BY_SAM and settings.sam_checkpoint is not None:
        return marked(card, "sam", [settings.sam_model, _sha256(settings.sam_checkpoint)])
    if (folder / adapter.FILE).is_file():
        return marked(card, "config", [f"{file.name} {_sha256(file)}" for file in _adapted(folder, card.name)])
    return card


def marked(card: ExpertCard, kind: str, parts: list[str]) -> ExpertCard:
    """The card, its version naming `kind` and a hash of `parts`."""
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]
    return card.model_copy(update={"version": f"{card.version}+{kind}.{digest}"})


def _adapted(folder: Path, name: str) -> list[Path]:
    """`adapter.json`, what lies beside it but the card, and the files of the model where they are on this machine."""
    try:
        model = adapter.model_path(adapter.load_config(folder, name), folder)
    except ExpertUnavailable:
        model = None
    places = [folder] if model is None else [folder, model]
    files = [file for place in places for file in (sorted(place.iterdir()) if place.is_dir() else [place])]
    return [file for file in files if file.suffix in _MODEL_FILES and file.name != "card.json" and file.is_file()]


def _sha256(file: Path) -> str:
    """The file's hash; empty for one that is not there, which says so where it is loaded."""
    try:
        stat = file.stat()
        return _hashed(file, stat.st_mtime_ns, stat.st_size, stat.st_ino)
    except OSError:
        return ""


@lru_cache(maxsize=256)
def _hashed(file: Path, *_state: int) -> str:
    """Once for each state of a file: checkpoints are large, and cards are looked at often."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
