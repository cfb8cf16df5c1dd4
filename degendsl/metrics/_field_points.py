"""Where a vector field stands still, or nearly: fixed and slow points, by least squares."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import lineax as lx
import numpy as np
import optimistix as optx
from jaxtyping import Array, Complex, Float, Int, PyTree

from degendsl.errors import LEAVE_OUT, MeasureError

from ._numbers import array_of, listed, positive, real_numbers

# Of one network's parameters, an input and a state: τ times the state's velocity.
Field = Callable[[Any, Any, Any], Any]

# Newton's last steps square the error, so this is reached a step or two after 1e-5.
_TOLERANCE = 1e-10
_MAX_STEPS = 256
# Networks solved side by side; they wait for the slowest of them.
_AT_ONCE = 4


class FixedPoints(NamedTuple):
    """The fixed and slow points of one network under one constant input, the slowest first.

    points: states. speeds: ½‖F‖² there, F the velocity per time constant; a point counts as fixed
    where `fixed` says so, else it is slow. visits: how many starts ended there.
    eigenvalues: of the Jacobian of F, the least stable first. unstable: how many directions grow.
    lost: starts that ended neither at a fixed nor at a slow point.
    """

    points: Float[np.ndarray, "point unit"]
    speeds: Float[np.ndarray, " point"]
    fixed: np.ndarray
    visits: Int[np.ndarray, " point"]
    eigenvalues: Complex[np.ndarray, "point unit"]
    unstable: Int[np.ndarray, " point"]
    lost: int

    @property
    def stable(self) -> int:
        """How many fixed points attract from every side."""
        return int((self.fixed & (self.unstable == 0)).sum())


def field_points(
    field: Field,
    parameters: PyTree[Any],
    starts: Float[Any, "network start unit"],
    inputs: Float[Any, "input channel"],
    *,
    step: float | None = None,
    slow: float = 1e-4,
    fixed: float = 1e-14,
    same: float = 1e-3,
) -> list[list[FixedPoints]]:
    """Fixed and slow points of any vector field, by least squares on the speed q = ½‖F‖².

    Levenberg–Marquardt in float64 from every start, networks, inputs and starts in batches; ends
    that lie close are one point. Its minima are the fixed points, q = 0, and the slow points, where
    the state lingers (Haviv, Rivkind & Barak 2019).

    **Arguments:**

    - `field`: of the parameters of one network, one input and one state, in JAX.
    - `parameters`: any tree of arrays with the networks in front.
    - `starts`: states to search from, in any units.
    - `inputs`: held constant, one after the other.
    - `step`: dt/τ where the network is a map that moves by `step` F at a time: a direction is
        unstable where |1 + step λ| > 1. Without it, where Re λ > 0.
    - `slow`, `fixed`: the speeds up to which a minimum counts as slow, and as fixed, in squared
        units of the states.
    - `same`: ends closer than this, relative to the root mean square norm of the starts, are one.

    **Returns:** one entry per network, and in it one per input: points in the units of the states.

    **Raises** `MeasureError` naming the network whose parameters or starts are not finite real
    numbers; for inputs that are not, and settings that are not above 0.

    **References:** Sussillo & Barak, Neural Computation 2013; Haviv, Rivkind & Barak, ICML 2019,
    arXiv:1902.07275.
    """
    positive(slow=slow, fixed=fixed, same=same, step=1 if step is None else step)
    starts = of_networks(starts, "starts", ("start", "unit"))
    inputs = real_numbers(inputs, "the inputs", ("input", "channel")).astype(np.float64)
    parameters = _checked(parameters, len(starts))
    with jax.enable_x64(True):
        search, slope = _programs(field)
        ends, speeds = jax.device_get(search(parameters, inputs, starts))
        found = []
        for index in range(len(starts)):
            one = jax.tree.map(lambda leaf, i=index: leaf[i], parameters)
            near = same * np.sqrt((starts[index] ** 2).sum(axis=1).mean())
            found.append([])
            for at, x in enumerate(inputs):
                kept, visits = _merged(ends[index, at], speeds[index, at], slow, near)
                points = ends[index, at][kept]
                spectra = [np.linalg.eigvals(np.asarray(slope(one, x, p))) for p in points]
                eigenvalues, unstable = _stability(spectra, points.shape[1], step)
                speed = speeds[index, at][kept]
                lost = starts.shape[1] - int(visits.sum())
                found[-1].append(
                    FixedPoints(points, speed, speed <= fixed, visits, eigenvalues, unstable, lost)
                )
        return found


@lru_cache
def _programs(field: Field) -> tuple[Callable[..., Any], Callable[..., Any]]:
    # The normal equations serve, and steps that are not exact: both only slow the last steps.
    # Conjugate gradients stay on their own thread, where a factorisation of 100 units starts
    # others and takes ten times longer.
    solver = optx.LevenbergMarquardt(
        rtol=_TOLERANCE,
        atol=_TOLERANCE,
        linear_solver=lx.Normal(lx.CG(rtol=1e-6, atol=1e-12)),
    )

    def end(parameters: Any, x: Array, start: Array) -> tuple[Array, Array]:
        found = optx.least_squares(
            lambda state, _: field(parameters, x, state),
            solver,
            start,
            max_steps=_MAX_STEPS,
            throw=False,
        ).value
        return found, 0.5 * jnp.sum(field(parameters, x, found) ** 2)

    starts_of = jax.vmap(end, in_axes=(None, None, 0))
    inputs_of = jax.vmap(starts_of, in_axes=(None, 0, None))

    def search(parameters: Any, inputs: Array, starts: Array) -> tuple[Array, Array]:
        if len(starts) <= _AT_ONCE:
            # Without a loop around them few networks compile a third faster.
            return jax.vmap(inputs_of, in_axes=(0, None, 0))(parameters, inputs, starts)
        return jax.lax.map(
            lambda one: inputs_of(one[0], inputs, one[1]), (parameters, starts), batch_size=_AT_ONCE
        )

    return eqx.filter_jit(search), eqx.filter_jit(jax.jacfwd(field, argnums=2))


def _merged(
    ends: Float[np.ndarray, "start unit"],
    speeds: Float[np.ndarray, " start"],
    slow: float,
    near: float,
) -> tuple[Int[np.ndarray, " point"], Int[np.ndarray, " point"]]:
    """The ends that stand for all close to them, the slowest of each, and how many they are."""
    kept: list[int] = []
    visits: list[int] = []
    finite = np.isfinite(speeds) & np.isfinite(ends).all(axis=1)
    for index in np.argsort(np.where(finite, speeds, np.inf), kind="stable"):
        if not finite[index] or speeds[index] > slow:
            break
        apart = np.linalg.norm(ends[kept] - ends[index], axis=1) if kept else np.zeros(0)
        if len(apart) and apart.min() <= near:
            visits[int(apart.argmin())] += 1
        else:
            kept.append(int(index))
            visits.append(1)
    return np.array(kept, int), np.array(visits, int)


def _stability(
    spectra: Sequence[np.ndarray], n_units: int, step: float | None
) -> tuple[Complex[np.ndarray, "point unit"], Int[np.ndarray, " point"]]:
    if not spectra:
        return np.zeros((0, n_units), complex), np.zeros(0, int)
    eigenvalues = np.stack(spectra).astype(complex)
    growth = np.real(eigenvalues) if step is None else np.abs(1 + step * eigenvalues) - 1
    order = np.argsort(-growth, axis=1, kind="stable")
    # Eigenvalues err by rounding; what neither grows nor shrinks is not unstable.
    unstable = (growth > 1e-9).sum(axis=1)
    return np.take_along_axis(eigenvalues, order, axis=1), unstable


def of_networks(values: Any, what: str, axes: Sequence[str]) -> np.ndarray:
    """Arrays of one shape, one of each network."""
    found = [
        real_numbers(one, f"the {what} of network {index}", axes)
        for index, one in enumerate(listed(values, f"the {what}"))
    ]
    if not found:
        raise MeasureError(f"the {what} are of no network; add networks")
    for index, one in enumerate(found):
        if one.shape != found[0].shape:
            raise MeasureError(
                f"the {what} of network {index} have shape {one.shape} and those of network 0 "
                f"{found[0].shape}; search networks of different sizes one by one"
            )
    return np.stack(found).astype(np.float64)


def _checked(parameters: PyTree[Any], n_networks: int) -> PyTree[Any]:
    """The parameters in float64, an entry for each network."""

    def checked(leaf: Any) -> np.ndarray:
        found = np.asarray(leaf)
        if found.ndim == 0 or len(found) != n_networks:
            raise MeasureError(
                f"there are starts of {n_networks} networks and a parameter of shape "
                f"{found.shape}; put networks in front"
            )
        axes = [f"axis {axis}" for axis in range(found.ndim)]
        found = array_of(found, "the parameters", axes, empty=True).astype(np.float64)
        for index, one in enumerate(found):
            if not np.isfinite(one).all():
                raise MeasureError(f"the weights of network {index} are not finite", LEAVE_OUT)
        return found

    return jax.tree.map(checked, parameters)
