"""How often each interval covers the truth, and how often each test errs, where the truth is known.

    python benchmarks/coverage.py [--quick] [PART …]

Parts: pairs, subset, spread, change, change-subset, unchanged, families, claims; all without any.

Every line is a share of simulated studies. The standard error of a share is at most
√(p (1 − p) / studies). The figures in docs/statistics.md are this program's.
"""

import argparse
import math
import time
from collections.abc import Callable

import numpy as np
from scipy import stats

from degendsl.analysis._effects import Degeneracy, effect_of_factor, holm, p_unchanged
from degendsl.analysis._families import families
from degendsl.analysis._intervals import (
    LEVEL,
    Interval,
    jackknife_pair_mean,
    leave_one_out_pair_means,
    leave_one_out_spreads,
    leave_one_out_subset_means,
    pair_mean,
    spread_interval,
    subset_pair_mean,
)
from degendsl.metrics import pair_subset

_RESAMPLES = 4000

Cloud = Callable[[np.random.Generator, int], np.ndarray]


def distances(points: np.ndarray) -> np.ndarray:
    """Euclidean distances of points, one a network."""
    square = (points**2).sum(axis=1)
    return np.sqrt(np.maximum(square[:, None] + square[None, :] - 2 * points @ points.T, 0.0))


def cloud(axes: int, tail: float = math.inf) -> Cloud:
    """Networks scattered around a centre in so many directions, with heavy tails if wanted."""

    def draw(random: np.random.Generator, n: int) -> np.ndarray:
        points = random.standard_normal((n, axes))
        if math.isfinite(tail):
            points *= np.sqrt(tail / random.chisquare(tail, (n, 1)))
        return points

    return draw


def uniform(random: np.random.Generator, n: int) -> np.ndarray:
    """Networks anywhere on a line: one family with no centre."""
    return random.random((n, 1))


def mean_distance(draw: Cloud) -> float:
    """The mean distance of two networks, from four million pairs."""
    random = np.random.default_rng(1)
    a, b = draw(random, 4_000_000 // 8), draw(random, 4_000_000 // 8)
    return float(np.linalg.norm(a - b, axis=1).mean())


def pair_mean_coverage(draw: Cloud, n: int, studies: int) -> float:
    """The jackknife over networks, all pairs."""
    random, truth = np.random.default_rng(2), mean_distance(draw)
    return np.mean(
        [_holds(jackknife_pair_mean(distances(draw(random, n))), truth) for _ in range(studies)]
    ).item()


def subset_coverage(draw: Cloud, n: int, most: int, studies: int) -> tuple[float, float]:
    """The interval of a subset of pairs, and beside it that of pairs taken for independent."""
    random, truth = np.random.default_rng(3), mean_distance(draw)
    ours = naive = 0
    for study in range(studies):
        points = draw(random, n)
        pairs = np.array(pair_subset(n, most, seed=study))
        d = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
        ours += _holds(subset_pair_mean(pairs, d, n), truth)
        naive += abs(d.mean() - truth) <= 1.96 * d.std(ddof=1) / math.sqrt(len(d))
    return ours / studies, naive / studies


def bca_spread(losses: np.ndarray) -> Interval:
    """σ of the losses, with a bias-corrected accelerated bootstrap over networks on log σ.

    Efron 1987: what `spread_interval` is held against.
    """
    n, value = len(losses), float(losses.std())
    chosen = np.random.default_rng(0).integers(0, n, (_RESAMPLES, n))
    spreads = losses[chosen].std(axis=1)
    # A resample of one network only has no spread; its logarithm is left out.
    resampled = np.log(spreads[spreads > 0])
    left_out = np.log(leave_one_out_spreads(losses))
    deviation = left_out.mean() - left_out
    acceleration = (deviation**3).sum() / (6 * (deviation**2).sum() ** 1.5)
    share = np.clip((resampled < math.log(value)).mean(), 1 / _RESAMPLES, 1 - 1 / _RESAMPLES)
    bias = stats.norm.ppf(share)
    z = stats.norm.ppf([(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    corrected = stats.norm.cdf(bias + (bias + z) / (1 - acceleration * (bias + z)))
    low, high = np.exp(np.quantile(resampled, corrected))
    return Interval(value, float(low), float(high))


def spread_coverage(width: float, n: int, studies: int) -> tuple[float, float]:
    """Bonett's interval of σ and BCa on log σ; losses normal (0) or log-normal of that width."""
    random = np.random.default_rng(4)
    losses = random.standard_normal((studies, n))
    truth = 1.0
    if width:
        losses = np.exp(width * losses)
        truth = math.sqrt(math.expm1(width**2) * math.exp(width**2))
    bonett = np.mean([_holds(spread_interval(one), truth) for one in losses]).item()
    bca = np.mean([_holds(bca_spread(one), truth) for one in losses]).item()
    return bonett, bca


def effect_coverage(
    n: int, shared: float, ratio: float, studies: int, most: int | None = None
) -> dict[str, float]:
    """The interval of a change over three conditions that share a part of each network."""
    random = np.random.default_rng(5)
    scales = ratio ** (np.arange(3) / 2)
    truth, covered, unpaired, wrong = ratio - 1, 0, 0, 0
    for _ in range(studies):
        common = random.standard_normal((n, 6))
        levels = []
        for scale in scales:
            own = random.standard_normal((n, 6))
            points = scale * (math.sqrt(shared) * common + math.sqrt(1 - shared) * own)
            levels.append(_degeneracy(points, most))
        effect = effect_of_factor([levels])
        apart = effect_of_factor([levels], paired=False)
        assert effect and apart
        covered += effect.low <= truth <= effect.high
        unpaired += apart.low <= truth <= apart.high
        wrong += effect.direction != "unclear" and (effect.change > 0) != (truth > 0)
    return {
        "paired": covered / studies,
        "unpaired": unpaired / studies,
        "wrong sign": wrong / studies,
    }


def unchanged_errors(n: int, change: float, within: float, studies: int) -> float:
    """How often a change is declared to lie within the margin."""
    random = np.random.default_rng(6)
    declared = 0
    for _ in range(studies):
        levels = [
            _degeneracy(scale * random.standard_normal((n, 6))) for scale in (1.0, 1 + change)
        ]
        effect = effect_of_factor([levels])
        assert effect
        declared += p_unchanged(effect, within) <= 0.05
    return declared / studies


def family_errors(draw: Cloud, n: int, studies: int) -> float:
    """How often a cloud is declared to be two families."""
    random = np.random.default_rng(7)
    found = [families(distances(draw(random, n)), seed=study) for study in range(studies)]
    return np.mean([one is not None and one.two for one in found]).item()


def two_families(gap: float, axes: int) -> Cloud:
    """Two clouds of spread 1 along every axis, their centres `gap` apart."""

    def draw(random: np.random.Generator, n: int) -> np.ndarray:
        points = random.standard_normal((n, axes))
        points[: n // 2, 0] += gap
        return points

    return draw


def familywise(n: int, claims: int, studies: int) -> tuple[float, float]:
    """How often any of several claims about nothing is declared, without and with Holm."""
    random = np.random.default_rng(8)
    plain = corrected = 0
    for _ in range(studies):
        p = []
        for _ in range(claims):
            levels = [_degeneracy(random.standard_normal((n, 6))) for _ in range(2)]
            effect = effect_of_factor([levels])
            assert effect
            p.append(effect.p)
        plain += min(p) <= 0.05
        corrected += min(holm(p)) <= 0.05
    return plain / studies, corrected / studies


def _degeneracy(points: np.ndarray, most: int | None = None) -> Degeneracy:
    d, n = distances(points), len(points)
    if most is None:
        value, left_out = pair_mean(d), leave_one_out_pair_means(d)
    else:
        pairs = np.array(pair_subset(n, most))
        some = d[pairs[:, 0], pairs[:, 1]]
        value, left_out = float(some.mean()), leave_one_out_subset_means(pairs, some, n)
    return Degeneracy(value=value, without=dict(enumerate(left_out.tolist())))


def _holds(interval: Interval, truth: float) -> bool:
    return bool(interval.low <= truth <= interval.high)


CLOUDS = {
    "line": cloud(1),
    "6 axes": cloud(6),
    "60 axes": cloud(60),
    "6 axes, heavy tails (t, 5)": cloud(6, tail=5),
}


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


def spread(studies: int) -> None:
    print(
        f"## Spread over networks, Bonett, and in brackets BCa on its logarithm: {studies} studies"
    )
    for width in (0.0, 0.5, 1.0):
        found = {n: spread_coverage(width, n, studies) for n in (5, 10, 20, 50)}
        shares = [f"{a:.3f} ({b:.3f}) (n = {n})" for n, (a, b) in found.items()]
        print(f"{f'log-normal, {width:g}' if width else 'normal'}: {', '.join(shares)}")


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
    shapes: dict[str, Cloud] = {**CLOUDS, "uniform on a line": uniform}
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
    "spread": (spread, 2000),
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
