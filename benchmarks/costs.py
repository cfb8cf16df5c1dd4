"""What `degendsl plan` counts with: seconds of an operator, of a pair of operators, of a match.

    python benchmarks/costs.py

The tables of `degendsl/planning/_measuring.py` are of this, on two cores with nothing else running.
"""

import time
from collections.abc import Callable

import numpy as np

from degendsl import metrics

SHAPES = ((32, 64, 100, 10, 10), (64, 64, 100, 20, 30), (128, 64, 100, 10, 10))
RANKS = {3: 16, 6: 16, 10: 14, 20: 9, 30: 7, 50: 4}
UNITS = {8: 8, 16: 7, 32: 7, 64: 6, 128: 5, 256: 3}


def main() -> None:
    random = np.random.default_rng(0)
    for units, trials, steps, delays, rank in SHAPES:
        states = random.normal(size=(4, trials, steps, units)).cumsum(axis=2)

        def fit(states=states, delays=delays, rank=rank) -> None:
            metrics.dsa_operators(states, delays=delays, rank=rank)

        print(f"operator, {units} units, {trials} × {steps} samples, {delays} delays: ", end="")
        print(f"{seconds(fit) / 4:.4f} s")
    for rank, n in RANKS.items():
        operators = random.normal(size=(n, rank, rank)) / np.sqrt(rank)
        for starts in (4, 16):

            def turn(operators=operators, n=n, starts=starts) -> None:
                metrics.operator_distances(operators, pairs(n), starts=starts)

            print(f"pair of operators, rank {rank}, {starts} starts: ", end="")
            print(f"{seconds(turn) / len(pairs(n)):.4f} s")
    for units, n in UNITS.items():
        matrices = random.normal(size=(n, units, units)) / np.sqrt(units)
        for starts in (metrics.default_starts(units), 20):

            def match(matrices=matrices, n=n, starts=starts) -> None:
                metrics.match_pairs(matrices, pairs(n), starts=starts)

            print(f"match, {units} units, {starts} starts: ", end="")
            print(f"{seconds(match) / len(pairs(n)):.4f} s")


def pairs(n: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(n) for j in range(i)]


def seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
