"""Sentences on passages of the literature."""

from __future__ import annotations

from .pattern import INTERPRETATION, Pattern

PATTERNS = (
    Pattern("literature", INTERPRETATION, "{statement:text} [{key:key}]"),
)  # fmt: skip
