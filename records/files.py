"""Files on this machine: written whole or not at all, kept private, checked beforehand, and named in plain characters."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from ..errors import BadSetting

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, and the bytes of a file's name that are no UTF-8 (as Python holds them)."""


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path` through a temporary file beside it, with the rights of the umask; makes the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.parent / f".{path.name}.{secrets.token_hex(4)}"
    try:
        with unfinished.open("xb") as file:
            file.write(data)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def private_file(path: Path) -> Path:
    """The path, of an empty file that nobody else can read where there was none: SQLite gives its journals the same rights."""
    if not path.exists():
        path.touch(mode=0o600)
    return path


def check_writable(folder: Path) -> None:
    """Raises BadSetting when files cannot be written into `folder`; makes nothing."""
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if os.path.lexists(place))
    if not there.is_dir():
        raise BadSetting(f"{plain_name(folder)}: cannot be written ({plain_name(there)} is not a folder)")
    if not os.access(there, os.W_OK | os.X_OK):
        raise BadSetting(f"{plain_name(folder)}: cannot be written (no right to write into {plain_name(there)})")


def check_output(file: Path, endings: Sequence[str], *given: Path) -> None:
    """Raises BadSetting when `file` has none of the endings, is one of the files `given`, or cannot be written; makes nothing."""
    if file.suffix.lower() not in endings:
        # In quotes, since a blank at its end is what may be wrong with the name.
        ending = " or ".join(endings)
        raise BadSetting(
            f"'{plain_name(file)}': the file needs a name that ends in {ending}, with something before that"
        )
    if file.is_dir():
        raise BadSetting(f"{plain_name(file)}: a folder, not a file to write")
    if file.exists() and any(one.exists() and file.samefile(one) for one in given):
        raise BadSetting(f"{plain_name(file)}: is read here and would be written over; it needs another name")
    check_writable(file.parent)


def plain_name(path: str | Path) -> str:
    """A path that can be printed and stored: what is no UTF-8, and control characters, as backslash escapes."""
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), str(path))
