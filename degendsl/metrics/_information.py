"""How much a task asks of a memory: entropies of discrete targets, Gaussian rates of others.

Every number comes with a 95 % interval, a delete-one-group jackknife over groups of trials: steps
of one trial are not independent, trials are.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float
from scipy import stats

from ._numbers import alike, positive, real_numbers

_GROUPS = 16
_CONFIDENCE = 0.95
# Products of two inputs are left out where there would be more features than this.
_MOST_FEATURES = 1000
_SAME = "give the inputs of these trials and times"


class Estimate(NamedTuple):
    """A number of bits and its 95 % confidence interval."""

    value: float
    low: float
    high: float


def conditional_entropy(
    targets: Any, inputs: Any | None = None, *, time_known: bool = False
) -> Estimate:
    """H(y_t | x_t) of one channel, in bits; without inputs H(y_t).

    The plug-in estimate with the correction of Miller & Madow (1955) for each x, and for each t
    where the time is known; the mean over x and t otherwise.

    **Arguments:**

    - `targets`, `inputs`: (trial, time), numbers of which few are different.
    - `time_known`: whether t is part of what is given.

    **Returns:** bits, at least 0, with an interval over groups of trials; its ends are NaN where
    there are fewer than three trials.

    **Raises** `MeasureError` for what is not finite, empty or not (trial, time), and for inputs of
    other trials or times than the targets.

    **Reference:** Miller 1955, Note on the bias of information estimates.
    """
    targets = real_numbers(targets, "the targets", ("trial", "time"))
    given = np.zeros_like(targets)
    if inputs is not None:
        given = real_numbers(inputs, "the inputs", ("trial", "time"))
        alike(targets, given, "targets and inputs", _SAME)
    n_trials, n_steps = targets.shape
    y, n_y = _codes(targets)
    x, n_x = _codes(given)
    if time_known:
        x, n_x = x + n_x * np.arange(n_steps), n_x * n_steps
    cells = x * n_y + y
    groups = [np.bincount(cells[part].ravel(), minlength=n_x * n_y) for part in _parts(n_trials)]
    return _jackknife(np.stack(groups), lambda counts: _entropy(counts.reshape(n_x, n_y)))


def gaussian_rate(
    targets: Float[Any, "trial time output"],
    inputs: Float[Any, "trial time input"] | None = None,
    *,
    distortion: float,
    time_known: bool = False,
    discrete_inputs: bool = False,
) -> Estimate:
    """Σ_c ½ log₂⁺(E Var(y_c | x_t)/D) in bits: an upper bound of what a memory has to hold.

    Mutual information with a continuous target is infinite, so this asks how many bits it takes to
    know the target up to a mean squared error of D. A Gaussian needs the most bits of all
    variables with its variance, and a variance left over by
    a regression is at least the conditional one, so that the bound holds twice.

    **Arguments:**

    - `targets`: of any number of outputs, whose bits add up.
    - `inputs`: of the same trials and times; without any, the bound of H(y_t).
    - `distortion`: D, above 0, in squared units of the targets.
    - `time_known`: whether t is part of what is given; then there is one regression for each t.
    - `discrete_inputs`: the inputs take few values, each of which has its own mean; otherwise the
        regression is on the inputs and their products of two.

    **Returns:** bits, at least 0, with an interval over groups of trials; its ends are NaN where
    there are fewer than three trials.

    **Raises** `MeasureError` for what is not finite, empty or not (trial, time, channel), for
    inputs of other trials or times than the targets, and for a distortion that is not above 0.

    **Reference:** Cover & Thomas, Elements of Information Theory, 2006, ch. 10.
    """
    positive(distortion=distortion)
    targets = real_numbers(targets, "the targets", ("trial", "time", "output")).astype(np.float64)
    n_trials, n_steps, n_outputs = targets.shape
    given = np.zeros((n_trials, n_steps, 1))
    if inputs is not None:
        given = real_numbers(inputs, "the inputs", ("trial", "time", "input")).astype(np.float64)
        alike(targets[..., 0], given[..., 0], "targets and inputs", _SAME)
    grouped = discrete_inputs or inputs is None
    features = _one_hot(given) if grouped else _products(given)
    both = np.concatenate([features, targets], axis=-1)
    # One regression for each step, or one for all of them.
    rows = np.swapaxes(both, 0, 1) if time_known else both.reshape(1, -1, both.shape[-1])
    per_trial = 1 if time_known else n_steps
    parts = [rows[:, one.start * per_trial : one.stop * per_trial] for one in _parts(n_trials)]
    moments = np.stack([np.swapaxes(part, 1, 2) @ part for part in parts])
    left_over = _left_in_groups if grouped else _left_over
    count = n_trials * per_trial

    def rate(total: np.ndarray, share: float) -> float:
        left = np.mean([left_over(one, n_outputs, share * count) for one in total], axis=0)
        return float(np.maximum(0.5 * np.log2(np.maximum(left, 1e-300) / distortion), 0).sum())

    total = moments.sum(axis=0)
    left_out = [rate(total - one, 1 - 1 / len(moments)) for one in moments]
    return _interval(rate(total, 1.0), np.array(left_out))


def _entropy(counts: Float[np.ndarray, "x y"] | np.ndarray) -> float:
    """Mean over x of the entropy of y, weighted by how often x occurs."""
    per_x = counts.sum(axis=1)
    share = counts / np.maximum(per_x, 1)[:, None]
    plug_in = -(share * np.log2(np.where(share > 0, share, 1))).sum(axis=1)
    seen = (counts > 0).sum(axis=1)
    corrected = plug_in + np.maximum(seen - 1, 0) / (2 * math.log(2) * np.maximum(per_x, 1))
    return float((per_x * corrected).sum() / per_x.sum())


def _left_in_groups(moments: np.ndarray, n_outputs: int, count: float) -> np.ndarray:
    """Variance of each target inside groups, whose features are 1 in one group each."""
    sizes = np.diag(moments)[:-n_outputs]
    kept = sizes > 0
    explained = moments[:-n_outputs, -n_outputs:][kept] / np.sqrt(sizes[kept])[:, None]
    return _residual(moments, n_outputs, explained, count - kept.sum())


def _left_over(moments: np.ndarray, n_outputs: int, count: float) -> np.ndarray:
    """Variance of each target that a regression leaves, freedom counted."""
    features = moments[:-n_outputs, :-n_outputs]
    across = moments[:-n_outputs, -n_outputs:]
    scale = np.sqrt(np.maximum(np.diag(features), 1e-300))
    values, vectors = np.linalg.eigh(features / scale[:, None] / scale[None])
    # Features may be redundant, such as the squares of a cosine and a sine.
    kept = values > 1e-9 * max(values[-1], 1e-300)
    explained = (vectors[:, kept].T @ (across / scale[:, None])) / np.sqrt(values[kept])[:, None]
    return _residual(moments, n_outputs, explained, count - kept.sum())


def _residual(
    moments: np.ndarray, n_outputs: int, explained: np.ndarray, freedom: float
) -> np.ndarray:
    total = np.diag(moments)[-n_outputs:]
    residual = total - (explained**2).sum(axis=0)
    # What rounding leaves of a perfect fit is nothing.
    return np.where(residual > 1e-12 * total, residual, 0.0) / max(freedom, 1.0)


def _codes(values: np.ndarray) -> tuple[np.ndarray, int]:
    found, codes = np.unique(values, return_inverse=True)
    return codes.reshape(values.shape), len(found)


def _one_hot(inputs: np.ndarray) -> np.ndarray:
    rows = inputs.reshape(-1, inputs.shape[-1])
    found, codes = np.unique(rows, axis=0, return_inverse=True)
    return np.eye(len(found))[codes.reshape(inputs.shape[:2])]


def _products(inputs: np.ndarray) -> np.ndarray:
    """A constant, the inputs and their products of two; inputs that never change are left out."""
    varying = inputs[..., np.ptp(inputs, axis=(0, 1)) > 0]
    first, second = np.triu_indices(varying.shape[-1])
    if len(first) > _MOST_FEATURES:
        first, second = first[:0], second[:0]
    constant = np.ones((*inputs.shape[:2], 1))
    return np.concatenate([constant, varying, varying[..., first] * varying[..., second]], axis=-1)


def _parts(n_trials: int) -> list[slice]:
    edges = np.linspace(0, n_trials, min(_GROUPS, n_trials) + 1).astype(int)
    return [slice(a, b) for a, b in zip(edges[:-1], edges[1:], strict=True)]


def _jackknife(groups: np.ndarray, estimate: Callable[[np.ndarray], float]) -> Estimate:
    total = groups.sum(axis=0)
    return _interval(estimate(total), np.array([estimate(total - one) for one in groups]))


def _interval(value: float, left_out: np.ndarray) -> Estimate:
    n = len(left_out)
    if n < 3:
        return Estimate(value, math.nan, math.nan)
    error = math.sqrt((n - 1) / n * float(((left_out - left_out.mean()) ** 2).sum()))
    half = float(stats.t.ppf((1 + _CONFIDENCE) / 2, n - 1)) * error
    return Estimate(value, max(0.0, value - half), value + half)
