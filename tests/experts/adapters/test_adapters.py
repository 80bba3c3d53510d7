"""Adapters around tiny models with random weights, made on the spot: what the model says is what the finding says."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from fundoscope import Fundoscope
from fundoscope.errors import ExpertUnavailable
from fundoscope.experts import Expert, expert_names, load_card, load_expert, plugins
from fundoscope.experts.registry import broken_plug_ins, plug_in_tools
from fundoscope.records import Photograph
from fundoscope.settings import Settings, default_settings, working_under
from safetensors.torch import save_file

EXAMPLE = Path(__file__).parents[3] / "examples" / "own_grader"
GRADES = ["No DR", "Mild", "Moderate", "Severe", "Proliferative DR"]


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of own experts in an empty FUNDOSCOPE_HOME."""
    monkeypatch.setenv("FUNDOSCOPE_HOME", str(tmp_path))
    for cached in (default_settings, plugins.found):
        cached.cache_clear()
    yield tmp_path / "experts"
    for cached in (default_settings, plugins.found):
        cached.cache_clear()


def configured(at_home: Path, **config: Any) -> Path:
    """The example's folder with another adapter.json."""
    folder = at_home / "own_grader"
    shutil.copytree(EXAMPLE, folder)
    if config:
        (folder / "adapter.json").write_text(json.dumps(config))
    return folder


def classifier(folder: Path, labels: list[str]) -> Any:
    """A tiny vision transformer with its processor, saved."""
    from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessor

    torch.manual_seed(0)
    config = ViTConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, image_size=32, patch_size=8
    )
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: n for n, label in enumerate(labels)}
    network = ViTForImageClassification(config).eval()
    network.save_pretrained(folder)
    ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)
    return network


def segmenter(at_home: Path, labels: dict[str, str]) -> None:
    """A tiny segmenter of two classes with its processor, saved and configured."""
    from transformers import SegformerConfig, SegformerForSemanticSegmentation, SegformerImageProcessor

    torch.manual_seed(0)
    folder = configured(at_home, adapter="semantic_segmenter", model="model", labels=labels)
    config = SegformerConfig(
        num_encoder_blocks=1, depths=[1], sr_ratios=[1], hidden_sizes=[8], patch_sizes=[3], strides=[2],
        num_attention_heads=[1], mlp_ratios=[1], decoder_hidden_size=8, num_labels=2,
    )  # fmt: skip
    SegformerForSemanticSegmentation(config).save_pretrained(folder / "model")
    SegformerImageProcessor(size={"height": 64, "width": 64}).save_pretrained(folder / "model")


def eye(side: int = 96) -> Photograph:
    ys, xs = np.mgrid[:side, :side]
    pixels = np.zeros((side, side, 3), dtype=np.uint8)
    rng = np.random.default_rng(0)
    pixels[...] = rng.integers(60, 200, (side, side, 3))
    pixels[np.hypot(xs - side / 2 + 0.5, ys - side / 2 + 0.5) > side * 0.45] = 0
    return Photograph.from_pixels(pixels)


def inner(expert: Expert) -> Any:
    return expert.inner  # type: ignore[attr-defined]


def test_a_folder_at_home_is_an_expert_and_gives_the_models_own_grades(at_home: Path) -> None:
    network = classifier(configured(at_home) / "model", GRADES)
    assert expert_names()[-1] == "own_grader"
    expert, photograph = load_expert("own_grader"), eye()
    finding = expert.read(photograph)
    with torch.inference_mode():
        pixels, _ = inner(expert).look(photograph, 32)
        p = network(**inner(expert).inputs(inner(expert).processor, pixels)).logits.softmax(1)[0]
    assert finding.probabilities == pytest.approx(p.tolist(), abs=1e-5) and finding.value == int(p.argmax())
    assert finding.referable_probability == pytest.approx(float(p[2:].sum()), abs=1e-5)
    assert len(finding.weights_sha256) == 64 and "calibrated" in finding.notes[0]


def test_other_weights_have_another_hash(at_home: Path) -> None:
    folder = configured(at_home) / "model"
    network = classifier(folder, GRADES)
    before = load_expert("own_grader").card.weights_sha256
    with torch.no_grad():
        network.classifier.bias += 1
    network.save_pretrained(folder)
    assert load_expert("own_grader").card.weights_sha256 != before


def test_named_classes_become_probabilities_and_the_others_are_not_spoken_of(at_home: Path) -> None:
    folder = configured(
        at_home, adapter="image_classifier", model="model", labels={"glaucoma": "glaucoma suspect"}, several=True
    )
    classifier(folder / "model", ["normal", "glaucoma"])
    finding = load_expert("own_grader").read(eye())
    assert [m.name for m in finding.measurements] == ["probability_glaucoma_suspect"]
    assert finding.value is None and 0 < (finding.number("probability_glaucoma_suspect") or 0) < 1


def test_a_label_the_model_does_not_have_is_told(at_home: Path) -> None:
    classifier(configured(at_home) / "model", ["a", "b", "c", "d", "e"])
    with pytest.raises(ExpertUnavailable, match="no class 'No DR'; it has a, b, c, d, e"):
        load_expert("own_grader")


def test_a_segmenter_gives_maps_and_areas(at_home: Path) -> None:
    segmenter(at_home, {"1": "drusen"})
    finding = load_expert("own_grader").read(eye())
    area, plane = finding.number("area_drusen"), finding.array("drusen")
    assert plane.shape == (96, 96) and float(plane[0, 0]) == 0
    assert area is not None and 0 <= area <= 1


def test_a_processor_that_crops_cuts_nothing_off(at_home: Path) -> None:
    from transformers import CLIPImageProcessor

    folder = configured(at_home) / "model"
    classifier(folder, GRADES)
    CLIPImageProcessor(size={"shortest_edge": 48}, crop_size={"height": 32, "width": 32}).save_pretrained(folder)
    expert = inner(load_expert("own_grader"))
    assert expert.side_of(expert.processor) == 32
    larger = expert.inputs(expert.processor, np.zeros((64, 64, 3), np.uint8))["pixel_values"]
    assert larger.shape[2:] == (32, 32), "a side of one's own is brought to what the network takes"
    marked = np.zeros((32, 32, 3), np.uint8)
    marked[0], marked[-1] = 255, 255
    seen = expert.inputs(expert.processor, marked)["pixel_values"][0, 0]
    assert seen.shape == (32, 32) and float(seen[0].min()) == float(seen[-1].min()) == float(seen.max())


def test_classes_of_one_meaning_are_one_map(at_home: Path) -> None:
    segmenter(at_home, {"0": "retina", "1": "retina"})
    finding = load_expert("own_grader").read(eye())
    assert [m.name for m in finding.measurements] == ["area_retina"]
    assert finding.number("area_retina") == 1 and finding.array("retina").max() == pytest.approx(1, abs=1e-6)


def test_a_model_that_gives_no_numbers_says_nothing_and_is_no_grade_0(at_home: Path) -> None:
    classifier(configured(at_home) / "model", GRADES)
    expert = load_expert("own_grader")
    inner(expert).network.classifier.bias.data.fill_(float("nan"))
    with pytest.raises(ExpertUnavailable, match="own_grader: the expert gave no finite number"):
        expert.read(eye())


def test_a_yolo_detector_counts_boxes_in_photograph_pixels(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fundoscope.quiet import quiet_dependencies

    quiet_dependencies(Settings())
    monkeypatch.setenv("YOLO_VERBOSE", "False")
    from ultralytics.nn.tasks import DetectionModel

    torch.manual_seed(0)
    labels, at = {"0": "drusen", "1": "haemorrhage"}, 0.0001
    folder = configured(
        at_home, adapter="yolo_detector", model="yolo.safetensors", architecture="yolov8n.yaml", labels=labels, side=64
    )
    network = DetectionModel("yolov8n.yaml", ch=3, nc=2, verbose=False)
    save_file({n: t.contiguous() for n, t in network.state_dict().items()}, folder / "yolo.safetensors")
    stored = json.loads((folder / "adapter.json").read_text())
    (folder / "adapter.json").write_text(json.dumps({**stored, "threshold": at}))
    finding = load_expert("own_grader").read(eye())
    assert len(finding.regions) == sum(int(m.value or 0) for m in finding.measurements)
    assert {region.kind for region in finding.regions} <= set(labels.values())
    assert finding.regions
    expert = load_expert("own_grader")
    next(inner(expert).network.parameters()).data.fill_(float("nan"))
    with pytest.raises(ExpertUnavailable, match="gave no finite number"):
        expert.read(eye())
    assert all(r.score > at / 2 and -1 < r.x <= r.x + r.width < 97 for r in finding.regions)


def test_a_yolo_architecture_that_nobody_has_is_told(at_home: Path) -> None:
    folder = configured(
        at_home,
        adapter="yolo_detector",
        model="yolo.safetensors",
        architecture="yolo-of-ours.yaml",
        labels={"0": "spot"},
    )
    save_file({"model.22.cv3.0.2.weight": torch.zeros(1, 8, 1, 1)}, folder / "yolo.safetensors")
    with pytest.raises(ExpertUnavailable, match="ultralytics makes no 'yolo-of-ours"):
        load_expert("own_grader")


def test_a_timm_network_reads_or_says_that_timm_is_missing(at_home: Path) -> None:
    folder = configured(
        at_home, adapter="timm_classifier", model="w.safetensors", scale="icdr", side=32,
        architecture="vit_tiny_patch16_224", options={"img_size": 32, "global_pool": "avg", "depth": 1},
        labels={str(n): n for n in range(5)},
    )  # fmt: skip
    save_file({"head.weight": torch.zeros(5, 192), "head.bias": torch.zeros(5)}, folder / "w.safetensors")
    try:
        import timm
    except ImportError:
        with pytest.raises(ExpertUnavailable, match="timm is not installed"):
            load_expert("own_grader")
        return
    with pytest.raises(ExpertUnavailable, match="do not fit"):
        load_expert("own_grader")
    network = timm.create_model("vit_tiny_patch16_224", num_classes=5, img_size=32, global_pool="avg", depth=1)
    save_file({n: t.contiguous() for n, t in network.state_dict().items()}, folder / "w.safetensors")
    finding = load_expert("own_grader").read(eye())
    assert sum(finding.probabilities or []) == pytest.approx(1)


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"model": "nowhere"}, "weights are missing: there is no nowhere"),
        ({"model": "someone/a-model"}, "someone/a-model is not on this machine; .*FUNDOSCOPE_EXPERT_DOWNLOAD=1"),
        ({"model": "best.pt"}, "best.pt is not opened, .*fundoscope convert"),
        ({"model": "empty"}, "weights are missing: empty holds no .safetensors"),
        ({"labels": {"No DR": 7}}, "a grade 0 to 4"),
        ({"sides": 3}, "not valid at sides"),
    ],
)
def test_what_is_missing_or_wrong_is_said_in_one_line(at_home: Path, config: dict[str, Any], says: str) -> None:
    folder = configured(at_home)
    (folder / "best.pt").write_bytes(b"anything")
    (folder / "empty").mkdir()
    stored = json.loads((folder / "adapter.json").read_text())
    (folder / "adapter.json").write_text(json.dumps({**stored, **config}))
    with pytest.raises(ExpertUnavailable, match=f"own_grader: .*{says}") as caught:
        load_expert("own_grader")
    assert "\n" not in str(caught.value)


def test_a_folder_without_an_adapter_is_a_broken_plug_in(at_home: Path) -> None:
    (configured(at_home) / "adapter.json").unlink()
    (broken,) = broken_plug_ins()
    assert broken.line == "own_grader of FUNDOSCOPE_HOME: there is no readable adapter.json beside its card"


def test_the_home_of_the_settings_that_are_given_decides_which_experts_there_are(at_home: Path, tmp_path: Path) -> None:
    configured(at_home)
    other = Settings(home=tmp_path / "other")
    shutil.copytree(EXAMPLE, other.home / "experts" / "other_grader")
    card = other.home / "experts" / "other_grader" / "card.json"
    changed = {**json.loads(card.read_text()), "name": "other_grader", "tool": "grade_otherwise"}
    card.write_text(json.dumps(changed))
    assert expert_names()[-1] == "own_grader" and expert_names(other)[-1] == "other_grader"
    assert load_card("other_grader", other).tool == "grade_otherwise"
    for name, settings in (("own_grader", other), ("other_grader", None)):
        with pytest.raises(ExpertUnavailable, match=f"no expert is named '{name}'"):
            load_card(name, settings)
    with working_under(other):
        assert plug_in_tools() == ("grade_otherwise",)
    assert plug_in_tools() == ("grade_with_own_model",)


def test_a_reading_asks_the_experts_of_its_own_home_alone(at_home: Path, tmp_path: Path) -> None:
    configured(at_home)
    home = tmp_path / "other"
    home.mkdir()
    shutil.move(at_home, home / "experts")
    dark = Photograph.from_pixels(np.zeros((200, 200, 3), dtype=np.uint8))
    for scope, there in ((Fundoscope(home=home), True), (Fundoscope(home=tmp_path / "third"), False)):
        missing = [entry.subject for entry in scope.read(dark).not_assessed]
        assert ("own_grader" in missing) is there and "grade" in missing
