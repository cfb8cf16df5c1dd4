"""Untrained networks beside trained ones: what they are matched by, what is said of them."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from laboratory import DSA, FEW, PIF, networks, save, state_dict, tables, tensors

from degendsl import metrics
from degendsl.cli import main
from degendsl.elsewhere import measure_files, read_networks
from degendsl.errors import InputError, UsageError


def measured(folder: Path, trained: Any, untrained: Any, **labels: Any) -> Path:
    """What two files come to."""
    nets, init = (save(folder / f"{name}.npz") for name in ("nets", "init"))
    save(nets, **trained, **labels)
    save(init, **untrained)
    measure_files([nets], folder / "out", untrained=[init], dsa=DSA, pif=PIF)
    return folder / "out"


def test_untrained_networks_stand_beside_values(tmp_path: Path, capsys: Any):
    trained, untrained = networks(seed=1), networks(seed=2)
    out = measured(tmp_path, trained, untrained)
    rows = tables(out)["degeneracy"].filter(at="end")
    beside = {metric: v for metric, v in rows.select("metric", "untrained").rows()}

    def mean(distances: np.ndarray) -> float:
        return float(distances[np.triu_indices(len(distances), 1)].mean())

    rank = int(DSA.rank)
    dsa = metrics.dsa_distances(untrained["states"], delays=DSA.delays, rank=rank, starts=2)
    before, after = (
        mean(metrics.pif_distances(one["weights"], starts=3)) for one in (untrained, trained)
    )
    # The same minimisations on the same numbers.
    assert beside["dsa"] == pytest.approx(mean(dsa), rel=1e-9)
    assert beside["pif"] == pytest.approx(before, rel=1e-9)
    ratio = rows.filter(metric="pif_ratio")
    assert ratio["value"].item() == pytest.approx(after / before, rel=1e-9)
    assert ratio["untrained"].item() is None
    assert beside["ood_spread"] == pytest.approx(untrained["losses"].std(), rel=1e-12)
    moved = np.linalg.norm(trained["weights"] - untrained["weights"], axis=(1, 2))
    assert tables(out)["networks"]["weight_change"].to_list() == pytest.approx(moved, rel=1e-12)
    init = tables(out)["networks"]["spectral_radius_init"].to_list()
    radii = [metrics.spectral_radius(one) for one in untrained["weights"]]
    assert init == pytest.approx(radii, rel=1e-12)
    assert tables(out)["sources"]["untrained"][2] == "network 2 of init.npz"
    assert main(["status", str(out)]) == 0
    assert f"untrained: {tmp_path / 'init.npz'}" in capsys.readouterr().out


def test_of_networks_that_did_not_change_nothing_has_moved(tmp_path: Path):
    one = networks()
    rows = tables(measured(tmp_path, one, one))["degeneracy"].filter(at="end")
    for metric in ("ood_spread", "dsa", "pif"):
        row = rows.filter(metric=metric)
        assert row["untrained"].item() == row["value"].item()
    # A mean over itself, rounded once.
    assert rows.filter(metric="pif_ratio")["value"].item() == pytest.approx(1, abs=1e-15)


def test_pairs_before_training_are_the_pairs_after(tmp_path: Path):
    one = networks(6)
    early = {name: array.copy() for name, array in one.items()}
    early["weights"][2, 0, 0] = np.nan
    early["states"][4] = 0
    nets, init = save(tmp_path / "nets.npz", **one), save(tmp_path / "init.npz", **early)
    measure_files([nets], tmp_path / "out", untrained=[init], dsa=DSA, pif=PIF, pairs=8)
    pairs = tables(tmp_path / "out")["pairs"].drop_nulls("distance")
    for metric, gone in (("pif", 2), ("dsa", 4)):
        before, after = (pairs.filter(metric=metric, at=at) for at in ("init", "end"))
        # Trained networks are the same, so pairs that lack none of the two are as far apart.
        there = after.filter((pl.col("seed_a") != gone) & (pl.col("seed_b") != gone))
        assert 0 < there.height < after.height == 8
        kept = ["seed_a", "seed_b", "distance"]
        assert before.select(kept).rows() == there.select(kept).rows()


def test_labels_after_training_say_the_group(tmp_path: Path):
    trained, untrained = networks(6), networks(6, seed=3)
    out = measured(tmp_path, trained, untrained, labels=np.array(["a", "b"] * 3))
    sources = tables(out)["sources"]
    same = sources["name"].str.replace("nets", "init", literal=True)
    assert sources["untrained"].to_list() == same.to_list()
    assert sources["condition"].n_unique() == 2


def test_folders_are_matched_by_names_or_by_order(tmp_path: Path):
    random = np.random.default_rng(0)

    def folder(name: str, files: list[str]) -> Path:
        for file in files:
            tensors(tmp_path / name / f"{file}.safetensors", state_dict(random.normal(size=(3, 3))))
        return tmp_path / name

    trained = folder("trained", ["seed2", "seed10"])

    def before(early: Path) -> list[str]:
        (group,) = read_networks([trained], untrained=[early]).groups.values()
        return [network.untrained.name for network in group if network.untrained]

    # More were initialised than finished training.
    assert before(folder("all", ["seed1", "seed2", "seed10"])) == ["seed2", "seed10"]
    assert before(folder("others", ["init10", "init2"])) == ["init2", "init10"]
    with pytest.raises(InputError, match=r"some lacks 1 networks of .*trained: seed10; give"):
        before(folder("some", ["seed2", "seed3"]))
    with pytest.raises(InputError, match="few holds 1 networks and .*trained 2; give the same"):
        before(folder("few", ["init2"]))
    # One file of initial weights may be that of several conditions.
    files = [save(tmp_path / f"{name}.npz", weights=np.ones((2, 3, 3))) for name in "abc"]
    groups = read_networks(files[:2], untrained=[files[2]] * 2).groups
    assert [one.untrained.name for some in groups.values() for one in some if one.untrained] == [
        "network 0 of c.npz",
        "network 1 of c.npz",
    ] * 2
    with pytest.raises(UsageError, match="2 files or folders .* and 1 are named; give one for"):
        read_networks(files[:2], untrained=files[2:])


def test_what_is_no_earlier_state_of_a_network_is_named(tmp_path: Path, capsys: Any):
    trained, untrained = networks(), networks(seed=2)
    untrained["states"] = untrained["states"][:, :, :-1]
    untrained["weights"][1, 0, 0] = np.nan
    nets, init = save(tmp_path / "nets.npz", **trained), save(tmp_path / "init.npz", **untrained)
    out = tmp_path / "out"
    asked = ["measure", str(nets), "--out", str(out), *FEW, "--untrained", str(init)]
    assert main(asked) == 1
    said = capsys.readouterr().err
    assert (
        "dynamics, untrained networks: 4 of 4 networks left out: the states of network 0 of "
        "init.npz are (6, 23, 5) before training and (6, 24, 5) after it: give the same"
    ) in said
    assert "weights, untrained networks: 1 of 4 networks left out" in said
    rows = tables(out)["degeneracy"].filter(pl.col("value").is_not_null())
    assert rows.filter(metric="dsa", at="end")["n_networks"].item() == 4
    assert rows.filter(metric="dsa", at="init").height == 0
    assert rows.filter(metric="pif", at="init")["n_networks"].item() == 3
    change = tables(out)["networks"]["weight_change"].is_null().to_list()
    assert change == [False, True, False, False]
    assert main([*asked[:-1], str(tmp_path / "none.npz")]) == 3
    assert main([*asked, str(init)]) == 2
