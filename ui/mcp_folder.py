"""The photographs that an MCP client may ask for: those of one folder, under references that tell no file's name."""

from __future__ import annotations

import threading
from pathlib import Path

from ..errors import BadSetting
from ..jobs.folder import photographs_in
from ..records.files import plain_name


class Folder:
    """References photo-1, photo-2, ... to the photographs under a folder, in the order of their names.

    A reference stays with its file as long as the server runs; files that come later get the next ones. A client that
    knows a file's name already may use that, relative to the folder.
    """

    def __init__(self, folder: Path, home: Path) -> None:
        """`home`, where the program keeps its own files, is no part of the folder. Raises BadSetting when it holds none."""
        self.folder, self._home = folder, home
        self._by_reference: dict[str, Path] = {}
        self._looking = threading.Lock()
        self.references()

    def references(self) -> list[str]:
        """Those of all photographs that are there now."""
        try:
            found = photographs_in(self.folder, self._home).photographs
        except BadSetting:
            if not self._by_reference:
                raise
            found = []  # why would name files that no reference stands for
        with self._looking:
            known = set(self._by_reference.values())
            for path in found:
                if path not in known:
                    self._by_reference[f"photo-{len(self._by_reference) + 1}"] = path
            there = set(found)
            return [reference for reference, path in self._by_reference.items() if path in there]

    def path(self, asked: str) -> Path:
        """The file of a reference, or of a name in the folder. Raises BadSetting."""
        if asked in self._by_reference:
            return self._by_reference[asked]
        named = self.folder / asked
        there = {self._by_reference[reference] for reference in self.references()}
        if named not in there:
            raise BadSetting(f"there is no photograph {asked!r}; list_photographs gives the references")
        return named

    def hidden(self, line: str) -> str:
        """A line of an error with references for the files' paths and names in it."""
        with self._looking:
            known = list(self._by_reference.items())
        names = {name: r for r, path in known for name in (path.name, plain_name(path.name))}
        names |= {name: r for r, path in known for name in (str(path), plain_name(path))}
        for name in sorted(names, key=len, reverse=True):
            line = line.replace(name, names[name])
        return line
