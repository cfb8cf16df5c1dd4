"""How often a change, a verdict and a division into families err in simulated studies."""

import math

import numpy as np
from populations import Cloud, apart, distances

from degendsl.analysis._effects import Degeneracy, effect_of_factor, holm, p_unchanged
from degendsl.analysis._families import families
from degendsl.analysis._intervals import (
    leave_one_out_pair_means,
    leave_one_out_subset_means,
    pair_mean,
)
from degendsl.metrics import pair_subset


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
    if most is None:
        d = distances(points)
        value, left_out = pair_mean(d), leave_one_out_pair_means(d)
    else:
        n = len(points)
        pairs = np.array(pair_subset(n, most))
        some = apart(points, pairs)
        value, left_out = float(some.mean()), leave_one_out_subset_means(pairs, some, n)
    return Degeneracy(value=value, without=dict(enumerate(left_out.tolist())))
