"""A letter as one self-contained HTML page: no scripts, nothing loaded from elsewhere."""

from __future__ import annotations

from ..records.letter import Letter
from .html import environment


def render_letter(letter: Letter) -> str:
    """The page, legible on a phone and on paper. A clinician's sentences carry claim and evidence in small print."""
    return environment().get_template("letter.html.j2").render(letter=letter)
