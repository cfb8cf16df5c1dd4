"""The network against the discrete recursion and an independent back-propagation."""

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from jaxtyping import Array

from degendsl.models import Parameters, to_arrays
from degendsl.spec import kinds
from degendsl.tasks import Trials
from degendsl.training._loss import loss_of
from degendsl.vocabulary import model_of, task_of

EPS = float(jnp.finfo(jnp.float32).eps)


def science(**model: object) -> kinds.Science:
    return kinds.Science(
        task=kinds.FlipFlop(channels=2, duration=20.0),
        model=kinds.RateModel(units=8, **model),  # pyright: ignore[reportArgumentType]
        solver=kinds.Euler(dt=1.0),
        train=kinds.Train(batch_size=4),
        numerics=kinds.Numerics(),
    )


def network(**model: object) -> tuple[kinds.Science, Parameters, Trials]:
    made = science(**model)
    parameters = model_of(made).initial(jr.key(1))
    return made, parameters, task_of(made).trials(jr.key(2), 4)


def float64(parameters: Parameters) -> dict[str, np.ndarray]:
    return {name: value.astype(np.float64) for name, value in to_arrays(parameters).items()}


def test_euler_with_dt_equal_tau_is_the_vanilla_network_without_lag():
    made, parameters, trials = network()
    with jax.default_matmul_precision("highest"):
        states = np.asarray(model_of(made).states(parameters, trials.inputs))
    p, x = float64(parameters), np.asarray(trials.inputs, np.float64)
    h, expected = np.zeros((4, 8)), []
    for t in range(20):
        h = np.tanh(h @ p["recurrent"].T + x[:, t] @ p["input"].T + p["bias"])
        expected.append(h)
    # Each step rounds a sum of about ten terms of size one, and tanh contracts what came before.
    np.testing.assert_allclose(states, np.stack(expected, 1), atol=40 * EPS)


def test_the_state_after_the_first_step_has_seen_the_first_input():
    made, parameters, trials = network()
    first = jax.jit(lambda inputs: model_of(made).states(parameters, inputs)[:, 0])
    state = first(trials.inputs)
    assert not np.allclose(state, first(trials.inputs.at[:, 0].multiply(-1)))
    np.testing.assert_array_equal(state, first(trials.inputs.at[:, 1].add(1)))


@pytest.mark.parametrize("tau", [2.0, 5.0])
def test_the_current_form_is_the_rate_form_with_filtered_input(tau: float):
    # With r = φ(h) driven by filtered input, h = W r + U x_filtered + b (Miller & Fumarola 2012).
    made, parameters, trials = network(time_constant=tau)
    p, x = float64(parameters), np.asarray(trials.inputs, np.float64)
    h, leak = np.zeros((4, 8)), 1 / tau
    for t in range(20):
        r = np.tanh(h)
        h = h + leak * (-h + r @ p["recurrent"].T + x[:, t] @ p["input"].T + p["bias"])
    current = kinds.CurrentModel(units=8, time_constant=tau)
    form = model_of(
        kinds.Science(
            task=made.task,
            model=current,
            solver=made.solver,
            train=made.train,
            numerics=made.numerics,
        )
    )
    np.testing.assert_allclose(form.states(parameters, trials.inputs)[:, -1], h, atol=100 * EPS)


def test_loss_and_gradients_equal_an_independent_back_propagation():
    made, parameters, trials = network()
    model = model_of(made)
    with jax.default_matmul_precision("highest"):
        (_, loss), gradients = jax.value_and_grad(loss_of, has_aux=True)(parameters, model, trials)
    expected_loss, expected = _back_propagation(
        float64(parameters), np.asarray(trials.inputs, float), np.asarray(trials.targets, float)
    )
    assert float(loss) == pytest.approx(expected_loss, rel=20 * EPS)
    for name, value in expected.items():
        # Twenty steps of accumulated rounding, relative to the largest entry.
        scale = np.abs(value).max()
        np.testing.assert_allclose(getattr(gradients, name), value, atol=200 * EPS * scale)


def _back_propagation(
    p: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray
) -> tuple[float, dict[str, np.ndarray]]:
    """Plain NumPy back-propagation through time of the vanilla network."""
    n_trials, n_steps, _ = x.shape
    h = [np.zeros((n_trials, 8))]
    for t in range(n_steps):
        h.append(np.tanh(h[-1] @ p["recurrent"].T + x[:, t] @ p["input"].T + p["bias"]))
    error = np.stack([s @ p["readout"].T + p["readout_bias"] for s in h[1:]], 1) - y
    g = {name: np.zeros_like(value) for name, value in p.items()}
    back = np.zeros((n_trials, 8))
    for t in reversed(range(n_steps)):
        d_out = 2 * error[:, t] / error.size
        g["readout"] += d_out.T @ h[t + 1]
        g["readout_bias"] += d_out.sum(0)
        d_pre = (back + d_out @ p["readout"]) * (1 - h[t + 1] ** 2)
        g["recurrent"] += d_pre.T @ h[t]
        g["input"] += d_pre.T @ x[:, t]
        g["bias"] += d_pre.sum(0)
        back = d_pre @ p["recurrent"]
    return float((error**2).mean()), g


@pytest.mark.parametrize("init", [kinds.UniformInit(), kinds.GaussianInit(gain=1.5)])
def test_initial_recurrent_weights_have_the_stated_spread(init: kinds.Init):
    made = kinds.Science(
        task=kinds.FlipFlop(),
        model=kinds.RateModel(units=64, init=init),
        solver=kinds.Euler(),
        train=kinds.Train(),
        numerics=kinds.Numerics(),
    )
    weights: Array = jnp.asarray(model_of(made).initial(jr.key(0)).recurrent)
    variance = 1 / 3 / 64 if isinstance(init, kinds.UniformInit) else 1.5**2 / 64
    # The variance of 4096 draws errs by about √(2/4096) = 2 %; five standard errors.
    assert float(weights.var()) == pytest.approx(variance, rel=0.11)


def test_flip_flop_targets_follow_an_independent_reference():
    trials = task_of(science()).trials(jr.key(3), 50)
    inputs, targets = np.asarray(trials.inputs), np.asarray(trials.targets)
    assert (inputs[:, 0] != 0).all()
    held = np.zeros_like(inputs[:, 0])
    for t in range(inputs.shape[1]):
        held = np.where(inputs[:, t] != 0, inputs[:, t], held)
        np.testing.assert_array_equal(targets[:, t], held)
    # 50 × 19 × 2 draws: a rate of 0.3 errs by √(0.21/1900) ≈ 0.0105; four standard errors.
    assert (inputs[:, 1:] != 0).mean() == pytest.approx(0.3, abs=0.042)
