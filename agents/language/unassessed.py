"""Sentences that say what was not assessed."""

from __future__ import annotations

from .binding import Stretch, each, eyes_of, values
from .facts import Fact

_NAMES = {
    "CDR": ("vertical_cdr",),
    "DIAMETER": ("disc_diameter",),
    "DISC_FOVEA": ("disc_fovea_distance",),
    "QUADRANTS": (),
}


def not_assessed(stretch: Stretch) -> list[Fact] | None:
    """The measurements named as not assessed."""
    kinds = {token.kind for token in stretch}
    if "NOT_MEASURED" in kinds and not _on_one_side(stretch):
        return None
    names = list(values(stretch, "NAME"))
    lesions = [kind for kind, _ in values(stretch, "L")]
    if "DISTANCE" in kinds and {"L", "FOVEA"} <= kinds:
        names += ["nearest_exudate_fovea_distance"] if set(lesions) == {"EX"} else [""]
    elif {"DISC", "FOVEA"} <= kinds:
        names.append("disc_fovea_distance")
    elif lesions:
        names += [f"lesion_count_{kind}{'_superotemporal' if 'QUADRANTS' in kinds else ''}" for kind in lesions]
    elif "DISC" in kinds and "CDR" not in kinds:
        names.append("disc_diameter")
    names += [name for kind in kinds for name in _NAMES.get(kind, ())]
    return each(eyes_of(stretch), "not_assessed", names=tuple(dict.fromkeys(names))) if names else None


def _on_one_side(stretch: Stretch) -> bool:
    """Whether all that was not assessed is named before those words, or all behind them."""
    place = next(n for n, token in enumerate(stretch) if token.kind == "NOT_MEASURED")
    named = [n for n, token in enumerate(stretch) if token.kind in ("NAME", "L", "CDR", "DISC_FOVEA")]
    return not named or max(named) < place or min(named) > place


def not_looked_at(stretch: Stretch) -> list[Fact] | None:
    """ "Neither IRMA nor venous beading was assessed"; not "was looked for and not found"."""
    denied = max(n for n, token in enumerate(stretch) if token.kind == "NEG")
    verbs = [token.value for token in stretch[denied:] if token.kind == "VERB"]
    return not_assessed(stretch) if verbs and verbs[-1] == "assess" and len(verbs) <= 3 else None
