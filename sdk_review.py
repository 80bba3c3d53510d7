"""The SDK's part for reviewers: the queue, signing a report, signed cases as a labelled set, removing a case."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import BadSetting
from .records import Report, ReviewDecision
from .sdk_arguments import case_of, folder_of, path_of
from .sdk_run import run
from .settings import Settings

if TYPE_CHECKING:
    from .agents.review.export import Exported
    from .agents.review.index import QueuedReport
    from .agents.review.purge import Purged
    from .agents.state import Engine


class Reviewing(ABC):
    """What a reviewer does with the cases of this FUNDOSCOPE_HOME, whichever session read them."""

    settings: Settings
    session: str

    @property
    @abstractmethod
    def engine(self) -> Engine:
        """Experts, store and planner."""

    @abstractmethod
    def _dated(self, written: dict[str, Any]) -> Report: ...

    def queue(self) -> list[QueuedReport]:
        """The reports that need a person and why, of all sessions, the oldest first: doubtful and ungradable ones."""
        return run(self.aqueue())

    async def aqueue(self) -> list[QueuedReport]:
        """`queue`, async."""
        from .agents.review.index import entries

        return [entry for entry in await asyncio.to_thread(entries, self.settings) if entry.waits]

    def standing(self, case: str) -> Report:
        """The report of a case as it stands, whichever session read it. Raises BadSetting when the case is not known."""
        return run(self.astanding(case))

    async def astanding(self, case: str) -> Report:
        """`standing`, async."""
        from .agents.review.desk import standing_report

        return self._dated((await standing_report(self.settings, case_of(case), self.session)).model_dump(mode="json"))

    def review(self, case: Report | str, decisions: ReviewDecision | dict[str, Any] | str | Path) -> Report:
        """Sign a report with a reviewer's decisions (a record, its JSON as a dict, or a JSON file); returns it signed.

        Raises BadSetting, with nothing changed, for an unknown case, decisions that do not fit it, an empty signature,
        or a report that somebody else signed first.
        """
        return run(self.areview(case, decisions))

    async def areview(self, case: Report | str, decisions: ReviewDecision | dict[str, Any] | str | Path) -> Report:
        """`review`, async."""
        from .agents.review.desk import sign

        case_id, decision = case_of(case), _decision(decisions)
        signed = await sign(self.engine, case_id, decision, self.session)
        return self._dated(signed.model_dump(mode="json"))

    def export_reviewed(self, folder: str | Path) -> Exported:
        """Write the signed cases as a labelled set: photographs without metadata, and `labels.csv`.

        Raises BadSetting for a folder that holds something.
        """
        return run(self.aexport_reviewed(folder))

    async def aexport_reviewed(self, folder: str | Path) -> Exported:
        """`export_reviewed`, async."""
        from .agents.review.export import export_signed

        return await export_signed(self.settings, folder_of(folder))

    def purge(self, case: Report | str) -> Purged:
        """Remove a case and all that was kept of it, in all sessions. Raises BadSetting when it is not known.

        What another case needs too stays, the same photographs read for a question among them, and so do files that were
        written to folders of your own.
        """
        return run(self.apurge(case))

    async def apurge(self, case: Report | str) -> Purged:
        """`purge`, async."""
        from .agents.review.purge import purge

        purged = await purge(self.settings, case_of(case))
        self.engine.shelf.clear()
        self.engine.origins.forget(purged.case)
        return purged


def _decision(given: ReviewDecision | dict[str, Any] | str | Path) -> ReviewDecision:
    """The decisions as a record. Raises BadSetting."""
    from pydantic import ValidationError

    if isinstance(given, ReviewDecision):
        return given
    try:
        if isinstance(given, dict):
            return ReviewDecision.model_validate(given)
        file = path_of(given, "a ReviewDecision, its dict or its JSON file")
        return ReviewDecision.model_validate_json(file.read_bytes())
    except OSError as error:
        raise BadSetting(f"{given}: the decisions cannot be read ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadSetting(f"the decisions: {place or 'JSON'}: {first['msg']}") from error
