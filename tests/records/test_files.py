"""Files on this machine: their rights, whether they can be written, and names that can be printed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fundoscope.errors import BadSetting
from fundoscope.quiet import quiet_dependencies
from fundoscope.records.files import check_output, check_writable, plain_name, private_file, write_whole
from fundoscope.settings import Settings


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0o002)
    yield
    os.umask(before)


def rights(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize(("umask", "expected"), [(0o077, 0o600), (0o022, 0o644), (0o002, 0o664)])
def test_a_written_file_has_the_rights_of_the_umask(
    tmp_path: Path, open_umask: None, umask: int, expected: int
) -> None:
    os.umask(umask)
    write_whole(tmp_path / "a.json", b"{}")
    assert rights(tmp_path / "a.json") == expected
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]


def test_the_store_is_made_for_its_owner_alone(
    tmp_path: Path, open_umask: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YOLO_CONFIG_DIR", "")
    quiet_dependencies(Settings(home=tmp_path / "home"))
    assert rights(tmp_path / "home") == 0o700
    assert rights(private_file(tmp_path / "a.sqlite")) == 0o600


def test_a_private_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite").write_bytes(b"kept")
    assert private_file(tmp_path / "a.sqlite").read_bytes() == b"kept"


def test_whether_a_folder_can_be_written_is_told_without_making_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    check_writable(tmp_path / "new" / "deep")
    for folder in (tmp_path / "file", tmp_path / "file" / "deep"):
        with pytest.raises(BadSetting, match="not a folder"):
            check_writable(folder)
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    with pytest.raises(BadSetting, match="no right to write"):
        check_writable(tmp_path / "new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("name", ["phantom.png ", "phantom. png", ".png", "phantom"])
def test_a_name_with_another_ending_is_told_in_quotes(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadSetting) as refused:
        check_output(Path(name), (".png", ".jpg"))
    told = f"'{name}': the file needs a name that ends in .png or .jpg, with something before that"
    assert str(refused.value) == told
    check_output(tmp_path / "phantom .PNG", (".png", ".jpg"))


def test_a_name_is_printed_with_escapes_for_what_cannot_be() -> None:
    assert plain_name(os.fsdecode(b"caf\xe9\n.png")) == "caf\\udce9\\n.png"
    assert plain_name("Auge größer 眼.png") == "Auge größer 眼.png"
