"""Keeping a photograph without what its file said of a person: the same pixels, no metadata."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_STANDALONE = {0x01, *range(0xD0, 0xD8)}
_KEPT_SEGMENTS = {0xE0, 0xEE}
"""JFIF and Adobe segments say how colours are coded; every other application segment and comment goes."""


def strip_jpeg(data: bytes) -> bytes | None:
    """A JPEG file without metadata segments, or None when its structure is not plain enough to be sure."""
    if data[:2] != b"\xff\xd8":
        return None
    out = bytearray(b"\xff\xd8")
    position = 2
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            return None
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker in _STANDALONE:
            out += data[position : position + 2]
            position += 2
            continue
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        segment = data[position : position + 2 + length]
        if marker == 0xDA:
            end = data.rfind(b"\xff\xd9")
            if end < position:
                return None
            return bytes(out + data[position : end + 2])
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in _KEPT_SEGMENTS:
            out += segment
        position += 2 + length
    return None


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
