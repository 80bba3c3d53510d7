"""The content-addressed artifact store: maps, pictures and overlays under the SHA-256 of their bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

from ..errors import ArtifactMissing
from ..imaging.frame import Frame
from .base import Record
from .files import write_whole


class ArtifactRef(Record):
    """A reference to an artifact: its hash, its media type and, for a map, the frame it was made in."""

    sha256: str
    media_type: str
    frame: Frame | None = None


class ArtifactStore:
    """Artifacts under `root`, two-level folders by hash. Writing the same bytes twice changes nothing."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Where an artifact with this hash lies, or would lie."""
        return self.root / sha256[:2] / sha256

    def put(self, data: bytes, media_type: str, frame: Frame | None = None) -> ArtifactRef:
        """Store bytes; the file appears whole or not at all."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        if not target.exists():
            write_whole(target, data)
        return ArtifactRef(sha256=sha256, media_type=media_type, frame=frame)

    def get(self, ref: ArtifactRef) -> bytes:
        """The bytes of an artifact. Raises ArtifactMissing when absent or altered."""
        try:
            data = self.path(ref.sha256).read_bytes()
        except OSError as error:
            raise ArtifactMissing(f"artifact {ref.sha256[:12]} is not in {self.root}") from error
        if hashlib.sha256(data).hexdigest() != ref.sha256:
            raise ArtifactMissing(f"artifact {ref.sha256[:12]} in {self.root} no longer matches its hash")
        return data

    def verified_path(self, ref: ArtifactRef) -> Path:
        """The file of an artifact after its content was checked. Raises ArtifactMissing."""
        self.get(ref)
        return self.path(ref.sha256)

    def put_map(self, plane: NDArray[np.float32], frame: Frame) -> ArtifactRef:
        """Store a probability map (frame.height, frame.width), 0 to 1, in steps of 1/255."""
        steps = plane * np.float32(255.0)
        np.clip(np.rint(steps, out=steps), 0, 255, out=steps)
        return self.put(save({"map": steps.astype(np.uint8)}), "application/x-safetensors", frame)

    def get_map(self, ref: ArtifactRef) -> NDArray[np.float32]:
        """A stored map at its working scale, float32, 0 to 1."""
        plane: NDArray[np.float32] = load(self.get(ref))["map"].astype(np.float32) / np.float32(255.0)
        return plane
