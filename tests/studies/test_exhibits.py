"""What a study keeps to be looked at: where networks rest, what they lose in other conditions."""

import numpy as np
import polars as pl
import pytest
from conftest import TINY, tiny

import degendsl
from degendsl.analysis import Study
from degendsl.analysis._exhibits import fixed_points_table
from degendsl.measuring import ConditionMeasures, Examples, Measured, _evaluate
from degendsl.planning import make_plan
from degendsl.spec import Spec
from degendsl.store import Store

MORE = "measure.behavior=[{ood: temporal, factor: 2}, {ood: kick, size: 1}, {ood: hold}]"


@pytest.fixture(scope="module")
def spec() -> Spec:
    return tiny(TINY, MORE)


@pytest.fixture(scope="module")
def store(spec: Spec, tmp_path_factory: pytest.TempPathFactory) -> Store:
    return degendsl.run(spec, tmp_path_factory.mktemp("exhibits")).store


def of_network(store: Store, table: str, seed: int) -> pl.DataFrame:
    return store.table(table).filter(pl.col("seed") == seed)


def test_networks_rest_in_the_plane_of_their_trajectories(spec: Spec, store: Store):
    (condition,) = make_plan(spec).conditions
    trials = _evaluate.condition_trials(condition.science, spec.measure.trials)
    inputs = np.asarray(trials.inputs, np.float64)
    points = store.table("fixed_points")
    assert set(points["role"]) == {"best", "median", "worst"}
    for seed in points["seed"].unique():
        p = store.read_unit(condition.id, seed).parameters("final")
        recurrent, into, bias = (p[n].astype(np.float64) for n in ("recurrent", "input", "bias"))
        state, states = np.zeros((len(inputs), 8)), []
        for step in range(inputs.shape[1]):
            state = np.tanh(state @ recurrent.T + inputs[:, step] @ into.T + bias)
            states.append(state)
        flat = np.stack(states, axis=1).reshape(-1, 8)
        axes = np.linalg.svd(flat - flat.mean(axis=0), full_matrices=False)[2][:2]
        drawn = of_network(store, "trajectories", seed).sort("trial", "time").select("x", "y")
        places = (flat - flat.mean(axis=0)) @ axes.T
        # The drawn trials come first. An axis may point either way; the first place tells.
        signs = np.sign(places[0] * drawn.to_numpy()[0])
        # States are float32 on the device, 12 steps of rounding from these.
        np.testing.assert_allclose(drawn.to_numpy(), (places * signs)[: drawn.height], atol=1e-5)

        # Left alone from where the trials end, the network settles in stable points.
        for _ in range(20_000):
            state = np.tanh(state @ recurrent.T + bias)
        rests = (state - flat.mean(axis=0)) @ axes.T * signs
        found = of_network(store, "fixed_points", seed)
        stable = found.filter("stable").select("x", "y").to_numpy()
        # The table is float32; the axes come from states that are.
        apart = np.linalg.norm(rests[:, None] - stable[None], axis=-1).min(axis=1)
        assert apart.max() < 1e-4
        assert (found["speed"] <= 1e-4).all()
        assert found["visits"].sum() + found["lost"][0] == 48


def test_a_network_without_any_point_is_a_row_that_says_so(spec: Spec):
    (condition,) = make_plan(spec).conditions
    points = {
        "network": np.array([1, 1]), "places": np.zeros((2, 2)), "speed": np.array([0.0, 1e-5]),
        "fixed": np.array([True, False]), "unstable": np.array([0, 1]),
        "visits": np.array([3, 4]), "lost": np.array([48, 41]),
    }  # fmt: skip
    none = np.zeros(0)
    shown = Examples(
        seeds=(4, 7), roles={4: "best", 7: "worst"}, signals=(), path_steps=none, paths=none,
        explained=none, pair=None, matched=None, singular={},
    )  # fmt: skip
    one = ConditionMeasures(
        condition=condition, records={}, levels={}, everyone=None, examples=shown,
        resting=Measured(seeds=(4, 7), arrays=points), problems=(),
    )  # fmt: skip
    rows = (
        fixed_points_table(Study(measured=(one,))).select("seed", "kind", "stable", "lost").rows()
    )
    assert rows == [(4, None, None, 48), (7, "fixed", True, 41), (7, "slow", None, 41)]


def test_each_condition_out_of_distribution_has_its_column(spec: Spec, store: Store):
    networks = store.table("networks")
    names = [name for name in networks.columns if name.startswith("ood_mse")]
    assert names == ["ood_mse", "ood_mse[kick, size 1, at 0.5]", "ood_mse[hold, factor 10]"]
    values = networks.filter(pl.col("outcome") != "diverged").select(names).to_numpy()
    assert np.isfinite(values).all() and len(np.unique(values)) == values.size
    # The spread of each is the one that the level's table reports: σ divides by N.
    compared = networks.filter(pl.col("outcome") == "converged")
    for name in names:
        metric = name.replace("ood_mse", "ood_spread")
        rows = store.table("degeneracy").filter(pl.col("metric") == metric, pl.col("at") == "end")
        assert rows["value"][0] == pytest.approx(compared[name].std(ddof=0), rel=1e-12)
