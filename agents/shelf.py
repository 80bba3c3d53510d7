"""The shelf: decoded photographs in memory, those of running cases for as long as they run."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from ..records import Photograph

SHELF_SIZE = 4
"""Photographs kept decoded between calls; older ones come back from the store."""


class Shelf:
    """Photographs by content hash. At most `size` stay beside those that are held; all threads may use it at once."""

    def __init__(self, size: int = SHELF_SIZE) -> None:
        self.size = size
        self._photographs: dict[str, Photograph] = {}
        self._held: Counter[str] = Counter()
        self._lock = threading.Lock()

    def get(self, sha256: str) -> Photograph | None:
        """The photograph with this hash, if it is here."""
        with self._lock:
            return self._photographs.get(sha256)

    def put(self, photographs: Iterable[Photograph]) -> None:
        """Add photographs as the newest; the oldest that nobody holds make room."""
        with self._lock:
            self._put(photographs)

    @contextmanager
    def held(self, photographs: Sequence[Photograph]) -> Iterator[None]:
        """Add photographs that stay for as long as this block runs, whatever comes after them."""
        hashes = {photograph.sha256 for photograph in photographs}
        with self._lock:
            self._held.update(hashes)
            self._put(photographs)
        try:
            yield
        finally:
            with self._lock:
                self._held -= Counter(hashes)
                self._make_room()

    def clear(self) -> None:
        """Forget every photograph but those that are held."""
        with self._lock:
            self._photographs = {name: p for name, p in self._photographs.items() if name in self._held}

    def _put(self, photographs: Iterable[Photograph]) -> None:
        for photograph in photographs:
            self._photographs.pop(photograph.sha256, None)
            self._photographs[photograph.sha256] = photograph
        self._make_room()

    def _make_room(self) -> None:
        free = [name for name in self._photographs if name not in self._held]
        for name in free[: max(0, len(free) - self.size)]:
            del self._photographs[name]
