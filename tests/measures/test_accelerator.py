"""The minimisation of DSA for accelerators, here on two devices of the processor."""

from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

from degendsl import metrics

FIXTURE = Path(__file__).parent.parent / "fixtures" / "dsa.npz"


def test_it_finds_the_same_minima_as_threads():
    with np.load(FIXTURE) as archive:
        operators, best_known = archive["operators"], archive["best_angular"]
    pairs = [(i, j) for i in range(len(operators)) for j in range(i)]
    threads = metrics.operator_distances(operators, pairs)
    accelerated = metrics.operator_distances(operators, pairs, accelerator=True)
    best = np.array([best_known[pair] for pair in pairs])
    # The bound of any minimisation; see tests/test_metrics.py.
    assert (accelerated.distance - best).max() < 5e-4
    assert accelerated.distance[best < 1e-9].max() < 1e-5
    # Both end within 1e-8 of a minimum, at which the angle is flat to 1e-8 / sin θ. Rarely one of
    # both meets a lower minimum than the other.
    apart = np.abs(accelerated.distance - threads.distance)
    assert np.quantile(apart, 0.95) < 1e-7
    # Whatever this process computes in has not changed.
    assert jnp.zeros(1).dtype == jnp.float32


def test_copies_are_at_zero_and_ranks_may_differ():
    random = np.random.default_rng(0)
    a = random.standard_normal((12, 12)) / np.sqrt(12)
    turn = np.linalg.qr(random.standard_normal((12, 12)))[0]
    operators = [a, turn @ a @ turn.T, a[:3, :3], a[:1, :1], -a[:1, :1]]
    pairs = [(0, 1), (0, 2), (3, 4)]
    found = metrics.operator_distances(operators, pairs, starts=2, accelerator=True).distance
    assert found[0] < 1e-6
    threads = metrics.operator_distances(operators, pairs, starts=2).distance
    assert found[1] == pytest.approx(threads[1], abs=1e-6)
    # Of rank 1 there is nothing to turn.
    assert found[2] == threads[2] == np.pi
