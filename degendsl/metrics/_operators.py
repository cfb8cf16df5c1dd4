"""Delay embedding and the linear operator of a network's dynamics: the first half of DSA."""

import math
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from degendsl._cores import on_cores
from degendsl.errors import AT_REST, MeasureError

from ._embedding import leading_coordinates, spectrum
from ._numbers import at_least, count, decomposing, listed, positive, real_numbers, scaled
from ._states import States, checked_network, resting

# Float32 states carry about 1e-7 of their size; directions below this share are rounding.
SMALLEST_SINGULAR_VALUE = 1e-5
# Of the reference package: keeps the normal equations solvable without changing the operator.
RIDGE = 1e-8


class Operators(NamedTuple):
    """The linear dynamics of each network in its own leading delay coordinates.

    matrices: one operator per network; the sign of each coordinate is arbitrary.
    singular_values: of the delay-embedded states, the first `rank` + 1 (NaN where there are none).
    """

    matrices: Float[np.ndarray, "network rank rank"]
    singular_values: Float[np.ndarray, "network value"]


def dsa_operators(
    states: States,
    *,
    delays: int,
    rank: int,
    interval: int = 1,
    inputs: Float[Any, "trial time channel"] | None = None,
) -> Operators:
    """The operators that DSA compares (Ostrow et al. 2023, arXiv:2306.10168).

    States are not centred. Networks are embedded on a core each, as many at once as memory is sure
    to hold, and the embedding itself, `delays` times as large as its states, is never in memory.

    **Arguments:**

    - `states`: any activity units.
    - `delays`, `interval`: of the embedding, in steps.
    - `rank`: size of the operators.
    - `inputs`: where given, what the input of the step explains of the next state is taken out:
        X₊ = A X₋ + B u is fitted and A compared. Input t must be the one that state t saw.

    **Returns:** the operators and singular values of all networks, in their order.

    **Raises** `MeasureError` where there is no network, and naming the one whose states are not
    finite or never change within a trial, whose trials are too short for the delays, or whose data
    do not carry the rank.
    """
    at_least(1, delays=delays, rank=rank, interval=interval)
    given = [
        checked_network(one, f"network {index}")
        for index, one in enumerate(listed(states, "the states"))
    ]
    if not given:
        raise MeasureError("there is no network; add networks")

    def fitted(index: int) -> tuple[np.ndarray, np.ndarray]:
        return operator(
            given[index],
            delays=delays,
            rank=rank,
            interval=interval,
            inputs=inputs,
            name=f"network {index}",
        )

    memory = embedding_memory(max(one.shape[2] for one in given), delays)
    found = on_cores(fitted, range(len(given)), memory)
    return Operators(np.stack([m for m, _ in found]), np.stack([s for _, s in found]))


def embedding_memory(units: int, delays: int) -> int:
    """Bytes that fitting the operator of a network takes, besides what its states do.

    Products of every two delayed units, twice.

    **Raises** `MeasureError` where these are no whole numbers of at least 1.
    """
    at_least(1, units=units, delays=delays)
    return 16 * (int(units) * int(delays)) ** 2


def operator(
    states: Float[Any, "trial time unit"],
    *,
    delays: int,
    rank: int,
    interval: int = 1,
    inputs: Float[Any, "trial time channel"] | None = None,
    name: str = "the network",
) -> tuple[Float[np.ndarray, "rank rank"], Float[np.ndarray, " value"]]:
    """The operator of one network and its leading singular values.

    `name` is what messages call the network; see `dsa_operators` for the rest.

    **Returns:** the operator, and the first `rank` + 1 singular values of the embedded states, NaN
    where there are none.

    **Raises** `MeasureError` as `dsa_operators` does.
    """
    at_least(1, delays=delays, rank=rank, interval=interval)
    states, power = scaled(checked_network(states, name))
    n_steps = states.shape[1]
    n_windows = n_steps - (delays - 1) * interval
    _check_sizes(states.shape, delays, interval, rank, name)
    if still := resting(states):
        raise MeasureError(f"the states of {name} {still}", AT_REST)
    with decomposing(f"the states of {name}"):
        coordinates, values = leading_coordinates(
            states, delays=delays, interval=interval, rank=rank
        )
    carried = int(np.sum(values[:rank] >= SMALLEST_SINGULAR_VALUE * values[0]))
    if carried < rank:
        raise MeasureError(
            f"{name} carries only {carried} of rank {rank}: the rest is rounding; lower the rank"
        )
    before = coordinates[:, :-1].reshape(-1, rank)
    after = coordinates[:, 1:].reshape(-1, rank)
    if inputs is not None:
        # The newest state of the window after is the one that the last inputs drove.
        given = real_numbers(inputs, "the inputs", ("trial", "time", "channel"))
        if given.shape[:2] != states.shape[:2]:
            raise MeasureError(
                f"the inputs have {given.shape[0]} trials of {given.shape[1]} steps and the states "
                f"of {name} {states.shape[0]} of {n_steps}; give the inputs of these trials"
            )
        driving = given.astype(np.float64)[:, n_steps - n_windows + 1 :]
        before = np.hstack([before, driving.reshape(len(before), -1)])
    normal = before.T @ before + RIDGE * np.eye(before.shape[1])
    with decomposing(f"the states of {name}"):
        solved = np.linalg.solve(normal, before.T @ after)
    return solved[:rank].T, np.ldexp(values, power)


def rank_for_variance(states: States, *, delays: int, share: float, interval: int = 1) -> int:
    """The smallest rank whose directions carry a share of the variance of all networks together.

    Each network counts alike, whatever its size. States are not centred, so it is the sum of
    squares. Every eigenvalue of the embedding is needed: slower than an operator of given rank.

    **Arguments:**

    - `states`: of one or more networks, any activity units.
    - `delays`, `interval`: of the embedding, in steps.
    - `share`: of the summed squares, between 0 and 1.

    **Returns:** a rank from 1 to the number of directions that every network has.

    **Raises** `MeasureError` where the share is not between 0 and 1, there is no network, or one
    cannot be embedded or never changes within a trial; it is named.
    """
    positive(share=share)
    if share >= 1:
        raise MeasureError(f"share must be below 1, not {share!r}; change it")
    at_least(1, delays=delays, interval=interval)
    spectra = []
    for index, one in enumerate(listed(states, "the states")):
        name = f"network {index}"
        one, _ = scaled(checked_network(one, name))
        _check_sizes(one.shape, delays, interval, 1, name)
        if still := resting(one):
            raise MeasureError(f"the states of {name} {still}", AT_REST)
        with decomposing(f"the states of {name}"):
            spectra.append(spectrum(one, delays=delays, interval=interval))
    if not spectra:
        raise MeasureError("a share of variance needs at least one network; add networks")
    shortest = min(len(one) for one in spectra)
    pooled = np.mean([one[:shortest] / one.sum() for one in spectra], axis=0)
    return min(shortest, 1 + int(np.searchsorted(np.cumsum(pooled), share)))


def _check_sizes(shape: tuple[int, ...], delays: int, interval: int, rank: int, name: str) -> None:
    """Whether an operator of this rank can be fitted; if not, what would help.

    A sample is a window that another one follows in its trial.
    """
    n_trials, n_steps, n_units = shape
    samples = n_trials * max(0, n_steps - 1 - (delays - 1) * interval)
    span = count(delays, "delay") + (f" of {interval} steps" if interval > 1 else "")
    if rank > samples:
        fitting = 1 + (n_steps - 1 - math.ceil(rank / n_trials)) // interval
        remedies = [f"at most {count(fitting, 'delay')}"] if fitting * n_units >= rank else []
        remedies += ["a lower rank", "more trials"] if samples else []
        others = f"{', '.join(remedies)} or " if remedies else ""
        raise MeasureError(
            f"{name}: only {count(samples, 'sample')} in {count(n_trials, 'trial')} of "
            f"{count(n_steps, 'step')} with {span}, and rank {rank} needs {rank}; use "
            f"{others}longer trials"
        )
    if rank > delays * n_units:
        raise MeasureError(
            f"{name}: rank {rank} is above the {delays * n_units} numbers that {span} of "
            f"{count(n_units, 'unit')} are; lower the rank or use more delays"
        )
