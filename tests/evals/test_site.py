"""A site's own labels and calibration: bad rows are named, too little is refused, what is stored is used and named."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from fundoscope import Fundoscope
from fundoscope.cli import app
from fundoscope.errors import BadSetting
from fundoscope.evals import calibrate_site, site
from fundoscope.evals.doctor import examine
from fundoscope.evals.own_labels import Labelled, UnusableLabels, columns, read_labels, read_rows
from fundoscope.evals.phantom import draw_phantom
from fundoscope.evals.site import evaluate_own
from fundoscope.evals.table import to_markdown
from fundoscope.experts import load_card, load_expert
from fundoscope.experts.grade.calibration import softmax
from fundoscope.experts.registry import shipped_card
from fundoscope.experts.site import SiteCalibration, path_of, store
from fundoscope.records import Finding, Photograph
from fundoscope.settings import Settings
from PIL import Image
from typer.testing import CliRunner

PHOTOGRAPHS = 10
pytestmark = pytest.mark.usefixtures("own_home")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One phantom in ten strengths of light, the first five dim, and a file that is no picture."""
    folder = tmp_path_factory.mktemp("own")
    pixels = draw_phantom(5, size=(240, 300), lesions={"HE": 4}).pixels
    for n in range(PHOTOGRAPHS):
        light = 0.12 if n < PHOTOGRAPHS // 2 else 0.9
        Image.fromarray((pixels * (light + 0.005 * n)).astype(np.uint8)).save(folder / f"{n}.png")
    (folder / "bad.png").write_bytes(b"no picture")
    return folder


def labels(folder: Path, column: str, values: list[str], extra: list[tuple[str, str, str]] = ()) -> Path:  # type: ignore[assignment]
    """A CSV of the pictures with these labels, a patient each, and further rows."""
    file = folder / f"{column}.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(["image", "patient", column, "remark"])
        table.writerows((f"{n}.png", f"p{n}", value, "kept") for n, value in enumerate(values))
        table.writerows((*row, "") for row in extra)
    return file


def quality_labels(folder: Path) -> Path:
    return labels(folder, "gradable", ["no"] * 5 + ["1"] * 5)


def fitted(home: Path, expert: str, values: dict[str, float], weights: str | None = None) -> SiteCalibration:
    """A calibration put where `calibrate` puts it."""
    card = shipped_card(expert)
    made = SiteCalibration(
        expert=expert,
        weights_sha256=weights or card.weights_sha256,
        date=datetime.date(2026, 5, 4),
        photographs=120,
        patients=60,
        classes={"any": 120},
        labels_sha256="0" * 64,
        fitted=values,
        shipped={name: card.thresholds[name] for name in values},
        intervals={name: (value, value) for name, value in values.items()},
        figures={},
    )
    store(made, home)
    return made


def test_bad_rows_are_one_line_each_with_their_number(pictures: Path) -> None:
    extra = [
        ("nobody.png", "a", "1"),
        ("0.png", "b", "maybe"),
        ("0.png", "c", ""),
        ("bad.png", "d", "0"),
        ("9.png", "e", "1"),
    ]
    file = labels(pictures, "gradable", ["no"] * 5 + ["1"] * 5, extra)
    rows, problems = evaluate_own("quality", file)
    assert [line.split(":")[0] for line in problems] == ["row 12", "row 13", "row 15", "row 16"]
    assert "nobody.png" in problems[0] and "'maybe', not 1, 0, yes or no" in problems[1]
    assert problems[3] == "row 16: the same photograph as row 11" and not any("\n" in line for line in problems)
    assert all("5 gradable, 5 not" in row.data for row in rows)


def test_the_quality_table_is_that_of_the_experts_own_answers(pictures: Path) -> None:
    rows, _ = evaluate_own("quality", quality_labels(pictures))
    by_name = {row.metric: row.figure for row in rows}
    expert = load_expert("quality")
    called = [expert.read(Photograph.from_file(pictures / f"{n}.png")).label for n in range(5, 10)]
    assert by_name["gradable photographs refused"] == pytest.approx(np.mean([c != "gradable" for c in called]))
    assert 0 <= by_name["AUC gradable against not"] <= 1


def test_the_grade_table_counts_and_has_no_auc_of_one_class(pictures: Path) -> None:
    both, _ = evaluate_own("grade", labels(pictures, "grade", list("001234")))
    assert {"quadratic kappa", "referable AUC", "conformal coverage"} <= {row.metric for row in both}
    one, _ = evaluate_own("grade", labels(pictures, "grade", ["0"] * 2))
    assert not {"quadratic kappa", "referable AUC"} & {row.metric for row in one}


def test_files_without_the_columns_or_without_a_usable_row_are_refused(pictures: Path, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="no column grade"):
        read_labels(quality_labels(pictures), "grade")
    with pytest.raises(BadSetting, match="not for 'vessels'"):
        read_labels(quality_labels(pictures), "vessels")
    with pytest.raises(BadSetting, match="cannot be read"):
        read_labels(tmp_path / "none.csv", "grade")
    empty = tmp_path / "empty.csv"
    empty.write_text("image,grade\nnone.png,1\n")
    with pytest.raises(UnusableLabels, match="no photograph of it can be used") as refused:
        evaluate_own("grade", empty)
    assert refused.value.problems == ["row 2: there is no photograph 'none.png'"]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "image,patient,grade\n0.png,a,1\n\n1.png,b,9\n"),
        ("utf-8-sig", "image;patient;grade\r\n0.png;a;1\r\n;;\r\n1.png;b;9\r\n"),
        ("utf-16", "image\tpatient\tgrade\r\n0.png\ta, the first; of them\t1\r\n\r\n1.png\tb\t9\r\n"),
        ("utf-8", ' image ; patient ;"grade"\n0.png; a ; 1\n\n1.png;b;9'),
    ],
)
def test_commas_semicolons_tabs_and_marks_are_read(pictures: Path, encoding: str, text: str) -> None:
    file = pictures / "spreadsheet.csv"
    file.write_bytes(text.encode(encoding))
    read = read_labels(file, "grade")
    assert columns(file) == ["grade"]
    assert [(row.row, row.path, row.label, row.patient[0]) for row in read.rows] == [(2, pictures / "0.png", 1, "a")]
    assert read.problems == ["row 4: grade is '9', not a grade 0 to 4"], "blank rows count, as in the spreadsheet"


@pytest.mark.parametrize(("separator", "told"), [(";", "0.25"), ("\t", "0,25")])
def test_a_decimal_comma_is_one_where_semicolons_separate(pictures: Path, separator: str, told: str) -> None:
    file = pictures / "decimal.csv"
    file.write_text(
        separator.join(["image", "patient", "vertical_cdr"]) + "\n" + separator.join(["0.png", "1,5", "0,25"])
    )
    (row,) = read_rows(file, ["vertical_cdr"], lambda cells: cells).rows
    assert row.label == {"vertical_cdr": told} and row.patient == "1,5"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('image,gradable\n"a.png,1\nb.png,0\n', "the CSV cannot be read"),
        (f"image,gradable\na.png,{'1' * 200000}\n", "the CSV cannot be read"),
        (None, "No such file"),
    ],
)
def test_a_broken_csv_is_one_line(tmp_path: Path, text: str | None, told: str) -> None:
    file = tmp_path / "own.csv"
    if text is not None:
        file.write_text(text)
    with pytest.raises(BadSetting, match=told):
        read_labels(file, "quality")


def test_an_honest_comment_of_several_lines_is_read(tmp_path: Path) -> None:
    for name in ("0.png", "1.png"):
        (tmp_path / name).touch()
    file = tmp_path / "own.csv"
    file.write_text('image,grade,comment\n0.png,1,"blurred,\nto be repeated"\n1.png,2,"two\nlines"\n', encoding="utf-8")
    assert [row.label for row in read_labels(file, "grade").rows] == [1, 2]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('image,patient,grade\n0.png,a,1\n1.png,"b,2\n2.png,c",0\n', 3),  # would be grade 0 of 1.png
        ('image,patient,grade\r\n\r\n0.png,"a,1\r\n1.png,b",2\r\n', 3),
        ("image;comment;grade\n0.png;'a';1\n" + '1.png;"b;1\n2.png;c;1\n3.png;d";0\n', 3),
        ('image,grade,patient\n0.png,1,"a\n1.png",2,b\n', 2),
        ('image,grade,"patient\n0.png,1,a\n1.png,2",b\n', 1),
    ],
)
def test_two_stray_quotes_that_swallow_lines_are_one_line_with_its_number(tmp_path: Path, text: str, line: int) -> None:
    file = tmp_path / "own.csv"
    file.write_bytes(text.encode())
    with pytest.raises(BadSetting, match=f"own.csv: line {line}: .*a quote is missing or one is too many"):
        read_labels(file, "grade")


def test_a_line_break_inside_a_cell_is_no_fault(pictures: Path) -> None:
    file = pictures / "noted.csv"
    file.write_text('image,comment,grade\n0.png,"first line\nsecond line",1\n1.png,,2\n')
    assert [(row.row, row.label) for row in read_labels(file, "grade").rows] == [(2, 1), (3, 2)]


def test_a_blank_behind_a_quote_is_no_fault(pictures: Path) -> None:
    file = pictures / "quoted.csv"
    file.write_text('image,grade\n"0.png" ,1\n')
    assert [row.label for row in read_labels(file, "grade").rows] == [1]


def test_a_name_that_no_file_can_have_is_a_row_without_a_photograph(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text(f"image,gradable\n{'a' * 300},1\n")
    assert "row 2: there is no photograph" in read_labels(file, "quality").problems[0]


@pytest.mark.parametrize("command", [("eval", "quality"), ("eval", "grade"), ("calibrate",)])
def test_each_bad_row_is_named_once_whatever_the_command_makes_of_the_labels(
    pictures: Path, command: tuple[str, ...]
) -> None:
    file = pictures / "both.csv"
    file.write_text("image,gradable,grade\nnobody.png,1,1\n0.png,maybe,9\nbad.png,0,0\n")
    result = CliRunner().invoke(app, [*command, "--labels", str(file)])
    assert isinstance(result.exception, BadSetting)
    lines = result.stderr.splitlines()
    assert [line for line in lines if line == "row 2: there is no photograph 'nobody.png'"] == [lines[0]]
    read = command[0] == "eval"  # calibrate sees by the labels alone that these are too few
    assert sum(line.startswith("row 4:") and "bad.png" in line for line in lines) == read
    wanted = {"quality": ["gradable is"], "grade": ["grade is"]}.get(command[-1], ["gradable is", "grade is"])
    told = [line for line in lines if line.startswith("row 3:")]
    assert len(told) == len(wanted) and all(
        line.startswith(f"row 3: {w}") for line, w in zip(told, wanted, strict=True)
    )


def graded(right: int, wrong: int = 0) -> list[tuple[Labelled[int], Finding]]:
    """So many photographs of grade 0, and as many of grade 3, a patient each, read rightly or not."""
    sure = {0: [0.9, 0.1, 0.0, 0.0, 0.0], 3: [0.0, 0.0, 0.1, 0.8, 0.1]}
    made = []
    for grade, other in ((0, 3), (3, 0)):
        for n in range(right + wrong):
            said = grade if n < right else other
            finding = Finding(
                expert="grade", version="1", weights_sha256="", photograph=f"{grade} {n}", status="measured",
                value=said, probabilities=sure[said], conformal_set=[said],
            )  # fmt: skip
            made.append((Labelled(n, Path(), grade, f"{grade} {n}"), finding))
    return made


def test_a_handful_of_photographs_has_no_interval_and_the_table_says_so() -> None:
    few = {row.metric: row for row in site._grade_rows(graded(3, 1))}
    assert few["referable AUC"].interval is None and few["exact grade"].interval is None
    line = to_markdown([few["referable sensitivity"]], site.TOO_FEW).splitlines()[-1]
    assert "| 0.750 | too few for an interval |" in line
    some = {row.metric: row for row in site._grade_rows(graded(6, 2))}
    assert some["exact grade"].interval is not None, "sixteen patients"
    assert some["referable AUC"].interval is None and some["referable sensitivity"].interval is None, "eight of a class"
    enough = {row.metric: row for row in site._grade_rows(graded(8, 2))}
    assert enough["referable AUC"].interval is not None and enough["referable sensitivity"].interval is not None


def test_where_all_are_read_rightly_an_interval_takes_thirty_patients() -> None:
    def interval(right: int) -> tuple[float, float] | None:
        return next(row.interval for row in site._grade_rows(graded(right)) if row.metric == "referable sensitivity")

    assert interval(29) is None and interval(30) == (1.0, 1.0)


def test_too_few_photographs_are_refused_before_any_is_read_and_nothing_is_stored(
    pictures: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrate_site, "read_photographs", lambda *_: pytest.fail("photographs were read"))
    result = CliRunner().invoke(app, ["calibrate", "--labels", str(quality_labels(pictures))])
    assert isinstance(result.exception, BadSetting)
    assert "5 gradable of at least 50, 5 not gradable of at least 20" in str(result.exception)
    assert not path_of(own_home, "quality").exists()


def test_a_fitted_threshold_is_stored_used_and_named_in_the_report(
    pictures: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("gradable", "not gradable"):
        monkeypatch.setitem(calibrate_site.NEEDED, name, 5)
    file = quality_labels(pictures)
    dry = CliRunner().invoke(app, ["calibrate", "--labels", str(file), "--dry-run"])
    assert dry.exit_code == 0 and "nothing was stored" in dry.stdout and not path_of(own_home, "quality").exists()
    assert CliRunner().invoke(app, ["calibrate", "--labels", str(file)]).exit_code == 0
    stored = SiteCalibration.model_validate_json(path_of(own_home, "quality").read_bytes())
    assert stored.classes == {"gradable": 5, "not gradable": 5} and stored.patients == 10
    card = load_card("quality")
    assert card.thresholds["gradable"] == stored.fitted["gradable"] and card.version.endswith(f"+site.{stored.id}")
    report = Fundoscope().read(pictures / "9.png", question="Show me the disc")
    (used,) = (e for e in report.provenance.experts if e.name == "quality")
    assert used.version == card.version
    assert any("quality: Calibrated at this site on" in limit and "10 patients" in limit for limit in report.limits)
    assert any(check.what == "calibration of quality" and stored.id in check.state for check in examine())
    _, problems = evaluate_own("quality", file)
    assert problems == ["the expert was calibrated on these very labels: the figures flatter it"]


def test_a_calibration_of_other_weights_or_one_switched_off_is_not_used(own_home: Path) -> None:
    shipped = shipped_card("grade")
    fitted(own_home, "grade", {"temperature": 3.0}, weights="f" * 64)
    assert load_card("grade") == shipped
    fitted(own_home, "grade", {"temperature": 3.0})
    assert load_card("grade").thresholds["temperature"] == 3.0
    assert load_card("grade", Settings(site_calibration=False)) == shipped


@pytest.mark.parametrize("text", ["{", '{"expert": "grade"}', "[]"])
def test_a_damaged_calibration_is_passed_over(own_home: Path, text: str) -> None:
    path_of(own_home, "grade").parent.mkdir(parents=True)
    path_of(own_home, "grade").write_text(text)
    assert load_card("grade") == shipped_card("grade")


def test_a_calibration_changes_nothing_but_what_a_site_may_fit(own_home: Path) -> None:
    fitted(own_home, "grade", {"referable": 0.9})
    assert load_card("grade") == shipped_card("grade")


def test_the_threshold_is_the_largest_that_refuses_two_in_a_hundred() -> None:
    scores = np.arange(1, 101) / 100
    found = calibrate_site.threshold(scores)
    assert (scores < found).sum() == 2 and (scores <= found).sum() == 3


def test_the_temperature_by_which_logits_were_sharpened_is_found() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, 5))
    grades = np.array([rng.choice(5, p=row) for row in softmax(logits)])
    assert calibrate_site.temperature(2 * logits, grades, np.zeros(5)) == pytest.approx(2, rel=0.1)


def test_a_threshold_that_lets_more_bad_photographs_pass_is_not_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    expert = load_expert("quality", Settings(site_calibration=False))
    shipped = expert.card.thresholds["gradable"]
    scores = [
        *np.linspace(shipped / 9, shipped / 2, 6),
        *np.linspace(shipped, 1, 114),
        *[shipped / 3] * 15,
        *[shipped / 20] * 15,
    ]
    rows = [(SimpleNamespace(label=int(n < 120), patient=str(n)), score) for n, score in enumerate(scores)]
    monkeypatch.setattr(calibrate_site, "read_photographs", lambda *_: rows)
    with pytest.raises(BadSetting, match="the shipped threshold tells these photographs apart better"):
        calibrate_site._quality(expert, SimpleNamespace(rows=[row for row, _ in rows]), lambda: None)


def test_photographs_of_one_patient_are_not_enough_to_calibrate_by(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in calibrate_site.NEEDED:
        monkeypatch.setitem(calibrate_site.NEEDED, name, 2)
    rows = [(Labelled(n, Path("a.png"), int(n > 3), "A" if n > 3 else "B"), n / 10) for n in range(8)]
    monkeypatch.setattr(calibrate_site, "read_photographs", lambda *_: rows)
    expert = SimpleNamespace(card=SimpleNamespace(thresholds={"gradable": 0.5}))
    with pytest.raises(BadSetting) as refused:
        calibrate_site._quality(expert, SimpleNamespace(rows=[row for row, _ in rows]), lambda: None)
    assert str(refused.value) == (
        "quality: too few patients to calibrate with: all gradable photographs are of 1 patient, and more are needed; nothing "
        "was stored"
    )


def test_the_grader_is_calibrated_where_that_helps(
    pictures: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, least in (("graded", 10), ("referable", 0), ("not referable", 0), ("of different patients", 5)):
        monkeypatch.setitem(calibrate_site.NEEDED, name, least)
    expert = load_expert("grade")
    own = [expert.read(Photograph.from_file(pictures / f"{n}.png")) for n in range(PHOTOGRAPHS)]
    likeliest = [str(int(np.argmax(f.probabilities or []))) for f in own]
    calibration, problems = calibrate_site.calibrate_own("grade", labels(pictures, "grade", likeliest))
    assert problems == [] and calibration.fitted["temperature"] < calibration.shipped["temperature"]
    assert calibration.figures["log loss"][1] < calibration.figures["log loss"][0]
    assert not path_of(own_home, "grade").exists()
