"""Intents: what a request can want, which tools that takes, which kind of answer. Data in `intents.json`."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from ...records import Record
from .examples import FOLDER

WEIGHTS = Path(__file__).with_name("router.safetensors")
NO_WISH = "filler"
"""The intent of words that ask for nothing."""


class Intent(Record):
    """One thing to want. `tools` beyond triage; `kind` of the answer."""

    name: str
    kind: str
    tools: tuple[str, ...]


@lru_cache(maxsize=1)
def intents() -> dict[str, Intent]:
    """All intents by name, in the order the router's weights have them."""
    stored = json.loads(Path(__file__).with_name("intents.json").read_text(encoding="utf-8"))
    return {name: Intent(name=name, **fields) for name, fields in stored.items()}


def examples_version() -> str:
    """A hash of intents and examples; weights fitted to others are stale."""
    digest = hashlib.sha256(json.dumps([i.model_dump(mode="json") for i in intents().values()]).encode())
    for file in sorted(FOLDER.iterdir()):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]
