"""The language every floor speaks."""

from .base import Eye, FieldName, Record, Status
from .card import ExpertCard, Figure
from .case import Case
from .claim import Citation, Claim, ClaimKind, ClaimStatus, Evidence, Ground, Passage, ReasoningStep
from .comparison import Comparison
from .finding import QUADRANTS, Finding, Measurement, Point, Region
from .photograph import Photograph, of_different_patients
from .report import Disagreement, EyeReport, Report
from .review import Review, ReviewDecision
from .store import ArtifactRef, ArtifactStore
from .versions import load_report

__all__ = [
    "QUADRANTS",
    "ArtifactRef",
    "ArtifactStore",
    "Case",
    "Citation",
    "Claim",
    "ClaimKind",
    "ClaimStatus",
    "Comparison",
    "Disagreement",
    "Evidence",
    "ExpertCard",
    "Eye",
    "EyeReport",
    "FieldName",
    "Figure",
    "Finding",
    "Ground",
    "Measurement",
    "Passage",
    "Photograph",
    "Point",
    "ReasoningStep",
    "Record",
    "Region",
    "Report",
    "Review",
    "ReviewDecision",
    "Status",
    "load_report",
    "of_different_patients",
]
