"""Training: rules, lanes, seeds, top-up and what is compiled when."""

from pathlib import Path

import equinox as eqx
import numpy as np
import pytest
from conftest import SWEPT, TINY, tiny

import degendsl
from degendsl.errors import StoreError
from degendsl.planning import make_plan
from degendsl.spec import Spec, kinds
from degendsl.store import Store, store_for
from degendsl.training import Report, Stopped, outcome, realisation, train_group

TRAIN = kinds.Train(max_epochs=5, stop=kinds.Stop(train_mse=0.1, patience=2))


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        ([], None),
        ([1.0, 0.1], None),
        ([1.0, 0.1, 9.0], None),
        ([1.0, 0.1, 9.0, 9.0], "converged"),
        ([1.0, 0.1, float("nan")], "diverged"),
        ([1.0, float("inf")], "diverged"),
        ([1.0] * 5, "unconverged"),
        ([1.0] * 4 + [0.1], None),
        ([1.0] * 4 + [0.1, 0.1, 0.1], "converged"),
    ],
)
def test_a_network_stops_exactly_when_the_rules_say(losses: list[float], expected: str | None):
    assert outcome(losses, TRAIN) == expected


def trained(spec: Spec, out: Path, lanes: int = 2) -> Store:
    """The store after training only."""
    plan = make_plan(spec)
    store = store_for(spec.study.name, spec.folder_hash, out)
    for group in plan.groups():
        train_group(group, spec.networks, store, realisation(lanes))
    return store


def units(store: Store) -> dict[str, bytes]:
    return {
        str(path.relative_to(store.root)): path.read_bytes()
        for path in sorted(store.root.glob("units/*/*.npz"))
    }


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return units(trained(tiny(SWEPT), tmp_path_factory.mktemp("swept")))


def test_a_condition_alone_and_in_a_sweep_gives_equal_bits(swept: dict[str, bytes], tmp_path: Path):
    alone = units(trained(tiny(TINY), tmp_path))
    assert len(alone) == 4
    assert alone.items() <= swept.items()


def test_lanes_neighbours_and_order_do_not_change_a_result(swept: dict[str, bytes], tmp_path: Path):
    spec = tiny(SWEPT)
    plan = make_plan(spec)
    store = store_for("tiny", spec.folder_hash, tmp_path)
    (group,) = plan.groups(plan.units[::-1])
    train_group(group, spec.networks, store, realisation(2))
    assert units(store) == swept


def test_one_program_is_traced_once_for_a_sweep_over_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from degendsl.training import _lane

    traced = eqx.debug.assert_max_traces(_lane.loss_of, max_traces=1)
    monkeypatch.setattr(_lane, "loss_of", traced)
    trained(tiny(SWEPT), tmp_path)


def test_sizes_make_groups_and_numbers_do_not():
    by_rate = make_plan(tiny(SWEPT)).groups()
    by_size = make_plan(tiny(TINY + "sweep:\n  - task.channels: [1, 2]\n")).groups()
    assert (len(by_rate), len(by_size)) == (1, 2)


def test_more_networks_leave_the_first_untouched(tmp_path: Path):
    first = degendsl.run(tiny(), tmp_path)
    before = {p: p.stat().st_mtime_ns for p in first.store.root.glob("units/*/*.npz")}
    heard: list[int] = []

    class Heard(degendsl.api.Listener):
        def planned(self, plan, missing, store):  # noqa: ANN001
            heard.append(len(missing))

    more = degendsl.run(tiny(TINY, "networks.count=6"), tmp_path, listener=Heard())
    assert more.store.root == first.store.root
    after = {p: p.stat().st_mtime_ns for p in first.store.root.glob("units/*/*.npz")}
    assert before.items() <= after.items() and len(after) == 6
    assert heard == [2]
    whole = degendsl.run(tiny(TINY, "networks.count=6"), tmp_path / "at once")
    for name in ("networks", "degeneracy", "pairs"):
        assert more.store.table(name).equals(whole.store.table(name)), name


def test_networks_of_code_that_gives_other_results_are_not_mixed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    first = degendsl.run(tiny(), tmp_path)
    monkeypatch.setattr(kinds.FlipFlop, "science_version", 10**6)
    with pytest.raises(StoreError, match="Give another --out"):
        degendsl.run(tiny(), tmp_path)
    with pytest.raises(StoreError, match="other results now"):
        degendsl.api.report(tiny(), first.store)


def test_other_measures_retrain_nothing(tmp_path: Path):
    first = degendsl.run(tiny(), tmp_path)
    second = degendsl.run(tiny(TINY, "measure.dynamics.rank=3"), tmp_path)
    assert first.store.root == second.store.root
    assert len(list(first.store.root.glob("units/*/*.npz"))) == 4


def test_stopping_and_going_on_gives_the_same_bits(swept: dict[str, bytes], tmp_path: Path):
    spec = tiny(SWEPT)
    plan = make_plan(spec)
    store = store_for("tiny", spec.folder_hash, tmp_path)
    (group,) = plan.groups()
    epochs = 0

    def count(report: Report) -> None:
        nonlocal epochs
        epochs += 1

    with pytest.raises(Stopped):
        train_group(
            group,
            spec.networks,
            store,
            realisation(2),
            report=count,
            should_stop=lambda: epochs >= 6,
        )
    assert list(store.root.glob("checkpoints/*.npz"))
    (rest,) = plan.groups(
        tuple(u for u in plan.units if not store.has_unit(u.condition.id, u.seed))
    )
    train_group(rest, spec.networks, store, realisation(2))
    assert units(store) == swept
    assert not list(store.root.glob("checkpoints/*.npz"))


def test_a_diverging_network_is_a_row_and_not_a_crash(tmp_path: Path):
    text = TINY.replace("kind: flip_flop", "kind: flip_flop").replace(
        "units: 8", "units: 8, nonlinearity: relu, init: {kind: gaussian, gain: 200}"
    )
    result = degendsl.run(tiny(text, "train.stop.patience=0"), tmp_path)
    outcomes = result.store.table("networks")["outcome"]
    assert outcomes.len() == 4 and set(outcomes) == {"diverged"}
    assert result.failed and result.report.exists()


def test_seeds_vary_what_the_spec_says(tmp_path: Path):
    store = trained(tiny(TINY, "networks.vary=[data]"), tmp_path)
    (folder,) = store.root.glob("units/*")
    records = [store.read_unit(folder.name, seed) for seed in range(2)]
    np.testing.assert_array_equal(
        records[0].arrays["init/recurrent"], records[1].arrays["init/recurrent"]
    )
    assert (records[0].arrays["final/recurrent"] != records[1].arrays["final/recurrent"]).any()
