"""The level of dynamics of networks from elsewhere: operators, distances, null and cross."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from degendsl import metrics
from degendsl._cores import on_cores
from degendsl.errors import MeasureError
from degendsl.metrics import Pair, pair_subset
from degendsl.spec import kinds

from .._cache import Arrays, Measured
from .._dynamics import between_operators, window_of
from .._left_out import NAME, WHY
from ._before import beside, pairs_among
from ._kept import Kept
from ._networks import Compared

_NUMBERS: dict[str, tuple[int, ...]] = {"dsa": (), "agreeing": (), "spread": (), "starts": ()}


def dynamics(states: Compared, dsa: kinds.DSA, most: int | None, kept: Kept) -> Measured:
    """The DSA distance of each pair; a network that does not carry the settings is left out."""
    some, numbers, left_out = _carrying(states, operators(states, dsa, kept, halved=True))
    pairs = pair_subset(len(some.seeds), most)
    arrays = {
        "pairs": np.array(pairs, int).reshape(-1, 2),
        **_between(some, numbers["operators"], pairs, dsa, kept),
        **numbers,
    }
    return Measured(seeds=some.seeds, arrays=arrays, left_out={"": left_out} if left_out else {})


def dynamics_before(states: Compared, end: Measured, dsa: kinds.DSA, kept: Kept) -> Measured:
    """The distances of the same pairs before training; `states` are of some of the networks."""
    some, numbers, left_out = _carrying(states, operators(states, dsa, kept))
    found = _between(some, numbers["operators"], pairs_among(end, some.seeds), dsa, kept)
    return beside(end, some.seeds, numbers, found, left_out)


def _carrying(states: Compared, fitted: Arrays) -> tuple[Compared, Arrays, dict[int, str]]:
    """The networks that carry the settings, what was fitted to them, and why the others do not."""
    fitted = {name: array[:, 0] for name, array in fitted.items()}
    there = [index for index, why in enumerate(fitted[WHY]) if not why]
    left_out = {seed: str(why) for seed, why in zip(states.seeds, fitted[WHY], strict=True) if why}
    numbers = {name: fitted[name][there] for name in ("operators", "singular_values")}
    return states.only([states.seeds[index] for index in there]), numbers, left_out


def _between(
    some: Compared, matrices: np.ndarray, pairs: list[Pair], dsa: kinds.DSA, kept: Kept
) -> Arrays:
    def compute(missing: list[int]) -> Arrays:
        return between_operators(matrices, [pairs[k] for k in missing], dsa)

    # A distance does not depend on which of the two comes first.
    rows = [tuple(sorted((some.keys[i], some.keys[j]))) for i, j in pairs]
    settings = _settings(dsa) | {"score": dsa.score, "starts": dsa.starts}
    return kept.numbers("dynamics", settings, rows, _NUMBERS, compute)


def of_halves(
    states: Compared, pairs: Sequence[Pair], dsa: kinds.DSA, kept: Kept
) -> dict[str, Measured]:
    """Null d(i_a, i_b) and cross d(i_a, j_b), where a and b are the even and the odd trials.

    Both are of half the trials each, so they belong beside each other. None where there is one
    trial, or half of the trials carry the rank of no network.
    """
    n = len(states.seeds)
    fitted = operators(states, dsa, kept, halved=True)["operators"]
    matrices = np.concatenate([fitted[:, 1], fitted[:, 2]])
    found = {}
    for name, asked in (("null", [(k, k) for k in range(n)]), ("cross", pairs)):

        def compute(missing: list[int], asked: Sequence[Pair] = asked) -> Arrays:
            # The odd trials' operators come after the even ones'.
            shifted = [(asked[k][0], n + asked[k][1]) for k in missing]
            return between_operators(matrices, shifted, dsa)

        rows = [(states.keys[i], states.keys[j]) for i, j in asked]
        settings = _settings(dsa) | {"score": dsa.score, "starts": dsa.starts}
        arrays = kept.numbers(name, settings, rows, _NUMBERS, compute)
        if np.isfinite(arrays["dsa"]).any():
            found[name] = Measured(seeds=states.seeds, arrays=arrays)
    return found


def operators(states: Compared, dsa: kinds.DSA, kept: Kept, *, halved: bool = False) -> Arrays:
    """The operator and leading singular values of each network; NaN where there is none, and why.

    The second axis is which trials they are of: all, and where halved also the even and the odd.
    """
    parts, rank = 3 if halved else 1, int(dsa.rank)
    fit = metrics.halved_operators if halved else metrics.operator
    nothing = np.full((rank, rank), np.nan), np.full(rank + 1, np.nan)

    def row(one: Any) -> tuple[Any, ...]:
        return (*nothing, str(one)) if isinstance(one, MeasureError) else (*one, "")

    def fitted(place: int) -> list[tuple[Any, ...]]:
        whole = states.arrays[place]
        some = measured(whole, dsa)
        try:
            if not some.shape[1]:
                raise MeasureError(none_left(whole, dsa))
            found = fit(some, delays=dsa.delays, interval=dsa.interval, rank=rank, name=NAME)
        except MeasureError as error:
            return [row(error)] * parts
        return [row(one) for one in found] if halved else [row(found)]

    def compute(missing: list[int]) -> Arrays:
        units = max(states.arrays[place].shape[-1] for place in missing)
        found = on_cores(fitted, missing, metrics.embedding_memory(units, dsa.delays))
        return {
            name: np.array([[part[column] for part in one] for one in found])
            for column, name in enumerate(shapes)
        }

    shapes = {"operators": (parts, rank, rank), "singular_values": (parts, rank + 1), WHY: (parts,)}
    settings = _settings(dsa) | {"trials": "all, even, odd" if halved else "all"}
    return kept.numbers("operators", settings, [(key,) for key in states.keys], shapes, compute)


def measured(states: np.ndarray, dsa: kinds.DSA) -> np.ndarray:
    """The steps of each trial that count; the time between two is not known and is 1."""
    return states[:, window_of(dsa, states.shape[1], 1.0)]


def none_left(states: np.ndarray, dsa: kinds.DSA) -> str:
    """Why no step of a trial counts, and what to do."""
    return (
        f"a burn-in of {dsa.burn_in:g} steps leaves nothing of trials of {states.shape[1]} (window "
        f"{dsa.window}); use a smaller one"
    )


def _settings(dsa: kinds.DSA) -> dict[str, Any]:
    names = ("delays", "interval", "window", "burn_in")
    return {name: getattr(dsa, name) for name in names} | {"rank": int(dsa.rank)}
