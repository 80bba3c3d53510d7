"""What a planner asked for, held against the photographs of the case. What is wrong is said back in words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from ..errors import BadSetting
from ..records import Record

if TYPE_CHECKING:
    from .models import Call

Item = tuple[str, str]
"""A tool and the photograph it is for, as the protocol lists them."""


class Request(Record):
    """One tool to run. `mandatory` ones are the protocol's: no budget cuts them."""

    tool: str
    args: dict[str, Any]
    mandatory: bool = False

    @property
    def item(self) -> Item:
        """The tool and its photograph."""
        return self.tool, str(self.args.get("photograph", ""))

    @property
    def words(self) -> str:
        """The request in words of the report's."""
        return " on ".join(part for part in self.item if part)


def requests_of(
    calls: Iterable[Call], photographs: Collection[str], done: Collection[Item], owed: Collection[Item]
) -> tuple[list[Request], list[str]]:
    """The requests among a planner's calls that can be run, and a line on each that cannot."""
    requests: list[Request] = []
    problems: list[str] = []
    for call in calls:
        try:
            requests.append(_request(call, photographs, done, owed))
        except BadSetting as problem:
            problems.append(str(problem))
    return requests, list(dict.fromkeys(problems))


def _request(call: Call, photographs: Collection[str], done: Collection[Item], owed: Collection[Item]) -> Request:
    at = call.args.get("photograph")
    if at is not None and at not in photographs:
        raise BadSetting(f"{_name(at)} does not exist; there are {', '.join(photographs)}")
    request = Request(tool=call.name, args=call.args)
    if request.item in done:
        raise BadSetting(f"{call.name} on {at} is done; its finding is among those found")
    request.mandatory = request.item in owed
    return request


def _name(word: object) -> str:
    """A name a planner used, fit to be quoted in a report: short, and no sentence."""
    return str(word) if re.fullmatch(r"[A-Za-z0-9_.-]{1,24}", str(word)) else "the photograph that was named"
