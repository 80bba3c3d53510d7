"""`fundoscope review`: what waits for a person, deciding claim by claim or at once, signing; `fundoscope purge`."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .cli_show import print_report, spinner
from .errors import BadSetting

if TYPE_CHECKING:
    from .records import Report
    from .sdk import Fundoscope

_UNGRADABLE = "ungradable"


def review(
    what: Annotated[
        list[str] | None, typer.Argument(help="A case; or export FOLDER; nothing lists the queue", metavar="[CASE]")
    ] = None,
    accept_all: Annotated[bool, typer.Option("--accept-all", help="Accept every claim not named otherwise")] = False,
    reject: Annotated[list[str] | None, typer.Option(help="A claim to reject, such as C7", metavar="CLAIM")] = None,
    edit: Annotated[
        list[str] | None, typer.Option(help="Your own words in place of a claim's", metavar="CLAIM=TEXT")
    ] = None,
    grade: Annotated[
        list[str] | None, typer.Option(help="Your grade of an eye: right=2, left=ungradable", metavar="EYE=GRADE")
    ] = None,
    refer: Annotated[
        list[str] | None,
        typer.Option(help="An eye that an eye doctor is to see whatever the guideline says", metavar="EYE=REASON"),
    ] = None,
    note: Annotated[str, typer.Option(help="A note to keep with the review")] = "",
    session: Annotated[
        str, typer.Option(help="The session whose reading is reviewed, as the queue names it")
    ] = "local",
    sign: Annotated[str | None, typer.Option(help="The name you sign with", metavar="NAME")] = None,
    decisions: Annotated[
        Path | None, typer.Option(help="A JSON file of decisions (`fundoscope schema reviewdecision`)")
    ] = None,
) -> None:
    """List the reports that need a person; review one; or `review export FOLDER`: the signed cases as a labelled set."""
    from .sdk import Fundoscope

    scope, what = Fundoscope(session=session), what or []
    given = {
        "--accept-all": accept_all,
        "--reject": reject,
        "--edit": edit,
        "--grade": grade,
        "--refer": refer,
        "--note": note,
    }
    if what[:1] == ["export"]:
        if len(what) != 2:
            raise BadSetting("export needs one folder: fundoscope review export FOLDER")
        _export(scope, Path(what[1]))
    elif len(what) > 1:
        raise BadSetting("one case is reviewed at a time")
    elif not what:
        _list(scope)
    elif decisions is not None:
        if used := [name for name, value in {**given, "--sign": sign}.items() if value]:
            raise BadSetting(f"the file holds all decisions; {', '.join(used)} cannot be given with it")
        print_report(scope.review(what[0], decisions))
    elif any(given.values()) or sign is not None:
        decided = {
            "signature": sign or "",
            "note": note,
            "accept_rest": accept_all,
            "reject": reject or [],
            "edit": dict(_pair(words, "--edit C3=TEXT") for words in edit or []),
            "refer": dict(_of_eye(words, "--refer right=REASON") for words in refer or []),
            **_grades(grade or []),
        }
        print_report(scope.review(what[0], decided))
    else:
        print_report(scope.review(what[0], _talk(scope.standing(what[0]))))


def purge(
    case: Annotated[str, typer.Argument(help="The case, such as case-0123456789abcdef")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
) -> None:
    """Remove a case and all that was kept of it here. Files written to folders of your own stay."""
    from .sdk import Fundoscope

    if not yes and _asked(f"Remove {case} and all that was kept of it? Type yes: ") != "yes":
        raise BadSetting("nothing was removed")
    with spinner("Removing"):
        gone = Fundoscope().purge(case)
    print(
        f"{case} was removed: {gone.threads} thread{'s' if gone.threads != 1 else ''}, {gone.findings} findings, "
        f"{gone.artifacts} pictures and maps, {gone.kept_cases} kept as similar cases, {gone.files} files of the reading room"
    )
    if gone.shared:
        print(f"{gone.shared} of its photographs stay, with their findings: another case has them too")
    print("Reports, exports and batch tables that were written to folders of your own are not touched.")


def _list(scope: Fundoscope) -> None:
    waiting = scope.queue()
    for entry in waiting:
        read = datetime.datetime.fromtimestamp(entry.read_at).strftime("%Y-%m-%d %H:%M")
        print(f"{entry.case}  {entry.status.value.replace('_', ' ')}, read {read}, session {entry.session}")
        for reason in entry.reasons:
            print(f"  {reason}")
    print(f"{len(waiting)} report{'s wait' if len(waiting) != 1 else ' waits'} for a person.")


def _export(scope: Fundoscope, folder: Path) -> None:
    done = scope.export_reviewed(folder)
    for problem in done.problems:
        print(f"left out: {problem}", file=sys.stderr)
    print(f"{done.photographs} signed photograph{'s' if done.photographs != 1 else ''}: {done.labels}")


def _pair(words: str, example: str) -> tuple[str, str]:
    name, equals, value = words.partition("=")
    if not equals or not name.strip():
        raise BadSetting(f"{words!r} is not like {example}")
    return name.strip(), value.strip()


def _of_eye(words: str, example: str) -> tuple[str, str]:
    eye, value = _pair(words, example)
    if eye not in ("right", "left", "unknown"):
        raise BadSetting(f"eye is right, left or unknown, not {eye!r}")
    return eye, value


def _grades(given: list[str]) -> dict[str, Any]:
    grades: dict[str, int] = {}
    ungradable = []
    for eye, value in (_of_eye(words, "--grade right=2") for words in given):
        if value == _UNGRADABLE:
            ungradable.append(eye)
        elif value in ("0", "1", "2", "3", "4"):
            grades[eye] = int(value)
        else:
            raise BadSetting(f"a grade is 0 to 4 or {_UNGRADABLE}, not {value!r}")
    return {"grades": grades, "ungradable": ungradable}


def _talk(report: Report) -> dict[str, Any]:
    """The decisions, asked for claim by claim."""
    if report.status == "reviewed" and report.review is not None:
        raise BadSetting(f"{report.case} was signed by {report.review.by}; nothing was changed")
    print_report(report)
    print("\nFor each sentence: a accepts (so does Enter), e edits, r rejects, A accepts this and all that follow.")
    reject: list[str] = []
    edit: dict[str, str] = {}
    for claim in report.claims():
        print(f"{claim.id} {claim.text}")
        answer = _choice("  a/e/r/A: ", ("", "a", "e", "r", "A"))
        if answer == "A":
            break
        if answer == "r":
            reject.append(claim.id)
        if answer == "e":
            edit[claim.id] = _words("  your own words: ")
    given, refer = [], {}
    for eye, of_eye in report.eyes.items():
        machine = "no grade" if of_eye.grade.value is None else f"grade {of_eye.grade.value}"
        choices = ("", "0", "1", "2", "3", "4", "u")
        answer = _choice(f"{eye.value} eye, read as {machine}. Your grade 0 to 4, u ungradable, Enter none: ", choices)
        if answer:
            given.append(f"{eye.value}={_UNGRADABLE if answer == 'u' else answer}")
        if reason := _asked(
            f"{eye.value} eye: why an eye doctor is to see it whatever the guideline says (Enter: no): "
        ):
            refer[eye.value] = reason
    note = _asked("A note (or Enter): ")
    signature = _asked("Sign with your name (Enter leaves everything as it was): ")
    return {
        "signature": signature, "note": note, "accept_rest": True, "reject": reject, "edit": edit, "refer": refer,
        **_grades(given),
    }  # fmt: skip


def _choice(prompt: str, choices: tuple[str, ...]) -> str:
    while (answer := _asked(prompt)) not in choices:
        print(f"  {answer!r} is none of {', '.join(filter(None, choices))}")
    return answer


def _words(prompt: str) -> str:
    while not (words := _asked(prompt)):
        print("  a sentence is needed")
    return words


def _asked(prompt: str) -> str:
    """A line from the user. Raises BadSetting at the end of the input."""
    try:
        return input(prompt).strip()
    except EOFError as error:
        raise BadSetting("the input ended before the end; nothing was changed") from error
