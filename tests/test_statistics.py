"""Intervals and effects where the truth is known."""

import math

import numpy as np
import pytest

from degendsl.analysis._effects import Degeneracy, effect_of_factor, holm
from degendsl.analysis._intervals import (
    jackknife_pair_mean,
    leave_one_out_pair_means,
    mean_interval,
)


def test_leaving_out_by_formula_equals_leaving_out():
    random = np.random.default_rng(2)
    d = np.abs(random.standard_normal((6, 6)))
    d = d + d.T
    np.fill_diagonal(d, 0)
    for index, value in enumerate(leave_one_out_pair_means(d)):
        rest = np.delete(np.delete(d, index, 0), index, 1)
        assert value == pytest.approx(rest[np.tril_indices(5, -1)].mean())


def test_the_interval_of_a_mean_is_the_jackknife_of_a_sum_over_pairs():
    numbers = np.random.default_rng(3).lognormal(size=9)
    half = (numbers[:, None] + numbers[None]) / 2
    np.fill_diagonal(half, 0)
    assert mean_interval(numbers) == pytest.approx(jackknife_pair_mean(half), rel=1e-12)


def level(value: float, jitter: float = 0.0) -> Degeneracy:
    seeds = range(10)
    return Degeneracy(value=value, without={s: value * (1 + jitter * (s - 4.5)) for s in seeds})


def test_an_exponential_fall_is_reported_as_its_ratio():
    effect = effect_of_factor([[level(8.0), level(4.0), level(2.0)]])
    assert effect is not None
    assert effect.change == pytest.approx(-0.75) and effect.ratio == pytest.approx(0.25)
    assert effect.direction == "falls" and effect.monotone


def test_noise_common_to_all_conditions_cancels_and_other_noise_does_not():
    common = effect_of_factor([[level(8.0, 0.1), level(4.0, 0.1)]])
    opposed = effect_of_factor([[level(8.0, 0.1), level(4.0, -0.1)]])
    assert common is not None and opposed is not None
    assert common.high - common.low < 1e-9 < opposed.high - opposed.low
    assert opposed.direction == "unclear" or opposed.high < 0


def test_no_effect_without_positive_values_or_levels():
    assert effect_of_factor([]) is None
    assert effect_of_factor([[level(1.0)]]) is None
    assert effect_of_factor([[level(1.0), level(0.0)]]) is None


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert math.isnan(holm([math.nan, 0.01])[0])
