"""A rank that is chosen before all networks are trained is said to be so, and chosen again."""

import shutil
from pathlib import Path

from conftest import EXPECTING, LITTLE, NETWORKS, tiny
from spoiling import conditions, measured, richer, spoiled

from degendsl import api
from degendsl.api import RunResult
from degendsl.planning import make_plan
from degendsl.spec import Spec
from degendsl.store import Store
from degendsl_reports import render
from degendsl_reports._words import PROVISIONAL

GRID = "measure.sensitivity={dynamics.rank_per: [study, condition]}"


def asking(*more: str) -> Spec:
    return tiny(EXPECTING, *LITTLE, "measure.dynamics={delays: 3, starts: 1, rank: 0.9}", *more)


def ranks(store: Store) -> list[tuple[str | None, int, bool]]:
    """Of each rank in the lock: whose it is, what it is, whether it may change."""
    found = store.lock["ranks"]
    return [(one.get("condition"), one["rank"], "provisional" in one) for one in found]


def test_a_rank_is_frozen_once_every_condition_is_trained(study: RunResult, tmp_path: Path):
    # The first condition rings, so that it asks for another rank than both together.
    whole = spoiled(study.store.root, tmp_path / "copy", dict.fromkeys(range(NETWORKS), richer))
    (first, second) = conditions(whole)
    spec = asking(GRID)
    away, there = tmp_path / "away", whole.root / "units" / second
    shutil.move(there, away)
    measured(whole, spec)
    half = ranks(whole)
    # The one of the condition that is there is final, that of the study is not.
    assert [(condition, open_) for condition, _, open_ in half] == [(None, True), (first, False)]
    assert measured(whole, spec)["degeneracy"].height and ranks(whole) == half
    shutil.move(away, there)
    found = measured(whole, spec)
    done = {condition: (rank, open_) for condition, rank, open_ in ranks(whole)}
    assert set(done) == {None, first, second} and len(ranks(whole)) == 3
    assert not any(open_ for _, open_ in done.values())
    assert done[first][0] == half[1][1] and done[None][0] != half[0][1]
    # As if there had been no report halfway.
    fresh = spoiled(study.store.root, tmp_path / "fresh", dict.fromkeys(range(NETWORKS), richer))
    same = measured(fresh, spec)["degeneracy"]
    assert found["degeneracy"].equals(same)
    assert sorted(map(str, ranks(fresh))) == sorted(map(str, ranks(whole)))
    # Frozen: one network more, not trained yet, opens nothing.
    measured(whole, asking(GRID, f"networks.count={NETWORKS + 1}"))
    assert not any(open_ for _, _, open_ in ranks(whole))


def test_the_page_says_that_a_rank_is_provisional(study: RunResult, tmp_path: Path):
    store = spoiled(study.store.root, tmp_path / "copy", {})
    shutil.rmtree(store.root / "units" / conditions(store)[1])
    spec = asking()
    store.write_spec(spec.text, api.lock_of(make_plan(spec), None, store.lock))
    assert api.report(spec, store).failed
    # Beside the values and in the text to paste.
    assert store.report_path.read_text().count(PROVISIONAL) == 2
    (chosen,) = store.lock["ranks"]
    del chosen["provisional"]
    store.write_lock({**store.lock, "ranks": [chosen]})
    assert PROVISIONAL not in render(store)
