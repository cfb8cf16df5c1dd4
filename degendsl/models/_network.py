"""A continuous-time recurrent network, integrated by diffrax."""

import abc
from collections.abc import Callable
from typing import Any, final

import diffrax
import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from ._parameters import AbstractInitialiser, Parameters

Nonlinearity = Callable[[Array], Array]

NONLINEARITIES: dict[str, Nonlinearity] = {
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
    "softplus": jax.nn.softplus,
    "sigmoid": jax.nn.sigmoid,
}


class AbstractModel(eqx.Module):
    """The dynamics of a network without its parameters.

    Time is counted in solver steps, so the loop is the same for every lane whatever its `dt`:
    the vector field is scaled by `leak` = dt/τ instead. Under `vmap` a batched step length would
    make the loop's end differ between lanes, and every step would pay for a selection.
    """

    leak: eqx.AbstractVar[Float[Array, ""]]
    initialiser: eqx.AbstractVar[AbstractInitialiser]
    nonlinearity: eqx.AbstractVar[Nonlinearity]
    n_inputs: eqx.AbstractVar[int]
    n_units: eqx.AbstractVar[int]
    n_outputs: eqx.AbstractVar[int]

    @abc.abstractmethod
    def drive(
        self,
        parameters: Parameters,
        state: Float[Array, "trial unit"],
        inputs: Float[Array, "trial input"],
    ) -> Float[Array, "trial unit"]:
        """What the state relaxes towards: τ dx/dt = −x + drive."""

    @abc.abstractmethod
    def outputs(
        self, parameters: Parameters, states: Float[Array, "*batch unit"]
    ) -> Float[Array, "*batch output"]:
        """The linear readout of the firing rates."""

    def initial(self, key: PRNGKeyArray) -> Parameters:
        """Fresh parameters of one network."""
        return self.initialiser(key, self.n_inputs, self.n_units, self.n_outputs)

    def states(
        self, parameters: Parameters, inputs: Float[Array, "trial time input"]
    ) -> Float[Array, "trial time unit"]:
        """The state after each step, from zero.

        Input t is held constant over step t and the state at index t is the one that step ends
        in: with Euler and dt = τ this is h_t = φ(W h_{t−1} + U x_t + b) without a step of lag.
        """
        n_trials, n_steps, _ = inputs.shape
        by_step = jnp.swapaxes(inputs, 0, 1)

        def vector_field(step: Any, state: Any, _: Any) -> Array:
            held = by_step[step.astype(jnp.int32)]
            return self.leak * (self.drive(parameters, state, held) - state)

        solution = diffrax.diffeqsolve(
            diffrax.ODETerm(vector_field),
            diffrax.Euler(),
            t0=0.0,
            t1=float(n_steps),
            dt0=1.0,
            y0=jnp.zeros((n_trials, self.n_units), jnp.float32),
            saveat=diffrax.SaveAt(steps=True),
            # One checkpoint a step: no state is computed twice, and nothing else is kept.
            adjoint=diffrax.RecursiveCheckpointAdjoint(checkpoints=n_steps),
            max_steps=n_steps,
            throw=False,
        )
        assert solution.ys is not None
        return jnp.swapaxes(solution.ys, 0, 1)


@final
class RateModel(AbstractModel):
    """τ dr/dt = −r + φ(W r + U x + b), output V r + c."""

    leak: Float[Array, ""]
    initialiser: AbstractInitialiser
    nonlinearity: Nonlinearity = eqx.field(static=True)
    n_inputs: int = eqx.field(static=True)
    n_units: int = eqx.field(static=True)
    n_outputs: int = eqx.field(static=True)

    def drive(
        self,
        parameters: Parameters,
        state: Float[Array, "trial unit"],
        inputs: Float[Array, "trial input"],
    ) -> Float[Array, "trial unit"]:
        p = parameters
        return self.nonlinearity(state @ p.recurrent.T + inputs @ p.input.T + p.bias[None])

    def outputs(
        self, parameters: Parameters, states: Float[Array, "*batch unit"]
    ) -> Float[Array, "*batch output"]:
        return states @ parameters.readout.T + parameters.readout_bias


@final
class CurrentModel(AbstractModel):
    """τ dh/dt = −h + W φ(h) + U x + b, output V φ(h) + c."""

    leak: Float[Array, ""]
    initialiser: AbstractInitialiser
    nonlinearity: Nonlinearity = eqx.field(static=True)
    n_inputs: int = eqx.field(static=True)
    n_units: int = eqx.field(static=True)
    n_outputs: int = eqx.field(static=True)

    def drive(
        self,
        parameters: Parameters,
        state: Float[Array, "trial unit"],
        inputs: Float[Array, "trial input"],
    ) -> Float[Array, "trial unit"]:
        p = parameters
        return self.nonlinearity(state) @ p.recurrent.T + inputs @ p.input.T + p.bias[None]

    def outputs(
        self, parameters: Parameters, states: Float[Array, "*batch unit"]
    ) -> Float[Array, "*batch output"]:
        return self.nonlinearity(states) @ parameters.readout.T + parameters.readout_bias
