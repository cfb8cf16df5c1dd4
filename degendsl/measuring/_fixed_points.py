"""Where a few networks stand still without input, in the plane their trajectories are drawn in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from degendsl import metrics
from degendsl.models import AbstractModel, Weights
from degendsl.spec import kinds
from degendsl.store import Store
from degendsl.vocabulary import model_of

from . import _evaluate
from ._cache import Arrays, Measured, Networks, cached, plain
from ._plane import plane_of

# A search costs more than units²; wide networks are searched from fewer states.
_STARTS, _STARTS_UNITS, _FEWEST = 48, 3072, 8
_KEPT = {"speed": "speeds", "fixed": "fixed", "unstable": "unstable", "visits": "visits"}


def fixed_points(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """Fixed and slow points of each network while its input is zero, from states that it visits.

    Found without private noise. One entry a point: `network`, its position among the seeds;
    `places` in the plane of the network's trajectories; `speed`, `fixed`, `unstable` and `visits`
    as of `metrics.FixedPoints`. `lost` is by network.
    """
    starts = max(_FEWEST, min(_STARTS, _STARTS_UNITS // networks.condition.science.model.units))
    settings = {"trials": plain(measure.trials), "starts": starts}

    def compute(_: Arrays) -> Arrays:
        science, parameters = networks.condition.science, networks.parameters
        test = _evaluate.condition_trials(science, measure.trials)
        states = list(_evaluate.states_on(science, test, parameters))
        visited = [one.reshape(-1, one.shape[-1]) for one in states]
        chosen = np.random.default_rng(0).permutation(len(visited[0]))[:starts]
        points = _search(science, parameters, np.stack([one[chosen] for one in visited]))
        planes = [plane_of(one) for one in states]
        counts = [len(one.speeds) for one in points]
        return {
            "network": np.repeat(np.arange(len(points)), counts),
            "places": np.concatenate(
                [plane.places(one.points) for plane, one in zip(planes, points, strict=True)]
            ),
            **{
                name: np.concatenate([getattr(one, field) for one in points])
                for name, field in _KEPT.items()
            },
            "lost": np.array([one.lost for one in points]),
        }

    return cached(store, networks, "fixed_points", settings, compute)


def _search(
    science: kinds.Science,
    parameters: Sequence[Mapping[str, np.ndarray]],
    starts: Float[np.ndarray, "network start unit"],
) -> list[metrics.FixedPoints]:
    model, constant = model_of(science), science.model.time_constant
    own = isinstance(constant, kinds.TimeConstants)
    # Velocities are counted in one time constant, though units may have their own.
    unit = constant.low if own else constant
    speedups = [
        unit / one["time_constant"] if own else np.ones(model.n_units) for one in parameters
    ]
    weights = [_without_input(_evaluate.weights_of(science, one)) for one in parameters]
    # Other solvers are taken for the flow itself.
    step = science.solver.dt / unit if isinstance(science.solver, kinds.Euler) else None
    found = metrics.field_points(
        _field(jax.tree.structure(replace(model, n_inputs=1, n_outputs=1))),
        jax.tree.map(lambda *leaves: np.stack(leaves), *zip(weights, speedups, strict=True)),
        starts,
        np.zeros((1, 1)),
        step=step,
    )
    return [one for (one,) in found]


def _without_input(weights: Weights) -> Weights:
    # With one channel of zeros, tasks of any number of channels share a program.
    return weights._replace(input=np.zeros((len(weights.recurrent), 1)))


@lru_cache
def _field(structure: Any) -> Callable[[Any, Array, Array], Array]:
    """The velocity of networks of one form, whose own numbers all come in with the parameters."""
    model: AbstractModel = jax.tree.unflatten(structure, [jnp.zeros(())] * structure.num_leaves)

    def velocity(parameters: Any, inputs: Array, state: Array) -> Array:
        weights, speedup = parameters
        return speedup * (model.drive(weights, state[None], inputs[None])[0] - state)

    return velocity
