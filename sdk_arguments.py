"""What the SDK's methods are given, checked before anything happens: each fault is a BadSetting of one line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from .errors import BadSetting
from .records import Eye, Photograph, Report, load_report
from .records.side import eye_named

if TYPE_CHECKING:
    from .tools.views import View

T = TypeVar("T")
Source = str | Path | Photograph


def source_of(given: object) -> Source:
    """One photograph, or the path of its file."""
    if isinstance(given, Photograph) or (isinstance(given, str | Path) and str(given).strip(". ")):
        return given
    hint = "" if isinstance(given, str | Path) else "; Photograph.from_pixels takes an array"
    raise BadSetting(f"a photograph is a file's path or a Photograph, not {_shown(given)}{hint}")


def sources_of(given: object) -> list[Source]:
    """The photographs of a case, one or several."""
    if isinstance(given, list | tuple) or (isinstance(given, Iterable) and not _single(given)):
        sources = [source_of(one) for one in given]
        if not sources:
            raise BadSetting("at least one photograph is needed")
        return sources
    return [source_of(given)]


def side_of(eye: object) -> Eye | None:
    """The eye that the user names, if any, in a word or abbreviation (records.side)."""
    return None if eye is None else eye_named(eye)


def words_of(given: object, name: str) -> str:
    """A text, without the blanks around it and what no database keeps alike: NULs, and bytes that are no UTF-8."""
    if not isinstance(given, str):
        raise BadSetting(f"{name} is a text, not {_shown(given)}")
    return given.encode("utf-8", "replace").decode().replace("\0", " ").strip()


def prior_of(given: object) -> Report | None:
    """The report of an earlier visit, if any. Raises UnreadableReport too."""
    if given is None or isinstance(given, Report):
        return given
    if not isinstance(given, str | Path):
        raise BadSetting(f"prior is a Report or its JSON file, not {_shown(given)}")
    return load_report(given)


def report_of(given: object) -> Report:
    """A report."""
    return _of_kind(given, Report, "a Report is needed")


def case_of(given: object) -> str:
    """The id of a case, which its report names."""
    if not isinstance(given, Report | str):
        raise BadSetting(f"a case is a Report or its id, not {_shown(given)}")
    return given.case if isinstance(given, Report) else given


def path_of(given: object, what: str = "a folder's path") -> Path:
    """A path, of something that is there or not."""
    if not isinstance(given, str | Path) or "\0" in str(given):
        raise BadSetting(f"{what} is needed, not {_shown(given)}")
    return Path(given)


def view_of(given: object) -> View:
    """A view of a photograph, as answers have them."""
    from .tools.views import View

    return _of_kind(given, View, "a View is needed, such as an answer's views hold")


def folder_of(given: object) -> Path:
    """A folder to write into, there or not."""
    path = path_of(given)
    if path.exists() and not path.is_dir():
        raise BadSetting(f"{given}: a file, not a folder to write into")
    return path


def stem_of(given: object) -> str:
    """What files are named by: a name alone, that leads to no other folder."""
    if not isinstance(given, str) or not given.strip(". ") or any(mark in given for mark in "/\\\0"):
        raise BadSetting(f"stem is a file's name without folder and ending, not {_shown(given)}")
    return given


def _single(given: object) -> bool:
    """Whether something that can be gone through is meant as one photograph: text, bytes, an array, a mapping."""
    return isinstance(given, str | bytes | bytearray | dict | Path | Photograph) or hasattr(given, "__array__")


def _of_kind(given: object, kind: type[T], needed: str) -> T:
    if not isinstance(given, kind):
        raise BadSetting(f"{needed}, not {_shown(given)}")
    return given


def _shown(given: object) -> str:
    """Short text as it is; of anything else its kind."""
    return (
        repr(given)
        if given is None or (isinstance(given, str | Path) and len(str(given)) < 80)
        else type(given).__name__
    )
