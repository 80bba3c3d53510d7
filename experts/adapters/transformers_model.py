"""A model of transformers: from its folder, the hub's cache on this machine or, where it is allowed, the hub."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import ExpertUnavailable
from .foreign import ForeignExpert

FETCH = (
    "import sys; from huggingface_hub import snapshot_download; "
    "print(snapshot_download(sys.argv[1], allow_patterns=['*.safetensors', '*.json']))"
)
"""Run in a process of its own: this one stays offline."""
ONLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
FETCH_S = 3600


class TransformersExpert(ForeignExpert):
    """What classifier and segmenter have in common."""

    def found(self) -> Path:
        """The model's folder; a hub id is fetched only when FUNDOSCOPE_EXPERT_DOWNLOAD allows it."""
        hub_id = re.fullmatch(r"[\w-][\w.-]*/[\w-][\w.-]*", self.config.model)
        at_hand = (self.folder / Path(self.config.model).expanduser()).is_dir()
        if at_hand or hub_id is None:
            return super().found()
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import LocalEntryNotFoundError

        try:
            return Path(snapshot_download(self.config.model, local_files_only=True))
        except (LocalEntryNotFoundError, OSError):
            return self._fetched()

    def _fetched(self) -> Path:
        if not self.settings.expert_download:
            raise ExpertUnavailable(
                f"{self.name}: its weights are missing: {self.config.model} is not on this machine; name a folder, or "
                "set FUNDOSCOPE_EXPERT_DOWNLOAD=1 to fetch it from the Hugging Face hub"
            )
        environment = {name: value for name, value in os.environ.items() if name not in ONLINE}
        command = [sys.executable, "-c", FETCH, self.config.model]
        try:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=FETCH_S, check=True)
        except (subprocess.SubprocessError, OSError) as error:
            raise ExpertUnavailable(f"{self.name}: {self.config.model} could not be fetched") from error
        return Path(done.stdout.strip().splitlines()[-1])

    def opened(self, auto_class: str, processor_class: str = "AutoImageProcessor") -> tuple[Any, Any, list[str]]:
        """(network, processor, class names by number) as these classes load them. Raises ExpertUnavailable."""
        import transformers
        from safetensors import SafetensorError

        transformers.utils.logging.disable_progress_bar()
        options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        try:
            processor = getattr(transformers, processor_class).from_pretrained(self.model_path, **options)
            network, told = getattr(transformers, auto_class).from_pretrained(
                self.model_path, use_safetensors=True, output_loading_info=True, **options
            )
        except (OSError, ValueError, KeyError, TypeError, ImportError, RuntimeError, SafetensorError) as error:
            raise ExpertUnavailable(
                f"{self.name}: {self.model_path.name} cannot be loaded by {auto_class} ({type(error).__name__})"
            ) from error
        if told["missing_keys"]:
            raise ExpertUnavailable(f"{self.name}: {self.model_path.name} lacks {len(told['missing_keys'])} weights")
        names = [str(name) for _, name in sorted(network.config.id2label.items())]
        return network.eval().to(self.settings.device), processor, names

    def side_of(self, processor: Any) -> int:
        """Pixels across the field of view: the configuration's, or the larger side of what the processor gives the network."""
        sizes = dict(getattr(_own(processor), "crop_size" if _crops(processor) else "size", None) or {})
        return self.config.side or max((int(value) for value in sizes.values() if value), default=224)

    def inputs(self, processor: Any, pixels: NDArray[np.uint8]) -> dict[str, Any]:
        """The processor's tensors on the model's device."""
        # What a processor cuts off is retina here: the whole square is brought to the side that the network sees.
        whole: dict[str, Any] = {}
        if _crops(processor):
            whole = {"do_center_crop": False, "size": dict(_own(processor).crop_size)}
        made = processor(images=pixels, return_tensors="pt", **whole)
        return {name: value.to(self.settings.device) for name, value in made.items()}


def _own(processor: Any) -> Any:
    """The part of a processor that is for images."""
    return getattr(processor, "image_processor", processor)


def _crops(processor: Any) -> bool:
    """Whether a processor cuts its last step out of a larger square, and not the square that it makes smaller then."""
    own = _own(processor)
    sizes = [max(dict(getattr(own, name, None) or {0: 0}).values()) for name in ("crop_size", "size")]
    return bool(getattr(own, "do_center_crop", False)) and 0 < sizes[0] <= sizes[1]
