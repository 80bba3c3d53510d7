"""Clauses: a request of several wishes taken apart."""

from __future__ import annotations

import re

_BREAKS = re.compile(
    r"[.?!;\n]+(?=\s|$)|\s*[,:]\s+(?!\d)|\s+[-–—]\s+|\s*[+&]\s*"
    r"|\b(?:and then|and also|as well as|and|then|also|plus|but|because|so that|while)\b",
    re.IGNORECASE,
)


def clauses(request: str) -> list[str]:
    """The pieces of a request between sentence ends, commas and joining words; the whole when there is one piece."""
    pieces = [piece.strip(" \t,;:.?!-") for piece in _BREAKS.split(request)]
    return [piece for piece in pieces if re.search(r"[^\W\d]", piece)] or [request.strip()]
