"""What was found out about a model, kept so that it is found out once."""

from __future__ import annotations

import json
from pathlib import Path

from ...records.files import write_whole


class Memory:
    """Facts about one model in a JSON file shared by all; without a file they last as long as the object."""

    def __init__(self, file: Path | None, model: str) -> None:
        self._file = file
        self._model = model
        self._facts: dict[str, str] = {}

    def recall(self, fact: str) -> str | None:
        """A fact, or None when it is not known."""
        value = self._facts.get(fact) or self._read().get(self._model, {}).get(fact)
        return value if isinstance(value, str) else None

    def keep(self, fact: str, value: str) -> None:
        """Remember a fact."""
        self._facts[fact] = value
        if self._file is None:
            return
        everything = self._read()
        everything[self._model] = {**everything.get(self._model, {}), fact: value}
        write_whole(self._file, (json.dumps(everything, indent=2, sort_keys=True) + "\n").encode())

    def _read(self) -> dict[str, dict[str, str]]:
        """Everything remembered; a file that cannot be read is as good as none."""
        try:
            read = json.loads(self._file.read_text(encoding="utf-8")) if self._file is not None else {}
        except (OSError, ValueError):
            return {}
        return {k: v for k, v in read.items() if isinstance(v, dict)} if isinstance(read, dict) else {}
