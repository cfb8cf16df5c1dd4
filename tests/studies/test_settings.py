"""What a study measures with and of which networks: shown on copies with networks of our making."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from conftest import ASKED, EXPECTING, LITTLE, NETWORKS, TWINS, tiny
from spoiling import Arrays, arrays_of, conditions, measured, spoiled

from degendsl import metrics
from degendsl.api import RunResult
from degendsl.measuring import _cache
from degendsl.store import Store


def values(tables: dict[str, pl.DataFrame], metric: str, at: str = "end") -> dict[str, Any]:
    """The row of a metric in the first condition."""
    first = tables["conditions"]["condition"][0]
    return tables["degeneracy"].filter(condition=first, metric=metric, at=at).row(0, named=True)


def test_below_threshold_leaves_out_what_has_risen_above_it(study: RunResult, tmp_path: Path):
    def worse(arrays: Arrays) -> None:
        arrays["final/readout_bias"] += 10

    store = spoiled(study.store.root, tmp_path / "copy", {1: worse})
    specs = [
        tiny(EXPECTING, *LITTLE, f"measure.include={word}")
        for word in ("converged", "below_threshold")
    ]
    counted = [values(measured(store, spec), "dsa")["n_networks"] for spec in specs]
    assert counted == [NETWORKS, NETWORKS - 1]


def test_a_value_at_the_floor_is_unclear(study: RunResult, tmp_path: Path):
    def another(arrays: Arrays) -> None:
        arrays["final/recurrent"] *= -3

    spoil = dict.fromkeys(range(TWINS), another)
    store = spoiled(study.store.root, tmp_path / "copy", spoil, twins=True)
    found = measured(store, tiny(EXPECTING, *LITTLE))
    row, (claim,) = values(found, "dsa"), found["expectations"].to_dicts()
    assert row["floor"] > row["value"]
    assert claim["verdict"] == "unclear" and "what rounding alone does" in claim["why"]


def test_a_twin_that_cannot_be_measured_is_named_and_the_other_twins_make_the_floor(
    study: RunResult, tmp_path: Path
):
    def no_numbers(arrays: Arrays) -> None:
        arrays["final/recurrent"][0, 0] = np.nan

    whole = values(measured(study.store, tiny(EXPECTING, *LITTLE)), "dsa")
    store = spoiled(study.store.root, tmp_path / "copy", {0: no_numbers}, twins=True)
    found = measured(store, tiny(EXPECTING, *LITTLE))
    for metric in ("ood_spread", "disagreement", "dsa", "pif"):
        assert values(found, metric)["floor"] is not None, metric
    assert values(found, "dsa")["value"] == whole["value"]
    for level in ("behavior", "dynamics", "weights"):
        lines = [one for one in found["problems"]["problem"] if f"{level}, floor" in one]
        assert len(lines) == 1 and f"1 of {TWINS}" in lines[0] and "the twin of" in lines[0]


def test_the_floor_of_disagreement_is_what_twins_do_differently(study: RunResult, tmp_path: Path):
    own = [arrays_of(study.store, conditions(study.store)[0], seed) for seed in range(TWINS)]

    def shifted(seed: int, arrays: Arrays) -> None:
        arrays.update(own[seed])
        arrays["final/readout_bias"] = own[seed]["final/readout_bias"] + np.float32(0.5)

    spoil = {seed: lambda arrays, s=seed: shifted(s, arrays) for seed in range(TWINS)}
    store = spoiled(study.store.root, tmp_path / "copy", spoil, twins=True)
    found = measured(store, tiny(EXPECTING, *LITTLE))
    # Every output is off by 0.5; float32 outputs of size 1 err by 1e-7.
    assert values(found, "disagreement")["floor"] == pytest.approx(0.25, rel=1e-5)
    assert values(found, "dsa")["floor"] < 1e-12 and values(found, "pif")["floor"] == 0


def test_a_turned_and_reordered_copy_is_at_zero_in_the_networks_own_group(
    study: RunResult, tmp_path: Path
):
    first = conditions(study.store)[0]
    own = arrays_of(study.store, first, 0)
    random = np.random.default_rng(0)
    order, sign = random.permutation(8), random.choice([-1, 1], 8).astype(np.float32)

    def copy(arrays: Arrays) -> None:
        w = {name: own[f"final/{name}"] for name in ("recurrent", "input", "bias", "readout")}
        arrays["final/recurrent"] = w["recurrent"][np.ix_(order, order)] * np.outer(sign, sign)
        arrays["final/input"] = w["input"][order] * sign[:, None]
        arrays["final/bias"] = w["bias"][order] * sign
        arrays["final/readout"] = w["readout"][:, order] * sign
        arrays["final/readout_bias"] = own["final/readout_bias"]

    spec = tiny(EXPECTING, *ASKED)
    found = measured(spoiled(study.store.root, tmp_path / "copy", {1: copy}), spec)
    pairs = found["pairs"].filter(condition=first, at="end", seed_a=0, seed_b=1)
    apart = dict(pairs.select("metric", "distance").iter_rows())
    (joint,) = (name for name in apart if name.startswith("pif["))
    assert "group own" in joint and "blocks joint" in joint
    # Weights are moved and turned, never rounded; states are float32 and their operators follow.
    assert apart[joint] == 0 < 0.1 < apart["pif"]
    assert apart["disagreement"] < 1e-10 and apart["dsa"] < 1e-3


def test_measures_of_another_version_are_measured_again_and_nothing_is_trained(
    study: RunResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    store = Store(shutil.copytree(study.store.root, tmp_path / "copy"))
    spec = tiny(EXPECTING, *LITTLE)
    true = measured(store, spec)
    trained = {path: path.stat().st_mtime_ns for path in store.root.glob("*/*/*.npz")}
    # What is kept is believed, as long as it is of this version.
    falsified = 0
    for path in list(store.root.glob("measures/*/*.npz")):
        arrays, manifest = store.read_measure(path)
        if manifest["identity"]["level"] == "weights":
            path.unlink()
            store.write_measure(path, {**arrays, "pif": arrays["pif"] + 1}, manifest)
            falsified += 1
    assert falsified
    assert values(measured(store, spec), "pif")["value"] == pytest.approx(
        values(true, "pif")["value"] + 1
    )
    monkeypatch.setattr(_cache, "MEASURE_VERSION", _cache.MEASURE_VERSION + 1)
    again = measured(store, spec)
    assert again["degeneracy"].equals(true["degeneracy"])
    units = [path for path in trained if path.parts[-3] in ("units", "twins")]
    assert len(units) == 2 * (NETWORKS + TWINS)
    assert all(path.stat().st_mtime_ns == trained[path] for path in units)


def test_starts_follow_from_the_size_where_they_are_left_open(study: RunResult, tmp_path: Path):
    store = spoiled(study.store.root, tmp_path / "copy", {})
    shutil.rmtree(store.root / "measures")
    spec = tiny(EXPECTING, *LITTLE, "measure.weights={kind: pif}", "measure.pairs.max=2")
    solvers = measured(store, spec)["solvers"].filter(metric="pif", at="end")
    assert set(solvers["starts"]) == {metrics.default_starts(8)}
    assert (solvers["gap"] >= 0).all() and solvers["agreeing"].null_count() == 2
    manifests = [store.measure_manifest(p) for p in store.root.glob("measures/*/*.npz")]
    kept = {m["identity"]["weights"]["starts"] for m in manifests if "weights" in m["identity"]}
    assert kept == {metrics.default_starts(8)}
    of_dynamics = measured(store, spec)["solvers"].filter(metric="dsa")
    # One start of `measure.dynamics.starts`, with both determinants.
    assert set(of_dynamics["starts"]) == {2.0} and (of_dynamics["agreeing"] > 0).all()


def test_operators_of_rank_one_are_warned_of_in_every_condition(study: RunResult, tmp_path: Path):
    store = spoiled(study.store.root, tmp_path / "copy", {})
    asked = "measure.dynamics={kind: dsa, delays: 3, rank: 1}"
    found = measured(store, tiny(EXPECTING, *ASKED[:1], "measure.at=[end]", asked))
    warned = found["notes"].filter(pl.col("note").str.contains("rank 1 are compared by their sign"))
    assert set(warned["condition"]) == set(conditions(store)) and warned.height == 2


def test_behavior_says_four_numbers_of_each_condition_asked_for(study: RunResult, tmp_path: Path):
    store = spoiled(study.store.root, tmp_path / "copy", {})
    spec = tiny(
        EXPECTING, *LITTLE, "measure.behavior=[{ood: temporal}, {ood: input_noise, sd: 0.5}]"
    )
    found = measured(store, spec)
    rows = found["degeneracy"].filter(level="behavior", at="end")
    assert len(set(rows["metric"])) == 8 and rows["value"].null_count() == 0
    (tag,) = {metric.partition("[")[2] for metric in rows["metric"]} - {""}
    first = conditions(store)[0]
    losses = found["networks"].filter(condition=first)["ood_mse"].to_numpy()
    summary = metrics.loss_summary(losses)
    for metric, expected in (
        ("ood_spread", summary.spread),
        ("ood_mse_mean", summary.mean),
        ("ood_log10_sd", summary.log_spread),
    ):
        assert values(found, metric)["value"] == pytest.approx(expected, rel=1e-12)
        assert values(found, f"{metric}[{tag}")["value"] != values(found, metric)["value"]
    pairs = found["pairs"].filter(condition=first, at="end", metric=f"disagreement[{tag}")
    assert values(found, f"disagreement[{tag}")["value"] == pytest.approx(pairs["distance"].mean())
