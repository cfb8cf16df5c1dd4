"""The rank of DSA in a study: chosen once, alone in a condition, or listed by the grid."""

import shutil
from pathlib import Path

import pytest
from conftest import EXPECTING, LITTLE, NETWORKS, tiny
from spoiling import Arrays, conditions, measured, richer, spoiled

from degendsl import metrics
from degendsl.analysis._references import NAMES
from degendsl.api import RunResult
from degendsl.measuring import _evaluate
from degendsl.planning import make_plan


@pytest.mark.parametrize("choice", ["rank: 0.9", "rank: 6, choose: prediction"])
def test_a_rank_is_chosen_once_and_stands_in_the_lock(
    choice: str, study: RunResult, tmp_path: Path
):
    spec = tiny(EXPECTING, *LITTLE, f"measure.dynamics={{delays: 3, starts: 1, {choice}}}")
    store = spoiled(study.store.root, tmp_path / "copy", {})
    plan = make_plan(spec)

    def used() -> int:
        return measured(store, spec)["eigenvalues"]["index"].max() + 1  # pyright: ignore

    rank = used()
    (chosen,) = store.lock["ranks"]
    assert chosen["rank"] == rank
    states = []
    for condition in plan.conditions:
        trials = _evaluate.test_trials(
            _evaluate.condition_task(condition.science), spec.measure.trials
        )
        networks = [store.read_unit(condition.id, seed).parameters("final") for seed in range(3)]
        states += list(_evaluate.states_on(condition.science, trials, networks))
    if "prediction" in choice:
        by_prediction = metrics.choose_dsa_settings(states, delays=[3], ranks=range(1, 7))
        assert rank == by_prediction.rank
    else:
        assert rank == metrics.rank_for_variance(states, delays=3, share=0.9)
    # Whatever measures there are, the lock decides.
    shutil.rmtree(store.root / "measures")
    store.write_lock({**store.lock, "ranks": [{**chosen, "rank": rank + 1}]})
    assert used() == rank + 1


def test_a_rank_that_cannot_be_chosen_is_said_and_other_levels_are_measured(
    study: RunResult, tmp_path: Path
):
    def dead(arrays: Arrays) -> None:
        for name in ("recurrent", "input", "bias"):
            arrays[f"final/{name}"][:] = 0

    store = spoiled(study.store.root, tmp_path / "copy", dict.fromkeys(range(NETWORKS), dead))
    (_, second) = conditions(store)
    shutil.rmtree(store.root / "units" / second)
    grid = "measure.sensitivity={dynamics.rank_per: [condition]}"
    asked = (*LITTLE, "measure.dynamics={delays: 3, rank: 0.9}", grid)
    found = measured(store, tiny(EXPECTING, *asked))
    first = found["degeneracy"].filter(condition=conditions(store)[0])
    assert set(first["level"]) == {"behavior", "weights"}
    said = " ".join(found["problems"]["problem"])
    assert "dynamics: the rank cannot be chosen" in said and "give the rank" in said
    assert "dynamics with rank per condition: the rank cannot be chosen" in said
    (under,) = found["sensitivity_values"].to_dicts()
    assert under["value"] is None and under["rank"] is None and under["n_networks"] == 0
    assert store.lock["ranks"] == []


@pytest.mark.parametrize(
    "choice, rule",
    [("rank: 0.9", "share"), ("rank: 6", "predict")],
)
def test_a_rank_per_condition_is_that_of_the_condition_alone_and_stands_in_the_lock(
    choice: str, rule: str, study: RunResult, tmp_path: Path
):
    spec = tiny(
        EXPECTING,
        *LITTLE,
        f"measure.dynamics={{delays: 3, starts: 1, {choice}}}",
        "measure.sensitivity={dynamics.rank_per: [study, condition]}",
    )
    # Other networks in the first condition, so that conditions ask for other ranks.
    store = spoiled(study.store.root, tmp_path / "copy", dict.fromkeys(range(NETWORKS), richer))
    found, plan = measured(store, spec), make_plan(spec)
    values = found["sensitivity_values"].filter(metric="dsa")
    alone = values.filter(setting="rank per condition")
    expected = []
    for condition in plan.conditions:
        trials = _evaluate.condition_trials(condition.science, spec.measure.trials)
        networks = [store.read_unit(condition.id, seed).parameters("final") for seed in range(3)]
        states = list(_evaluate.states_on(condition.science, trials, networks))
        if rule == "share":
            expected.append(metrics.rank_for_variance(states, delays=3, share=0.9))
        else:
            chosen = metrics.choose_dsa_settings(states, delays=[3], ranks=range(1, 7))
            expected.append(chosen.rank)
    assert alone["condition"].to_list() == [one.id for one in plan.conditions]
    assert alone["rank"].to_list() == expected and expected[0] != expected[1]
    kept = {one["condition"]: one["rank"] for one in store.lock["ranks"] if "condition" in one}
    assert kept == dict(zip(alone["condition"], expected, strict=True))
    # The study's own rank is one for all, and this setting is what the study itself measures.
    own = found["degeneracy"].filter(metric="dsa", at="end")
    same = values.filter(setting="rank per study")
    for name in ("rank", "value", "ci_low", "floor", "null", "cross"):
        assert same[name].to_list() == own[name].to_list(), name
    assert own["rank"].n_unique() == 1
    # Distances and references within a condition are those at the condition's rank.
    for condition, rank, row in zip(
        plan.conditions, expected, alone.iter_rows(named=True), strict=True
    ):
        given = tiny(EXPECTING, *LITTLE, f"measure.dynamics={{delays: 3, starts: 1, rank: {rank}}}")
        (there,) = (
            measured(store, given)["degeneracy"]
            .filter(metric="dsa", at="end", condition=condition.id)
            .to_dicts()
        )
        assert {name: row[name] for name in ("value", "ci_low", "ci_high", *NAMES)} == {
            name: there[name] for name in ("value", "ci_low", "ci_high", *NAMES)
        }
    # Counted as any setting is: its effect is that of these two values.
    (effect,) = found["sensitivity"].filter(metric="dsa", setting="rank per condition").to_dicts()
    first, second = alone["value"].to_list()
    assert effect["change"] == pytest.approx(second / first - 1, rel=1e-12)
    # Frozen: whatever measures there are, the lock decides.
    shutil.rmtree(store.root / "measures")
    ranks = [
        {**one, "rank": one["rank"] + 1} if "condition" in one else one
        for one in store.lock["ranks"]
    ]
    store.write_lock({**store.lock, "ranks": ranks})
    again = measured(store, spec)["sensitivity_values"].filter(setting="rank per condition")
    assert again["rank"].to_list() == [rank + 1 for rank in expected]


def test_ranks_that_the_grid_lists_are_taken_or_chosen_once(study: RunResult, tmp_path: Path):
    spec = tiny(
        EXPECTING,
        *LITTLE,
        "measure.dynamics={delays: 3, starts: 1, rank: 6, choose: prediction}",
        "measure.sensitivity={dynamics.rank: [2, 0.9], dynamics.delays: [2, 3]}",
    )
    store = spoiled(study.store.root, tmp_path / "copy", {})
    found = measured(store, spec)
    assert found["problems"].height == 0
    values = found["sensitivity_values"].filter(metric="dsa")
    by_setting = {
        setting: ranks for setting, ranks in values.group_by("setting").agg("rank").rows()
    }
    # A number is what it says, also where the study predicts; a share is chosen for all at once.
    assert by_setting["rank 2, delays 2"] == by_setting["rank 2, delays 3"] == [2, 2]
    for delays in (2, 3):
        ((first, second),) = (by_setting[f"rank 0.9, delays {delays}"],)
        assert first == second
    assert [one["dynamics"]["delays"] for one in store.lock["ranks"]] == [3, 2, 3]
