"""What networks meet out of distribution: other trials, a kick to the state, a free run.

A new condition is a kind in `spec/kinds/behavior.py`, a function here and its line at the end.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, final

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
from jaxtyping import Array, Float, Int

from degendsl.models import AbstractModel, Parameters
from degendsl.spec import kinds
from degendsl.tasks import Trials

from ._evaluate import AbstractProbe, condition_trials, noise_key, test_key


@final
class Undisturbed(AbstractProbe):
    """Trials and nothing else."""

    trials: Trials

    def outputs(
        self, model: AbstractModel, parameters: Parameters
    ) -> Float[Array, "trial time output"]:
        key = noise_key(self.trials)
        return model.respond(parameters, self.trials.inputs, key=key).outputs


@final
class Kicked(AbstractProbe):
    """A kick to the state in one step of every trial.

    directions: unit vectors. size: length of the kick over the root mean square length of the
    network's undisturbed states after that step.
    """

    trials: Trials
    directions: Float[Array, "trial unit"]
    size: Float[Array, ""]
    step: Int[Array, ""]

    def outputs(
        self, model: AbstractModel, parameters: Parameters
    ) -> Float[Array, "trial time output"]:
        # One course of private noise with and without the kick.
        key = noise_key(self.trials)
        states = model.respond(parameters, self.trials.inputs, key=key).states
        length = jnp.sqrt(jnp.mean(jnp.sum(states[:, self.step] ** 2, axis=-1)))
        kicks = jnp.zeros_like(states).at[:, self.step].set(self.size * length * self.directions)
        return model.respond(parameters, self.trials.inputs, key=key, kicks=kicks).outputs


@final
class FreeRunning(AbstractProbe):
    """The last steps receive what the network itself has just produced."""

    trials: Trials
    steps: int = eqx.field(static=True)

    def outputs(
        self, model: AbstractModel, parameters: Parameters
    ) -> Float[Array, "trial time output"]:
        key = noise_key(self.trials)
        inputs = self.trials.inputs
        n_steps = inputs.shape[1]

        # Each free step runs the whole trial anew: slower than carrying the state on, but right
        # for every form of network and every solver.
        def fed_back(step: Array, inputs: Array) -> Array:
            outputs = model.respond(parameters, inputs, key=key).outputs
            return inputs.at[:, step].set(outputs[:, step - 1])

        inputs = jax.lax.fori_loop(n_steps - self.steps, n_steps, fed_back, inputs)
        return model.respond(parameters, inputs, key=key).outputs


def probe_of(
    science: kinds.Science, behavior: kinds.Behavior, trials: kinds.Trials
) -> AbstractProbe:
    """What `measure.behavior` asks for, of one condition."""
    return _PROBES[type(behavior)](science, behavior, trials)


def _drawn(science: kinds.Science, trials: kinds.Trials) -> Trials:
    return condition_trials(science, trials)


def _longer(
    science: kinds.Science, behavior: kinds.TemporalBehavior, trials: kinds.Trials
) -> AbstractProbe:
    task = science.task.temporal(behavior.factor)
    return Undisturbed(_drawn(replace(science, task=task), trials))


def _held(
    science: kinds.Science, behavior: kinds.HoldBehavior, trials: kinds.Trials
) -> AbstractProbe:
    assert isinstance(science.task, kinds.FlipFlop)
    task = science.task.hold(behavior.factor)
    return Undisturbed(_drawn(replace(science, task=task), trials))


def _noisy(
    science: kinds.Science, behavior: kinds.NoiseBehavior, trials: kinds.Trials
) -> AbstractProbe:
    found = _drawn(science, trials)
    noise = behavior.sd * jr.normal(jr.fold_in(test_key(trials), 0), found.inputs.shape)
    return Undisturbed(eqx.tree_at(lambda t: t.inputs, found, found.inputs + noise))


def _kicked(
    science: kinds.Science, behavior: kinds.KickBehavior, trials: kinds.Trials
) -> AbstractProbe:
    found = _drawn(science, trials)
    step = int(behavior.at * science.n_steps)
    shape = (trials.count, science.model.units)
    ways = jr.normal(jr.fold_in(test_key(trials), 1), shape)
    return Kicked(
        trials=_only_from(found, step),
        directions=ways / jnp.linalg.norm(ways, axis=-1, keepdims=True),
        size=jnp.asarray(behavior.size, jnp.float32),
        step=jnp.asarray(step, jnp.int32),
    )


def _free(
    science: kinds.Science, behavior: kinds.RolloutBehavior, trials: kinds.Trials
) -> AbstractProbe:
    found = _only_from(_drawn(science, trials), science.n_steps - behavior.steps)
    return FreeRunning(trials=found, steps=behavior.steps)


def _only_from(trials: Trials, step: int) -> Trials:
    """The same trials of which nothing before a step counts."""
    after = (jnp.arange(trials.mask.shape[1]) >= step)[None, :, None]
    return eqx.tree_at(lambda t: t.mask, trials, jnp.where(after, trials.mask, 0.0))


_PROBES: dict[type, Callable[[kinds.Science, Any, kinds.Trials], AbstractProbe]] = {
    kinds.TemporalBehavior: _longer,
    kinds.NoiseBehavior: _noisy,
    kinds.KickBehavior: _kicked,
    kinds.HoldBehavior: _held,
    kinds.RolloutBehavior: _free,
}
