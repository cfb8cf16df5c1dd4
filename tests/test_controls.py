"""Training controls together, in lanes: noise, what is trained, a fixed set of trials."""

from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from conftest import TINY, tiny
from test_training import trained, units

from degendsl.planning import make_plan
from degendsl.spec import Spec
from degendsl.store import store_for
from degendsl.training import Report, Stopped, _lane, realisation, train_group
from degendsl.training._batches import batches, shuffled
from degendsl.training._loss import loss_of
from degendsl.training._recipe import recipe_of

NUMBERS = {
    "train.optimizer.learning_rate": [1e-2, 2e-2],
    "train.optimizer.weight_decay": [0.1, 0.2],
    "train.optimizer.clip": [0.5, 1],
    "train.optimizer.schedule.factor": [0.5, 0.25],
    "train.optimizer.schedule.patience": [1, 2],
    "train.penalties.l1": [1e-4, 1e-3],
    "train.penalties.l2": [1e-4, 1e-3],
    "train.penalties.nuclear": [1e-3, 1e-2],
    "train.penalties.rates": [1e-3, 1e-2],
    "train.input_noise": [0.1, 0.2],
}
ALL = (
    TINY.replace("{kind: adam, learning_rate: 1e-2}", "{kind: adamw, schedule: {kind: plateau}}")
    .replace("train_mse: 0.9", "train_mse: 0.2")
    .replace("  batch_size", "  trainable: [recurrent, readout]\n  batch_size")
)
LISTS = "".join(f"    {path}: {levels}\n" for path, levels in NUMBERS.items())
ALL_SWEPT = ALL + "sweep:\n  -\n" + LISTS


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], int]:
    """The units of two conditions with every control, and how often their loss was traced."""
    calls = 0
    with pytest.MonkeyPatch.context() as patch:

        def counted(*args: Any) -> Any:
            nonlocal calls
            calls += 1
            return loss_of(*args)

        patch.setattr(_lane, "loss_of", counted)
        found = units(trained(tiny(ALL_SWEPT), tmp_path_factory.mktemp("all")))
    return found, calls


def test_sweeping_every_number_of_training_compiles_once(everything: tuple[dict[str, bytes], int]):
    found, calls = everything
    assert len(make_plan(tiny(ALL_SWEPT)).groups()) == 1
    assert (len(found), calls) == (8, 1)


def test_a_term_that_is_zero_is_not_in_the_program():
    for path in [*NUMBERS][5:] + ["train.optimizer.clip"]:
        groups = make_plan(tiny(TINY + f"sweep: [{{{path}: [0, 0.5, 1]}}]\n")).groups()
        assert [len(group.units) for group in groups] == [4, 8], path


def test_with_every_control_a_condition_is_the_same_alone(
    everything: tuple[dict[str, bytes], int], tmp_path: Path
):
    second = [f"{path}={levels[1]}" for path, levels in NUMBERS.items()]
    alone = units(trained(tiny(ALL, *second), tmp_path))
    assert len(alone) == 4
    assert alone.items() <= everything[0].items()


def test_with_every_control_going_on_gives_the_same_bits(
    everything: tuple[dict[str, bytes], int], tmp_path: Path
):
    spec = tiny(ALL_SWEPT)
    store = stopped(spec, tmp_path, after=9)
    plan = make_plan(spec)
    missing = tuple(u for u in plan.units if not store.has_unit(u.condition.id, u.seed))
    # In another order too, so that neighbours and lanes are others than before.
    (rest,) = plan.groups(missing[::-1])
    train_group(rest, spec.networks, store, realisation(2))
    assert units(store) == everything[0]


def stopped(spec: Spec, out: Path, after: int) -> Any:
    store = store_for(spec.study.name, spec.folder_hash, out)
    (group,) = make_plan(spec).groups()
    reports: list[Report] = []
    with pytest.raises(Stopped):
        train_group(
            group,
            spec.networks,
            store,
            realisation(2),
            report=reports.append,
            should_stop=lambda: len(reports) >= after,
        )
    assert list(store.root.glob("checkpoints/*.npz"))
    return store


def test_what_is_not_trained_keeps_its_bits_and_has_no_moments(tmp_path: Path):
    store = trained(tiny(ALL), tmp_path)
    (folder,) = store.root.glob("units/*")
    arrays = store.read_unit(folder.name, 0).arrays
    for name in ("input", "bias"):
        np.testing.assert_array_equal(arrays[f"final/{name}"], arrays[f"init/{name}"])
    for name in ("recurrent", "readout", "readout_bias"):
        assert (arrays[f"final/{name}"] != arrays[f"init/{name}"]).any(), name
    spec = tiny(ALL)
    recipe = recipe_of(make_plan(spec).units[0], spec.networks)
    moments = _lane.fresh(spec.points[0].science.train, recipe).optimizer
    shapes = sorted(leaf.shape for leaf in jax.tree.leaves(moments) if leaf.ndim)
    # Two moments of the recurrent matrix, the readout and its bias: 8 units, one output.
    assert shapes == sorted([(8, 8), (1, 8), (1,)] * 2)


def test_input_noise_is_of_its_size_and_follows_from_the_seed():
    spec = tiny(TINY, "train.input_noise=0.25", "train.batch_size=512")
    train = spec.points[0].science.train
    first, second = (recipe_of(unit, spec.networks) for unit in make_plan(spec).units[:2])
    quiet = eqx.tree_at(lambda r: r.input_noise, first, jnp.zeros(()))
    draw = jax.jit(lambda recipe: batches(train, recipe, jnp.asarray(3))(jnp.asarray(1))[0].inputs)
    drawn = [np.asarray(draw(recipe)) for recipe in (first, first, quiet, second)]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert (drawn[0] != drawn[3]).any()
    noise = drawn[0] - drawn[2]
    # 512 trials of 12 steps: the standard deviation is known to one part in √(2 · 6144).
    assert noise.std() == pytest.approx(0.25, rel=5 / np.sqrt(2 * noise.size))


# A fixed training set


def test_each_pass_over_a_fixed_set_takes_every_trial_at_most_once():
    order = np.asarray(shuffled(jr.key(0), 10, 4, 7))
    assert order.shape == (7, 4) and order.min() >= 0 and order.max() < 10
    # Two batches of four make a pass of ten; the seventh batch begins a fourth pass.
    passes = [order[i : i + 2].ravel().tolist() for i in range(0, 7, 2)]
    assert [len(set(one)) for one in passes] == [8, 8, 8, 4]
    assert len({tuple(one) for one in passes}) == 4
    # A set of one batch is used whole.
    whole = np.asarray(shuffled(jr.key(0), 5, 5, 3))
    np.testing.assert_array_equal(np.sort(whole, axis=1), np.tile(np.arange(5), (3, 1)))


def test_a_fixed_set_is_all_that_is_trained_on_and_its_order_changes_by_epoch():
    spec = tiny(TINY, "train.data.fixed=20", "train.steps_per_epoch=8")
    train = spec.points[0].science.train
    first, second = (recipe_of(unit, spec.networks) for unit in make_plan(spec).units[:2])
    make = jax.jit(lambda task, key: task.trials(key, 20).inputs)
    whole = np.asarray(make(first.task, first.set_key))

    @jax.jit
    def drawn(recipe: Any, epoch: Any) -> Any:
        draw = batches(train, recipe, epoch)
        return jax.vmap(lambda step: draw(step)[0].inputs)(jnp.arange(8))

    def used(recipe: Any, epoch: int) -> list[int]:
        inputs = np.asarray(drawn(recipe, jnp.asarray(epoch)))
        matches = [(whole == one).all(axis=(1, 2)) for one in inputs.reshape(-1, *whole.shape[1:])]
        return [int(np.argmax(match)) if match.any() else -1 for match in matches]

    orders = [used(first, epoch) for epoch in (0, 1)]
    # Four passes of two batches of eight: all but certainly every trial of twenty.
    assert -1 not in orders[0] and len(set(orders[0])) > 16
    assert orders[0] != orders[1] and orders[0] == used(first, 0)
    # The set of another network is its own.
    assert -1 in used(second, 0)


def test_training_on_a_fixed_set_goes_on_to_the_same_bits(tmp_path: Path):
    spec = tiny(TINY, "train.data.fixed=20", "train.stop.train_mse=0.2", "networks.count=3")
    whole = units(trained(spec, tmp_path / "whole"))
    store = stopped(spec, tmp_path / "stopped", after=4)
    (rest,) = make_plan(spec).groups()
    train_group(rest, spec.networks, store, realisation(2))
    assert len(whole) == 3 and units(store) == whole
