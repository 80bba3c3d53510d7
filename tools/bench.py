"""The bench: experts loaded once, photographs by reference, findings cached by what made them."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from .. import __version__
from ..errors import ArtifactMissing, ExpertUnavailable
from ..experts import Expert, load_expert
from ..experts.base import PromptedExpert
from ..experts.region.window import Prompt
from ..experts.registry import BUILT_IN, PROMPTED
from ..records import ArtifactStore, Finding, Photograph, Status
from ..records.files import write_whole
from ..settings import Settings
from .workers import StillAtWork, Workers

logger = logging.getLogger(__name__)

WORKERS = 2
"""Experts that read at the same time."""
ATTEMPTS = 2
"""An expert that fails is asked once more."""


class Bench:
    """Where experts read photographs. One bench serves many cases; it holds no case of its own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = ArtifactStore(settings.artifacts)
        self._experts: dict[str, Expert] = {}
        self._lock = threading.Lock()
        self._loading: dict[str, threading.Lock] = {}
        self._workers = Workers(WORKERS)
        self._running = 0
        self._busy_since = 0.0
        self.busy_seconds = 0.0

    def expert(self, name: str) -> Expert:
        """An expert, loaded on first use. Raises ExpertUnavailable."""
        if name in self._experts:
            return self._experts[name]
        with self._turn(name):
            if name not in self._experts:
                self._experts[name] = load_expert(name, self.settings)
            return self._experts[name]

    def _turn(self, name: str) -> threading.Lock:
        """What is held to load an expert: the built-in ones take turns, and a plug-in keeps nobody but itself waiting."""
        with self._lock:
            return self._loading.setdefault("" if name in BUILT_IN | PROMPTED else name, threading.Lock())

    async def consult(
        self, name: str, photograph: Photograph, given: Mapping[str, Finding], prompt: Prompt | None = None
    ) -> tuple[Finding, float]:
        """An expert's finding, on what `prompt` points at if there is one, and the seconds it took (0 from the cache).

        A failure or a time-out becomes a finding that is not assessed, with its reason; it never loses the case. The
        seconds and the time-out are the expert's own, without those in which it waited for another to finish.
        """
        limit = self.settings.expert_timeout
        work = partial(self._read, name, photograph, dict(given), prompt)
        try:
            return await self._workers.run(name, work, limit)
        except TimeoutError:
            return not_assessed(name, photograph, f"the {name} expert gave no answer within {limit:g} s"), limit
        except StillAtWork:
            reason = f"the {name} expert has not come back from earlier photographs and is not asked until it does"
            return not_assessed(name, photograph, reason), 0.0

    def _read(
        self, name: str, photograph: Photograph, given: dict[str, Finding], prompt: Prompt | None
    ) -> tuple[Finding, float]:
        started = time.perf_counter()
        finding, cached = self._read_or_say_why_not(name, photograph, given, prompt)
        return finding, 0.0 if cached else time.perf_counter() - started

    def _read_or_say_why_not(
        self, name: str, photograph: Photograph, given: dict[str, Finding], prompt: Prompt | None
    ) -> tuple[Finding, bool]:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._read_once(name, photograph, given, prompt)
            except ExpertUnavailable as error:
                return not_assessed(name, photograph, str(error)), False
            except BaseException:  # an expert that calls sys.exit, too, ends no more than its own reading
                logger.exception("expert %s failed on %s, attempt %d", name, photograph.sha256[:12], attempt)
        return not_assessed(name, photograph, f"the {name} expert failed; the log has the traceback"), False

    def _read_once(
        self, name: str, photograph: Photograph, given: dict[str, Finding], prompt: Prompt | None
    ) -> tuple[Finding, bool]:
        expert = self.expert(name)
        used = {need: given[need] for need in expert.needs if need in given}
        path = self._cache_path(expert, photograph, used, prompt)
        cached = self._from_cache(path)
        if cached is not None:
            return cached, True
        with self._busy():
            if prompt is not None and isinstance(expert, PromptedExpert):
                finding = expert.outline(photograph, prompt, used)
            else:
                finding = expert.read(photograph, used)
        finding.keep(self.store)
        write_whole(path, finding.model_dump_json().encode())
        return finding, False

    @contextmanager
    def _busy(self) -> Iterator[None]:
        """Adds to `busy_seconds` the time during which at least one expert runs."""
        with self._lock:
            self._running += 1
            if self._running == 1:
                self._busy_since = time.perf_counter()
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1
                if self._running == 0:
                    self.busy_seconds += time.perf_counter() - self._busy_since

    def _cache_path(
        self, expert: Expert, photograph: Photograph, used: Mapping[str, Finding], prompt: Prompt | None
    ) -> Path:
        parts = [__version__, expert.name, expert.card.version, expert.card.weights_sha256]
        parts += [photograph.sha256, photograph.eye.value, str(photograph.pixel_spacing_mm)]
        parts += [self.settings.lesion_method]
        parts += [f"{need}={finding.model_dump_json()}" for need, finding in sorted(used.items())]
        parts += [] if prompt is None else [str(prompt)]
        key = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        return self.settings.home / "findings" / key[:2] / f"{key}.json"

    def _from_cache(self, path: Path) -> Finding | None:
        try:
            finding = Finding.model_validate_json(path.read_bytes()).use(self.store)
            for ref in finding.artifacts.values():
                self.store.get(ref)
        except (OSError, ValidationError, ArtifactMissing):
            return None
        return finding


def not_assessed(name: str, photograph: Photograph, reason: str) -> Finding:
    """An expert's finding that it has none, and why."""
    return Finding(
        expert=name,
        version="",
        weights_sha256="",
        photograph=photograph.sha256,
        eye=photograph.eye,
        status=Status.NOT_ASSESSED,
        reason=reason,
    )
