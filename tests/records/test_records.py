"""Records: what they refuse, what they keep, and that pixels stay out of their JSON."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fundoscope.errors import ArtifactMissing, UnreadableImage
from fundoscope.imaging import Frame
from fundoscope.records import ArtifactStore, Finding, Measurement, Photograph, Report
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


def test_maps_survive_the_store_but_not_the_json(tmp_path: Path) -> None:
    frame = Frame(left=2, top=3, scale=2.0, width=6, height=5, photograph_width=20, photograph_height=16)
    plane = np.linspace(0, 1, 30, dtype=np.float32).reshape(5, 6)
    kept = finding()
    kept.attach("vessels", plane, frame)
    store = ArtifactStore(tmp_path)
    kept.keep(store)
    text = kept.model_dump_json()
    assert len(text) < 1200
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


def test_report_has_a_schema_with_the_promised_names() -> None:
    schema = Report.model_json_schema()
    assert {"eyes", "recommendation", "evidence", "citations", "provenance"} <= set(schema["properties"])
    eye = schema["$defs"]["EyeReport"]["properties"]
    promised = {"quality", "grade", "lesions", "steps", "photographs", "landmarks", "disc", "conditions", "prior"}
    assert promised <= set(eye)
    grade = schema["$defs"]["GradeResult"]["properties"]
    assert {"value", "probabilities", "referable_probability", "conformal_set", "dme_risk"} <= set(grade)
