"""Words become objects here and nowhere else: one line per kind.

A new task, model or initialisation is its description in `degendsl/spec/kinds`, its
implementation, and its line below.
"""

from collections.abc import Callable

import jax.numpy as jnp

from degendsl import learning, models, tasks
from degendsl.spec import kinds

TASKS: dict[type, Callable[..., tasks.AbstractTask]] = {
    kinds.FlipFlop: tasks.flip_flop,
    kinds.DelayedDiscrimination: tasks.delayed_discrimination,
}

MODELS: dict[type, Callable[..., models.AbstractModel]] = {
    kinds.RateModel: models.RateModel,
    kinds.CurrentModel: models.CurrentModel,
}

INITIALISERS: dict[type, Callable[..., models.AbstractInitialiser]] = {
    kinds.UniformInit: lambda _: models.Uniform(),
    kinds.GaussianInit: lambda init: models.Gaussian(jnp.asarray(init.gain, jnp.float32)),
}

OPTIMIZERS: dict[type, Callable[..., learning.AbstractOptimizer]] = {
    kinds.Adam: learning.Adam,
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
    model = science.model
    return MODELS[type(model)](
        leak=jnp.asarray(science.solver.dt / model.time_constant, jnp.float32),
        initialiser=INITIALISERS[type(model.init)](model.init),
        nonlinearity=models.NONLINEARITIES[model.nonlinearity],
        n_inputs=science.task.input_size,
        n_units=model.units,
        n_outputs=science.task.output_size,
    )


def optimizer_of(science: kinds.Science) -> learning.AbstractOptimizer:
    """What turns the gradients of a condition into updates."""
    optimizer = science.train.optimizer
    return OPTIMIZERS[type(optimizer)](
        learning_rate=jnp.asarray(optimizer.learning_rate, jnp.float32)
    )
