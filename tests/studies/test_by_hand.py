"""Every number of a small trained study again, in plain NumPy and float64, from arrays in files.

Nothing of `degendsl.metrics` or `degendsl.analysis` is used here: networks are run anew, delays are
written out, rotations are minimised from the best of many, all 8! matchings are tried, and networks
are left out one by one. What trials there are is asked of the study.
"""

import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import scipy.linalg
import scipy.optimize
import scipy.stats
from conftest import NETWORKS, SWEPT, TWINS, tiny
from scipy.spatial.transform import Rotation
from spoiling import measured, spoiled

from degendsl.api import RunResult
from degendsl.measuring import _evaluate, _probes
from degendsl.planning import make_plan
from degendsl.spec import kinds

DELAYS, RANK = 3, 3
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
Arrays = dict[str, np.ndarray]
PAIRS = tuple(itertools.combinations(range(NETWORKS), 2))
ORDERS = np.array(list(itertools.permutations(range(8))))


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


def run(network: Arrays, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """States and outputs of the vanilla network h = tanh(W h + U x + b), y = V h + c."""
    state = np.zeros((len(inputs), 8))
    states = []
    for x in np.swapaxes(inputs, 0, 1):
        drive = x @ network["input"].T + network["bias"]
        state = np.tanh(state @ network["recurrent"].T + drive)
        states.append(state)
    whole = np.stack(states, axis=1)
    return whole, whole @ network["readout"].T + network["readout_bias"]


def operator(states: np.ndarray) -> np.ndarray:
    """The DSA operator, its delays written out."""
    trials, steps, _ = states.shape
    rows = np.array([
        [states[k, t : t + DELAYS][::-1].ravel() for t in range(steps - DELAYS + 1)]
        for k in range(trials)
    ])  # fmt: skip
    flat = rows.reshape(-1, rows.shape[2])
    left = np.linalg.svd(flat, full_matrices=False)[0][:, :RANK].reshape(trials, -1, RANK)
    before, after = left[:, :-1].reshape(-1, RANK), left[:, 1:].reshape(-1, RANK)
    return np.linalg.solve(before.T @ before + 1e-8 * np.eye(RANK), before.T @ after).T


# −1 is a reflection in three dimensions and changes no operator, so rotations are all there is.
TURNS = Rotation.from_quat(np.random.default_rng(0).standard_normal((4000, 4))).as_matrix()


def angle(a: np.ndarray, b: np.ndarray) -> float:
    """The least arccos⟨A, C B Cᵀ⟩ over rotations: the best of many, and those far from it."""
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)

    def apart(at: np.ndarray, start: np.ndarray) -> float:
        c = start @ Rotation.from_rotvec(at).as_matrix()
        return float(((a - c @ b @ c.T) ** 2).sum())

    there = np.ones(len(TURNS), bool)
    overlap = np.einsum("ij,kil,lm,kjm->k", a, TURNS, b, TURNS, optimize=True)
    found = []
    for _ in range(4):
        start = TURNS[np.argmax(np.where(there, overlap, -np.inf))]
        there &= np.einsum("ij,kij->k", start, TURNS) < 1 + 2 * math.cos(0.6)
        end = scipy.optimize.minimize(apart, np.zeros(3), (start,), options={"gtol": 1e-9})
        found.append(max(end.fun, 0.0))
    return 2 * math.asin(min(1.0, math.sqrt(min(found)) / 2))


def matched(a: np.ndarray, b: np.ndarray) -> float:
    """The largest ⟨A, P B Pᵀ⟩ over all orders of eight units."""
    return max(
        float(np.einsum("ij,kij->k", a, b[some[:, :, None], some[:, None, :]]).max())
        for some in np.array_split(ORDERS, 8)
    )


def frobenius(a: np.ndarray, b: np.ndarray) -> float:
    return math.sqrt((a**2).sum() + (b**2).sum() - 2 * matched(a, b))


def trials_of(condition: Any, seed: int = 0) -> np.ndarray:
    given = kinds.Trials(count=8, seed=seed)
    return np.asarray(_evaluate.condition_trials(condition.science, given).inputs, np.float64)


def jackknife(distances: dict[tuple[int, int], float]) -> tuple[float, float, float]:
    """The mean over pairs and its interval, networks left out one by one."""
    mean = float(np.mean(list(distances.values())))
    without = leave_out(distances)
    n = len(without)
    error = math.sqrt((n - 1) / n * sum((one - np.mean(without)) ** 2 for one in without))
    half = float(scipy.stats.t.ppf(0.975, n - 1)) * error
    return mean, max(0.0, mean - half), mean + half


def leave_out(distances: dict[tuple[int, int], float]) -> list[float]:
    return [
        float(np.mean([d for pair, d in distances.items() if seed not in pair]))
        for seed in range(NETWORKS)
    ]


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
            over = np.array([found[pair] for pair in PAIRS]) / exact - 1
            # Upper bounds, never below the least of all orders but for sums in another order, and
            # mostly that least one.
            assert over.min() > -1e-9 and np.median(over) < 1e-9
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
            "pif_ratio": {pair: d / mean_before for pair, d in raw.items()},
        }
        for metric, found in expected.items():
            # Matched in float64: only the order of sums differs.
            assert interval(tables, place, metric) == pytest.approx(jackknife(found), rel=1e-9)
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


def bonett(losses: np.ndarray) -> tuple[float, float]:
    """Bonett 2006, equations 2 and 4: an interval of a population's standard deviation."""
    n, z = len(losses), scipy.stats.norm.ppf(0.975)
    centre = scipy.stats.trim_mean(losses, 1 / (2 * math.sqrt(n - 4)))
    kurtosis = n * ((losses - centre) ** 4).sum() / ((losses - losses.mean()) ** 2).sum() ** 2
    error = n / (n - z) * math.sqrt((kurtosis - (n - 3) / n) / (n - 1))
    middle = math.log(n / (n - z) * losses.var(ddof=1))
    return math.exp((middle - z * error) / 2), math.exp((middle + z * error) / 2)


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


def change(values: list[float], without: list[list[float]]) -> dict[str, float]:
    """The slope of logarithms over two conditions, seeds left out in both at once."""
    slope = math.log(values[1] / values[0])
    left_out = np.log(np.array(without[1]) / np.array(without[0]))
    n = len(left_out)
    error = math.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum())
    t, power = (float(scipy.stats.t.ppf(share, n - 1)) for share in (0.975, 0.8))
    below, above = (
        float(scipy.stats.t.sf((slope - math.log(0.7)) / error, n - 1)),
        float(scipy.stats.t.sf((math.log(1.3) - slope) / error, n - 1)),
    )
    return {
        "change": math.exp(slope) - 1,
        "ci_low": math.exp(slope - t * error) - 1,
        "ci_high": math.exp(slope + t * error) - 1,
        "p": 2 * float(scipy.stats.t.sf(abs(slope) / error, n - 1)),
        "smallest_visible": math.exp((t + power) * error) - 1,
        "unchanged": max(below, above),
    }


def test_changes_their_intervals_and_verdicts(
    study: RunResult,
    tables: dict[str, pl.DataFrame],
    distances: list[dict[tuple[int, int], float]],
):
    losses = [losses_and_outputs(study, place)[0] for place in (0, 1)]
    weights = [of_pairs(tables, place, "pif") for place in (0, 1)]
    expected = {
        "dsa": change([jackknife(d)[0] for d in distances], [leave_out(d) for d in distances]),
        "ood_spread": change(
            [float(one.std()) for one in losses],
            [[float(np.delete(one, seed).std()) for seed in range(NETWORKS)] for one in losses],
        ),
        "pif": change([jackknife(d)[0] for d in weights], [leave_out(d) for d in weights]),
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
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    assert not any(
        line.startswith(("from degendsl.metrics", "from degendsl.analysis")) for line in lines
    )
