"""Training: rules, lanes, seeds and what is compiled when."""

from pathlib import Path

import equinox as eqx
import numpy as np
import pytest
from conftest import SWEPT, TINY, tiny

from degendsl.planning import make_plan
from degendsl.spec import Spec, kinds
from degendsl.store import Store, store_for
from degendsl.training import Report, Stopped, outcome, realisation, train_group

# That bits are equal is a claim about programs as they are shipped.
pytestmark = pytest.mark.usefixtures("optimised")

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


def test_seeds_vary_what_the_spec_says(tmp_path: Path):
    store = trained(tiny(TINY, "networks.vary=[data]"), tmp_path)
    (folder,) = store.root.glob("units/*")
    records = [store.read_unit(folder.name, seed) for seed in range(2)]
    np.testing.assert_array_equal(
        records[0].arrays["init/recurrent"], records[1].arrays["init/recurrent"]
    )
    assert (records[0].arrays["final/recurrent"] != records[1].arrays["final/recurrent"]).any()
