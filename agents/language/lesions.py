"""Sentences about lesions: how many of which kind, where, in which eye, and which were not found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .facts import Fact
from .places import with_quadrants
from .tokens import Number, Token

ZERO, SOME = Number(0), Number(0, bound="more")


@dataclass
class _Item:
    """A number of lesions: `kind` None until it is known what is counted, `quadrants` where they lie."""

    number: Number
    kind: str | None
    eyes: tuple[str, ...] = ()
    quadrants: list[str] = field(default_factory=list)
    bare: bool = False
    negated: bool = False
    every: bool = False
    definite: bool = False


def lesion_facts(stretch: Sequence[Token]) -> list[Fact] | None:
    """The counts that a stretch of concepts states; None when it cannot be read in one way only."""
    tokens = with_quadrants(stretch)
    if tokens is None:
        return None
    items = _items(tokens)
    if not items or any(item.kind is None for item in items):
        return None
    if any(token.kind == "TOTAL" for token in tokens) and any(len(item.eyes) > 1 for item in items):
        return None
    return [fact for item in items for fact in _facts(item)]


def _facts(item: _Item) -> list[Fact]:
    facts: list[Fact] = []
    for eye in item.eyes or (None,):
        if item.kind == "any":
            facts.append(Fact("lesion_total", eye, {"number": item.number}))
            continue
        slots = {"lesion": item.kind, "number": item.number}
        facts += [Fact("lesion_count", eye, {**slots, "quadrant": q}) for q in item.quadrants]
        if item.every:
            facts += [Fact("all_in", eye, {**slots, "quadrant": q}) for q in item.quadrants]
        if not item.quadrants or (item.every and not item.bare):
            facts.append(Fact("lesion_count", eye, slots))
    return facts


class _Reader:
    """Goes through the concepts once, keeping which eye, kind and denial are in force."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        heard = [token for token in tokens if token.kind not in ("LOOSE", "BECAUSE", "QUADRANTS", "TOTAL")]
        self.tokens = [token for token in heard if token.kind != "DEFINITE"]
        marks = [n for n, token in enumerate(heard) if token.kind == "DEFINITE"]
        self.definite = {n - before for before, n in enumerate(marks)}
        """Where "the 3 haemorrhages" begins, in which all there are is meant."""
        self.last_lesion = 0
        self.items: list[_Item] = []
        self.spoken: list[_Item | tuple[str, ...]] = []
        self.unread = False
        self.denies = ""
        self.leading_quadrants: list[str] = []
        self.every = False
        self.evenly = False

    def read(self) -> list[_Item] | None:
        content = [n for n, token in enumerate(self.tokens) if token.kind not in ("VERB", "JOIN", "E")]
        for n, token in enumerate(self.tokens):
            if token.kind in ("L", "ANY"):
                self._lesion(n, token)
            elif token.kind == "N":
                self._number(n, token)
            elif token.kind == "NEG":
                self._denial(token)
            elif token.kind == "Q":
                self._quadrant(n, token, first=bool(content) and n == content[0])
            elif token.kind == "E":
                self.spoken.append(tuple(token.value))
            elif token.kind == "ALL":
                self.every = True
            elif token.kind == "EVENLY":
                self.evenly = True
            elif token.kind == "JOIN" and token.value == "but":
                self.denies = ""
            if self.unread:
                return None
        self._give_eyes()
        return None if self.unread or self.denies in ("no", "none", "not") else self.items

    def _before(self, n: int) -> Token | None:
        """The concept before, verbs and adjectives of place apart."""
        for token in reversed(self.tokens[:n]):
            if token.kind not in ("VERB", "Q"):
                return token
        return None

    def _lesion(self, n: int, token: Token) -> None:
        kind, form = token.value if token.kind == "L" else ("any", 2)
        last = self.items[-1] if self.items else None
        before = self._before(n)
        if last is not None and not self._apart(n):
            self.unread = True
            return
        waiting = [item for item in self.items if item.kind is None]
        self.last_lesion = n
        if waiting and before is not None and before.kind in ("N", "E") and last is waiting[-1]:
            for item in waiting:
                item.kind = kind
            self.unread = len(waiting) == 1 and form == 2 and waiting[0].number == Number(1)
        elif self.denies in ("no", "none", "not"):
            self._add(_Item(ZERO, kind, negated=True))
            self.denies = "list"
        elif self.denies == "list" and self._joined(n):
            self._add(_Item(ZERO, kind, negated=True))
        else:
            self.denies = ""
            one = form == 1 and kind != "EX"
            self._add(_Item(Number(1) if one else SOME, kind, bare=True, definite=n in self.definite))

    def _apart(self, n: int) -> bool:
        """Whether a joining word stands between this lesion and the one before."""
        for token in reversed(self.tokens[:n]):
            if token.kind in ("L", "ANY"):
                return False
            if token.kind in ("JOIN", "NEG"):
                return True
        return True

    def _joined(self, n: int) -> bool:
        """Whether nothing but "and", "or" and commas stands between this lesion and the one before."""
        for token in reversed(self.tokens[:n]):
            if token.kind in ("L", "ANY"):
                return True
            if token.kind != "JOIN" or token.value not in (",", "and", "or"):
                return False
        return False

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
        if following is not None and following.kind in ("L", "ANY", "OF"):
            self._add(_Item(number, None, definite=n in self.definite))
        elif last is not None and last.bare and not last.quadrants and last.kind is not None:
            last.number, last.bare, last.definite = number, False, False
        elif self.evenly and last is not None and last.quadrants:
            last.number = number
            self.evenly = False
        else:
            known = [item.kind for item in self.items if item.kind is not None]
            self._add(_Item(number, known[-1] if known else None))

    def _whole(self, number: Number) -> None:
        """ "Three of the five": the number just read is a part, this one the whole."""
        part = self.items.pop()
        self.spoken.pop()
        self._add(_Item(number, None))
        self.items[-1].quadrants = []
        self._add(part)

    def _denial(self, token: Token) -> None:
        last = self.items[-1] if self.items else None
        if self.denies in ("no", "none", "not"):
            self.unread = True
        elif token.value == "nor":
            self.denies = "no"
            self.unread = not any(item.negated for item in self.items)
        elif token.value == "alone" and last is not None and last.kind is not None and not self._bare_tail():
            self._add(_Item(ZERO, last.kind, negated=True))
        elif token.value in ("not", "after", "alone") and last is not None:
            bare = self._bare_tail()
            self.unread = not bare or (any(item.quadrants for item in bare) and len(bare) > 1)
            for item in bare:
                item.number, item.bare, item.negated = ZERO, False, True
        elif token.value in ("after", "alone"):
            self.unread = True
        else:
            self.denies = token.value

    def _bare_tail(self) -> list[_Item]:
        tail: list[_Item] = []
        for item in reversed(self.items):
            if not item.bare:
                break
            tail.append(item)
        return tail

    def _quadrant(self, n: int, token: Token, *, first: bool) -> None:
        last = self.items[-1] if self.items else None
        before = self._before(n)
        if self.evenly and last is not None:
            if not last.quadrants:
                last = _Item(last.number, last.kind)
                self._add(last)
            last.quadrants.append(token.value)
        elif first or (self.leading_quadrants and last is None) or (self.leading_quadrants and self._starts(n)):
            self.leading_quadrants = [token.value] if last is not None else [*self.leading_quadrants, token.value]
        elif last is None or self.leading_quadrants or (before is not None and before.kind == "NEG"):
            self.unread = True
        else:
            self.unread = bool(last.quadrants) and not last.negated
            said_of_all = any(t.kind == "VERB" for t in self.tokens[self.last_lesion : n])
            last.every = last.every or (last.definite and said_of_all)
            shared = [item for item in self._list_tail() if item.negated and last.negated] or [last]
            for item in shared:
                item.quadrants.append(token.value)
            self.unread = self.unread or self._leaves_open(shared)

    def _starts(self, n: int) -> bool:
        """Whether a number or a denial follows, so that this place is said of what comes next."""
        following = next((t for t in self.tokens[n + 1 :] if t.kind not in ("VERB", "JOIN")), None)
        return following is not None and following.kind in ("N", "NEG")

    def _list_tail(self) -> list[_Item]:
        tail: list[_Item] = []
        for item in reversed(self.items):
            if item.negated != self.items[-1].negated:
                break
            tail.append(item)
        return tail

    def _leaves_open(self, shared: list[_Item]) -> bool:
        """Whether an earlier count might share the place: "2 microaneurysms and 3 haemorrhages superonasally"."""
        earlier = [item for item in self.items if item not in shared]
        if not earlier or earlier[-1].quadrants or earlier[-1].kind == shared[-1].kind:
            return False
        return earlier[-1].negated == shared[-1].negated

    def _add(self, item: _Item) -> None:
        item.quadrants = list(self.leading_quadrants)
        item.every, self.every = self.every, False
        self.items.append(item)
        self.spoken.append(item)

    def _give_eyes(self) -> None:
        """Eyes: those named before an item, or after it when none was named first; eyes in a row are named together."""
        leading = bool(self.spoken) and isinstance(self.spoken[0], tuple)
        eyes: tuple[str, ...] = ()
        waiting: list[_Item] = []
        last_was_eye = False
        for heard in self.spoken:
            if isinstance(heard, _Item):
                if last_was_eye and not leading:
                    waiting = []
                waiting.append(heard)
                heard.eyes = eyes
                last_was_eye = False
                continue
            eyes = tuple(dict.fromkeys((*eyes, *heard))) if last_was_eye else heard
            for item in waiting if not leading else ():
                item.eyes = eyes
            last_was_eye = True
        if leading and last_was_eye and set(eyes) != set(self.items[-1].eyes if self.items else ()):
            self.unread = True


def _items(tokens: Sequence[Token]) -> list[_Item] | None:
    return _Reader(tokens).read()
