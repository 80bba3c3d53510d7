"""What `adapter.json` beside a card says: which adapter, which model, and what the model's classes mean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...errors import ExpertUnavailable

ADAPTERS = ("image_classifier", "semantic_segmenter", "timm_classifier", "yolo_detector", "zero_shot")
FILE = "adapter.json"


class AdapterConfig(BaseModel):
    """Of an adapter.

    `model`: a folder or file, absolute, from the user's home (`~`) or beside the card; or a hub id where the adapter
    takes one. `labels`: the model's class, by name or number, to an ICDR grade (scale "icdr") or to a name of one's own
    (scale "named"); a class that is left out is not spoken of. `side`: pixels across the field of view, None for the
    model's own. `several`: whether more than one class can be true at once. `threshold`: score from which a detected
    box counts. `prompts`: sentences that describe a label, for the adapter that reads by words. `architecture` and
    `options` build the network where the files do not say how; `mean` and `std` are of RGB 0 to 1.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    adapter: Literal["image_classifier", "semantic_segmenter", "timm_classifier", "yolo_detector", "zero_shot"]
    model: str
    scale: Literal["icdr", "named"] = "named"
    labels: dict[str, str | int]
    side: int | None = Field(default=None, ge=16, le=4096)
    several: bool = False
    threshold: float = Field(default=0.25, gt=0, lt=1)
    architecture: str | None = None
    options: dict[str, str | int | float | bool] = Field(default_factory=dict)
    prompts: dict[str, list[str]] = Field(default_factory=dict)
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)


def load_config(folder: Path, name: str) -> AdapterConfig:
    """The configuration beside a card. Raises ExpertUnavailable."""
    try:
        config = AdapterConfig.model_validate_json((folder / FILE).read_bytes())
    except OSError as error:
        raise ExpertUnavailable(f"{name}: there is no {FILE} beside its card") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise ExpertUnavailable(f"{name}: {FILE} is not valid at {where}: {first['msg']}") from error
    if config.scale == "icdr" and not all(value in range(5) for value in config.labels.values()):
        raise ExpertUnavailable(f"{name}: {FILE}: on the scale icdr every label is a grade 0 to 4")
    return config


def adapter_of(folder: Path) -> str:
    """Which adapter a folder asks for, without looking at the rest. Raises ExpertUnavailable."""
    try:
        stored = json.loads((folder / FILE).read_bytes())
    except (OSError, ValueError) as error:
        raise ExpertUnavailable(f"there is no readable {FILE} beside its card") from error
    adapter = stored.get("adapter") if isinstance(stored, dict) else None
    if adapter not in ADAPTERS:
        raise ExpertUnavailable(f"{FILE} names no adapter; there are {', '.join(ADAPTERS)}")
    return str(adapter)


def model_path(config: AdapterConfig, folder: Path) -> Path | None:
    """The model's folder or file, or None when there is none of that name on this machine."""
    path = Path(config.model).expanduser()
    path = path if path.is_absolute() else folder / path
    return path if path.exists() else None
