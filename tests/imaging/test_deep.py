"""Pictures of more than 8 bits a channel, in PNG, TIFF and DICOM: as bright as they are, upright, in their colours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from fundoscope.errors import UnreadableImage
from fundoscope.imaging.decode import decode
from numpy.typing import NDArray
from PIL import Image

from .test_decode import write_dicom


@pytest.fixture
def pixels() -> NDArray[np.uint8]:
    made = np.random.default_rng(0).integers(0, 255, (96, 128, 3)).astype(np.uint8)
    made[0, 0] = 255
    return made


def apart(path: Path, pixels: NDArray[Any]) -> int:
    """The largest difference between what is decoded and these pixels."""
    decoded = decode(path).pixels
    assert decoded.shape == pixels.shape
    return int(np.abs(decoded.astype(int) - pixels.astype(int)).max())


def deep(pixels: NDArray[np.uint8], bits: int) -> NDArray[np.uint16]:
    """The same picture with so many bits a sample."""
    return np.rint(pixels * ((2.0**bits - 1) / 255)).astype(np.uint16)


@pytest.mark.parametrize("bits", [12, 16])
@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_a_colour_tiff_is_as_bright_as_its_samples(
    tmp_path: Path, pixels: NDArray[np.uint8], bits: int, planar: str
) -> None:
    made = deep(pixels, bits)
    made = made if planar == "contig" else np.moveaxis(made, 2, 0)
    tifffile.imwrite(tmp_path / "a.tif", np.ascontiguousarray(made), photometric="rgb", planarconfig=planar)
    assert apart(tmp_path / "a.tif", pixels) <= 1


@pytest.mark.parametrize(("bits", "compression"), [(16, 5), *((b, c) for b in (12, 16) for c in (1, 8, 32946, 32773))])
def test_a_colour_tiff_is_read_however_it_is_compressed(
    tmp_path: Path, pixels: NDArray[np.uint8], bits: int, compression: int
) -> None:
    how = [cv2.IMWRITE_TIFF_COMPRESSION, compression]
    cv2.imwrite(str(tmp_path / "a.tif"), deep(pixels, bits)[:, :, ::-1], how)
    assert apart(tmp_path / "a.tif", pixels) <= 1


@pytest.mark.parametrize("how", [None, "tiff_lzw", "tiff_adobe_deflate"])
def test_a_grey_tiff_is_read_however_it_is_compressed(
    tmp_path: Path, pixels: NDArray[np.uint8], how: str | None
) -> None:
    Image.fromarray(deep(pixels[:, :, 0], 16)).save(tmp_path / "a.tif", compression=how)
    assert apart(tmp_path / "a.tif", np.dstack([pixels[:, :, 0]] * 3)) <= 1


@pytest.mark.parametrize("compression", [1, 5])
def test_a_tiff_is_turned_once_however_it_is_compressed(
    tmp_path: Path, pixels: NDArray[np.uint8], compression: int
) -> None:
    cv2.imwrite(
        str(tmp_path / "a.tif"), deep(pixels, 16)[::-1, ::-1, ::-1], [cv2.IMWRITE_TIFF_COMPRESSION, compression]
    )
    with tifffile.TiffFile(tmp_path / "a.tif", mode="r+") as file:
        page = file.pages[0].aspage()
        if "Orientation" in page.tags:
            page.tags["Orientation"].overwrite(3)
    with Image.open(tmp_path / "a.tif") as image:
        turned = image.getexif().get(274) == 3
    assert apart(tmp_path / "a.tif", pixels if turned else pixels[::-1, ::-1]) <= 1


def test_what_is_not_opaque_in_a_tiff_lies_on_black(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    alpha = np.zeros((96, 128, 1), np.uint16)
    alpha[:48] = 65535
    made = np.concatenate([deep(pixels, 16), alpha], axis=2)
    tifffile.imwrite(tmp_path / "a.tif", made, photometric="rgb", extrasamples=["unassalpha"])
    assert apart(tmp_path / "a.tif", np.where(alpha > 0, pixels, 0)) <= 1


def test_values_below_zero_are_refused(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    tifffile.imwrite(tmp_path / "a.tif", pixels[:, :, 0].astype(np.int16) - 100)
    with pytest.raises(UnreadableImage, match="below 0"):
        decode(tmp_path / "a.tif")


def test_a_compressed_tiff_that_is_cut_is_refused(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    cv2.imwrite(str(tmp_path / "a.tif"), deep(pixels, 16), [cv2.IMWRITE_TIFF_COMPRESSION, 5])
    data = (tmp_path / "a.tif").read_bytes()
    (tmp_path / "a.tif").write_bytes(data[: len(data) // 2])
    with pytest.raises(UnreadableImage):
        decode(tmp_path / "a.tif")


@pytest.mark.parametrize("bits", [12, 16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_png_is_as_bright_as_its_samples(tmp_path: Path, pixels: NDArray[np.uint8], bits: int, channels: int) -> None:
    made = deep(pixels, bits)
    told = np.dstack([pixels[:, :, 0]] * 3) if channels == 1 else pixels
    made = made[:, :, 0] if channels == 1 else made[:, :, ::-1]
    if channels == 4:
        made = np.dstack([made, np.full(made.shape[:2], 65535, np.uint16)])
    cv2.imwrite(str(tmp_path / "a.png"), made)
    assert apart(tmp_path / "a.png", told) <= 1
    assert decode(tmp_path / "a.png").stripped is None, "whoever reads it by 8 bits would read it dark"


def test_a_tiff_whose_white_is_zero_is_turned_and_stands_upright(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    grey = pixels[:, :, 0]
    turned = np.ascontiguousarray(np.rot90(grey))
    tags = [(274, "H", 1, 6, True)]
    tifffile.imwrite(tmp_path / "a.tif", 65535 - deep(turned, 16), photometric="miniswhite", extratags=tags)
    assert apart(tmp_path / "a.tif", np.dstack([grey] * 3)) <= 1


def test_a_tiff_in_other_colours_is_refused(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="cielab")
    with pytest.raises(UnreadableImage, match="a TIFF in CIELAB colours; RGB or grey is read"):
        decode(tmp_path / "a.tif")


@pytest.mark.parametrize("brightest", [255, 100])
def test_a_dicom_picture_is_as_bright_as_its_bits_say(
    tmp_path: Path, pixels: NDArray[np.uint8], brightest: int
) -> None:
    dim = (pixels // (255 // brightest)).astype(np.uint8)
    header = {"BitsAllocated": 16, "BitsStored": 12, "HighBit": 11, "PixelData": deep(dim, 12).tobytes()}
    write_dicom(tmp_path / "a.dcm", dim, **header)
    assert apart(tmp_path / "a.dcm", dim) <= 1


def test_a_dicom_picture_whose_white_is_zero_is_turned_by_its_bits(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    grey = (pixels[:, :, 0] // 2).astype(np.uint8)
    header = {"SamplesPerPixel": 1, "PhotometricInterpretation": "MONOCHROME1", "PixelData": (255 - grey).tobytes()}
    write_dicom(tmp_path / "a.dcm", pixels, **header)
    assert apart(tmp_path / "a.dcm", np.dstack([grey] * 3)) <= 1


def test_signed_values_are_refused(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    write_dicom(tmp_path / "a.dcm", pixels, PixelRepresentation=1)
    with pytest.raises(UnreadableImage, match="signed values"):
        decode(tmp_path / "a.dcm")
