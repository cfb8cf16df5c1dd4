"""A continuous-time recurrent network, integrated by diffrax."""

import abc
from collections.abc import Callable
from typing import Any, NamedTuple, final

import diffrax
import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from ._initialisers import AbstractInitialiser
from ._parameters import AnyArray, Parameters

Nonlinearity = Callable[[Array], Array]

NONLINEARITIES: dict[str, Nonlinearity] = {
    "tanh": jnp.tanh,
    "relu": jax.nn.relu,
    "softplus": jax.nn.softplus,
    "sigmoid": jax.nn.sigmoid,
}


class Response(NamedTuple):
    """What a network does on a batch of trials."""

    states: Float[Array, "trial time unit"]
    outputs: Float[Array, "trial time output"]


class Weights(NamedTuple):
    """The weights that act in the dynamics, made of the parameters once for a whole trial."""

    recurrent: Float[AnyArray, "unit unit"]
    input: Float[AnyArray, "unit input"]
    bias: Float[AnyArray, " unit"] | None


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
        weights: Weights,
        state: Float[Array, "trial unit"],
        inputs: Float[Array, "trial input"],
    ) -> Float[Array, "trial unit"]:
        """What the state relaxes towards: τ dx/dt = −x + drive."""

    @abc.abstractmethod
    def rates(self, states: Float[Array, "*batch unit"]) -> Float[Array, "*batch unit"]:
        """The firing rates that the readout sees."""

    def outputs(
        self, parameters: Parameters, states: Float[Array, "*batch unit"]
    ) -> Float[Array, "*batch output"]:
        """The linear readout of the firing rates."""
        return _biased(self.rates(states) @ parameters.readout.T, parameters.readout_bias)

    def recurrent_matrix(self, parameters: Parameters) -> Float[Array, "unit unit"]:
        """The matrix that acts between units: what is said of recurrent weights is said of it."""
        assert parameters.recurrent is not None
        return jnp.asarray(parameters.recurrent)

    def weights(self, parameters: Parameters) -> Weights:
        """The weights that act in the dynamics."""
        return Weights(self.recurrent_matrix(parameters), parameters.input, parameters.bias)

    def gradient_scales(self, parameters: Parameters) -> Parameters | None:
        """What each gradient is multiplied by before clipping and the optimiser; None is 1."""
        return None

    def rate_scales(self, parameters: Parameters) -> Parameters | None:
        """What the learning rate of each array is multiplied by, weight decay apart; None is 1."""
        return None

    def initial(self, key: PRNGKeyArray) -> Parameters:
        """Fresh parameters of one network."""
        return self.initialiser(key, self.n_inputs, self.n_units, self.n_outputs)

    def respond(
        self,
        parameters: Parameters,
        inputs: Float[Array, "trial time input"],
        *,
        key: PRNGKeyArray | None = None,
        kicks: Float[Array, "trial time unit"] | None = None,
    ) -> Response:
        """States and outputs on a batch of trials; for the arguments see `states`."""
        states = self.states(parameters, inputs, key=key, kicks=kicks)
        return Response(states=states, outputs=self.outputs(parameters, states))

    def states(
        self,
        parameters: Parameters,
        inputs: Float[Array, "trial time input"],
        *,
        key: PRNGKeyArray | None = None,
        kicks: Float[Array, "trial time unit"] | None = None,
    ) -> Float[Array, "trial time unit"]:
        """The state after each step.

        Input t is held constant over step t and the state at index t is the one that step ends
        in: with Euler and dt = τ this is h_t = φ(W h_{t−1} + U x_t + b) without a step of lag.

        key: of the private noise; networks without noise need none.
        kicks: what is added to the state in each step, spread over it.
        """
        n_trials, n_steps, _ = inputs.shape
        weights = self.weights(parameters)
        by_step = jnp.swapaxes(inputs, 0, 1)
        pushes = None if kicks is None else jnp.swapaxes(kicks, 0, 1)

        def vector_field(step: Any, state: Any, _: Any) -> Array:
            held = by_step[step.astype(jnp.int32)]
            change = self.leak * (self.drive(weights, state, held) - state)
            return change if pushes is None else change + pushes[step.astype(jnp.int32)]

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
        weights: Weights,
        state: Float[Array, "trial unit"],
        inputs: Float[Array, "trial input"],
    ) -> Float[Array, "trial unit"]:
        total = state @ weights.recurrent.T + inputs @ weights.input.T
        return self.nonlinearity(_biased(total, weights.bias))

    def rates(self, states: Float[Array, "*batch unit"]) -> Float[Array, "*batch unit"]:
        return states


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
        weights: Weights,
        state: Float[Array, "trial unit"],
        inputs: Float[Array, "trial input"],
    ) -> Float[Array, "trial unit"]:
        total = self.nonlinearity(state) @ weights.recurrent.T + inputs @ weights.input.T
        return _biased(total, weights.bias)

    def rates(self, states: Float[Array, "*batch unit"]) -> Float[Array, "*batch unit"]:
        return self.nonlinearity(states)


def _biased(values: Array, bias: AnyArray | None) -> Array:
    return values if bias is None else values + bias
