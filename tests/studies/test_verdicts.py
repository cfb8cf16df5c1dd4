"""Verdicts of studies made of numbers alone, where what they must be is known."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from degendsl.analysis._comparing import effects_table
from degendsl.analysis._expectations import expectations_table
from degendsl.analysis._study import Study
from degendsl.analysis._values import degeneracy_table
from degendsl.measuring import ConditionMeasures, Group, Measured
from degendsl.metrics import pair_subset
from degendsl.spec import kinds
from degendsl.store import UnitRecord

FALLS = kinds.Expectation(level="dynamics", falls_with="x")
NETWORKS = 10


def points(scale: float, *, seed: int = 0, n: int = NETWORKS) -> np.ndarray:
    """Networks scattered around a centre; equal seeds are equal networks but for the scale."""
    return scale * np.random.default_rng(seed).standard_normal((n, 6))


def of(cloud: np.ndarray) -> Measured:
    """The distances of these networks, as the level of dynamics would find them."""
    n = len(cloud)
    pairs = np.array([(i, j) for i in range(n) for j in range(i)])
    d = np.linalg.norm(cloud[pairs[:, 0]] - cloud[pairs[:, 1]], axis=1)
    return Measured(seeds=tuple(range(n)), arrays={"pairs": pairs, "dsa": d})


def condition(x: float, cloud: np.ndarray, *, unconverged: int = 0) -> ConditionMeasures:
    n = len(cloud)
    outcomes = ["converged"] * n + ["unconverged"] * unconverged
    return ConditionMeasures(
        condition=Group(id=f"{x}", label=f"x = {x:g}", levels={"x": x}),
        records={k: UnitRecord(arrays={}, manifest={"outcome": o}) for k, o in enumerate(outcomes)},
        compared=tuple(range(n)),
        levels={("dynamics", "end"): of(cloud)},
        everyone=None,
        examples=None,
        problems=(),
    )


def study(*measured: ConditionMeasures, claims: tuple[kinds.Expectation, ...] = (FALLS,)) -> Study:
    return Study(measured=measured, items=(("x",),), claims=claims)


def effect(made: Study) -> dict[str, Any]:
    return effects_table(made).filter(metric="dsa").row(0, named=True)


def verdict(made: Study) -> tuple[str, str]:
    row = expectations_table(made).row(0, named=True)
    return row["verdict"], row["why"]


def test_a_fall_holds_and_a_rise_fails():
    one, other = condition(1, points(1.0)), condition(2, points(0.5))
    assert verdict(study(one, other)) == ("holds", "changes by -50% [-50%, -50%]")
    assert verdict(study(replace(other, condition=one.condition), one))[0] == "fails"


def test_one_setting_with_the_other_sign_forbids_a_verdict():
    def under(one: ConditionMeasures, scales: dict[str, float]) -> ConditionMeasures:
        grid = {
            ("dynamics", name): replace(one, levels={("dynamics", "end"): of(points(scale))})
            for name, scale in scales.items()
        }
        return replace(one, sensitivity=grid)

    one, other = condition(1, points(1.0)), condition(2, points(0.5))
    same = study(under(one, {"a": 1, "b": 1}), under(other, {"a": 0.9, "b": 0.7}))
    assert verdict(same)[0] == "holds"
    mixed = study(under(one, {"a": 1, "b": 1}), under(other, {"a": 1.1, "b": 0.7}))
    found = verdict(mixed)
    assert found[0] == "unclear" and "the other sign under 1 of 2 other settings" in found[1]


def test_a_setting_under_which_nothing_could_be_had_forbids_a_verdict():
    one, other = condition(1, points(1.0)), condition(2, points(0.5))
    grid = {("dynamics", name): one for name in ("rank 2", "rank 99")}
    there = {("dynamics", "rank 2"): other, ("dynamics", "rank 99"): replace(other, levels={})}
    found = verdict(study(replace(one, sensitivity=grid), replace(other, sensitivity=there)))
    assert found[0] == "unclear" and "not to be had under 1 of 2 other settings" in found[1]


@pytest.mark.parametrize("unconverged, expected", [(2, "holds"), (3, "unclear")])
def test_convergence_that_differs_by_more_than_20_points_forbids_a_verdict(
    unconverged: int, expected: str
):
    # 2 of 12 are 17 points below all, 3 of 13 are 23.
    one = condition(1, points(1.0), unconverged=unconverged)
    found = verdict(study(one, condition(2, points(0.5))))
    assert found[0] == expected
    assert ("convergence differs" in found[1]) == (expected == "unclear")


def test_so_does_a_measure_that_only_some_of_the_networks_have():
    one, other = condition(1, points(1.0)), condition(2, points(0.5))
    level = one.levels["dynamics", "end"]
    bad = np.isin(level.arrays["pairs"], [0, 4, 7]).any(axis=1)
    arrays = {**level.arrays, "dsa": np.where(bad, np.nan, level.arrays["dsa"])}
    partly = replace(one, levels={("dynamics", "end"): replace(level, arrays=arrays)})
    row = degeneracy_table(study(partly)).row(0, named=True)
    rest = np.delete(points(1.0), [0, 4, 7], axis=0)
    assert row["n_networks"] == 7 and row["n_pairs"] == 21
    # The value, the interval and the effect are those of the seven others.
    fewer = degeneracy_table(study(condition(1, rest))).row(0, named=True)
    assert [row[name] for name in ("value", "ci_low", "ci_high")] == pytest.approx(
        [fewer[name] for name in ("value", "ci_low", "ci_high")]
    )
    found = verdict(study(partly, other))
    assert found[0] == "unclear" and "convergence differs by 30%" in found[1]


def test_a_value_at_its_floor_forbids_a_verdict():
    one, other = condition(1, points(1.0)), condition(2, points(0.5))
    for factor, expected in ((0.9, "holds"), (1.1, "unclear")):
        value = degeneracy_table(study(other)).row(0, named=True)["value"]
        twins = Measured(seeds=(0, 1), arrays={"dsa": np.full(2, factor * value)})
        found = verdict(study(one, replace(other, references={("dynamics", "floor"): twins})))
        assert found[0] == expected
        assert ("what rounding alone does is as large in x = 2" in found[1]) == (factor > 1)


def barely(seed: int) -> Study:
    """Two conditions whose networks have nothing in common."""
    return study(condition(1, points(1.0, seed=seed)), condition(2, points(0.8, seed=seed + 100)))


def test_what_is_seen_alone_is_not_seen_among_many_claims():
    effects = {seed: effect(barely(seed))["p"] for seed in range(40)}
    seed = next(seed for seed, p in effects.items() if 0.012 < p < 0.05)
    made = barely(seed)
    assert verdict(made)[0] in ("holds", "fails")
    many = expectations_table(replace(made, claims=(FALLS,) * 5))
    # Holm: the smallest of five p-values counts five times.
    assert many["p_adjusted"].to_list() == pytest.approx([min(1, 5 * effects[seed])] * 5)
    assert set(many["verdict"]) == {"unclear"} and "Holm" in many["why"][0]


def test_what_a_run_could_have_seen_is_said_and_shrinks_with_its_networks():
    def made(n: int) -> Study:
        return study(condition(1, points(1.0, n=n)), condition(2, points(1.0, seed=1, n=n)))

    found = {n: effect(made(n))["smallest_visible"] for n in (6, 60)}
    assert found[6] > 2 * found[60] > 0
    said = verdict(made(6))
    assert said[0] == "unclear" and f"only {found[6]:+.0%} or more would show" in said[1]


@pytest.mark.parametrize(
    "scale, within, expected", [(1.02, 0.1, "holds"), (1.5, 0.1, "fails"), (1.0, 0.01, "unclear")]
)
def test_unchanged_holds_within_the_margin_and_fails_beyond_it(
    scale: float, within: float, expected: str
):
    claim = kinds.Expectation(level="dynamics", unchanged_with="x", within=within)
    # Paired networks leave the change almost no error; other networks leave it some.
    seed = 0 if expected != "unclear" else 3
    made = study(condition(1, points(1.0)), condition(2, points(scale, seed=seed)), claims=(claim,))
    assert verdict(made)[0] == expected


def test_some_of_all_pairs_have_the_interval_of_pairs_that_share_networks():
    n, some = 12, np.array(pair_subset(12, 30))
    cloud = points(1.0, n=n)
    d = np.linalg.norm(cloud[some[:, 0]] - cloud[some[:, 1]], axis=1)
    level = Measured(seeds=tuple(range(n)), arrays={"pairs": some, "dsa": d})
    one = replace(condition(1, cloud), levels={("dynamics", "end"): level})
    row = degeneracy_table(study(one)).row(0, named=True)
    # Every two pairs with a network in common, a pair with itself among them, each counted once.
    off = d - d.mean()
    variance = sum(
        off[p] * off[q]
        for p in range(30)
        for q in range(30)
        if set(some[p].tolist()) & set(some[q].tolist())
    )
    error = np.sqrt(max(variance, (off**2).sum()) / 30**2 * n / (n - 1))
    half = stats.t.ppf(0.975, n - 1) * error
    assert (row["n_networks"], row["n_pairs"], row["two_families"]) == (n, 30, None)
    assert (row["value"], row["ci_low"], row["ci_high"]) == pytest.approx(
        (d.mean(), d.mean() - half, d.mean() + half)
    )


def test_seeds_that_are_shared_leave_an_effect_less_error():
    def width(paired: bool) -> float:
        noise = 0.1 * np.random.default_rng(5).standard_normal((NETWORKS, 6))
        made = study(condition(1, points(1.0)), condition(2, points(0.8) + noise))
        row = effect(replace(made, paired=paired))
        return row["ci_high"] - row["ci_low"]

    assert width(True) < 0.5 * width(False)


def test_two_families_are_flagged_and_one_is_not():
    two = points(1.0, n=16)
    two[:7, 0] += 15
    found = degeneracy_table(study(condition(1, points(1.0, n=16)), condition(2, two)))
    assert found["two_families"].to_list() == [False, True]
    assert found["families_p"][1] <= 0.01 < found["families_p"][0]
