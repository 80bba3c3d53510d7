"""Keeping every dependency quiet: no telemetry, no downloads, no settings outside our folder."""

from __future__ import annotations

import os
import sys

from .errors import BadSetting
from .settings import Settings

SWITCHES = {
    "LANGSMITH_TRACING": "false",
    "LANGSMITH_TRACING_V2": "false",
    "LANGCHAIN_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "ANONYMIZED_TELEMETRY": "False",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
    "RAY_USAGE_STATS_ENABLED": "0",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "YOLO_OFFLINE": "true",
}
KEYS = ("LANGSMITH_API_KEY", "LANGCHAIN_API_KEY", "OPENAI_LOG", "ANTHROPIC_LOG")
"""Inherited from the shell they would switch tracing on, or have a provider's client write what it sends to the log."""


def quiet_dependencies(settings: Settings) -> None:
    """Switch telemetry and downloads off, whatever the shell says. To be called before the dependencies are imported;
    what LangSmith has read of the environment by then is read anew. Raises BadSetting for a home that cannot be made."""
    os.environ.update(SWITCHES)
    for key in KEYS:
        os.environ.pop(key, None)
    tracing = sys.modules.get("langsmith.utils")
    if tracing is not None:
        tracing.get_env_var.cache_clear()
    folder = settings.home / "ultralytics"
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise BadSetting(f"setting home: {settings.home} cannot be used ({error.strerror})") from error
    os.environ["YOLO_CONFIG_DIR"] = str(folder)
