"""A tiny model of pictures and words, made on the spot: photographs are held against labels in the words of the notes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from fundoscope.errors import ExpertUnavailable
from fundoscope.experts import load_expert
from fundoscope.experts.adapters.zero_shot import known_of
from fundoscope.knowledge.corpus import by_id

from .test_adapters import at_home, configured, eye, inner

__all__ = ["at_home"]
LABELS = {"hard exudates": "exudates", "microaneurysms": "microaneurysms", "a healthy retina": "healthy"}


def two_towers(folder: Path) -> None:
    """A CLIP of a few thousand weights with a tokenizer of whole words."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor, PreTrainedTokenizerFast

    words = sorted({w for label in LABELS for text, _ in [(label, ""), *known_of(label)] for w in text.lower().split()})
    vocabulary = {"<s>": 0, "</s>": 1, "<unk>": 2, "<pad>": 3} | {w: n for n, w in enumerate(words, start=4)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 1)])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<pad>",
        model_max_length=32,
    )  # fmt: skip
    tower = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    torch.manual_seed(0)
    config = CLIPConfig(
        text_config={**tower, "vocab_size": len(vocabulary), "max_position_embeddings": 32, "eos_token_id": 1},
        vision_config={**tower, "image_size": 32, "patch_size": 8},
        projection_dim=8,
    )
    CLIPModel(config).eval().save_pretrained(folder)
    sizes = {"size": {"shortest_edge": 32}, "crop_size": {"height": 32, "width": 32}}
    CLIPProcessor(CLIPImageProcessor(**sizes), fast).save_pretrained(folder)


def test_a_photograph_is_held_against_each_label_s_mean_direction(at_home: Path) -> None:
    prompts = {"a healthy retina": ["A healthy retina.", "No lesion is seen."]}
    folder = configured(at_home, adapter="zero_shot", model="model", labels=LABELS, prompts=prompts)
    two_towers(folder / "model")
    expert, photograph = load_expert("own_grader"), eye()
    finding = expert.read(photograph)
    shares = [finding.number(f"probability_{name}") for name in LABELS.values()]
    assert sum(shares) == pytest.approx(1.0) and finding.notes[0].startswith("Its probabilities are the model's own")
    zero = inner(expert)
    assert [len(described) for described in zero.described.values()] == [4, 2, 2]
    assert torch.allclose(zero.directions.norm(dim=1), torch.ones(3))
    pixels, _ = zero.look(photograph, 32)
    with torch.inference_mode():
        seen = zero.network.get_image_features(**zero.inputs(zero.processor, pixels))
        seen = getattr(seen, "pooler_output", seen)
        logits = zero.network.logit_scale.exp() * torch.cosine_similarity(seen, zero.directions)
    np.testing.assert_allclose(shares, logits.softmax(0).numpy(), rtol=1e-4)
    assert "hard-exudates#1" in finding.notes[-1] and "microaneurysms#1" in finding.notes[-1]


def test_what_the_notes_say_of_a_label_begins_with_it() -> None:
    for text, source in known_of("hard exudates"):
        assert by_id()[source].text.startswith("Hard exudates") and text.startswith("Hard exudates")
    assert known_of("flying saucers") == []


def test_prompts_for_a_label_that_is_not_there_are_one_line(at_home: Path) -> None:
    prompts = {"drusen": ["Yellow deposits under the retina."]}
    folder = configured(at_home, adapter="zero_shot", model="model", labels=LABELS, prompts=prompts)
    two_towers(folder / "model")
    with pytest.raises(ExpertUnavailable, match="prompts, but no label, for drusen"):
        load_expert("own_grader")
