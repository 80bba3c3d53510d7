"""Where a local model's files are, and loading them: safetensors alone, and none of the code they may bring along."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from ...errors import BadSetting
from ...settings import Settings

FETCH = (
    "import sys; from huggingface_hub import snapshot_download; print(snapshot_download(sys.argv[1], "
    "allow_patterns=['*.safetensors', '*.json', '*.txt', '*.jinja', '*.model']))"
)
"""Run in a process of its own: this one stays offline."""
ONLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
FETCH_S = 3600


def model_folder(model: str, settings: Settings) -> Path:
    """The folder of a model given by its folder or its hub name. Raises BadSetting when it is not on this machine and
    may not be fetched."""
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    if re.fullmatch(r"[\w.-]+/[\w.-]+", model) is None:
        raise BadSetting(f"planner transformers: there is no folder {model}")
    cached = _in_cache(model)
    if cached is not None:
        return cached
    if not settings.planner_download:
        raise BadSetting(
            f"planner transformers: {model} is not on this machine; name a folder that holds it, "
            "or set FUNDOSCOPE_PLANNER_DOWNLOAD=1 to fetch it from the Hugging Face hub"
        )
    environment = {name: value for name, value in os.environ.items() if name not in ONLINE}
    try:
        fetched = subprocess.run(
            [sys.executable, "-c", FETCH, model],
            env={**environment, "HF_HUB_DISABLE_TELEMETRY": "1"},
            capture_output=True,
            text=True,
            timeout=FETCH_S,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise BadSetting(f"planner transformers: {model} could not be fetched ({type(error).__name__})") from error
    return Path(fetched.stdout.strip().splitlines()[-1])


def load(folder: Path, settings: Settings) -> tuple[Any, Any]:
    """(network, processor) of a folder. Raises BadSetting, in one line, for what cannot be loaded."""
    _check(folder)
    from safetensors import SafetensorError
    from transformers import AutoModelForImageTextToText, AutoProcessor
    from transformers.utils import logging

    logging.disable_progress_bar()
    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        processor = AutoProcessor.from_pretrained(folder, **options)
        options |= {"use_safetensors": True, "dtype": settings.planner_dtype, "output_loading_info": True}
        loaded: Any = AutoModelForImageTextToText.from_pretrained(folder, **options, **_placed(settings))
    except ImportError as error:
        raise BadSetting(
            f"planner transformers: {folder.name} needs a package that is missing; pip install 'fundoscope[local]'"
        ) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, SafetensorError) as error:
        raise BadSetting(
            f"planner transformers: {folder.name} cannot be loaded as a model of pictures and text ({type(error).__name__})"
        ) from error
    network, told = loaded
    if told["missing_keys"]:
        raise BadSetting(f"planner transformers: {folder.name} lacks {len(told['missing_keys'])} of its weights")
    if settings.planner_device_map is None and settings.planner_quantise == "none":
        network = network.to(settings.device)
    return network.eval(), processor


def _check(folder: Path) -> None:
    if not any(folder.glob("*.safetensors")):
        raise BadSetting(f"planner transformers: {folder.name} holds no safetensors weights; others are not read")
    if not (folder / "config.json").is_file():
        raise BadSetting(f"planner transformers: {folder.name} holds no config.json")
    if not _has_template(folder):
        raise BadSetting(f"planner transformers: {folder.name} has no chat template, so it cannot be spoken with")


def _has_template(folder: Path) -> bool:
    if any((folder / name).is_file() for name in ("chat_template.jinja", "chat_template.json")):
        return True
    for name in ("tokenizer_config.json", "processor_config.json"):
        try:
            if json.loads((folder / name).read_text(encoding="utf-8")).get("chat_template"):
                return True
        except (OSError, ValueError):
            continue
    return False


def _placed(settings: Settings) -> dict[str, Any]:
    """How the weights are placed. Raises ImportError where a package for it is missing."""
    placed: dict[str, Any] = {}
    if settings.planner_device_map is None and settings.planner_quantise == "none":
        return placed
    import_module("accelerate")  # transformers says of its absence what it says of a broken model
    if settings.planner_device_map is not None:
        placed["device_map"] = settings.planner_device_map
    if settings.planner_quantise == "4bit":
        import torch
        from transformers import BitsAndBytesConfig

        placed["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16
        )
        placed.setdefault("device_map", settings.device)
    return placed


def _in_cache(model: str) -> Path | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, OSError):
        return None
