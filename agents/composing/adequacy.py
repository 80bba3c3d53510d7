"""Step adequacy: whether the photograph can be read."""

from __future__ import annotations

from ..lexicon import reasons_text
from .eye import EyeWriter


def write_adequacy(writer: EyeWriter) -> None:
    """Whether the photograph can be read."""
    quality = writer.finding("quality")
    if quality is None:
        return
    score, fundus = quality.number("quality_score"), quality.number("fundus_probability")
    if quality.label == "gradable" and score is not None:
        writer.say("adequacy", "gradable", "quality", score=score)
    elif quality.label == "not_a_fundus_photograph" and fundus is not None:
        writer.say("adequacy", "not_fundus", "quality", probability=fundus)
    elif quality.label == "not_gradable" and quality.flags:
        writer.say("adequacy", "not_gradable", "quality", reasons=reasons_text(quality.flags))
    elif quality.label == "not_gradable" and score is not None:
        writer.say("adequacy", "low_quality", "quality", score=score)
