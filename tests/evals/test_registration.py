"""Registration of a real photograph that was warped by a known change."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fundoscope.evals.registration import Reader, judge, judged_files, mirrored, tuning_files
from fundoscope.evals.warps import Warp
from fundoscope.imaging import FieldOfView
from fundoscope.imaging.registration import register


def test_a_warp_leads_back_to_where_it_came_from():
    field = FieldOfView(320.0, 240.0, 460.0, 90, 10, 550, 470, 1.0)
    warp = Warp.drawn(np.random.default_rng(3), field)
    points = np.array([[320.0, 240.0], [200.0, 150.0], [450.0, 300.0]])
    assert warp.to_original(warp.from_original(points)) == pytest.approx(points, abs=1e-3)


@pytest.mark.realdata
def test_a_real_photograph_is_found_again_and_its_mirror_image_is_not(data_dir: Path):
    (file, *_) = tuning_files(data_dir, "drive")
    assert file not in judged_files(data_dir, "drive")
    case = judge(Reader(), data_dir, "drive", file)
    assert case.found.reason is None
    assert np.median(np.concatenate(list(case.errors.values()))) < 0.1
    assert case.found.error_dd < 0.1
    assert register(case.sight, mirrored(case.sight)).matrix is None
