"""What is wrong with a network: named, with the remedy, and the rest goes on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from laboratory import (
    DSA,
    PIF,
    networks,
    save,
    tables,
    value,
)

from degendsl import metrics
from degendsl.elsewhere import measure_files, read_networks
from degendsl.errors import InputError
from degendsl.measuring._still import Remedies, still_notes
from degendsl.spec import kinds


def test_spoilt_networks_are_named_and_the_rest_goes_on(tmp_path: Path):
    given = networks(7)
    states, weights, losses = given.values()
    states[1, 2, 3, 0], states[2, 2, 3, 0] = np.nan, np.inf
    states[3] *= 1e200
    # Another state in each trial, and the same throughout it.
    states[4] = states[4][:, :1]
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
        "change within a trial: it has no dynamics; give its states at every step, or remove it",
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


def test_units_that_never_change_are_named_and_do_what_is_said(tmp_path: Path):
    states = networks(9)["states"]
    states[1, :, :, [0, 3]] = 0
    states[2:, :, :, 1] = 0.5
    found = measure_files([save(tmp_path / "nets.npz", states=states)], tmp_path / "out", dsa=DSA)
    # All are measured.
    assert found.problems == () and found.degeneracy[0]["n_networks"] == 9
    silent, constant = found.warnings
    assert silent == (
        "nets: dynamics: 1 of 9 networks with units that stay at 0: units 0, 3 of network 1 of "
        "nets.npz; they add nothing to the dynamics: check that they are meant to be silent"
    )
    assert constant == (
        "nets: dynamics: 7 of 9 networks with units that never change: unit 1 of network 2 of "
        "nets.npz, unit 1 of network 3 of nets.npz, unit 1 of network 4 of nets.npz, unit 1 of "
        "network 5 of nets.npz, unit 1 of network 6 of nets.npz, and 2 more networks; they count "
        "as a direction of the dynamics, which are not centred: take the value off, or leave such "
        "units out"
    )
    page = (tmp_path / "out/report.html").read_text()
    assert silent in page and constant in page
    # And so it is.
    one, other = (np.delete(states[k], unit, axis=2) for k, unit in ((1, [0, 3]), (2, [1])))

    def apart(*pair: np.ndarray) -> float:
        return float(metrics.dsa_distances(list(pair), delays=3, rank=4, starts=4)[0, 1])

    assert apart(states[0], one) == pytest.approx(apart(states[0], states[1]), rel=1e-9)
    off = states[2].copy()
    off[:, :, 1] -= 0.5
    assert apart(states[0], other) == pytest.approx(apart(states[0], off), rel=1e-9)
    assert apart(states[0], states[2]) != pytest.approx(apart(states[0], off), rel=1e-2)


def test_many_units_are_counted():
    values = {"a": np.zeros(20), "b": np.full(3, np.nan)}
    (said,) = still_notes(values, Remedies(silent="look", constant=""))
    assert said == (
        "1 of 2 networks with units that stay at 0: 20 units of a (0, 1, 2, 3, 4, …); they add "
        "nothing to the dynamics: look"
    )


def test_only_steps_that_count_make_a_unit_constant(tmp_path: Path):
    states = networks(3)["states"]
    states[1, :, 5:, 0] = 0
    path = save(tmp_path / "nets.npz", states=states)
    for burn_in, said in ((0.0, 0), (5.0, 1)):
        dsa = replace(DSA, burn_in=burn_in)
        assert len(measure_files([path], tmp_path / "out", dsa=dsa).warnings) == said


@pytest.mark.parametrize("trials, steps, rank, said", [
    (1, 24, 4, "nets: dynamics: one trial, so there is no null and no cross, which need two; give "
     "more trials"),
    # With 3 delays 8 steps make 5 samples a trial.
    (2, 8, 6, "nets: dynamics: half of the trials carry the rank in no network, so there is no "
     "null and no cross; give more trials or lower the rank"),
    (2, 8, 5, None),
])  # fmt: skip
def test_trials_too_few_to_be_halved_are_said(
    tmp_path: Path, trials: int, steps: int, rank: int, said: str | None
):
    path = save(tmp_path / "nets.npz", states=networks(3)["states"][:, :trials, :steps])
    out = tmp_path / "out"
    found = measure_files([path], out, dsa=kinds.DSA(delays=3, rank=float(rank), starts=1))
    assert found.problems == () and found.warnings == ((said,) if said else ())
    (row,) = found.degeneracy
    assert (row["null"] is None) == (row["cross"] is None) == (said is not None)


def test_a_group_of_short_trials_keeps_no_other_from_a_rank(tmp_path: Path):
    long, short = networks(3)["states"], networks(3, seed=1)["states"][:, :, :8]
    files = [save(tmp_path / f"{n}.npz", states=s) for n, s in (("long", long), ("short", short))]
    dsa = kinds.DSA(delays=3, rank=0.9, burn_in=9.0, starts=1)
    found = measure_files(files, tmp_path / "out", dsa=dsa)
    assert found.rank and [row["n_networks"] for row in found.degeneracy] == [3]
    assert all(one.startswith("short: dynamics: ") for one in found.problems)
    assert "a burn-in of 9 steps leaves nothing of trials of 8" in found.problems[0]


@pytest.mark.parametrize("dsa, said", [
    (kinds.DSA(delays=24, rank=0.9), "24 delays do not fit trials of 24 steps; use at most 23"),
    (kinds.DSA(delays=3, rank=5.0, choose="prediction"), "prediction holds out a trial, and no"),
    (kinds.DSA(burn_in=24.0), "a burn-in of 24 steps leaves nothing of trials of 24 (window all)"),
    (kinds.DSA(burn_in=12.0, rank=0.9, window="late"), "nothing of trials of 24 (window late)"),
    (kinds.DSA(delays=2, burn_in=9.0, rank=0.9), "no network changes in the steps that are"),
    (kinds.DSA(delays=2, burn_in=9.0, rank=1.0), "network 0 of nets.npz never change within a"),
])  # fmt: skip
def test_what_keeps_every_network_from_being_measured_is_said(
    tmp_path: Path, dsa: kinds.DSA, said: str
):
    given = networks(3)
    given["states"] = given["states"][:, :1]
    # From there on they rest.
    given["states"][:, :, 9:] = given["states"][:, :, 9:10]
    found = measure_files([save(tmp_path / "nets.npz", **given)], tmp_path / "out", dsa=dsa)
    assert said in found.problems[0]


def test_networks_of_no_states_have_none_to_look_at_whatever_is_asked(tmp_path: Path):
    path = save(tmp_path / "nets.npz", weights=networks(3)["weights"])
    for dsa in (kinds.DSA(delays=24, rank=0.9), kinds.DSA(rank=5.0, choose="prediction")):
        assert measure_files([path], tmp_path / "out", dsa=dsa, pif=PIF).problems == ()


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
    b = save(tmp_path / "b.npz", states=networks(1)["states"][:, :1], labels=labels[:1])
    found = measure_files([a, b], tmp_path / "out", dsa=DSA)
    (problem,) = found.problems
    assert "network 0 of b.npz has 1 trial of 24 steps and others have 6 trials" in problem
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
    assert "np.moveaxis(states, -2, -1)" in found.problems[0]
    # Two networks of one unit first: (network, unit, trial, time).
    first = given | {"states": np.moveaxis(given["states"], -1, 1)}
    found = measure_files([save(tmp_path / "first.npz", **first)], tmp_path / "out", dsa=DSA)
    assert "np.moveaxis(states, -3, -1)" in found.problems[0]
    # What the message says is what helps.
    assert (np.moveaxis(first["states"], -3, -1) == given["states"]).all()
    fewer = given | {"states": given["states"][..., :4]}
    found = measure_files([save(tmp_path / "fewer.npz", **fewer)], tmp_path / "out", dsa=DSA)
    late = save(tmp_path / "late.npz", **(given | {"states": given["states"].swapaxes(0, 1)}))
    said = r"axis 1 of `states`, \(6, 2, 24, 5\), .* np\.moveaxis\(states, 1, 0\) makes it"
    with pytest.raises(InputError, match=said):
        read_networks([late])
    assert "of 4 units" in found.problems[0] and "give both of the same units" in found.problems[0]
    both = given | {"states": np.concatenate([given["states"], given["states"][..., ::-1]], -1)}
    found = measure_files([save(tmp_path / "both.npz", **both)], tmp_path / "out", dsa=DSA)
    assert "of two directions states[..., :5] is one" in found.problems[0]
    assert {row["level"] for row in found.degeneracy} == {"behavior", "weights"}


def test_reasons_are_kept_for_whatever_the_network_is_called(tmp_path: Path):
    given = networks(3)
    # One unit alone carries no rank of 4 with 3 delays.
    given["states"][1, ..., 1:] = 0
    for name in ("nets", "{0}{network}"):
        path = save(tmp_path / f"{name}.npz", **given)
        found = measure_files([path], tmp_path / "out", dsa=DSA, pif=PIF)
        (said,) = [one for one in found.problems if "left out" in one]
        assert f"1 of 3 networks left out: network 1 of {name}.npz carries only " in said


def test_networks_that_are_the_same_are_named(tmp_path: Path):
    given = networks(5)
    for array in ("states", "weights"):
        given[array][3] = given[array][1]
    given["weights"][4] = given["weights"][0]
    nets = save(tmp_path / "nets.npz", **given)
    found = measure_files([nets], tmp_path / "out", dsa=DSA, pif=PIF)
    assert found.problems == ()
    assert found.warnings == (
        "nets: dynamics: 1 of 5 networks with the states of another: network 3 of nets.npz has "
        "those of network 1 of nets.npz; they are at no distance: give each network once",
        "nets: weights: 2 of 5 networks with the weights of another: network 3 of nets.npz has "
        "those of network 1 of nets.npz; likewise network 4 of nets.npz; they are at no distance: "
        "give each network once",
    )


def test_networks_that_training_left_as_they_were_are_named(tmp_path: Path):
    given, early = networks(3), networks(3, seed=1)
    early["weights"][1:] = given["weights"][1:]
    nets, init = save(tmp_path / "nets.npz", **given), save(tmp_path / "init.npz", **early)
    found = measure_files([nets], tmp_path / "out", untrained=[init], dsa=DSA, pif=PIF)
    assert found.warnings == (
        "nets: weights: 2 of 3 networks with the same weights before training as after it: "
        "network 1 of nets.npz; likewise network 2 of nets.npz; keep a copy made before training: "
        "a state_dict of PyTorch changes with its network",
    )


def test_operators_of_rank_1_are_said_to_tell_nothing(tmp_path: Path):
    path = save(tmp_path / "nets.npz", states=networks(3)["states"])
    for score, said in (("angular", 1), ("wasserstein", 0)):
        dsa = replace(DSA, rank=1.0, score=score)
        found = measure_files([path], tmp_path / "out", dsa=dsa)
        assert sum("rank 1 are compared by their sign alone" in one for one in found.warnings) == (
            said
        )


def test_of_given_networks_no_convergence_is_known_and_time_is_in_steps(tmp_path: Path):
    path = save(tmp_path / "nets.npz", **networks(2))
    found = measure_files([path], tmp_path / "out", dsa=replace(DSA, burn_in=3.0), pif=PIF)
    assert tables(tmp_path / "out")["conditions"]["n_converged"].to_list() == [None]
    assert "without its first 3 steps" in " ".join(found.store.lock["methods"])
