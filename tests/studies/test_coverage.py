"""Intervals and tests where the truth is known; many more in benchmarks/coverage.py."""

import numpy as np

from degendsl.analysis._effects import Degeneracy, effect_of_factor, p_unchanged
from degendsl.analysis._families import families
from degendsl.analysis._intervals import spread_interval, subset_pair_mean
from degendsl.metrics import pair_subset


def _distances(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - points[None], axis=-1)


def test_the_interval_of_a_subset_of_pairs_covers_as_often_as_it_says():
    random = np.random.default_rng(0)
    truth, covered, studies = 2 / np.sqrt(np.pi), 0, 400
    for study in range(studies):
        points = random.standard_normal(40)
        pairs = np.array(pair_subset(40, 80, seed=study))
        distances = np.abs(points[pairs[:, 0]] - points[pairs[:, 1]])
        interval = subset_pair_mean(pairs, distances, 40)
        covered += interval.low <= truth <= interval.high
    # Three standard errors of a share of 400 are 0.033; a skewed distance costs some more.
    assert 0.89 < covered / studies < 0.985


def test_the_interval_of_a_spread_covers_as_often_as_it_says():
    random = np.random.default_rng(0)
    found = [spread_interval(random.standard_normal(8)) for _ in range(400)]
    assert 0.92 < np.mean([one.low <= 1.0 <= one.high for one in found]) <= 1


def _level(value: float, scatter: float, n: int = 20, seed: int = 0) -> Degeneracy:
    moved = np.random.default_rng(seed).standard_normal(n) * scatter
    without = {seed: value * float(np.exp(x)) for seed, x in enumerate(moved)}
    return Degeneracy(value=value, without=without)


def test_unchanged_needs_the_margin_to_hold_the_whole_interval():
    narrow = effect_of_factor([[_level(1.0, 1e-4), _level(1.02, 1e-4, seed=1)]])
    wide = effect_of_factor([[_level(1.0, 0.05), _level(1.02, 0.05, seed=1)]])
    assert narrow and wide
    assert p_unchanged(narrow, 0.1) < 0.05 < p_unchanged(wide, 0.1)
    assert p_unchanged(narrow, 0.01) > 0.5


def test_freedom_is_that_of_the_smallest_condition():
    effect = effect_of_factor([[_level(1.0, 0.1, 4), _level(2.0, 0.1, 20, seed=1)]])
    apart = effect_of_factor([[_level(1.0, 0.1, 9), _level(2.0, 0.1, 9, seed=1)]], paired=False)
    assert effect and apart
    assert effect.freedom == 3
    assert 8 <= apart.freedom <= 16


def test_two_clouds_are_two_families_and_one_is_not():
    random = np.random.default_rng(0)
    one = random.standard_normal((20, 5))
    two = one.copy()
    two[:9, 0] += 12
    found = families(_distances(two))
    assert found and found.two and set(found.first) in (set(range(9)), set(range(9, 20)))
    alone = families(_distances(one))
    assert alone and not alone.two
    assert families(np.zeros((8, 8))) is None
