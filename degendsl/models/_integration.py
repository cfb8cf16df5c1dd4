"""How the equations are solved from one held input to the next.

Time is counted in solver steps, so a loop is the same for every lane whatever its `dt`. The input
jumps at every whole step, and no solver steps across a jump: what is of order p on a smooth
problem would be of order 1 there.
"""

import abc
from collections.abc import Callable
from typing import Any, final

import diffrax
import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

State = Float[Array, "trial unit"]
# The change of the state per step, from the state and what is held over the step.
Field = Callable[[Array, Any], Array]


class AbstractIntegrator(eqx.Module):
    """Solves dx/ds = field(x, held) with s in steps, `held` being constant over each step."""

    @abc.abstractmethod
    def states(self, field: Field, start: State, held: Any) -> Float[Array, "time trial unit"]:
        """The state at the end of each step; `held` is a tree of arrays, time first."""

    @abc.abstractmethod
    def noise_gain(self, leak: Float[Array, "..."]) -> Float[Array, "..."]:
        """The noise per step for a stationary SD of 1, of a unit that nothing else drives."""


@final
class Euler(AbstractIntegrator):
    """Forward Euler, one step for each held input. Euler–Maruyama where there is noise."""

    def states(self, field: Field, start: State, held: Any) -> Float[Array, "time trial unit"]:
        n_steps = jax.tree.leaves(held)[0].shape[0]

        def vector_field(step: Any, state: Any, _: Any) -> Array:
            return field(state, _at(held, step.astype(jnp.int32)))

        solution = diffrax.diffeqsolve(
            diffrax.ODETerm(vector_field),
            diffrax.Euler(),
            t0=0.0,
            t1=float(n_steps),
            dt0=1.0,
            y0=start,
            saveat=diffrax.SaveAt(steps=True),
            # One checkpoint a step: no state is computed twice, and nothing else is kept.
            adjoint=diffrax.RecursiveCheckpointAdjoint(checkpoints=n_steps),
            max_steps=n_steps,
            throw=False,
        )
        assert solution.ys is not None
        return solution.ys

    def noise_gain(self, leak: Float[Array, "..."]) -> Float[Array, "..."]:
        # x ← (1 − a) x + g ξ has variance g²/(1 − (1 − a)²); for small steps g² is the 2a of
        # the stochastic differential equation.
        return jnp.sqrt(leak * (2 - leak))


@final
class OneStep(AbstractIntegrator):
    """One step of a Runge–Kutta method for each held input; Heun's method by default.

    Noise is additive, so holding its increment over the step is Heun's method for the stochastic
    differential equation, where Itô and Stratonovich agree.
    """

    solver: diffrax.AbstractSolver = eqx.field(static=True, default_factory=diffrax.Heun)

    def states(self, field: Field, start: State, held: Any) -> Float[Array, "time trial unit"]:
        # Backwards each step is computed anew from its state, as Euler's is.
        @jax.checkpoint
        def step(state: Array, now: Any) -> tuple[Array, Array]:
            # Every stage sees `now`: the solver never learns that there is another input.
            term = diffrax.ODETerm(lambda _, inner, __: field(inner, now))
            memory = self.solver.init(term, 0.0, 1.0, state, None)
            state, *_ = self.solver.step(term, 0.0, 1.0, state, None, memory, made_jump=False)
            return state, state

        return jax.lax.scan(step, start, held)[1]

    def noise_gain(self, leak: Float[Array, "..."]) -> Float[Array, "..."]:
        # Heun on dx = −a x ds + g dW is x ← R x + (1 − a/2) g ξ with R = 1 − a + a²/2.
        decay = 1 - leak + leak**2 / 2
        return jnp.sqrt(1 - decay**2) / (1 - leak / 2)


# Solver steps per held input beyond which a network counts as diverged.
MOST_STEPS = 64


@final
class Adaptive(AbstractIntegrator):
    """A Runge–Kutta method whose steps are as long as the tolerances allow, up to the next jump.

    Each trial has steps of its own, so its states do not depend on the trials beside it.
    """

    solver: diffrax.AbstractAdaptiveSolver = eqx.field(static=True)
    rtol: Float[Array, ""]
    atol: Float[Array, ""]

    def states(self, field: Field, start: State, held: Any) -> Float[Array, "time trial unit"]:
        n_steps = jax.tree.leaves(held)[0].shape[0]
        jumps = jnp.arange(1.0, n_steps)
        controller = diffrax.ClipStepSizeController(
            diffrax.PIDController(rtol=self.rtol, atol=self.atol), jump_ts=jumps
        )

        def one(start: Array, held: Any) -> Array:
            def vector_field(time: Any, state: Any, _: Any) -> Array:
                # A step ends one unit in the last place before a jump, and the next begins as
                # much after it, so rounding down always finds the input that is held.
                now = _at(held, jnp.minimum(time.astype(jnp.int32), n_steps - 1))
                alone = field(state[None], jax.tree.map(lambda leaf: leaf[None], now))
                return alone[0]

            solution = diffrax.diffeqsolve(
                diffrax.ODETerm(vector_field),
                self.solver,
                t0=0.0,
                t1=float(n_steps),
                dt0=None,
                y0=start,
                saveat=diffrax.SaveAt(ts=jnp.arange(1.0, n_steps + 1)),
                stepsize_controller=controller,
                max_steps=MOST_STEPS * n_steps,
                # What could not be solved is infinite, and its network diverged.
                throw=False,
            )
            assert solution.ys is not None
            return solution.ys

        return jax.vmap(one, in_axes=(0, 1), out_axes=1)(start, held)

    def noise_gain(self, leak: Float[Array, "..."]) -> Float[Array, "..."]:
        raise ValueError("Solvers with adaptive steps take no noise; use `euler` or `heun`.")


def _at(held: Any, step: Array) -> Any:
    return jax.tree.map(lambda leaf: leaf[step], held)
