"""What measuring is said to take, beside what it took."""

import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import ASKED, EXPECTING, NETWORKS, TWINS, tiny

from degendsl import metrics, outlook
from degendsl._cores import usable_cores
from degendsl.api import RunResult
from degendsl.measuring import measure_study
from degendsl.planning import _measuring, make_plan, measuring
from degendsl.store import Store


def test_operators_and_pairs_are_counted_as_they_are_measured(study: RunResult, tmp_path: Path):
    """Levels, references, twins and the settings of the grid, in both conditions."""
    plan = make_plan(tiny(EXPECTING, *ASKED))
    shutil.copytree(study.store.root, tmp_path / "copy")
    store = Store(tmp_path / "copy")
    shutil.rmtree(store.root / "measures")
    said = measuring(plan, plan.conditions)
    assert outlook.outlook(plan, store).measuring == said
    began = time.perf_counter()
    measure_study(plan, store)
    took = time.perf_counter() - began
    kept = [
        (manifest["identity"]["level"], arrays)
        for condition in plan.conditions
        for arrays, manifest in map(store.read_measure, store.measures(condition.id))
    ]

    def number(name: str) -> int:
        return sum(len(a[name]) for level, a in kept if name in a and level != "floor")

    # Two delays, one of which is the study's own. Floors are kept under other names.
    conditions, settings, measures = 2, 2, 2
    assert said.conditions == conditions
    assert said.operators == number("operators")
    assert said.dynamics - settings * conditions * TWINS == number("dsa")
    assert said.weights - measures * conditions * TWINS == number("pif")
    assert not outlook.outlook(plan, store).measuring.conditions
    more = make_plan(tiny(EXPECTING, *ASKED, f"networks.count={NETWORKS + 1}"))
    assert outlook.outlook(more, store).measuring.conditions == conditions
    # Lines between costs are right within a factor of two, and beside other tests a second core
    # may be taken or not. Tiny measures are mostly what a condition takes.
    assert 1 / 4 < said.seconds * slowness() / took < 4


def slowness() -> float:
    """How many times as long as where costs were measured a piece of that work takes here, now."""
    operators = np.random.default_rng(0).normal(size=(12, 10, 10)) / np.sqrt(10)
    pairs = [(i, j) for i in range(12) for j in range(i)]
    began = time.perf_counter()
    metrics.operator_distances(operators, pairs, starts=_measuring._STARTS)
    took = time.perf_counter() - began
    return took / (len(pairs) * _measuring._OPERATORS[10] * _measuring._CORES / usable_cores())


def test_times_follow_sizes():
    def seconds(*changes: str) -> float:
        plan = make_plan(tiny(EXPECTING, *changes))
        return measuring(plan, plan.conditions).seconds

    # Ten times as many networks have a hundred times as many pairs, less what a condition takes.
    few, many = seconds("networks.count=20"), seconds("networks.count=200")
    assert 30 < many / few < 100
    assert seconds("networks.count=200", "measure.pairs.max=100") < many / 20
    wide = ("networks.count=50", "model.units=128")
    ranks = [seconds(*wide, f"measure.dynamics.rank={rank}") for rank in (3, 12, 40, 70)]
    assert ranks == sorted(ranks) and ranks[-1] > 3 * ranks[0]
    starts = [seconds(*wide, f"measure.weights.starts={count}") for count in (1, 10, 100)]
    assert starts == sorted(starts) and starts[-1] > 5 * starts[0]


@pytest.mark.parametrize("units", [4, 8, 20, 64, 300, 1000])
def test_a_cost_between_sizes_lies_between_theirs(units: int):
    near = _measuring._between({8: 1.0, 64: 8.0, 256: 512.0}, units)
    # Logarithms are straight between: slope 1 below 64, slope 3 above.
    expected = units / 8 if units <= 64 else 8 * (units / 64) ** 3
    assert near == pytest.approx(expected, rel=1e-12)
