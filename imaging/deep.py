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
_BITS_PER_SAMPLE = 0x0102
_PNG_DEPTH = 24
"""Where a PNG file has its bits a sample: in IHDR, which comes first."""
_PLAIN = ("1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr")
"""Pillow's modes of TIFF that it reads with no loss where a sample has 8 bits."""
_TIFFFILE_READS = frozenset({1, 8, 32946, 32773})
"""Compressions of TIFF that tifffile reads by itself: none, Deflate twice, PackBits. LZW and others OpenCV and Pillow do."""
_DEPTHS = (8, 10, 12, 14, 16)
"""Bits a sample that cameras have."""


def is_deep(image: Image.Image, data: bytes) -> bool:
    """Whether Pillow would read an opened PNG or TIFF file with loss, or not at all."""
    if image.format == "TIFF":
        bits = image.tag_v2.get(_BITS_PER_SAMPLE, 8)  # type: ignore[attr-defined]
        return image.mode not in _PLAIN or max(bits if isinstance(bits, tuple) else (bits,)) > 8
    return image.format == "PNG" and data[_PNG_DEPTH] > 8


def deep_pixels(image: Image.Image, data: bytes) -> NDArray[np.uint8]:
    """The pixels (height, width, 3) of a file that `is_deep`, upright. Raises UnreadableImage."""
    drawn = Image.fromarray(eight_bit(_of_tiff(image, data) if image.format == "TIFF" else _by_opencv(data)))
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


def _by_opencv(data: bytes) -> NDArray[Any]:
    """Samples of a PNG or TIFF file as they are, in the order red, green, blue."""
    import cv2

    array: NDArray[Any] | None = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if array is None:
        raise UnreadableImage("the file is truncated or damaged")
    if array.ndim == 2:
        return array
    if array.shape[2] == 4:  # what is not opaque lies on black
        array = array[:, :, :3] * (array[:, :, 3:] / np.float32(np.iinfo(array.dtype).max))
    return array[:, :, ::-1]


def _of_tiff(image: Image.Image, data: bytes) -> NDArray[Any]:
    import tifffile

    try:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            page = file.pages[0].aspage()
            colours = tifffile.PHOTOMETRIC(page.photometric).name
            if colours not in ("MINISBLACK", "MINISWHITE", "RGB"):
                raise UnreadableImage(f"a TIFF in {colours} colours; RGB or grey is read")
            if page.compression in _TIFFFILE_READS:
                array: NDArray[Any] = page.asarray()
                if array.ndim == 3 and page.planarconfig == tifffile.PLANARCONFIG.SEPARATE:
                    array = np.moveaxis(array, 0, 2)
            else:
                array = _by_opencv(data) if colours == "RGB" else np.asarray(image)
    except (tifffile.TiffFileError, ValueError, IndexError, AttributeError) as error:
        raise UnreadableImage("the file is truncated or damaged") from error
    return array if colours != "MINISWHITE" else white(array) - array
