"""A report told to somebody else than its first reader: in plain words, or in another language."""

from __future__ import annotations

from pydantic import Field

from .base import Record


class LetterSentence(Record):
    """One sentence: the claim of the report it tells, and the evidence that claim stands on."""

    text: str
    claim: str
    evidence: list[str] = Field(default_factory=list)


class LetterSection(Record):
    """Sentences under a heading."""

    heading: str
    sentences: list[LetterSentence] = Field(default_factory=list)


class Letter(Record):
    """The claims of one report in another voice; no fact that the report does not hold.

    `language` is a two-letter code, `reader` clinician or patient. `left_out` are the claims that the voice does not
    tell, `not_assessed` what was not looked at or not measured. `note` is the line about who has checked it.
    """

    case: str
    language: str
    reader: str
    title: str
    sections: list[LetterSection] = Field(default_factory=list)
    not_assessed_heading: str = ""
    not_assessed: list[str] = Field(default_factory=list)
    left_out: list[str] = Field(default_factory=list)
    note: str = ""
    disclaimer: str

    def sentences(self) -> list[LetterSentence]:
        """Every sentence that tells a claim, in reading order."""
        return [sentence for section in self.sections for sentence in section.sentences]
