"""How often each interval covers the truth, and how often each test errs, where the truth is known.

    python benchmarks/coverage.py [--quick] [PART …]

Parts: pairs, subset, ratio, disagreement, mean, spread, logarithms, change, change-subset,
unchanged, families, claims; all without any.

Every line is a share of simulated studies. The standard error of a share is at most
√(p (1 − p) / studies). The figures in docs/statistics.md are this program's.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
from changes import effect_coverage, family_errors, familywise, unchanged_errors
from populations import CLOUDS, LOSSES, trained, two_families, uniform
from values import (
    bca_spread,
    disagreement_coverage,
    losses_coverage,
    pair_mean_coverage,
    ratio_coverage,
    subset_coverage,
)

from degendsl.analysis._intervals import Interval, mean_interval, spread_interval

NETWORKS = (5, 10, 20, 50)


def pairs(studies: int) -> None:
    print(f"## Mean over all pairs, jackknife over networks: coverage of 95 % in {studies} studies")
    for name, draw in CLOUDS.items():
        shares = [f"{pair_mean_coverage(draw, n, studies):.3f} (n = {n})" for n in (5, 10, 50)]
        print(f"{name}: {', '.join(shares)}")


def subset(studies: int) -> None:
    print(f"## Mean over a subset of pairs, {studies} studies; in brackets pairs as if independent")
    for name, draw in CLOUDS.items():
        for n, most in ((50, 100), (50, 400), (200, 400), (200, 2000)):
            ours, naive = subset_coverage(draw, n, most, studies)
            print(f"{name}, {n} networks, {most} pairs: {ours:.3f} ({naive:.3f})")


def ratio(studies: int) -> None:
    print(f"## Ratio to untrained networks, {studies} studies; in brackets these taken for exact")
    for name, draw in CLOUDS.items():
        for kept in (0.0, 0.5, 0.9):
            shares = []
            for n, most in ((5, None), (10, None), (50, None), (50, 100), (50, 400)):
                ours, naive = ratio_coverage(trained(draw, kept), n, most, studies)
                of = f", {most} pairs" if most else ""
                shares.append(f"{ours:.3f} ({naive:.3f}) (n = {n}{of})")
            print(f"{name}, {kept:.0%} kept: {', '.join(shares)}")


def disagreement(studies: int) -> None:
    print(f"## Disagreement, jackknife over networks, {studies} studies")
    for name, draw in CLOUDS.items():
        shares = [f"{disagreement_coverage(draw, n, studies):.3f} (n = {n})" for n in NETWORKS]
        print(f"{name}: {', '.join(shares)}")


def mean(studies: int) -> None:
    print(f"## Mean loss, t over networks, {studies} studies")
    for name in ("gamma, 4", "log-normal, 0.5", "log-normal, 1", "a tenth failed"):
        losses = LOSSES[name]
        found = {
            n: losses_coverage(losses, mean_interval, losses.mean, n, studies) for n in NETWORKS
        }
        print(f"{name}: {', '.join(f'{share:.3f} (n = {n})' for n, share in found.items())}")


def spread(studies: int) -> None:
    print(
        f"## Spread over networks, Bonett, and in brackets BCa on its logarithm: {studies} studies"
    )
    for name in ("normal", "log-normal, 0.5", "log-normal, 1", "a tenth failed"):
        losses, shares = LOSSES[name], []
        for n in NETWORKS:
            bonett, bca = (
                losses_coverage(losses, interval, losses.spread, n, studies)
                for interval in (spread_interval, bca_spread)
            )
            shares.append(f"{bonett:.3f} ({bca:.3f}) (n = {n})")
        print(f"{name}: {', '.join(shares)}")


def logarithms(studies: int) -> None:
    print(f"## Spread of log10 of losses, Bonett: {studies} studies")

    def interval(losses: np.ndarray) -> Interval:
        return spread_interval(np.log10(losses))

    for name in ("gamma, 4", "exponential", "log-t, 5", "a tenth failed"):
        losses = LOSSES[name]
        found = {
            n: losses_coverage(losses, interval, losses.logarithms, n, studies) for n in NETWORKS
        }
        print(f"{name}: {', '.join(f'{share:.3f} (n = {n})' for n, share in found.items())}")


def change(studies: int) -> None:
    print(f"## Change over three conditions, {studies} studies")
    for n in (5, 10, 50):
        for shared in (0.0, 0.5, 0.9):
            for ratio in (1.0, 0.6):
                found = effect_coverage(n, shared, ratio, studies)
                words = ", ".join(f"{name} {share:.3f}" for name, share in found.items())
                print(f"n = {n}, shared {shared:.0%}, change {ratio - 1:+.0%}: {words}")


def change_subset(studies: int) -> None:
    print(f"## The same of a subset of pairs, {studies} studies, nothing shared, change -40%")
    for n, most in ((50, 100), (50, 400), (200, 400)):
        found = effect_coverage(n, 0.0, 0.6, studies, most)
        print(f"n = {n}, {most} pairs: paired {found['paired']:.3f}")


def unchanged(studies: int) -> None:
    print(f"## Declared unchanged within ±10 %, {studies} studies")
    for n in (10, 50):
        for true in (0.0, 0.05, 0.1, 0.15):
            share = unchanged_errors(n, true, 0.1, studies)
            print(f"n = {n}, true change {true:+.0%}: {share:.3f}")


def two(studies: int) -> None:
    print(f"## Declared two families (at 0.01), {studies} studies")
    shapes = {**CLOUDS, "uniform on a line": uniform}
    shapes |= {f"two families {gap:g} apart": two_families(gap, 6) for gap in (3.0, 5.0, 8.0)}
    for name, draw in shapes.items():
        shares = [f"{family_errors(draw, n, studies):.3f} (n = {n})" for n in (8, 16, 50)]
        print(f"{name}: {', '.join(shares)}")


def claims(studies: int) -> None:
    print(f"## Any of six claims about nothing declared, 10 networks, {studies} studies")
    print("without Holm {:.3f}, with {:.3f}".format(*familywise(10, 6, studies)))


# Studies of each part: what one takes differs a hundredfold.
PARTS: dict[str, tuple[Callable[[int], None], int]] = {
    "pairs": (pairs, 4000),
    "subset": (subset, 2000),
    "ratio": (ratio, 2000),
    "disagreement": (disagreement, 4000),
    "mean": (mean, 4000),
    "spread": (spread, 2000),
    "logarithms": (logarithms, 4000),
    "change": (change, 1000),
    "change-subset": (change_subset, 1000),
    "unchanged": (unchanged, 1000),
    "families": (two, 200),
    "claims": (claims, 1000),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a quarter of the studies")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    given = parser.parse_args()
    for name in given.parts or PARTS:
        part, studies = PARTS[name]
        begun = time.perf_counter()
        part(studies // 4 if given.quick else studies)
        print(f"({name}: {time.perf_counter() - begun:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
