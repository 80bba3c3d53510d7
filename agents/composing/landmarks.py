"""Step landmarks: disc, fovea, side and field."""

from __future__ import annotations

from ...records import Eye
from .eye import EyeWriter


def write_landmarks(writer: EyeWriter) -> None:
    """Disc, fovea, side and field."""
    _named_eye(writer)
    landmarks = writer.finding("landmarks")
    if landmarks is None:
        return
    disc, diameter = landmarks.points.get("disc"), landmarks.number("disc_diameter")
    if disc is not None and diameter is not None:
        writer.say("landmarks", "disc_position", "landmarks", x=round(disc.x), y=round(disc.y), diameter=diameter)
    distance = landmarks.number("disc_fovea_distance")
    if distance is not None:
        writer.say("landmarks", "fovea_distance", "landmarks", distance=distance)
    if landmarks.label in (Eye.RIGHT, Eye.LEFT):
        pattern = "side" if "fovea" in landmarks.points else "side_likely"
        writer.say("landmarks", pattern, "landmarks", side=landmarks.label)
    for flag in ("macula-centred", "disc-centred"):
        if flag in landmarks.flags:
            writer.say("landmarks", "field", "landmarks", field=flag)


def _named_eye(writer: EyeWriter) -> None:
    """Who says which eye it is."""
    intake = writer.finding("intake")
    if intake is not None and intake.flags:
        writer.say("landmarks", "eye_named", "intake", source=intake.flags[0])
    elif intake is not None:
        writer.say("landmarks", "eye_unnamed", "intake")
