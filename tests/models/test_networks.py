"""What networks start as, what their weights can never become, and the two forms."""

from typing import Any, get_args

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import optax
import pytest
from networks import EPS, made, model_with

from degendsl import models
from degendsl.metrics import _fixed_points
from degendsl.models import (
    Connectivity,
    Parameters,
    from_arrays,
    nonlinearities,
    parameter_groups,
    to_arrays,
)
from degendsl.spec import kinds
from degendsl.vocabulary import NONLINEARITIES


def trained(model: models.AbstractModel, parameters: Parameters, inputs: Any) -> Parameters:
    """Twenty large steps of Adam with weight decay towards a target that asks for much."""
    # Any: optax types the trees it handles as arrays.
    adam: Any = optax.adamw(0.05, weight_decay=0.01)
    groups = parameter_groups(parameters)

    def loss(parameters: Parameters) -> Any:
        return jnp.mean((model.respond(parameters, inputs).outputs - jnp.sin(inputs)[..., :1]) ** 2)

    @jax.jit
    def step(carried: tuple[Parameters, Any], _: Any) -> tuple[Any, None]:
        parameters, moments = carried
        updates, moments = adam.update(jax.grad(loss)(parameters), moments, parameters)
        new = eqx.apply_updates(parameters, updates)
        # As training does: what is fixed has no optimiser.
        kept = jax.tree.map(lambda g, a, b: b if g == "fixed" else a, groups, new, parameters)
        return (kept, moments), None

    return jax.lax.scan(step, (parameters, adam.init(parameters)), length=20)[0][0]


def test_constraints_hold_through_training():
    masked = Connectivity(absent=jnp.asarray(0.4), excitatory=jnp.asarray(0.75))
    model = model_with(connectivity=masked)
    parameters, inputs = made(model)
    after = trained(model, parameters, inputs)
    before, matrix = (np.asarray(model.recurrent_matrix(p)) for p in (parameters, after))
    absent = np.asarray(parameters.recurrent_mask) == 0
    assert 0 < absent.sum() < absent.size
    assert (matrix[absent] == 0).all() and (matrix[~absent] != 0).all()
    assert (matrix[:, :6] >= 0).all() and (matrix[:, 6:] <= 0).all()
    # Twenty steps of 0.05 carry many magnitudes through zero, and none through its sign.
    signs = [np.sign(to_arrays(p)["recurrent"]) for p in (parameters, after)]
    assert (signs[0] != signs[1])[~absent].any()
    assert np.abs(matrix - before).max() > 0.1


def test_a_low_rank_stays_low():
    model = model_with(connectivity=Connectivity(rank=2))
    parameters, inputs = made(model)
    after = trained(model, parameters, inputs)
    assert parameters.recurrent is None and after.recurrent is None
    values = np.linalg.svd(np.asarray(model.recurrent_matrix(after), np.float64), compute_uv=False)
    # The product of the factors rounds each entry, a sum of two terms, by EPS.
    assert values[1] > 0.1 and values[2] < 8 * EPS * values[0]
    moved = model.recurrent_matrix(after) - model.recurrent_matrix(parameters)
    assert float(jnp.abs(moved).max()) > 0.1


@pytest.mark.parametrize(
    ("initialiser", "size"),
    [
        (models.Uniform(), np.sqrt(1 / 3)),
        (models.Gaussian(jnp.asarray(1.5)), 1.5),
        (models.Gaussian(jnp.asarray(1.5), 3), 1.5),
    ],
)
def test_every_rank_starts_as_large(initialiser: models.AbstractInitialiser, size: float):
    keys = jr.split(jr.key(0), 30)
    for rank in (None, 3):
        model = model_with(units=64, initialiser=initialiser, connectivity=Connectivity(rank=rank))
        matrices = jax.vmap(lambda key, m=model: m.recurrent_matrix(m.initial(key)))(keys)
        norms = np.linalg.norm(matrices, axis=(1, 2))
        # E‖W‖² = units × size². A factor of rank 3 with 192 normal entries errs by √(2/192) in
        # its square, two of them by 0.15, thirty networks by 0.027; five standard errors.
        assert np.sqrt((norms**2).mean() / 64) == pytest.approx(size, rel=0.07)


def test_a_starting_rank_is_that_rank():
    parameters, _ = made(model_with(units=32, initialiser=models.Gaussian(jnp.asarray(1.0), 3)))
    values = np.linalg.svd(np.asarray(parameters.recurrent, np.float64), compute_uv=False)
    assert values[2] > 0.1 and values[3] < 32 * EPS * values[0]


def test_an_orthogonal_start_is_orthogonal():
    initialiser = models.Orthogonal(jnp.asarray(0.8))
    full, _ = made(model_with(units=32, initialiser=initialiser))
    values = np.linalg.svd(np.asarray(full.recurrent, np.float64), compute_uv=False)
    # Householder reflections of 32 columns, each rounding by EPS.
    np.testing.assert_allclose(values, 0.8, atol=32 * EPS)
    model = model_with(units=32, initialiser=initialiser, connectivity=Connectivity(rank=3))
    low = np.linalg.svd(model.recurrent_matrix(made(model)[0]), compute_uv=False)
    np.testing.assert_allclose(low[:3], 0.8, atol=32 * EPS)


def test_dale_starts_balanced_and_as_large():
    dale = Connectivity(excitatory=jnp.asarray(0.8))
    matrix = np.asarray(
        model_with(units=200, connectivity=dale).recurrent_matrix(
            made(model_with(units=200, connectivity=dale))[0]
        )
    )
    # Half-normal entries: rows sum to 0 with SD √(1 − 2/π) of that of free signs, 1.2 each.
    assert abs(matrix.sum(axis=1).mean()) < 5 * 1.2 * 0.61 / np.sqrt(200)
    assert np.linalg.norm(matrix) ** 2 / 200 == pytest.approx(1.2**2, rel=0.1)


def test_current_and_rate_form_are_one_network_when_inputs_are_filtered():
    rate = model_with(models.RateModel, learns_start=True)
    current = model_with(models.CurrentModel, learns_start=True)
    p, x = made(rate)
    start, filtered = jr.normal(jr.key(3), (8,)) / 2, [jnp.zeros((6, 2))]
    bias = jr.normal(jr.key(4), (8,)) / 2
    for t in range(20):
        filtered.append(filtered[-1] + 0.3 * (x[:, t] - filtered[-1]))
    slow = jnp.stack(filtered, axis=1)
    recurrent = rate.recurrent_matrix(p)
    r = rate.states(_changed(p, bias=bias, initial_state=start), slow[:, :-1])
    h_0 = recurrent @ start + bias
    h = current.states(_changed(p, bias=bias, initial_state=h_0), x)
    # h = W r + U x̃ + b at every step, exactly: Euler's method keeps the linear map.
    expected = r @ recurrent.T + slow[:, 1:] @ p.input.T + bias
    np.testing.assert_allclose(h, expected, atol=100 * EPS)
    # With a start that does not match they differ, until they have forgotten it.
    other = current.states(_changed(p, bias=bias, initial_state=h_0 + 1), x)
    assert float(jnp.abs(other - expected)[:, 0].min()) > 0.1


BY_HAND = {
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
}


@pytest.mark.parametrize("form", [models.RateModel, models.CurrentModel])
def test_each_nonlinearity_acts_where_its_form_says(form: Any):
    words = get_args(kinds.Nonlinearity)
    assert set(NONLINEARITIES) == set(BY_HAND) == set(words)
    # Metrics, which need no spec, have a list of their own.
    assert set(words) == set(get_args(_fixed_points.Nonlinearity))
    assert all(getattr(nonlinearities, word) is NONLINEARITIES[word] for word in words)
    for name, phi in BY_HAND.items():
        model = model_with(form, nonlinearity=NONLINEARITIES[name])
        p, inputs = made(model)
        w, u, v = (np.asarray(x, float) for x in (p.recurrent, p.input, p.readout))
        state, expected = np.zeros((6, 8)), []
        for t in range(4):
            x = np.asarray(inputs, float)[:, t] @ u.T
            drive = phi(state @ w.T + x) if form is models.RateModel else phi(state) @ w.T + x
            state = state + 0.3 * (drive - state)
            expected.append((state if form is models.RateModel else phi(state)) @ v.T)
        with jax.default_matmul_precision("highest"):
            outputs = model.respond(p, inputs[:, :4]).outputs
        # Four steps, each rounding sums of ten terms of about one.
        np.testing.assert_allclose(outputs, np.stack(expected, 1), atol=50 * EPS)


def test_units_keep_time_constants_of_their_own():
    spread = models.Spread(*map(jnp.asarray, (2.0, 9.0, 1.0)))
    model = model_with(spread=spread, biased=False)
    parameters, _ = made(model)
    constants = np.asarray(parameters.time_constant)
    assert (constants >= 2).all() and (constants <= 9).all() and len(set(constants)) == 8
    again = model.initial(jr.key(1)).time_constant
    assert again is not None
    np.testing.assert_array_equal(again, constants)
    quiet = jax.tree.map(jnp.zeros_like, parameters)
    quiet = _changed(quiet, time_constant=constants, initial_state=jnp.ones(8))
    states = model.states(quiet, jnp.zeros((1, 5, 2)))
    np.testing.assert_allclose(states[0, -1], (1 - 1 / constants) ** 5, rtol=20 * EPS)
    gradient = jax.grad(lambda p: model.states(p, jnp.ones((1, 5, 2))).sum())(parameters)
    assert (np.asarray(gradient.time_constant) == 0).all()


def test_parameters_are_what_their_arrays_say():
    scaling = models.MuP(jnp.asarray(1.0), True)
    for model in (
        model_with(biased=False, learns_start=True, connectivity=Connectivity(rank=2)),
        model_with(scaling=scaling, connectivity=Connectivity(absent=jnp.asarray(0.5))),
    ):
        parameters, _ = made(model)
        arrays = to_arrays(parameters)
        assert jax.tree.structure(from_arrays(arrays)) == jax.tree.structure(parameters)
        assert jax.tree.all(
            jax.tree.map(lambda a, b: (a == b).all(), parameters, from_arrays(arrays))
        )
        assert ("bias" in arrays) == model.biased


def _changed(parameters: Parameters, **arrays: Any) -> Parameters:
    whole: dict[str, Any] = vars(parameters) | arrays
    return Parameters(**whole)
