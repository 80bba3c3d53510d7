"""The SDK: one engine behind the reading room, batch jobs and Python programs."""

from __future__ import annotations

import asyncio
import datetime
import hashlib
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from .errors import BadSetting
from .quiet import quiet_dependencies
from .records import Case, Eye, Report
from .sdk_arguments import Source, case_of, folder_of, path_of, prior_of, side_of, sources_of, view_of, words_of
from .sdk_look import Looking, photograph_of
from .sdk_review import Reviewing
from .sdk_run import run, run_apart
from .sdk_steps import Steps
from .sdk_write import Writing
from .settings import Settings, load_settings, settings_in_use, working_under

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .agents.answer import Answer
    from .agents.state import CaseState, Engine
    from .jobs.batch import BatchSummary
    from .tools.views import View

Progress = Callable[[str], None]

DURABILITY: Literal["sync"] = "sync"
"""A node's result is on disk before the next node begins."""


class Fundoscope(Reviewing, Writing, Looking):
    """Reads photographs into grounded reports and answers questions about them.

    `session` keeps the threads of different users apart; the same session can go on with a case after a restart.
    Every method that does work has an async twin with an `a` before its name; the plain ones also work inside a running event
    loop. Raises BadSetting for a setting that does not exist or cannot be used.
    """

    def __init__(self, settings: Settings | None = None, *, session: str = "local", **overrides: Any) -> None:
        base = settings_in_use(settings)
        self.settings = load_settings(**{**base.model_dump(), **overrides}) if overrides else base
        self.session = words_of(session, "session")
        self._engine: Engine | None = None
        self._making = threading.Lock()

    @property
    def engine(self) -> Engine:
        """Experts, store and planner, made on first use, once for all threads.

        Raises BadSetting, also for a device this machine has not got.
        """
        with self._making:
            if self._engine is None:
                from .agents.models import speaker
                from .agents.state import Engine
                from .experts.devices import check_device
                from .tools.bench import Bench

                quiet_dependencies(self.settings)
                check_device(self.settings.device)
                self._engine = Engine(self.settings, Bench(self.settings), speaker(self.settings))
            return self._engine

    def in_session(self, session: str) -> Fundoscope:
        """The same experts and store under another session's name."""
        other = Fundoscope(self.settings, session=session)
        other._engine = self.engine
        return other

    def read(
        self,
        photographs: Source | Sequence[Source],
        *,
        eye: Eye | str | None = None,
        context: str = "",
        question: str = "",
        prior: Report | str | Path | None = None,
    ) -> Report:
        """Read the photographs of one patient. `eye` names the eye of all of them.

        A `question` narrows what is read. Each question makes a case of its own: the whole reading of the same photographs,
        and what was signed of it, stays. `prior` is the report of an earlier visit, or its JSON file: each eye is compared with it.
        Raises UnreadableImage or UnreadableReport (one line, naming the file), and BadSetting for photographs of different
        patients and for an argument that is not of its kind, before anything is written.
        """
        return run(self.aread(photographs, eye=eye, context=context, question=question, prior=prior))

    async def aread(
        self,
        photographs: Source | Sequence[Source],
        *,
        eye: Eye | str | None = None,
        context: str = "",
        question: str = "",
        prior: Report | str | Path | None = None,
        on_step: Progress | None = None,
    ) -> Report:
        """`read`, async; `on_step` hears the name of each finished step."""
        report: Report | None = None
        reading = self.astream(photographs, eye=eye, context=context, question=question, prior=prior)
        async with aclosing(reading) as steps:
            async for step, result in steps:
                if on_step is not None:
                    on_step(step)
                report = result or report
        if report is None:
            raise BadSetting("the graph ended without a report")
        return report

    async def astream(
        self,
        photographs: Source | Sequence[Source],
        *,
        eye: Eye | str | None = None,
        context: str = "",
        question: str = "",
        prior: Report | str | Path | None = None,
    ) -> AsyncGenerator[tuple[str, Report | None], None]:
        """Steps of the reading as they finish: (step name, report once it is written).

        It may be left at any step; the same call takes the reading up from there.
        """
        from .agents.visits import prior_visits

        earlier = prior_of(prior)
        case = await self.acase(photographs, eye=eye, context=context, question=question)
        fresh: dict[str, Any] = {"case": case.model_dump(mode="json"), "question": case.question, "follow_up": False}
        fresh |= {"findings": {}, "report": {}, "answer": {}, "comparisons": [], "uncompared": []}
        fresh["prior"] = [] if earlier is None else [v.model_dump(mode="json") for v in prior_visits(earlier)]
        fresh["prior_given"] = earlier is not None
        told = False
        engine = await asyncio.to_thread(lambda: self.engine)
        engine.origins.note(case)
        with engine.shelf.held(case.photographs):
            async with Steps(self._updates(case.id, fresh)) as steps:
                async for step, update in steps:
                    written = update.get("report") if update and step == "write_report" else None
                    told = told or bool(written)
                    yield step, self._dated(written) if written else None
        if not told:  # the run went on after a crash that the written report had outlived
            yield "write_report", await self.areport(case.id)

    def report(self, case: str) -> Report:
        """The report of a case that was read in this session, as it stands after its questions.

        Raises BadSetting when the case is not known.
        """
        return run(self.areport(case))

    async def areport(self, case: str) -> Report:
        """`report`, async."""
        return self._dated((await self._left(case_of(case)))["report"])

    def ask(self, case: Report | str, question: str) -> Answer:
        """Answer a question about a case that was read in this session, from its evidence.

        Raises BadSetting when the case is not known.
        """
        return run(self.aask(case, question))

    async def aask(self, case: Report | str, question: str) -> Answer:
        """`ask`, async."""
        from .agents.answer import Answer
        from .agents.review.desk import QUESTION_WAITS_SECONDS, held

        case_id, question = case_of(case), words_of(question, "question")
        if not question:
            raise BadSetting("a question is needed")
        await self._left(case_id)  # a case that is not known is told before it is locked
        result: dict[str, Any] = {}
        async with held(self.settings, case_id, QUESTION_WAITS_SECONDS):
            async for step, update in self._updates(case_id, {"question": question, "follow_up": True}):
                if step == "answer" and update:
                    result = update.get("answer", {})
        return Answer.model_validate(result)

    def picture(self, case: Report | str, view: View, longest_side: int = 1600) -> NDArray[np.uint8]:
        """The pixels of a view that an answer shows, RGB uint8 (height, width, 3), neither side over `longest_side`.

        Raises BadSetting when the case or its photograph is not known, ArtifactMissing when it is no longer kept.
        """
        return run(self.apicture(case, view, longest_side))

    async def apicture(self, case: Report | str, view: View, longest_side: int = 1600) -> NDArray[np.uint8]:
        """`picture`, async."""
        from .agents.state import findings_of, photographs_of
        from .tools.views import render

        view, case_id = view_of(view), case_of(case)
        state = cast("CaseState", await self._left(case_id))
        if view.photograph not in photographs_of(state):
            raise BadSetting(f"{case_id} has no photograph {view.photograph!r}")
        photograph = self.engine.photograph(state, view.photograph)
        findings = {n: f.use(self.engine.bench.store) for n, f in findings_of(state, view.photograph).items()}
        with working_under(self.settings):
            return await asyncio.to_thread(render, view, photograph, findings, longest_side)

    def case(
        self,
        photographs: Source | Sequence[Source],
        *,
        eye: Eye | str | None = None,
        context: str = "",
        question: str = "",
    ) -> Case:
        """The case that `read` makes of the same, without reading it: the id is made of the photographs' hashes and eyes and of
        the question, if there is one. Raises as `read` does for what is given."""
        from .agents.intake_checks import admitted

        question, context, side = words_of(question, "question"), words_of(context, "context"), side_of(eye)
        taken, noticed = admitted([photograph_of(source, side) for source in sources_of(photographs)])
        parts = [p.sha256 + p.eye for p in taken] + ([f"\n{question}"] if question else [])
        case_id = hashlib.sha256("".join(parts).encode()).hexdigest()[:16]
        return Case(id=f"case-{case_id}", photographs=taken, context=context, question=question, noticed=noticed)

    async def acase(
        self,
        photographs: Source | Sequence[Source],
        *,
        eye: Eye | str | None = None,
        context: str = "",
        question: str = "",
    ) -> Case:
        """`case`, async."""
        return await asyncio.to_thread(self.case, photographs, eye=eye, context=context, question=question)

    def batch(
        self, folder: str | Path, out: str | Path, *, on_file: Progress | None = None, workers: int = 1
    ) -> BatchSummary:
        """Read every photograph of a folder once; a second start skips what is done and takes over what was signed since.

        `on_file` hears the name of each finished file; it may make plain calls. `workers` processes read side by side, each with
        its share of the processor and memory of its own (`docs/batch.md`).
        """
        return run_apart(self.abatch(folder, out, on_file=on_file, workers=workers))

    async def abatch(
        self, folder: str | Path, out: str | Path, *, on_file: Progress | None = None, workers: int = 1
    ) -> BatchSummary:
        """`batch`, async."""
        from .jobs.batch import run_batch

        return await run_batch(self, path_of(folder), folder_of(out), on_file, workers)

    async def _updates(self, case_id: str, values: dict[str, Any]) -> AsyncIterator[tuple[str, dict[str, Any] | None]]:
        """Run the graph on the case's thread and yield (node, update); a run that was cut short goes on where it was."""
        from .agents.checkpoints import checkpoints
        from .agents.graph import build_graph
        from .agents.resume import begin

        config = self._thread(case_id)
        async with checkpoints(self.settings) as saver:
            graph = build_graph(saver)
            if "case" not in values:
                await self._known(graph, case_id)
            start, config = await begin(graph, config, values, self.settings)
            stream = graph.astream(start, config, context=self.engine, stream_mode="updates", durability=DURABILITY)
            async for chunk in stream:
                for node, update in chunk.items():
                    if node != "__interrupt__":
                        yield node, update
            await saver.keep_latest(config["configurable"]["thread_id"])

    def _thread(self, case_id: str) -> Any:
        return {"configurable": {"thread_id": f"{self.session}:{case_id}"}}

    async def _left(self, case_id: str) -> dict[str, Any]:
        """The state in which a case was left. Raises BadSetting."""
        from .agents.checkpoints import checkpoints
        from .agents.graph import build_graph

        async with checkpoints(self.settings) as saver:
            return await self._known(build_graph(saver), case_id)

    async def _known(self, graph: Any, case_id: str) -> dict[str, Any]:
        """The same, by a graph at hand."""
        state: dict[str, Any] = (await graph.aget_state(self._thread(case_id))).values
        if not state.get("report"):
            raise BadSetting(f"{case_id} was not read in this session")
        return state

    def _dated(self, written: dict[str, Any]) -> Report:
        report = Report.model_validate(written)
        for entry in report.evidence:
            if entry.finding is not None:
                entry.finding.use(self.engine.bench.store)
        report.provenance.created = datetime.datetime.now(datetime.UTC)
        return report
