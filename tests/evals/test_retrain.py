"""`eval --retrain` runs the documented trainings in the folder named, and scores what they wrote; nothing where one fails."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from fundoscope.cli import app
from fundoscope.errors import BadSetting, FundoscopeError
from fundoscope.evals import conditions, disc_folds, grade_cameras, retrain
from typer.testing import CliRunner


@pytest.fixture
def ran(monkeypatch) -> list[list[str]]:
    """The commands that would have been run; each "writes" what is committed."""
    commands: list[list[str]] = []

    def run(command: list[str], **_: object) -> SimpleNamespace:
        commands.append(command)
        out = Path(command[command.index("--out") + 1])
        if command[2].endswith("conditions.train"):
            shutil.copy(conditions.PREDICTIONS, out)
        if command[2].endswith("grade.crossing"):
            for file in grade_cameras.PREDICTIONS.glob("grade_*"):
                shutil.copy(file, out)
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(retrain.subprocess, "run", run)
    return commands


def test_a_failed_training_scores_nothing(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(retrain.subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=3))
    with pytest.raises(FundoscopeError, match=r"conditions\.train ended with status 3; nothing was scored"):
        retrain.retrained("conditions", tmp_path, tmp_path / "out")


@pytest.mark.parametrize("other", ["--labels", "--record"])
def test_what_it_does_not_go_with_is_refused_and_not_ignored(tmp_path: Path, other: str) -> None:
    done = CliRunner().invoke(app, ["eval", "quality", "--retrain", str(tmp_path / "out"), other, str(tmp_path)])
    assert isinstance(done.exception, BadSetting) and "neither --labels nor --record" in str(done.exception)
    assert not (tmp_path / "out").exists()


def test_an_evaluation_without_cross_validated_rows_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="vessels has no cross-validated rows"):
        retrain.retrained("vessels", tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_options_of_a_recipe_are_the_training_s(tmp_path: Path) -> None:
    for left, (recipe, options) in grade_cameras.left_out().items():
        assert options[:2] == ["--leave", left] and recipe.startswith("train " + " ".join(options))


@pytest.mark.realdata
def test_the_disc_is_trained_once_for_each_fold(
    ran: list[list[str]], monkeypatch: pytest.MonkeyPatch, data_dir: Path, tmp_path: Path
) -> None:
    monkeypatch.setattr(
        disc_folds, "write_predictions", lambda data, folders, out: shutil.copy(disc_folds.PREDICTIONS, out)
    )
    assert retrain.retrained("disc", data_dir, tmp_path / "out") == disc_folds.out_of_fold(data_dir)
    assert [command[command.index("--fold") + 1] for command in ran] == list("01234")


@pytest.mark.realdata
def test_what_the_training_wrote_is_scored(ran: list[list[str]], data_dir: Path, tmp_path: Path) -> None:
    rows = retrain.retrained("conditions", data_dir, tmp_path / "out")
    assert rows == conditions.out_of_fold(data_dir)
    assert ran[0][1:] == [
        "-m",
        "fundoscope.experts.conditions.train",
        "--data",
        str(data_dir),
        "--out",
        str(tmp_path / "out"),
    ]


@pytest.mark.realdata
def test_each_camera_is_left_out_by_its_own_recipe(ran: list[list[str]], data_dir: Path, tmp_path: Path) -> None:
    assert retrain.retrained("grade", data_dir, tmp_path) == grade_cameras.camera_rows(data_dir)
    trainings = [command[command.index("--leave") :] for command in ran if command[2].endswith("grade.train")]
    assert trainings == [
        ["--leave", "idrid_grading", "--side", "288", "--steps", "550"],
        ["--leave", "odir5k_subset", "--side", "384", "--steps", "2400"],
        ["--leave", "unam_dme_dr", "--side", "288", "--steps", "550"],
    ]
