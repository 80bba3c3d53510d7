"""The SDK's part for single photographs: outlining a region, keeping a confirmed one, finding those like it."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .records import Eye, Photograph
from .sdk_arguments import Source, side_of, source_of, words_of
from .sdk_run import run

if TYPE_CHECKING:
    from .agents.state import Engine
    from .knowledge.cases import KeptCase
    from .records import Finding


class Looking(ABC):
    """What looks at one photograph without reading a case."""

    @property
    @abstractmethod
    def engine(self) -> Engine:
        """Experts, store and planner."""

    def keep(self, photograph: Source, grade: int, *, eye: Eye | str | None = None, note: str = "") -> KeptCase:
        """Keep a photograph with its confirmed ICDR grade, so that it can be found as a similar case.

        `noticed` of what comes back says what earlier reading was replaced and when the photograph is not gradable. Raises
        BadSetting for a grade that is not a whole number 0 to 4, NotAFundusPhotograph for a picture of something else.
        """
        return run(self.akeep(photograph, grade, eye=eye, note=note))

    async def akeep(self, photograph: Source, grade: int, *, eye: Eye | str | None = None, note: str = "") -> KeptCase:
        """`keep`, async."""
        from .tools.similar import keep_case

        note = words_of(note, "note")
        taken = await asyncio.to_thread(photograph_of, photograph, eye)
        return await asyncio.to_thread(keep_case, self.engine.bench, taken, grade, note)

    def similar(self, photograph: Source, limit: int = 5) -> list[KeptCase]:
        """The kept photographs most like this one, with their confirmed readings, best first.

        Raises BadSetting for a limit under 1.
        """
        return run(self.asimilar(photograph, limit))

    async def asimilar(self, photograph: Source, limit: int = 5) -> list[KeptCase]:
        """`similar`, async."""
        from .tools.similar import similar_cases

        taken = await asyncio.to_thread(photograph_of, photograph, None)
        return await asyncio.to_thread(similar_cases, self.engine.bench, taken, limit)

    def kept(self) -> list[KeptCase]:
        """All kept photographs with their confirmed readings."""
        return run(self.akept())

    async def akept(self) -> list[KeptCase]:
        """`kept`, async."""
        from .tools.similar import kept_cases

        return await asyncio.to_thread(kept_cases, self.engine.bench)

    def forget(self, kept_case: KeptCase | str) -> None:
        """Remove a kept photograph and its picture's copy. Raises KnowledgeError when none is kept under that id."""
        run(self.aforget(kept_case))

    async def aforget(self, kept_case: KeptCase | str) -> None:
        """`forget`, async."""
        from .knowledge.cases import KeptCase
        from .tools.similar import forget_case

        name = kept_case.id if isinstance(kept_case, KeptCase) else words_of(kept_case, "the id of a kept case")
        await asyncio.to_thread(forget_case, self.engine.bench, name)

    def outline(
        self,
        photograph: Source,
        *,
        box: Sequence[float] | None = None,
        point: Sequence[float] | None = None,
        eye: Eye | str | None = None,
    ) -> Finding:
        """Outline what a box (x, y, width, height) or a point (x, y), in photograph pixels, shows.

        The finding holds the mask (`array("region")`), area, longest diameter and place. Raises BadSetting for a prompt
        outside the photograph or its field of view.
        """
        return run(self.aoutline(photograph, box=box, point=point, eye=eye))

    async def aoutline(
        self,
        photograph: Source,
        *,
        box: Sequence[float] | None = None,
        point: Sequence[float] | None = None,
        eye: Eye | str | None = None,
    ) -> Finding:
        """`outline`, async."""
        from .tools.outline import prompt_of

        taken = await asyncio.to_thread(photograph_of, photograph, eye)
        prompt = prompt_of(box, point, taken)
        landmarks, _seconds = await self.engine.bench.consult("landmarks", taken, {})
        finding, _seconds = await self.engine.bench.consult("region", taken, {"landmarks": landmarks}, prompt)
        return finding


def photograph_of(source: Source, eye: Eye | str | None) -> Photograph:
    """The photograph itself, or that of a file, of the eye the user names if any. Raises BadSetting, UnreadableImage."""
    side, source = side_of(eye), source_of(source)
    if not isinstance(source, Photograph):
        return Photograph.from_file(source, side)
    return source if side is None else source.model_copy(update={"eye": side, "eye_source": "user"})
