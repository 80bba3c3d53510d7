"""The base of every record and the words they share."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A record: unknown fields and numbers that are not finite are refused, assignments are checked."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True, allow_inf_nan=False)


class Eye(StrEnum):
    """Which eye, from the patient's side."""

    RIGHT = "right"
    LEFT = "left"
    UNKNOWN = "unknown"


class FieldName(StrEnum):
    """What the photograph is centred on."""

    MACULA = "macula-centred"
    DISC = "disc-centred"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """Whether something was measured; `not_assessed` always comes with a reason."""

    MEASURED = "measured"
    NOT_ASSESSED = "not_assessed"
