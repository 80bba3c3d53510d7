"""Keeping a photograph without what its file said of a person: the same pixels, no metadata."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_SOS, _EOI, _JFIF, _ADOBE = 0xDA, 0xD9, 0xE0, 0xEE
_RESTART = range(0xD0, 0xD8)
_PIXELS = {*range(0xC0, 0xD0), _SOS, *range(0xDB, 0xE0)}
"""Segments of which a decoder makes pixels: frames, tables, scans."""
_TOLD = {*range(0xE0, 0xF0), 0xFE}
"""Application segments and comments."""
_COLOURS = {_JFIF: (b"JFIF\0", 12, b"\0\0"), _ADOBE: (b"Adobe", 12, b"")}
"""Segments that say how colours are coded: how they begin, how much of them is kept (no preview), and what stands for the rest."""


def strip_jpeg(data: bytes) -> bytes | None:
    """A JPEG file without metadata segments, between its scans and behind its end too, or None when its structure is not
    plain enough to be sure."""
    if data[:2] != b"\xff\xd8":
        return None
    out = bytearray(b"\xff\xd8")
    position, scanned = 2, False
    while position + 2 <= len(data):
        if data[position] != 0xFF:
            return None
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker == _EOI:
            return bytes(out + b"\xff\xd9") if scanned else None
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        if marker not in _PIXELS | _TOLD or end < position + 4:
            return None
        if marker == _SOS:
            scanned = True
            end = _end_of_scan(data, end)
        if marker in _COLOURS:
            out += _colours(marker, data[position + 4 : end])
        elif marker in _PIXELS:
            out += data[position:end]
        position = end
    return None


def _end_of_scan(data: bytes, begin: int) -> int:
    """Where the marker behind a scan's coded data stands: in them 0xFF comes before 0 or as a mark of restarting."""
    while True:
        begin = data.find(b"\xff", begin)
        if begin < 0 or begin + 1 >= len(data):
            return len(data)
        if data[begin + 1] not in (0, *_RESTART):
            return begin
        begin += 2


def _colours(marker: int, payload: bytes) -> bytes:
    begins, length, rest = _COLOURS[marker]
    if not payload.startswith(begins) or len(payload) < length + len(rest):
        return b""
    kept = payload[:length] + rest
    return bytes((0xFF, marker)) + (len(kept) + 2).to_bytes(2, "big") + kept


_PNG_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
"""What a PNG needs to give its pixels; text, times and camera data are in other chunks."""


def strip_png(data: bytes) -> bytes | None:
    """A PNG file with nothing but its picture, or None when its structure is not plain enough to be sure."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        return None
    out = bytearray(data[:8])
    position = 8
    while position + 12 <= len(data):
        end = position + 12 + int.from_bytes(data[position : position + 4], "big")
        kind = data[position + 4 : position + 8]
        if kind in _PNG_CHUNKS:
            out += data[position:end]
        if kind == b"IEND":
            return bytes(out)
        position = end
    return None


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """RGB uint8 (height, width, 3) as PNG, quickly rather than small."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
