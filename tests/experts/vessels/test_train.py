"""What the vessel networks learn from."""

from pathlib import Path

import numpy as np
import pytest
import torch
from fundoscope.experts.training.spoil import spoilt
from fundoscope.experts.training.weights import write_weights
from fundoscope.experts.vessels import train
from fundoscope.experts.vessels.network import VesselNet


@pytest.mark.parametrize(("everything", "drive"), [(False, 17), (True, 20)])
def test_only_the_last_leg_learns_from_the_held_out_photographs_of_drive_and_none_from_those_of_hrf(
    monkeypatch, everything: bool, drive: int
):
    asked = []

    def photographs(data: Path, source: str, split: str | None) -> list[int]:
        asked.append((source, split))
        return list(range(20 if source == "drive" else 45))

    monkeypatch.setattr(train, "photographs", photographs)
    monkeypatch.setattr(train, "prepare", torch.tensor)
    args = train.parse(["--data", "data", "--out", "out", *(["--all"] if everything else [])])
    found = train.pictures(Path("data"), args)
    assert {source: len(pictures) for source, pictures in found.items()} == {"drive": drive, "hrf": 38}
    assert asked == [("drive", "train"), ("hrf", None)]


def test_without_spoilt_copies_the_photograph_itself_is_drawn_and_with_them_some_are():
    args = train.parse(["--data", "data", "--out", "out", "--sets", "drive", "--side", "32", "--spoilt", "0.5"])
    plain, marked = torch.zeros(5, 64, 64), torch.ones(5, 64, 64)
    rng = np.random.default_rng(0)
    drawn = [train._copy([plain, marked], 0.5, rng) for _ in range(200)]
    assert 70 <= sum(one is marked for one in drawn) <= 130
    assert all(train._copy([plain], 0.0, rng) is plain for _ in range(5))
    batch = train.draw_batch({"drive": [[plain, plain]]}, [1.0], args, rng)
    assert batch.shape == (4, 5, 32, 32)


def test_a_spoilt_photograph_keeps_its_size_and_is_unlike_itself():
    pixels = np.full((40, 60, 3), 120, dtype=np.uint8)
    pixels[:, 30:] = (200, 90, 40)
    made = [spoilt(pixels, np.random.default_rng(seed)) for seed in range(12)]
    assert all(one.shape == pixels.shape and one.dtype == np.uint8 for one in made)
    assert all(np.abs(one.astype(int) - pixels).mean() > 0.05 for one in made)


def test_blended_weights_lie_on_the_way_from_the_start(tmp_path: Path):
    start, trained = VesselNet(), VesselNet()
    write_weights(start.state_dict(), tmp_path, "start.safetensors", half=False)
    args = train.parse(["--data", "d", "--out", "o", "--start", str(tmp_path / "start.safetensors"), "--blend", "0.25"])
    wanted = {k: 0.75 * v + 0.25 * trained.state_dict()[k] for k, v in start.state_dict().items()}
    mixed = train._blended(trained, args).state_dict()
    assert all(torch.allclose(mixed[k], wanted[k], atol=1e-6) for k in wanted if "num_batches" not in k)
    with pytest.raises(SystemExit):
        train.parse(["--data", "d", "--out", "o", "--blend", "0.5"])
