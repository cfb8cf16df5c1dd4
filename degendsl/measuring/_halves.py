"""What distances of networks from elsewhere are read beside, from the arrays that were given."""

from collections.abc import Mapping, Sequence

import numpy as np

from degendsl import metrics
from degendsl.errors import MeasureError
from degendsl.spec import kinds

from ._cache import Measured
from ._dynamics import between_operators
from ._pairs import Pair, chosen_pairs
from ._weights import SURROGATE_PAIRS, distances


def of_halves(
    states: Mapping[int, np.ndarray], pairs: Sequence[Pair], dsa: kinds.DSA
) -> dict[tuple[str, str], Measured]:
    """Null d(i_a, i_b) and cross d(i_a, j_b), where a and b are the even and the odd trials.

    Both are of half the trials each, so they belong beside each other. None where there is one
    trial, or half of the trials do not carry the rank.
    """
    seeds, n = tuple(states), len(states)
    try:
        operators = np.stack([
            metrics.operator(
                one[half::2], delays=dsa.delays, interval=dsa.interval, rank=int(dsa.rank)
            )[0]
            for half in (0, 1)
            for one in states.values()
        ])  # fmt: skip
    except MeasureError:
        return {}
    asked = {
        "null": [(k, n + k) for k in range(n)],
        "cross": [(i, n + j) for i, j in pairs],
    }
    return {
        ("dynamics", name): Measured(seeds=seeds, arrays=between_operators(operators, some, dsa))
        for name, some in asked.items()
    }


def of_shuffled(
    weights: Mapping[int, np.ndarray], pif: kinds.PIF
) -> dict[tuple[str, str], Measured]:
    """The distances of some matrices with the same entries in random order."""
    pairs = chosen_pairs(len(weights), SURROGATE_PAIRS)
    mixed = metrics.shuffled(np.stack(list(weights.values())), seed=pif.seed)
    compared = [metrics.Weights.of(one) for one in mixed]
    found = Measured(seeds=tuple(weights), arrays=distances(compared, pairs, pif, "permutation"))
    return {("weights", "surrogate"): found}
