"""Intake: what is a picture, what is not, and what a header may say."""

from __future__ import annotations

import datetime
import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pydicom
import pytest
import tifffile
from fundoscope.errors import UnreadableImage
from fundoscope.imaging.archive import strip_jpeg
from fundoscope.imaging.decode import MAX_PIXELS, decode
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, OphthalmicPhotography8BitImageStorage, generate_uid


@pytest.fixture
def pixels() -> NDArray[np.uint8]:
    rng = np.random.default_rng(0)
    return rng.integers(0, 255, (96, 128, 3)).astype(np.uint8)


def test_png_comes_back_unchanged(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    Image.fromarray(pixels).save(tmp_path / "a.png")
    assert np.array_equal(decode(tmp_path / "a.png").pixels, pixels)


@pytest.mark.parametrize("how", [{"progressive": True}, {"subsampling": 0}, {"subsampling": 2}, {"quality": 30}, {"restart_marker_rows": 1}])  # fmt: skip
def test_a_jpeg_of_any_kind_has_the_pixels_that_pillow_gives(
    tmp_path: Path, pixels: NDArray[np.uint8], how: dict[str, int]
) -> None:
    Image.fromarray(pixels[:91, :117]).save(tmp_path / "a.jpg", **how)
    with Image.open(tmp_path / "a.jpg") as expected:
        assert np.array_equal(decode(tmp_path / "a.jpg").pixels, np.asarray(expected))


@pytest.mark.parametrize("quality", [1, 2, 10, 30, 49, 50, 75, 92, 100])
def test_the_quality_of_a_jpeg_is_told_from_its_table(tmp_path: Path, pixels: NDArray[np.uint8], quality: int) -> None:
    Image.fromarray(pixels).save(tmp_path / "a.jpg", quality=quality)
    assert abs((decode(tmp_path / "a.jpg").jpeg_quality or 0) - quality) <= 1
    Image.fromarray(pixels).save(tmp_path / "a.png")
    assert decode(tmp_path / "a.png").jpeg_quality is None


def test_a_jpeg_cut_anywhere_is_refused(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    Image.fromarray(pixels).save(tmp_path / "a.jpg", quality=95)
    whole = (tmp_path / "a.jpg").read_bytes()
    for length in range(len(whole) // 40, len(whole) - 2, len(whole) // 40):
        (tmp_path / "a.jpg").write_bytes(whole[:length])
        with pytest.raises(UnreadableImage):
            decode(tmp_path / "a.jpg")


def test_sixteen_bit_tiff_is_scaled_by_its_full_range(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    tifffile.imwrite(tmp_path / "a.tif", pixels.astype(np.uint16) * 257, photometric="rgb")
    assert np.abs(decode(tmp_path / "a.tif").pixels.astype(int) - pixels.astype(int)).max() <= 1


def test_eight_bit_tiff_comes_back_unchanged(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb")
    assert np.array_equal(decode(tmp_path / "a.tif").pixels, pixels)


def test_grey_picture_becomes_three_equal_channels(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    Image.fromarray(pixels[:, :, 0]).save(tmp_path / "a.png")
    decoded = decode(tmp_path / "a.png").pixels
    assert decoded.shape == (96, 128, 3)
    assert np.array_equal(decoded[:, :, 0], decoded[:, :, 2])


def test_orientation_of_the_camera_is_applied(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels).save(tmp_path / "a.jpg", exif=exif, quality=95)
    decoded = decode(tmp_path / "a.jpg")
    assert decoded.pixels.shape == (128, 96, 3)
    assert decoded.stripped is None


def test_stripped_jpeg_has_the_same_pixels_and_no_metadata(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    exif = Image.Exif()
    exif[0x010E] = "DOE^JANE 1950-01-01"
    Image.fromarray(pixels).save(tmp_path / "a.jpg", exif=exif, comment=b"DOE^JANE", quality=90)
    data = (tmp_path / "a.jpg").read_bytes()
    assert b"DOE^JANE" in data
    decoded = decode(tmp_path / "a.jpg")
    assert decoded.stripped is not None and b"DOE^JANE" not in decoded.stripped
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(decoded.stripped))), decoded.pixels)


@pytest.mark.parametrize("progressive", [False, True])
def test_what_lies_between_the_scans_of_a_jpeg_and_behind_its_end_is_stripped(
    tmp_path: Path, pixels: NDArray[np.uint8], progressive: bool
) -> None:
    Image.fromarray(pixels).save(tmp_path / "a.jpg", progressive=progressive, quality=90)
    data = (tmp_path / "a.jpg").read_bytes()
    told = b"\xff\xfe" + struct.pack(">H", 2 + len(b"DOE^JANE")) + b"DOE^JANE"
    preview = b"\xff\xd8\xff\xe0\x00\x11JFXX\x00DOE^JANE12\xff\xd9"
    last = data.rfind(b"\xff\xda")
    whole = data[:2] + preview[2:-2] + data[2:last] + told + data[last:] + preview + b"DOE^JANE\xff\xd9"
    (tmp_path / "b.jpg").write_bytes(whole)
    decoded = decode(tmp_path / "b.jpg")
    assert decoded.stripped is not None and b"DOE^JANE" not in decoded.stripped
    assert decoded.stripped.count(b"\xff\xd9") == 1
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(decoded.stripped))), decode(tmp_path / "a.jpg").pixels)


def test_no_copy_of_a_faulty_jpeg_is_kept(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    Image.fromarray(pixels).save(tmp_path / "a.jpg", quality=90)
    data = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "a.jpg").write_bytes(data[:-2] + b"DOE^JANE" + data[-2:])
    stripped = decode(tmp_path / "a.jpg").stripped
    assert stripped is None or b"DOE^JANE" not in stripped


def test_stripped_png_has_the_same_pixels_and_no_text(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    text = PngInfo()
    text.add_text("Patient", "DOE^JANE")
    Image.fromarray(pixels).save(tmp_path / "a.png", pnginfo=text)
    assert b"DOE^JANE" in (tmp_path / "a.png").read_bytes()
    decoded = decode(tmp_path / "a.png")
    assert decoded.stripped is not None and b"DOE^JANE" not in decoded.stripped
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(decoded.stripped))), pixels)


def test_strip_refuses_what_is_not_a_jpeg() -> None:
    assert strip_jpeg(b"\x89PNG") is None
    assert strip_jpeg(b"\xff\xd8\xff\xe1\x00") is None
    assert strip_jpeg(b"\xff\xd8\xff\xf3\x00\x06JANE\xff\xd9") is None
    assert strip_jpeg(b"\xff\xd8\xff\xd9") is None


def write_dicom(path: Path, pixels: NDArray[np.uint8], **header: object) -> None:
    """A small ophthalmic photograph in DICOM with identifiers in its header."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = OphthalmicPhotography8BitImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = Dataset()
    data.file_meta = meta
    data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    data.PatientName, data.PatientID = "DOE^JANE", "12345"
    data.Rows, data.Columns = pixels.shape[:2]
    data.SamplesPerPixel, data.PhotometricInterpretation, data.PlanarConfiguration = 3, "RGB", 0
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit, data.PixelRepresentation = 7, 0
    data.PixelData = pixels.tobytes()
    for name, value in header.items():
        setattr(data, name, value)
    pydicom.dcmwrite(path, data, enforce_file_format=True)


def test_dicom_gives_laterality_spacing_and_date_and_drops_identifiers(
    tmp_path: Path, pixels: NDArray[np.uint8]
) -> None:
    header = {"ImageLaterality": "L", "PixelSpacing": [0.006, 0.006], "AcquisitionDate": "20240229"}
    write_dicom(tmp_path / "a.dcm", pixels, Manufacturer="Maker", ManufacturerModelName="M1", **header)
    decoded = decode(tmp_path / "a.dcm")
    assert np.array_equal(decoded.pixels, pixels)
    assert (decoded.eye, decoded.pixel_spacing_mm) == ("left", (0.006, 0.006))
    assert (decoded.acquired, decoded.device) == (datetime.date(2024, 2, 29), "Maker M1")
    assert "DOE" not in repr(decoded) and "12345" not in repr(decoded)


def test_dicom_without_laterality_or_spacing_says_neither(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    write_dicom(tmp_path / "a.dcm", pixels, AcquisitionDate="not a date")
    decoded = decode(tmp_path / "a.dcm")
    assert (decoded.eye, decoded.pixel_spacing_mm, decoded.acquired) == (None, None, None)


def _png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    ihdr = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", ihdr) + body + chunk(b"IEND", b"")


def _bad_files(folder: Path, pixels: NDArray[np.uint8]) -> dict[str, str]:
    Image.fromarray(pixels).save(folder / "whole.jpg")
    Image.fromarray(pixels).save(folder / "whole.png")
    tifffile.imwrite(folder / "whole.tif", pixels.astype(np.uint16), photometric="rgb")
    write_dicom(folder / "whole.dcm", pixels)
    for kind in ("jpg", "png", "tif", "dcm"):
        whole = (folder / f"whole.{kind}").read_bytes()
        (folder / f"cut.{kind}").write_bytes(whole[: len(whole) // 2])
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "text.jpg").write_text("this is a letter, not a picture")
    (folder / "bomb.png").write_bytes(_png_header(60_000, 60_000))
    (folder / "big.png").write_bytes(_png_header(MAX_PIXELS // 10_000 + 1, 10_000))
    Image.new("RGB", (1, 1)).save(folder / "dot.png")
    (folder / "folder.jpg").mkdir()
    return {
        "missing.jpg": "no such file",
        "folder.jpg": "directory",
        "empty.jpg": "empty",
        "cut.jpg": "truncated",
        "cut.png": "truncated",
        "cut.tif": "truncated",
        "cut.dcm": "DICOM",
        "text.jpg": "not a JPEG",
        "bomb.png": "megapixels",
        "big.png": "megapixels",
        "dot.png": "1x1",
    }


def test_every_bad_file_is_one_line_with_its_name_and_reason(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    for name, reason in _bad_files(tmp_path, pixels).items():
        with pytest.raises(UnreadableImage) as caught:
            decode(tmp_path / name)
        message = str(caught.value)
        assert name in message and reason in message and "\n" not in message, message
