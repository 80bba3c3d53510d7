"""What every expert is: a card, weights pinned by hash, and `read`."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import BadSetting, ExpertUnavailable
from ..records import ExpertCard, Finding, Photograph
from ..settings import Settings

if TYPE_CHECKING:
    import torch

    from .region.window import Prompt

Findings = Mapping[str, Finding]
"""Findings of other experts on the same photograph, by expert name."""
NO_NUMBER = "the expert gave no finite number"
"""Why nothing is assessed where a model computed what is no number."""


def _of_a_photograph(method: Callable[..., Finding]) -> Callable[..., Finding]:
    """The method, which raises BadSetting for what is no Photograph."""

    @wraps(method)
    def checked(self: Expert, photograph: Photograph, *others: Any, **named: Any) -> Finding:
        if not isinstance(photograph, Photograph):
            given = type(photograph).__name__
            raise BadSetting(f"{self.name}: a Photograph is read, not {given}; Photograph.from_file takes a path")
        return method(self, photograph, *others, **named)

    return checked


class Expert(ABC):
    """An expert model. Subclasses load their networks in `__init__` and implement `read`.

    `needs` names the experts whose findings `read` can use when they are handed in; it works without them too and
    then marks what depends on them as not assessed.
    """

    name: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        """What a subclass reads by is handed photographs alone, whoever asks it."""
        super().__init_subclass__(**options)
        for name in {"read", "outline"} & set(vars(cls)):
            setattr(cls, name, _of_a_photograph(vars(cls)[name]))

    def __init__(self, card: ExpertCard, folder: Path, settings: Settings) -> None:
        self.card = card
        self.folder = folder
        self.settings = settings

    @abstractmethod
    def read(self, photograph: Photograph, given: Findings | None = None) -> Finding:
        """Read one photograph. `given` holds other experts' findings on it. Raises BadSetting for what is no Photograph."""

    def finding(self, photograph: Photograph) -> Finding:
        """An empty finding of this expert on this photograph."""
        return Finding(
            expert=self.name,
            version=self.card.version,
            weights_sha256=self.card.weights_sha256,
            photograph=photograph.sha256,
            eye=photograph.eye,
        )

    def state_dict(self, file: str) -> dict[str, torch.Tensor]:
        """The tensors of one weights file of the card. Raises ExpertUnavailable when absent or not the pinned file."""
        from safetensors.torch import load

        entry = next((w for w in self.card.weights if w.file == file), None)
        if entry is None:
            raise ExpertUnavailable(f"{self.name}: {file} is not on the expert's card")
        return load(checked_bytes(self.folder / file, entry.sha256, self.name))


class PromptedExpert(Expert):
    """An expert that reads what a box or a click points at."""

    @abstractmethod
    def outline(self, photograph: Photograph, prompt: Prompt, given: Findings | None = None) -> Finding:
        """The region at a prompt. Raises BadSetting for a prompt outside the photograph or its field of view."""


def checked_bytes(path: Path, sha256: str, name: str) -> bytes:
    """The bytes of a weights file after its hash was checked. Raises ExpertUnavailable."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ExpertUnavailable(f"{name}: weights {path.name} are missing; reinstall fundoscope") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ExpertUnavailable(f"{name}: weights {path.name} are not the file on its card; reinstall fundoscope")
    return data
