"""What a run would take and why networks are new; afterwards, how far off that was."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import TINY, tiny

from degendsl import api, outlook, training
from degendsl.errors import RunnerError
from degendsl.planning import (
    Plan,
    Speed,
    estimate,
    fitted,
    group_seconds,
    keep_speed,
    known_speed,
    lanes_within,
    make_plan,
    memory_bytes,
    rows,
)
from degendsl.store import Store, UnitRecord, store_for

SPEED = Speed(per_unit=2e-9, per_weight=1e-11, device="cpu")
SEEDS = "networks.count=3"


def planned(*overrides: str, text: str = TINY) -> Plan:
    return make_plan(tiny(text, *overrides))


def store_of(plan: Plan, out: Path) -> Store:
    return store_for(plan.spec.study.name, plan.spec.folder_hash, out)


def fill(plan: Plan, out: Path, *, key: str | None = None) -> Store:
    """A store as a run leaves it, with networks that hold nothing."""
    store = store_of(plan, out)
    store.write_spec(plan.spec.text, api.lock_of(plan, None, {}))
    for unit in plan.units:
        manifest = {"condition": unit.condition.id, "seed": unit.seed, "key": key or unit.key}
        arrays = {"loss": np.zeros(1)}
        store.write_unit(unit.condition.id, unit.seed, UnitRecord(arrays=arrays, manifest=manifest))
    return store


def whys(plan: Plan, out: Path) -> list[str]:
    return [row.why for row in rows(plan, store_of(plan, out))]


def test_networks_are_new_because_nothing_is_there_or_because_more_are_asked_for(tmp_path: Path):
    assert whys(planned(), tmp_path) == ["not trained yet"]
    fill(planned(SEEDS), tmp_path)
    assert whys(planned(SEEDS), tmp_path) == [""]
    assert whys(planned(), tmp_path) == ["more seeds"]
    (row,) = rows(planned(), store_of(planned(), tmp_path))
    assert (row.done, row.stale, row.new) == (3, 0, 1)


def test_networks_are_new_because_the_science_differs_and_it_is_said_how(tmp_path: Path):
    folder = fill(planned(SEEDS), tmp_path).root.name
    assert whys(planned("model.units=9"), tmp_path) == [
        f"the science differs from {folder}: model.units: 8 → 9"
    ]
    assert whys(planned("numerics.precision=tf32"), tmp_path) == [
        f"other numerics than in {folder}: numerics.precision: float32 → tf32"
    ]
    swept = TINY + "sweep: [{model.units: [8, 9]}]\n"
    first, second = whys(planned(text=swept), tmp_path)
    assert first == f"{folder} has it, but with another sweep or seed"
    assert second.startswith(f"the science differs from {folder}: sweep")


def test_networks_of_older_code_are_stale(tmp_path: Path):
    fill(planned(SEEDS), tmp_path, key="of other code")
    (row,) = rows(planned(), store_of(planned(), tmp_path))
    assert (row.done, row.stale, row.new) == (0, 3, 1)
    assert (
        row.why == "the code of its task, model or training gives other results since; more seeds"
    )


def test_the_speed_that_two_timings_imply_is_found_again():
    small, large = (planned(f"model.units={n}").conditions[0].science for n in (8, 64))
    found = fitted([(one, SPEED.step_seconds(one)) for one in (small, large)], "cpu")
    # Two linear equations in double precision, with a determinant far from zero.
    assert found.per_unit == pytest.approx(SPEED.per_unit, rel=1e-9)
    assert found.per_weight == pytest.approx(SPEED.per_weight, rel=1e-9)
    # Timings that make the larger program the cheaper one still give a speed.
    crossed = fitted([(small, 1.0), (large, 1.5)], "cpu")
    assert crossed.per_unit >= 0 and crossed.per_weight >= 0


def test_a_group_takes_as_long_as_its_lanes_or_its_longest_network():
    science = planned().conditions[0].science
    few = group_seconds(SPEED, science, 8, 10.0, 10.0)
    assert group_seconds(SPEED, science, 8, 80.0, 10.0) == few
    assert group_seconds(SPEED, science, 8, 160.0, 10.0) > few


def costs(plan: Plan, **more: Any) -> Any:
    given = {"speed": SPEED, "epochs": None, "lanes": 4, "devices": 2, **more}
    return estimate(plan, plan.units, **given)


def test_estimates_grow_with_what_is_asked_for():
    base = costs(planned())
    assert base.seconds is None and base.most > 0
    assert costs(planned("networks.count=64")).most > base.most
    assert costs(planned("networks.count=64")).disk > base.disk
    assert costs(planned("train.batch_size=4096")).memory > base.memory
    known = costs(planned(), epochs=3.0)
    assert known.seconds < known.most == base.most
    assert costs(planned(), speed=None).most is None


def test_the_number_of_lanes_that_would_fit_fits():
    science = planned("model.units=256", "train.batch_size=512").conditions[0].science
    memory = 3_000_000_000
    lanes = lanes_within(science, memory, devices=2)
    assert memory_bytes(science, lanes, 2) <= memory < memory_bytes(science, lanes + 1, 2)


def test_what_does_not_fit_is_refused_with_the_number_that_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    plan = planned("train.batch_size=65536", "model.units=512")
    monkeypatch.setattr(outlook, "memory_available", lambda: 4_000_000_000)
    with pytest.raises(RunnerError, match=r"GB are free; 1 would fit|not even one network fits"):
        outlook.refuse_what_does_not_fit(plan, plan.units, store_of(plan, tmp_path), lanes=4)
    monkeypatch.setattr(outlook, "disk_free", lambda _: 10_000)
    monkeypatch.setattr(outlook, "memory_available", lambda: None)
    with pytest.raises(RunnerError, match=r"of disk, and 10 kB are free at .*networks.count \d"):
        outlook.refuse_what_does_not_fit(planned(), planned().units, Store(tmp_path), lanes=4)


def test_what_a_run_took_is_kept_beside_what_was_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    where = training.realisation(2)
    monkeypatch.setattr(outlook, "known_speed", lambda _: SPEED)
    plan = planned()
    clock = outlook.Clock(where, lambda _: None)
    for unit in plan.units:
        for epoch in (1, 2, 3):
            done = "converged" if epoch == 3 else None
            clock.hear(training.Report(unit=unit, epoch=epoch, loss=0.1, outcome=done))
    store = Store(tmp_path / "store")
    clock.keep(store)
    (entry,) = store.runs()
    assert (entry["networks"], entry["epochs"], entry["epochs_per_network"]) == (4, 12, 3.0)
    assert entry["expected_seconds"] > 0
    # Seconds are kept to the millisecond, the error from before rounding.
    assert entry["error"] > 0
    assert outlook._epochs_so_far(store) == 3.0
    found = outlook.outlook(plan, store, lanes=2)
    assert found.estimate.seconds is not None and len(found.missing) == 4


def test_speeds_are_kept_by_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert known_speed("here") is None
    keep_speed("here", SPEED)
    keep_speed("there", SPEED)
    assert known_speed("here") == known_speed("there") == SPEED
    (tmp_path / "degendsl" / "speed.json").write_text("{")
    assert known_speed("here") is None
    keep_speed("here", SPEED)


@pytest.mark.parametrize(
    ("seconds", "said"), [(3.2, "3 s"), (150.0, "2.5 min"), (9e3, "2.5 h"), (2.6e5, "3.0 days")]
)
def test_durations_are_said_in_words(seconds: float, said: str):
    assert outlook.duration(seconds) == said


@pytest.mark.slow
def test_a_probe_gives_a_speed_and_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    import jax

    where, devices = training.realisation(1), len(jax.devices())
    speed = training.speed_of(where, devices)
    # A step of a trial and unit takes from a hundredth of a nanosecond to a microsecond anywhere.
    assert 1e-11 < speed.per_unit + 64 * speed.per_weight < 1e-6
    assert known_speed(training.speed_key(where, devices)) == speed
