"""Trials of every task against plain NumPy, and what must hold of them whatever the parameters."""

import math
from dataclasses import replace
from typing import Any, get_args

import equinox as eqx
import jax
import jax.random as jr
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jaxtyping import PRNGKeyArray
from scipy.integrate import solve_ivp

from degendsl.planning import make_plan
from degendsl.spec import kind_name, kinds, parse_spec
from degendsl.tasks import AbstractTask, Trials, lorenz96
from degendsl.training._loss import loss_of
from degendsl.vocabulary import TASKS, model_of

EPS = float(np.finfo(np.float32).eps)
KINDS = get_args(kinds.Task)


def draw(task: Any, dt: float = 1.0, batch: int = 64, seed: int = 0) -> Any:
    """Trials as NumPy arrays in double precision."""
    made = TASKS[type(task)](task, round(task.duration / dt), dt)
    trials = _drawn(made, jr.key(seed), batch)
    return jax.tree.map(lambda leaf: np.asarray(leaf, np.float64), trials)


@eqx.filter_jit
def _drawn(task: AbstractTask, key: PRNGKeyArray, batch: int) -> Trials:
    # As training does: the numbers of a task are arguments, so that they compile nothing.
    return task.trials(key, batch)


def changes(values: np.ndarray) -> np.ndarray:
    return np.diff(values, axis=1) != 0


def test_a_flip_flop_never_changes_without_a_pulse_and_shows_the_latest():
    trials = draw(kinds.FlipFlop(channels=2, duration=40.0))
    assert not (changes(trials.targets) & (trials.inputs[:, 1:] == 0)).any()
    pulsed = trials.inputs != 0
    np.testing.assert_array_equal(trials.targets[pulsed], trials.inputs[pulsed])
    held = draw(kinds.FlipFlop(channels=2, duration=40.0, flip_probability=0.5).hold(10.0))
    # 64 × 39 × 2 draws at 0.05: a standard error of 0.0031, and four of them.
    assert (held.inputs[:, 1:] != 0).mean() == pytest.approx(0.05, abs=0.0124)


@pytest.mark.parametrize("weight", [0.0, 0.5])
def test_delayed_discrimination_follows_its_own_pulses(weight: float):
    task = kinds.DelayedDiscrimination(channels=2, auxiliary=kinds.Auxiliary(weight=weight))
    trials = draw(task, batch=512)
    seen = set()
    for x, y in zip(trials.inputs, trials.targets, strict=True):
        for channel in range(2):
            first, second = np.flatnonzero(x[:, channel])
            f1, f2 = x[first, channel], x[second, channel]
            assert first == 0 and f1 != f2 and {f1, f2} <= set(range(2, 11))
            seen.add(second - first - 1)
            after = np.arange(60) >= second
            np.testing.assert_array_equal(y[:, channel], after * np.sign(f2 - f1))
            if weight:
                np.testing.assert_allclose(y[:, 2 + channel], after * (f2 - f1) / 8, rtol=EPS)
    # Each of 16 delays is missed by 1024 draws with a chance of 1e-28.
    assert seen == set(range(5, 21))
    response = trials.response[..., :2]
    np.testing.assert_array_equal(response, trials.targets[..., :2] != 0)
    assert (trials.auxiliary is not None) == bool(weight)


def test_longer_delays_lengthen_the_trial_by_as_much():
    longer = kinds.DelayedDiscrimination().temporal(2.0)
    assert (longer.delay.min, longer.delay.max, longer.duration) == (10, 40, 80)
    assert kinds.SineWave().temporal(2.0).duration == 2.0


def test_an_auxiliary_output_is_minimised_and_not_reported():
    def science(weight: float) -> kinds.Science:
        text = "degendsl: 1\nstudy: {name: a}\ntask: {kind: delayed_discrimination, duration: 30, "
        return parse_spec(f"{text}auxiliary: {{weight: {weight}}}}}\n").points[0].science

    made = science(0.25)
    trials = TASKS[type(made.task)](made.task, 30, 1.0).trials(jr.key(0), 8)
    model = model_of(made)
    parameters = model.initial(jr.key(1))
    (total, reported), outputs = jax.jit(
        lambda p: (loss_of(p, model, trials), model.respond(p, trials.inputs).outputs)
    )(parameters)
    square = (np.asarray(outputs) - trials.targets) ** 2
    # Means of 240 squares near one, each rounded.
    assert float(reported) == pytest.approx(square[..., 0].mean(), rel=20 * EPS)
    extra = 0.25 * square[..., 1].mean()
    assert float(total - reported) == pytest.approx(extra, rel=200 * EPS)
    assert (made.task.output_size, science(0.0).task.output_size) == (2, 1)


def test_sines_are_those_of_the_constant_input():
    task = kinds.SineWave(channels=2, frequencies=kinds.Frequencies(count=7, low=1.0, high=4.0))
    trials = draw(task, dt=0.01)
    assert (trials.inputs == trials.inputs[:, :1]).all()
    assert {round(f, 4) for f in np.unique(trials.inputs)} == {1, 1.5, 2, 2.5, 3, 3.5, 4}
    time = 0.01 * (1 + np.arange(100))[None, :, None]
    expected = np.sin(2 * math.pi * trials.inputs * time)
    # Up to 4 cycles are counted in single precision: 2π × 4 × a few ε.
    np.testing.assert_allclose(trials.targets, expected, atol=2 * math.pi * 4 * 4 * EPS)


PATHS = [(n, h) for n in (2, 3) for h in ("angle", "cos_sin")]


def headings(inputs: np.ndarray, dimensions: int, form: str) -> np.ndarray:
    """Unit vectors that the inputs tell."""
    if form == "angle":
        angles = inputs[..., : dimensions - 1]
        cos, sin = np.cos(angles), np.sin(angles)
    else:
        cos, sin = inputs[..., 0 : 2 * dimensions - 2 : 2], inputs[..., 1 : 2 * dimensions - 2 : 2]
    if dimensions == 2:
        return np.stack([cos[..., 0], sin[..., 0]], axis=-1)
    flat = cos[..., 1]
    return np.stack([flat * cos[..., 0], flat * sin[..., 0], sin[..., 1]], axis=-1)


@pytest.mark.parametrize(("dimensions", "form"), PATHS)
def test_velocities_integrate_to_a_position_that_never_leaves_the_box(dimensions: int, form: str):
    task = kinds.PathIntegration(dimensions=dimensions, heading=form, duration=50.0)  # pyright: ignore
    trials = draw(task.temporal(2.0))
    assert len(task.input_names) == trials.inputs.shape[-1]
    # Speeds are the input after the angles, in lengths per time unit.
    angles = (dimensions - 1) * (1 if form == "angle" else 2)
    speed = trials.inputs[..., angles : angles + 1]
    start = trials.inputs[:, :1, angles + 1 :]
    assert (trials.inputs[:, 1:, angles + 1 :] == 0).all()
    moved = np.cumsum(speed * headings(trials.inputs, dimensions, form), axis=1)
    # A hundred additions of numbers up to 5, each rounded in single precision.
    np.testing.assert_allclose(trials.targets, start + moved, atol=100 * 5 * EPS)
    assert (np.abs(trials.targets) <= 5).all() and (np.abs(trials.targets) > 4.9).any()


def test_a_path_is_the_beginning_of_every_longer_one():
    task = kinds.PathIntegration(duration=20.0)
    short, long = draw(task), draw(task.temporal(2.0))
    np.testing.assert_array_equal(short.inputs, long.inputs[:, :20])
    np.testing.assert_array_equal(short.targets, long.targets[:, :20])


def test_headings_are_reflected_at_the_walls():
    task = kinds.PathIntegration(heading="angle", duration=60.0, speed=1.0)
    trials = draw(task)
    start_key, angle_key, turn_key, length_key = jr.split(jr.key(0), 4)
    position = np.asarray(jr.uniform(start_key, (64, 2), minval=-5.0, maxval=5.0), np.float64)
    angle = np.asarray(jr.uniform(angle_key, (64, 1), minval=-math.pi, maxval=math.pi), float)[:, 0]
    mirrored = np.zeros(64)
    reflections = 0
    for step in range(60):
        turn = np.asarray(jr.normal(jr.fold_in(turn_key, step), (64, 1)), float)[:, 0]
        length = np.asarray(jr.uniform(jr.fold_in(length_key, step), (64, 1)), float)[:, 0]
        # A mirror image turns the other way.
        angle = angle + np.where(mirrored, -1, 1) * math.pi / 10 * turn
        for axis in range(2):
            ahead = position + length[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
            out = np.abs(ahead[:, axis]) > 5
            angle = np.where(out, (math.pi if axis == 0 else 0) - angle, angle)
            mirrored = np.where(out, 1 - mirrored, mirrored)
            reflections += int(out.sum())
        position = position + length[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
        # Sixty steps of single precision; angles of a few turns are rounded as well.
        np.testing.assert_allclose(trials.targets[:, step], position, atol=500 * EPS)
    assert reflections > 100


def test_lorenz96_agrees_with_an_adaptive_solver():
    trials = draw(kinds.Lorenz96(sites=5, duration=2.0), dt=0.05, batch=16)
    np.testing.assert_array_equal(trials.targets[:, :-1], trials.inputs[:, 1:])
    made = lorenz96(kinds.Lorenz96(sites=5, duration=2.0), 40, 0.05)
    mean, deviation = float(made.mean), float(made.deviation)

    def change(_: float, flat: np.ndarray) -> np.ndarray:
        # Index by index, unlike the implementation, which rolls whole arrays.
        x = flat.reshape(-1, 5)
        d = [(x[:, (i + 1) % 5] - x[:, i - 2]) * x[:, i - 1] - x[:, i] + 8.0 for i in range(5)]
        return np.stack(d, axis=1).ravel()

    before = (trials.inputs * deviation + mean).ravel()
    exact = solve_ivp(change, (0, 0.05), before, method="DOP853", rtol=1e-11, atol=1e-11)
    after = ((exact.y[:, -1] - mean) / deviation).reshape(trials.targets.shape)
    # Two steps of fifth order and of single precision, from a state that is rounded itself.
    assert np.abs(trials.targets - after).max() < 2e-5


def test_lorenz96_is_standardised_and_its_loss_relative_to_persistence():
    trials = draw(kinds.Lorenz96(duration=5.0), dt=0.05, batch=128)
    # 128 trials of about ten independent stretches and 8 sites: standard errors below 0.02.
    assert trials.inputs.mean() == pytest.approx(0, abs=0.08)
    assert trials.inputs.std() == pytest.approx(1, abs=0.08)
    unmoved = (trials.mask * (trials.inputs - trials.targets) ** 2).mean()
    assert unmoved == pytest.approx(1, rel=0.1)


SWEPT = {
    "delayed_discrimination": "task.delay.max: [10, 20]",
    "sine_wave": "task.frequencies.high: [2, 3]",
    "path_integration": "task.speed: [0.2, 0.4]",
    "lorenz96": "task.forcing: [8, 9]",
    "flip_flop": "task.flip_probability: [0.1, 0.2]",
}


@pytest.mark.parametrize("kind", SWEPT)
def test_numbers_of_a_task_share_a_program(kind: str):
    text = f"degendsl: 1\nstudy: {{name: a}}\ntask: {{kind: {kind}}}\nsweep: [{{{SWEPT[kind]}}}]\n"
    plan = make_plan(parse_spec(text))
    assert len(plan.groups()) == 1
    one, other = (
        TASKS[type(c.science.task)](c.science.task, c.science.n_steps, c.science.solver.dt)
        for c in plan.conditions
    )
    assert jax.tree.structure(one) == jax.tree.structure(other)
    drawn = eqx.debug.assert_max_traces(lambda task: task.trials(jr.key(0), 2), max_traces=1)
    first, second = (jax.jit(drawn)(task) for task in (one, other))
    assert any((a != b).any() for a, b in zip(*map(jax.tree.leaves, (first, second)), strict=True))


def tasks_of(kind: type) -> st.SearchStrategy[tuple[Any, float]]:
    """A task with parameters in their ranges, and a step."""
    # Few shapes, since each compiles a program; numbers are free.
    shapes = st.sampled_from([(6, 1), (11, 3)])
    dt, unit = st.sampled_from([0.05, 0.1]), st.floats(0.05, 1.0)

    def build(shape: tuple[int, int], dt: float, unit: float, pick: int) -> tuple[Any, float]:
        steps, channels = shape
        task = kind(duration=steps * dt)
        if hasattr(task, "channels"):
            task = replace(task, channels=channels)
        match task:
            case kinds.FlipFlop():
                task = replace(task, flip_probability=unit)
            case kinds.DelayedDiscrimination():
                longest = pick % (steps - 1)
                delay = kinds.Delay(min=dt * (pick % (longest + 1)), max=dt * longest)
                auxiliary = kinds.Auxiliary(weight=0.5 * (pick % 2))
                task = replace(task, delay=delay, auxiliary=auxiliary)
            case kinds.SineWave():
                many = kinds.Frequencies(
                    count=1 + 6 * (pick % 2), low=0.1 * unit / dt, high=0.5 / dt
                )
                task = replace(task, frequencies=many)
            case kinds.PathIntegration():
                form, turning = ("angle", "cos_sin")[pick % 2], 3 * unit
                task = replace(task, speed=5 * unit / dt, turning=turning, heading=form)
                task = replace(task, dimensions=2 + pick % 2)
            case _:
                # Each other number of sites or forcing has an attractor of its own, a second each.
                task = replace(task, sites=4 + 3 * (pick % 2), forcing=16.0 * (1 + pick // 3) / 3)
        return task, dt

    return st.builds(build, shapes, dt, unit, st.integers(0, 6))


def holds_of_every_trial(task: Any, dt: float) -> None:
    trials = draw(task, dt, batch=5, seed=1)
    n_steps, n_primary = round(task.duration / dt), len(task.primary_names)
    assert trials.inputs.shape == (5, n_steps, task.input_size)
    assert trials.targets.shape == (5, n_steps, task.output_size) == trials.mask.shape
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(trials))
    assert (trials.mask[..., :n_primary] > 0).all() and (trials.mask[..., n_primary:] == 0).all()
    assert len(set(task.input_names)) == task.input_size
    assert len(set(task.output_names)) == task.output_size
    if isinstance(task, kinds.PathIntegration):
        assert (np.abs(trials.targets) <= 5).all()
    if task.discrete_targets:
        assert set(np.unique(trials.targets[..., :n_primary])) <= {-1, 0, 1}
    assert not math.isnan(len(task.sentence()))


@pytest.mark.parametrize("kind", KINDS, ids=kind_name)
# So many that each of its programs, one for each form and shape, is met with several numbers.
@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.data())
def test_trials_are_well_formed_whatever_the_parameters(kind: type, data: st.DataObject):
    holds_of_every_trial(*data.draw(tasks_of(kind)))
