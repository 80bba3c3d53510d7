"""Colours of DICOM photographs: however the file holds them, what is read is RGB."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pydicom
import pytest
from fundoscope.imaging.decode import decode
from numpy.typing import NDArray
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.pixels.processing import convert_color_space
from pydicom.uid import JPEGBaseline8Bit

from .test_decode import write_dicom


@pytest.fixture
def patches() -> NDArray[np.uint8]:
    """Four flat patches (96, 96, 3) of colours that a retina has."""
    colours = np.array([[[200, 90, 40], [120, 40, 20]], [[230, 190, 90], [60, 20, 30]]], dtype=np.uint8)
    return colours.repeat(48, axis=0).repeat(48, axis=1)


def compressed(path: Path, pixels: NDArray[np.uint8], photometric: str, subsampling: int) -> None:
    """The file at `path` with its picture as a JPEG."""
    jpeg = io.BytesIO()
    Image.fromarray(pixels).save(jpeg, "JPEG", quality=98, subsampling=subsampling)
    data = pydicom.dcmread(path)
    data.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    data.PhotometricInterpretation = photometric
    data.PixelData = encapsulate([jpeg.getvalue()])
    data["PixelData"].is_undefined_length = True
    data.save_as(path, enforce_file_format=True)


@pytest.mark.parametrize(("photometric", "subsampling"), [("YBR_FULL_422", 1), ("YBR_FULL_422", 2), ("YBR_FULL", 0)])
def test_a_compressed_photograph_has_its_own_colours(
    tmp_path: Path, patches: NDArray[np.uint8], photometric: str, subsampling: int
) -> None:
    write_dicom(tmp_path / "a.dcm", patches)
    compressed(tmp_path / "a.dcm", patches, photometric, subsampling)
    read = decode(tmp_path / "a.dcm").pixels
    inside = [(20, 20), (20, 76), (76, 20), (76, 76)]
    assert max(np.abs(read[at].astype(int) - patches[at]).max() for at in inside) <= 4


def test_an_uncompressed_ybr_photograph_has_its_own_colours(tmp_path: Path, patches: NDArray[np.uint8]) -> None:
    write_dicom(
        tmp_path / "a.dcm", convert_color_space(patches, "RGB", "YBR_FULL"), PhotometricInterpretation="YBR_FULL"
    )
    assert np.abs(decode(tmp_path / "a.dcm").pixels.astype(int) - patches).max() <= 2


def test_a_photograph_of_palette_colours_has_its_palette_applied(tmp_path: Path, patches: NDArray[np.uint8]) -> None:
    indices = np.zeros(patches.shape[:2], dtype=np.uint8)
    indices[48:, :48], indices[:48, 48:], indices[48:, 48:] = 1, 2, 3
    palette = patches[[20, 76, 20, 76], [20, 20, 76, 76]]
    tables = {}
    for channel, name in enumerate(("Red", "Green", "Blue")):
        tables[f"{name}PaletteColorLookupTableDescriptor"] = [4, 0, 8]
        tables[f"{name}PaletteColorLookupTableData"] = palette[:, channel].tobytes()
    write_dicom(tmp_path / "a.dcm", patches, SamplesPerPixel=1, PhotometricInterpretation="PALETTE COLOR", **tables)
    data = pydicom.dcmread(tmp_path / "a.dcm")
    del data.PlanarConfiguration
    data.PixelData = indices.tobytes()
    data.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    assert np.array_equal(decode(tmp_path / "a.dcm").pixels, patches)
