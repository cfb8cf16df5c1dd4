"""Solvers on known solutions: their orders, the jumps of the input, the noise."""

from collections.abc import Callable
from typing import Any

import diffrax
import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from networks import EPS, made, model_with, states_of
from scipy.integrate import solve_ivp

from degendsl import models
from degendsl.models import AbstractIntegrator, Adaptive, Euler, OneStep, to_arrays

# Three units, two inputs that jump, and time constants of about one held input.
RNG = np.random.default_rng(0)
W, U, X = RNG.normal(size=(3, 3)), RNG.normal(size=(3, 2)), RNG.normal(size=(6, 2))


def exact() -> np.ndarray:
    """The states at the jumps, by a method of order 8 at its tightest, restarted at each jump."""
    state, found = np.zeros(3), []
    for held in X:
        solved = solve_ivp(
            lambda _, s, held=held: -s + np.tanh(W @ s + U @ held),
            (0, 1),
            state,
            method="DOP853",
            rtol=1e-13,
            atol=1e-14,
        )
        state = solved.y[:, -1]
        found.append(state)
    return np.array(found)


def solved(integrator: AbstractIntegrator, parts: int) -> np.ndarray:
    """The same states, every held input being `parts` steps."""
    held = jnp.asarray(np.repeat(X, parts, axis=0)[:, None])
    return np.asarray(_solved(integrator, held, parts))[parts - 1 :: parts, 0]


@eqx.filter_jit
def _solved(integrator: AbstractIntegrator, held: Any, parts: int) -> Any:
    def field(state: Any, held: Any) -> Any:
        return (jnp.tanh(state @ W.T + held @ U.T) - state) / parts

    return integrator.states(field, jnp.zeros((1, 3), held.dtype), held)


@pytest.mark.parametrize(
    ("integrator", "order", "parts"),
    [
        (Euler(), 1, (16, 32, 64, 128)),
        (OneStep(diffrax.Heun()), 2, (8, 16, 32, 64)),
        (OneStep(diffrax.Tsit5()), 5, (16, 32, 64)),
        (OneStep(diffrax.Dopri5()), 5, (16, 32, 64)),
    ],
    ids=["euler", "heun", "tsit5", "dopri5"],
)
def test_solvers_converge_at_their_order_though_the_input_jumps(
    integrator: AbstractIntegrator, order: int, parts: tuple[int, ...]
):
    with jax.enable_x64(True):
        errors = [np.abs(solved(integrator, n) - exact()).max() for n in parts]
    slope = -np.polyfit(np.log(parts), np.log(errors), 1)[0]
    # The next term of the error is a step smaller: at these steps it bends the line by less
    # than half an order, and a jump inside a step would leave order one.
    assert slope == pytest.approx(order, abs=0.5)


@pytest.mark.parametrize("method", [diffrax.Tsit5(), diffrax.Dopri5()])
def test_adaptive_solvers_are_as_exact_as_they_are_told(method: Any):
    for rtol in (1e-3, 1e-6, 1e-9):
        with jax.enable_x64(True):
            integrator = Adaptive(method, jnp.asarray(rtol), jnp.asarray(rtol))
            error = np.abs(solved(integrator, 1) - exact()).max()
        # The tolerance is on one step's error in root mean square over three units. Errors of
        # six inputs' steps add up, and the relaxation forgets those of one input before: ten.
        assert error < 10 * rtol


@pytest.mark.parametrize(
    "integrator",
    [
        Euler(),
        OneStep(diffrax.Heun()),
        Adaptive(diffrax.Tsit5(), jnp.asarray(0.1), jnp.asarray(0.1)),
        Adaptive(diffrax.Dopri5(), jnp.asarray(0.1), jnp.asarray(0.1)),
    ],
    ids=["euler", "heun", "tsit5", "dopri5"],
)
def test_no_step_crosses_a_jump(integrator: AbstractIntegrator):
    held = jr.normal(jr.key(0), (40, 5, 3))
    states = integrator.states(lambda _, held: held, jnp.zeros((5, 3)), held)
    # Any Runge–Kutta method integrates a constant exactly, at any tolerance; one that crosses a
    # jump mixes two constants. Forty sums round, and adaptive steps end one unit in the last
    # place of the time (up to 40) before the jump.
    np.testing.assert_allclose(states, np.cumsum(held, axis=0), atol=40 * 40 * EPS)


def test_a_trial_of_an_adaptive_solver_does_not_depend_on_the_others():
    model = model_with(integrator=Adaptive(diffrax.Tsit5(), jnp.asarray(1e-2), jnp.asarray(1e-3)))
    parameters, inputs = made(model)
    alone = states_of(model, parameters, inputs[:1])
    # Products over other batch sizes may be summed in another order.
    np.testing.assert_allclose(states_of(model, parameters, inputs)[:1], alone, atol=40 * EPS)


def test_adaptive_solvers_can_be_trained_through():
    def loss(parameters: Any, model: models.AbstractModel) -> Any:
        return jnp.sum(model.respond(parameters, inputs).outputs ** 2)

    loose = model_with(integrator=Adaptive(diffrax.Tsit5(), jnp.asarray(1e-6), jnp.asarray(1e-7)))
    heun = model_with(leak=0.3 / 16, integrator=OneStep())
    parameters, inputs = made(loose)
    gradient = jax.grad(loss)(parameters, loose)

    def finer(parameters: Any) -> Any:
        outputs = heun.respond(parameters, jnp.repeat(inputs, 16, axis=1)).outputs
        return jnp.sum(outputs[:, 15::16] ** 2)

    expected = to_arrays(jax.grad(finer)(parameters))
    for name, value in to_arrays(gradient).items():
        # Heun errs by (a/16)²/6 per unit of time, here about 1e-4 in all.
        scale = np.abs(expected[name]).max()
        np.testing.assert_allclose(value, expected[name], atol=1e-3 * scale)


def heun_decay(leak: float) -> float:
    return 1 - leak + leak**2 / 2


@pytest.mark.parametrize(
    ("integrator", "decay"),
    [(Euler(), lambda a: 1 - a), (OneStep(), heun_decay)],
    ids=["euler", "heun"],
)
@pytest.mark.parametrize("leak", [0.05, 0.4, 1.0])
def test_private_noise_has_the_stated_stationary_deviation(
    integrator: AbstractIntegrator, decay: Callable[[float], float], leak: float
):
    model = model_with(leak=leak, integrator=integrator, noise=jnp.asarray(0.5), biased=False)
    parameters = jax.tree.map(jnp.zeros_like, made(model)[0])
    states = states_of(model, parameters, jnp.zeros((50, 400, 2)), key=jr.key(0))
    rho = decay(leak)
    # Half the trial forgets the start. What is left is a Gaussian AR(1) process, the square of
    # which has correlations ρ^2k: that many independent samples. Five standard errors.
    left = np.asarray(states)[:, 200:]
    independent = left.size * (1 - rho**2) / (1 + rho**2)
    assert left.std() == pytest.approx(0.5, rel=5 / np.sqrt(2 * independent))
    lagged = (left[:, 1:] * left[:, :-1]).mean() / (left**2).mean()
    assert lagged == pytest.approx(rho, abs=5 / np.sqrt(left.size * (1 - rho**2) / 4 + 1))


def test_noise_of_small_steps_is_that_of_the_stochastic_differential_equation():
    # √(2a) is the increment per step of √(2τ) dB.
    for integrator in (Euler(), OneStep()):
        gain = integrator.noise_gain(jnp.asarray(1e-3))
        assert float(gain) == pytest.approx(np.sqrt(2e-3), rel=1e-3)


def test_noise_belongs_to_key_and_trial():
    model = model_with(noise=jnp.asarray(0.3))
    parameters, inputs = made(model)
    one = states_of(model, parameters, inputs, key=jr.key(1))
    np.testing.assert_array_equal(one, states_of(model, parameters, inputs, key=jr.key(1)))
    few = states_of(model, parameters, inputs[:3], key=jr.key(1))
    np.testing.assert_allclose(one[:3], few, atol=40 * EPS)
    assert (one != states_of(model, parameters, inputs, key=jr.key(2))).any()
    quiet = states_of(model_with(), parameters, inputs)
    assert np.abs(one - quiet).max() > 0.1
    # Without a key it is that of the inputs.
    measured = states_of(model, parameters, inputs)
    np.testing.assert_array_equal(measured, states_of(model, parameters, inputs))
    other = states_of(model, parameters, inputs.at[0, 0, 0].add(1))
    assert (measured[1:] != other[1:]).any()


def test_adaptive_solvers_refuse_noise():
    adaptive = Adaptive(diffrax.Tsit5(), jnp.asarray(1e-3), jnp.asarray(1e-3))
    model = model_with(integrator=adaptive, noise=jnp.asarray(0.3))
    parameters, inputs = made(model)
    with pytest.raises(ValueError, match="`euler` or `heun`"):
        states_of(model, parameters, inputs, key=jr.key(0))


def test_a_kick_moves_the_state_by_as_much():
    model = model_with()
    parameters, inputs = made(model)
    kicks = jnp.zeros((6, 20, 8)).at[:, 7].set(0.25)
    before = states_of(model, parameters, inputs)
    after = states_of(model, parameters, inputs, kicks=kicks)
    # With kicks the program is another, whose sums may be rounded otherwise.
    np.testing.assert_allclose(before[:, :7], after[:, :7], atol=4 * EPS)
    np.testing.assert_allclose(after[:, 7] - before[:, 7], 0.25, atol=4 * EPS)
