"""Experts by name. A built-in expert is a folder `experts/NAME` with `card.json` and a module `expert` with one class `EXPERT`.

Plug-ins come after them, by name: `experts.plugins` says what they are. Which there are depends on the home of the settings:
of those given, or else of those in use (`settings_in_use`).
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from pydantic import ValidationError

from ..errors import ExpertUnavailable
from ..quiet import quiet_dependencies
from ..records import ExpertCard
from ..settings import Settings, settings_in_use
from . import plugins
from .base import Expert
from .camera_spots import with_spots
from .configuration import configured
from .devices import check_device
from .site import calibrated

_ROOT = Path(__file__).parent
BUILT_IN = {
    "quality": "assess_quality",
    "landmarks": "locate_landmarks",
    "vessels": "segment_vessels",
    "lesions": "detect_lesions",
    "grade": "grade_retinopathy",
    "disc": "segment_disc",
    "conditions": "screen_conditions",
}
"""Experts in the order a reader works, with the names of their tools."""
PROMPTED = {"region": "outline_region"}
"""Experts that read what they are pointed at: no part of a whole reading."""

OTHER_TOOLS = frozenset(
    {"screen_conditions", "outline_region", "zoom", "compare_visits", "search_literature", "find_similar_cases"}
)
"""Names of tools that no plug-in can take, as little as those of the built-in experts."""


def expert_names(settings: Settings | None = None) -> list[str]:
    """Names of the experts that are installed: the built-in ones as a reader works, then the plug-ins by name."""
    return [*_built_in(), *sorted(_plug_ins(settings))]


def prompted_names() -> list[str]:
    """Names of the installed experts that must be pointed at something."""
    return [name for name in PROMPTED if (_ROOT / name / "card.json").exists()]


def expert_tools() -> dict[str, str]:
    """The tool's name of every expert that is installed, by the expert's name."""
    return {
        **{name: BUILT_IN[name] for name in _built_in()},
        **{name: PROMPTED[name] for name in prompted_names()},
        **{n: p.card.tool for n, p in sorted(_plug_ins().items())},
    }


def plug_in_tools() -> tuple[str, ...]:
    """The tools of the plug-ins, in the order of their names."""
    return tuple(tool for name, tool in expert_tools().items() if name not in BUILT_IN | PROMPTED)


def broken_plug_ins() -> tuple[plugins.Broken, ...]:
    """Plug-ins that are installed and cannot be used."""
    return _found()[1]


def expert_folder(name: str, settings: Settings | None = None) -> Path:
    """Where an expert's card and weights lie. Raises ExpertUnavailable for an unknown name or a broken plug-in."""
    if name in (*_built_in(), *prompted_names()):
        return _ROOT / name
    return _plug_in(name, settings).folder


def load_card(name: str, settings: Settings | None = None) -> ExpertCard:
    """The card of an expert, with this site's calibration, spots and configuration (`experts.configuration`) in its version.

    Raises ExpertUnavailable for an unknown name or a damaged card.
    """
    settings = settings_in_use(settings)
    card = shipped_card(name, settings)
    if settings.site_calibration:
        card = with_spots(calibrated(card, settings.home), settings.home)
    return configured(card, expert_folder(name, settings), settings)


def shipped_card(name: str, settings: Settings | None = None) -> ExpertCard:
    """The card of an expert as it was installed. Raises ExpertUnavailable."""
    return _built_in_card(name) if name in (*_built_in(), *prompted_names()) else _plug_in(name, settings).card


def load_expert(name: str, settings: Settings | None = None) -> Expert:
    """Load an expert with its weights. Raises ExpertUnavailable, and BadSetting for settings that cannot be used."""
    settings = settings_in_use(settings)
    card = load_card(name, settings)
    quiet_dependencies(settings)
    check_device(settings.device)
    if name not in BUILT_IN | PROMPTED:
        return plugins.load(replace(_plug_in(name, settings), card=card), settings)
    expert_class: type[Expert] = import_module(f".{name}.expert", __package__).EXPERT
    return expert_class(card, _ROOT / name, settings)


def _built_in() -> list[str]:
    return [name for name in BUILT_IN if (_ROOT / name / "card.json").exists()]


@lru_cache(maxsize=32)
def _built_in_card(name: str) -> ExpertCard:
    try:
        return ExpertCard.model_validate_json((_ROOT / name / "card.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise ExpertUnavailable(f"{name}: its card cannot be read; reinstall fundoscope") from error


def _plug_in(name: str, settings: Settings | None) -> plugins.PlugIn:
    """Raises ExpertUnavailable for an unknown name or a broken plug-in."""
    sound, broken = _found(settings)
    found = next((plug_in for plug_in in sound if plug_in.card.name == name), None)
    if found is not None:
        return found
    line = next((b.line for b in broken if b.name == name and name not in BUILT_IN | PROMPTED), None)
    known = ", ".join([*expert_names(settings), *prompted_names()])
    raise ExpertUnavailable(line or f"no expert is named {name!r}; there are {known}")


def _plug_ins(settings: Settings | None = None) -> dict[str, plugins.PlugIn]:
    return {plug_in.card.name: plug_in for plug_in in _found(settings)[0]}


def _found(settings: Settings | None = None) -> tuple[tuple[plugins.PlugIn, ...], tuple[plugins.Broken, ...]]:
    home = settings_in_use(settings).home
    return plugins.found(home, frozenset(BUILT_IN | PROMPTED), OTHER_TOOLS | set(BUILT_IN.values()))
