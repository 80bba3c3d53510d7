"""What the adapters share: the model's files and their hash, the field of view at the model's scale, and the finding."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import ExpertUnavailable
from ...imaging import Frame
from ...records import ExpertCard, Finding, Measurement, Photograph
from ...records.card import WeightsFile
from ...settings import Settings
from ..base import NO_NUMBER, Expert
from .config import AdapterConfig, load_config, model_path

NOT_CALIBRATED = "Its probabilities are the model's own; nobody calibrated them here."
ICDR = (
    "no apparent retinopathy",
    "mild non-proliferative",
    "moderate non-proliferative",
    "severe non-proliferative",
    "proliferative",
)


class ForeignExpert(Expert):
    """An expert around somebody else's model. The card's weights are those found with the model, by their hash."""

    def __init__(self, card: ExpertCard, folder: Path, settings: Settings) -> None:
        self.name = card.name  # type: ignore[misc]
        super().__init__(card, folder, settings)
        self.config: AdapterConfig = load_config(folder, card.name)
        self.model_path = self.found()
        self.card = card.model_copy(update={"weights": self._pinned()})

    def found(self) -> Path:
        """Where the model lies. Raises ExpertUnavailable."""
        path = model_path(self.config, self.folder)
        if path is not None and path.is_file() and path.suffix != ".safetensors":
            raise ExpertUnavailable(
                f"{self.name}: {path.name} is not opened, it may hold more than tensors; "
                "`fundoscope convert` makes a .safetensors of a file of tensors"
            )
        if path is None:
            raise ExpertUnavailable(f"{self.name}: its weights are missing: there is no {self.config.model}")
        return path

    def weights_files(self) -> list[Path]:
        """The safetensors files of the model. Raises ExpertUnavailable when there are none."""
        files = sorted(self.model_path.glob("*.safetensors")) if self.model_path.is_dir() else [self.model_path]
        if not files:
            raise ExpertUnavailable(
                f"{self.name}: its weights are missing: {self.model_path.name} holds no .safetensors; "
                "`fundoscope convert` makes one of a file of tensors"
            )
        return files

    def tensors(self) -> dict[str, Any]:
        """All tensors of the model. Raises ExpertUnavailable."""
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        state: dict[str, Any] = {}
        for file in self.weights_files():
            try:
                state |= load_file(file)
            except (OSError, SafetensorError) as error:
                raise ExpertUnavailable(f"{self.name}: {file.name} is no safetensors file") from error
        return state

    def fill(self, network: Any, state: dict[str, Any]) -> None:
        """Put weights into a network, all of them. Raises ExpertUnavailable when they do not fit."""
        try:
            network.load_state_dict({n: t.float() if t.is_floating_point() else t for n, t in state.items()})
        except RuntimeError as error:
            raise ExpertUnavailable(
                f"{self.name}: the weights do not fit the network {self.config.architecture}"
            ) from error

    def numbers(self, given: NDArray[Any]) -> NDArray[Any]:
        """What the model gave. Raises ExpertUnavailable where it is not a number: the largest of such values is no answer."""
        if np.isnan(given).any():
            raise ExpertUnavailable(f"{self.name}: {NO_NUMBER}")
        return given

    def look(self, photograph: Photograph, side: int) -> tuple[NDArray[np.uint8], Frame]:
        """The square round the field of view, RGB uint8 (side, side, 3), and its frame."""
        size = (photograph.height, photograph.width)
        frame = Frame.around(photograph.field_of_view, size, side, square=True)
        return frame.look(photograph.pixels), frame

    def classes(self, names: Sequence[str]) -> dict[int, str | int]:
        """What the model's classes mean, by number. Raises ExpertUnavailable for a label the model does not have."""
        meant = {}
        for label, meaning in self.config.labels.items():
            number = int(label) if label.isdigit() else names.index(label) if label in names else len(names)
            if number >= len(names):
                raise ExpertUnavailable(f"{self.name}: the model has no class {label!r}; it has {', '.join(names)}")
            meant[number] = meaning
        return meant

    def classified(self, photograph: Photograph, logits: NDArray[np.float64], classes: dict[int, str | int]) -> Finding:
        """A finding from a classifier's logits (classes,)."""
        logits = self.numbers(logits)
        shifted = np.exp(logits - logits.max())
        shares = 1 / (1 + np.exp(-logits)) if self.config.several else shifted / shifted.sum()
        finding = self.finding(photograph)
        finding.notes = [NOT_CALIBRATED]
        if self.config.scale == "icdr":
            _grade(finding, shares, classes)
            return finding
        finding.measurements = [
            Measurement(
                name=f"probability_{_token(meaning)}",
                value=float(shares[number]),
                definition=f"the model's own probability of {meaning}, not calibrated here",
            )
            for number, meaning in classes.items()
        ]
        return finding

    def _pinned(self) -> list[WeightsFile]:
        found = [
            WeightsFile(file=f.name, sha256=hashlib.sha256(f.read_bytes()).hexdigest(), bytes=f.stat().st_size)
            for f in self.weights_files()
        ]
        if self.card.weights and {w.sha256 for w in self.card.weights} != {w.sha256 for w in found}:
            raise ExpertUnavailable(f"{self.name}: the weights of {self.model_path.name} are not those on its card")
        return found


def _grade(finding: Finding, shares: NDArray[np.float64], classes: dict[int, str | int]) -> None:
    p = np.zeros(len(ICDR))
    for number, grade in classes.items():
        p[int(grade)] += shares[number]
    p /= max(float(p.sum()), 1e-12)
    finding.value = int(p.argmax())
    finding.label, finding.probabilities = ICDR[finding.value], [float(v) for v in p]
    finding.referable_probability = float(min(1.0, p[2:].sum()))
    finding.measurements = [
        Measurement(name="icdr_grade", value=finding.value, unit="ICDR grade", reference="wilkinson2003"),
        Measurement(
            name="referable_probability",
            value=finding.referable_probability,
            definition="the model's own probability of grade 2 or above, not calibrated here",
        ),
    ]


def _token(meaning: str | int) -> str:
    return re.sub(r"\W+", "_", str(meaning).strip().lower())
