"""Settings, read from `FUNDOSCOPE_*` environment variables; nothing else is consulted."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from .errors import BadSetting


class Settings(BaseSettings):
    """Where data lives and how a case is read."""

    model_config = SettingsConfigDict(env_prefix="FUNDOSCOPE_", extra="ignore", frozen=True)

    home: Path = Field(
        default_factory=lambda: Path.home() / ".fundoscope", description="The user's data: store, checkpoints, passages"
    )
    data: Path | None = Field(default=None, description="Labelled photographs for training and tests")
    planner: str = Field(default="protocol", description="The chat model that plans")
    guideline: Literal["ICO", "AAO", "ADA", "NICE", "NHS"] = Field(
        default="ICO", description="The guideline recommendations follow"
    )
    device: str = Field(default="cpu", description="torch device of the experts")
    seed: int = Field(default=0, description="Seed of everything random")
    expert_timeout: float = Field(
        default=120.0, gt=0, description="Seconds after which a case goes on without an expert"
    )
    sam_checkpoint: Path | None = Field(
        default=None, description="A segment-anything checkpoint (safetensors) for masks from boxes"
    )
    sam_model: str = Field(default="vit_b", description="The segment-anything model type of that checkpoint")
    lesion_method: Literal["segmenter", "detector"] = Field(
        default="segmenter", description="Where lesion counts come from: segmenter or detector"
    )

    chroma_url: str | None = Field(
        default=None,
        description="A Chroma server for the passages, such as http://127.0.0.1:8000; None keeps them in home",
    )
    contact: str | None = Field(
        default=None, description="An e-mail address by which literature services can reach whoever fetches from them"
    )
    policy: Literal["quick", "standard", "thorough"] = Field(
        default="standard", description="How much a planner may spend on a case: quick, standard or thorough"
    )
    image_budget: int | None = Field(
        default=None,
        ge=0,
        description="Pictures of a case shown to a planner that sees; None is the policy's own number",
    )

    @property
    def artifacts(self) -> Path:
        """The artifact store's folder."""
        return self.home / "artifacts"


def load_settings(**values: Any) -> Settings:
    """Settings from the environment, `values` on top. Raises BadSetting, in one line, for a value that cannot be used."""
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise BadSetting(f"setting {name}: {first['msg']}, not {first['input']!r}") from error


@lru_cache(maxsize=1)
def default_settings() -> Settings:
    """The settings of this process's environment. Raises BadSetting."""
    return load_settings()
