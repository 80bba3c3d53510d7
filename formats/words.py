"""Values in the words and digits of the page: null is "not assessed", numbers keep the precision they were told with."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from ..records import Citation, Eye, Measurement
from ..records.report import Recommendation, ReportStatus
from ..records.review import Review, ReviewedRecommendation

NOT_ASSESSED = "not assessed"
EYE_WORDS = {Eye.RIGHT: "Right eye", Eye.LEFT: "Left eye", Eye.UNKNOWN: "Eye of unknown side"}
STATUS_WORDS = {
    ReportStatus.COMPLETE: "Complete",
    ReportStatus.NEEDS_REVIEW: "Needs review",
    ReportStatus.REVIEWED: "Reviewed",
    ReportStatus.NOT_GRADABLE: "Not gradable",
    ReportStatus.NOT_A_FUNDUS_PHOTOGRAPH: "Not a fundus photograph",
}
GRADE_WORDS = ("No apparent retinopathy", "Mild NPDR", "Moderate NPDR", "Severe NPDR", "Proliferative DR")
"""ICDR grades 0 to 4 [wilkinson2003]."""
DETECTIONS_DIFFER = (
    "Detections differ from photograph to photograph also where the eye does not: a lesion detected at one visit only may "
    "have been missed at the other."
)
_ABBREVIATIONS = {
    "avr": "AVR",
    "cdr": "CDR",
    "crae": "CRAE",
    "crve": "CRVE",
    "dd": "in DD",
    "px": "in px",
    "mm": "in mm",
    "MA": "MA",
    "HE": "HE",
    "EX": "EX",
    "SE": "SE",
}


def number(value: float | int | None, digits: int = 3) -> str:
    """A number with at most `digits` decimals; whole numbers whole, thousands apart."""
    if value is None:
        return NOT_ASSESSED
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}".replace(",", "\u202f")
    size = abs(value)
    decimals = 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 10 else digits
    told = f"{value:,.{decimals}f}".replace(",", "\u202f")
    return told.rstrip("0").rstrip(".") if decimals else told


def percent(value: float | None, decimals: int = 0) -> str:
    """A share as percent."""
    return NOT_ASSESSED if value is None else f"{100 * value:.{decimals}f}\u202f%"


def measured(measurement: Measurement) -> str:
    """Value with unit, or "not assessed"."""
    told = number(measurement.value)
    return told if measurement.value is None or not measurement.unit else f"{told}\u202f{measurement.unit}"


def interval(measurement: Measurement) -> str:
    """The interval of a measurement, or nothing."""
    return "" if measurement.interval is None else " to ".join(number(end) for end in measurement.interval)


def advice_rows(advice: Recommendation | ReviewedRecommendation) -> list[tuple[str, str]]:
    """What follows as labelled facts: when, whether there is a referral, and what is to be examined apart."""
    least, rows = advice.at_least, []
    if advice.interval or advice.referral:
        rows += [
            (f"Next examination{', at the latest' * least}", advice.interval or "no statement"),
            (f"Referral for retinopathy{', at the least' * least}", advice.referral or "no statement"),
        ]
    if isinstance(advice, Recommendation) and advice.examine_apart:
        rows.append(("To be examined apart", examined_apart(advice)))
    return rows


def referral_row(review: Review) -> list[tuple[str, str]]:
    """Eyes that the reviewer refers whatever the guideline says, with the reasons, as a labelled fact."""
    told = "; ".join(f"{EYE_WORDS[eye].lower()}: {why}" for eye, why in review.referred.items())
    return [("Referral asked for by the reviewer", told)] if told else []


def examined_apart(advice: Recommendation) -> str:
    """What was found beside retinopathy and asks for an examination of its own, eye by eye."""
    told = ((EYE_WORDS[eye], readable(*names)) for eye, names in advice.examine_apart.items())
    return "; ".join(f"{eye}: {names[:1].lower()}{names[1:]}" for eye, names in told)


def readable(*names: str) -> str:
    """`lesion_count_MA_superonasal` as "Lesion count MA superonasal"; several with commas."""
    of_each = (name.replace("_", " ").split() for name in names)
    text = ", ".join(" ".join(_ABBREVIATIONS.get(word, word) for word in words) for words in of_each)
    return text[:1].upper() + text[1:]


def anchor(text: str) -> str:
    """Text as an HTML id."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text)


def links(citation: Citation) -> list[tuple[str, str]]:
    """(words, address) of a citation's DOI, PubMed entry and page; only web addresses."""
    found = []
    if citation.doi:
        found.append((f"doi:{citation.doi}", "https://doi.org/" + quote(citation.doi, safe="/")))
    if citation.pmid and citation.pmid.isdigit():
        found.append((f"PMID {citation.pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{citation.pmid}/"))
    if citation.url and urlsplit(citation.url).scheme in ("http", "https"):
        found.append((urlsplit(citation.url).netloc, citation.url))
    return found
