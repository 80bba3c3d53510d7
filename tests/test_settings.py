"""Settings: names and values that cannot be used are one line, what belongs to others is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from fundoscope import Fundoscope
from fundoscope.errors import BadSetting
from fundoscope.experts.devices import check_device
from fundoscope.settings import load_settings, settings_in_use, working_under


def test_a_misspelt_setting_is_told_with_the_one_that_was_meant() -> None:
    with pytest.raises(BadSetting, match=r"^setting hom: there is no setting of that name; home is one$"):
        Fundoscope(hom="x")
    with pytest.raises(BadSetting, match=r"^setting zzzzzz: there is no setting of that name$"):
        load_settings(zzzzzz=1)


def test_variables_of_others_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNDOSCOPE_SCREENSHOTS", "/tmp")
    monkeypatch.setenv("FUNDOSCOPE_HOM", "/tmp")
    monkeypatch.setenv("FUNDOSCOPE_SEED", "3")
    assert load_settings().seed == 3


@pytest.mark.parametrize("device", ["gpu", "", "cuda:", "cuda:x", "CPU", "cuda 0"])
def test_a_device_that_torch_does_not_know_is_no_setting(device: str) -> None:
    with pytest.raises(BadSetting, match=r"^setting device: a torch device is needed, such as cpu, .*, not "):
        Fundoscope(device=device)


def test_a_device_that_is_not_there_is_told_before_anything_is_read(tmp_path: Path, phantom_file: Path) -> None:
    scope = Fundoscope(home=tmp_path, device="cuda:9")
    with pytest.raises(BadSetting, match=r"^setting device: cuda:9 cannot be used on this machine \(.*\)$"):
        scope.read(phantom_file)
    assert not (tmp_path / "checkpoints.sqlite").exists()
    check_device("cpu")


def test_a_home_is_a_folder(tmp_path: Path, phantom_file: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(BadSetting, match=r"^setting home: a folder is needed, not "):
        Fundoscope(home=file)
    with pytest.raises(BadSetting, match=r"^setting home: .*below cannot be used \(Not a directory\)$"):
        Fundoscope(home=file / "below").read(phantom_file)


def test_settings_are_in_use_for_the_block_alone(tmp_path: Path) -> None:
    mine, default = load_settings(home=tmp_path), settings_in_use()
    with working_under(mine):
        assert settings_in_use() is mine and settings_in_use(default) is default
    assert settings_in_use() is default
