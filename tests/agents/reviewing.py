"""A reading that a person reviews: what is handed in, and the home after a restart."""

from __future__ import annotations

from fundoscope import Fundoscope
from fundoscope.agents.state import Engine

SIGNED = {"signature": "Dr Ada Reader", "accept_rest": True}


def restarted(scope: Fundoscope) -> Fundoscope:
    """The same home after a restart: nothing decoded in memory."""
    again = Fundoscope(scope.settings, session=scope.session)
    again._engine = Engine(scope.settings, scope.engine.bench, scope.engine.speaker)
    return again
