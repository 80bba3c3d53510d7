"""The card of an expert: the one description that planner prompt, documentation, doctor and provenance are made from."""

from __future__ import annotations

from pydantic import Field

from .base import Record


class Figure(Record):
    """A measured performance figure with its 95 % interval, the data it was measured on and the command that prints it."""

    metric: str
    value: float
    interval: tuple[float, float] | None = None
    data: str
    command: str
    note: str | None = None


class TrainingData(Record):
    """A data set an expert learnt from, its terms, and the reference key where the knowledge base has it."""

    name: str
    photographs: int
    terms: str
    reference: str | None = None


class WeightsFile(Record):
    """A weights file beside the card, pinned by SHA-256."""

    file: str
    sha256: str
    bytes: int


class ExpertCard(Record):
    """What an expert does, learnt from, achieves and cannot do.

    `tool` is the planner's name for it; `pictures` are SVG files beside the card, of its figures and curves; `thresholds` are
    operating points (named, 0 to 1 unless the name says otherwise).
    """

    name: str
    tool: str
    version: str
    task: str
    reads: str
    returns: list[str]
    method: str
    weights: list[WeightsFile] = Field(default_factory=list)
    trained_on: list[TrainingData] = Field(default_factory=list)
    training_command: str
    seed: int
    figures: list[Figure] = Field(default_factory=list)
    pictures: list[str] = Field(default_factory=list)
    thresholds: dict[str, float] = Field(default_factory=dict)
    limits: list[str] = Field(default_factory=list)
    not_assessed: list[str] = Field(default_factory=list)
    terms: str

    @property
    def weights_sha256(self) -> str:
        """The hash that stands for all weights: the file's own, or of the joined hashes when there are several."""
        import hashlib

        if len(self.weights) == 1:
            return self.weights[0].sha256
        return hashlib.sha256("".join(w.sha256 for w in self.weights).encode()).hexdigest()
