"""One bad network in a study: it is named, the others are measured, and nothing crashes."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from conftest import ASKED, EXPECTING, NETWORKS, TINY, tiny
from spoiling import conditions, measured, spoiled

import degendsl
from degendsl import cli, metrics
from degendsl.api import RunResult
from degendsl.errors import MeasureError
from degendsl.measuring._left_out import NAME, sentences
from degendsl.measuring._portions import by_portions, portions


def no_numbers(arrays: dict[str, np.ndarray]) -> None:
    arrays["final/recurrent"][0, 0] = np.nan


def dead(arrays: dict[str, np.ndarray]) -> None:
    """No unit ever leaves zero, though the readout still has a constant to say."""
    for name in ("recurrent", "input", "bias"):
        arrays[f"final/{name}"][:] = 0


def constant_unit(arrays: dict[str, np.ndarray]) -> None:
    for name in ("recurrent", "input"):
        arrays[f"final/{name}"][0] = 0


def silent_unit(arrays: dict[str, np.ndarray]) -> None:
    for name in ("recurrent", "input", "bias"):
        arrays[f"final/{name}"][1] = 0


def test_bad_networks_are_named_and_the_others_are_measured(
    study: RunResult, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    spoil = {1: no_numbers, 2: dead, 3: constant_unit, 4: silent_unit}
    store = spoiled(study.store.root, tmp_path / "copy", spoil)
    assert cli.main(["report", str(store.root)]) == 0
    printed = capsys.readouterr().err
    assert "Traceback" not in printed
    (first, second), said = conditions(store), store.table("degeneracy").filter(at="end")
    rows = said.filter(condition=first)
    assert set(said.filter(condition=second)["n_networks"]) == {NETWORKS}
    counted = dict(rows.select("metric", "n_networks").iter_rows())
    for metric, expected in (("ood_spread", 5), ("disagreement", 5), ("dsa", 4), ("pif", 5)):
        assert counted[metric] == expected, metric
    for column in ("value", "floor", "untrained"):
        assert rows.filter(metric="dsa")[column].null_count() == 0, column
    assert rows.filter(metric="dsa")["null"].null_count() == 0
    problems = store.table("problems")["problem"].to_list()
    page = store.report_path.read_text(encoding="utf-8")
    for words in (
        "behavior, trained networks: 1 of 6 networks left out: the loss of network 1",
        "dynamics, trained networks: 1 of 6 networks left out: the states of network 1 are not",
        "dynamics, trained networks: 1 of 6 networks left out: the states of network 2 are all "
        "zero; train with a smaller learning rate or another initialisation to keep its units",
        "weights, trained networks: 1 of 6 networks left out: the weights `recurrent` of network 1",
        "weight_change, trained networks: 1 of 6 networks left out: the weights",
    ):
        (line,) = (line for line in problems if words in line)
        assert "learning rate" in line or "penalty on rates" in line, line
        assert words.split(": ")[1] in page
    # What the null, the floor and the grid lack for the same reason is not said again.
    assert len(problems) == len(set(problems)) <= 7
    # What is measured all the same is told too, in one condition of the two.
    silent, constant = store.table("notes").filter(condition=first)["note"].to_list()
    assert store.table("notes").height == 2 and silent in page and constant in page
    assert f"warning: {silent}" in printed and f"warning: {constant}" in printed
    of = "dynamics: 1 of 4 networks with units that"
    assert f"{of} stay at 0: unit 1 of network 4; they add nothing" in silent
    assert f"{of} never change: unit 0 of network 3; they count as a direc" in constant
    networks = store.table("networks").filter(condition=first).sort("seed")
    assert networks["outcome"].to_list() == ["converged"] * NETWORKS
    assert networks["ood_mse"].is_null().to_list() == [seed == 1 for seed in range(NETWORKS)]
    pairs = store.table("pairs").filter(condition=first, metric="dsa", at="end")
    missing = pairs.filter(pl.col("distance").is_null())
    assert missing.height == 4 + 5 and pairs.height == 15
    shown = store.table("eigenvalues").filter(condition=first)
    assert set(shown["seed"]) == {0, 3, 4, 5}
    assert store.table("maps").filter(condition=first, metric="dsa").height == 4


def test_with_all_but_one_spoiled_the_value_is_null(study: RunResult, tmp_path: Path):
    store = spoiled(study.store.root, tmp_path / "copy", dict.fromkeys(range(1, NETWORKS), dead))
    found = measured(store, tiny(EXPECTING, *ASKED[:1], "measure.at=[end]"))
    rows = found["degeneracy"].filter(condition=conditions(store)[0], at="end")
    (dsa,) = rows.filter(metric="dsa").to_dicts()
    assert dsa["value"] is None and dsa["n_networks"] == 0
    assert rows.filter(metric="pif")["value"].null_count() == 0
    (claim,) = found["expectations"].to_dicts()
    assert (claim["verdict"], claim["why"]) == ("unclear", "not measured in every condition")
    (line,) = (p for p in found["problems"]["problem"] if "dynamics, trained" in p)
    assert "5 of 6 networks left out" in line and "likewise network 2, network 3" in line


def test_one_network_that_has_not_diverged_is_too_few_and_an_error(
    study: RunResult, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    spoil = dict.fromkeys(range(1, NETWORKS), no_numbers)
    store = spoiled(study.store.root, tmp_path / "copy", spoil, outcome="diverged")
    assert cli.main(["report", str(store.root)]) == 1
    assert "1 of 6 networks converged" in capsys.readouterr().err
    assert store.table("degeneracy").filter(condition=conditions(store)[0]).height == 0
    (line,) = (line for line in store.table("problems")["problem"] if "converged networks" in line)
    assert "two are needed; train longer or more networks" in line
    assert store.table("conditions")["n_converged"].to_list() == [1, NETWORKS]


@pytest.mark.slow
def test_networks_that_explode_out_of_distribution_only(tmp_path: Path):
    def explode(arrays: dict[str, np.ndarray]) -> None:
        # 30¹² is a float32 and so is its square; 30²⁴ squared, of a trial twice as long, is not.
        arrays["final/recurrent"][:] = 30 * np.eye(8)
        arrays["final/input"][:] = 1
        arrays["final/readout"][:] = 0.1

    # Neither floor nor kernels here, and nothing is learnt: all are at the threshold at once.
    spec = tiny(TINY, "model.nonlinearity=relu", "train.stop.train_mse=9", "networks.count=3")
    root = degendsl.run(spec, tmp_path / "trained").store.root
    store = spoiled(root, tmp_path / "copy", {0: explode})
    assert cli.main(["report", str(store.root)]) == 0
    networks = store.table("networks").filter(seed=0).row(0, named=True)
    assert 1e20 < networks["eval_mse"] < np.inf == networks["ood_mse"]
    said = " ".join(store.table("problems")["problem"])
    assert "the loss of network 0 out of distribution is inf" in said
    counted = dict(store.table("degeneracy").filter(at="end").select("metric", "n_networks").rows())
    assert counted["ood_spread"] == counted["disagreement"] == 2 and counted["pif"] == 3


@pytest.mark.parametrize(
    "bad, words", [(1e200, "above 1e\\+60"), (np.inf, "not finite"), (np.nan, "not finite")]
)
def test_no_number_reaches_a_decomposition_that_it_would_break(bad: float, words: str):
    states = np.random.default_rng(0).standard_normal((3, 4, 9, 5))
    states[1, 0, 0, 0] = bad
    with pytest.raises(MeasureError, match=f"network 1 are {words}; leave it out"):
        metrics.dsa_distances(states, delays=2, rank=2)
    with pytest.raises(MeasureError, match=f"network 1 are {words}; leave it out"):
        metrics.dsa_operators(states, delays=2, rank=2)
    words = words.replace("60", "15")
    with pytest.raises(MeasureError, match=f"weights of network 1 are {words}; leave it out"):
        metrics.pif_distances(states[:, 0, :5])
    assert metrics.unusable(["one", "two"], 1.0) == "are not numbers"


def test_reasons_of_one_kind_share_a_line():
    why = {seed: f"{NAME} carries only {seed} of rank 9; lower the rank" for seed in range(9)}
    lines = sentences({**why, 20: f"the states of {NAME} are not finite"}, 30)
    assert lines == [
        "9 of 30 networks left out: network 0 carries only 0 of rank 9; lower the rank; likewise "
        "network 1, network 2, network 3, network 4, network 5, 3 more networks",
        "1 of 30 networks left out: the states of network 20 are not finite",
    ]
    # Whatever they are called, as files of folders may be.
    names = dict(enumerate(("a", "e", "{network}")))
    assert sentences(dict.fromkeys(names, f"the states of {NAME} are not finite"), 4, names) == [
        "3 of 4 networks left out: the states of a are not finite; likewise e, {network}"
    ]


def test_a_portion_needs_few_networks_and_every_pair_is_in_one():
    all_pairs = [(i, j) for i in range(40) for j in range(i)]
    for pairs in (all_pairs, all_pairs[::17]):
        found = list(portions(pairs, most=10))
        assert sorted(pair for portion in found for pair in portion) == sorted(pairs)
        assert max(len({k for pair in portion for k in pair}) for portion in found) <= 10
    # In blocks of 5: 8 · 9 / 2 of them, each of pairs that share ten networks.
    assert len(list(portions(all_pairs, most=10))) <= 36


def test_numbers_of_pairs_come_in_the_order_of_the_pairs():
    pairs = [(5, 1), (2, 0), (4, 3), (1, 0)]
    found = by_portions(
        pairs,
        lambda needed: [float(index) for index in needed],
        lambda some, few: {"sum": np.array([10 * some[i] + some[j] for i, j in few])},
        ("sum",),
        [True, True, True, False, True, True],
        8,
    )
    np.testing.assert_array_equal(found["sum"], [51, 20, np.nan, 10])
