"""Twins, references, settings and subsets of pairs of a small study."""

import jax
import numpy as np
import polars as pl
import pytest
from conftest import NETWORKS, TWINS

from degendsl.analysis._references import NAMES
from degendsl.api import RunResult
from degendsl.metrics import pair_subset
from degendsl.models import Parameters
from degendsl.training._twins import nudge


def in_a_lane(recurrent: np.ndarray) -> Parameters:
    """A network under a mask of ones, with a lane axis before every array."""
    parameters = Parameters(
        recurrent=recurrent,
        input=recurrent,
        bias=None,
        readout=recurrent,
        readout_bias=None,
        recurrent_mask=np.ones_like(recurrent),
    )
    return jax.tree.map(lambda leaf: leaf[None].copy(), parameters)


def test_a_twin_starts_one_bit_away_and_zeros_stay():
    lanes = in_a_lane(np.array([[0.5, -0.25], [0.0, 1.0]], np.float32))
    before = np.array(lanes.recurrent)
    nudge(lanes, 0, "f" * 64)
    after = np.asarray(lanes.recurrent)
    assert after[0, 1, 0] == 0
    moved = np.abs(after.view(np.int32) - before.view(np.int32))
    np.testing.assert_array_equal(moved, [[[1, 1], [0, 1]]])


def test_twins_lie_apart_and_are_no_networks_of_the_study(study: RunResult):
    assert len(list(study.store.root.glob("units/*/*.npz"))) == 2 * NETWORKS
    assert len(list(study.store.root.glob("twins/*/*.npz"))) == 2 * TWINS
    assert study.store.table("networks").height == 2 * NETWORKS


# The columns beside each metric, as docs/measures.md has them; what is not here is null.
BESIDE = {
    "ood_spread": {"floor", "untrained"},
    "ood_mse_mean": {"untrained"},
    "ood_log10_sd": {"floor", "untrained"},
    "disagreement": {"floor", "untrained"},
    "dsa": {"floor", "null", "cross", "untrained"},
    "pif": {"floor", "untrained", "surrogate"},
    "pif_per_parameter": {"floor", "untrained", "surrogate"},
    "pif_angle": {"floor", "untrained", "surrogate"},
    "pif_ratio": {"floor", "surrogate"},
}


@pytest.mark.parametrize("table", ["degeneracy", "sensitivity_values"])
def test_every_reference_stands_beside_its_value(study: RunResult, table: str):
    rows = study.store.table(table)
    if table == "degeneracy":
        rows = rows.filter(at="end")
    seen = set()
    for row in rows.iter_rows(named=True):
        base, _, tag = row["metric"].partition("[")
        # Only the first of the two measures of weights asks for shuffled matrices.
        expected = BESIDE[base] - ({"surrogate"} if tag else set())
        there = {name for name in NAMES if row[name] is not None}
        assert there == expected, row["metric"]
        assert row["value"] is not None and row["n_networks"] == NETWORKS
        seen.add(base)
    assert seen == (set(BESIDE) if table == "degeneracy" else {"dsa"})


def test_references_of_other_times_are_null(study: RunResult):
    rows = study.store.table("degeneracy").filter(at="init")
    assert all(rows[name].null_count() == rows.height for name in NAMES)
    # A ratio to the untrained networks' distance is no number of these networks themselves.
    without = rows.filter(pl.col("value").is_null())["metric"]
    assert {metric.partition("[")[0] for metric in without} == {"pif_ratio"}


def test_the_references_are_of_the_size_they_must_be(study: RunResult):
    rows = study.store.table("degeneracy").filter(at="end")
    dsa = rows.filter(metric="dsa").row(0, named=True)
    # After a few dozen steps one bit has not grown to what another seed makes.
    assert dsa["floor"] < 1e-3 * dsa["value"]
    assert 0 < dsa["null"] < 2 * dsa["cross"]
    tagged = rows.filter(pl.col("metric").str.starts_with("pif_angle["))
    assert tagged.height == 2 and tagged["value"].null_count() == 0


def test_the_grid_of_settings_is_in_its_tables(study: RunResult):
    effects = study.store.table("sensitivity").filter(metric="dsa")
    assert effects["setting"].to_list() == ["delays 2", "delays 3"]
    values = study.store.table("sensitivity_values").filter(metric="dsa", setting="delays 3")
    # These are the settings of the study itself, with the same references.
    own = study.store.table("degeneracy").filter(metric="dsa", at="end")
    for name in ("value", "ci_low", "ci_high", *NAMES):
        assert values[name].to_list() == own[name].to_list(), name
    claim = study.store.table("expectations").row(0, named=True)
    assert claim["claimed"] == "unchanged" and claim["verdict"] in ("holds", "unclear")


@pytest.mark.parametrize("n, most", [(6, 7), (50, 100), (51, 130), (9, 4)])
def test_a_subset_of_pairs_is_balanced(n: int, most: int):
    pairs = pair_subset(n, most)
    assert len(set(pairs)) == len(pairs) == most and all(i > j for i, j in pairs)
    counts = np.bincount(np.ravel(pairs), minlength=n)
    assert counts.max() - counts.min() <= 2
    assert len(pair_subset(n, None)) == n * (n - 1) // 2


def test_what_no_training_may_change_is_the_same_in_a_twin():
    one = np.ones((3, 3), np.float32)
    lanes = in_a_lane(one)
    nudge(lanes, 0, "f" * 64)
    assert (np.asarray(lanes.recurrent) != one).all()
    assert np.array_equal(np.asarray(lanes.recurrent_mask)[0], one)
