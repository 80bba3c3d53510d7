"""Fundoscope: grounded readings of colour fundus photographs. Public names are resolved when first used."""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    "Fundoscope": "sdk",
    "Photograph": "records",
    "Report": "records",
    "Settings": "settings",
    "load_expert": "experts",
}
__all__ = ["Fundoscope", "Photograph", "Report", "Settings", "__version__", "load_expert"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
