"""Networks from elsewhere: the same numbers as the measures give."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from laboratory import (
    DSA,
    FEW,
    PIF,
    networks,
    save,
    tables,
    value,
)

from degendsl import metrics
from degendsl.cli import main
from degendsl.elsewhere import measure_files
from degendsl.errors import UsageError
from degendsl.spec import kinds


def test_tables_say_what_the_measures_say(tmp_path: Path):
    given = networks(8)
    labels = np.array(["one", "two"] * 4)
    path = save(tmp_path / "nets.npz", **given, labels=labels)
    found = measure_files([path], tmp_path / "out", dsa=DSA, pif=PIF)
    assert found.problems == () and dict(found.networks) == {"one": 4, "two": 4}
    off = ~np.eye(4, dtype=bool)
    for label in ("one", "two"):
        states, weights, losses = (given[k][labels == label] for k in given)
        dsa = metrics.dsa_distances(states, delays=3, rank=4, starts=2)
        pif = metrics.pif_distances(weights, starts=3, seed=0)
        folder = tmp_path / "out"
        # The same functions on the same numbers: equal but for the order of sums.
        assert value(folder, "dsa", label) == pytest.approx(dsa[off].mean(), rel=1e-12)
        assert value(folder, "pif", label) == pytest.approx(pif[off].mean(), rel=1e-12)
        assert value(folder, "ood_spread", label) == pytest.approx(metrics.ood_spread(losses))
    made = tables(tmp_path / "out")
    assert made["effects"].height == 0 and made["expectations"].height == 0
    assert made["maps"].height == 2 * 8 and made["pairs"].height >= 2 * 2 * 6
    assert made["sources"]["name"].to_list()[1] == "network 2 of nets.npz"
    assert made["networks"]["outcome"].unique().to_list() == ["given"]
    radius = np.abs(np.linalg.eigvals(given["weights"][0])).max()
    assert made["networks"]["spectral_radius"][0] == pytest.approx(radius)


def test_lock_names_what_was_read_and_the_folder_answers(tmp_path: Path, capsys: Any):
    path = save(tmp_path / "nets.npz", **networks(3))
    out = tmp_path / "out"
    assert main(["measure", str(path), "--out", str(out), "--title", "Ours <b>", *FEW]) == 0
    lock = json.loads((out / "spec.lock.json").read_text())
    assert lock["kind"] == "measured" and len(lock["inputs"][0]["sha256"]) == 64
    assert not (out / "units").exists() and not (out / "spec.yaml").exists()
    page = (out / "report.html").read_text()
    assert "Ours &lt;b&gt;" in page and "trained elsewhere" in page
    path.unlink()
    (out / "report.html").unlink()
    assert main(["report", str(out)]) == 0 and (out / "report.html").read_text() == page
    capsys.readouterr()
    assert main(["status", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["conditions"][0]["n_networks"] == 3
    assert main(["status", str(out), "--set", "a=b"]) == 0


def test_json_answers_with_values_and_problems(tmp_path: Path, capsys: Any):
    given = networks(4)
    given["losses"][2] = np.nan
    path = save(tmp_path / "nets.npz", **given)
    code = main(["measure", str(path), "--out", str(tmp_path / "out"), "--json", *FEW])
    said = json.loads(capsys.readouterr().out)
    assert code == 1 and said["groups"] == {"nets": 4}
    assert {row["level"] for row in said["degeneracy"]} == {"behavior", "dynamics", "weights"}
    assert "network 2 of nets.npz" in said["problems"][0]


@pytest.mark.parametrize("name, level", [
    ("weights", "weights"), ("states", "dynamics"), ("losses", "behavior"),
])  # fmt: skip
def test_each_level_alone_makes_tables_and_page(tmp_path: Path, name: str, level: str):
    path = save(tmp_path / "nets.npz", **{name: networks(3)[name]})
    found = measure_files([path], tmp_path / "out", dsa=DSA, pif=PIF)
    assert found.problems == ()
    assert {row["level"] for row in found.degeneracy} == {level}
    assert f'id="level-{level}"' in (tmp_path / "out/report.html").read_text()


def test_distances_stand_beside_null_cross_and_surrogate(tmp_path: Path):
    given = networks(4)
    path = save(tmp_path / "nets.npz", **given)
    measure_files([path], tmp_path / "out", dsa=DSA, pif=PIF)
    rows = {row["metric"]: row for row in tables(tmp_path / "out")["degeneracy"].to_dicts()}
    states = given["states"]
    halves = metrics.dsa_operators([*states[:, ::2], *states[:, 1::2]], delays=3, rank=4).matrices
    own = metrics.operator_distances(halves, [(k, 4 + k) for k in range(4)], starts=2)
    pairs = [(i, 4 + j) for i in range(4) for j in range(i)]
    other = metrics.operator_distances(halves, pairs, starts=2)
    assert rows["dsa"]["null"] == pytest.approx(own.distance.mean(), rel=1e-12)
    assert rows["dsa"]["cross"] == pytest.approx(other.distance.mean(), rel=1e-12)


def test_some_of_all_pairs(tmp_path: Path, capsys: Any):
    path = save(tmp_path / "nets.npz", **networks(6))
    command = ["measure", str(path), "--out", str(tmp_path / "out"), "--pairs-max", "7", *FEW]
    assert main(command) == 0
    made = tables(tmp_path / "out")["degeneracy"].filter(pl.col("metric").is_in(["dsa", "pif"]))
    assert made["n_pairs"].to_list() == [7, 7]
    assert main([*command, "--pairs-max", "0"]) == 2
    assert "--pairs-max must be at least 1" in capsys.readouterr().err


def test_networks_that_are_all_alike_are_at_no_distance(tmp_path: Path):
    alike = {name: np.repeat(array[:1], 3, axis=0) for name, array in networks(1).items()}
    found = measure_files([save(tmp_path / "n.npz", **alike)], tmp_path / "out", dsa=DSA, pif=PIF)
    assert found.problems == ()
    # The mean of three equal numbers is off by a last bit.
    assert value(tmp_path / "out", "ood_spread") == pytest.approx(0, abs=1e-15)
    assert value(tmp_path / "out", "pif") == 0
    assert value(tmp_path / "out", "dsa") == pytest.approx(0, abs=1e-5)


def test_different_widths_have_dynamics_and_no_weights(tmp_path: Path):
    narrow, wide = networks(2), networks(2, units=7, seed=1)
    labels = np.array(["all", "all"])
    files = [
        save(tmp_path / "narrow.npz", **narrow, labels=labels),
        save(tmp_path / "wide.npz", **wide, labels=labels),
    ]
    found = measure_files(files, tmp_path / "out", dsa=DSA, pif=PIF)
    (problem,) = found.problems
    assert "network 0 of narrow.npz has 5 units and network 0 of wide.npz 7" in problem
    states = [*narrow["states"], *wide["states"]]
    dsa = metrics.dsa_distances(states, delays=3, rank=4, starts=2)
    off = ~np.eye(4, dtype=bool)
    assert value(tmp_path / "out", "dsa") == pytest.approx(dsa[off].mean(), rel=1e-12)
    assert value(tmp_path / "out", "pif") is None
    assert "different width" in (tmp_path / "out/report.html").read_text()


def test_the_surrogate_is_of_shuffled_matrices_also_where_networks_are_copies(tmp_path: Path):
    one = networks(1)["weights"]
    copies = save(tmp_path / "copies.npz", weights=np.repeat(one, 5, axis=0))
    measure_files([copies], tmp_path / "out", pif=PIF)
    (row,) = tables(tmp_path / "out")["degeneracy"].filter(pl.col("metric") == "pif").to_dicts()
    # Ten pairs of five shuffled matrices against many: distances differ by a tenth of their mean,
    # and pairs that share a matrix a little less than independently.
    many = metrics.pif_distances(metrics.shuffled(np.repeat(one, 12, axis=0)), starts=3)
    others = many[~np.eye(12, dtype=bool)]
    assert row["value"] == 0
    assert row["surrogate"] == pytest.approx(others.mean(), abs=3 * others.std() / np.sqrt(5))


def test_windows_and_signs_are_those_of_the_measures(tmp_path: Path, capsys: Any):
    given = networks(2)
    path = save(tmp_path / "nets.npz", states=given["states"], weights=given["weights"])
    out = tmp_path / "out"
    command = ["measure", str(path), "--out", str(out), *FEW, "--window", "late"]
    assert main([*command, "--burn-in", "3", "--group", "signs"]) == 0
    dsa = metrics.dsa_distances(given["states"], delays=3, rank=4, starts=2, window=(15, 24))
    pif = metrics.pif_distances(given["weights"], starts=2, group="signed")
    assert value(out, "dsa") == pytest.approx(dsa[0, 1], rel=1e-12)
    assert value(out, "pif") == pytest.approx(pif[0, 1], rel=1e-12)
    assert "late half of each trial, without its first 3" in (out / "report.html").read_text()


@pytest.mark.parametrize("dsa, pif, said", [
    (kinds.DSA(input="regress"), None, "no inputs"),
    (None, kinds.PIF(group="own"), "which nonlinearity"),
    (None, kinds.PIF(blocks="joint"), "recurrent weights alone"),
])  # fmt: skip
def test_what_files_do_not_say_is_not_guessed(tmp_path: Path, dsa: Any, pif: Any, said: str):
    path = save(tmp_path / "nets.npz", losses=np.ones(2))
    with pytest.raises(UsageError, match=said):
        measure_files([path], tmp_path / "out", dsa=dsa, pif=pif)
