"""Weights between those of two trainings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from fundoscope.experts.training.between import main
from fundoscope.experts.training.weights import write_weights
from safetensors.torch import load_file
from torch import nn


def options(folder: Path, share: str) -> list[str]:
    names = {"--start": "a.safetensors", "--end": "b.safetensors", "--out": "m/mean.safetensors"}
    return [*(part for flag, name in names.items() for part in (flag, str(folder / name))), "--share", share]


def test_the_mean_lies_halfway_and_its_pin_beside_it(tmp_path: Path):
    a, b = nn.Linear(3, 2), nn.Linear(3, 2)
    write_weights(a.state_dict(), tmp_path, "a.safetensors")
    write_weights(b.state_dict(), tmp_path, "b.safetensors")
    main(options(tmp_path, "0.5"))
    mixed = load_file(tmp_path / "m/mean.safetensors")
    assert mixed["weight"].dtype == torch.float16
    assert torch.allclose(mixed["weight"].float(), (a.weight + b.weight) / 2, atol=1e-3)
    assert (
        json.loads((tmp_path / "m/mean.json").read_text())["bytes"] == (tmp_path / "m/mean.safetensors").stat().st_size
    )


def test_weights_of_two_networks_and_shares_outside_the_way_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    write_weights(nn.Linear(3, 2).state_dict(), tmp_path, "a.safetensors")
    write_weights(nn.Linear(4, 2).state_dict(), tmp_path, "b.safetensors")
    for share, line in (("0.5", "not of one network"), ("1.5", "between 0 and 1")):
        with pytest.raises(SystemExit):
            main(options(tmp_path, share))
        assert line in capsys.readouterr().err
    assert not (tmp_path / "m").exists()
