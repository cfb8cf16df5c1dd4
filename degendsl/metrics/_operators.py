"""Delay embedding and the linear operator of a network's dynamics: the first half of DSA."""

import math
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from degendsl._cores import on_cores
from degendsl.errors import AT_REST, MeasureError

from ._embedding import Gram, gram, leading_coordinates, spectrum
from ._numbers import at_least, count, decomposing, listed, positive, real_numbers, scaled
from ._states import States, checked_network, resting

# Float32 states carry about 1e-7 of their size; directions below this share are rounding.
SMALLEST_SINGULAR_VALUE = 1e-5
# Of the reference package: keeps the normal equations solvable without changing the operator.
RIDGE = 1e-8


Fitted = tuple[Float[np.ndarray, "rank rank"], Float[np.ndarray, " value"]]


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

    def fitted(index: int) -> Fitted:
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


class HalvedOperators(NamedTuple):
    """What `operator` returns of one network on all, even and odd trials, or the error it raises.

    Trials are counted from 0.
    """

    every: Fitted | MeasureError
    even: Fitted | MeasureError
    odd: Fitted | MeasureError


class _Fit(NamedTuple):
    """How an operator is fitted, and what messages call the network."""

    delays: int
    interval: int
    rank: int
    name: str


def embedding_memory(units: int, delays: int) -> int:
    """Bytes that fitting the operator of a network takes, besides what its states do.

    Products of every two delayed units, three times: of both halves of the trials, and once more
    while they are decomposed.

    **Raises** `MeasureError` where these are no whole numbers of at least 1.
    """
    at_least(1, units=units, delays=delays)
    return 24 * (int(units) * int(delays)) ** 2


def operator(
    states: Float[Any, "trial time unit"],
    *,
    delays: int,
    rank: int,
    interval: int = 1,
    inputs: Float[Any, "trial time channel"] | None = None,
    name: str = "the network",
) -> Fitted:
    """The operator of one network and its leading singular values.

    `name` is what messages call the network; see `dsa_operators` for the rest.

    **Returns:** the operator, and the first `rank` + 1 singular values of the embedded states, NaN
    where there are none.

    **Raises** `MeasureError` as `dsa_operators` does.
    """
    states, power = _near_one(states, fit := _Fit(delays, interval, rank, name))
    _check(states, fit)
    driving = None if inputs is None else _driving(inputs, states.shape, fit)
    return _fitted(states, power, gram(states, delays=delays, interval=interval), fit, driving)


def halved_operators(
    states: Float[Any, "trial time unit"],
    *,
    delays: int,
    rank: int,
    interval: int = 1,
    name: str = "the network",
) -> HalvedOperators:
    """The operators of one network on all of its trials and on each half of them.

    For less than four fifths of what three calls of `operator` take: the products that the halves
    are decomposed by add up to those of all trials.

    **Returns:** what there is, and why the rest is not: halves may carry less than all trials.

    **Raises** `MeasureError` where states are no data, too short for the delays or at rest.
    """
    states, power = _near_one(states, fit := _Fit(delays, interval, rank, name))
    _check(states, fit)
    halves = states[::2], states[1::2]
    products = [gram(half, delays=delays, interval=interval) for half in halves]

    def attempt(trials: np.ndarray, products: Gram) -> Fitted | MeasureError:
        try:
            _check(trials, fit)
            return _fitted(trials, power, products, fit)
        except MeasureError as error:
            return error

    even, odd = (attempt(*half) for half in zip(halves, products, strict=True))
    products[0] += products[1]
    return HalvedOperators(attempt(states, products[0]), even, odd)


def _near_one(states: Any, fit: _Fit) -> tuple[np.ndarray, int]:
    at_least(1, delays=fit.delays, rank=fit.rank, interval=fit.interval)
    return scaled(checked_network(states, fit.name))


def _driving(inputs: Any, shape: tuple[int, ...], fit: _Fit) -> Float[np.ndarray, "sample channel"]:
    """The inputs of each window that another one precedes.

    Those of its newest state: the last that drove it.
    """
    given = real_numbers(inputs, "the inputs", ("trial", "time", "channel"))
    if given.shape[:2] != shape[:2]:
        raise MeasureError(
            f"the inputs have {given.shape[0]} trials of {given.shape[1]} steps and the states "
            f"of {fit.name} {shape[0]} of {shape[1]}; give the inputs of these trials"
        )
    first = 1 + (fit.delays - 1) * fit.interval
    return given.astype(np.float64)[:, first:].reshape(-1, given.shape[2])


def _fitted(
    states: Float[np.ndarray, "trial time unit"],
    power: int,
    products: Gram,
    fit: _Fit,
    driving: Float[np.ndarray, "sample channel"] | None = None,
) -> Fitted:
    """The operator and singular values of states that were divided by 2 to some power."""
    delays, interval, rank, name = fit
    with decomposing(f"the states of {name}"):
        coordinates, values = leading_coordinates(
            states, products, delays=delays, interval=interval, rank=rank
        )
    carried = int(np.sum(values[:rank] >= SMALLEST_SINGULAR_VALUE * values[0]))
    if carried < rank:
        raise MeasureError(
            f"{name} carries only {carried} of rank {rank}: the rest is rounding; lower the rank"
        )
    before = coordinates[:, :-1].reshape(-1, rank)
    after = coordinates[:, 1:].reshape(-1, rank)
    if driving is not None:
        before = np.hstack([before, driving])
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
        _check(one, _Fit(delays, interval, 1, name))
        with decomposing(f"the states of {name}"):
            spectra.append(spectrum(gram(one, delays=delays, interval=interval)))
    if not spectra:
        raise MeasureError("a share of variance needs at least one network; add networks")
    shortest = min(len(one) for one in spectra)
    pooled = np.mean([one[:shortest] / one.sum() for one in spectra], axis=0)
    return min(shortest, 1 + int(np.searchsorted(np.cumsum(pooled), share)))


def _check(states: Float[np.ndarray, "trial time unit"], fit: _Fit) -> None:
    """Whether an operator of this rank can be fitted; if not, what would help.

    A sample is a window that another one follows in its trial.
    """
    delays, interval, rank, name = fit
    n_trials, n_steps, n_units = states.shape
    if not n_trials:
        raise MeasureError(f"{name}: one trial has no second half; give more trials")
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
    if still := resting(states):
        raise MeasureError(f"the states of {name} {still}", AT_REST)
