"""One-step prediction of the Lorenz-96 system."""

import math
from functools import lru_cache
from typing import Any, NamedTuple, final

import diffrax
import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from degendsl.spec import kinds

from ._base import AbstractTask, Trials

# States of the attractor that trials start near, and the kick that sets them apart.
_STARTS = 1024
_KICK = 0.1
# Samples that a trial is integrated before it begins, to fall back onto the attractor.
_SETTLING = 20
# Solver steps per sample.
_SUBSTEPS = 2


@final
class Lorenz96(AbstractTask):
    """Predict the next sample of a chaotic system on its attractor (Lorenz 1996).

    starts: states on the attractor. mean, deviation: of a site, over time. persistence: the mean
    squared change of a standardised site from one sample to the next. dt: time between samples.
    """

    starts: Float[Array, "start site"]
    forcing: Float[Array, ""]
    mean: Float[Array, ""]
    deviation: Float[Array, ""]
    persistence: Float[Array, ""]
    dt: Float[Array, ""]
    n_steps: int = eqx.field(static=True)

    def trials(self, key: PRNGKeyArray, batch: int) -> Trials:
        start_key, kick_key = jr.split(key)
        start = self.starts[jr.randint(start_key, (batch,), 0, len(self.starts))]
        start = start + _KICK * self.deviation * jr.normal(kick_key, start.shape)
        samples = (self._samples(start)[:, _SETTLING - 1 :] - self.mean) / self.deviation
        inputs, targets = samples[:, :-1], samples[:, 1:]
        everywhere = jnp.ones_like(targets)
        return Trials(
            inputs=inputs,
            targets=targets,
            mask=everywhere / self.persistence,
            response=everywhere,
        )

    def _samples(self, start: Float[Array, "trial site"]) -> Float[Array, "trial time site"]:
        """States after each sampling interval, settling included."""
        n_steps = _SUBSTEPS * (_SETTLING + self.n_steps)

        # Time is counted in solver steps, so that `dt` stays out of the loop's end.
        def vector_field(_: Any, state: Any, __: Any) -> Array:
            return (self.dt / _SUBSTEPS) * tendency(state, self.forcing)

        solution = diffrax.diffeqsolve(
            diffrax.ODETerm(vector_field),
            diffrax.Tsit5(),
            t0=0.0,
            t1=float(n_steps),
            dt0=1.0,
            y0=start,
            saveat=diffrax.SaveAt(steps=_SUBSTEPS),
            max_steps=n_steps,
            throw=False,
        )
        assert solution.ys is not None
        return jnp.swapaxes(solution.ys, 0, 1)


def tendency(state: Any, forcing: Any) -> Any:
    """dx_i/dt of Lorenz-96, for NumPy and JAX; the last axis is the ring of sites."""
    roll = jnp.roll if isinstance(state, jax.Array) else np.roll
    ahead, behind, further = (roll(state, shift, axis=-1) for shift in (-1, 1, 2))
    return (ahead - further) * behind - state + forcing


class Attractor(NamedTuple):
    """What a long run of the system tells; sites are alike, so statistics are over all of them."""

    states: Float[np.ndarray, "start site"]
    mean: float
    deviation: float
    persistence: float


@lru_cache(maxsize=64)
def attractor(sites: int, forcing: float, dt: float) -> Attractor:
    """Many independent runs after 20 time units, in double precision, the same on every machine."""
    state = np.random.default_rng(0).normal(forcing / 4, 1.0, (_STARTS, sites))
    for _ in range(1000):
        state = _runge_kutta(state, forcing, 0.02)
    after = state
    pieces = math.ceil(dt / 0.01)
    for _ in range(pieces):
        after = _runge_kutta(after, forcing, dt / pieces)
    variance = float(state.var())
    return Attractor(
        states=state,
        mean=float(state.mean()),
        deviation=math.sqrt(variance),
        persistence=float(((after - state) ** 2).mean()) / variance,
    )


def _runge_kutta(state: np.ndarray, forcing: float, step: float) -> np.ndarray:
    a = tendency(state, forcing)
    b = tendency(state + step / 2 * a, forcing)
    c = tendency(state + step / 2 * b, forcing)
    d = tendency(state + step * c, forcing)
    return state + step / 6 * (a + 2 * b + 2 * c + d)


def lorenz96(description: kinds.Lorenz96, n_steps: int, dt: float) -> Lorenz96:
    """The task that a spec describes, `n_steps` samples long and `dt` apart."""
    found = attractor(description.sites, description.forcing, dt)
    return Lorenz96(
        starts=jnp.asarray(found.states, jnp.float32),
        forcing=jnp.asarray(description.forcing, jnp.float32),
        mean=jnp.asarray(found.mean, jnp.float32),
        deviation=jnp.asarray(found.deviation, jnp.float32),
        persistence=jnp.asarray(found.persistence, jnp.float32),
        dt=jnp.asarray(dt, jnp.float32),
        n_steps=n_steps,
    )
