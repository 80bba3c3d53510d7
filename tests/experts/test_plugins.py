"""Experts of other packages: found by their entry point, listed everywhere, checked, and harmless when broken."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fundoscope.errors import ExpertUnavailable
from fundoscope.evals.doctor import examine
from fundoscope.experts import expert_names, load_card, load_expert, plugins
from fundoscope.experts.registry import BUILT_IN, broken_plug_ins
from fundoscope.records import Photograph, Status
from fundoscope.settings import Settings
from fundoscope.tools.bench import Bench
from fundoscope.tools.experts import expert_of, expert_tools, tool_of

from .packages import card, install, install_example

ECHO = """
from fundoscope.experts import Expert

class Spots(Expert):
    name = "spots"
    def read(self, photograph, given=None):
        finding = self.finding(photograph)
        {change}
        return finding

EXPERT = Spots
"""


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the import path in which packages are installed."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    plugins.found.cache_clear()
    yield folder
    plugins.found.cache_clear()
    for name in [n for n in sys.modules if n.split(".")[0].startswith(("acme", "redness_expert"))]:
        del sys.modules[name]


def grey() -> Photograph:
    return Photograph.from_pixels(np.full((80, 80, 3), 120, dtype=np.uint8))


def only_line() -> str:
    (broken,) = broken_plug_ins()
    assert "\n" not in broken.line
    return broken.line


def test_a_plug_in_is_listed_after_the_built_in_experts_with_card_and_tool(target: Path) -> None:
    install_example(target)
    assert expert_names()[-1] == "redness" and set(expert_names()[:-1]) <= set(BUILT_IN)
    assert load_card("redness").tool == tool_of("redness") == "measure_redness"
    assert expert_of("measure_redness") == "redness"

    async def consult(*_: str) -> None: ...

    assert "measure_redness" in [tool.name for tool in expert_tools(consult)]


def test_the_doctor_names_sound_and_broken_plug_ins(target: Path) -> None:
    install_example(target)
    install(target, "acme-spots", card(tool="zoom"))
    checks = examine()
    assert [check.ok for check in checks if check.what == "expert redness"] == [True]
    (broken,) = (check for check in checks if check.what == "plug-in")
    assert not broken.ok and "acme-spots 0.1.0" in broken.state and "acme-spots" in broken.mend


def test_its_card_is_read_without_importing_its_code(target: Path) -> None:
    install_example(target)
    load_card("redness")
    assert "redness_expert" not in sys.modules


def test_a_plug_in_reads(target: Path) -> None:
    install_example(target)
    finding = load_expert("redness").read(grey())
    assert finding.expert == "redness" and finding.number("redness") == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("its_card", "entry", "value", "says"),
    [
        (card(name="grade"), None, None, "the name 'grade' belongs to Fundoscope"),
        (card(tool="grade_retinopathy"), None, None, "the tool 'grade_retinopathy' belongs to Fundoscope"),
        (card(tool="zoom"), None, None, "the tool 'zoom' belongs to Fundoscope"),
        (card(name="Big Spots"), None, None, "lower-case"),
        (card(), "other", None, "its card is that of 'spots', not of 'other'"),
        (card(seed="often"), None, None, "not valid at seed"),
        ("{", None, None, "not valid"),
        (None, None, None, "has no card.json"),
        (card(), None, "acme_nowhere", "there is no package 'acme_nowhere'"),
        (card(), None, "acme_spots:EXPERT", "a package alone"),
    ],
)
def test_a_broken_plug_in_is_one_line_and_no_expert(
    target: Path, its_card: dict | str | None, entry: str | None, value: str | None, says: str
) -> None:
    install(target, "acme-spots", its_card, ECHO.format(change="pass"), entry=entry, value=value)
    assert says in only_line() and "acme-spots 0.1.0" in only_line()
    assert set(expert_names()) <= set(BUILT_IN)


def test_asking_for_a_broken_plug_in_says_why(target: Path) -> None:
    install(target, "acme-spots", card(tool="zoom"))
    with pytest.raises(ExpertUnavailable, match=r"acme-spots 0\.1\.0: the tool 'zoom'"):
        load_card("spots")


def test_of_two_plug_ins_with_one_name_neither_is_used(target: Path) -> None:
    install(target, "acme-spots", card())
    install(target, "acme-dots", card(tool="count_dots"))
    assert "spots" not in expert_names()
    assert {b.distribution for b in broken_plug_ins()} == {
        "the package acme-spots 0.1.0",
        "the package acme-dots 0.1.0",
    }


FAILING = """
from fundoscope.experts import Expert
class EXPERT(Expert):
    def __init__(self, card, folder, settings):
        raise RuntimeError("no device")
    def read(self, photograph, given=None):
        return self.finding(photograph)
"""


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import acme_missing", "No module named 'acme_missing'"),
        ("def", "cannot be imported"),
        ("raise SystemExit('bye')", "bye"),
        ("x = 1", "EXPERT"),
        ("x = {}['weights']", "'weights'"),
        ("EXPERT = 1 / 0", "division by zero"),
        (FAILING, "EXPERT cannot be made (no device)"),
        ("EXPERT = 3", "not a class"),
        (None, "cannot be imported"),
    ],
)
def test_code_that_cannot_be_loaded_names_its_package(target: Path, code: str | None, says: str) -> None:
    install(target, "acme-spots", card(), code)
    with pytest.raises(ExpertUnavailable, match=r"spots of the package acme-spots 0\.1\.0") as caught:
        load_expert("spots")
    assert says in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "change", ["finding.expert = 'grade'", "finding.photograph = 'another'", "finding = {'value': 4}"]
)
def test_a_plug_in_cannot_speak_for_another_expert_or_photograph(target: Path, change: str) -> None:
    install(target, "acme-spots", card(), ECHO.format(change=change))
    with pytest.raises(ExpertUnavailable, match="acme-spots"):
        load_expert("spots").read(grey())


@pytest.mark.parametrize(
    "change",
    [
        "from fundoscope.records import Measurement; finding.measurements = [Measurement(name='x', value=float('nan'))]",
        "finding.probabilities = [0.5, 0.5]; finding.probabilities[0] = float('inf')",
        "finding.referable_probability = float('nan')",
    ],
)
def test_what_is_no_finite_number_is_not_assessed_with_the_reason(target: Path, change: str) -> None:
    install(target, "acme-spots", card(), ECHO.format(change=change))
    finding, _ = asyncio.run(Bench(Settings(home=target)).consult("spots", grey(), {}))
    assert finding.status is Status.NOT_ASSESSED and not finding.measurements and finding.probabilities is None
    assert finding.reason == "spots of the package acme-spots 0.1.0: the expert gave no finite number"


def test_the_tool_of_an_expert_that_was_uninstalled_is_its_own_name() -> None:
    assert tool_of("redness") == "redness" and expert_of("measure_redness") is None


READ = """
import sys
sys.path.insert(0, sys.argv[1])
from scripted import asks, planned_by
from fundoscope import Fundoscope
ask = asks(*[(tool, {"photograph": "photo-1"}) for tool in ("measure_redness", "count_spots")])
planned, model = planned_by(Fundoscope(), ask, asks())
report = planned.read(sys.argv[2], question="Show me the disc")
planned.write(report, sys.argv[3])
print(sorted(set(model.offered[0]) & {"measure_redness", "count_spots", "count_dots"}))
"""


def test_a_reading_holds_its_finding_and_survives_those_that_are_broken(target: Path, phantom_file: Path) -> None:
    install_example(target)
    install(target, "acme-spots", card(), "raise SystemExit('bye')")
    install(target, "acme-dots", card("dots", "zoom"))
    scripted = Path(__file__).parents[1] / "agents"
    command = [sys.executable, "-c", READ, str(scripted), str(phantom_file), str(target / "out")]
    env = {**os.environ, "PYTHONPATH": str(target), "OMP_NUM_THREADS": "1"}
    result = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == "['count_spots', 'measure_redness']"
    report = json.loads((target / "out" / "report.json").read_text())
    findings = {e["finding"]["expert"]: e["finding"] for e in report["evidence"] if e["finding"]}
    assert {m["name"] for m in findings["redness"]["measurements"]} == {"redness", "brightness"}
    assert "acme-spots 0.1.0" in findings["spots"]["reason"]
    assert {"name": "redness", "version": "0.1.0"}.items() <= report["provenance"]["experts"][-1].items()
    assert any(line.startswith("redness: Colour depends on camera") for line in report["limits"])
    page = (target / "out" / "report.html").read_text()
    assert "redness expert" in page and "red over red, green and blue" in page
