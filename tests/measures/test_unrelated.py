"""Matching units of unrelated matrices: how far above the best known they end.

tests/fixtures/README.md says of how many starts the best known are the least.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from degendsl import metrics

KNOWN = pl.read_csv(Path(__file__).parent.parent / "fixtures" / "unrelated.csv")
# Of 128 units, those matched in the fast tests: the first 24 seeds.
FIRST = 24


def _above(known: pl.DataFrame, starts: int | None = None) -> np.ndarray:
    """How far unrelated matrices end above the best known, relatively."""
    found = []
    for units, seed in known.select("units", "seed").iter_rows():
        a, b = np.random.default_rng(seed).standard_normal((2, units, units))
        found.append(metrics.match_units(a, b, starts=starts).distance)
    return np.array(found) / known["distance"].to_numpy() - 1


def _of(units: int) -> pl.DataFrame:
    return KNOWN.filter(units=units)


def test_unrelated_networks_come_near_the_best_known():
    above = _above(_of(128)[:FIRST])
    assert above.max() < 0.005 and above.mean() < 0.0035


def test_more_starts_come_nearer():
    assert _above(_of(128)[:6], starts=20).max() < 0.0035


def test_unrelated_networks_of_64_units_come_near_the_best_of_many_starts():
    above = _above(_of(64))
    assert above.max() < 0.015 and above.mean() < 0.006


@pytest.mark.slow
def test_more_unrelated_networks_come_as_near():
    above = _above(_of(128)[FIRST:])
    assert above.max() < 0.005 and above.mean() < 0.0035


@pytest.mark.slow
def test_unrelated_large_networks_come_near_the_best_known():
    above = _above(_of(256))
    assert above.max() < 0.005 and above.mean() < 0.003
