"""The content-addressed artifact store: maps, pictures and overlays under the SHA-256 of their bytes."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

from ..errors import ArtifactMissing
from ..imaging.frame import Frame
from .base import Record
from .files import write_whole

_PACKED = b"fundoscope-zlib\n"
"""What a file begins with that holds its artifact compressed; the hash is always that of the artifact itself."""
_LARGEST = 1 << 30
"""A packed file that would unpack to more bytes than this is damaged: the largest map is a hundredth of it."""


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

    def put(self, data: bytes, media_type: str, frame: Frame | None = None, *, packed: bool = False) -> ArtifactRef:
        """Store bytes, `packed` ones compressed; the file appears whole or not at all."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        if not target.exists():
            write_whole(target, _PACKED + zlib.compress(data, 1) if packed else data)
        return ArtifactRef(sha256=sha256, media_type=media_type, frame=frame)

    def get(self, ref: ArtifactRef) -> bytes:
        """The bytes of an artifact. Raises ArtifactMissing when absent or altered."""
        try:
            data = self.path(ref.sha256).read_bytes()
        except OSError as error:
            raise ArtifactMissing(f"artifact {ref.sha256[:12]} is not in {self.root}") from error
        for content in (data, _unpacked(data)):
            if hashlib.sha256(content).hexdigest() == ref.sha256:
                return content
        raise ArtifactMissing(f"artifact {ref.sha256[:12]} in {self.root} no longer matches its hash")

    def verified_path(self, ref: ArtifactRef) -> Path:
        """The file of an artifact that was not packed, after its content was checked. Raises ArtifactMissing."""
        self.get(ref)
        return self.path(ref.sha256)

    def put_map(self, plane: NDArray[np.float32], frame: Frame) -> ArtifactRef:
        """Store a probability map (frame.height, frame.width), 0 to 1, in steps of 1/255."""
        steps = plane * np.float32(255.0)
        np.clip(np.rint(steps, out=steps), 0, 255, out=steps)
        return self.put(save({"map": steps.astype(np.uint8)}), "application/x-safetensors", frame, packed=True)

    def get_map(self, ref: ArtifactRef) -> NDArray[np.float32]:
        """A stored map at its working scale, float32, 0 to 1."""
        plane: NDArray[np.float32] = load(self.get(ref))["map"].astype(np.float32) / np.float32(255.0)
        return plane


def _unpacked(data: bytes) -> bytes:
    """What a packed file holds; nothing, which has another hash, where it is no such file or damaged."""
    if not data.startswith(_PACKED):
        return b""
    try:
        return zlib.decompressobj().decompress(data[len(_PACKED) :], _LARGEST)
    except zlib.error:
        return b""
