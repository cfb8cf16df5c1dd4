"""How far a few steps of training move hidden states and outputs, at several widths.

`python docs/coordinate_check.py` draws `docs/coordinate_check.svg` and prints the slopes.
"""

from pathlib import Path
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from jaxtyping import Array, Float

from degendsl.models import AbstractModel, scaled
from degendsl.spec import kinds
from degendsl.training._loss import loss_of
from degendsl.vocabulary import model_of, optimizer_of, task_of

WIDTHS = (32, 64, 128, 256, 512)
GAMMAS = (0.25, 0.5, 1.0, 2.0)
STEPS = 10
# So small that neither form saturates.
RATES = {"mup": 1e-2, "standard": 1e-4}


class Change(NamedTuple):
    """Root mean squares of what training changed, one per γ and network."""

    hidden: Float[np.ndarray, "gamma network"]
    output: Float[np.ndarray, "gamma network"]


def changes(kind: str, width: int, gammas: tuple[float, ...], networks: int = 4) -> Change:
    """Train some networks for a few steps of Adam on the flip-flop and see what moved."""
    science = _science(kind, width)
    task, optimizer = task_of(science), optimizer_of(science)
    trials = task.trials(jr.key(1), 32)

    def one(gamma: Array, key: Array) -> tuple[Array, Array]:
        model = _with(model_of(science), gamma)
        start = parameters = model.initial(key)
        scales = model.rate_scales(parameters)
        update = optimizer.transformation(None, scales)

        def step(carried: Any, key: Array) -> tuple[Any, None]:
            parameters, moments = carried
            fresh = task.trials(key, 32)
            gradients = jax.grad(lambda p: loss_of(p, model, fresh)[0])(parameters)
            gradients = scaled(gradients, model.gradient_scales(parameters))
            updates, moments = update.update(gradients, moments, parameters)
            return (jax.tree.map(jnp.add, parameters, updates), moments), None

        steps = jr.split(jr.fold_in(key, 1), STEPS)
        (parameters, _), _ = jax.lax.scan(step, (parameters, update.init(parameters)), steps)
        before, after = (
            model.respond(start, trials.inputs),
            model.respond(parameters, trials.inputs),
        )
        return _rms(after.states - before.states), _rms(after.outputs - before.outputs)

    each = jax.vmap(jax.vmap(one, (None, 0)), (0, None))
    found = jax.jit(each)(jnp.asarray(gammas), jr.split(jr.key(0), networks))
    return Change(*(np.asarray(value, np.float64) for value in found))


def slope(x: Any, y: Any) -> float:
    """The power with which y follows x."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def _science(kind: str, width: int) -> kinds.Science:
    form = kinds.MuPParameterization() if kind == "mup" else kinds.StandardParameterization()
    return kinds.Science(
        task=kinds.FlipFlop(channels=2, duration=20.0),
        model=kinds.CurrentModel(
            units=width, init=kinds.GaussianInit(), parameterization=form, time_constant=2.0
        ),
        solver=kinds.Euler(),
        train=kinds.Train(optimizer=kinds.Adam(learning_rate=RATES[kind])),
        numerics=kinds.Numerics(),
    )


def _with(model: AbstractModel, gamma: Array) -> AbstractModel:
    if model.scaling is None:
        return model
    return eqx.tree_at(lambda m: m.scaling.gamma, model, gamma)


def _rms(values: Array) -> Array:
    return jnp.sqrt(jnp.mean(values**2))


def main() -> None:
    """Draw the picture and print the slopes."""
    import altair as alt

    titles = {"hidden": "hidden states", "output": "outputs"}
    rows: list[dict[str, Any]] = []
    for kind in RATES:
        gammas = GAMMAS if kind == "mup" else GAMMAS[:1]
        found = [changes(kind, width, gammas) for width in WIDTHS]
        for part in Change._fields:
            for index, gamma in enumerate(gammas):
                values = [getattr(one, part)[index].mean() for one in found]
                line = f"µP, γ = {gamma:g}" if kind == "mup" else "standard"
                print(f"{line}, {part}: changes as N^{slope(WIDTHS, values):.2f}")
                rows += [
                    {"units": width, "change": value, "form": line, "of": titles[part]}
                    for width, value in zip(WIDTHS, values, strict=True)
                ]
        if kind == "mup":
            widest = slope(gammas, found[-1].hidden.mean(axis=1))
            print(f"µP, hidden at {WIDTHS[-1]} units: changes as γ^{widest:.2f}")
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_line(point=True)
        .encode(
            x=alt.X("units:Q", scale=alt.Scale(type="log", base=2), title="units N"),
            y=alt.Y("change:Q", scale=alt.Scale(type="log"), title=f"change in {STEPS} steps"),
            color=alt.Color("form:N", title=None),
            column=alt.Column("of:N", title=None, sort=list(titles.values())),
        )
        .properties(width=260, height=220)
    )
    chart.save(str(Path(__file__).with_suffix(".svg")))


if __name__ == "__main__":
    main()
