"""Fundoscope: grounded readings of colour fundus photographs. Public names are resolved when first used."""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .errors import ArtifactMissing as ArtifactMissing
    from .errors import BadSetting as BadSetting
    from .errors import ExpertUnavailable as ExpertUnavailable
    from .errors import FundoscopeError as FundoscopeError
    from .errors import StoreBusy as StoreBusy
    from .errors import UnreadableImage as UnreadableImage
    from .errors import UnreadableReport as UnreadableReport
    from .experts import load_expert as load_expert
    from .records import Photograph as Photograph
    from .records import Report as Report
    from .sdk import Fundoscope as Fundoscope
    from .settings import Settings as Settings

try:
    __version__ = version("fundoscope")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0"

_HOMES = {
    "ArtifactMissing": "errors",
    "BadSetting": "errors",
    "ExpertUnavailable": "errors",
    "Fundoscope": "sdk",
    "FundoscopeError": "errors",
    "Photograph": "records",
    "Report": "records",
    "Settings": "settings",
    "StoreBusy": "errors",
    "UnreadableImage": "errors",
    "UnreadableReport": "errors",
    "load_expert": "experts",
}
__all__ = [
    "ArtifactMissing",
    "BadSetting",
    "ExpertUnavailable",
    "Fundoscope",
    "FundoscopeError",
    "Photograph",
    "Report",
    "Settings",
    "StoreBusy",
    "UnreadableImage",
    "UnreadableReport",
    "__version__",
    "load_expert",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
