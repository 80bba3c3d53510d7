"""The planner's requests: each line is well formed, and development and test hold enough of everything."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import product

import pytest
from fundoscope.agents.routing.intents import intents
from fundoscope.evals.planning import FILES, FOLDER

TOOLS = {
    "assess_quality",
    "locate_landmarks",
    "segment_vessels",
    "detect_lesions",
    "grade_retinopathy",
    "segment_disc",
    "screen_conditions",
    "outline_region",
    "zoom",
    "compare_visits",
    "search_literature",
    "find_similar_cases",
}
RARE = {"outline_region", "zoom", "compare_visits", "find_similar_cases"}
WITHOUT_TOOLS = {"explain", "small_talk", "out_of_scope"}
KINDS = WITHOUT_TOOLS | {
    *("report", "measure", "grade", "recommendation", "literature", "compare", "similar", "show", "zoom", "outline")
}
TRAITS = {"short", "long", "misspelt", "keywords", "multi-part"}
HALVES = {
    half: [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]
    for half, name in FILES.items()
}
REQUESTS = [line for lines in HALVES.values() for line in lines]


def words(text: str) -> frozenset[str]:
    """The words of a request, regardless of order, case and punctuation."""
    return frozenset(re.findall(r"[a-z0-9]+", text.lower()))


def test_every_line_is_well_formed() -> None:
    for line in REQUESTS:
        assert set(line) - {"kinds", "intents"} == {"id", "half", "request", "tools", "kind", "traits"}, line
        assert line["kind"] in KINDS, line
        assert line["request"] == line["request"].strip() != "", line
        assert line["tools"] == sorted(set(line["tools"])) and set(line["tools"]) <= TOOLS, line
        assert set(line["traits"]) <= TRAITS, line
        length = len(line["request"].split())
        assert ("short" in line["traits"], "long" in line["traits"]) == (length <= 5, length >= 20), line


def test_ids_are_unique_and_no_request_stands_twice() -> None:
    assert len({line["id"] for line in REQUESTS}) == len(REQUESTS)
    assert len({" ".join(re.findall(r"\w+", line["request"].lower())) for line in REQUESTS}) == len(REQUESTS)


def test_only_requests_of_several_wishes_list_kinds_and_the_main_one_is_first() -> None:
    for line in REQUESTS:
        assert ("kinds" in line) == ("multi-part" in line["traits"]), line
        kinds = line.get("kinds", [line["kind"]])
        assert kinds[0] == line["kind"] and set(kinds) <= KINDS and len(set(kinds)) == len(kinds), line


def test_the_intents_of_a_development_request_stand_for_its_tools_and_its_kind() -> None:
    known = intents()
    for line in HALVES["development"]:
        wanted = [known[name] for name in line["intents"]]
        assert sorted({tool for intent in wanted for tool in intent.tools}) == line["tools"], line
        assert line["id"] == "a365" or line["kind"] in {intent.kind for intent in wanted}, line


def test_tools_are_asked_for_exactly_where_a_wish_needs_one() -> None:
    for line in REQUESTS:
        kinds = set(line.get("kinds", [line["kind"]]))
        assert bool(line["tools"]) == bool(kinds - WITHOUT_TOOLS), line
        tools = set(line["tools"])
        assert ("compare_visits" in tools) == ("compare" in kinds), line
        assert ("find_similar_cases" in tools) == ("similar" in kinds), line
        assert ("zoom" in tools) == ("zoom" in kinds), line
        assert ("outline_region" in tools) == ("outline" in kinds), line
        assert ("search_literature" in tools) == bool(kinds & {"literature", "recommendation"}), line
        assert "grade_retinopathy" not in tools or "detect_lesions" in tools, line


@pytest.mark.parametrize("half", FILES)
def test_each_file_holds_one_half_only(half: str) -> None:
    assert {line["half"] for line in HALVES[half]} == {half}


@pytest.mark.parametrize("half", FILES)
def test_each_half_asks_for_every_tool_and_kind_often_enough(half: str) -> None:
    lines = HALVES[half]
    tools = Counter(tool for line in lines for tool in line["tools"])
    assert len(lines) >= 300
    assert all(tools[tool] >= (8 if tool in RARE else 15) for tool in TOOLS), tools
    assert {line["kind"] for line in lines} == KINDS


@pytest.mark.parametrize("half", FILES)
def test_there_are_enough_hard_ones(half: str) -> None:
    traits = Counter(trait for line in HALVES[half] for trait in line["traits"])
    assert traits["multi-part"] >= 50 and traits["misspelt"] >= 50 and traits["long"] >= 20, traits
    assert sum(line["kind"] in ("out_of_scope", "small_talk") for line in HALVES[half]) >= 50


def test_no_request_of_one_half_is_nearly_one_of_the_other() -> None:
    development, test = ([words(line["request"]) for line in HALVES[half]] for half in FILES)
    close = [(a, b) for a, b in product(development, test) if len(a & b) >= 0.6 * len(a | b)]
    assert close == []
