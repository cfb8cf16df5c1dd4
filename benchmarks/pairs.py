"""What a condition costs from 10 to 10,000 networks, all pairs or a random subset of them.

    python benchmarks/pairs.py

Operators and weights are drawn at random: the cost of a pair does not depend on training.
"""

import time

import numpy as np

from degendsl import metrics

MOST = 2000
RANK, UNITS = 10, 32


def main() -> None:
    print(f"at most {MOST} pairs, rank {RANK}, {UNITS} units")
    print("networks  all pairs  measured   choose  dynamics   weights")
    for networks in (10, 30, 100, 300, 1000, 3000, 10_000):
        random = np.random.default_rng(networks)
        begun = time.perf_counter()
        pairs = metrics.pair_subset(networks, most=MOST)
        chosen = time.perf_counter()
        operators = random.standard_normal((networks, RANK, RANK))
        weights = random.standard_normal((networks, UNITS, UNITS))
        drawn = time.perf_counter()
        metrics.operator_distances(operators, pairs)
        aligned = time.perf_counter()
        metrics.match_pairs(weights, pairs, starts=5)
        matched = time.perf_counter()
        total = networks * (networks - 1) // 2
        row = (chosen - begun, aligned - drawn, matched - aligned)
        print(
            f"{networks:8d} {total:10d} {len(pairs):9d}", *(f"{seconds:7.1f} s" for seconds in row)
        )


if __name__ == "__main__":
    main()
