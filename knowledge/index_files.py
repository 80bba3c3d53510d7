"""Chroma's index files, cleared of what the process happened to have in memory when they were made.

Chroma makes an index with room for more vectors than it has and writes that room as it was allocated: whatever the process
held there before, the words of a case among them, lies on disk until vectors fill it.
"""

from __future__ import annotations

import struct
from pathlib import Path

_HEADER = struct.Struct("<iQQQQ")
"""Version of the format, offset, most vectors, vectors now, bytes a vector; as in hnswlib's persistent index."""
_VERSION = 1
_LENGTH_BYTES = 4


def clear_unused(folder: Path) -> int:
    """Overwrite with zeros the room for vectors that is not filled yet, in every index below `folder`.

    Returns how many bytes were cleared. Files of a layout that is not the one known here are left alone.
    """
    return sum(_clear_index(header.parent) for header in sorted(folder.glob("*/header.bin")))


def _clear_index(folder: Path) -> int:
    head = (folder / "header.bin").read_bytes()
    if len(head) < _HEADER.size:
        return 0
    version, _offset, most, filled, size = _HEADER.unpack_from(head)
    if version != _VERSION or filled > most:
        return 0
    cleared = _clear(folder / "data_level0.bin", filled * size, most * size)
    return cleared + _clear(folder / "length.bin", filled * _LENGTH_BYTES, most * _LENGTH_BYTES)


def _clear(file: Path, start: int, end: int) -> int:
    if not file.exists() or file.stat().st_size != end:
        return 0
    with file.open("r+b") as opened:
        opened.seek(start)
        opened.write(bytes(end - start))
    return end - start
