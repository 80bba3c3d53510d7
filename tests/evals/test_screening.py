"""What of a screening is left to a person: the figures follow from the reports, for eyes below and above the referral."""

from __future__ import annotations

import numpy as np
import pytest
from fundoscope.evals.screening import Read, rows_of


def read() -> Read:
    """Four reports: complete and not referable, complete and referable, contradicted, and with an interval but in doubt."""
    flags = np.array([[1, 1, 0, 0], [1, 1, 0, 1], [0, 0, 1, 0], [0, 1, 0, 1]], dtype=bool)
    return Read(*flags, group=np.arange(4))


@pytest.mark.parametrize(
    ("referable", "wrong"),
    [(True, "grade below 2, and no person asked"), (False, "grade 2 or more, and no person asked")],
)
def test_what_a_person_is_not_asked_about_is_counted_on_the_side_where_it_is_wrong(referable: bool, wrong: str) -> None:
    figures = {row.metric: row.figure for row in rows_of(read(), "four eyes", referable)}
    assert figures == {
        "reports that ask for no person": 0.5,
        "reports that name an interval": 0.75,
        "reports with contradictions": 0.25,
        wrong: 0.25,
    }
