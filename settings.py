"""Settings, read from `FUNDOSCOPE_*` environment variables; nothing else is consulted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from .errors import BadSetting

_DEVICE = re.compile(r"(cpu|cuda|mps|xpu)(:\d+)?")
"""Names of torch devices that a network is read on."""


class Settings(BaseSettings):
    """Where data lives and how a case is read."""

    model_config = SettingsConfigDict(env_prefix="FUNDOSCOPE_", extra="forbid", frozen=True)

    home: Path = Field(
        default_factory=lambda: Path.home() / ".fundoscope", description="The user's data: store, checkpoints, passages"
    )
    data: Path | None = Field(default=None, description="Labelled photographs for training and tests")
    planner: str = Field(
        default="protocol",
        description="The chat model that plans: protocol, openai:MODEL, anthropic:MODEL, ollama:MODEL, another provider "
        "of LangChain's, or transformers:FOLDER",
    )
    planner_base_url: str | None = Field(
        default=None, description="The planner's server, such as http://127.0.0.1:8000, with or without /v1"
    )
    planner_api_key: SecretStr | None = Field(
        default=None, description="The key of the planner's server; without it the provider's own variable is used"
    )
    planner_dialect: Literal["auto", "native", "json"] = Field(
        default="auto", description="How tools are called: native, json (in plain text), or auto, which finds out once"
    )
    planner_sees: Literal["auto", "yes", "no"] = Field(
        default="auto", description="Whether the planner is shown pictures; auto stops when the model takes none"
    )
    planner_timeout: float = Field(default=300.0, gt=0, description="Most seconds for one answer of the planner")
    planner_max_tokens: int = Field(default=2048, gt=0, description="Most tokens of one answer of the planner")
    planner_stream: bool = Field(default=True, description="Whether answers are streamed; needed to stop endless ones")
    planner_dtype: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        default="auto", description="Number format of a planner of transformers:"
    )
    planner_device_map: str | None = Field(
        default=None, description="Device map of a planner of transformers:, such as auto; None puts it on the device"
    )
    planner_quantise: Literal["none", "4bit"] = Field(
        default="none", description="Whether a planner of transformers: is loaded with 4-bit weights"
    )
    planner_download: bool = Field(
        default=False, description="Whether a planner of transformers: may be fetched from the Hugging Face hub"
    )
    guideline: Literal["ICO", "AAO", "ADA", "NICE", "NHS"] = Field(
        default="ICO", description="The guideline recommendations follow"
    )
    device: str = Field(default="cpu", description="torch device of the experts")
    seed: int = Field(default=0, description="Seed of everything random")
    expert_timeout: float = Field(
        default=120.0, gt=0, description="Seconds after which a case goes on without an expert"
    )
    site_calibration: bool = Field(
        default=True,
        description="Whether thresholds fitted and camera's dark spots found by `fundoscope calibrate` are used",
    )
    expert_download: bool = Field(
        default=False, description="Whether an adapted expert's weights may be fetched from the Hugging Face hub"
    )
    sam_checkpoint: Path | None = Field(
        default=None, description="A segment-anything checkpoint (safetensors) for masks from boxes"
    )
    sam_model: str = Field(default="vit_b", description="The segment-anything model type of that checkpoint")
    lesion_method: Literal["segmenter", "detector"] = Field(
        default="segmenter", description="Where lesion counts come from: segmenter or detector"
    )

    checkpoints_url: SecretStr | None = Field(
        default=None,
        description="A PostgreSQL database for the conversations, such as postgresql://user@host/name; None keeps them in home",
    )
    chroma_url: str | None = Field(
        default=None,
        description="A Chroma server for the passages, such as http://127.0.0.1:8000; None keeps them in home",
    )
    own_documents: bool = Field(
        default=True,
        description="Whether documents that were added on this machine are searched beside the shipped passages",
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
    composer: Literal["built-in", "model"] = Field(
        default="built-in",
        description="Who words a report: built-in, or the planner's model, whose sentences are verified",
    )

    @field_validator("home")
    @classmethod
    def _no_file(cls, home: Path) -> Path:
        if home.is_file():
            raise ValueError("a folder is needed")
        return home

    @field_validator("checkpoints_url")
    @classmethod
    def _some_address(cls, url: SecretStr | None) -> SecretStr | None:
        return url if url is not None and url.get_secret_value().strip() else None

    @field_validator("device")
    @classmethod
    def _a_device(cls, device: str) -> str:
        if not _DEVICE.fullmatch(device):
            raise ValueError("a torch device is needed, such as cpu, cuda, cuda:0, mps or xpu")
        return device

    @property
    def artifacts(self) -> Path:
        """The artifact store's folder."""
        return self.home / "artifacts"


SECRETS = ("planner_api_key", "checkpoints_url")
"""Settings whose values are told to nobody."""


def load_settings(**values: Any) -> Settings:
    """Settings from the environment, `values` on top.

    Raises BadSetting, in one line, for a value that cannot be used and for a name that no setting has.
    """
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            near = get_close_matches(name, Settings.model_fields, n=1)
            meant = f"; {near[0]} is one" if near else ""
            raise BadSetting(f"setting {name}: there is no setting of that name{meant}") from error
        given = "" if name in SECRETS else f", not {first['input']!r}"
        raise BadSetting(f"setting {name}: {first['msg'].removeprefix('Value error, ')}{given}") from error


_at_work: ContextVar[Settings | None] = ContextVar("fundoscope_settings", default=None)


@contextmanager
def working_under(settings: Settings) -> Iterator[None]:
    """What is done in this block is done under these settings: what is given none finds them by `settings_in_use`."""
    token = _at_work.set(settings)
    try:
        yield
    finally:
        _at_work.reset(token)


def settings_in_use(given: Settings | None = None) -> Settings:
    """`given`; without it the settings of the work that is going on, or else those of this process's environment.

    Raises BadSetting for what is no Settings.
    """
    if given is None:
        return _at_work.get() or default_settings()
    if not isinstance(given, Settings):
        raise BadSetting(
            f"settings are a Settings, not {type(given).__name__}; single ones are named, such as home=..."
        )
    return given


@lru_cache(maxsize=1)
def default_settings() -> Settings:
    """The settings of this process's environment. Raises BadSetting."""
    return load_settings()
