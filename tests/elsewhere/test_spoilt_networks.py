"""What is wrong with a network: named, with the remedy, and the rest goes on."""

from pathlib import Path

import numpy as np
import pytest
from laboratory import (
    DSA,
    PIF,
    Arrays,
    networks,
    save,
    value,
)

from degendsl.elsewhere import measure_files
from degendsl.spec import kinds


def spoil(given: Arrays, how: str) -> Arrays:
    states, weights = given["states"], given["weights"]
    match how:
        case "nan":
            states[1, 2, 3, 0] = np.nan
        case "infinite":
            states[1, 2, 3, 0] = np.inf
        case "huge":
            states[1] *= 1e200
        case "constant":
            states[1] = 0.5
        case "weights nan":
            weights[1, 0, 0] = np.nan
        case "not square":
            given["weights"] = weights[:, :-1]
    return given


@pytest.mark.parametrize("how, said, without", [
    ("nan", "states of network 1 of nets.npz are not finite: mend", None),
    ("infinite", "states of network 1 of nets.npz are not finite: mend", None),
    ("huge", "states of network 1 of nets.npz are above 1e+60: mend", None),
    ("constant", "states of network 1 of nets.npz never change: mend", None),
    ("weights nan", "those of network 1 of nets.npz are not finite: mend", None),
    ("not square", "those of network 0 of nets.npz are not square but (4, 5): give", "weights"),
])  # fmt: skip
def test_a_spoilt_network_is_named_and_the_rest_goes_on(
    tmp_path: Path, how: str, said: str, without: str | None
):
    path = save(tmp_path / "nets.npz", **spoil(networks(4), how))
    found = measure_files([path], tmp_path / "out", dsa=DSA, pif=PIF)
    assert any(said in problem for problem in found.problems)
    levels = {"behavior", "dynamics", "weights"} - {without}
    assert {row["level"] for row in found.degeneracy} == levels
    assert said.split(": ")[0] in (tmp_path / "out/report.html").read_text()


def test_a_constant_unit_is_harmless(tmp_path: Path):
    states = networks(3)["states"]
    states[1, :, :, 0] = 0.5
    path = save(tmp_path / "nets.npz", states=states)
    assert measure_files([path], tmp_path / "out", dsa=DSA).problems == ()


def test_one_network_has_nothing_to_be_compared_with(tmp_path: Path):
    path = save(tmp_path / "nets.npz", **networks(1))
    found = measure_files([path], tmp_path / "out", dsa=DSA, pif=PIF)
    assert len(found.problems) == 3 and found.degeneracy == []
    assert all(
        "1 network can be compared, two are needed; add more" in one for one in found.problems
    )


def test_unequal_trials_are_named(tmp_path: Path):
    labels = np.array(["all"] * 3)
    a = save(tmp_path / "a.npz", states=networks(3)["states"], labels=labels)
    b = save(tmp_path / "b.npz", states=networks(1)["states"][:, :4], labels=labels[:1])
    found = measure_files([a, b], tmp_path / "out", dsa=DSA)
    (problem,) = found.problems
    assert "network 0 of b.npz has 4 trials of 24 steps and others have 6 trials" in problem
    assert "give every network the same trials" in problem
    assert value(tmp_path / "out", "dsa") is not None


@pytest.mark.parametrize("dsa, said", [
    (kinds.DSA(delays=3, rank=16.0), "network 0 of nets.npz: rank 16 is above what"),
    (kinds.DSA(delays=24, rank=2.0), "network 0 of nets.npz: 24 delays do not fit trials of 24"),
])  # fmt: skip
def test_settings_that_the_data_do_not_carry(tmp_path: Path, dsa: kinds.DSA, said: str):
    path = save(tmp_path / "nets.npz", **networks(3))
    found = measure_files([path], tmp_path / "out", dsa=dsa, pif=PIF)
    assert said in found.problems[0]
    assert {row["level"] for row in found.degeneracy} == {"behavior", "weights"}
