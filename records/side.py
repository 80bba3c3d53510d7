"""The words in which people name an eye."""

from __future__ import annotations

from ..errors import BadSetting
from .base import Eye

_WORDS = {
    **dict.fromkeys(("right", "r", "re", "od", "oculus dexter"), Eye.RIGHT),
    **dict.fromkeys(("left", "l", "le", "os", "oculus sinister"), Eye.LEFT),
}


def eye_named(said: object) -> Eye:
    """Right or left by a word or an abbreviation (R, RE, OD; L, LE, OS), in any case. Raises BadSetting for anything else."""
    found = _WORDS.get(" ".join(said.replace(".", "").lower().split())) if isinstance(said, str) else None
    if found is None:
        raise BadSetting(f"eye is right or left (R or L, OD or OS, RE or LE), not {said!r}")
    return found
