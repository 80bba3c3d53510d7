"""One colour fundus photograph."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PrivateAttr

from ..errors import UnreadableImage
from ..imaging.archive import encode_png
from ..imaging.decode import MIN_SIDE, DecodedImage, DicomOrigin, decode
from ..imaging.field_of_view import FieldOfView, find_field_of_view
from .base import Eye, FieldName, Record
from .side import eye_named
from .store import ArtifactRef, ArtifactStore


class Photograph(Record):
    """A photograph by its content hash, with what its header said. Pixels stay outside the record's JSON.

    `eye_source` says who named the eye: "user", "dicom", "landmarks" or None. `pixel_spacing_mm` is (row, column).
    """

    sha256: str
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    file_format: str
    eye: Eye = Eye.UNKNOWN
    eye_source: str | None = None
    field: FieldName = FieldName.UNKNOWN
    pixel_spacing_mm: tuple[float, float] | None = None
    acquired: datetime.date | None = None
    device: str | None = None

    _pixels: NDArray[np.uint8] | None = PrivateAttr(default=None)
    _stripped: bytes | None = PrivateAttr(default=None)
    _origin: DicomOrigin | None = PrivateAttr(default=None)
    _patient: tuple[str, str] | None = PrivateAttr(default=None)
    _jpeg_quality: int | None = PrivateAttr(default=None)
    _view: list[FieldOfView] = PrivateAttr(default_factory=list)

    @classmethod
    def from_file(cls, path: str | Path, eye: Eye | str | None = None) -> Photograph:
        """Decode a file. `eye` is what the user says and wins over the header.

        Raises UnreadableImage, and BadSetting for an `eye` that is none.
        """
        return cls._of(decode(path), eye)

    @classmethod
    def from_pixels(cls, pixels: NDArray[np.uint8], eye: Eye | str | None = None) -> Photograph:
        """A photograph from a copy of RGB uint8 pixels (height, width, 3).

        Raises UnreadableImage for anything else and for a side under MIN_SIDE, BadSetting for an `eye` that is none.
        """
        _check_pixels(pixels)
        return cls.from_decoded(DecodedImage(pixels=pixels, file_format="pixels"), eye)

    @classmethod
    def from_decoded(cls, decoded: DecodedImage, eye: Eye | str | None = None) -> Photograph:
        """A photograph from a copy of decoded pixels, with header facts. Raises BadSetting for an `eye` that is none."""
        return cls._of(replace(decoded, pixels=np.array(decoded.pixels, order="C")), eye)

    @classmethod
    def _of(cls, decoded: DecodedImage, eye: Eye | str | None) -> Photograph:
        """A photograph of pixels that nobody else holds; from now on they cannot be written to."""
        pixels = _frozen(decoded.pixels)
        said = eye if eye is not None else decoded.eye
        digest = hashlib.sha256(f"{pixels.shape[1]}x{pixels.shape[0]}:".encode())
        digest.update(pixels.data)
        photograph = cls(
            sha256=digest.hexdigest(),
            width=pixels.shape[1],
            height=pixels.shape[0],
            file_format=decoded.file_format,
            eye=Eye.UNKNOWN if said in (None, Eye.UNKNOWN) else eye_named(said),
            eye_source=None if said is None else ("user" if eye is not None else "dicom"),
            pixel_spacing_mm=decoded.pixel_spacing_mm,
            acquired=decoded.acquired,
            device=decoded.device,
        )
        photograph._pixels = pixels
        photograph._stripped = decoded.stripped
        photograph._origin = decoded.origin
        photograph._patient = decoded.patient
        photograph._jpeg_quality = decoded.jpeg_quality
        return photograph

    def keep(self, store: ArtifactStore) -> ArtifactRef:
        """Put the picture, without its file's metadata, into the store."""
        if self._stripped is not None:
            return store.put(self._stripped, f"image/{self.file_format.lower()}")
        return store.put(encode_png(self.pixels), "image/png")

    def restore(self, store: ArtifactStore, ref: ArtifactRef) -> Photograph:
        """Fetch the pixels of a record that was loaded without them. Raises ArtifactMissing, UnreadableImage."""
        self._pixels = _frozen(decode(store.verified_path(ref)).pixels)
        return self

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """RGB uint8 (height, width, 3), read-only. Raises UnreadableImage on a record that was loaded without its pixels."""
        if self._pixels is None:
            raise UnreadableImage(f"photograph {self.sha256[:12]} was loaded without its pixels")
        return self._pixels

    @property
    def origin(self) -> DicomOrigin | None:
        """The DICOM instance this was decoded from; never part of the record's JSON."""
        return self._origin

    def referring_to(self, origin: DicomOrigin) -> Photograph:
        """A copy, with the same pixels, that came from this DICOM instance."""
        copy = self.model_copy()
        copy._origin = origin
        return copy

    @property
    def jpeg_quality(self) -> int | None:
        """How hard the file was compressed (imaging.compression), 1 to 100; None unless it was decoded from a JPEG."""
        return self._jpeg_quality

    @property
    def patient(self) -> tuple[str, str] | None:
        """What tells patients apart within this process (imaging.decode); never part of the record's JSON."""
        return self._patient

    @property
    def field_of_view(self) -> FieldOfView:
        """The lit disc, found once for this photograph and all its copies."""
        if not self._view:
            self._view.append(find_field_of_view(self.pixels))
        return self._view[0]


def _frozen(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The pixels in one block of memory that cannot be written to: the content hash is theirs for good."""
    block = np.ascontiguousarray(pixels)
    block.flags.writeable = False
    return block


def _check_pixels(pixels: object) -> None:
    """Raises UnreadableImage, in one line, for what is not RGB uint8 (height, width, 3) of usable size."""
    wanted = f"uint8 (height, width, 3) RGB, at least {MIN_SIDE} a side, is needed"
    if not isinstance(pixels, np.ndarray):
        raise UnreadableImage(f"pixels: {type(pixels).__name__} is not an array; {wanted}")
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or min(pixels.shape[:2]) < MIN_SIDE:
        raise UnreadableImage(f"pixels: {pixels.dtype} of shape {pixels.shape} is no photograph; {wanted}")


def of_different_patients(photographs: Iterable[Photograph]) -> bool:
    """Whether headers of these photographs name different patients."""
    patients = {photograph.patient for photograph in photographs if photograph.patient is not None}
    return any(one[0] == other[0] and one[1] != other[1] for one, other in combinations(sorted(patients), 2))
