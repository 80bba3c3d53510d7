"""Foreign weights: tensors come over exactly, the rest is named, and no code of the file runs."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch
from fundoscope.cli import app
from fundoscope.errors import BadSetting
from fundoscope.experts.convert import convert
from safetensors.torch import load_file
from torch import nn
from typer.testing import CliRunner

STATE = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.steps": torch.tensor(3)}


def saved(path: Path, what: object) -> Path:
    torch.save(what, path)
    return path


@pytest.mark.parametrize(
    "whole", [STATE, {"state_dict": STATE}, {"model": {f"module.{k}": v for k, v in STATE.items()}}]
)
def test_tensors_come_over_exactly_wherever_they_lie(tmp_path: Path, whole: dict) -> None:
    done = convert(saved(tmp_path / "in.pth", whole), tmp_path / "out.safetensors")
    written = load_file(done.path)
    assert set(written) == set(STATE) and all(torch.equal(written[k], STATE[k]) for k in STATE)
    assert done.sha256 == hashlib.sha256(done.path.read_bytes()).hexdigest()


def test_what_is_left_out_is_named(tmp_path: Path) -> None:
    state = {**STATE, "shape": [2, 3], "wave": torch.zeros(2, dtype=torch.complex64)}
    source = saved(tmp_path / "in.pth", {"epoch": 7, "optimizer": {"lr": 0.1}, "state_dict": state})
    done = convert(source, tmp_path / "out.safetensors")
    assert done.tensors == 2
    assert done.dropped == [
        "epoch (int)",
        "optimizer (dict of 1)",
        "state_dict.shape (list of 2)",
        "state_dict.wave (a tensor that is sparse, quantised or complex)",
    ]


def test_views_of_one_storage_and_parameters_are_written_apart(tmp_path: Path) -> None:
    base = torch.arange(4.0)
    source = saved(tmp_path / "in.pth", {"one": base, "two": base[1:], "three": nn.Parameter(base.view(2, 2).T)})
    written = load_file(convert(source, tmp_path / "out.safetensors").path)
    assert written["two"].tolist() == [1, 2, 3] and written["three"].tolist() == [[0, 2], [1, 3]]


def test_a_key_with_dots_reaches_deeper(tmp_path: Path) -> None:
    source = saved(tmp_path / "in.pth", {"a": {"b": STATE, "c": 1}})
    done = convert(source, tmp_path / "out.safetensors", key="a.b")
    assert done.tensors == 2 and done.dropped == ["a.c (int)"]
    with pytest.raises(BadSetting, match="nothing under a"):
        convert(source, tmp_path / "other.safetensors", key="a.d")


class Harm:
    """Would make a folder when unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple:
        return Path.mkdir, (self.folder,)


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("what", ["harm", "module", "text", "list", "empty", "script", "missing"])
def test_anything_else_is_refused_in_one_line_and_nothing_is_written(tmp_path: Path, what: str) -> None:
    source = tmp_path / "in.pth"
    if what == "harm":
        saved(source, {"state_dict": STATE, "extra": Harm(tmp_path / "harmed")})
    elif what == "module":
        saved(source, nn.Linear(2, 2))
    elif what == "text":
        source.write_text("not weights")
    elif what == "list":
        saved(source, [1, 2])
    elif what == "empty":
        saved(source, {"epoch": 1})
    elif what == "script":
        torch.jit.save(torch.jit.trace(nn.Linear(2, 2), torch.zeros(1, 2)), source)
    with pytest.raises(BadSetting) as caught:
        convert(source, tmp_path / "out.safetensors")
    assert str(caught.value).startswith("in.pth: ") and "\n" not in str(caught.value)
    assert not (tmp_path / "out.safetensors").exists() and not (tmp_path / "harmed").exists()


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    source = saved(tmp_path / "in.pth", STATE)
    (tmp_path / "out.safetensors").write_bytes(b"mine")
    with pytest.raises(BadSetting, match="there already"):
        convert(source, tmp_path / "out.safetensors")
    with pytest.raises(BadSetting, match="weights are written as"):
        convert(source, tmp_path / "out.bin")


def test_the_command_prints_what_it_left_out_and_the_hash(tmp_path: Path) -> None:
    source = saved(tmp_path / "in.pth", {"state_dict": STATE, "epoch": 7})
    result = CliRunner().invoke(app, ["convert", str(source), str(tmp_path / "out.safetensors")])
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "left out: epoch (int)" and "2 tensors" in result.stdout
