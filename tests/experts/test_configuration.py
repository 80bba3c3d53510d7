"""What an expert is configured with is part of its version: a finding made under another configuration is not used again."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fundoscope.experts import load_card, load_expert, plugins
from fundoscope.jobs.batch import _edition
from fundoscope.records import Photograph
from fundoscope.settings import Settings
from fundoscope.tools.bench import Bench

EXAMPLE = Path(__file__).parents[2] / "examples" / "own_grader"
GRADES = ["No DR", "Mild", "Moderate", "Severe", "Proliferative DR"]


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Those of a home with one adapted grader in it, whose weights are zeros but for one class: it always gives grade 0."""
    from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessor

    shutil.copytree(EXAMPLE, tmp_path / "experts" / "own_grader")
    config = ViTConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, image_size=32, patch_size=8
    )
    config.id2label, config.label2id = dict(enumerate(GRADES)), {label: n for n, label in enumerate(GRADES)}
    network = ViTForImageClassification(config).eval()
    network.classifier.weight.data.zero_()
    network.classifier.bias.data.copy_(10.0 * (network.classifier.bias.data.new_tensor([1, 0, 0, 0, 0])))
    network.save_pretrained(tmp_path / "experts" / "own_grader" / "model")
    ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(tmp_path / "experts" / "own_grader" / "model")
    plugins.found.cache_clear()
    yield Settings(home=tmp_path)
    plugins.found.cache_clear()


def grey() -> Photograph:
    return Photograph.from_pixels(np.full((80, 80, 3), 120, dtype=np.uint8))


def graded(settings: Settings) -> int | None:
    finding, _ = asyncio.run(Bench(settings).consult("own_grader", grey(), {}))
    return finding.value


def change(settings: Settings, **changes: Any) -> None:
    path = settings.home / "experts" / "own_grader" / "adapter.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_corrected_label_map_reads_photographs_again_and_a_batch_notices(settings: Settings) -> None:
    edition = _edition(settings)
    assert graded(settings) == 0 and _edition(settings) == edition
    change(settings, labels={label: 4 - n for n, label in enumerate(GRADES)})
    assert graded(settings) == 4
    assert _edition(settings) != edition


def test_what_was_read_under_the_same_configuration_is_not_read_again(settings: Settings) -> None:
    asyncio.run(Bench(settings).consult("own_grader", grey(), {}))
    _, seconds = asyncio.run(Bench(settings).consult("own_grader", grey(), {}))
    assert seconds == 0.0


@pytest.mark.parametrize(
    "changes", [{"several": True}, {"side": 64}, {"mean": [0, 0, 0]}, {"std": [1, 1, 1]}, {"threshold": 0.5}]
)
def test_every_field_of_the_configuration_is_in_the_version(settings: Settings, changes: dict[str, Any]) -> None:
    before = load_card("own_grader", settings).version
    change(settings, **changes)
    assert load_card("own_grader", settings).version != before
    assert load_expert("own_grader", settings).card.version == load_card("own_grader", settings).version


def test_a_model_s_processor_and_weights_are_in_the_version(settings: Settings) -> None:
    model = settings.home / "experts" / "own_grader" / "model"
    told = [load_card("own_grader", settings).version]
    for name in ("preprocessor_config.json", "model.safetensors"):
        (model / name).write_bytes((model / name).read_bytes() + b" ")
        told.append(load_card("own_grader", settings).version)
    assert len(set(told)) == 3


def test_a_segment_anything_checkpoint_that_was_replaced_is_another_version_of_those_it_works_in(
    tmp_path: Path,
) -> None:
    checkpoint = tmp_path / "sam.safetensors"
    checkpoint.write_bytes(b"one")
    with_it = Settings(home=tmp_path, sam_checkpoint=checkpoint)
    for name in ("lesions", "region"):
        before = load_card(name, with_it).version
        checkpoint.write_bytes(b"another")
        after = load_card(name, with_it).version
        assert len({before, after, load_card(name, Settings(home=tmp_path)).version}) == 3
        assert load_card(name, with_it.model_copy(update={"sam_model": "vit_h"})).version != after
        checkpoint.write_bytes(b"one")
    assert load_card("grade", with_it) == load_card("grade", Settings(home=tmp_path))
    checkpoint.unlink()
    assert load_card("lesions", with_it).version
