"""The report on paper: A4 pages with the photographs, each sentence with its evidence, and the disclaimer on each.

Drawn by fpdf2, which is Python alone: no browser and no system library is needed. The same report gives the same bytes.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from fpdf.enums import Align, XPos, YPos

from ..records import Claim, ClaimStatus, Finding, Photograph, Report
from . import words
from .display import layer_names, overlay_picture, shown_pixels
from .layers import STYLES, of_photograph, starts_on
from .registry import Manuscript
from .said import absences, by_reason, review_lines
from .sheet import ACCENT, ACCENT_SOFT, GAP, INK, LINE, SOFT, Sheet
from .view import EvidenceView, EyeView, evidence_views, eye_views

_EPOCH = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)


def render(manuscript: Manuscript) -> dict[str, bytes]:
    """The pages. A photograph that is not at hand is left out and the page says so."""
    report = manuscript.report
    for entry in report.evidence:
        if entry.finding is not None:
            entry.finding.use(manuscript.store)
    sheet = Sheet(f"Fundoscope \N{MIDDLE DOT} {report.case}", report.disclaimer)
    sheet.set_title(f"Fundoscope report {report.case}")
    sheet.set_creator(f"Fundoscope {report.provenance.fundoscope}")
    sheet.set_creation_date(report.provenance.created or _EPOCH)
    _first(sheet, report)
    findings = [entry.finding for entry in report.evidence if entry.finding is not None]
    for view in eye_views(report, {}):
        _eye(sheet, view, manuscript, findings)
        _reasoning(sheet, report, view)
    _not_assessed(sheet, report)
    _evidence(sheet, report)
    _sources(sheet, report)
    return {".pdf": bytes(sheet.output())}


def _first(sheet: Sheet, report: Report) -> None:
    sheet.face(17, ACCENT, "B")
    sheet.cell(0, 8, "Fundoscope", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    sheet.face(9.5, SOFT)
    sheet.cell(0, 5, "Report of colour fundus photographs", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    created = report.provenance.created
    facts = [
        report.case,
        created.strftime("%Y-%m-%d %H:%M UTC") if created else "",
        f"version {report.provenance.fundoscope}",
    ]
    sheet.face(8, SOFT)
    sheet.cell(0, 5, "   ".join(fact for fact in facts if fact), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    sheet.ln(1.5)
    _pill(sheet, words.STATUS_WORDS[report.status])
    if report.question:
        sheet.note(f"Asked: {report.question}", 8.4)
    if report.review is not None:
        title, *lines = review_lines(report)
        sheet.warning(title, lines)
    of_machine = " of the machine's reading" if report.review is not None else ""
    sheet.heading(f"Impression{of_machine}")
    impression = report.standing(report.impression)
    _claims(sheet, impression, size=9.6)
    if report.impression and not impression:
        sheet.note("No sentence of it stands after review.", 8.6)
    if not report.impression:
        sheet.note("No impression was given.", 8.6)
    advice = report.recommendation
    guideline = f" under the {advice.guideline} guideline" if advice.guideline else ""
    sheet.heading(f"Recommendation{of_machine}{guideline}")
    rows = words.advice_rows(advice)
    for label, told in rows:
        sheet.fact(label, told, 58)
    if rows:
        sheet.ln(1)
    _claims(sheet, report.standing(advice.claims), size=9)
    if not advice.claims and not rows:
        sheet.note("No recommendation is made on this reading.", 8.6)
    if report.review_reasons:
        sheet.warning("Why a person should look", [f"\N{BULLET} {reason}" for reason in report.review_reasons])
    if report.disagreements:
        sheet.warning("Disagreements", [f"\N{BULLET} {d.text} ({', '.join(d.evidence)})" for d in report.disagreements])


def _pill(sheet: Sheet, text: str) -> None:
    sheet.face(8.4, ACCENT, "B")
    width = sheet.get_string_width(text) + 7
    sheet.set_fill_color(*ACCENT_SOFT)
    sheet.rect(sheet.l_margin, sheet.get_y(), width, 6, style="F", round_corners=True, corner_radius=3)
    sheet.cell(width, 6, text, align=Align.C, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    sheet.ln(1)


def _claims(sheet: Sheet, claims: Sequence[Claim], *, size: float = 8.6) -> None:
    """Sentences, each with what speaks for it, against it, and what is missing to it."""
    for claim in claims:
        doubt = "" if claim.status is ClaimStatus.SUPPORTED else f" ({claim.status.value})"
        sheet.sentence(claim.text + doubt, claim.evidence, size=size)
        for side, grounds in (("For", claim.supporting), ("Against", claim.opposing), ("Missing", claim.missing)):
            for ground in grounds:
                sheet.sentence(f"{side}: {ground.text}", ground.evidence, size=size - 1, aside=True)


def _eye(sheet: Sheet, view: EyeView, manuscript: Manuscript, findings: list[Finding]) -> None:
    sheet.heading(view.title, 14, keep=120)
    for record in view.report.photographs:
        photograph = manuscript.photographs.get(record.sha256)
        if photograph is None:
            sheet.note(f"The photograph {record.sha256[:12]} is no longer at hand.")
        else:
            _pictures(sheet, photograph, of_photograph(photograph, findings))
    if view.advice:
        sheet.warning("What was wrong with the photograph", [view.advice])
    _facts(sheet, view)
    if view.lesions:
        heads = ("Lesions", "In all", *(words.readable(q) for q in view.quadrants))
        body = [(row.label, row.total, *row.quadrants) for row in view.lesions]
        sheet.rows(heads, body, (0.26, 0.1, *([0.16] * len(view.quadrants))))


def _reasoning(sheet: Sheet, report: Report, view: EyeView) -> None:
    """The steps of an eye with the sentences that stand."""
    steps = [(step.name, standing) for step in view.report.steps if (standing := report.standing(step.claims))]
    if steps:
        sheet.heading("Reasoning")
    for name, claims in steps:
        sheet.room(16)
        sheet.face(8.4, SOFT, "B")
        sheet.cell(0, 5, words.readable(name), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        _claims(sheet, claims)


def _pictures(sheet: Sheet, photograph: Photograph, findings: list[Finding]) -> None:
    """The photograph as it is, beside it the same with what was found, and what the colours mean."""
    shown = [name for name in layer_names(findings) if starts_on(findings, name)]
    width = (sheet.epw - GAP) / 2
    height = min(width * photograph.height / photograph.width, 90)
    sheet.room(height + 12)
    top = sheet.get_y()
    sheet.picture(shown_pixels(photograph), sheet.l_margin, top, width, height)
    if shown:
        marked = overlay_picture(photograph, findings, shown)
        sheet.picture(marked, sheet.l_margin + width + GAP, top, width, height)
    sheet.set_xy(sheet.l_margin, top + height + 1)
    sheet.face(7, SOFT)
    sheet.cell(width + GAP, 3.6, f"As photographed, {photograph.width}\N{MULTIPLICATION SIGN}{photograph.height} px")
    sheet.cell(width, 3.6, "With what was found" if shown else "", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    x, y = sheet.l_margin, sheet.get_y() + 0.6
    for name in shown:
        label = STYLES[name].label
        step = sheet.get_string_width(label) + 8
        if x + step > sheet.w - sheet.r_margin:
            x, y = sheet.l_margin, y + 4
        sheet.set_fill_color(70, 24, 10)
        sheet.rect(x, y, 3.2, 3.2, style="F")
        sheet.set_draw_color(*STYLES[name].colour)
        sheet.set_line_width(0.5)
        sheet.circle(x + 1.6, y + 1.6, 0.9, style="D")
        sheet.set_xy(x + 3.8, y - 0.1)
        sheet.cell(step, 3.4, label)
        x += step
    sheet.set_xy(sheet.l_margin, y + 5)


def _facts(sheet: Sheet, view: EyeView) -> None:
    """The grade's probabilities to the left, the other values to the right."""
    top, left, width = sheet.get_y(), sheet.l_margin, (sheet.epw - 2 * GAP) / 2
    sheet.room(5.2 * max(len(view.facts), len(view.bars)))
    top = sheet.get_y()
    for number, bar in enumerate(view.bars):
        y = top + 6.2 * number
        sheet.set_xy(left, y)
        sheet.face(7.6, INK if bar.chosen else SOFT, "B" if bar.chosen else "")
        sheet.cell(46, 5, f"{bar.grade}  {bar.label}")
        sheet.set_fill_color(*LINE)
        sheet.rect(left + 46, y + 1.2, width - 60, 2.6, style="F")
        sheet.set_fill_color(*(ACCENT if bar.chosen else SOFT))
        sheet.rect(left + 46, y + 1.2, max(0.2, (width - 60) * bar.share), 2.6, style="F")
        sheet.set_xy(left + width - 13, y)
        sheet.cell(13, 5, bar.told, align=Align.R)
    x = left + (width + 2 * GAP if view.bars else 0)
    for number, (label, value) in enumerate(view.facts):
        y = top + 4.6 * number
        sheet.set_xy(x, y)
        sheet.face(7.6, SOFT)
        sheet.cell(44, 4.4, sheet.plain(label))
        sheet.face(7.6, SOFT if value == words.NOT_ASSESSED else INK)
        sheet.cell(width - 44, 4.4, sheet.plain(value), align=Align.R)
    sheet.set_xy(left, top + max(6.2 * len(view.bars), 4.6 * len(view.facts)) + 2)


def _not_assessed(sheet: Sheet, report: Report) -> None:
    if report.not_assessed:
        sheet.heading("Not assessed")
        for missing in absences(report):
            sheet.note(f"{missing.eyes}{': ' * bool(missing.eyes)}{missing.what} \N{EN DASH} {missing.reason}")
    of_experts = tuple(f"{expert.name}: " for expert in report.provenance.experts)
    general = [limit for limit in report.limits if not limit.startswith(of_experts or ("\0",))]
    if report.limits:
        sheet.heading("Limits")
        for limit in general:
            sheet.note(f"\N{BULLET} {limit}")
        if len(report.limits) > len(general):
            sheet.note(f"The JSON and HTML reports list {len(report.limits) - len(general)} more, expert by expert.")


def _evidence(sheet: Sheet, report: Report) -> None:
    if not report.evidence:
        return
    sheet.heading("Evidence", 14)
    for view in evidence_views(report):
        sheet.room(18 if view.entry.passage is not None else 36)
        sheet.here(view.id)
        sheet.face(8.6, INK, "B")
        title = sheet.plain(f"{view.id}  {view.title}")
        sheet.multi_cell(0, 4.4, title, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align=Align.L)
        sheet.note(view.gist if not view.probabilities else f"{view.gist}; probabilities {view.probabilities}")
        if view.entry.passage is not None:
            sheet.face(8)
            sheet.multi_cell(
                0, 4, sheet.plain(view.entry.passage.text), new_x=XPos.LMARGIN, new_y=YPos.NEXT, align=Align.L
            )
        else:
            _measurements(sheet, view)
        sheet.ln(2)


def _measurements(sheet: Sheet, view: EvidenceView) -> None:
    made = [(row.label, row.value, row.interval) for row in view.rows if row.assessed]
    if made:
        sheet.rows(("Measure", "Value", "95 % interval"), made, (0.54, 0.23, 0.23), size=7.2)
    missing = by_reason((row.label, row.note) for row in view.rows if not row.assessed)
    if missing:
        sheet.note("Not assessed: " + "; ".join(f"{', '.join(of)} ({reason})" for reason, of in missing.items()), 7.2)


def _sources(sheet: Sheet, report: Report) -> None:
    if report.citations:
        sheet.heading("Sources", 14)
    for citation in report.citations:
        sheet.note(f"[{citation.key}] {citation.text}")
        for label, address in words.links(citation):
            sheet.face(7.4, ACCENT)
            sheet.cell(sheet.get_string_width(label) + 4, 3.6, sheet.plain(label), link=address)
        sheet.ln(4.4)
    made = report.provenance
    sheet.heading("Provenance", 11.5, keep=18)
    who = made.planning.composer if made.planning is not None else "built-in"
    sheet.note(f"Fundoscope {made.fundoscope}, planner {made.planner}, worded by {who}, guideline {made.guideline}.")
    for expert in made.experts:
        sheet.note(f"{expert.name} {expert.version}, weights {expert.weights_sha256[:16]}", 7)
