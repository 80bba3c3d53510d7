"""Where in the retina: halves made quadrants, and numbers in brackets behind them."""

from __future__ import annotations

from collections.abc import Sequence

from .tokens import Token

HALVES = {
    "supero": ("superotemporal", "superonasal"),
    "infero": ("inferotemporal", "inferonasal"),
    "temporal": ("superotemporal", "inferotemporal"),
    "nasal": ("superonasal", "inferonasal"),
}


def with_quadrants(stretch: Sequence[Token]) -> list[Token] | None:
    """Halves made quadrants ("inferiorly, 10 nasal and 6 temporal", "superior nasal") or, on their own, two of them."""
    halves = [n for n, token in enumerate(stretch) if token.kind in ("V", "H")]
    upper = [n for n in halves if stretch[n].kind == "V"]
    side = [n for n in halves if stretch[n].kind == "H"]
    if not upper or not side:
        return _bracketed([Token("Q", HALVES[t.value]) if n in halves else t for n, t in enumerate(stretch)])
    if len(upper) != 1 and len(side) != 1:
        return None
    shared, varied = (upper[0], side) if len(upper) == 1 else (side[0], upper)
    made: list[Token] = []
    for n, token in enumerate(stretch):
        if n in varied:
            vertical, horizontal = (stretch[shared], token) if shared in upper else (token, stretch[shared])
            made.append(Token("Q", (vertical.value + horizontal.value,)))
        elif n != shared:
            made.append(token)
        elif len(varied) > 1 and made and made[-1].kind in ("VERB", "CONFINED", "ALL"):
            made.append(Token("Q", HALVES[token.value]))
    return _bracketed(made)


def _bracketed(tokens: list[Token]) -> list[Token]:
    """ "Superonasally (3)" as "3 superonasally", unless the number counts a lesion named after it."""
    made = _listed(tokens)
    for n in range(len(made) - 2):
        kinds = [token.kind for token in made[n : n + 3]]
        after = next((t.kind for t in made[n + 3 :] if t.kind not in ("VERB", "JOIN")), "")
        follows_place = [token.kind for token in made[n + 3 : n + 4]] == ["Q"]
        if (
            kinds == ["Q", "JOIN", "N"]
            and not follows_place
            and made[n + 1].value in ("with", "(")
            and after not in ("L", "ANY")
        ):
            made[n], made[n + 2] = made[n + 2], made[n]
    return made


def _listed(tokens: Sequence[Token]) -> list[Token]:
    """ "By quadrant: superotemporal 6, superonasal 3" as "6 superotemporal, 3 superonasal"."""
    made = list(tokens)
    pairs = [n for n in range(len(made) - 1) if [made[n].kind, made[n + 1].kind] == ["Q", "N"]]
    apart = all(made[n + 2 : n + 3] == [] or made[n + 2].kind == "JOIN" for n in pairs)
    listed = len(pairs) > 1 and all(made[n - 1].kind == "JOIN" for n in pairs)
    for n in pairs if apart and listed else ():
        made[n], made[n + 1] = made[n + 1], made[n]
    return made
