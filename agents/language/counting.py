"""Reads a sentence about lesions into the numbers that it states, concept by concept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from ...records import QUADRANTS
from .counted import SOME, ZERO, Item, give_eyes
from .lookaround import (
    apart,
    apposed,
    bounded,
    but_not_there,
    confining,
    joined,
    of_another_eye,
    qualifies,
    starts,
    word_before,
)
from .tokens import Number, Token

_UNHEARD = ("LOOSE", "BECAUSE", "QUADRANTS", "TOTAL", "ONLY_EYE", "THAN", "TOWARDS", "SAME")


class Reader:
    """Goes through the concepts once, keeping which eye, kind and denial are in force."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        heard = [token for token in tokens if token.kind not in _UNHEARD]
        self.tokens = [token for token in heard if token.kind != "DEFINITE"]
        marks = [n for n, token in enumerate(heard) if token.kind == "DEFINITE"]
        self.definite = {n - before for before, n in enumerate(marks)}
        """Where "the 3 haemorrhages" begins, in which all there are is meant."""
        self.last_lesion = 0
        self.items: list[Item] = []
        self.spoken: list[Item | tuple[str, ...] | None] = []
        """Items and eyes in order; None where a new clause begins."""
        self.unread = False
        self.denies = ""
        self.leading_quadrants: list[tuple[str, ...]] = []
        self.every = False
        self.evenly = False
        self.adjectives: list[tuple[str, ...]] = []
        """Places before a lesion that is denied: "no superonasal or inferonasal exudates"."""
        self.confined: Item | None = None
        self.leads = ""
        """How much of what comes next lies in the places named first: "the quadrant with the highest number of"."""

    def read(self) -> list[Item] | None:
        """The numbers of lesions; None when they cannot be read in one way only."""
        content = [n for n, token in enumerate(self.tokens) if token.kind not in ("VERB", "JOIN", "E")]
        for n, token in enumerate(self.tokens):
            if token.kind in ("L", "ANY", "OTHER"):
                self._lesion(n, token)
            elif token.kind == "N":
                self._number(n, token)
            elif token.kind == "NEG":
                self._denial(n, token)
            elif token.kind == "Q":
                self._quadrant(n, token, first=bool(content) and n == content[0])
            elif token.kind == "E":
                self.spoken.append(tuple(token.value))
            elif token.kind == "EACH_QUADRANT":
                self._everywhere(n, each=bool(token.value), first=bool(content) and n == content[0])
            elif token.kind == "ONLY_LESION":
                self._add(Item(ZERO, "other", negated=True))
            elif token.kind == "SPREAD":
                last = self.items[-1] if self.items else None
                self.unread = last is None or last.kind in (None, "any", "other") or bool(last.quadrants)
                self.items[-1:] = [replace(item, spread=token.value, bare=False) for item in self.items[-1:]]
                self.spoken = [self.items[-1] if heard is last else heard for heard in self.spoken] if last else []
            elif token.kind == "CONFINED":
                self._confined()
            elif token.kind == "MOST":
                self._most(token)
            elif token.kind == "ALL":
                self.every = True
            elif token.kind == "EVENLY":
                self.evenly = True
            elif token.kind == "JOIN" and token.value == "but":
                self.denies = ""
                self.spoken.append(None)
            if self.unread:
                return None
        if self.evenly and not self._divide():
            return None
        self.unread = not give_eyes(self.spoken, self.items)
        return None if self.unread or self.denies in ("no", "none", "not") else self.items

    def _divide(self) -> bool:
        """ "Four, split evenly between two quadrants": two in each."""
        last = self.items[-1] if self.items else None
        if last is None or len(last.quadrants) < 2 or last.number.bound or last.number.value % len(last.quadrants):
            return False
        last.number = Number(last.number.value / len(last.quadrants))
        return True

    def _lesion(self, n: int, token: Token) -> None:
        kind, form = token.value if token.kind == "L" else ("any" if token.kind == "ANY" else "other", 2)
        last = self.items[-1] if self.items else None
        before = word_before(self.tokens, n)
        if last is not None and not apart(self.tokens, n):
            self.unread = True
            return
        waiting = [item for item in self.items if item.kind is None]
        self.last_lesion = n
        if waiting and before is not None and before.kind in ("N", "E") and last is waiting[-1]:
            for item in waiting:
                item.kind = kind
            self.unread = len(waiting) == 1 and form == 2 and waiting[0].number == Number(1)
        elif self.denies in ("no", "none", "not"):
            self._add(Item(ZERO, kind, negated=True))
            self.items[-1].quadrants += self.adjectives
            self.denies, self.adjectives = "list", []
        elif self.denies == "list" and joined(self.tokens, n):
            self._add(Item(ZERO, kind, negated=True))
        else:
            self.denies = ""
            one = form == 1 and kind != "EX"
            self._add(Item(Number(1) if one else SOME, kind, bare=True, definite=n in self.definite))

    def _number(self, n: int, token: Token) -> None:
        number: Number = token.value
        if number.unit or number.percent or number.decimals or self.denies in ("no", "none", "not"):
            self.unread = True
            return
        self.denies = ""
        last = self.items[-1] if self.items else None
        if last is not None and last.kind is None and n and self.tokens[n - 1].kind == "OF":
            self._whole(number)
            return
        following = next((t for t in self.tokens[n + 1 :] if t.kind not in ("Q", "VERB")), None)
        if following is not None and following.kind in ("L", "ANY", "OTHER", "OF"):
            self._add(Item(number, None, definite=n in self.definite))
        elif (
            last is not None
            and last.bare
            and not last.quadrants
            and last.kind is not None
            and last is not self.confined
        ):
            last.number, last.bare, last.definite = number, False, False
        elif self.evenly and last is not None and last.quadrants:
            last.number = number
            self.evenly = False
        else:
            known = [item.kind for item in self.items if item.kind is not None]
            self._add(Item(number, known[-1] if known else None))

    def _whole(self, number: Number) -> None:
        """ "Three of the five": the number just read is a part, this one the whole."""
        part = self.items.pop()
        self.spoken.pop()
        self._add(Item(number, None))
        self.items[-1].quadrants = []
        self._add(part)

    def _denial(self, n: int, token: Token) -> None:
        last = self.items[-1] if self.items else None
        if self.denies in ("no", "none", "not"):
            self.unread = True
        elif token.value == "nor":
            self.denies = "no"
            self.unread = not any(item.negated for item in self.items)
        elif last is not None and last.kind is not None and self._of_the_same(n, token):
            self._add(Item(ZERO, last.kind, negated=True))
        elif token.value in ("not", "after", "alone") and last is not None:
            bare = self._bare_tail()
            self.unread = not bare or (any(item.quadrants for item in bare) and len(bare) > 1)
            for item in bare:
                item.number, item.bare, item.negated = ZERO, False, True
        elif token.value in ("after", "alone"):
            self.unread = True
        else:
            self.denies = token.value

    def _bare_tail(self) -> list[Item]:
        tail: list[Item] = []
        for item in reversed(self.items):
            if not item.bare:
                break
            tail.append(item)
        return tail

    def _quadrant(self, n: int, token: Token, *, first: bool) -> None:
        last = self.items[-1] if self.items else None
        before = word_before(self.tokens, n)
        if self.evenly and last is not None:
            if not last.quadrants:
                last = Item(last.number, last.kind)
                self._add(last)
            last.quadrants.append(token.value)
        elif last is not None and last.most and not last.quadrants:
            last.quadrants.append(token.value)
        elif self.denies == "no" and qualifies(self.tokens, n):
            self.adjectives.append(token.value)
        elif first or (self.leading_quadrants and last is None) or (self.leading_quadrants and starts(self.tokens, n)):
            self.leading_quadrants = [token.value] if last is not None else [*self.leading_quadrants, token.value]
        elif (
            last is None
            or self.leading_quadrants
            or (before is not None and before.kind == "NEG" and before.value not in ("alone", "none"))
        ):
            self.unread = True
        else:
            self.unread = bool(last.quadrants) and not last.negated and not (last.every and confining(self.tokens, n))
            last.every = last.every or (
                not last.bare and not last.negated and apposed(self.tokens, n, self.last_lesion)
            )
            said_of_all = any(t.kind == "VERB" for t in self.tokens[self.last_lesion : n])
            last.every = last.every or (last.definite and said_of_all)
            shared = [item for item in self._list_tail() if item.negated and last.negated] or [last]
            if self.confined is not None and last is not self.confined and self.confined.bare:
                told = {place for named in self.confined.quadrants for place in named}
                self.confined.quadrants += [] if set(token.value) <= told else [token.value]
            for item in shared:
                item.quadrants.append(token.value)
            self.unread = self.unread or self._leaves_open(shared)

    def _everywhere(self, n: int, *, each: bool, first: bool) -> None:
        """In each quadrant, or in all: with a bound the number is meant of each, else of all together."""
        last = self.items[-1] if self.items else None
        places = [(place,) for place in QUADRANTS]
        if first or last is None:
            self.leading_quadrants = list(places)
            self.unread = self.unread or last is not None or not bounded(self.tokens, n)
        elif last.quadrants or last.kind in ("any", "other") or last.kind is None:
            self.unread = True
        elif last.negated:
            last.quadrants = list(places)
        elif last.bare or not (each or last.number.bound):
            last.all_over = True
        else:
            last.quadrants = list(places)

    def _confined(self) -> None:
        """ "Confined to": what was named last lies nowhere else."""
        last = self.items[-1] if self.items else None
        if last is None or last.kind in (None, "any", "other") or last.negated:
            self.unread = True
        else:
            last.every = True
            self.confined = last

    def _most(self, token: Token) -> None:
        last = next((item for item in reversed(self.items) if item.kind not in (None, "any", "other")), None)
        share = "half" if token.value else "most"
        if last is None and self.leading_quadrants and share == "most":
            self.leads = share
            return
        if last is None or last.negated or self.leading_quadrants:
            self.unread = True
            return
        self._add(Item(SOME, last.kind, bare=True, most=share))

    def _of_the_same(self, n: int, token: Token) -> bool:
        """Whether more is said of the lesion named last: that none of it is in another eye or place."""
        if token.value == "alone":
            return of_another_eye(self.tokens, n, self.last_lesion) or not self._bare_tail()
        if token.value == "none":
            clause = takewhile(lambda t: t.kind != "JOIN", self.tokens[n + 1 :])
            return "Q" in (kinds := [t.kind for t in clause]) and "L" not in kinds
        return token.value == "not" and but_not_there(self.tokens, n)

    def _list_tail(self) -> list[Item]:
        tail: list[Item] = []
        for item in reversed(self.items):
            if item.negated != self.items[-1].negated:
                break
            tail.append(item)
        return tail

    def _leaves_open(self, shared: list[Item]) -> bool:
        """Whether an earlier count might share the place: "2 microaneurysms and 3 haemorrhages superonasally"."""
        earlier = [item for item in self.items if item not in shared]
        if not earlier or earlier[-1].quadrants or earlier[-1].kind == shared[-1].kind:
            return False
        return earlier[-1].negated == shared[-1].negated

    def _add(self, item: Item) -> None:
        item.quadrants = list(self.leading_quadrants)
        item.every, self.every = self.every, False
        if self.leads and item.bare:
            item.most, self.leads = self.leads, ""
        self.items.append(item)
        self.spoken.append(item)
