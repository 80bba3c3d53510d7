"""What the vessel networks learn from."""

from pathlib import Path

import pytest
import torch
from fundoscope.experts.vessels import train


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
    found = train.pictures(Path("data"), ["drive", "hrf"], everything=everything)
    assert {source: len(pictures) for source, pictures in found.items()} == {"drive": drive, "hrf": 38}
    assert asked == [("drive", "train"), ("hrf", None)]
