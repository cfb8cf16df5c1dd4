"""Trained networks on test trials: losses, outputs and states, regenerated from the weights."""

import abc
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from degendsl.models import AbstractModel, Parameters, Weights, from_arrays
from degendsl.spec import kinds
from degendsl.tasks import AbstractTask, Trials
from degendsl.vocabulary import PRECISIONS, model_of, task_of

# Networks evaluated at once. Fixed, and short batches are padded, so that one program serves
# every condition of a shape and a network's numbers do not depend on its company.
BATCH = 4


class Losses(NamedTuple):
    """How well one network does on one set of trials.

    mse: mean squared error over what counts. response_mse: the same in the response window.
    unexplained: mse over the variance of the targets, the fraction of variance unexplained.
    """

    mse: Float[Array | np.ndarray, ""]
    response_mse: Float[Array | np.ndarray, ""]
    unexplained: Float[Array | np.ndarray, ""]


class AbstractProbe(eqx.Module):
    """Trials, and how networks come through them; the same for every network."""

    trials: eqx.AbstractVar[Trials]

    @abc.abstractmethod
    def outputs(
        self, model: AbstractModel, parameters: Parameters
    ) -> Float[Array, "trial time output"]:
        """What one network produces."""


def test_key(trials: kinds.Trials) -> PRNGKeyArray:
    """Stream 2 of the test seed; training uses 0 and 1, so equal seeds never share trials."""
    return jr.fold_in(jr.key(trials.seed), 2)


def test_trials(task: AbstractTask, trials: kinds.Trials) -> Trials:
    """The test set: it depends on the task and the test seed alone, never on a network's seed."""
    return _drawn(task, test_key(trials), trials.count)


@eqx.filter_jit
def _drawn(task: AbstractTask, key: PRNGKeyArray, count: int) -> Trials:
    return task.trials(key, count)


def losses_on(
    science: kinds.Science, trials: Trials, networks: Sequence[dict[str, np.ndarray]]
) -> list[Losses]:
    """The losses of each network on the same trials."""
    program = _program(_losses, science.numerics.precision)
    return [
        Losses(*(np.asarray(value) for value in one))
        for one in _each(program, model_of(science), trials, networks)
    ]


def losses_in(
    science: kinds.Science, probe: AbstractProbe, networks: Sequence[dict[str, np.ndarray]]
) -> tuple[list[Losses], Float[np.ndarray, "network trial time output"]]:
    """The losses of each network in a condition out of distribution, and what it produces."""
    found = list(probed(science, probe, networks))
    return [losses for losses, _ in found], np.stack([outputs for _, outputs in found])


def probed(
    science: kinds.Science, probe: AbstractProbe, networks: Sequence[dict[str, np.ndarray]]
) -> Iterator[tuple[Losses, Float[np.ndarray, "trial time output"]]]:
    """The same, one network at a time to save memory."""
    program = _program(_probed, science.numerics.precision)
    return _each(program, model_of(science), probe, networks)


def outputs_on(
    science: kinds.Science, trials: Trials, networks: Sequence[dict[str, np.ndarray]]
) -> Float[np.ndarray, "network trial time output"]:
    """What each network produces on the same trials."""
    program = _program(_outputs, science.numerics.precision)
    return np.stack(list(_each(program, model_of(science), trials, networks)))


def states_on(
    science: kinds.Science, trials: Trials, networks: Sequence[dict[str, np.ndarray]]
) -> Iterator[Float[np.ndarray, "trial time unit"]]:
    """The states of each network on the same trials, one network at a time to save memory."""
    program = _program(_states, science.numerics.precision)
    return _each(program, model_of(science), trials, networks)


def recurrent_of(
    science: kinds.Science, parameters: Mapping[str, np.ndarray]
) -> Float[np.ndarray, "unit unit"]:
    """The recurrent matrix that acts in a network: for a standard one, the array in its file."""
    return np.asarray(weights_of(science, parameters).recurrent)


def weights_of(science: kinds.Science, parameters: Mapping[str, np.ndarray]) -> Weights:
    """The weights that act in the dynamics of a network."""
    with jax.default_matmul_precision(PRECISIONS[science.numerics.precision]):
        weights = _model(science).weights(from_arrays(parameters))
        return jax.tree.map(np.asarray, weights)


@lru_cache(maxsize=4)
def _model(science: kinds.Science) -> AbstractModel:
    """Made once, where thousands of networks are asked one by one."""
    return model_of(science)


def condition_task(science: kinds.Science) -> AbstractTask:
    """The task of a condition, for whoever draws its trials."""
    return task_of(science)


# The trials of a condition and those out of distribution; compiling what draws them takes a second.
@lru_cache(maxsize=4)
def condition_trials(science: kinds.Science, trials: kinds.Trials) -> Trials:
    """The test set of a condition."""
    return test_trials(condition_task(science), trials)


def _losses(model: AbstractModel, parameters: Parameters, trials: Trials) -> Losses:
    return _score(_outputs(model, parameters, trials), trials)


def _probed(
    model: AbstractModel, parameters: Parameters, probe: AbstractProbe
) -> tuple[Losses, Float[Array, "trial time output"]]:
    outputs = probe.outputs(model, parameters)
    return _score(outputs, probe.trials), outputs


def _score(outputs: Float[Array, "trial time output"], trials: Trials) -> Losses:
    mask, response = trials.mask, trials.mask * trials.response
    square = (outputs - trials.targets) ** 2
    mse = jnp.sum(mask * square) / jnp.sum(mask != 0)
    # Auxiliary outputs have no weight at all, and no centre either.
    weight = jnp.maximum(jnp.sum(mask, axis=(0, 1), keepdims=True), jnp.finfo(jnp.float32).tiny)
    centre = jnp.sum(mask * trials.targets, axis=(0, 1), keepdims=True) / weight
    variance = jnp.sum(mask * (trials.targets - centre) ** 2) / jnp.sum(mask != 0)
    return Losses(
        mse=mse,
        response_mse=jnp.sum(response * square) / jnp.sum(response != 0),
        unexplained=mse / variance,
    )


def _states(
    model: AbstractModel, parameters: Parameters, trials: Trials
) -> Float[Array, "trial time unit"]:
    return model.states(parameters, trials.inputs, key=noise_key(trials))


def _outputs(
    model: AbstractModel, parameters: Parameters, trials: Trials
) -> Float[Array, "trial time output"]:
    return model.respond(parameters, trials.inputs, key=noise_key(trials)).outputs


def noise_key(trials: Trials) -> PRNGKeyArray:
    """The key of private noise: from the trials alone, so that measuring again gives the same.

    Equal trials have equal noise and other trials other noise, whichever network is measured.
    """
    bits = jax.lax.bitcast_convert_type(trials.inputs, jnp.uint32)
    return jr.fold_in(jr.key(5), bits.sum(dtype=jnp.uint32))


@lru_cache
def _program(quantity: Callable[..., Any], precision: str) -> Callable[..., Any]:
    jitted = jax.jit(jax.vmap(quantity, in_axes=(None, 0, None)))

    def call(*args: Any) -> Any:
        with jax.default_matmul_precision(PRECISIONS[precision]):
            return jitted(*args)

    return call


def _each(
    program: Callable[..., Any],
    model: AbstractModel,
    trials: Trials | AbstractProbe,
    networks: Sequence[dict[str, np.ndarray]],
) -> Iterator[Any]:
    for first in range(0, len(networks), BATCH):
        some = list(networks[first : first + BATCH])
        padded = some + [some[-1]] * (BATCH - len(some))
        stacked = jax.tree.map(lambda *one: np.stack(one), *(from_arrays(net) for net in padded))
        results = jax.device_get(program(model, stacked, trials))
        for index in range(len(some)):
            yield jax.tree.map(lambda leaf, i=index: np.asarray(leaf[i]), results)
