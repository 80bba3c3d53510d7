"""The cases of a batch in the home that reads it: which are gone from it, and how those that it keeps stand today."""

from __future__ import annotations

from ..agents.review import index
from ..records import Report
from ..settings import Settings
from .ledger import Entry, Ledger


class Cases:
    """What a home knows when a batch begins, for a session, beside what the batch's ledger says was read into it."""

    def __init__(self, settings: Settings, session: str, ledger: Ledger) -> None:
        self._settings, self._session = settings, session
        self._home = index.home_id(settings)
        self._known = index.standing(settings, session)
        self._gone = {content: case for content, case in ledger.cases(self._home).items() if case not in self._known}

    def gone(self, content: str) -> str | None:
        """The case of a file's content when it was purged since it was read: it was in this home, or is marked, and is not here."""
        return self._gone.get(content)

    def here(self, entry: Entry, case: str) -> bool:
        """Whether this home keeps the case, and no other home is where its rows came from."""
        return case in self._known and entry.home in (None, self._home)

    def moved(self, entry: Entry) -> bool:
        """Whether the home entered the case again since the rows were written: it was signed, asked about or read again."""
        return entry.case is None or self._known[entry.case].read_at != entry.stood_at

    def entry(self, report: Report, edition: str) -> Entry:
        """What the ledger is to say of a report whose rows are written now.

        A report that was signed in the meantime is told by its status: it has no `stood_at`, and the next start looks again.
        """
        now = index.standing(self._settings, self._session, report.case).get(report.case)
        if now is None:
            return Entry(False, edition, report.case)
        stood_at = now.read_at if now.status is report.status else None
        return Entry(False, edition, report.case, self._home, stood_at)
