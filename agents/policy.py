"""Budgets: how much a planner may spend on one reading or question. The protocol's own readings are not paid from them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..settings import Settings


@dataclass(frozen=True)
class Policy:
    """What the planner may spend.

    `wall_s`: seconds from the start of the run; `rounds`: alternations of planning and consulting; `model_calls`: calls of
    the planner, repairs among them; `tool_calls`: tools beyond the protocol's; `tokens`: read and written by the planner; `pictures`:
    different pictures shown to the planner over the whole case, its questions among it.
    """

    name: str
    wall_s: float
    rounds: int
    model_calls: int
    tool_calls: int
    tokens: int
    pictures: int


POLICIES: dict[str, Policy] = {
    policy.name: policy
    for policy in (
        Policy("quick", wall_s=30, rounds=2, model_calls=4, tool_calls=6, tokens=20_000, pictures=2),
        Policy("standard", wall_s=180, rounds=5, model_calls=12, tool_calls=24, tokens=100_000, pictures=8),
        Policy("thorough", wall_s=900, rounds=12, model_calls=32, tool_calls=96, tokens=400_000, pictures=32),
    )
}


def policy_of(settings: Settings) -> Policy:
    """The policy the settings name, with their own image budget where they give one."""
    policy = POLICIES[settings.policy]
    return policy if settings.image_budget is None else replace(policy, pictures=settings.image_budget)


@dataclass(frozen=True)
class Spent:
    """What was spent so far: in one run, and `pictures` over the case."""

    wall_s: float
    rounds: int
    model_calls: int
    tool_calls: int
    tokens: int
    pictures: int


def exhausted(policy: Policy, spent: Spent) -> str | None:
    """Why the planner is not asked again, in words for the report; None while it may be."""
    if spent.wall_s >= policy.wall_s:
        return f"the {policy.wall_s:g} s of the {policy.name} policy were used up"
    for name, words in (("rounds", "planning rounds"), ("model_calls", "model calls"), ("tokens", "tokens")):
        most = getattr(policy, name)
        if getattr(spent, name) >= most:
            return f"the {most} {words} of the {policy.name} policy were used up"
    return None
