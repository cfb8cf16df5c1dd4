"""SVCCA of a study's networks, where `measure.also` asks for it."""

from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from conftest import EXPECTING, LITTLE, NETWORKS, tiny
from spoiling import Arrays, conditions, measured, spoiled

from degendsl import metrics
from degendsl.api import RunResult
from degendsl.measuring import _evaluate, _portions
from degendsl.measuring._levels import ALSO, FURTHER
from degendsl.planning import make_plan
from degendsl.spec.kinds.measurement import Also

SPEC = tiny(EXPECTING, *LITTLE, "measure.also=[svcca]", "measure.at=[init, end]")


def test_every_word_is_measured():
    assert ALSO.keys() | FURTHER.keys() == set(get_args(Also))


def test_pairs_are_those_of_the_states_and_a_dead_network_is_named(
    study: RunResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def dead(arrays: Arrays) -> None:
        for name in ("recurrent", "input", "bias"):
            arrays[f"final/{name}"] *= 0

    store = spoiled(study.store.root, tmp_path / "copy", {2: dead})
    tables = measured(store, SPEC)
    first = conditions(store)[0]
    pairs = tables["pairs"].filter(condition=first, metric="svcca", at="end").drop_nulls()

    (condition, _) = make_plan(SPEC).conditions
    trials = _evaluate.condition_trials(condition.science, SPEC.measure.trials)
    seeds = [seed for seed in range(NETWORKS) if seed != 2]
    networks = [store.read_unit(first, seed).parameters("final") for seed in seeds]
    states = list(_evaluate.states_on(condition.science, trials, networks))
    expected = metrics.shape_distances(states, kind="svcca")
    found = {(a, b): d for a, b, d in pairs.select("seed_a", "seed_b", "distance").rows()}
    assert len(found) == len(seeds) * (len(seeds) - 1) // 2
    for (a, b), distance in found.items():
        # Products of the same directions; the full matrix is not kept at least at zero.
        assert distance == pytest.approx(expected[seeds.index(a), seeds.index(b)], abs=1e-12)

    row = tables["degeneracy"].filter(condition=first, metric="svcca", at="end").row(0, named=True)
    assert row["level"] == "representation" and row["n_networks"] == len(seeds)
    assert row["value"] == pytest.approx(np.mean(list(found.values())))
    assert row["untrained"] is not None and row["null"] is None and row["rank"] is None
    assert tables["effects"].filter(metric="svcca")["change"].null_count() == 0
    (line,) = (one for one in tables["problems"]["problem"] if "representation" in one)
    assert "trained networks: 1 of 6 networks left out: the states of network 2 never" in line

    # As if no more than two networks found room at once.
    store = spoiled(study.store.root, tmp_path / "again", {2: dead})
    monkeypatch.setattr(_portions, "_MEMORY", 1)
    again = measured(store, SPEC)["pairs"].filter(metric="svcca")
    assert again.equals(tables["pairs"].filter(metric="svcca"))
    # Nobody else has the level.
    assert "representation" not in study.store.table("degeneracy")["level"]
    assert "representation" not in study.store.table("effects")["level"]
