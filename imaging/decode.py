"""Files to pixels: JPEG, PNG, TIFF (8 and 16 bit) and DICOM ophthalmic photographs, with identifiers left behind."""

from __future__ import annotations

import datetime
import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from ..errors import UnreadableImage
from .archive import strip_jpeg, strip_png
from .compression import jpeg_quality
from .deep import ORIENTATION, deep_pixels, eight_bit, is_deep, white
from .dicom_header import check_class, date_of, device_of, eye_of, instance_of, patient_of, spacing_of
from .pages import check_pages

_STRIP = {"JPEG": strip_jpeg, "PNG": strip_png}
MAX_PIXELS = 120_000_000
"""Pictures above this are refused before they are decoded: the largest fundus cameras give about 50 megapixels."""
MIN_SIDE = 64
"""Shorter sides cannot show a retina: a vessel would be thinner than a pixel."""
pillow_open = Image.open
"""Pillow's own opener, held from the start: other packages replace it by openers with side effects."""
_FORMATS = ("JPEG", "PNG", "TIFF")
logger = logging.getLogger(__name__)


@dataclass(frozen=True, repr=False)
class DicomOrigin:
    """The unique identifiers of the DICOM instance that a photograph came from.

    They can lead to a person: they stay in memory and reach nothing but the DICOM files that refer to the instance.
    """

    study: str
    series: str
    instance: str
    sop_class: str


@dataclass(frozen=True)
class DecodedImage:
    """Pixels (height, width, 3) uint8 RGB and the few header facts that do not identify a person.

    `eye` is "right", "left" or None; `pixel_spacing_mm` is (row, column) in mm or None; `stripped` is the source
    file without metadata where that decodes to the same pixels (plain JPEG and PNG); `jpeg_quality` is 1 to 100, None for
    another format. `patient` tells patients apart within this process and no further: keyed hashes of the identifier's
    issuer and of the identifier, under a key never kept.
    """

    pixels: NDArray[np.uint8]
    file_format: str
    eye: str | None = None
    pixel_spacing_mm: tuple[float, float] | None = None
    acquired: datetime.date | None = None
    device: str | None = None
    stripped: bytes | None = None
    jpeg_quality: int | None = None
    origin: DicomOrigin | None = None
    patient: tuple[str, str] | None = None


def decode(path: str | Path) -> DecodedImage:
    """Decode one file.

    Raises UnreadableImage, with one line naming the file and the reason, for anything that is not a whole picture
    of usable size.
    """
    path = Path(path)
    try:
        data = _read_bytes(path)
        with _any_fault_told():
            decoded = _decode_dicom(data) if data[128:132] == b"DICM" else _decode_raster(data)
    except UnreadableImage as error:
        raise UnreadableImage(f"{path}: {error}") from error
    height, width = decoded.pixels.shape[:2]
    if min(height, width) < MIN_SIDE:
        raise UnreadableImage(f"{path}: {width}x{height} pixels is too small, at least {MIN_SIDE} a side are needed")
    return decoded


@contextmanager
def _any_fault_told() -> Iterator[None]:
    """Decoders of others raise whatever they like at a damaged file: its kind is logged and becomes one line."""
    try:
        yield
    except UnreadableImage:
        raise
    except Exception as error:
        logger.warning("a decoder failed (%s)", type(error).__name__)  # its words may be the header's
        raise UnreadableImage(f"the picture cannot be decoded ({type(error).__name__})") from error


def _read_bytes(path: Path) -> bytes:
    if not path.exists():
        raise UnreadableImage("no such file")
    if path.is_dir():
        raise UnreadableImage("is a directory, not a picture")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableImage(f"cannot be read ({error.strerror})") from error
    if not data:
        raise UnreadableImage("the file is empty")
    return data


def _decode_raster(data: bytes) -> DecodedImage:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            image = pillow_open(io.BytesIO(data), formats=_FORMATS)
        except Image.DecompressionBombError as error:
            raise UnreadableImage(f"refused, more than {MAX_PIXELS // 1_000_000} megapixels") from error
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
            raise UnreadableImage("not a JPEG, PNG, TIFF or DICOM picture") from error
        if image.width * image.height > MAX_PIXELS:
            raise UnreadableImage(f"refused, more than {MAX_PIXELS // 1_000_000} megapixels")
        file_format = image.format or "unknown"
        try:
            check_pages(image, data)
            upright = image.getexif().get(ORIENTATION, 1) == 1
            deep = is_deep(image, data)
            plain = image.mode == "RGB" and upright and not deep and "transparency" not in image.info
            quick = _faultless_jpeg(data) if plain and file_format == "JPEG" else None
            if deep:
                pixels = deep_pixels(image, data)
            elif quick is not None:
                pixels = quick
            else:
                image.load()
                pixels = _to_rgb(image, upright)
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise UnreadableImage("the file is truncated or damaged") from error
    # What a decoder passes over in a faulty JPEG may be anything: no copy of such a file is kept.
    strip = _STRIP.get(file_format) if plain and (file_format != "JPEG" or quick is not None) else None
    quantised = getattr(image, "quantization", None)
    return DecodedImage(
        pixels=pixels,
        file_format=file_format,
        stripped=strip(data) if strip else None,
        jpeg_quality=jpeg_quality(quantised[0]) if quantised else None,
    )


def _faultless_jpeg(data: bytes) -> NDArray[np.uint8] | None:
    """The pixels that Pillow gives (the same library beneath) in half its time, or None where anything is the matter."""
    import simplejpeg

    try:
        pixels: NDArray[np.uint8] = simplejpeg.decode_jpeg(data, colorspace="RGB", strict=True)
    except ValueError:
        return None
    pixels.flags.writeable = False
    return pixels


def _to_rgb(image: Image.Image, upright: bool) -> NDArray[np.uint8]:
    if not upright:
        image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "P", "PA"):
        image = image.convert("RGBA")
        backdrop = Image.new("RGBA", image.size, (0, 0, 0, 255))
        image = Image.alpha_composite(backdrop, image)
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def _decode_dicom(data: bytes) -> DecodedImage:
    import pydicom
    from pydicom.errors import InvalidDicomError
    from pydicom.pixels.processing import apply_color_lut

    try:
        header = pydicom.dcmread(io.BytesIO(data))
        check_class(header)
        rows, columns, frames = int(header.Rows), int(header.Columns), int(header.get("NumberOfFrames") or 1)
    except (InvalidDicomError, AttributeError, EOFError, ValueError, TypeError, OSError) as error:
        raise UnreadableImage("a damaged DICOM file, or one without a picture") from error
    if rows * columns * frames > MAX_PIXELS:
        raise UnreadableImage(f"refused, more than {MAX_PIXELS // 1_000_000} megapixels")
    photometric = str(header.get("PhotometricInterpretation", ""))
    try:
        array = header.pixel_array  # already RGB where the file holds YBR
        if photometric == "PALETTE COLOR":
            array = apply_color_lut(array, header)
    except (RuntimeError, ValueError, AttributeError, NotImplementedError, EOFError, OSError) as error:
        raise UnreadableImage(f"the DICOM picture cannot be decoded ({type(error).__name__})") from error
    if frames > 1:
        raise UnreadableImage(f"a DICOM file of {frames} frames; one photograph a file is read")
    if int(header.get("PixelRepresentation") or 0):
        raise UnreadableImage("a DICOM picture of signed values; a photograph has none below 0")
    stored, allocated = int(header.get("BitsStored") or 8), int(header.get("BitsAllocated") or 8)
    # Cameras say 16 stored bits of 16 whatever they use; fewer than the allocated were said on purpose.
    full = 2.0**stored - 1 if photometric != "PALETTE COLOR" and stored < allocated else None
    if photometric == "MONOCHROME1":
        array = (full or (255.0 if allocated == 8 else white(array))) - array
    return DecodedImage(
        pixels=eight_bit(array, full),
        file_format="DICOM",
        eye=eye_of(header),
        pixel_spacing_mm=spacing_of(header),
        acquired=date_of(header),
        device=device_of(header),
        origin=DicomOrigin(*instance) if (instance := instance_of(header)) else None,
        patient=patient_of(header),
    )
