"""Intervals and tests where the truth is known; many more in benchmarks/coverage.py."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import polygamma

from degendsl.analysis._degeneracy import Quantity, quantity
from degendsl.analysis._effects import Degeneracy, effect_of_factor, p_unchanged
from degendsl.analysis._families import families
from degendsl.measuring import Measured
from degendsl.metrics import pair_subset


def _distances(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - points[None], axis=-1)


# The mean distance of two normal clouds of spread 1 in six directions.
APART = 2 * math.gamma(3.5) / math.gamma(3)


def _compared(metric: str, distances: np.ndarray, pairs: np.ndarray) -> Measured:
    return Measured(seeds=tuple(range(pairs.max() + 1)), arrays={"pairs": pairs, metric: distances})


def _between(points: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)


def _distance(random: np.random.Generator, n: int, most: int | None = None) -> Quantity | None:
    pairs = np.array(pair_subset(n, most))
    apart = _between(random.standard_normal((n, 6)), pairs)
    return quantity("dsa", _compared("dsa", apart, pairs))


def _disagreement(random: np.random.Generator, n: int) -> Quantity | None:
    pairs = np.array(pair_subset(n, None))
    apart = _between(random.standard_normal((n, 6)), pairs) ** 2
    return quantity("disagreement", _compared("disagreement", apart, pairs))


def _ratio(random: np.random.Generator, n: int, most: int | None = None) -> Quantity | None:
    """Networks that keep nothing and shrink to a third."""
    pairs = np.array(pair_subset(n, most))
    after, before = (
        _compared("pif", size * _between(random.standard_normal((n, 6)), pairs), pairs)
        for size in (1 / 3, 1)
    )
    return quantity("pif_ratio", after, before)


def _losses(metric: str, losses: np.ndarray) -> Quantity | None:
    return quantity(metric, Measured(seeds=tuple(range(len(losses))), arrays={"ood_mse": losses}))


STUDIES = 400
SOME = 100


@pytest.mark.parametrize(
    "draw, truth, share",
    [
        pytest.param(lambda r: _distance(r, 10), APART, 0.954, id="all pairs"),
        pytest.param(lambda r: _distance(r, 50, SOME), APART, 0.934, id="some pairs"),
        pytest.param(lambda r: _disagreement(r, 10), 12, 0.945, id="disagreement"),
        pytest.param(lambda r: _ratio(r, 10), 1 / 3, 0.955, id="ratio"),
        pytest.param(lambda r: _ratio(r, 50, SOME), 1 / 3, 0.941, id="ratio of some pairs"),
        pytest.param(
            lambda r: _losses("ood_mse_mean", r.gamma(4, size=10)), 4, 0.944, id="mean loss"
        ),
        pytest.param(lambda r: _losses("ood_spread", r.normal(9, 1, 10)), 1, 0.958, id="spread"),
        pytest.param(
            lambda r: _losses("ood_log10_sd", r.gamma(4, size=10)),
            math.sqrt(polygamma(1, 4)) / math.log(10),
            0.954,
            id="spread of logarithms",
        ),
        # Too seldom, as is said: a few networks are far worse than the rest.
        pytest.param(
            lambda r: _losses("ood_mse_mean", np.exp(r.standard_normal(10))),
            math.exp(0.5),
            0.840,
            id="mean of a heavy tail",
        ),
    ],
)
def test_an_interval_holds_the_truth_as_often_as_docs_say(
    draw: Callable[[np.random.Generator], Quantity | None], truth: float, share: float
):
    """`share`: that of docs/statistics.md, from thousands of studies."""
    random = np.random.default_rng(0)
    intervals = [one.interval for _ in range(STUDIES) if (one := draw(random))]
    found = sum(one.low <= truth <= one.high for one in intervals) / STUDIES
    assert abs(found - share) < 3 * math.sqrt(share * (1 - share) / STUDIES)


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
