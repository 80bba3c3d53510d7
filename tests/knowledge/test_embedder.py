"""The embedder is all-MiniLM-L6-v2, and nothing else is accepted."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from fundoscope.errors import KnowledgeError
from fundoscope.knowledge.embedder import Embedder, default_embedder, model_folder

TEXTS = ["microaneurysms", "How soon should an eye with severe NPDR be seen again?", "", "pizza " * 400]


def test_vectors_equal_those_of_the_model_framework(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import torch
    from transformers import AutoModel, AutoTokenizer

    model = AutoModel.from_pretrained(model_folder()).eval()
    tokenizer = AutoTokenizer.from_pretrained(model_folder())
    batch = tokenizer(TEXTS, padding=True, truncation=True, max_length=256, return_tensors="pt")
    with torch.inference_mode():
        hidden = model(**batch).last_hidden_state
    mask = batch["attention_mask"][..., None]
    expected = torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=1).numpy()
    np.testing.assert_allclose(default_embedder()(TEXTS), expected, atol=1e-5)


def test_a_text_has_one_vector_whatever_its_neighbours() -> None:
    embed = default_embedder()
    np.testing.assert_allclose(embed([TEXTS[0]])[0], embed(TEXTS)[0], atol=1e-5)
    assert embed([]).shape == (0, 384)


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    shutil.copy(model_folder() / "tokenizer.json", tmp_path)
    weights = bytearray((model_folder() / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (tmp_path / "model.safetensors").write_bytes(weights)
    with pytest.raises(KnowledgeError, match="altered"):
        Embedder(tmp_path)


def test_missing_weights_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="cannot be read"):
        Embedder(tmp_path)
