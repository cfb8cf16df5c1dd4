"""Choosing delays and rank once for a study, by how well they predict what was held out."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from degendsl.errors import AT_REST, MeasureError

from ._embedding import gram, leading_coordinates
from ._numbers import at_least, scaled
from ._operators import RIDGE, SMALLEST_SINGULAR_VALUE
from ._states import checked_states, resting

# A simpler setting is preferred where it predicts as well, within this share of the least error.
_AS_GOOD = 0.05


class DsaSettings(NamedTuple):
    """The delays and rank for a study, and what spoke for them.

    error: a row for each of the delays offered and a column for each of the ranks, the squared
        error of predicting the next state of held-out trials, over their total square; NaN where
        networks do not carry the setting.
    gap: at the chosen rank, the least over networks of s_r / s_{r+1}. Near 1 the rank cuts through
        a group of equal directions and keeps an arbitrary part of it; infinite where the rank is
        all that there is.
    """

    delays: int
    rank: int
    error: Float[np.ndarray, "delays rank"]
    gap: float


def choose_dsa_settings(
    states: Any,
    *,
    delays: Sequence[int],
    ranks: Sequence[int],
    interval: int = 1,
) -> DsaSettings:
    """The setting that predicts held-out trials best, for all networks of a study together.

    Give it networks of every condition, pooled, once, and keep what it says for the whole study:
    settings chosen by condition would be compared along with the dynamics.

    Directions and operator come from the even trials; from a window of an odd trial the operator
    predicts the next, and what counts is the newest state in it. Of settings within 5 % of the
    least mean error the one with the lowest rank, then the fewest delays, is taken.

    **Arguments:**

    - `states`: any activity units; networks may differ in width and in their trials, of which each
        has two at least.
    - `delays`, `ranks`: that are offered, every one with every other.
    - `interval`: between delays, in steps.

    **Returns:** the setting chosen and the errors of all, without units, at least 0.

    **Raises** `MeasureError` where no candidate is carried by every network, one never changes
    within a trial, trials are fewer than two, or delays, ranks and interval are no whole numbers of
    at least 1.
    """
    at_least(1, interval=interval)
    delays, ranks = _offered("delays", delays), _offered("ranks", ranks)
    given = checked_states(states, same_trials=False, least=1)
    for index, one in enumerate(given):
        if len(one) < 2:
            raise MeasureError(
                f"network {index} has one trial, and choosing settings holds one out; give it two"
            )
    for index, one in enumerate(given):
        if still := resting(one):
            raise MeasureError(f"the states of network {index} {still}", AT_REST)
    error = np.zeros((len(delays), len(ranks)))
    gap = np.full((len(delays), len(ranks)), np.inf)
    for one in given:
        near_one, _ = scaled(one)
        for row, q in enumerate(delays):
            errors, gaps = _held_out(near_one, q, interval, ranks)
            error[row] += errors / len(given)
            gap[row] = np.minimum(gap[row], gaps)
    if np.isnan(error).all():
        raise MeasureError(
            "no setting is carried by every network; offer lower ranks or fewer delays"
        )
    good = error <= (1 + _AS_GOOD) * np.nanmin(error)
    row, column = min(
        zip(*np.nonzero(good), strict=True), key=lambda at: (ranks[at[1]], delays[at[0]])
    )
    return DsaSettings(int(delays[row]), int(ranks[column]), error, float(gap[row, column]))


def _offered(name: str, values: Any) -> list[int]:
    if not np.iterable(values) or isinstance(values, str | Mapping):
        raise MeasureError(
            f"{name} must be several to choose from, such as [5, 10], not {values!r}; change it"
        )
    found = list(values)
    if not found:
        raise MeasureError(f"there are no {name} to choose from; offer some")
    for one in found:
        at_least(1, **{name: one})
    return found


def _held_out(
    states: np.ndarray, delays: int, interval: int, ranks: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """The relative error of predicting odd trials from even ones, and the gap, per rank."""
    nothing = np.full(len(ranks), np.nan)
    train, test = states[::2], states[1::2]
    n_windows = states.shape[1] - (delays - 1) * interval
    most = min(len(train) * max(n_windows - 1, 0), delays * states.shape[2])
    wanted = [rank for rank in ranks if rank <= most]
    if n_windows < 2 or not wanted:
        return nothing, nothing
    top = max(wanted)
    products = gram(train, delays=delays, interval=interval)
    left, values = leading_coordinates(train, products, delays=delays, interval=interval, rank=top)
    if values[0] == 0:
        return nothing, nothing
    windows, held = (_embedded(x, delays, interval) for x in (train, test))
    flat, newest = left.reshape(-1, top), states.shape[2]
    # H = V S Uᵀ: the directions U from V, and the coordinates of other trials from U.
    directions = windows.reshape(len(flat), -1).T @ flat / values[:top]
    before = held[:, :-1] @ directions / values[:top]
    truth = held[:, 1:, :newest]
    errors, gaps = nothing.copy(), nothing.copy()
    for column, rank in enumerate(ranks):
        if rank > most or values[rank - 1] < SMALLEST_SINGULAR_VALUE * values[0]:
            continue
        x = left[:, :-1, :rank].reshape(-1, rank)
        y = left[:, 1:, :rank].reshape(-1, rank)
        step = np.linalg.solve(x.T @ x + RIDGE * np.eye(rank), x.T @ y)
        after = (before[..., :rank] @ step) * values[:rank]
        predicted = after @ directions[:newest, :rank].T
        errors[column] = ((predicted - truth) ** 2).sum() / (truth**2).sum()
        following = values[rank]
        gaps[column] = values[rank - 1] / following if following > 0 else np.inf
    return errors, gaps


def _embedded(states: np.ndarray, delays: int, interval: int) -> np.ndarray:
    """(trial, window, delay × unit), the newest state first."""
    n_windows = states.shape[1] - (delays - 1) * interval
    parts = [states[:, (delays - 1 - d) * interval :][:, :n_windows] for d in range(delays)]
    return np.concatenate(parts, axis=2)
