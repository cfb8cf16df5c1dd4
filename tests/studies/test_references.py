"""Twins, references, settings and subsets of pairs of a small study."""

import jax
import numpy as np
import polars as pl
import pytest
from conftest import NETWORKS, TWINS

from degendsl.api import RunResult
from degendsl.measuring import chosen_pairs
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


def test_every_reference_stands_beside_its_value(study: RunResult):
    rows = study.store.table("degeneracy").filter(at="end")
    dsa = rows.filter(metric="dsa").row(0, named=True)
    assert all(dsa[name] is not None for name in ("floor", "null", "cross", "untrained"))
    # After a few dozen steps one bit has not grown to what another seed makes.
    assert dsa["floor"] < 1e-3 * dsa["value"]
    assert rows.filter(metric="pif").row(0, named=True)["surrogate"] > 0
    assert rows.filter(metric="ood_spread").row(0, named=True)["floor"] is not None
    tagged = rows.filter(pl.col("metric").str.starts_with("pif_angle["))
    assert tagged.height == 2 and tagged["value"].null_count() == 0


def test_the_grid_of_settings_is_in_its_tables(study: RunResult):
    effects = study.store.table("sensitivity").filter(metric="dsa")
    assert effects["setting"].to_list() == ["delays 2", "delays 3"]
    values = study.store.table("sensitivity_values").filter(metric="dsa", setting="delays 3")
    # These are the settings of the study itself.
    own = study.store.table("degeneracy").filter(metric="dsa", at="end")
    assert values["value"].to_list() == own["value"].to_list()
    claim = study.store.table("expectations").row(0, named=True)
    assert claim["claimed"] == "unchanged" and claim["verdict"] in ("holds", "unclear")


@pytest.mark.parametrize("n, most", [(6, 7), (50, 100), (51, 130), (9, 4)])
def test_a_subset_of_pairs_is_balanced(n: int, most: int):
    pairs = chosen_pairs(n, most)
    assert len(set(pairs)) == len(pairs) == most and all(i > j for i, j in pairs)
    counts = np.bincount(np.ravel(pairs), minlength=n)
    assert counts.max() - counts.min() <= 2
    assert len(chosen_pairs(n, None)) == n * (n - 1) // 2


def test_what_no_training_may_change_is_the_same_in_a_twin():
    one = np.ones((3, 3), np.float32)
    lanes = in_a_lane(one)
    nudge(lanes, 0, "f" * 64)
    assert (np.asarray(lanes.recurrent) != one).all()
    assert np.array_equal(np.asarray(lanes.recurrent_mask)[0], one)
