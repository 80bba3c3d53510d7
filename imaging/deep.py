"""Pictures of more than 8 bits a channel: 16 bit PNG and TIFF, and samples of any depth as 8 bit RGB."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from ..errors import UnreadableImage

ORIENTATION = 0x0112
"""The EXIF and TIFF tag of how the camera was held."""
_BITS_PER_SAMPLE, _COMPRESSION, _COLOURS = 0x0102, 0x0103, 0x0106
_READ_COLOURS = {0: "white", 1: "black", 2: "RGB"}
"""TIFF's photometric interpretations that are read here; the first two are grey, by what 0 is."""
_UNASSOCIATED = 2
"""TIFF's name for a fourth channel that says how opaque a colour is that was not multiplied by it."""
_PNG_DEPTH = 24
"""Where a PNG file has its bits a sample: in IHDR, which comes first."""
_PLAIN = ("1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr")
"""Pillow's modes of TIFF that it reads with no loss where a sample has 8 bits."""
_TIFFFILE_READS = frozenset({1, 8, 32946, 32773, 34925})
"""Compressions of TIFF that tifffile reads by itself: none, Deflate twice, PackBits, LZMA. LZW and others Pillow does."""
_DEPTHS = (8, 10, 12, 14, 16)
"""Bits a sample that cameras have."""


def is_deep(image: Image.Image, data: bytes) -> bool:
    """Whether an opened PNG or TIFF file has more than 8 bits a channel, or samples that Pillow does not read, and is read here.

    TIFFs in other colours than RGB or grey, and RGB that tifffile cannot decompress, are left to Pillow's 8 bits.
    """
    if image.format == "TIFF":
        tags = image.tag_v2  # type: ignore[attr-defined]
        bits = tags.get(_BITS_PER_SAMPLE, 8)
        more = max(bits if isinstance(bits, tuple) else (bits,)) > 8
        here = tags.get(_COLOURS, 1) in _READ_COLOURS and tags.get(_COMPRESSION, 1) in _TIFFFILE_READS
        return image.mode not in _PLAIN or (more and here)
    return image.format == "PNG" and data[_PNG_DEPTH] > 8


def deep_pixels(image: Image.Image, data: bytes) -> NDArray[np.uint8]:
    """The pixels (height, width, 3) of a file that `is_deep`, upright. Raises UnreadableImage."""
    drawn = Image.fromarray(eight_bit(_of_tiff(image, data) if image.format == "TIFF" else _of_png(data)))
    drawn.getexif()[ORIENTATION] = image.getexif().get(ORIENTATION, 1)
    return np.asarray(ImageOps.exif_transpose(drawn))


def eight_bit(array: NDArray[Any], full: float | None = None) -> NDArray[np.uint8]:
    """Grey or colour of any depth as RGB uint8: 8 bits as they are, others by `full`, what white would be in them.

    Where that is not given, by the least depth that holds the brightest value. Raises UnreadableImage for another shape.
    """
    values = array.astype(np.float32)
    if array.dtype != np.uint8 or full is not None:
        values = values * (255.0 / (full or white(array)))
    if values.ndim == 2:
        values = np.repeat(values[:, :, None], 3, axis=2)
    if values.ndim != 3 or values.shape[2] not in (3, 4):
        raise UnreadableImage(f"an array of shape {array.shape} is not one picture")
    return np.clip(np.rint(values[:, :, :3]), 0, 255).astype(np.uint8)


def white(array: NDArray[Any]) -> float:
    """The largest value of the least depth that holds all values; of more than 16 bits the brightest value."""
    top = float(array.max(initial=1))
    return next((2.0**bits - 1 for bits in _DEPTHS if top <= 2.0**bits - 1), top)


def _of_png(data: bytes) -> NDArray[Any]:
    """Samples of a PNG file as they are, in the order red, green, blue."""
    import cv2

    array: NDArray[Any] | None = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if array is None:
        raise UnreadableImage("the file is truncated or damaged")
    if array.ndim == 2:
        return array
    if array.shape[2] == 4:
        array = _on_black(array)
    return array[:, :, ::-1]


def _of_tiff(image: Image.Image, data: bytes) -> NDArray[Any]:
    import tifffile

    try:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            page = file.pages[0].aspage()
            colours = _READ_COLOURS.get(int(page.photometric))
            if colours is None:
                name = tifffile.PHOTOMETRIC(page.photometric).name
                raise UnreadableImage(f"a TIFF in {name} colours; RGB or grey is read")
            array: NDArray[Any] = page.asarray() if page.compression in _TIFFFILE_READS else np.asarray(image)
            if array.ndim == 3 and page.planarconfig == tifffile.PLANARCONFIG.SEPARATE:
                array = np.moveaxis(array, 0, 2)
            clear = array.ndim == 3 and array.shape[2] == 4 and tuple(page.extrasamples) == (_UNASSOCIATED,)
    except (tifffile.TiffFileError, ValueError, IndexError, AttributeError) as error:
        raise UnreadableImage("the file is truncated or damaged") from error
    if array.dtype.kind == "i" and array.min(initial=0) < 0:
        raise UnreadableImage("a TIFF of values below 0; a photograph has none")
    if clear:
        array = _on_black(array)
    return array if colours != "white" else white(array) - array


def _on_black(array: NDArray[Any]) -> NDArray[Any]:
    """Colours (height, width, 3) of what has an alpha channel: what is not opaque lies on black."""
    most = np.iinfo(array.dtype).max if array.dtype.kind in "iu" else 1
    return array[:, :, :3] * (array[:, :, 3:] / np.float32(most))
