"""Operators of networks on several cores, and of halves of their trials."""

from typing import Any

import numpy as np
import pytest

from degendsl import _cores, metrics
from degendsl.errors import MeasureError


def test_operators_do_not_depend_on_how_many_cores_there_are(monkeypatch):
    random = np.random.default_rng(0)
    # As large as it takes for the linear algebra to start threads of its own.
    states = random.standard_normal((5, 20, 60, 32)).cumsum(axis=2)
    found = []
    for cores in (1, 3):
        monkeypatch.setattr(_cores, "usable_cores", lambda cores=cores: cores)
        found.append(metrics.dsa_operators(states, delays=20, rank=6))
    np.testing.assert_array_equal(found[0].matrices, found[1].matrices)
    np.testing.assert_array_equal(found[0].singular_values, found[1].singular_values)


@pytest.mark.parametrize(("delays", "interval", "units"), [(1, 1, 5), (3, 2, 5), (20, 1, 32)])
def test_halved_operators_are_those_of_each_set_of_trials(delays: int, interval: int, units: int):
    # Of any size, and of one large enough for the iterations that find eigenvectors.
    states = 1e-170 * np.random.default_rng(0).standard_normal((7, 60, units)).cumsum(axis=1)
    settings: dict[str, Any] = {"delays": delays, "interval": interval, "rank": 4}
    found = metrics.halved_operators(states, **settings)
    for one, trials in zip(found, (states, states[::2], states[1::2]), strict=True):
        assert not isinstance(one, MeasureError)
        matrix, values = metrics.operator(trials, **settings)
        # Products of all trials are summed in another order. Directions kept have a fifth of the
        # first singular value or more: eps of the products, squares, turns them by some 1e-14.
        (distance,) = metrics.operator_distances([one[0], matrix], [(0, 1)]).distance
        assert distance < 1e-10
        np.testing.assert_allclose(one[1], values, rtol=1e-10)


def test_a_half_that_does_not_carry_the_rank_is_told_in_its_place():
    states = np.random.default_rng(0).standard_normal((5, 6, 3)).cumsum(axis=1)
    every, even, odd = metrics.halved_operators(states, delays=4, rank=5)
    assert not isinstance(every, MeasureError) and not isinstance(even, MeasureError)
    assert "only 4 samples in 2 trials" in str(odd)
    *_, odd = metrics.halved_operators(states[:1], delays=2, rank=2)
    assert "one trial has no second half" in str(odd)
    with pytest.raises(MeasureError, match="5 trials of 6 steps"):
        metrics.halved_operators(states, delays=7, rank=1)
