"""Optimisers and schedules against their equations in NumPy."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from conftest import TINY, tiny

from degendsl import learning
from degendsl.planning import make_plan
from degendsl.vocabulary import optimizer_of

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
