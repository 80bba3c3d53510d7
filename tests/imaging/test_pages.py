"""One photograph a file: several pictures are refused, and previews beside one are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from fundoscope.errors import UnreadableImage
from fundoscope.imaging.decode import decode
from numpy.typing import NDArray
from PIL import Image

REDUCED, MASK, OLD_REDUCED = 1, 4, 2


@pytest.fixture
def pixels() -> NDArray[np.uint8]:
    return np.random.default_rng(3).integers(0, 255, (96, 128, 3)).astype(np.uint8)


@pytest.mark.parametrize("depth", [1, 257])
def test_a_tiff_of_two_photographs_is_refused(tmp_path: Path, pixels: NDArray[np.uint8], depth: int) -> None:
    values = pixels if depth == 1 else pixels.astype(np.uint16) * depth
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        writer.write(values, photometric="rgb")
        writer.write(values[::-1], photometric="rgb")
    with pytest.raises(UnreadableImage, match="a TIFF file of 2 pictures"):
        decode(tmp_path / "a.tif")


def test_reduced_copies_and_masks_beside_a_photograph_are_no_photographs(
    tmp_path: Path, pixels: NDArray[np.uint8]
) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        writer.write(pixels, photometric="rgb")
        writer.write(pixels[::4, ::4], photometric="rgb", subfiletype=REDUCED)
        writer.write(pixels[:, :, 0] > 99, photometric="minisblack", subfiletype=MASK)
        writer.write(pixels[::2, ::2], photometric="rgb", extratags=[(255, "H", 1, OLD_REDUCED, True)])
    assert np.array_equal(decode(tmp_path / "a.tif").pixels, pixels)


def test_an_animated_png_is_refused(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    first, second = Image.fromarray(pixels), Image.fromarray(pixels[::-1])
    first.save(tmp_path / "a.png", save_all=True, append_images=[second])
    with pytest.raises(UnreadableImage, match="a PNG file of 2 pictures"):
        decode(tmp_path / "a.png")
