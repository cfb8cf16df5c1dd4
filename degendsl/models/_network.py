"""A continuous-time recurrent network, integrated by diffrax."""

import abc
from collections.abc import Callable
from typing import Any, NamedTuple, final

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, PRNGKeyArray

from ._connectivity import Connectivity
from ._initialisers import AbstractInitialiser
from ._integration import AbstractIntegrator, Euler
from ._parameters import AnyArray, Parameters
from ._scaling import MuP

Nonlinearity = Callable[[Array], Array]


class Response(NamedTuple):
    """What a network does on a batch of trials."""

    states: Float[Array, "trial time unit"]
    outputs: Float[Array, "trial time output"]


class Weights(NamedTuple):
    """The weights that act in the dynamics, made of the parameters once for a whole trial."""

    recurrent: Float[AnyArray, "unit unit"]
    input: Float[AnyArray, "unit input"]
    bias: Float[AnyArray, " unit"] | None


class Spread(eqx.Module):
    """Time constants that differ between units: each uniform between `low` and `high`."""

    low: Float[Array, ""]
    high: Float[Array, ""]
    dt: Float[Array, ""]

    def draw(self, key: PRNGKeyArray, n_units: int) -> Float[Array, " unit"]:
        return jr.uniform(key, (n_units,), jnp.float32, self.low, self.high)


class AbstractModel(eqx.Module):
    """The dynamics of a network without its parameters.

    Time is counted in solver steps, so the loop is the same for every lane whatever its `dt`:
    the vector field is scaled by `leak` = dt/τ instead. Under `vmap` a batched step length would
    make the loop's end differ between lanes, and every step would pay for a selection.

    What is None is absent from the program.

    leak: dt/τ where all units share a time constant.
    spread: time constants of the units' own, which their parameters then hold.
    noise: stationary SD of each unit's private noise, where nothing else drives the unit.
    biased: whether units and outputs have biases.
    learns_start: whether the state before the first step is a parameter.
    """

    leak: eqx.AbstractVar[Float[Array, ""]]
    initialiser: eqx.AbstractVar[AbstractInitialiser]
    nonlinearity: eqx.AbstractVar[Nonlinearity]
    n_inputs: eqx.AbstractVar[int]
    n_units: eqx.AbstractVar[int]
    n_outputs: eqx.AbstractVar[int]
    integrator: eqx.AbstractVar[AbstractIntegrator]
    connectivity: eqx.AbstractVar[Connectivity]
    scaling: eqx.AbstractVar[MuP | None]
    spread: eqx.AbstractVar[Spread | None]
    noise: eqx.AbstractVar[Float[Array, ""] | None]
    biased: eqx.AbstractVar[bool]
    learns_start: eqx.AbstractVar[bool]

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

    def initial(self, key: PRNGKeyArray) -> Parameters:
        """Fresh parameters of one network."""
        parameters = self.initialiser(key, self.n_inputs, self.n_units, self.n_outputs)
        # Folded in under large numbers, since the initialiser splits the key into small ones.
        mask_key, spread_key = (jr.fold_in(key, stream) for stream in (2**31 - 1, 2**31 - 2))
        parameters = self.connectivity.constrain(parameters, self.initialiser, mask_key)
        if self.scaling is not None:
            parameters = self.scaling.enlarge(parameters)
        arrays: dict[str, Any] = dict(vars(parameters))
        if not self.biased:
            arrays |= {"bias": None, "readout_bias": None}
        if self.learns_start:
            arrays["initial_state"] = jnp.zeros(self.n_units, jnp.float32)
        if self.spread is not None:
            arrays["time_constant"] = self.spread.draw(spread_key, self.n_units)
        if self.scaling is not None and self.scaling.centred:
            arrays["origin"] = Parameters(**arrays)
        return Parameters(**arrays)

    def recurrent_matrix(self, parameters: Parameters) -> Float[Array, "unit unit"]:
        """The matrix that acts between units: what is said of recurrent weights is said of it."""
        matrix = self.connectivity.matrix(parameters)
        return matrix if self.scaling is None else self.scaling.shrink(matrix)

    def weights(self, parameters: Parameters) -> Weights:
        """The weights that act in the dynamics."""
        return Weights(self.recurrent_matrix(parameters), parameters.input, parameters.bias)

    def gradient_scales(self, parameters: Parameters) -> Any:
        """What each gradient is multiplied by before clipping and the optimiser; None is 1."""
        return None if self.scaling is None else self.scaling.gradient_scales(parameters)

    def rate_scales(self, parameters: Parameters) -> Any:
        """What the learning rate of each array is multiplied by, weight decay apart; None is 1."""
        return None if self.scaling is None else self.scaling.rate_scales(parameters)

    def outputs(
        self, parameters: Parameters, states: Float[Array, "*batch unit"]
    ) -> Float[Array, "*batch output"]:
        """The linear readout of the firing rates, before any centring (see `respond`)."""
        read = self.rates(states) @ parameters.readout.T
        if self.scaling is not None:
            read = read * self.scaling.output_scale(self.n_units)
        return _biased(read, parameters.readout_bias)

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
        outputs = self.outputs(parameters, states)
        if parameters.origin is not None:
            origin = jax.lax.stop_gradient(parameters.origin)
            before = self.states(origin, inputs, key=key, kicks=kicks)
            outputs = outputs - self.outputs(origin, before)
        return Response(states=states, outputs=outputs)

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

        key: of the private noise, which is that of trial i whatever the other trials are. By
            default it comes from the inputs, so that whoever measures a network again on equal
            trials sees equal noise.
        kicks: what is added to the state in each step, spread over it.
        """
        weights, leak = self.weights(parameters), self._leak(parameters)
        pushes = self._pushes(leak, inputs, key, kicks)
        held = jax.tree.map(lambda leaf: jnp.swapaxes(leaf, 0, 1), (inputs, pushes))

        def field(state: Array, now: Any) -> Array:
            inputs, pushes = now
            change = leak * (self.drive(weights, state, inputs) - state)
            return change if pushes is None else change + pushes

        states = self.integrator.states(field, self._start(parameters, len(inputs)), held)
        return jnp.swapaxes(states, 0, 1)

    def _start(self, parameters: Parameters, n_trials: int) -> Float[Array, "trial unit"]:
        if parameters.initial_state is None:
            return jnp.zeros((n_trials, self.n_units), jnp.float32)
        return jnp.broadcast_to(parameters.initial_state, (n_trials, self.n_units))

    def _leak(self, parameters: Parameters) -> Array:
        """dt/τ, one for all units or one for each."""
        if self.spread is None or parameters.time_constant is None:
            return self.leak
        return self.spread.dt / jax.lax.stop_gradient(parameters.time_constant)[None]

    def _pushes(
        self,
        leak: Array,
        inputs: Float[Array, "trial time input"],
        key: PRNGKeyArray | None,
        kicks: Float[Array, "trial time unit"] | None,
    ) -> Float[Array, "trial time unit"] | None:
        """What is added to the state in each step: kicks, and the increments of the noise."""
        if self.noise is None:
            return kicks
        if key is None:
            key = _key_of(inputs)
        n_trials, n_steps, _ = inputs.shape
        keys = jax.vmap(lambda trial: jr.fold_in(key, trial))(jnp.arange(n_trials))
        shape = (n_steps, self.n_units)
        drawn = jax.vmap(lambda key: jr.normal(key, shape, jnp.float32))(keys)
        noise = self.noise * self.integrator.noise_gain(leak) * drawn
        return noise if kicks is None else noise + kicks


@final
class RateModel(AbstractModel):
    """τ dr/dt = −r + φ(W r + U x + b), output V r + c."""

    leak: Float[Array, ""]
    initialiser: AbstractInitialiser
    nonlinearity: Nonlinearity = eqx.field(static=True)
    n_inputs: int = eqx.field(static=True)
    n_units: int = eqx.field(static=True)
    n_outputs: int = eqx.field(static=True)
    integrator: AbstractIntegrator = Euler()
    connectivity: Connectivity = Connectivity()
    scaling: MuP | None = None
    spread: Spread | None = None
    noise: Float[Array, ""] | None = None
    biased: bool = eqx.field(static=True, default=True)
    learns_start: bool = eqx.field(static=True, default=False)

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
    integrator: AbstractIntegrator = Euler()
    connectivity: Connectivity = Connectivity()
    scaling: MuP | None = None
    spread: Spread | None = None
    noise: Float[Array, ""] | None = None
    biased: bool = eqx.field(static=True, default=True)
    learns_start: bool = eqx.field(static=True, default=False)

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


def _key_of(inputs: Float[Array, "trial time input"]) -> PRNGKeyArray:
    bits = jax.lax.bitcast_convert_type(inputs, jnp.uint32)
    return jr.fold_in(jr.key(5), bits.sum(dtype=jnp.uint32))


def _biased(values: Array, bias: AnyArray | None) -> Array:
    return values if bias is None else values + bias
