"""What a DICOM header decides: which classes are photographs, and how little of its free text goes on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from fundoscope.errors import UnreadableImage
from fundoscope.imaging.decode import decode
from numpy.typing import NDArray
from pydicom import uid

from .test_decode import write_dicom


@pytest.fixture
def pixels() -> NDArray[np.uint8]:
    return np.random.default_rng(4).integers(0, 255, (96, 128, 3)).astype(np.uint8)


@pytest.mark.parametrize(
    "kind",
    [
        uid.OphthalmicPhotography8BitImageStorage,
        uid.OphthalmicPhotography16BitImageStorage,
        uid.WideFieldOphthalmicPhotographyStereographicProjectionImageStorage,
        uid.WideFieldOphthalmicPhotography3DCoordinatesImageStorage,
        uid.SecondaryCaptureImageStorage,
        uid.MultiFrameTrueColorSecondaryCaptureImageStorage,
        uid.VLPhotographicImageStorage,
        uid.VLEndoscopicImageStorage,
        "1.2.276.0.99999.1",
    ],
)
def test_photographs_of_every_class_that_holds_them_are_read(
    tmp_path: Path, pixels: NDArray[np.uint8], kind: str
) -> None:
    write_dicom(tmp_path / "a.dcm", pixels, SOPClassUID=kind)
    assert np.array_equal(decode(tmp_path / "a.dcm").pixels, pixels)


@pytest.mark.parametrize(
    "kind",
    [
        uid.CTImageStorage,
        uid.MRImageStorage,
        uid.UltrasoundImageStorage,
        uid.OphthalmicTomographyImageStorage,
        uid.ComprehensiveSRStorage,
    ],
)
def test_another_modality_is_refused_by_the_name_of_its_class(
    tmp_path: Path, pixels: NDArray[np.uint8], kind: uid.UID
) -> None:
    write_dicom(tmp_path / "a.dcm", pixels, SOPClassUID=kind)
    with pytest.raises(UnreadableImage, match=kind.name) as refused:
        decode(tmp_path / "a.dcm")
    assert "\n" not in str(refused.value)


def test_maker_and_model_cannot_carry_a_sentence(tmp_path: Path, pixels: NDArray[np.uint8]) -> None:
    write_dicom(
        tmp_path / "a.dcm", pixels, Manufacturer="Maker\t of", ManufacturerModelName="cameras " * 7 + "DOE^JANE"
    )
    device = decode(tmp_path / "a.dcm").device
    assert device is not None and device.startswith("Maker of cameras") and device.isprintable()
    assert len(device) <= 64 and "JANE" not in device


@pytest.mark.parametrize(
    "fault", [NotImplementedError("a codec"), KeyError("a table"), MemoryError(), ZeroDivisionError()]
)
def test_whatever_a_codec_raises_is_one_line(
    tmp_path: Path, pixels: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fail(_header: object) -> None:
        raise fault

    write_dicom(tmp_path / "a.dcm", pixels)
    monkeypatch.setattr(pydicom.Dataset, "pixel_array", property(fail))
    with pytest.raises(UnreadableImage, match="cannot be decoded") as refused:
        decode(tmp_path / "a.dcm")
    assert str(refused.value).startswith(f"{tmp_path / 'a.dcm'}: ") and "\n" not in str(refused.value)
