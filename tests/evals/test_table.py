"""Intervals of the result tables."""

import numpy as np
from fundoscope.evals.table import bootstrap
from fundoscope.experts.training.metrics import calibration_error


def test_the_interval_of_an_error_that_chance_adds_to_holds_the_error():
    rng = np.random.default_rng(3)
    p = rng.dirichlet(np.ones(5), 200)
    truth = np.array([rng.choice(5, p=row) for row in p])

    def error(chosen):
        return calibration_error(truth[chosen], p[chosen])

    found = error(np.arange(200))
    plain, centred = bootstrap(200, error), bootstrap(200, error, centred=True)
    assert plain[0] + plain[1] > 2.2 * found, "resampling alone lies above it"
    assert 0 <= centred[0] < found < centred[1]


def test_no_centred_interval_goes_below_nothing():
    values = np.array([1.0, -1.0] * 20)
    low, high = bootstrap(40, lambda chosen: abs(float(values[chosen].mean())), centred=True)
    assert low == 0.0
    assert 0.1 < high < 0.4
