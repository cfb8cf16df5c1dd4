"""Seconds that dsa-metric takes for a matrix of distances; run by a Python that has it."""

import sys
import time

import numpy as np
from DSA import DSA  # pyright: ignore[reportMissingImports]


def main(states: str, delays: int, rank: int) -> None:
    networks = list(np.load(states).astype(np.float64))
    begun = time.perf_counter()
    DSA(networks, n_delays=delays, rank=rank, score_method="angular").fit_score()
    print(time.perf_counter() - begun)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
