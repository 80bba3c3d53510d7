"""Similar cases: kept only when asked, found again with their confirmed reading, removable."""

from __future__ import annotations

from pathlib import Path

import pytest
from fundoscope import Fundoscope, Photograph, cli_cases
from fundoscope.errors import BadSetting, KnowledgeError, NotAFundusPhotograph
from fundoscope.evals.phantom import draw_phantom
from fundoscope.knowledge.cases import KeptCase


def test_kept_photographs_come_back_by_likeness_and_can_be_removed(tmp_path: Path) -> None:
    scope = Fundoscope(home=tmp_path)
    bench = scope.engine.bench
    sick = {"MA": 12, "HE": 8, "EX": 12}
    pictures = {
        name: Photograph.from_pixels(draw_phantom(seed, size=(512, 640), lesions=lesions).pixels)
        for name, seed, lesions in (("clear", 1, None), ("sick", 2, sick), ("new", 3, sick))
    }
    assert scope.similar(pictures["new"]) == []
    scope.keep(pictures["clear"], 0)
    kept = scope.keep(pictures["sick"], 2, note="confirmed")
    scope.keep(pictures["new"], 2)
    found = scope.similar(pictures["new"])
    assert len(found) == 2 and found[0].reading["grade"] == 2
    assert found[0].photograph == pictures["sick"].sha256
    assert bench.store.path(found[0].reading["picture"]).exists()
    assert kept.noticed == [] and scope.keep(pictures["sick"], 2, note="confirmed").noticed == []
    (line,) = scope.keep(pictures["sick"], 3).noticed
    assert line == "this photograph was kept before; replaced: grade 2  unknown eye  confirmed"
    assert {case.id for case in scope.kept()} >= {kept.id}
    scope.forget(kept)
    assert kept.id not in [case.id for case in scope.kept()]
    assert not bench.store.path(found[0].reading["picture"]).exists()
    with pytest.raises(KnowledgeError):
        scope.forget(kept.id)
    with pytest.raises(BadSetting, match="the id of a kept case is a text, not None"):
        scope.forget(None)  # type: ignore[arg-type]
    with pytest.raises(BadSetting, match="0 to 4"):
        scope.keep(pictures["new"], 7)


def test_what_is_no_fundus_is_not_kept_and_what_is_not_gradable_is_kept_with_a_line(tmp_path: Path) -> None:
    from skimage.data import chelsea

    scope = Fundoscope(home=tmp_path)
    with pytest.raises(NotAFundusPhotograph, match=r"not a fundus photograph .* it was not kept"):
        scope.keep(Photograph.from_pixels(chelsea()), 1)
    assert scope.kept() == []
    (line,) = scope.keep(Photograph.from_pixels(draw_phantom(0, size=(712, 1072), blur=0.12).pixels), 1).noticed
    assert "not gradable (" in line and "focus" in line
    assert [case.noticed for case in scope.kept()] == [[]]


def test_the_terminal_asks_the_sdk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    case = KeptCase(id="0123", photograph="0", reading={"grade": 2, "eye": "left", "note": "mine"}, similarity=0.9)
    asked: list[object] = []
    monkeypatch.setattr(Fundoscope, "similar", lambda _, photograph, limit: [case])
    monkeypatch.setattr(Fundoscope, "kept", lambda _: [case])
    monkeypatch.setattr(Fundoscope, "forget", lambda _, kept_case: asked.append(kept_case))
    cli_cases.similar(Path("photo.jpg"), 3)
    cli_cases.list_cases()
    cli_cases.remove("0123")
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["0123  similarity 0.900  grade 2  left eye  mine"] * 2 and asked == ["0123"]
