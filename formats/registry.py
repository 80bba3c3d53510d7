"""The ways out of the typed report: one registry, each format a module that is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

from ..errors import BadSetting
from ..records import ArtifactStore, Photograph, Report

FORMATS = {
    "json": ".json_text",
    "html": ".html",
    "pdf": ".pdf",
    "csv": ".csv_rows",
    "fhir": ".fhir",
    "sr": ".sr",
    "seg": ".seg",
}
"""Name of a format and the module of this package whose `render(manuscript)` gives its files."""
DEFAULT_FORMATS = ("json", "html")
NEED_DICOM = frozenset({"sr", "seg"})
"""Formats that refer to the DICOM instances a case came as."""


@dataclass(frozen=True)
class Manuscript:
    """What a format is rendered from: the report, the maps of its findings, its photographs by content hash.

    Photographs or maps that are no longer at hand may be missing. Files are named `stem` and an ending.
    """

    report: Report
    store: ArtifactStore
    photographs: Mapping[str, Photograph]
    stem: str = "report"


def parse_formats(given: str | Iterable[str]) -> tuple[str, ...]:
    """Names of formats from a comma list or a sequence, each once and in its order. Raises BadSetting for another name."""
    words = given.split(",") if isinstance(given, str) else list(given) if isinstance(given, Iterable) else [given]
    if not all(isinstance(word, str) for word in words):
        raise BadSetting(f"formats are names or a comma list, not {given!r}; there are {', '.join(FORMATS)}")
    names = tuple(dict.fromkeys(word.strip().lower() for word in words if word.strip()))
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        raise BadSetting(f"no format is named {', '.join(unknown) or 'nothing'}; there are {', '.join(FORMATS)}")
    return names


def check_sources(names: Iterable[str], photographs: Mapping[str, Photograph]) -> None:
    """Whether these formats can be made for photographs that are yet to be read, by what the user knows them by.

    Raises BadSetting for a format that needs DICOM where a photograph did not come as such with its identifiers.
    """
    if NEED_DICOM & set(names):
        from .dicom import with_origin

        for name, photograph in photographs.items():
            with_origin(photograph, photograph, name)


def render(manuscript: Manuscript, names: Sequence[str]) -> dict[str, bytes]:
    """The files of these formats by name, in the order asked for. Nothing is written.

    Raises BadSetting for an unknown name, or when the package that a format needs is not installed.
    """
    files: dict[str, bytes] = {}
    for name in parse_formats(names):
        endings = import_module(FORMATS[name], __package__).render(manuscript)
        files |= {f"{manuscript.stem}{ending}": data for ending, data in endings.items()}
    return files
