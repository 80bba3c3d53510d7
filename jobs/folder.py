"""What a folder holds: its photographs, told by name or by content, and what could not be looked at."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import BadSetting
from ..records.files import plain_name

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".dcm"})
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*")
"""How JPEG, PNG and TIFF files begin."""
_DICOM_INDEX = "DICOMDIR"
"""The table of contents of a DICOM medium: DICOM by its content, without a picture."""


@dataclass
class Found:
    """Photographs by path, in order; how many other files; a line for each place that could not be looked at."""

    photographs: list[Path] = field(default_factory=list)
    others: int = 0
    unseen: list[str] = field(default_factory=list)


def photographs_in(folder: Path, out: Path) -> Found:
    """All photographs under `folder`, those in linked folders too, each folder once; `out` is left out.

    A file is a photograph by its ending, or by its content whatever it is called. Raises BadSetting when `folder` cannot
    be searched or holds none.
    """
    if not folder.is_dir():
        raise BadSetting(f"{plain_name(folder)}: no such folder")
    if out.resolve() == folder.resolve():
        raise BadSetting(f"{plain_name(out)}: the results need another folder than the photographs")
    found = Found()
    for file in _files(folder, out.resolve(), found):
        try:
            if file.suffix.lower() in SUFFIXES or _looks_like_one(file):
                found.photographs.append(file)
            else:
                found.others += 1
        except OSError as error:
            found.unseen.append(f"{plain_name(file.relative_to(folder))}: cannot be read ({error.strerror})")
    if not found.photographs:
        unseen = f"; {found.unseen[0]}" if found.unseen else ""
        raise BadSetting(f"{plain_name(folder)}: no photographs ({', '.join(sorted(SUFFIXES))}){unseen}")
    found.photographs.sort()
    return found


def _files(folder: Path, out: Path, found: Found) -> Iterator[Path]:
    """Every regular file; linked folders come after all others, so that a file is known by its own path where it has one."""
    waiting, entered = deque([folder]), set()
    while waiting:
        here = waiting.popleft()
        if (real := here.resolve()) in entered or real == out:
            continue
        entered.add(real)
        try:
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError as error:
            found.unseen.append(f"{plain_name(here.relative_to(folder))}: cannot be searched ({error.strerror})")
            continue
        for entry in entries:
            path = here / entry.name
            try:
                if entry.is_dir():
                    (waiting.append if entry.is_symlink() else waiting.appendleft)(path)
                elif entry.is_file():
                    yield path
                elif entry.is_symlink():
                    found.unseen.append(f"{plain_name(path.relative_to(folder))}: a link to nothing")
            except OSError as error:
                found.unseen.append(f"{plain_name(path.relative_to(folder))}: cannot be looked at ({error.strerror})")


def _looks_like_one(file: Path) -> bool:
    with file.open("rb") as opened:
        start = opened.read(132)
    return start.startswith(_BEGINNINGS) or (start[128:] == b"DICM" and file.name.upper() != _DICOM_INDEX)
