"""What the page shows of a case with several photographs."""

from __future__ import annotations

import numpy as np
from fundoscope.records import Eye, EyeReport, Photograph, Report
from fundoscope.records.report import Provenance, ReportStatus
from fundoscope.ui.app import beside, photograph_names


def test_photographs_are_named_by_their_eye_and_numbered_where_there_are_several() -> None:
    taken = [Photograph(sha256=letter * 64, width=8, height=8, file_format="PNG") for letter in "abc"]
    eyes = {
        Eye.RIGHT: EyeReport(eye=Eye.RIGHT, photographs=taken[:2]),
        Eye.LEFT: EyeReport(eye=Eye.LEFT, photographs=taken[2:]),
    }
    made_by = Provenance(fundoscope="0", planner="built-in", guideline="ICO", seed=0)
    report = Report(case="case", status=ReportStatus.COMPLETE, eyes=eyes, provenance=made_by)
    assert photograph_names(report) == ["Right eye 1", "Right eye 2", "Left eye"]


def test_pictures_of_unequal_height_stand_beside_each_other() -> None:
    high, low = np.full((6, 3, 3), 9, np.uint8), np.full((4, 5, 3), 7, np.uint8)
    both = beside([high, low])
    assert both is not None and both.shape == (6, 8, 3)
    assert (both[:, :3] == 9).all() and (both[:4, 3:] == 7).all() and not both[4:, 3:].any()
    assert beside([]) is None
