"""Other settings of the measures beside the first."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from laboratory import FEW, networks, save, tables, value

from degendsl.cli import main
from degendsl.elsewhere import measure_files
from degendsl.errors import UsageError


def under(folder: Path) -> dict[str, float]:
    """By setting, the values of the first metric of its level."""
    rows = tables(folder)["sensitivity_values"].filter(pl.col("metric").is_in(["dsa", "pif"]))
    return dict(rows.select("setting", "value").rows())


def test_settings_give_what_they_give_alone(tmp_path: Path):
    path = str(save(tmp_path / "nets.npz", **networks()))
    grid = (
        "--sensitivity",
        "delays=2,3",
        "--sensitivity",
        "rank=3",
        "--sensitivity",
        "group=signs",
    )
    assert main(["measure", path, "--out", str(tmp_path / "grid"), *FEW, *grid]) == 0
    found = under(tmp_path / "grid")
    assert list(found) == ["delays 2, rank 3", "delays 3, rank 3", "group signs"]
    for number, (setting, options) in enumerate(
        {
            "delays 2, rank 3": ("--delays", "2", "--rank", "3"),
            "delays 3, rank 3": ("--rank", "3"),
            "group signs": ("--group", "signs"),
        }.items()
    ):
        alone = tmp_path / f"alone{number}"
        assert main(["measure", path, "--out", str(alone), *FEW, *options]) == 0
        assert value(alone, "pif" if "group" in setting else "dsa") == found[setting]
    rows = tables(tmp_path / "grid")["sensitivity_values"].filter(metric="dsa")
    assert rows["null"].is_not_null().all() and rows["rank"].to_list() == [3, 3]
    # Beside it the first settings are as they are without.
    assert main(["measure", path, "--out", str(tmp_path / "first"), *FEW]) == 0
    for metric in ("dsa", "pif"):
        assert value(tmp_path / "grid", metric) == value(tmp_path / "first", metric)


def test_a_setting_may_choose_its_rank_which_is_kept(tmp_path: Path):
    path = save(tmp_path / "nets.npz", **networks())
    asked = ["measure", str(path), "--out", str(tmp_path / "out"), *FEW]
    shares = ["--sensitivity", "rank=0.5,0.99"]
    assert main([*asked, *shares]) == 0
    ranks = tables(tmp_path / "out")["sensitivity_values"].filter(metric="dsa")["rank"].to_list()
    assert ranks[0] < ranks[1]
    lock = tmp_path / "out/spec.lock.json"
    entries = json.loads(lock.read_text())["ranks"]
    assert [one["rank"] for one in entries] == ranks
    # A choice of the folder's is another's to read, not to make again.
    entries[1]["rank"] = 3
    lock.write_text(json.dumps(json.loads(lock.read_text()) | {"ranks": entries}))
    assert main([*asked, *shares]) == 0
    again = tables(tmp_path / "out")["sensitivity_values"].filter(metric="dsa")["rank"].to_list()
    assert again == [ranks[0], 3]


def test_a_setting_that_the_data_do_not_carry_keeps_no_other_away(tmp_path: Path, capsys: Any):
    arrays = networks()
    arrays["states"][1] = 0
    path = str(save(tmp_path / "nets.npz", **arrays))
    grid = ("--sensitivity", "delays=2,30")
    assert main(["measure", path, "--out", str(tmp_path / "out"), *FEW, *grid]) == 1
    found = under(tmp_path / "out")
    assert found["delays 2"] is not None and "delays 30" not in found or found["delays 30"] is None
    said = capsys.readouterr().err
    assert "nets: dynamics with delays 30: " in said and "only 0 samples in" in said
    # What keeps a network from all settings alike is said once.
    assert said.count("network 1 of nets.npz") == 1


@pytest.mark.parametrize("grid, said", [
    ("delays", "is not KEY=V1,V2, such as delays=10,20"),
    ("delays=", "is not KEY=V1,V2"),
    ("delay=2", "did you mean 'delays'? its keys are delays, interval, rank"),
    ("delays=2.5", "takes whole numbers, not '2.5'"),
    ("rank=many", "takes numbers, not 'many'"),
    ("rank=2.5", "--sensitivity rank is a whole number or a share below 1, not 2.5"),
    ("starts=2,1000000000", "starts must be at most 10,000, not 1,000,000,000"),
    ("window=middle", "is one of all, early, late, not 'middle'"),
    ("burn_in=-1", "--sensitivity burn-in must be a whole number of steps from 0 on"),
])  # fmt: skip
def test_usage(tmp_path: Path, capsys: Any, grid: str, said: str):
    path = str(save(tmp_path / "nets.npz", **networks()))
    assert main(["measure", path, "--out", str(tmp_path / "out"), "--sensitivity", grid]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_settings_that_contradict_each_other(tmp_path: Path, capsys: Any):
    path = str(save(tmp_path / "nets.npz", **networks()))
    shares = ("--rank", "0.9", "--sensitivity", "choose=given,prediction")
    assert main(["measure", path, "--out", str(tmp_path / "out"), *shares]) == 2
    assert "--choose prediction tries ranks up to a whole --rank" in capsys.readouterr().err
    for key, what in (("dynamics.input", "regress"), ("weights.group", "own")):
        with pytest.raises(UsageError, match="files "):
            measure_files([path], tmp_path / "out", sensitivity={key: [what]})
    for key, values, said in (
        ("dynamics.delay", [2], "no key 'dynamics.delay'; did you mean 'dynamics.delays'"),
        ("dynamics.rank_per", ["condition"], "no key 'dynamics.rank_per'"),
        ("behavior.factor", [2], "its keys are dynamics.delays, "),
        ("dynamics.delays", [], "no values of dynamics.delays; give some"),
    ):
        with pytest.raises(UsageError, match=said):
            measure_files([path], tmp_path / "out", sensitivity={key: values})


def test_settings_that_differ_in_the_last_digit_are_two(tmp_path: Path):
    path = str(save(tmp_path / "nets.npz", states=networks(2)["states"]))
    grid = ("--sensitivity", "rank=0.90000001,0.90000002")
    assert main(["measure", path, "--out", str(tmp_path / "out"), *FEW, *grid]) == 0
    assert list(under(tmp_path / "out")) == ["rank 0.90000001", "rank 0.90000002"]
