"""Words become objects here and nowhere else: one line per kind.

A new model, initialisation, nonlinearity or penalty is its description in `degendsl/spec/kinds`,
its implementation, and its line below.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, get_args

import diffrax
import jax.numpy as jnp
from jaxtyping import Array, Float

from degendsl import learning, models, tasks
from degendsl.learning import penalties
from degendsl.models import nonlinearities
from degendsl.spec import describe, kind_name, kinds


def _task(word: str) -> Callable[..., tasks.AbstractTask]:
    return getattr(import_module(f"degendsl.tasks._{word}"), word)


# Every task of the language is made by the function of its own name, in the module of that name.
TASKS: dict[type, Callable[..., tasks.AbstractTask]] = {
    kind: _task(kind_name(kind)) for kind in get_args(kinds.Task)
}

MODELS: dict[type, Callable[..., models.AbstractModel]] = {
    kinds.RateModel: models.RateModel,
    kinds.CurrentModel: models.CurrentModel,
}

NONLINEARITIES: dict[str, Callable[[Array], Array]] = {
    "tanh": nonlinearities.tanh,
    "relu": nonlinearities.relu,
    "softplus": nonlinearities.softplus,
    "sigmoid": nonlinearities.sigmoid,
}

INITIALISERS: dict[type, Callable[..., models.AbstractInitialiser]] = {
    kinds.UniformInit: lambda _: models.Uniform(),
    kinds.GaussianInit: lambda init: models.Gaussian(_number(init.gain), init.rank or None),
    kinds.OrthogonalInit: lambda init: models.Orthogonal(_number(init.gain)),
}

PARAMETERIZATIONS: dict[type, Callable[..., models.MuP | None]] = {
    kinds.StandardParameterization: lambda _: None,
    kinds.MuPParameterization: lambda mup: models.MuP(_number(mup.gamma), mup.centred),
}

SOLVERS: dict[type, Callable[..., models.AbstractIntegrator]] = {
    kinds.Euler: lambda _: models.Euler(),
    kinds.Heun: lambda _: models.OneStep(diffrax.Heun()),
    kinds.Tsit5: lambda solver: _adaptive(diffrax.Tsit5(), solver),
    kinds.Dopri5: lambda solver: _adaptive(diffrax.Dopri5(), solver),
}

OPTIMIZERS: dict[type, Callable[..., learning.AbstractOptimizer]] = {
    kinds.Adam: learning.Adam,
    kinds.AdamW: learning.AdamW,
    kinds.SGD: learning.SGD,
}

SCHEDULES: dict[type, Callable[..., learning.AbstractSchedule]] = {
    kinds.ConstantSchedule: learning.Constant,
    kinds.CosineSchedule: learning.Cosine,
    kinds.PlateauSchedule: learning.Plateau,
}

# Penalties on the recurrent matrix that acts, and on firing rates of (trial, time, unit).
MATRIX_PENALTIES: dict[str, Callable[[Array], Array]] = {
    "l1": penalties.l1,
    "l2": penalties.l2,
    "nuclear": penalties.nuclear,
}
RATE_PENALTIES: dict[str, Callable[[Array], Array]] = {
    "rates": penalties.mean_square,
}

# What a spec calls a precision, in the words of `jax.default_matmul_precision`.
PRECISIONS: dict[str, str] = {
    "float32": "highest",
    "tf32": "tensorfloat32",
    "bfloat16": "bfloat16",
}


def task_of(science: kinds.Science) -> tasks.AbstractTask:
    """The task that a condition trains on."""
    return TASKS[type(science.task)](science.task, science.n_steps, science.solver.dt)


def model_of(science: kinds.Science) -> models.AbstractModel:
    """The dynamics that a condition trains, without parameters."""
    model, dt, constant = science.model, science.solver.dt, science.model.time_constant
    own = isinstance(constant, kinds.TimeConstants)
    return MODELS[type(model)](
        leak=_number(dt / (constant.low if own else constant)),
        initialiser=INITIALISERS[type(model.init)](model.init),
        nonlinearity=NONLINEARITIES[model.nonlinearity],
        n_inputs=science.task.input_size,
        n_units=model.units,
        n_outputs=science.task.output_size,
        integrator=SOLVERS[type(science.solver)](science.solver),
        connectivity=_connectivity(model.recurrent),
        scaling=PARAMETERIZATIONS[type(model.parameterization)](model.parameterization),
        spread=models.Spread(*map(_number, (constant.low, constant.high, dt))) if own else None,
        noise=_number(model.noise) if model.noise else None,
        biased=model.biases,
        learns_start=model.initial_state == "learned",
    )


def optimizer_of(science: kinds.Science) -> learning.AbstractOptimizer:
    """What turns the gradients of a condition into updates."""
    optimizer = science.train.optimizer
    schedule = SCHEDULES[type(optimizer.schedule)](**_numbers(optimizer.schedule))
    return OPTIMIZERS[type(optimizer)](schedule=schedule, **_numbers(optimizer))


def penalties_of(science: kinds.Science) -> dict[str, Array]:
    """The coefficients of the penalties that a condition has."""
    found = _numbers(science.train.penalties).items()
    return {name: coefficient for name, coefficient in found if coefficient is not None}


def _numbers(block: Any) -> dict[str, Array | None]:
    """The numbers of a block as a program gets them; None for what is left out of it."""
    return {
        name: None if about.absent_at_zero and getattr(block, name) == 0 else _traced(block, name)
        for name, about in describe(type(block)).items()
        if about.role == "number"
    }


def _traced(block: Any, name: str) -> Array:
    return jnp.asarray(getattr(block, name), jnp.float32)


def _connectivity(recurrent: kinds.Recurrent) -> models.Connectivity:
    return models.Connectivity(
        absent=_number(recurrent.sparse) if recurrent.sparse else None,
        excitatory=_number(recurrent.dale) if recurrent.dale else None,
        rank=recurrent.low_rank or None,
    )


def _adaptive(
    method: diffrax.AbstractAdaptiveSolver, solver: kinds.Tsit5 | kinds.Dopri5
) -> models.Adaptive:
    return models.Adaptive(method, _number(solver.rtol), _number(solver.atol))


def _number(value: float) -> Float[Array, ""]:
    return jnp.asarray(value, jnp.float32)
