"""Experts by name. A built-in expert is a folder `experts/NAME` with `card.json` and a module `expert` with one class `EXPERT`."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pathlib import Path

from pydantic import ValidationError

from ..errors import ExpertUnavailable
from ..quiet import quiet_dependencies
from ..records import ExpertCard
from ..settings import Settings, default_settings
from .base import Expert

_ROOT = Path(__file__).parent
BUILT_IN = {
    "quality": "assess_quality",
    "landmarks": "locate_landmarks",
    "vessels": "segment_vessels",
    "lesions": "detect_lesions",
    "grade": "grade_retinopathy",
    "disc": "segment_disc",
}
"""Experts in the order a reader works, with the names of their tools."""


def expert_names() -> list[str]:
    """Names of the experts that are installed."""
    return [name for name in BUILT_IN if (_ROOT / name / "card.json").exists()]


@lru_cache(maxsize=32)
def load_card(name: str) -> ExpertCard:
    """The card of an expert. Raises ExpertUnavailable for an unknown name or a damaged card."""
    path = _ROOT / name / "card.json"
    if name not in BUILT_IN or not path.exists():
        raise ExpertUnavailable(f"no expert is named {name!r}; there are {', '.join(expert_names())}")
    try:
        return ExpertCard.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ExpertUnavailable(f"{name}: its card cannot be read; reinstall fundoscope") from error


def load_expert(name: str, settings: Settings | None = None) -> Expert:
    """Load an expert with its weights. Raises ExpertUnavailable."""
    card = load_card(name)
    settings = settings or default_settings()
    quiet_dependencies(settings)
    expert_class: type[Expert] = import_module(f".{name}.expert", __package__).EXPERT
    return expert_class(card, _ROOT / name, settings)
