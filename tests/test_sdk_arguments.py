"""What the SDK is given is checked before anything happens, and every fault is one line of the package's own."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fundoscope
import numpy as np
import pytest
from fundoscope import Fundoscope, FundoscopeError, Photograph, Report
from fundoscope.agents.kept import kept_photographs
from fundoscope.agents.review import index
from fundoscope.errors import BadSetting
from fundoscope.experts import load_expert
from fundoscope.records import ArtifactStore, Eye
from fundoscope.sdk_arguments import side_of
from fundoscope.tools.views import View
from PIL import Image

GREY = np.full((80, 80, 3), 120, dtype=np.uint8)


@pytest.fixture
def bare(tmp_path: Path) -> Fundoscope:
    """A Fundoscope that has read nothing, in a home of its own."""
    return Fundoscope(home=tmp_path / "home")


def line(call: Callable[[], Any]) -> str:
    with pytest.raises(BadSetting) as caught:
        call()
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (None, "not None"),
        (GREY, "not ndarray; Photograph.from_pixels"),
        (Image.fromarray(GREY), "not Image"),
        (b"photo.jpg", "not bytes"),
        (3, "not int"),
        ([None], "not None"),
        ({"a": 1}, "not dict"),
        ("", "not ''"),
        ([], "at least one photograph"),
    ],
)
def test_what_is_no_photograph_is_not_read(bare: Fundoscope, given: Any, says: str) -> None:
    assert says in line(lambda: bare.read(given))
    assert not (bare.settings.home / "checkpoints.sqlite").exists()


def test_words_and_prior_reports_are_of_their_kind(bare: Fundoscope) -> None:
    photograph = Photograph.from_pixels(GREY)
    assert line(lambda: bare.read(photograph, question=None)) == "question is a text, not None"  # type: ignore[arg-type]
    assert line(lambda: bare.read(photograph, context=None)) == "context is a text, not None"  # type: ignore[arg-type]
    assert "prior is a Report or its JSON file, not dict" in line(lambda: bare.read(photograph, prior={}))  # type: ignore[arg-type]
    assert line(lambda: bare.ask("case-0", None)) == "question is a text, not None"  # type: ignore[arg-type]
    assert "a case is a Report or its id, not int" in line(lambda: bare.ask(3, "grade?"))  # type: ignore[arg-type]


def test_an_eye_that_is_none_is_told_wherever_it_is_named(bare: Fundoscope, phantom_file: Path) -> None:
    for call in (
        lambda: Photograph.from_file(phantom_file, eye="OU"),
        lambda: Photograph.from_pixels(GREY, eye="OU"),
        lambda: bare.keep(phantom_file, 1, eye="OU"),
        lambda: bare.outline(phantom_file, point=(5, 5), eye="OU"),
    ):
        assert line(call) == "eye is right or left (R or L, OD or OS, RE or LE), not 'OU'"


@pytest.mark.parametrize("right", ["right", "Right", "R", "re", "OD", "od", "O.D.", " oculus  dexter ", Eye.RIGHT])
def test_an_eye_can_be_named_as_clinics_do(right: str) -> None:
    assert side_of(right) is Eye.RIGHT
    assert Photograph.from_pixels(GREY, eye=right).eye is Eye.RIGHT
    left = {"R": "L", "re": "LE", "OD": "OS", "od": "os", "O.D.": "O.S."}.get(right, "left")
    assert side_of(left) is Eye.LEFT
    assert side_of(None) is None


@pytest.mark.parametrize(
    "prompt", [{"point": "ab"}, {"point": 5}, {"point": [1, None]}, {"box": "abcd"}, {"box": [1, 2]}]
)
def test_a_prompt_is_numbers(bare: Fundoscope, prompt: dict[str, Any]) -> None:
    assert "in pixels of the photograph" in line(lambda: bare.outline(Photograph.from_pixels(GREY), **prompt))


def test_grades_and_limits_are_whole_numbers(bare: Fundoscope) -> None:
    photograph = Photograph.from_pixels(GREY)
    for grade in (True, 2.0, "2", 5, -1):
        assert "0 to 4" in line(lambda grade=grade: bare.keep(photograph, grade))  # type: ignore[misc]
    for limit in (-1, 0, 2.5, True):
        assert "1 or more" in line(lambda limit=limit: bare.similar(photograph, limit))  # type: ignore[misc]


@pytest.mark.parametrize("stem", ["../evil", "a/b", "..", "", "/tmp/evil", "a\\b", None])
def test_a_stem_leads_to_no_other_folder(scope: Fundoscope, phantom_report: Report, tmp_path: Path, stem: Any) -> None:
    out = tmp_path / "out"
    assert "stem is a file's name" in line(lambda: scope.write(phantom_report, out, stem=stem, formats="json"))
    assert "stem is a file's name" in line(lambda: scope.write_letter(phantom_report, "en-patient", out, stem=stem))
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_into_is_told(scope: Fundoscope, phantom_report: Report, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    assert "a file, not a folder" in line(lambda: scope.write(phantom_report, file, formats="json"))
    assert "cannot be written" in line(lambda: scope.write(phantom_report, file / "below", formats="json"))
    assert "a Report is needed, not None" in line(lambda: scope.write(None, tmp_path))  # type: ignore[arg-type]
    assert file.read_text() == "mine"


def test_formats_are_names(scope: Fundoscope, phantom_report: Report, tmp_path: Path) -> None:
    for wrong in ([1], 1, None, [None, "json"]):
        told = line(lambda wrong=wrong: scope.write(phantom_report, tmp_path, formats=wrong))  # type: ignore[misc]
        assert "formats are names or a comma list" in told and "fhir" in told
    assert list(tmp_path.iterdir()) == []


def test_a_path_is_one_wherever_it_is_named(bare: Fundoscope, tmp_path: Path) -> None:
    for wrong in (None, 3, b"out", "a\0b"):
        assert "a folder's path is needed" in line(lambda wrong=wrong: bare.export_reviewed(wrong))  # type: ignore[misc]
        assert "a folder's path is needed" in line(lambda wrong=wrong: bare.batch(wrong, tmp_path))  # type: ignore[misc]
        assert "a folder's path is needed" in line(lambda wrong=wrong: bare.batch(tmp_path, wrong))  # type: ignore[misc]


def test_a_folder_with_a_null_in_its_name_is_told(scope: Fundoscope, phantom_report: Report) -> None:
    assert "a folder's path is needed" in line(lambda: scope.write(phantom_report, "a\0b", formats="json"))


def test_decisions_are_decisions(bare: Fundoscope) -> None:
    for wrong in (None, [], 3, b"{}"):
        told = line(lambda wrong=wrong: bare.review("case-0", wrong))  # type: ignore[misc]
        assert "a ReviewDecision, its dict or its JSON file is needed" in told


def test_a_view_is_one_of_the_case(scope: Fundoscope, phantom_report: Report) -> None:
    for wrong in (None, {"photograph": "photo-1"}, "whole"):
        assert "a View is needed" in line(lambda wrong=wrong: scope.picture(phantom_report, wrong))  # type: ignore[misc]
    elsewhere = View(photograph="photo-9", what="whole", box=(0, 0, 8, 8))
    assert "has no photograph 'photo-9'" in line(lambda: scope.picture(phantom_report, elsewhere))


def test_an_expert_that_is_asked_alone_reads_photographs(phantom_file: Path) -> None:
    for wrong in (str(phantom_file), phantom_file, None, GREY):
        told = line(lambda wrong=wrong: load_expert("quality").read(wrong))  # type: ignore[misc]
        assert told.startswith("quality: a Photograph is read, not") and "Photograph.from_file" in told
    with pytest.raises(BadSetting, match="a Photograph is read, not str"):
        load_expert("region").outline("photo.jpg", None)  # type: ignore[attr-defined]


def test_settings_of_another_kind_are_refused(tmp_path: Path) -> None:
    for wrong in ("/tmp/x", {}, {"home": "/tmp/x"}, 3):
        assert "settings are a Settings" in line(lambda wrong=wrong: Fundoscope(wrong))  # type: ignore[misc]
        assert "settings are a Settings" in line(lambda wrong=wrong: load_expert("vessels", wrong))  # type: ignore[misc]
    assert "session is a text, not None" in line(lambda: Fundoscope(session=None))  # type: ignore[arg-type]


def test_every_method_that_works_has_an_async_twin_with_the_same_arguments() -> None:
    plain = {n: m for n, m in inspect.getmembers(Fundoscope, inspect.isfunction) if not n.startswith(("_", "a"))}
    plain |= {"ask": Fundoscope.ask}
    assert {"read", "keep", "similar", "write", "letter", "write_letter", "purge"} <= set(plain)
    for name in sorted(set(plain) - {"in_session"}):
        twin = getattr(Fundoscope, f"a{name}")
        assert inspect.iscoroutinefunction(twin), name
        own, its = (list(inspect.signature(method).parameters) for method in (plain[name], twin))
        assert own == its[: len(own)], name


def test_what_waits_for_the_index_of_reports_leaves_the_event_loop_alone(
    bare: Fundoscope, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_on: list[threading.Thread] = []

    def entries(*_: object) -> list[object]:
        asked_on.append(threading.current_thread())
        return []

    monkeypatch.setattr(index, "entries", entries)

    async def ask() -> threading.Thread:
        assert await bare.aqueue() == []
        await kept_photographs(bare.settings, ArtifactStore(bare.settings.artifacts), "local", ["case-0"], {"0"})
        return threading.current_thread()

    assert asyncio.run(ask()) not in asked_on and len(asked_on) == 2


def test_the_errors_a_caller_catches_are_names_of_the_package() -> None:
    for name in (
        "ArtifactMissing",
        "BadSetting",
        "ExpertUnavailable",
        "StoreBusy",
        "UnreadableImage",
        "UnreadableReport",
    ):
        assert name in fundoscope.__all__
        assert issubclass(getattr(fundoscope, name), FundoscopeError)
