"""What learning did to each network, beside its start: weights, tangent kernel, representation."""

import math
from collections.abc import Callable

import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
from jaxtyping import Array, Float, Int

from degendsl import metrics
from degendsl.models import AbstractModel, Parameters, from_arrays, parameter_groups
from degendsl.spec import kinds
from degendsl.store import Store
from degendsl.vocabulary import PRECISIONS, model_of

from . import _evaluate
from ._cache import Arrays, Measured, Networks, cached, plain
from ._left_out import WHY, attempt, reported, unsound

# Rows (trial, time, output) of the tangent kernel.
ROWS = 512
# Rows differentiated at once: their gradients then stay in a processor's cache.
AT_ONCE = 32


def weight_change(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """How far each recurrent matrix has moved, and what it was and became.

    The matrix is the one that acts between units. `…_init` is of the start, the rest of the
    matrix at the time of measuring. At the start itself there is nothing to tell.
    """
    if networks.at == "init":
        return Measured(seeds=networks.seeds, arrays={})

    def compute(_: Arrays) -> Arrays:
        science = networks.condition.science

        def one(start: dict[str, np.ndarray], now: dict[str, np.ndarray]) -> dict[str, float]:
            before = _evaluate.recurrent_of(science, start)
            after = _evaluate.recurrent_of(science, now)
            return {
                "weight_change": metrics.weight_change(after, before),
                "weight_change_relative": metrics.relative_weight_change(after, before),
                **_described(before, "_init"),
                **_described(after, ""),
            }

        return _each(networks, one)

    found = cached(store, networks, "weight_change", {}, compute)
    return reported(networks.seeds, [found.arrays], [""], ())


def kernel_alignment(store: Store, networks: Networks, measure: kinds.Measure) -> Measured:
    """Alignment of each network's tangent kernel and representation with those of its start.

    `kernel_alignment` is that of the recurrent parameters, `kernel_alignment_<group>` of others,
    `representation_alignment` that of the firing rates on all test trials. The rows of the kernel
    are the same for every network: a random choice, by the test seed, of trials, times and
    outputs that count in the loss. At the start itself there is nothing to tell.
    """
    if networks.at == "init":
        return Measured(seeds=networks.seeds, arrays={})
    settings = {"trials": plain(measure.trials), "rows": ROWS}

    def compute(_: Arrays) -> Arrays:
        science = networks.condition.science
        trials = _evaluate.condition_trials(science, measure.trials)
        rows = kernel_rows(np.asarray(trials.mask), measure.trials.seed)
        model, precision = model_of(science), PRECISIONS[science.numerics.precision]

        def one(start: dict[str, np.ndarray], now: dict[str, np.ndarray]) -> dict[str, float]:
            before, after = (from_arrays(arrays) for arrays in (start, now))
            rates = [np.asarray(_rates(model, p, trials.inputs)) for p in (after, before)]
            flat = [r.reshape(-1, r.shape[-1]) for r in rates]
            return {
                **alignments(model, after, before, trials.inputs, rows),
                "representation_alignment": metrics.feature_alignment(*flat),
            }

        with jax.default_matmul_precision(precision):
            return _each(networks, one)

    found = cached(store, networks, "kernel_alignment", settings, compute)
    return reported(networks.seeds, [found.arrays], [""], ())


def _each(
    networks: Networks,
    one: Callable[[dict[str, np.ndarray], dict[str, np.ndarray]], dict[str, float]],
) -> Arrays:
    """The numbers of each network, from its start and from what it has become; NaN if unsound."""
    rows: list[dict[str, float]] = []
    why = []
    starts = networks.then("init").parameters
    for start, now in zip(starts, networks.parameters, strict=True):
        bad = unsound(start, networks.name) or unsound(now, networks.name)
        found, failed = (None, bad) if bad else attempt(lambda s=start, n=now: one(s, n))
        rows.append(found or {})
        why.append(failed)
    names = dict.fromkeys(name for row in rows for name in row)
    numbers = {n: np.array([row.get(n, math.nan) for row in rows]) for n in names}
    return {**numbers, WHY: np.array(why)}


def kernel_rows(
    mask: Float[np.ndarray, "trial time output"], seed: int, count: int = ROWS
) -> Int[np.ndarray, "row 3"]:
    """`count` triples (trial, time, output) among those that count in the loss, or all of them."""
    there = np.argwhere(mask != 0)
    # A stream of its own, as training has 0, 1, 3 and 4 and the test trials 2.
    key = jr.fold_in(jr.key(seed), 5)
    return there[np.sort(np.asarray(jr.permutation(key, len(there)))[:count])]


def alignments(
    model: AbstractModel,
    after: Parameters,
    before: Parameters,
    inputs: Float[Array, "trial time input"],
    rows: Int[np.ndarray, "row 3"],
) -> dict[str, float]:
    """Alignment of the tangent kernels of one network at two times, group by group."""
    features = [_by_group(_jacobian(model, p, inputs, jnp.asarray(rows))) for p in (after, before)]
    return {
        "kernel_alignment" if group == "recurrent" else f"kernel_alignment_{group}": (
            metrics.feature_alignment(features[0][group], features[1][group])
        )
        for group in features[0]
    }


@jax.jit
def _jacobian(
    model: AbstractModel,
    parameters: Parameters,
    inputs: Float[Array, "trial time input"],
    rows: Int[Array, "row 3"],
) -> Parameters:
    """The derivative of the output at each row, as parameters with a leading row axis."""

    def row(triple: Int[Array, " 3"]) -> Parameters:
        trial, time, output = triple

        def value(p: Parameters) -> Array:
            return model.respond(p, inputs[trial][None]).outputs[0, time, output]

        return jax.grad(value)(parameters)

    return jax.lax.map(row, rows, batch_size=AT_ONCE)


@jax.jit
def _rates(
    model: AbstractModel, parameters: Parameters, inputs: Float[Array, "trial time input"]
) -> Float[Array, "trial time unit"]:
    return model.rates(model.states(parameters, inputs))


def _by_group(jacobian: Parameters) -> dict[str, Float[np.ndarray, "row parameter"]]:
    """The derivatives of each group of parameters side by side; of what is fixed there are none."""
    groups: dict[str, list[np.ndarray]] = {}
    names = jax.tree.leaves(parameter_groups(jacobian))
    for group, leaf in zip(names, jax.tree.leaves(jacobian), strict=True):
        if group != "fixed":
            groups.setdefault(group, []).append(np.asarray(leaf).reshape(len(leaf), -1))
    return {group: np.concatenate(arrays, axis=1) for group, arrays in groups.items()}


def _described(matrix: Float[np.ndarray, "unit unit"], suffix: str) -> dict[str, float]:
    numbers = {
        "spectral_radius": metrics.spectral_radius(matrix),
        "effective_rank": metrics.effective_rank(matrix),
        "sparsity": metrics.sparsity(matrix),
    }
    return {f"{name}{suffix}": value for name, value in numbers.items()}
