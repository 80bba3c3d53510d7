"""Which DICOM instances the photographs of this process's cases came from, for the formats that refer to them."""

from __future__ import annotations

from collections.abc import Iterable

from ..imaging.decode import DicomOrigin
from ..records import Case, Photograph


class Origins:
    """The identifiers by case and content hash, for as long as the process runs or until the case is removed.

    They can lead to a person: they are in memory only, here and beside the pixels.
    """

    def __init__(self) -> None:
        self._by_case: dict[str, dict[str, DicomOrigin]] = {}

    def note(self, case: Case) -> None:
        """Remember what the photographs of a case, which still know it, came from."""
        told = {photograph.sha256: photograph.origin for photograph in case.photographs}
        known = {sha256: origin for sha256, origin in told.items() if origin is not None}
        if known:
            self._by_case[case.id] = {**self._by_case.get(case.id, {}), **known}

    def told(self, photograph: Photograph, cases: Iterable[str]) -> Photograph:
        """The photograph with its instance, as it was noted for one of these cases; itself where none was."""
        noted = (self._by_case.get(case, {}).get(photograph.sha256) for case in cases)
        origin = next((origin for origin in noted if origin is not None), None)
        return photograph if origin is None else photograph.referring_to(origin)

    def forget(self, case: str) -> None:
        """Forget what a case's photographs came from."""
        self._by_case.pop(case, None)
