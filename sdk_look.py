"""The SDK's part without a case: one expert on a photograph, two visits compared, a region outlined, confirmed photographs kept
and those like one found."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .records import Eye, Photograph
from .sdk_arguments import Source, side_of, source_of, words_of
from .sdk_run import run

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .agents.state import Engine
    from .knowledge.cases import KeptCase
    from .records import Comparison, Finding, Passage
    from .tools.bench import Bench


class Looking(ABC):
    """What looks at single photographs without reading a case."""

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
        return await asyncio.to_thread(keep_case, await self._bench(), taken, grade, note)

    def similar(self, photograph: Source, limit: int = 5) -> list[KeptCase]:
        """The kept photographs most like this one, with their confirmed readings, best first.

        Raises BadSetting for a limit under 1.
        """
        return run(self.asimilar(photograph, limit))

    async def asimilar(self, photograph: Source, limit: int = 5) -> list[KeptCase]:
        """`similar`, async."""
        from .tools.similar import similar_cases

        taken = await asyncio.to_thread(photograph_of, photograph, None)
        return await asyncio.to_thread(similar_cases, await self._bench(), taken, limit)

    def kept(self) -> list[KeptCase]:
        """All kept photographs with their confirmed readings."""
        return run(self.akept())

    async def akept(self) -> list[KeptCase]:
        """`kept`, async."""
        from .tools.similar import kept_cases

        return await asyncio.to_thread(kept_cases, await self._bench())

    def forget(self, kept_case: KeptCase | str) -> None:
        """Remove a kept photograph and its picture's copy. Raises KnowledgeError when none is kept under that id."""
        run(self.aforget(kept_case))

    async def aforget(self, kept_case: KeptCase | str) -> None:
        """`forget`, async."""
        from .knowledge.cases import KeptCase
        from .tools.similar import forget_case

        name = kept_case.id if isinstance(kept_case, KeptCase) else words_of(kept_case, "the id of a kept case")
        await asyncio.to_thread(forget_case, await self._bench(), name)

    async def _bench(self) -> Bench:
        """The bench, made off the loop on first use."""
        return (await asyncio.to_thread(lambda: self.engine)).bench

    def consult(self, expert: str, photograph: Source, *, eye: Eye | str | None = None) -> Finding:
        """What one expert says of a photograph, after those it needs; its maps are reached by `array(name)`.

        Of a picture that is no fundus photograph or is not gradable it is `not_assessed`, with the reason. Raises
        ExpertUnavailable when there is no such expert, UnreadableImage, BadSetting.
        """
        return run(self.aconsult(expert, photograph, eye=eye))

    async def aconsult(self, expert: str, photograph: Source, *, eye: Eye | str | None = None) -> Finding:
        """`consult`, async."""
        from .tools.apart import consult_apart

        expert = words_of(expert, "an expert's name")
        taken = await asyncio.to_thread(photograph_of, photograph, eye)
        bench = await self._bench()
        return await consult_apart(bench, expert, taken)

    def compare(self, earlier: Source, later: Source, *, eye: Eye | str | None = None) -> Comparison:
        """Two photographs of one eye held against each other: lesions, grades, measures, and what an unchanged eye differs by.

        Raises BadSetting for photographs that cannot be two visits of an eye or cannot be read, UnreadableImage.
        """
        return run(self.acompare(earlier, later, eye=eye))

    async def acompare(self, earlier: Source, later: Source, *, eye: Eye | str | None = None) -> Comparison:
        """`compare`, async."""
        from .tools.apart import compare_apart

        taken = [await asyncio.to_thread(photograph_of, photograph, eye) for photograph in (earlier, later)]
        bench = await self._bench()
        return await compare_apart(bench, *taken)

    def zoom(
        self,
        photograph: Source,
        *,
        landmark: str | None = None,
        region: Sequence[float] | None = None,
        overlay: Sequence[str] = (),
        longest_side: int = 1600,
    ) -> NDArray[np.uint8]:
        """Pixels of the macula, the disc, a region (x, y, width, height) or the whole, with layers drawn: RGB uint8 (h, w, 3).

        Neither side is over `longest_side`; what lies outside the field of view is black. `overlay` names layers, such as
        "lesions" or "vessels". Raises BadSetting when there is no such view.
        """
        return run(self.azoom(photograph, landmark=landmark, region=region, overlay=overlay, longest_side=longest_side))

    async def azoom(
        self,
        photograph: Source,
        *,
        landmark: str | None = None,
        region: Sequence[float] | None = None,
        overlay: Sequence[str] = (),
        longest_side: int = 1600,
    ) -> NDArray[np.uint8]:
        """`zoom`, async."""
        from .tools.apart import view_apart
        from .tools.zoom import zoom_of

        taken = await asyncio.to_thread(photograph_of, photograph, None)
        asked = zoom_of(landmark=landmark, region=region, overlay=overlay)
        bench = await self._bench()
        return await view_apart(bench, taken, asked, longest_side)

    def search(self, query: str, *, limit: int = 8) -> list[Passage]:
        """Passages of the literature that answer a query, best first, each with its source; [] when nothing is relevant."""
        return run(self.asearch(query, limit=limit))

    async def asearch(self, query: str, *, limit: int = 8) -> list[Passage]:
        """`search`, async."""
        query = words_of(query, "query")
        return await asyncio.to_thread(lambda: self.engine.retriever.search(query, limit=limit))

    def outline(
        self,
        photograph: Source,
        *,
        box: Sequence[float] | None = None,
        point: Sequence[float] | None = None,
        eye: Eye | str | None = None,
    ) -> Finding:
        """Outline what a box (x, y, width, height) or a point (x, y), in photograph pixels, shows.

        The finding holds the mask (`array("region")`), area, longest diameter and place; in a picture that is no fundus
        photograph it is `not_assessed`. Raises BadSetting for a prompt outside the photograph or its field of view.
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
        from .tools.apart import outline_apart
        from .tools.outline import prompt_of

        taken = await asyncio.to_thread(photograph_of, photograph, eye)
        prompt = await asyncio.to_thread(prompt_of, box, point, taken)
        return await outline_apart(await self._bench(), taken, prompt)


def photograph_of(source: Source, eye: Eye | str | None) -> Photograph:
    """The photograph itself, or that of a file, of the eye the user names if any. Raises BadSetting, UnreadableImage."""
    side, source = side_of(eye), source_of(source)
    if not isinstance(source, Photograph):
        return Photograph.from_file(source, side)
    return source if side is None else source.model_copy(update={"eye": side, "eye_source": "user"})
