"""Which files of a folder are photographs, and what is told of the rest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fundoscope.errors import BadSetting
from fundoscope.jobs.folder import photographs_in
from PIL import Image


def names(folder: Path, files: list[Path]) -> list[str]:
    return [str(file.relative_to(folder)) for file in files]


def test_photographs_are_known_by_content_whatever_they_are_called(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, kind in (("a.jpe", "JPEG"), ("b.jfif", "JPEG"), ("c", "PNG"), ("d.scan", "TIFF")):
        Image.new("RGB", (64, 64)).save(folder / name, kind)
    (folder / "e.dicom").write_bytes(b"\0" * 128 + b"DICM")
    (folder / "DICOMDIR").write_bytes(b"\0" * 128 + b"DICM")
    (folder / "named.jpg").write_bytes(b"no picture at all")
    (folder / "notes.txt").write_text("not a photograph")
    (folder / "empty").write_bytes(b"")
    found = photographs_in(folder, tmp_path / "out")
    assert names(folder, found.photographs) == ["a.jpe", "b.jfif", "c", "d.scan", "e.dicom", "named.jpg"]
    assert found.others == 3 and found.unseen == []


def test_linked_folders_are_entered_once_and_loops_end(tmp_path: Path) -> None:
    folder, other = tmp_path / "in", tmp_path / "other"
    (folder / "real").mkdir(parents=True)
    other.mkdir()
    Image.new("RGB", (64, 64)).save(folder / "real" / "a.png")
    Image.new("RGB", (64, 64)).save(other / "b.png")
    (folder / "also").symlink_to(folder / "real")
    (folder / "linked").symlink_to(other)
    (folder / "loop").symlink_to(folder)
    (other / "back").symlink_to(folder)
    found = photographs_in(folder, tmp_path / "out")
    assert names(folder, found.photographs) == ["linked/b.png", "real/a.png"]


def test_links_to_nothing_and_closed_folders_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    Image.new("RGB", (64, 64)).save(tmp_path / "a.png")
    (tmp_path / "gone.png").symlink_to("nothing")
    listed = os.scandir

    def scandir(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = photographs_in(tmp_path, tmp_path / "out")
    assert names(tmp_path, found.photographs) == ["a.png"]
    assert sorted(found.unseen) == [
        "closed: cannot be searched (Permission denied)",
        "gone.png: a link to nothing",
    ]


def test_the_results_are_not_searched_and_must_lie_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for name in ("a.png", "out/b.png"):
        Image.new("RGB", (64, 64)).save(tmp_path / name)
    assert names(tmp_path, photographs_in(tmp_path, tmp_path / "out").photographs) == ["a.png"]
    with pytest.raises(BadSetting, match="another folder"):
        photographs_in(tmp_path, tmp_path)
