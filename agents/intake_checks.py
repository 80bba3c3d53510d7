"""What is looked at before a case is read: whether its photographs belong together and what their headers claim can be.

Photographs of two patients are refused. What can be read in spite of a fault is read, and the report says so: as a limit,
or as a disagreement that holds an interval back where the side of an eye is in doubt.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..errors import BadSetting
from ..imaging.noise import noise_level
from ..records import Disagreement, Evidence, Eye, Photograph, of_different_patients
from .ledger import Ledger
from .lexicon import EYE_WORDS

SIDE = 192
"""Pixels of a side to which a photograph's field of view is brought for the comparison of pictures."""
MIRRORED, SAME = 0.7, 0.9
"""Correlations of fine structure from which two pictures are one, flipped or not. On 250 pairs of ODIR's patients, held-out ones among them,
the two eyes, one of them flipped, reach 0.61, and unflipped 0.79; a picture and its own mirror image, halved in size and
saved as JPEG of quality 60, 0.73 and more, 0.94 in the median."""
COLOURLESS = 0.08
"""Saturation (difference between a pixel's strongest and weakest channel over the strongest, summed over the picture) under which
a photograph has no colour. The palest of 700 photographs of seven data sets has 0.17."""
COMPRESSED = 50
"""JPEG quality from which downwards a photograph is read visibly worse (`fundoscope eval robustness`: vessels' Dice 0.80 for 0.83,
the grade's kappa 0.74 for 0.78, and 0.77 and 0.71 at quality 30). Of 1,992 photographs of the data sets none has less than 63."""
NOISY = 3.0
"""Noise, in grey levels, from which upwards a photograph is read visibly worse (same table: vessels' Dice 0.81 at 4 and 0.75 at 8, the
grade's kappa 0.71 and 0.68). None of 1,600 natural photographs of eight data sets has 1."""
BEYOND = 0.03
"""Share of a picture's lit part outside the circle that is graded, from which upwards it is said: where the frame cuts the field of
view on all sides (117 of 216 photographs of DRIMDB, 72 of 845 of UNAM), and where it was squeezed (18 of 100 of ODIR)."""
SQUEEZED = 0.04
"""By so much a field of view is taller than wide, or wider than tall, when it is said. Of every second photograph it is on 207 of 1,449 of
ODIR, where squares were made of them, 1 of 387 of UNAM and none of 316 of IDRiD, DRIVE, HRF and Drishti-GS."""
EXPERTS = "the experts"
"""In every line on a fault that the experts suffer from."""
_DAY = datetime.timedelta(days=1)


def admitted(given: Sequence[Photograph]) -> tuple[list[Photograph], list[str]]:
    """The photographs that make the case, each once, and what is to be said of how they came.

    Raises BadSetting, before anything is written, for photographs of different patients (by their DICOM headers, compared
    by a hash that lives no longer than the process) and for one photograph named as both eyes.
    """
    if of_different_patients(given):
        raise BadSetting(
            "the photographs are of different patients by their headers; read each patient's by themselves"
        )
    taken: list[Photograph] = []
    noticed = []
    for photograph in given:
        twin = next((t for t in taken if t.sha256 == photograph.sha256), None)
        if twin is None:
            taken.append(photograph)
        elif twin.eye is photograph.eye or Eye.UNKNOWN in (twin.eye, photograph.eye):
            noticed.append(f"photo-{taken.index(twin) + 1} was given more than once and is read once.")
        else:
            raise BadSetting("one and the same photograph was given as the right and as the left eye")
    if len({photograph.patient for photograph in given if photograph.patient is not None}) > 1:
        noticed.append(
            "The headers' patient identifiers are of different issuers: whether they are one patient is not known."
        )
    latest = datetime.datetime.now(datetime.UTC).date() + _DAY  # it may be tomorrow where the camera stands
    for number, photograph in enumerate(taken, start=1):
        if photograph.acquired is not None and photograph.acquired > latest:
            photograph.acquired = None
            noticed.append(f"The date in the header of photo-{number} lies in the future and is not used.")
        if colourless(photograph):
            noticed.append(f"photo-{number} has no colour: the experts learnt from colour photographs.")
        if photograph.jpeg_quality is not None and photograph.jpeg_quality <= COMPRESSED:
            noticed.append(
                f"photo-{number} was compressed hard (JPEG quality about {photograph.jpeg_quality}): fine vessels and small "
                "lesions may be lost, and the experts read it worse than their cards say."
            )
        beyond = photograph.field_of_view.beyond
        if beyond >= BEYOND:
            field = photograph.field_of_view
            circle_alone = field.reach is None and field.ellipse is None
            others = "grade, lesions and vessels do not" if circle_alone else "the grade does not"
            noticed.append(
                f"{beyond:.0%} of the lit part of photo-{number} lies outside the circle of its field of view: {others} take it in."
            )
        if (squeezed := _squeezed(photograph.field_of_view.squeezed)) is not None:
            noticed.append(
                f"photo-{number} is out of proportion, its field of view {squeezed}: lengths, calibres, angles and tortuosity "
                "are off by up to that, ratios of upright diameters are not."
            )
        noise = noise_level(photograph.pixels)
        if noise >= NOISY:
            noticed.append(
                f"photo-{number} is noisy (about {noise:.0f} grey levels): fine vessels and small lesions may be lost or "
                "seen where there are none, and the experts read it worse than their cards say."
            )
    return taken, list(dict.fromkeys(noticed))


def _squeezed(height_to_width: float) -> str | None:
    """How a field of view of this height over width is out of proportion, in words."""
    more = max(height_to_width, 1 / height_to_width) - 1
    if more < SQUEEZED:
        return None
    return f"{more:.0%} {'taller than wide' if height_to_width > 1 else 'wider than tall'}"


def colourless(photograph: Photograph) -> bool:
    """Whether the channels are one throughout, as in a red-free photograph or an angiogram."""
    thinned = photograph.pixels[::32, ::32].astype(np.int64)
    strongest, weakest = thinned.max(axis=2).sum(), thinned.min(axis=2).sum()
    return bool(strongest - weakest < COLOURLESS * strongest)


def alike(photographs: Mapping[str, Photograph]) -> list[list[str]]:
    """Pairs of references whose pictures are one: [first, second, "same" or "mirrored"]."""
    if len(photographs) < 2:
        return []
    fine = {reference: fine_structure(photograph) for reference, photograph in photographs.items()}
    found = []
    for (first, one), (second, other) in combinations(fine.items(), 2):
        if likeness(one, other) >= SAME:
            found.append([first, second, "same"])
        elif max(likeness(one, other[:, ::-1]), likeness(one, other[::-1])) >= MIRRORED:
            found.append([first, second, "mirrored"])
    return found


def fine_structure(photograph: Photograph) -> NDArray[np.float32]:
    """The green channel of the field of view (SIDE, SIDE) less its coarse shading, of mean 0 and norm 1; 0 outside."""
    view = photograph.field_of_view
    green = np.ascontiguousarray(photograph.pixels[view.top : view.bottom, view.left : view.right, 1])
    small = cv2.resize(green, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    fine = small - cv2.GaussianBlur(small, (0, 0), SIDE / 32)
    rows, columns = np.ogrid[:SIDE, :SIDE]
    middle = (SIDE - 1) / 2
    fine[(rows - middle) ** 2 + (columns - middle) ** 2 > (0.42 * SIDE) ** 2] = 0.0
    fine -= fine.mean()
    norm = float(np.linalg.norm(fine))
    return fine / norm if norm > 0 else fine


def likeness(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Correlation of two fine structures, -1 to 1."""
    return float((one * other).sum())


def picture_disagreements(state: Mapping[str, Any], ledger: Ledger) -> list[Disagreement]:
    """A disagreement for each eye whose side is in doubt because its picture is another's, as it is or mirrored."""
    found = []
    for first, second, how in state.get("alike", []):
        eyes = list(dict.fromkeys(Eye(state["eyes"][reference]) for reference in (first, second)))
        if how == "mirrored":
            rule, text = (
                "mirror-image",
                "mirror images of each other: one of them was flipped, the side cannot be trusted",
            )
        elif len(eyes) > 1:
            named = " and the ".join(EYE_WORDS[eye] for eye in eyes)
            rule, text = "one-picture-two-eyes", f"one picture, yet were given as the {named}"
        else:
            continue
        evidence = _evidence(state, ledger, (first, second))
        found += [
            Disagreement(rule=rule, eye=eye, text=f"{first} and {second} are {text}.", evidence=evidence)
            for eye in eyes
        ]
    return found


def _evidence(state: Mapping[str, Any], ledger: Ledger, references: Sequence[str]) -> list[str]:
    """The first finding on each of the photographs."""
    order = list(state["eyes"])
    hashes = [state["case"]["photographs"][order.index(reference)]["sha256"] for reference in references]
    entries: list[Evidence] = [entry for entry in ledger if entry.finding is not None]
    return [next(e.id for e in entries if e.finding is not None and e.finding.photograph == sha) for sha in hashes]


def reads_worse(state: Mapping[str, Any], reference: str) -> list[str]:
    """What was noticed of a photograph on account of which the experts read it worse."""
    noticed: list[str] = state["case"].get("noticed", [])
    return [line.rstrip(".") for line in noticed if line.startswith(f"{reference} ") and EXPERTS in line]


def intake_limits(state: Mapping[str, Any], photographs: Mapping[str, Photograph]) -> list[str]:
    """What the report says of how its photographs came: faults that were got over, and eyes that nobody named."""
    limits = list(state["case"].get("noticed", []))
    for first, second, how in state.get("alike", []):
        if how == "same" and state["eyes"][first] == state["eyes"][second]:
            limits.append(f"{first} and {second} are one picture in two files.")
    for reference, photograph in photographs.items():
        own = [r for r in state["usable"] if state["eyes"][r] == state["eyes"][reference]]
        if own and reference not in own:
            limits.append(f"{reference} ({EYE_WORDS[photograph.eye]}) is not gradable; {own[0]} was read in its place.")
        if photograph.eye_source == "landmarks":
            limits.append(
                f"Neither the user nor the file named the eye of {reference}: disc and fovea lie as in a "
                f"{EYE_WORDS[photograph.eye]}."
            )
    return limits
