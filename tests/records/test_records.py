"""Records: what they refuse, what they keep, and that pixels stay out of their JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fundoscope.errors import ArtifactMissing, UnreadableImage
from fundoscope.imaging import Frame
from fundoscope.imaging.decode import DecodedImage
from fundoscope.records import ArtifactStore, Finding, Measurement, Photograph, Report
from PIL import Image
from pydantic import ValidationError


def finding() -> Finding:
    return Finding(expert="vessels", version="1", weights_sha256="0" * 64, photograph="p")


def test_measured_needs_a_value_and_not_assessed_a_reason() -> None:
    with pytest.raises(ValidationError):
        Measurement(name="density")
    with pytest.raises(ValidationError):
        Measurement(name="density", status="not_assessed")
    assert Measurement.not_assessed("density", "too dark").value is None


def test_zero_is_a_value() -> None:
    assert Measurement(name="count", value=0).value == 0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), np.float32("nan")])
def test_a_number_that_is_not_finite_is_in_no_record(value: float) -> None:
    finding = Finding(expert="spots", version="1", weights_sha256="", photograph="0")
    for wrong in (
        lambda: Measurement(name="x", value=value),
        lambda: Measurement(name="x", value=1.0, interval=(0.0, value)),
        lambda: setattr(finding, "probabilities", [value, 1.0]),
        lambda: setattr(finding, "referable_probability", value),
    ):
        with pytest.raises(ValidationError, match="finite number"):
            wrong()


def test_maps_survive_the_store_but_not_the_json(tmp_path: Path) -> None:
    frame = Frame(left=2, top=3, scale=2.0, width=6, height=5, photograph_width=20, photograph_height=16)
    plane = np.linspace(0, 1, 30, dtype=np.float32).reshape(5, 6)
    kept = finding()
    kept.attach("vessels", plane, frame)
    store = ArtifactStore(tmp_path)
    kept.keep(store)
    text = kept.model_dump_json()
    assert len(text) < 1200
    with pytest.raises(
        ArtifactMissing, match=r"the maps of vessels are in the store; finding\.use\(store\) gives them"
    ):
        Finding.model_validate_json(text).array("vessels")
    with pytest.raises(KeyError, match="vessels has no map 'other'; it has vessels"):
        Finding.model_validate_json(text).array("other")
    again = Finding.model_validate_json(text).use(store)
    assert again.array("vessels").shape == (16, 20)
    assert np.abs(again.working_map("vessels")[0] - plane).max() <= 0.5 / 255 + 1e-6


def test_a_map_of_the_wrong_shape_is_refused() -> None:
    frame = Frame(left=0, top=0, scale=1, width=6, height=5, photograph_width=6, photograph_height=5)
    with pytest.raises(ValueError, match="shape"):
        finding().attach("vessels", np.zeros((6, 5), dtype=np.float32), frame)


def test_an_altered_artifact_is_noticed(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path)
    ref = store.put(b"hello", "text/plain")
    assert store.get(ref) == b"hello"
    store.path(ref.sha256).write_bytes(b"hullo")
    with pytest.raises(ArtifactMissing, match="hash"):
        store.get(ref)


def test_a_map_is_kept_packed_under_the_hash_of_what_it_holds(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path)
    frame = Frame(left=0, top=0, scale=1, width=400, height=300, photograph_width=400, photograph_height=300)
    plane = np.zeros((300, 400), dtype=np.float32)
    plane[20:40, 50:90] = 0.8
    ref = store.put_map(plane, frame)
    content, file = store.get(ref), store.path(ref.sha256)
    assert hashlib.sha256(content).hexdigest() == ref.sha256
    assert file.stat().st_size < len(content) / 50
    assert np.abs(store.get_map(ref) - plane).max() <= 0.5 / 255 + 1e-6
    file.write_bytes(content)
    assert store.get(ref) == content, "maps of earlier versions lie there as they are"


@pytest.mark.parametrize("spoil", [lambda b: b[:-9], lambda b: b[:30] + b"x" + b[31:], lambda b: b[:16]])
def test_a_damaged_packed_map_is_noticed(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    store = ArtifactStore(tmp_path)
    frame = Frame(left=0, top=0, scale=1, width=40, height=30, photograph_width=40, photograph_height=30)
    ref = store.put_map(np.random.default_rng(0).random((30, 40), dtype=np.float32), frame)
    file = store.path(ref.sha256)
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(ArtifactMissing, match="hash"):
        store.get_map(ref)


def test_bytes_that_look_packed_come_back_as_they_were(tmp_path: Path) -> None:
    store = ArtifactStore(tmp_path)
    data = b"fundoscope-zlib\nand so on"
    assert store.get(store.put(data, "text/plain")) == data


def test_photograph_hash_is_of_its_pixels_and_its_size() -> None:
    flat = np.zeros((64, 128, 3), dtype=np.uint8)
    assert Photograph.from_pixels(flat).sha256 == Photograph.from_pixels(flat.copy()).sha256
    assert Photograph.from_pixels(flat).sha256 != Photograph.from_pixels(flat.reshape(128, 64, 3)).sha256


def test_photograph_comes_back_from_the_store_without_its_file(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (80, 90, 3)).astype(np.uint8)
    photograph = Photograph.from_pixels(pixels, "right")
    store = ArtifactStore(tmp_path)
    ref = photograph.keep(store)
    loaded = Photograph.model_validate_json(photograph.model_dump_json())
    with pytest.raises(UnreadableImage):
        _ = loaded.pixels
    assert np.array_equal(loaded.restore(store, ref).pixels, pixels)


def test_a_photograph_keeps_its_own_pixels_when_the_buffer_is_used_again() -> None:
    buffer = np.full((80, 90, 3), 50, dtype=np.uint8)
    decoded = DecodedImage(pixels=buffer, file_format="pixels")
    taken = [Photograph.from_pixels(buffer), Photograph.from_decoded(decoded), Photograph.from_pixels(buffer[::-1])]
    buffer[:] = 200
    for photograph in taken:
        assert photograph.pixels.max() == 50 and photograph.sha256 != Photograph.from_pixels(buffer).sha256
        with pytest.raises(ValueError, match="read-only"):
            photograph.pixels[0, 0] = 0
    assert buffer.flags.writeable


def test_pixels_of_a_file_cannot_be_written_to(tmp_path: Path) -> None:
    Image.fromarray(np.full((80, 90, 3), 50, dtype=np.uint8)).save(tmp_path / "a.png")
    photograph = Photograph.from_file(tmp_path / "a.png")
    ref = photograph.keep(ArtifactStore(tmp_path))
    restored = Photograph.model_validate_json(photograph.model_dump_json()).restore(ArtifactStore(tmp_path), ref)
    assert not photograph.pixels.flags.writeable and not restored.pixels.flags.writeable


@pytest.mark.parametrize(
    ("pixels", "says"),
    [
        (np.zeros((80, 80, 3)), "float64 of shape (80, 80, 3)"),
        (np.zeros((80, 80, 3), np.uint16), "uint16"),
        (np.zeros((80, 80, 3), bool), "bool"),
        (np.zeros((80, 80), np.uint8), "shape (80, 80)"),
        (np.zeros((80, 80, 4), np.uint8), "shape (80, 80, 4)"),
        (np.zeros((3, 80, 80), np.uint8), "shape (3, 80, 80)"),
        (np.zeros((1, 80, 80, 3), np.uint8), "shape (1, 80, 80, 3)"),
        (np.zeros((0, 0, 3), np.uint8), "shape (0, 0, 3)"),
        (np.zeros((8, 8, 3), np.uint8), "shape (8, 8, 3)"),
        (np.zeros((80, 80, 3), np.uint8).tolist(), "list"),
        (None, "NoneType"),
    ],
)
def test_what_is_no_rgb_photograph_is_refused_in_one_line(pixels: object, says: str) -> None:
    with pytest.raises(UnreadableImage) as caught:
        Photograph.from_pixels(pixels)  # type: ignore[arg-type]
    assert says in str(caught.value) and "\n" not in str(caught.value)
    assert str(caught.value).endswith("uint8 (height, width, 3) RGB, at least 64 a side, is needed")


def test_report_has_a_schema_with_the_promised_names() -> None:
    schema = Report.model_json_schema()
    assert {"eyes", "recommendation", "evidence", "citations", "provenance"} <= set(schema["properties"])
    eye = schema["$defs"]["EyeReport"]["properties"]
    promised = {"quality", "grade", "lesions", "steps", "photographs", "landmarks", "disc", "conditions", "prior"}
    assert promised <= set(eye)
    grade = schema["$defs"]["GradeResult"]["properties"]
    assert {"value", "probabilities", "referable_probability", "conformal_set", "dme_risk"} <= set(grade)
