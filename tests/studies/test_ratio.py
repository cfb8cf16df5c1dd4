"""The ratio to the same networks before training, of networks made of numbers alone."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from degendsl.analysis._degeneracy import PairRatio, quantity
from degendsl.analysis._study import Study
from degendsl.analysis._values import degeneracy_table
from degendsl.measuring import ConditionMeasures, Group, Measured
from degendsl.metrics import pair_subset
from degendsl.store import UnitRecord

Points = np.ndarray


def networks(n: int) -> tuple[Points, Points]:
    """Networks before and after training, which keeps part of what they were."""
    random = np.random.default_rng(0)
    before = random.standard_normal((n, 3))
    return before, 0.5 * before + 0.5 * random.standard_normal((n, 3))


def weights(points: Points, most: int | None = None) -> Measured:
    pairs = np.array(pair_subset(len(points), most))
    d = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
    return Measured(seeds=tuple(range(len(points))), arrays={"pairs": pairs, "pif": d})


def ratio(before: Measured, after: Measured) -> PairRatio:
    found = quantity("pif_ratio", after, before)
    assert isinstance(found, PairRatio)
    return found


def test_a_network_is_left_out_of_both_means_at_once():
    before, after = networks(7)
    found = ratio(weights(before), weights(after))
    for seed, value in found.without.items():
        few = [np.delete(points, seed, axis=0) for points in (before, after)]
        above, below = (weights(points).arrays["pif"].mean() for points in few[::-1])
        assert value == pytest.approx(above / below)
    assert len(found.without) == 7


def test_a_network_that_cannot_be_measured_at_one_time_counts_at_none():
    before, after = networks(7)
    fewer = ratio(weights(before[1:]), weights(after[1:]))
    for spoilt in (before, after):
        kept = spoilt[0].copy()
        spoilt[0] = np.nan
        found = ratio(weights(before), weights(after))
        assert found.seeds == tuple(range(1, 7))
        assert found.interval == pytest.approx(fewer.interval)
        spoilt[0] = kept


def test_of_some_pairs_each_two_that_share_a_network_count_once():
    n, most = 12, 30
    before, after = (weights(points, most) for points in networks(n))
    d, b, pairs = after.arrays["pif"], before.arrays["pif"], before.arrays["pairs"]
    value = d.mean() / b.mean()
    # What the ratio moves by, to first order, where a pair has another distance.
    off = (d - value * b) / b.mean()
    shared = [[bool(set(p) & set(q)) for q in pairs.tolist()] for p in pairs.tolist()]
    variance = max(off @ np.array(shared) @ off, off @ off) / most**2 * n / (n - 1)
    half = stats.t.ppf(0.975, n - 1) * math.sqrt(variance)
    expected = value, value - half, value + half
    assert ratio(before, after).interval == pytest.approx(expected)


def row_of(before: Points, after: Points) -> dict[str, Any]:
    n = len(before)
    record = UnitRecord(arrays={}, manifest={"outcome": "converged"})
    one = ConditionMeasures(
        condition=Group(id="1", label="one", levels={}),
        records=dict.fromkeys(range(n), record),
        compared=tuple(range(n)),
        levels={("weights", "init"): weights(before), ("weights", "end"): weights(after)},
        references={("weights", "floor"): weights(after[:2])},
        everyone=None,
        examples=None,
        problems=(),
    )
    table = degeneracy_table(Study(measured=(one,)))
    return table.filter(metric="pif_ratio", at="end").row(0, named=True)


def test_networks_that_start_alike_have_no_ratio():
    before, after = networks(5)
    row = row_of(np.zeros_like(before), after)
    assert (row["value"], row["ci_low"], row["floor"], row["n_networks"]) == (None, None, None, 0)
    # All but one alike: there is a ratio, but none without that one and so no interval.
    lone = np.zeros_like(before)
    lone[0] = 1
    row = row_of(lone, after)
    assert row["value"] > 0 and row["floor"] > 0
    assert row["ci_low"] is None and row["ci_high"] is None


def test_a_ratio_is_of_pairs_and_divides_no_networks_into_families():
    before, after = networks(12)
    after[:6, 0] += 50
    row = row_of(before, after)
    assert row["n_pairs"] == 66 and row["two_families"] is None
