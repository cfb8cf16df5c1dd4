"""Penalties: their gradients, and where they must not appear."""

import re
from typing import Any

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from conftest import TINY, as_shipped, tiny
from jax.sharding import AxisType, NamedSharding, PartitionSpec
from jaxtyping import Array

from degendsl import models
from degendsl.learning import penalties
from degendsl.planning import make_plan
from degendsl.training._loss import loss_of
from degendsl.training._recipe import recipe_of
from degendsl.vocabulary import MATRIX_PENALTIES

EPS = float(np.finfo(np.float32).eps)
RNG = np.random.default_rng(0)

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

    with as_shipped():
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
