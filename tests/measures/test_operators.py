"""Operators of networks on several cores."""

import numpy as np

from degendsl import _cores, metrics


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
