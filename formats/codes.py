"""The codes of terminologies that reports carry, each with the source in which it was seen (codes.json).

What has no code there is written in words alone: a code nobody checked could file a patient under another disease.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "codes.json"


@dataclass(frozen=True)
class Code:
    """A code: the DICOM designator of its scheme, its FHIR system, value and meaning, and where it was seen."""

    scheme: str
    system: str
    value: str
    meaning: str
    source: str

    def coding(self) -> dict[str, str]:
        """As a FHIR Coding."""
        return {"system": self.system, "code": self.value, "display": self.meaning}


@lru_cache(maxsize=1)
def all_codes() -> dict[str, Code]:
    """Every code by the name under which our formats use it."""
    data = json.loads(_FILE.read_text(encoding="utf-8"))
    return {
        name: Code(scheme, data["systems"][scheme], value, meaning, source)
        for name, (scheme, value, meaning, source) in data["codes"].items()
    }


def concept(text: str, *names: str) -> dict[str, object]:
    """A FHIR CodeableConcept: words, and the codes of these names, those that codes.json does not have left out."""
    codings = [all_codes()[name].coding() for name in names if name in all_codes()]
    return {"coding": codings, "text": text} if codings else {"text": text}
