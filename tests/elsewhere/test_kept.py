"""What was measured before is not measured again, and a chosen rank stays."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from laboratory import DSA, FEW, PIF, networks, save, tables, value

from degendsl import metrics
from degendsl.cli import main
from degendsl.elsewhere import measure_files
from degendsl.spec import kinds


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How much the measures are asked for: operators, and pairs of both levels."""
    asked: Counter[str] = Counter()
    lock = threading.Lock()

    def counting(name: str, size: Any) -> None:
        measure = getattr(metrics, name)

        def counted(*args: Any, **settings: Any) -> Any:
            with lock:
                asked[name] += size(*args)
            return measure(*args, **settings)

        monkeypatch.setattr(metrics, name, counted)

    counting("operator", lambda *_: 1)
    counting("halved_operators", lambda *_: 1)
    counting("operator_distances", lambda _, pairs: len(pairs))
    counting("match_pairs", lambda _, pairs: len(pairs))
    return asked


def content(folder: Path) -> dict[str, bytes]:
    """Every file a reader looks at."""
    files = [*(folder / "tables").iterdir(), folder / "report.html", folder / "spec.lock.json"]
    return {path.name: path.read_bytes() for path in files}


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "measures").rglob("*.npz"))


def test_a_second_run_computes_nothing_and_says_the_same_to_the_bit(
    tmp_path: Path, computed: Counter[str]
):
    path, out = save(tmp_path / "nets.npz", **networks(4)), tmp_path / "out"
    measure_files([path], out, dsa=DSA, pif=PIF)
    first = content(out)
    # Operators of all and of half the trials; six pairs, as many across, four of the null.
    assert computed == {"halved_operators": 4, "operator_distances": 16, "match_pairs": 12}
    computed.clear()
    measure_files([path], out, dsa=DSA, pif=PIF)
    assert computed.total() == 0
    assert content(out) == first


def test_with_a_network_more_only_what_is_new_is_computed(tmp_path: Path, computed: Counter[str]):
    given = networks(5)
    labels = np.array(["all"] * 5)
    # The new network comes first, so that every other has another place.
    old = save(tmp_path / "old.npz", **{k: v[1:] for k, v in given.items()}, labels=labels[1:])
    new = save(tmp_path / "new.npz", **{k: v[:1] for k, v in given.items()}, labels=labels[:1])
    out = tmp_path / "out"
    measure_files([old], out, dsa=DSA, pif=PIF)
    computed.clear()
    measure_files([new, old], out, dsa=DSA, pif=PIF)
    # Four pairs with it at each level, of trials and of halves, and its own null.
    assert computed == {"halved_operators": 1, "operator_distances": 9, "match_pairs": 8}
    measure_files([new, old], tmp_path / "fresh", dsa=DSA, pif=PIF)
    again, fresh = tables(out), tables(tmp_path / "fresh")
    for name in ("degeneracy", "pairs", "solvers", "eigenvalues", "networks"):
        assert again[name].equals(fresh[name]), name


def test_settings_and_content_are_what_networks_are_known_by(
    tmp_path: Path, computed: Counter[str]
):
    states, out = networks(3)["states"], tmp_path / "out"
    measure_files([save(tmp_path / "a.npz", states=states)], out, dsa=DSA)
    computed.clear()
    # Another file, layout and group: the same networks.
    other = save(tmp_path / "b.npz", states=np.asfortranarray(states))
    measure_files([other], out, dsa=DSA)
    assert computed.total() == 0
    # Another score compares the same operators.
    wasserstein = kinds.DSA(delays=3, rank=4.0, starts=2, score="wasserstein")
    measure_files([other], out, dsa=wasserstein)
    assert computed == {"operator_distances": 9}
    computed.clear()
    states[1, 0, 0, 0] += 1e-9
    measure_files([save(other, states=states)], out, dsa=DSA)
    # Two pairs with the network that changed, as many across, and its own null.
    assert computed == {"halved_operators": 1, "operator_distances": 5}


def spoil(path: Path, how: str, other: Path) -> None:
    match how:
        case "empty":
            path.write_bytes(b"")
        case "cut off":
            path.write_bytes(path.read_bytes()[:-100])
        case "a bit":
            found = bytearray(path.read_bytes())
            found[found.index(b"NUMPY") + 130] ^= 1
            path.write_bytes(found)
        case "other arrays":
            np.savez(path, states=np.zeros(3))
        case "other manifest":
            np.savez(path, manifest=np.array(json.dumps([1, 2])))
        case "other measure":
            path.write_bytes(other.read_bytes())
        case "pickle":
            np.savez(path, manifest=np.array([{}], object))
        case "folder":
            path.unlink()
            path.mkdir()


DAMAGE = (
    "empty", "cut off", "a bit", "other arrays", "other manifest", "other measure", "pickle",
    "folder",
)  # fmt: skip


@pytest.mark.parametrize("first", [0, 4])
def test_what_cannot_be_read_is_measured_again(tmp_path: Path, first: int):
    given = networks(3)
    path, out = save(tmp_path / "nets.npz", **given), tmp_path / "out"
    measure_files([path], out, dsa=DSA, pif=PIF)
    before = content(out)
    for index, one in enumerate(kept(out)):
        spoil(one, DAMAGE[(first + index) % len(DAMAGE)], kept(out)[index - 1])
    measure_files([path], out, dsa=DSA, pif=PIF)
    assert content(out) == before


@pytest.mark.slow
def test_a_measurement_that_was_killed_goes_on_where_it_was(
    tmp_path: Path, capsys: Any, computed: Counter[str]
):
    path, out = save(tmp_path / "nets.npz", **networks(4)), tmp_path / "out"
    command = ["measure", str(path), *FEW, "--out"]
    python = [sys.executable, "-m", "degendsl", *command, str(out)]
    killed = subprocess.run(python, env={**os.environ, "DEGENDSL_FAULT": "before-measure:4"})
    assert killed.returncode == -signal.SIGKILL
    # Of three files: operators, distances and the null.
    assert len(kept(out)) == 3
    for ask in ("status", "report"):
        assert main([ask, str(out)]) == 4
        assert (
            "was begun and has not ended; run `degendsl measure` again" in capsys.readouterr().err
        )
    assert main([*command, str(out)]) == 0
    assert computed["halved_operators"] == 0 and computed["operator_distances"] == 6
    assert main([*command, str(tmp_path / "fresh")]) == 0
    resumed, fresh = content(out), content(tmp_path / "fresh")
    assert all(resumed[name] == fresh[name] for name in fresh if name.endswith("parquet"))


@pytest.mark.parametrize("text", ["{", "[]", "null"])
def test_a_damaged_lock_is_said(tmp_path: Path, capsys: Any, text: str):
    path, out = save(tmp_path / "nets.npz", losses=np.ones(2)), tmp_path / "out"
    out.mkdir()
    (out / "spec.lock.json").write_text(text)
    assert main(["measure", str(path), "--out", str(out)]) == 4
    assert "delete it or give another --out" in capsys.readouterr().err
    assert main(["status", str(out)]) == 4


def test_a_lock_of_other_words_is_no_reason_to_stop(tmp_path: Path):
    path, out = save(tmp_path / "nets.npz", states=networks(3)["states"]), tmp_path / "out"
    dsa = kinds.DSA(delays=2, rank=0.9, starts=1)
    measure_files([path], out, dsa=dsa)
    first = content(out)
    lock = json.loads(first["spec.lock.json"])
    (chosen,) = lock["ranks"]
    several = [1, {}, {**chosen, "rank": "many"}, {**chosen, "networks": [[]]}]
    for wrong in ("no list", several):
        (out / "spec.lock.json").write_text(json.dumps({**lock, "ranks": wrong}))
        measure_files([path], out, dsa=dsa)
        assert value(out, "dsa") is not None


# The rank.


def test_a_share_becomes_one_rank_for_all_groups(tmp_path: Path):
    first, second = networks(3)["states"], networks(3, units=7, seed=1)["states"]
    files = [save(tmp_path / "a.npz", states=first), save(tmp_path / "b.npz", states=second)]
    dsa = kinds.DSA(delays=2, rank=0.95, starts=1)
    found = measure_files(files, tmp_path / "out", dsa=dsa)
    rank = metrics.rank_for_variance([*first, *second], delays=2, share=0.95)
    spectra = tables(tmp_path / "out")["eigenvalues"]
    assert spectra["index"].max() == rank - 1 and found.rank == rank


def test_a_rank_by_prediction_is_chosen_once_and_kept(tmp_path: Path, capsys: Any):
    states = networks(5)["states"]
    path, out = save(tmp_path / "nets.npz", states=states[:3]), tmp_path / "out"
    command = ["measure", str(path), "--out", str(out), "--delays", "2", "--starts", "1"]
    command += ["--rank", "6", "--choose", "prediction"]
    assert main(command) == 0
    rank = metrics.choose_dsa_settings(states[:3], delays=[2], ranks=range(1, 7)).rank
    assert f"rank: {rank}, chosen from the networks" in capsys.readouterr().out
    page = (out / "report.html").read_text()
    assert f"It is rank {rank}, chosen once for all groups, from 3 of 3 networks." in page
    # More networks before these do not change it, and the page says so.
    save(path, states=states[::-1])
    assert main(command) == 0
    page = (out / "report.html").read_text()
    assert f"It is rank {rank}, chosen once for all groups, from 3 of 3 networks" in page
    assert "and kept now that there are 5" in page
    lock = json.loads((out / "spec.lock.json").read_text())
    # Had another been kept, it would be used; and where its networks are gone, it is said.
    (chosen,) = lock["ranks"]
    lock["ranks"] = [{**chosen, "rank": rank + 1}]
    (out / "spec.lock.json").write_text(json.dumps(lock))
    save(path, states=states[1:])
    assert main(command) == 0
    page = (out / "report.html").read_text()
    assert f"before, rank {rank + 1} had been chosen from networks that have changed" in page


def test_a_rank_that_cannot_be_chosen_is_said(tmp_path: Path):
    given = networks(3)
    path = save(tmp_path / "nets.npz", states=given["states"][:, :1], losses=given["losses"])
    dsa = kinds.DSA(delays=2, rank=6.0, choose="prediction")
    found = measure_files([path], tmp_path / "out", dsa=dsa)
    (problem,) = found.problems
    assert "dynamics: the rank cannot be chosen: prediction holds out a trial" in problem
    assert {row["level"] for row in found.degeneracy} == {"behavior"}
    # A share needs no trial to be held out.
    share = kinds.DSA(delays=2, rank=0.9, starts=1)
    assert measure_files([path], tmp_path / "out", dsa=share).problems == ()


def test_usage_of_the_rank(tmp_path: Path):
    path = save(tmp_path / "nets.npz", losses=np.ones(2))
    command = ["measure", str(path), "--out", str(tmp_path / "out")]
    assert main([*command, "--rank", "0.9", "--choose", "prediction"]) == 2
    assert main([*command, *FEW, "--choose", "given"]) == 0
    assert tables(tmp_path / "out")["degeneracy"].filter(pl.col("level") == "dynamics").height == 0
