"""What is wrong with a network: named, with the remedy, and the rest goes on."""

from pathlib import Path

import numpy as np
import pytest
from laboratory import (
    DSA,
    PIF,
    networks,
    save,
    value,
)

from degendsl.elsewhere import measure_files
from degendsl.spec import kinds


def test_spoilt_networks_are_named_and_the_rest_goes_on(tmp_path: Path):
    given = networks(7)
    states, weights, losses = given.values()
    states[1, 2, 3, 0], states[2, 2, 3, 0] = np.nan, np.inf
    states[3] *= 1e200
    states[4] = 0.5
    weights[5, 0, 0] = np.nan
    losses[6] = np.inf
    path, out = save(tmp_path / "nets.npz", **given), tmp_path / "out"
    found = measure_files([path], out, dsa=DSA, pif=PIF)
    assert found.problems == (
        "nets: dynamics: 2 of 7 networks left out: the states of network 1 of nets.npz are not "
        "finite: mend or remove it; likewise network 2 of nets.npz",
        "nets: dynamics: 1 of 7 networks left out: the states of network 3 of nets.npz are above "
        "1e+60: mend or remove it",
        "nets: dynamics: 1 of 7 networks left out: the states of network 4 of nets.npz never "
        "change: mend or remove it",
        "nets: weights: 1 of 7 networks left out: those of network 5 of nets.npz are not finite: "
        "mend or remove it",
        "nets: behaviour: 1 of 7 networks left out: the loss of network 6 of nets.npz is inf: mend "
        "or remove it",
    )
    page = (out / "report.html").read_text()
    assert all(problem in page for problem in found.problems)
    # What is left is as if the others had not been there.
    left = {"states": [0, 5, 6], "weights": [0, 1, 2, 3, 4, 6], "losses": range(6)}
    for name, metric in (("states", "dsa"), ("weights", "pif"), ("losses", "ood_spread")):
        alone = save(tmp_path / f"{name}.npz", **{name: given[name][list(left[name])]})
        measure_files([alone], tmp_path / name, dsa=DSA, pif=PIF)
        assert value(out, metric) == value(tmp_path / name, metric)


def test_weights_that_are_not_square_keep_no_other_level_away(tmp_path: Path):
    given = networks(3)
    given["weights"] = given["weights"][:, :-1]
    found = measure_files([save(tmp_path / "nets.npz", **given)], tmp_path / "out", dsa=DSA)
    assert "those of network 0 of nets.npz are not square but (4, 5): give" in found.problems[0]
    assert {row["level"] for row in found.degeneracy} == {"behavior", "dynamics"}


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
    (kinds.DSA(delays=3, rank=16.0), "network 0 of nets.npz: rank 16 is above the 15"),
    (kinds.DSA(delays=24, rank=2.0), "network 0 of nets.npz: only 0 samples in 6 trials"),
])  # fmt: skip
def test_settings_that_the_data_do_not_carry(tmp_path: Path, dsa: kinds.DSA, said: str):
    path = save(tmp_path / "nets.npz", **networks(3))
    found = measure_files([path], tmp_path / "out", dsa=dsa, pif=PIF)
    assert said in found.problems[0]
    assert {row["level"] for row in found.degeneracy} == {"behavior", "weights"}


def test_axes_in_another_order_are_noticed_where_weights_tell(tmp_path: Path):
    given = networks(2)
    swapped = given | {"states": given["states"].swapaxes(-2, -1)}
    found = measure_files([save(tmp_path / "swap.npz", **swapped)], tmp_path / "out", dsa=DSA)
    assert "of 24 units by their last axis and its weights of 5" in found.problems[0]
    assert "states.swapaxes(-2, -1)" in found.problems[0]
    fewer = given | {"states": given["states"][..., :4]}
    found = measure_files([save(tmp_path / "fewer.npz", **fewer)], tmp_path / "out", dsa=DSA)
    assert "of 4 units" in found.problems[0] and "give those of every unit" in found.problems[0]
    assert {row["level"] for row in found.degeneracy} == {"behavior", "weights"}
