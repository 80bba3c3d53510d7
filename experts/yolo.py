"""ultralytics, kept quiet: nothing is synchronised, installed or written outside a folder of ours, and Pillow stays as it was."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from ..imaging.decode import pillow_open

if TYPE_CHECKING:
    from ultralytics.nn.tasks import DetectionModel


def detection_model(architecture: str, classes: int, home: Path | None = None) -> DetectionModel:
    """An untrained YOLO detector of a YAML file or of one of ultralytics' own names. Its settings lie under `home`.

    Without a home they lie in a temporary folder. Raises what ultralytics raises for an architecture it does not know.
    """
    quiet_ultralytics(home)
    from ultralytics.nn.tasks import DetectionModel

    return DetectionModel(architecture, ch=3, nc=classes, verbose=False)


def quiet_ultralytics(home: Path | None = None) -> None:
    """Import ultralytics with its settings under `home`, or in a temporary folder."""
    if "YOLO_CONFIG_DIR" not in os.environ:
        folder = home / "ultralytics" if home is not None else tempfile.mkdtemp(prefix="fundoscope-ultralytics-")
        os.environ["YOLO_CONFIG_DIR"] = str(folder)
    os.environ.update(YOLO_VERBOSE="False", YOLO_OFFLINE="True", YOLO_AUTOINSTALL="False")
    logging.getLogger("ultralytics").setLevel(logging.ERROR)
    from ultralytics import settings

    # ultralytics replaces Pillow's opener by one that installs a package when it meets a file it does not know.
    Image.open = pillow_open
    if settings.get("sync", False):
        settings.update({"sync": False})
