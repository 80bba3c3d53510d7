"""Files of several pictures: one photograph a file is read, and previews of it beside it."""

from __future__ import annotations

import io

from PIL import Image

from ..errors import UnreadableImage

_REDUCED, _MASK = 1, 4
"""TIFF 6.0, section 8: bits of NewSubfileType for a reduced copy of, and a transparency mask for, another picture."""


def check_pages(image: Image.Image, data: bytes) -> None:
    """Raises UnreadableImage for a TIFF of several pictures and an animated PNG; reduced copies and masks do not count."""
    pages = 1
    if image.format == "TIFF":
        pages = _whole_pages(data)
    elif image.format == "PNG":
        pages = getattr(image, "n_frames", 1)
    if pages > 1:
        raise UnreadableImage(f"a {image.format} file of {pages} pictures; one photograph a file is read")


def _whole_pages(data: bytes) -> int:
    """How many pages there are, the first among them, that are no companions of another; 1 where they cannot be told."""
    import tifffile

    try:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            return 1 + sum(not page.aspage().subfiletype & (_REDUCED | _MASK) for page in list(file.pages)[1:])
    except (tifffile.TiffFileError, ValueError, IndexError):
        return 1  # a damaged file, as its decoder will say
