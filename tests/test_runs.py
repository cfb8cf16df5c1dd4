"""Runs into a folder that has networks: more of them, other measures, other code; and failures."""

import shutil
from pathlib import Path

import pytest
from conftest import TINY, tiny

import degendsl
from degendsl.errors import StoreError
from degendsl.spec import kinds


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("finished")
    degendsl.run(tiny(), out)
    return out


@pytest.fixture
def out(finished: Path, tmp_path: Path) -> Path:
    """A results folder that has the tiny study."""
    return shutil.copytree(finished, tmp_path / "results")


def units(out: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in out.glob("tiny/*/units/*/*.npz")}


def test_more_networks_leave_the_first_untouched(out: Path, tmp_path: Path):
    before = units(out)
    heard: list[int] = []

    class Heard(degendsl.api.Listener):
        def planned(self, plan, missing, store):  # noqa: ANN001
            heard.append(len(missing))

    more = degendsl.run(tiny(TINY, "networks.count=6"), out, listener=Heard())
    after = units(out)
    assert len(before) == 4 and before.items() <= after.items() and len(after) == 6
    assert heard == [2]
    whole = degendsl.run(tiny(TINY, "networks.count=6"), tmp_path / "at once")
    for name in ("networks", "degeneracy", "pairs"):
        assert more.store.table(name).equals(whole.store.table(name)), name


def test_networks_of_code_that_gives_other_results_are_not_mixed_in(
    out: Path, monkeypatch: pytest.MonkeyPatch
):
    (root,) = out.glob("tiny/*")
    monkeypatch.setattr(kinds.FlipFlop, "science_version", 10**6)
    with pytest.raises(StoreError, match="Give another --out"):
        degendsl.run(tiny(), out)
    with pytest.raises(StoreError, match="other results now"):
        degendsl.api.report(tiny(), degendsl.open_store(root))


def test_other_measures_retrain_nothing(out: Path):
    before = units(out)
    degendsl.run(tiny(TINY, "measure.dynamics.rank=3"), out)
    assert len(before) == 4 and units(out) == before


def test_a_diverging_network_is_a_row_and_not_a_crash(tmp_path: Path):
    text = TINY.replace(
        "units: 8", "units: 8, nonlinearity: relu, init: {kind: gaussian, gain: 200}"
    )
    result = degendsl.run(tiny(text, "train.stop.patience=0"), tmp_path)
    outcomes = result.store.table("networks")["outcome"]
    assert outcomes.len() == 4 and set(outcomes) == {"diverged"}
    assert result.failed and result.report.exists()
