"""What stands around a concept in a sentence about lesions: before it, behind it, between it and another."""

from __future__ import annotations

from collections.abc import Sequence

from .tokens import Token


def word_before(tokens: Sequence[Token], n: int) -> Token | None:
    """The concept before, verbs and adjectives of place apart."""
    for token in reversed(tokens[:n]):
        if token.kind not in ("VERB", "Q"):
            return token
    return None


def apart(tokens: Sequence[Token], n: int) -> bool:
    """Whether a joining word stands between this lesion and the one before."""
    for token in reversed(tokens[:n]):
        if token.kind in ("L", "ANY", "OTHER"):
            return False
        if token.kind in ("JOIN", "NEG"):
            return True
    return True


def joined(tokens: Sequence[Token], n: int) -> bool:
    """Whether nothing but "and", "or" and commas stands between this lesion and the one before."""
    for token in reversed(tokens[:n]):
        if token.kind in ("L", "ANY", "OTHER"):
            return True
        if token.kind != "JOIN" or token.value not in (",", "and", "or"):
            return False
    return False


def bounded(tokens: Sequence[Token], n: int) -> bool:
    """Whether what comes next is denied, or a number with a bound."""
    following = next((t for t in tokens[n + 1 :] if t.kind in ("N", "NEG", "L")), None)
    return following is not None and (following.kind != "N" or bool(following.value.bound))


def confining(tokens: Sequence[Token], n: int) -> bool:
    """Whether this place is one more of those that something is confined to."""
    return [token.kind for token in tokens[max(n - 2, 0) : n]] == ["Q", "JOIN"]


def but_not_there(tokens: Sequence[Token], n: int) -> bool:
    """ "..., but not in the right": a denial between a joining word and an eye that ends the clause."""
    after = [token.kind for token in tokens[n + 1 : n + 3]]
    return tokens[n - 1].kind == "JOIN" and after[:1] == ["E"] and after[1:] in ([], ["JOIN"])


def of_another_eye(tokens: Sequence[Token], n: int, last_lesion: int) -> bool:
    """ "..., the left eye has none": whether an eye stands between this denial and the joining word before it."""
    for token in reversed(tokens[:n]):
        if token.kind == "JOIN":
            return False
        if token.kind == "E":
            return any(t.kind == "JOIN" and t.value in ("but", ",", "and") for t in tokens[last_lesion:n])
    return False


def qualifies(tokens: Sequence[Token], n: int) -> bool:
    """Whether only places and joining words stand between here and the next lesion."""
    for token in tokens[n + 1 :]:
        if token.kind == "L":
            return True
        if token.kind not in ("Q", "JOIN"):
            return False
    return False


def apposed(tokens: Sequence[Token], n: int, last_lesion: int) -> bool:
    """ "One, located superonasally": a place behind a comma is that of all that were counted."""
    between = [t for t in tokens[last_lesion + 1 : n] if t.kind not in ("VERB", "E")]
    return between == [Token("JOIN", ",")]


def starts(tokens: Sequence[Token], n: int) -> bool:
    """Whether a number or a denial follows, so that this place is said of what comes next."""
    following = next((t for t in tokens[n + 1 :] if t.kind not in ("VERB", "JOIN")), None)
    return following is not None and following.kind in ("N", "NEG")
