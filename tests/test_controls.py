"""Training controls: optimisers, schedules, penalties, noise, what is trained; all at once."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import optax
import pytest
from conftest import TINY, tiny
from jax.sharding import AxisType, NamedSharding, PartitionSpec
from jaxtyping import Array
from test_training import trained, units

from degendsl import learning, models
from degendsl.learning import penalties
from degendsl.planning import make_plan
from degendsl.spec import Spec
from degendsl.store import store_for
from degendsl.training import Report, Stopped, _lane, realisation, train_group
from degendsl.training._batches import batches, shuffled
from degendsl.training._loss import loss_of
from degendsl.training._recipe import recipe_of
from degendsl.vocabulary import MATRIX_PENALTIES, optimizer_of

EPS = float(np.finfo(np.float32).eps)
RNG = np.random.default_rng(0)


def optimizer(text: str) -> learning.AbstractOptimizer:
    spec = tiny(TINY, f"train.optimizer={text}")
    return optimizer_of(make_plan(spec).conditions[0].science)


# Optimisers against NumPy


def adam(gradients: np.ndarray, start: np.ndarray, rate: float, decay: float = 0) -> np.ndarray:
    p, m, v = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        direction = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        p = p - rate * (direction + decay * p)
    return p


def momentum(gradients: np.ndarray, start: np.ndarray, rate: float, keep: float) -> np.ndarray:
    p, velocity = start.copy(), np.zeros_like(start)
    for g in gradients:
        velocity = keep * velocity + g
        p = p - rate * velocity
    return p


def clipped(gradients: np.ndarray, most: float) -> np.ndarray:
    norms = np.linalg.norm(gradients, axis=1, keepdims=True)
    return gradients * np.minimum(1, most / norms)


@pytest.mark.parametrize(
    ("text", "by_hand"),
    [
        ("{kind: adam, learning_rate: 0.1}", lambda g, p: adam(g, p, 0.1)),
        (
            "{kind: adamw, learning_rate: 0.1, weight_decay: 0.5}",
            lambda g, p: adam(g, p, 0.1, 0.5),
        ),
        ("{kind: adamw, learning_rate: 0.1, weight_decay: 0}", lambda g, p: adam(g, p, 0.1)),
        ("{kind: sgd, learning_rate: 0.1}", lambda g, p: momentum(g, p, 0.1, 0)),
        (
            "{kind: sgd, learning_rate: 0.1, momentum: 0.9}",
            lambda g, p: momentum(g, p, 0.1, 0.9),
        ),
        (
            "{kind: sgd, learning_rate: 0.1, clip: 2.5}",
            lambda g, p: momentum(clipped(g, 2.5), p, 0.1, 0),
        ),
    ],
)
def test_optimisers_do_what_their_equations_say(
    text: str, by_hand: Callable[[np.ndarray, np.ndarray], np.ndarray]
):
    gradients, start = RNG.standard_normal((6, 7)), RNG.standard_normal(7)
    transformation = optimizer(text).transformation()
    # In two arrays, so that the norm for clipping has to be that of both.
    parameters = {
        "a": jnp.asarray(start[:3], jnp.float32),
        "b": jnp.asarray(start[3:], jnp.float32),
    }
    state = transformation.init(parameters)
    for g in gradients.astype(np.float32):
        updates, state = transformation.update({"a": g[:3], "b": g[3:]}, state, parameters)
        parameters = optax.apply_updates(parameters, updates)
    found = np.concatenate(jax.tree.leaves(parameters))
    # 1 − 0.999 in float32 is off by up to 1000 EPS, of which a step takes a tenth of a half.
    np.testing.assert_allclose(found, by_hand(gradients, start), atol=100 * EPS)


def test_rates_of_arrays_scale_the_step_but_not_the_decay():
    made = optimizer("{kind: adamw, learning_rate: 0.1, weight_decay: 0.5}")
    parameters = {"a": jnp.ones(2), "b": jnp.ones(2)}
    transformation = made.transformation(rate_scales={"a": 10.0, "b": 1.0})
    state = transformation.init(parameters)
    updates, _ = transformation.update({"a": jnp.ones(2), "b": jnp.ones(2)}, state, parameters)
    # The first direction of Adam is the sign of the gradient, to 1 − 0.999 in float32.
    np.testing.assert_allclose(updates["a"], -0.1 * (10 + 0.5), rtol=1000 * EPS)
    np.testing.assert_allclose(updates["b"], -0.1 * (1 + 0.5), rtol=1000 * EPS)


# Schedules


def test_cosine_falls_over_its_epochs_and_stays():
    schedule = optimizer("{schedule: {kind: cosine, epochs: 8, final: 0.1}}").schedule
    for epochs in (0, 0.5, 3, 8, 9.75):
        found = schedule.multiplier(schedule.start(), jnp.asarray(epochs, jnp.float32))
        expected = 0.1 + 0.9 * (1 + np.cos(np.pi * min(epochs / 8, 1))) / 2
        assert found is not None and float(found) == pytest.approx(expected, abs=4 * EPS)


def test_a_cosine_is_as_long_as_training_by_default():
    spec = tiny(TINY, "train.optimizer.schedule.kind=cosine", "train.max_epochs=77")
    assert spec.points[0].blocks["train"]["optimizer"]["schedule"]["epochs"] == 77


def test_each_lane_reduces_its_rate_on_its_own_plateau():
    numbers = [(0.5, 2), (0.1, 2), (0.5, 3)]
    schedules = [
        optimizer(f"{{schedule: {{kind: plateau, factor: {f}, patience: {p}}}}}").schedule
        for f, p in numbers
    ]
    losses = np.array(
        [
            [3, 2, 2, 2, 2, 1, 1, 1, 1, 0.5],
            [3, 2, 2, 2, 2, 1, 1, 1, 1, 0.5],
            [3, 2.9, 2.9, 2.9, 2.8, 2.8, 2.8, 2.8, 2.8, 2.8],
        ]
    )
    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *schedules)
    memory = jax.vmap(lambda s: s.start())(stacked)
    found = []
    for column in losses.T:
        memory = jax.vmap(lambda s, m, loss: s.after(m, loss))(
            stacked, memory, jnp.asarray(column, jnp.float32)
        )
        found.append(jax.vmap(lambda s, m: s.multiplier(m, jnp.zeros(())))(stacked, memory))
    for lane, (factor, patience) in enumerate(numbers):
        expected, best, bad = [], np.inf, 0
        scale = 1.0
        for loss in losses[lane]:
            improved = loss < (1 - 1e-4) * best
            best, bad = (loss, 0) if improved else (best, bad + 1)
            if bad == patience:
                scale, bad = scale * factor, 0
            expected.append(scale)
        np.testing.assert_allclose(np.array(found)[:, lane], expected, rtol=4 * EPS)
        assert expected[-1] < 1
        # And as optax has it, where the factor is known while tracing.
        rule = optax.contrib.reduce_on_plateau(factor=factor, patience=patience)
        state: Any = rule.init(jnp.ones(()))
        for loss in losses[lane]:
            _, state = rule.update(jnp.ones(()), state, value=jnp.asarray(loss, jnp.float32))
        np.testing.assert_allclose(found[-1][lane], state.scale, rtol=4 * EPS)


# Penalties

MATRICES = {
    "general": RNG.standard_normal((5, 5)),
    # All singular values equal: where the derivative of the decomposition divides by zero.
    "orthogonal": np.linalg.qr(RNG.standard_normal((5, 5)))[0],
    "pairs": np.kron(np.eye(2), [[2.0, -1.0], [1.0, 2.0]]),
}


@pytest.mark.parametrize("name", MATRIX_PENALTIES)
@pytest.mark.parametrize("matrix", MATRICES)
def test_gradients_of_penalties_are_finite_differences(name: str, matrix: str):
    weights, step = MATRICES[matrix].copy(), 1e-6
    # ℓ1 has a kink at zero, so no entry may be there.
    weights[weights == 0] = 0.1 if name == "l1" else 0.0
    with jax.enable_x64(True):
        penalty = MATRIX_PENALTIES[name]
        gradient = np.asarray(jax.grad(penalty)(jnp.asarray(weights)))
        numeric = np.zeros_like(weights)
        for index in np.ndindex(*weights.shape):
            moved = [weights.copy(), weights.copy()]
            moved[0][index] += step
            moved[1][index] -= step
            up, down = (float(penalty(jnp.asarray(one))) for one in moved)
            numeric[index] = (up - down) / (2 * step)
    # Central differences err by step² times a third derivative, and by rounding over the step.
    np.testing.assert_allclose(gradient, numeric, atol=1e-8)


@pytest.mark.parametrize("rank", [0, 1, 3])
def test_the_nuclear_norm_has_a_subgradient_where_singular_values_are_zero(rank: int):
    with jax.enable_x64(True):
        left, right = RNG.standard_normal((2, 5, max(rank, 1)))
        weights = left @ right.T * (rank > 0)
        value, gradient = jax.value_and_grad(penalties.nuclear)(jnp.asarray(weights))
        assert np.isfinite(gradient).all()
        assert float(np.linalg.norm(gradient, 2)) <= 1 + 1e-12
        for _ in range(20):
            other = weights + RNG.standard_normal((5, 5)) * 0.1
            least = float(value) + np.vdot(gradient, other - weights)
            assert float(penalties.nuclear(jnp.asarray(other))) >= least - 1e-12


def test_no_device_decomposes_two_matrices_at_a_time():
    # Two at a time on each of two devices wait for each other forever, once in some thousand.
    mesh = jax.make_mesh((2,), ("lane",), axis_types=(AxisType.Auto,))
    lanes = NamedSharding(mesh, PartitionSpec("lane"))
    matrices = jax.device_put(jr.normal(jr.key(0), (8, 5, 5)), lanes)
    keys = jax.device_put(jr.split(jr.key(1), 8), lanes)
    start = models.Orthogonal(jnp.asarray(1.0))

    def one(matrix: Array, key: Array) -> Any:
        return jax.grad(penalties.nuclear)(matrix), start(key, 1, 5, 1), start.factors(key, 5, 2)

    program = jax.jit(jax.vmap(one), out_shardings=lanes).lower(matrices, keys).compile()
    gradients, *_ = program(matrices, keys)
    left, _, right = np.linalg.svd(np.asarray(matrices, float))
    # Singular vectors err by rounding over the gap of singular values, here above 0.01.
    np.testing.assert_allclose(gradients, left @ right, atol=1000 * EPS)
    text = str(program.as_text())
    calls = re.findall(r"= \(?f32\[([^\]]*)\].*custom_call_target=\"lapack", text)
    assert calls and all(shape.startswith("1,") for shape in calls)
    assert "all-gather" not in text


def test_the_reported_loss_has_no_penalty_in_it():
    spec = tiny(TINY, "train.penalties={l1: 0.1, rates: 2}")
    recipe = recipe_of(make_plan(spec).units[0], spec.networks)
    parameters = recipe.model.initial(recipe.init_key)
    trials = recipe.task.trials(jr.key(0), 8)
    total, data = loss_of(parameters, recipe.model, trials, recipe.penalties)
    _, plain = loss_of(parameters, recipe.model, trials)
    assert float(data) == float(plain)
    rates = np.asarray(recipe.model.states(parameters, trials.inputs), float)
    more = 0.1 * np.abs(np.asarray(parameters.recurrent, float)).sum() + 2 * (rates**2).mean()
    assert float(total) == pytest.approx(float(data) + more, rel=10 * EPS)


# Everything at once, in lanes

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
