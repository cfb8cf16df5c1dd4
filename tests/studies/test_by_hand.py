"""Every number of a small trained study again, in plain NumPy and float64, from arrays in files.

Networks are run anew and measured by `by_hand`, which uses nothing of `degendsl.metrics` or
`degendsl.analysis`. What trials there are is asked of the study.
"""

import itertools
import math
from pathlib import Path
from typing import Any

import by_hand
import numpy as np
import polars as pl
import pytest
import scipy.linalg
import scipy.optimize
import scipy.stats
from by_hand import (
    DELAYS,
    RANK,
    Arrays,
    angle,
    bonett,
    change,
    frobenius,
    jackknife,
    jackknife_ratio,
    leave_out,
    leave_out_of_both,
    operator,
    run,
)
from conftest import NETWORKS, SWEPT, TWINS, tiny
from spoiling import measured, spoiled

from degendsl.api import RunResult
from degendsl.measuring import _evaluate, _probes
from degendsl.planning import make_plan
from degendsl.spec import kinds

CLAIMS = """\
expect:
  - {level: dynamics, falls_with: train.optimizer.learning_rate}
  - {level: behavior, rises_with: train.optimizer.learning_rate}
  - {level: weights, unchanged_with: train.optimizer.learning_rate, within: 0.3}
"""
SPEC = tiny(
    SWEPT + CLAIMS,
    f"networks.count={NETWORKS}",
    f"measure.floor={{networks: {TWINS}}}",
    f"measure.dynamics={{delays: {DELAYS}, rank: {RANK}, starts: 8}}",
    "measure.weights={starts: 20}",
)
PAIRS = tuple(itertools.combinations(range(NETWORKS), 2))


@pytest.fixture(scope="module")
def tables(study: RunResult, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    copy = tmp_path_factory.mktemp("by-hand") / "copy"
    return measured(spoiled(study.store.root, copy, {}), SPEC)


def networks(
    study: RunResult, condition: str, when: str = "final", *, twin: bool = False
) -> list[Arrays]:
    names = ("recurrent", "input", "bias", "readout", "readout_bias")
    count = TWINS if twin else NETWORKS
    return [
        {
            name: study.store.read_unit(condition, seed, twin=twin)
            .arrays[f"{when}/{name}"]
            .astype(np.float64)
            for name in names
        }
        for seed in range(count)
    ]


def trials_of(condition: Any, seed: int = 0) -> np.ndarray:
    given = kinds.Trials(count=8, seed=seed)
    return np.asarray(_evaluate.condition_trials(condition.science, given).inputs, np.float64)


def row(tables: dict[str, pl.DataFrame], place: int, metric: str, at: str = "end") -> Any:
    condition = tables["conditions"]["condition"][place]
    return tables["degeneracy"].filter(condition=condition, metric=metric, at=at).to_dicts()[0]


def interval(tables: dict[str, pl.DataFrame], place: int, metric: str) -> tuple[float, ...]:
    found = row(tables, place, metric)
    return found["value"], found["ci_low"], found["ci_high"]


@pytest.fixture(scope="module")
def distances(study: RunResult) -> list[dict[tuple[int, int], float]]:
    """The DSA angle of every pair of each condition."""
    return [
        {
            (i, j): angle(operators[i], operators[j])
            for operators in [
                [operator(run(one, trials_of(c))[0]) for one in networks(study, c.id)]
            ]
            for i, j in PAIRS
        }
        for c in make_plan(SPEC).conditions
    ]


# States in files are float32: they err by 1e-7, and by that over the least share of a direction,
# some 1e-2 here, their operators do.
DYNAMICS = 2e-5


def test_dynamics_and_their_jackknife(
    tables: dict[str, pl.DataFrame], distances: list[dict[tuple[int, int], float]]
):
    for place, found in enumerate(distances):
        assert interval(tables, place, "dsa") == pytest.approx(jackknife(found), abs=DYNAMICS)


def test_null_cross_floor_and_untrained_of_the_dynamics(
    study: RunResult, tables: dict[str, pl.DataFrame]
):
    condition = make_plan(SPEC).conditions[0]
    own = networks(study, condition.id)
    a, b = (
        [operator(run(one, trials_of(condition, seed))[0]) for one in own]
        for seed in (0, 2**31 - 1)
    )
    twins = [
        operator(run(one, trials_of(condition))[0])
        for one in networks(study, condition.id, twin=True)
    ]
    before = [
        operator(run(one, trials_of(condition))[0]) for one in networks(study, condition.id, "init")
    ]
    expected = {
        "null": np.mean([angle(x, y) for x, y in zip(a, b, strict=True)]),
        # The network with the larger seed sees the first trials.
        "cross": np.mean([angle(a[j], b[i]) for i, j in PAIRS]),
        "untrained": np.mean([angle(before[i], before[j]) for i, j in PAIRS]),
        "floor": np.mean([angle(x, y) for x, y in zip(a, twins, strict=False)]),
    }
    found = row(tables, 0, "dsa")
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=DYNAMICS), name


def of_pairs(
    tables: dict[str, pl.DataFrame], place: int, metric: str, at: str = "end"
) -> dict[tuple[int, int], float]:
    """The distance of every pair as the tables have it."""
    condition = tables["conditions"]["condition"][place]
    rows = tables["pairs"].filter(condition=condition, metric=metric, at=at)
    return {(i, j): d for i, j, d in rows.select("seed_a", "seed_b", "distance").rows()}


def test_weights_and_what_follows_from_their_distances(
    study: RunResult, tables: dict[str, pl.DataFrame]
):
    for place, condition in enumerate(make_plan(SPEC).conditions):
        after, before, twins = (
            [one["recurrent"] for one in networks(study, condition.id, when, twin=twin)]
            for when, twin in (("final", False), ("init", False), ("final", True))
        )
        raw, untrained = (of_pairs(tables, place, "pif", at) for at in ("end", "init"))
        for found, matrices in ((raw, after), (untrained, before)):
            exact = np.array([frobenius(matrices[i], matrices[j]) for i, j in PAIRS])
            # The least of all orders, but for sums in another order.
            assert [found[pair] for pair in PAIRS] == pytest.approx(exact, rel=1e-9)
        norms = [np.linalg.norm(one) for one in after]
        mean_before = float(np.mean(list(untrained.values())))
        # |A − B|² = |A|² + |B|² − 2⟨A, B⟩, and the angle is that of the same matching.
        overlap = {(i, j): (norms[i] ** 2 + norms[j] ** 2 - d**2) / 2 for (i, j), d in raw.items()}
        expected = {
            "pif": raw,
            "pif_per_parameter": {pair: d / 64 for pair, d in raw.items()},
            "pif_angle": {
                (i, j): math.acos(o / (norms[i] * norms[j])) for (i, j), o in overlap.items()
            },
        }
        intervals = {metric: jackknife(found) for metric, found in expected.items()}
        intervals["pif_ratio"] = jackknife_ratio(raw, untrained)
        for metric, found in intervals.items():
            # Matched in float64: only the order of sums differs.
            assert interval(tables, place, metric) == pytest.approx(found, rel=1e-9), metric
        assert row(tables, place, "pif")["untrained"] == pytest.approx(mean_before, rel=1e-9)
        floor = np.mean([frobenius(x, y) for x, y in zip(after, twins, strict=False)])
        # Twins are so close that the difference of squares leaves 1e-8 of their size.
        assert row(tables, place, "pif")["floor"] == pytest.approx(floor, abs=1e-6)
        ratio = row(tables, place, "pif_ratio")["floor"]
        assert ratio == pytest.approx(floor / mean_before, abs=1e-6)


def losses_and_outputs(
    study: RunResult, place: int, *, twin: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    condition = make_plan(SPEC).conditions[place]
    (behavior,) = SPEC.measure.behavior
    trials = _probes.probe_of(condition.science, behavior, SPEC.measure.trials).trials
    targets, mask = (np.asarray(x, np.float64) for x in (trials.targets, trials.mask))
    outputs = np.stack([
        run(one, np.asarray(trials.inputs, np.float64))[1]
        for one in networks(study, condition.id, twin=twin)
    ])  # fmt: skip
    losses = (mask * (outputs - targets) ** 2).sum(axis=(1, 2, 3)) / (mask != 0).sum()
    return losses, np.sqrt(mask) * outputs


def test_behavior_its_spread_mean_logarithms_and_disagreement(
    study: RunResult, tables: dict[str, pl.DataFrame]
):
    losses, outputs = losses_and_outputs(study, 0)
    # Outputs in float32 err by 1e-7 of their size, a spread of losses by some times that.
    close = 1e-5
    sigma = math.sqrt(((losses - losses.mean()) ** 2).mean())
    logs = np.log10(losses)
    for metric, numbers, value in (
        ("ood_spread", losses, sigma),
        ("ood_log10_sd", logs, math.sqrt(((logs - logs.mean()) ** 2).mean())),
    ):
        low, high = bonett(numbers)
        expected = (value, min(low, value), max(high, value))
        assert interval(tables, 0, metric) == pytest.approx(expected, rel=close), metric
    half = scipy.stats.t.ppf(0.975, NETWORKS - 1) * losses.std(ddof=1) / math.sqrt(NETWORKS)
    mean = losses.mean()
    assert interval(tables, 0, "ood_mse_mean") == pytest.approx(
        (mean, max(0.0, mean - half), mean + half), rel=close
    )
    apart = {(i, j): float(((outputs[i] - outputs[j]) ** 2).mean()) for i, j in PAIRS}
    assert interval(tables, 0, "disagreement") == pytest.approx(jackknife(apart), rel=close)
    twin_losses, _ = losses_and_outputs(study, 0, twin=True)
    floor = math.sqrt(((losses[:TWINS] - twin_losses) ** 2).mean() / 2)
    # A difference of losses that rounding made, which other rounding makes otherwise.
    assert row(tables, 0, "ood_spread")["floor"] == pytest.approx(floor, abs=1e-6)


def test_changes_their_intervals_and_verdicts(
    study: RunResult,
    tables: dict[str, pl.DataFrame],
    distances: list[dict[tuple[int, int], float]],
):
    losses = [losses_and_outputs(study, place)[0] for place in (0, 1)]
    weights = [of_pairs(tables, place, "pif") for place in (0, 1)]
    before = [of_pairs(tables, place, "pif", "init") for place in (0, 1)]
    ratios = list(zip(weights, before, strict=True))
    expected = {
        "dsa": change([jackknife(d)[0] for d in distances], [leave_out(d) for d in distances]),
        "ood_spread": change(
            [float(one.std()) for one in losses],
            [[float(np.delete(one, seed).std()) for seed in range(NETWORKS)] for one in losses],
        ),
        "pif": change([jackknife(d)[0] for d in weights], [leave_out(d) for d in weights]),
        "pif_ratio": change(
            [jackknife_ratio(*one)[0] for one in ratios],
            [leave_out_of_both(*one) for one in ratios],
        ),
    }
    for metric, numbers in expected.items():
        (found,) = tables["effects"].filter(metric=metric).to_dicts()
        for name in ("change", "ci_low", "ci_high", "p", "smallest_visible"):
            # Errors of the values over the values, the smallest of which are some hundredths.
            assert found[name] == pytest.approx(numbers[name], rel=2e-3, abs=2e-4), (metric, name)
    claims = {one["level"]: one for one in tables["expectations"].to_dicts()}
    p = {
        "dynamics": expected["dsa"]["p"],
        "behavior": expected["ood_spread"]["p"],
        "weights": expected["pif"]["unchanged"],
    }
    # Holm: the smallest counts three times, the next twice, and none is below one before it.
    running = 0.0
    for factor, (level, one) in zip((3, 2, 1), sorted(p.items(), key=lambda x: x[1]), strict=True):
        running = max(running, min(1.0, factor * one))
        found = claims[level]
        assert found["p_adjusted"] == pytest.approx(running, rel=5e-3, abs=1e-4), level
        shown = running <= 0.05
        numbers = expected[found["metric"]]
        if found["claimed"] == "unchanged":
            beyond = numbers["ci_low"] > 0.3 or numbers["ci_high"] < -0.3
            verdict = "holds" if shown else "fails" if beyond else "unclear"
        else:
            side = numbers["change"] > 0 if found["claimed"] == "rises" else numbers["change"] < 0
            verdict = ("holds" if side else "fails") if shown else "unclear"
        assert found["verdict"] == verdict, found


def test_nothing_here_uses_the_code_it_checks():
    files = (Path(__file__), Path(by_hand.__file__))
    lines = [line for one in files for line in one.read_text(encoding="utf-8").splitlines()]
    assert not any(
        line.startswith(("from degendsl.metrics", "from degendsl.analysis")) for line in lines
    )
