"""Speed and accuracy of the two alignments, on the systems that the tests use.

The reference package for DSA takes 1.8 s a pair at rank 10 with its defaults on one such core
(dsa-metric 2.0.2, measured separately); the ratio printed here is against that number.
"""

import time
from pathlib import Path

import numpy as np

from degendsl import metrics

FIXTURES = Path(__file__).parent.parent / "tests" / "fixtures"
REFERENCE_SECONDS = 1.8


def main() -> None:
    with np.load(FIXTURES / "dsa.npz") as archive:
        operators, best = archive["operators"], archive["best_angular"]
    pairs = [(i, j) for i in range(16) for j in range(i)]
    begun = time.perf_counter()
    found = metrics.operator_distances(operators, pairs)
    each = (time.perf_counter() - begun) / len(pairs)
    above = max(d - best[pair] for d, pair in zip(found.distance, pairs, strict=True))
    print(f"DSA, rank 10, 120 pairs: {each * 1e3:.1f} ms a pair, {REFERENCE_SECONDS / each:.0f} ×")
    print(f"  highest above the best known angle: {above:.1e} rad")
    with np.load(FIXTURES / "permutation.npz") as archive:
        for index in range(3):
            w, other = (archive[f"n64_{name}"][index].astype(float) for name in ("W1", "E"))
            begun = time.perf_counter()
            match = metrics.match_units(w, other)
            taken = time.perf_counter() - begun
            ratio = match.distance / float(archive[f"n64_q{index}_indep_d"])
            print(f"permutation, N = 64: {taken:.2f} s a pair, {ratio - 1:+.2%} from best known")


if __name__ == "__main__":
    main()
