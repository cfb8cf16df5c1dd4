"""Networks with many options, from a spec to tables: constraints, µP, noise, what is trained."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import TINY, tiny
from networks import EPS

from degendsl import api
from degendsl.planning import Plan, make_plan
from degendsl.spec import Spec, kinds
from degendsl.store import Store, store_for
from degendsl.training import _lane, realisation, train_group
from degendsl.training._loss import loss_of

MUP = "parameterization: {kind: mup, gamma: 2, centred: true}"
OPTIONS = {
    "mup": f"kind: current, {MUP}, recurrent: {{sparse: 0.4}}, time_constant: {{low: 2, high: 5}}, "
    "initial_state: learned, noise: 0.1, nonlinearity: softplus",
    "Dale": "recurrent: {dale: 0.75, sparse: 0.2}, nonlinearity: relu, biases: false, noise: 0.1",
    "low rank": "recurrent: {low_rank: 2}, init: {kind: orthogonal, gain: 0.9}, "
    "initial_state: learned, time_constant: {low: 1, high: 4}",
}
# Numbers of each, which are traced.
NUMBERS: dict[str, dict[str, list[float]]] = {
    "mup": {
        "model.parameterization.gamma": [1, 2],
        "model.recurrent.sparse": [0.3, 0.4],
        "model.time_constant.low": [1.5, 2],
        "model.noise": [0.05, 0.1],
    },
    "Dale": {
        "model.recurrent.dale": [0.5, 0.75],
        "model.recurrent.sparse": [0.1, 0.2],
        "model.noise": [0.05, 0.1],
    },
    "low rank": {"model.init.gain": [0.8, 0.9], "model.time_constant.high": [3, 4]},
}
SOLVERS = {"mup": "heun", "Dale": "euler", "low rank": "heun"}


def spec_of(options: str) -> Spec:
    swept = "".join(f"    {path}: {levels}\n" for path, levels in NUMBERS[options].items())
    text = TINY.replace("units: 8", f"units: 8, {OPTIONS[options]}") + f"sweep:\n  -\n{swept}"
    also = "measure.also=[weight_change, kernel_alignment]"
    # Loose enough that every network converges: its first epoch is below.
    loose = ("train.stop.train_mse=100", "train.trainable=[recurrent, readout]")
    return tiny(text, f"solver.kind={SOLVERS[options]}", also, *loose, "networks.count=2")


@pytest.fixture
def traces(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """One entry for each time that training is traced, which comes before a compilation."""
    calls: list[Any] = []

    def counted(*args: Any) -> Any:
        calls.append(args)
        return loss_of(*args)

    monkeypatch.setattr(_lane, "loss_of", counted)
    yield calls


@pytest.mark.parametrize(
    "options", ["mup", *(pytest.param(o, marks=pytest.mark.slow) for o in ("Dale", "low rank"))]
)
def test_options_of_networks_hold_through_training_and_compile_once(
    options: str, tmp_path: Path, traces: list[Any]
):
    spec = spec_of(options)
    plan = make_plan(spec)
    store = trained(plan, tmp_path)
    assert (len(list(store.root.glob("units/*/*.npz"))), len(traces)) == (4, 1)
    for unit in plan.units:
        arrays = store.read_unit(unit.condition.id, unit.seed).arrays
        holds(unit.condition.science.model, arrays)


def trained(plan: Plan, out: Path) -> Store:
    store = store_for(plan.spec.study.name, plan.spec.folder_hash, out)
    (group,) = plan.groups()
    train_group(group, plan.spec.networks, store, realisation(len(group.units) // 2))
    return store


@pytest.mark.slow
def test_options_of_networks_reach_the_tables(tmp_path: Path):
    spec = spec_of("mup")
    result = api.report(spec, trained(make_plan(spec), tmp_path))
    assert not result.failed
    assert result.store.table("problems").is_empty()
    for row in result.store.table("networks").to_dicts():
        arrays = result.store.read_unit(row["condition"], row["seed"]).arrays
        before, after = (acting(arrays, when) for when in ("init", "final"))
        assert row["outcome"] == "converged" and np.isfinite(row["ood_mse"])
        # Of float32 entries, each rounded by EPS of its size.
        size = float(np.linalg.norm(before) + np.linalg.norm(after))
        change = float(np.linalg.norm(after - before))
        assert row["weight_change"] == pytest.approx(change, abs=4 * EPS * size)
        assert 0 < row["kernel_alignment"] <= 1
        assert 0 < row["kernel_alignment_initial_state"] <= 1
    degeneracy = result.store.table("degeneracy").filter(at="end")
    assert degeneracy["value"].null_count() == 0
    assert set(degeneracy["level"]) == {"behavior", "dynamics", "weights"}


def acting(arrays: Mapping[str, np.ndarray], when: str) -> np.ndarray:
    """The matrix that acts in a sparse network of µP, as the documentation has it."""
    matrix, mask = (
        np.asarray(arrays[f"{when}/{name}"], float) for name in ("recurrent", "recurrent_mask")
    )
    return matrix * mask / len(matrix)


def holds(model: Any, arrays: Mapping[str, np.ndarray]) -> None:
    """What is not trained keeps its bits, and what is moves."""
    inits = {name for name in arrays if name.startswith("init/")}
    moved = {
        name.removeprefix("init/")
        for name in inits
        if (arrays[name] != arrays[name.replace("init/", "final/", 1)]).any()
    }
    expected = {"readout", "readout_bias"} if model.biases else {"readout"}
    low = model.recurrent.low_rank
    expected |= {"recurrent_left", "recurrent_right"} if low else {"recurrent"}
    expected |= {"initial_state"} if model.initial_state == "learned" else set()
    assert moved == expected
    if model.recurrent.sparse:
        assert 0 < arrays["init/recurrent_mask"].mean() < 1
    constant = model.time_constant
    if isinstance(constant, kinds.TimeConstants):
        drawn = arrays["final/time_constant"]
        assert len(set(drawn)) == 8
        assert (drawn >= constant.low).all() and (drawn <= constant.high).all()
    if model.parameterization.kind == "mup":
        np.testing.assert_array_equal(arrays["final/origin/readout"], arrays["init/readout"])
    assert ("init/bias" in arrays) == model.biases


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "swept"),
    [
        (
            "{kind: delayed_discrimination, duration: 12, delay: {min: 1, max: 5}}",
            "task.delay.max: [3, 5]",
        ),
        ("{kind: sine_wave, duration: 0.12}", "task.frequencies.high: [2, 3]"),
    ],
    ids=lambda text: text.split(",")[0].removeprefix("{kind: "),
)
def test_numbers_of_a_task_and_rates_compile_once(
    task: str, swept: str, tmp_path: Path, traces: list[Any]
):
    text = TINY.replace("{kind: flip_flop, channels: 1, duration: 12}", task)
    rates = "train.optimizer.learning_rate: [1e-3, 2e-3]"
    spec = tiny(text + f"sweep:\n  - {{{swept}}}\n  - {{{rates}}}\n", "networks.count=2")
    store = trained(make_plan(spec), tmp_path)
    assert (len(list(store.root.glob("units/*/*.npz"))), len(traces)) == (8, 1)
