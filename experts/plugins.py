"""Experts of other packages: an entry point of the group `fundoscope.experts` names a package laid out like a built-in one.

    [project.entry-points."fundoscope.experts"]
    redness = "redness_expert"

The package holds `card.json` and a module `expert` with one class `EXPERT`. Its card is read without importing any of
its code, which runs for the first time when the expert is asked. What is wrong with it is said in one line.

A model that one of `experts.adapters` can read needs no package: a folder `experts/NAME` in FUNDOSCOPE_HOME with
`card.json` and `adapter.json` is a plug-in too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path

from pydantic import ValidationError

from ..errors import ExpertUnavailable, FundoscopeError
from ..records import ExpertCard, Finding, Photograph
from ..settings import Settings
from .adapters.config import adapter_of
from .base import NO_NUMBER, Expert, Findings

GROUP = "fundoscope.experts"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, eq=False)
class PlugIn:
    """An expert of another package: its card, its folder, the module that has its `EXPERT`, and who distributes it."""

    card: ExpertCard
    folder: Path
    module: str
    distribution: str


@dataclass(frozen=True)
class Broken:
    """A plug-in that cannot be used, and why."""

    name: str
    distribution: str
    reason: str

    @property
    def line(self) -> str:
        """The whole of it in one line."""
        return f"{self.name} of {self.distribution}: {self.reason}"


Candidate = tuple[str, str, Callable[[], PlugIn]]
"""A name, who distributes it, and what looks at it and raises ExpertUnavailable when it cannot be used."""


@lru_cache(maxsize=32)
def found(
    home: Path, reserved_names: frozenset[str], reserved_tools: frozenset[str]
) -> tuple[tuple[PlugIn, ...], tuple[Broken, ...]]:
    """The plug-ins that are installed or lie in `home`, and those that cannot be used.

    Neither names nor tools of the built-in experts can be taken; of two plug-ins that want the same, neither gets it.
    """
    sound: list[PlugIn] = []
    broken: list[Broken] = []
    for name, distribution, examined in (*_installed(), *_at_home(home)):
        try:
            plug_in = examined()
            _check_taken(plug_in.card, reserved_names, reserved_tools)
        except ExpertUnavailable as error:
            broken.append(Broken(name, distribution, str(error)))
        else:
            sound.append(plug_in)
    rivals = {p: q for p in sound for q in sound if p is not q and _same(p.card, q.card)}
    for plug_in, rival in rivals.items():
        reason = f"{rival.distribution} offers an expert of the same name or tool; uninstall one of them"
        broken.append(Broken(plug_in.card.name, plug_in.distribution, reason))
    return tuple(p for p in sound if p not in rivals), tuple(broken)


def _same(one: ExpertCard, other: ExpertCard) -> bool:
    return one.name == other.name or one.tool == other.tool


def _installed() -> list[Candidate]:
    candidates: list[Candidate] = []
    for entry in sorted(metadata.entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        who = "an unknown package" if entry.dist is None else f"the package {entry.dist.name} {entry.dist.version}"
        candidates.append((entry.name, who, partial(_of_package, entry, who)))
    return candidates


def _at_home(home: Path) -> list[Candidate]:
    folders = sorted(path.parent for path in (home / "experts").glob("*/card.json"))
    return [(f.name, "FUNDOSCOPE_HOME", partial(_of_folder, f, "FUNDOSCOPE_HOME")) for f in folders]


def _of_package(entry: metadata.EntryPoint, distribution: str) -> PlugIn:
    if entry.attr:
        raise ExpertUnavailable(f"its entry point must name a package alone, not {entry.value!r}")
    folder = _folder(entry.value)
    return PlugIn(
        _card(folder, entry.name, f"{entry.value} has no card.json"), folder, f"{entry.value}.expert", distribution
    )


def _of_folder(folder: Path, distribution: str) -> PlugIn:
    card = _card(folder, folder.name, "its card cannot be read")
    return PlugIn(card, folder, f"{__package__}.adapters.{adapter_of(folder)}", distribution)


def _card(folder: Path, name: str, missing: str) -> ExpertCard:
    try:
        card = ExpertCard.model_validate_json((folder / "card.json").read_bytes())
    except OSError as error:
        raise ExpertUnavailable(missing) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise ExpertUnavailable(f"its card is not valid at {where}: {first['msg']}") from error
    if card.name != name:
        raise ExpertUnavailable(f"its card is that of {card.name!r}, not of {name!r}")
    return card


def _folder(package: str) -> Path:
    """The folder of a package, found without importing it. Raises ExpertUnavailable."""
    top, *rest = package.split(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError) as error:
        raise ExpertUnavailable(f"there is no package {package!r}") from error
    places = [] if spec is None else list(spec.submodule_search_locations or [])
    folder = next((at for at in (Path(place, *rest) for place in places) if at.is_dir()), None)
    if folder is None:
        raise ExpertUnavailable(f"there is no package {package!r}")
    return folder


def _check_taken(card: ExpertCard, names: Collection[str], tools: Collection[str]) -> None:
    for kind, given, taken in (("name", card.name, names), ("tool", card.tool, tools)):
        if not _NAME.fullmatch(given):
            raise ExpertUnavailable(f"its {kind} {given!r} is not of lower-case letters, digits and underscores")
        if given in taken:
            raise ExpertUnavailable(f"the {kind} {given!r} belongs to Fundoscope")


def load(plug_in: PlugIn, settings: Settings) -> Expert:
    """The plug-in's expert, whose findings are checked. Raises ExpertUnavailable."""
    at = f"{plug_in.card.name} of {plug_in.distribution}"
    try:
        expert_class = import_module(plug_in.module).EXPERT
    except (Exception, SystemExit) as error:  # another's code raises whatever it likes: it becomes one line
        raise ExpertUnavailable(f"{at}: {plug_in.module} cannot be imported ({_first_line(error)})") from error
    if not (isinstance(expert_class, type) and issubclass(expert_class, Expert)):
        raise ExpertUnavailable(f"{at}: EXPERT is not a class made from fundoscope.experts.Expert")
    try:
        expert = expert_class(plug_in.card, plug_in.folder, settings)
    except FundoscopeError:
        raise
    except (Exception, SystemExit) as error:
        raise ExpertUnavailable(f"{at}: {expert_class.__name__} cannot be made ({_first_line(error)})") from error
    return Checked(expert, at)


class Checked(Expert):
    """A plug-in's expert that can speak for itself alone: of the photograph it was given, under its own name."""

    def __init__(self, inner: Expert, at: str) -> None:
        super().__init__(inner.card, inner.folder, inner.settings)
        self.inner, self.at = inner, at
        self.name = inner.card.name  # type: ignore[misc]
        self.needs = tuple(inner.needs)  # type: ignore[misc]

    def read(self, photograph: Photograph, given: Findings | None = None) -> Finding:
        """The inner expert's finding.

        Raises ExpertUnavailable when it is none, or another expert's or photograph's, or holds a number that is not finite.
        """
        try:
            finding = self.inner.read(photograph, given)
            if isinstance(finding, Finding):  # what was put into a list afterwards was not looked at yet
                Finding.model_validate(finding.model_dump(warnings=False))
        except ValidationError as error:
            if not any(fault["type"] == "finite_number" for fault in error.errors()):
                raise
            raise ExpertUnavailable(f"{self.at}: {NO_NUMBER}") from error
        if not isinstance(finding, Finding):
            raise ExpertUnavailable(f"{self.at}: it gave {type(finding).__name__}, not a Finding")
        if finding.expert != self.name or finding.photograph != photograph.sha256:
            raise ExpertUnavailable(f"{self.at}: its finding is not its own on this photograph")
        return finding


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
