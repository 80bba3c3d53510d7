"""The reader of whole requests: NumPy and torch agree, and what it learns from is made as said."""

from __future__ import annotations

import numpy as np
import torch
from fundoscope.agents.routing.features import normalised
from fundoscope.agents.routing.intents import NO_WISH, examples_version, intents
from fundoscope.agents.routing.joined import wished
from fundoscope.agents.routing.tune import Tuned
from fundoscope.agents.routing.whole import FIRST_TUNED, PATH, WholeReader
from fundoscope.knowledge.embedder import default_embedder
from safetensors import safe_open
from safetensors.numpy import load

TEXTS = [
    "grade it, and how wide are the arteries?",
    "hello",
    "leave the vessels out, count the exudates near the fovea",
]


def test_numpy_reads_as_torch_does() -> None:
    model = Tuned(len(intents()) - 1).eval()
    with safe_open(PATH, framework="pt") as stored, torch.no_grad():
        for name, value in model.named_parameters():
            value.copy_(stored.get_tensor(name.replace("/", ".")))
        states, mask = default_embedder().states([normalised(text) for text in TEXTS], FIRST_TUNED)
        wanted = torch.sigmoid(model(torch.from_numpy(states), torch.from_numpy(mask))).numpy()
    found = WholeReader()(TEXTS).probability
    columns = [n for n, name in enumerate(intents()) if name != NO_WISH]
    assert np.allclose(found[:, columns], wanted, atol=1e-4)
    assert not found[:, list(intents()).index(NO_WISH)].any()


def test_the_company_of_other_texts_changes_nothing() -> None:
    reader = WholeReader()
    together = reader(TEXTS).probability
    assert np.allclose(together[1], reader([TEXTS[1]]).probability[0], atol=1e-4)


def test_its_weights_are_small_and_were_fitted_to_these_examples() -> None:
    assert PATH.stat().st_size < 10_000_000
    with safe_open(PATH, framework="numpy") as stored:
        assert (stored.metadata() or {})["examples"] == examples_version()
    assert all(name.startswith(("head.", "encoder.layer.4.", "encoder.layer.5.")) for name in load(PATH.read_bytes()))


def test_what_it_learns_from_is_the_same_for_a_seed_and_holds_joined_wishes() -> None:
    labelled = [("how many bleeds", ("lesions",)), ("grade, and the cup", ("grade", "disc"))]
    learnt = wished(labelled, 0)
    assert learnt == wished(labelled, 0)
    assert {name for _, wanted in learnt for name in wanted} == set(intents()) - {NO_WISH}
    assert sum(len(wanted) > 1 for _, wanted in learnt) > 1000
    assert any(not wanted for _, wanted in learnt)
