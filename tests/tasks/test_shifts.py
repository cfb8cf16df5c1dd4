"""Out of distribution: kicks, noise, held pulses and free runs against what they should be."""

from dataclasses import replace
from typing import Any

import jax.random as jr
import numpy as np
import pytest

from degendsl.measuring import _evaluate
from degendsl.measuring._behavior import _Outputs
from degendsl.measuring._probes import probe_of
from degendsl.metrics import output_disagreement
from degendsl.models import from_arrays, to_arrays
from degendsl.spec import kinds, parse_spec
from degendsl.vocabulary import model_of

TRIALS = kinds.Trials(count=8, seed=0)
EPS = float(np.finfo(np.float32).eps)


def made(task: str) -> tuple[kinds.Science, list[dict[str, np.ndarray]]]:
    text = f"degendsl: 1\nstudy: {{name: a}}\ntask: {task}\nmodel: {{units: 8}}\n"
    text += "measure: {dynamics: {delays: 3, rank: 3}}\n"
    science = parse_spec(text).points[0].science
    model = model_of(science)
    networks = [to_arrays(model.initial(jr.key(seed))) for seed in range(2)]
    return science, [{k: np.asarray(v) for k, v in one.items()} for one in networks]


FLIP_FLOP = "{kind: flip_flop, channels: 2, duration: 12}"
LORENZ = "{kind: lorenz96, sites: 4, duration: 0.6}"


def tried(science: Any, networks: Any, behavior: kinds.Behavior) -> tuple[Any, np.ndarray, Any]:
    probe = probe_of(science, behavior, TRIALS)
    losses, outputs = _evaluate.losses_in(science, probe, networks)
    return losses, outputs, probe.trials


def test_a_kick_has_its_length_and_its_loss_begins_with_it():
    science, networks = made(FLIP_FLOP)
    losses, outputs, trials = tried(science, networks, kinds.KickBehavior(size=0.25, at=0.5))
    test = _evaluate.test_trials(_evaluate.condition_task(science), TRIALS)
    calm = _evaluate.outputs_on(science, test, networks)
    np.testing.assert_array_equal(outputs[:, :, :6], calm[:, :, :6])
    square = (outputs[:, :, 6:] - np.asarray(trials.targets)[None, :, 6:]) ** 2
    for index in range(2):
        assert float(losses[index].mse) == pytest.approx(square[index].mean(), rel=20 * EPS)
    # In the step of the kick the state moves by it and by nothing else, so the readout does too.
    probe: Any = probe_of(science, kinds.KickBehavior(size=0.25, at=0.5), TRIALS)
    for index, network in enumerate(networks):
        parameters = from_arrays(network)
        states = np.asarray(model_of(science).states(parameters, test.inputs))[:, 6]
        length = 0.25 * np.sqrt((states**2).sum(-1).mean())
        moved = length * np.asarray(probe.directions) @ network["readout"].T
        found = outputs[index, :, 6] - calm[index, :, 6]
        np.testing.assert_allclose(found, moved, atol=20 * EPS)


def test_noise_is_the_same_for_all_networks_and_has_its_size():
    science, networks = made(FLIP_FLOP)
    test = _evaluate.test_trials(_evaluate.condition_task(science), TRIALS)
    _, _, trials = tried(science, networks, kinds.NoiseBehavior(sd=0.3))
    noise = np.asarray(trials.inputs) - np.asarray(test.inputs)
    # 8 × 12 × 2 draws: a standard error of 5 %, four of them.
    assert noise.std() == pytest.approx(0.3, rel=0.2)
    np.testing.assert_array_equal(trials.targets, test.targets)


def test_longer_trials_and_rarer_pulses_are_other_tasks():
    science, networks = made(FLIP_FLOP)
    _, outputs, trials = tried(science, networks, kinds.TemporalBehavior(factor=2.0))
    assert outputs.shape == (2, 8, 24, 2)
    _, _, held = tried(science, networks, kinds.HoldBehavior(factor=10.0))
    rare, usual = ((np.asarray(t.inputs)[:, 1:] != 0).mean() for t in (held, trials))
    assert rare < usual / 3


def test_a_free_run_feeds_every_output_back():
    science, networks = made(LORENZ)
    losses, outputs, trials = tried(science, networks, kinds.RolloutBehavior(steps=4))
    inputs, targets = np.asarray(trials.inputs, float), np.asarray(trials.targets, float)
    weights = np.asarray(trials.mask, float)
    assert (weights[:, :8] == 0).all() and (weights[:, 8:] > 0).all()
    for index, network in enumerate(networks):
        p = {name: np.asarray(value, float) for name, value in network.items()}
        h, y = np.zeros((8, 8)), np.zeros((8, 4))
        square = []
        for step in range(12):
            x = inputs[:, step] if step < 8 else y
            h = np.tanh(h @ p["recurrent"].T + x @ p["input"].T + p["bias"])
            y = h @ p["readout"].T + p["readout_bias"]
            # A dozen steps of a contracting map, each rounding about ten terms.
            np.testing.assert_allclose(outputs[index, :, step], y, atol=100 * EPS)
            square.append(weights[:, step] * (y - targets[:, step]) ** 2)
        assert float(losses[index].mse) == pytest.approx(np.mean(square[8:]), rel=200 * EPS)


@pytest.mark.parametrize(
    ("task", "behavior"),
    [(FLIP_FLOP, kinds.TemporalBehavior()), (LORENZ, kinds.RolloutBehavior(steps=4))],
    ids=["all-counts", "the-free-part-counts"],
)
def test_disagreement_is_the_mean_squared_difference_of_what_counts(
    task: str, behavior: kinds.Behavior
):
    science, networks = made(task)
    probe = probe_of(science, behavior, TRIALS)
    _, outputs = _evaluate.losses_in(science, probe, networks)
    mask = np.asarray(probe.trials.mask)
    counted = np.broadcast_to(mask, outputs[0].shape) != 0
    expected = (mask * (outputs[0].astype(float) - outputs[1]) ** 2)[counted].mean()
    (found,) = _Outputs(science, networks, probe).disagreements([(1, 0)])
    assert found == pytest.approx(expected, rel=1e-12)
    if counted.all() and (mask == 1).all():
        assert found == pytest.approx(output_disagreement(outputs), rel=1e-12)


def test_auxiliary_outputs_do_not_count_in_any_loss():
    science, networks = made("{kind: delayed_discrimination, duration: 30, auxiliary: {weight: 1}}")
    test = _evaluate.test_trials(_evaluate.condition_task(science), TRIALS)
    losses = _evaluate.losses_on(science, test, networks)
    outputs = _evaluate.outputs_on(science, test, networks)
    square = ((outputs - np.asarray(test.targets)) ** 2)[..., 0]
    answered = np.asarray(test.response)[..., 0] > 0
    for index in range(2):
        assert float(losses[index].mse) == pytest.approx(square[index].mean(), rel=50 * EPS)
        response = square[index][answered].mean()
        assert float(losses[index].response_mse) == pytest.approx(response, rel=50 * EPS)
        variance = np.asarray(test.targets)[..., 0].var()
        share = square[index].mean() / variance
        assert float(losses[index].unexplained) == pytest.approx(share, rel=100 * EPS)


def test_conditions_out_of_distribution_leave_the_science_alone():
    science, _ = made(FLIP_FLOP)
    before = replace(science)
    probe_of(science, kinds.HoldBehavior(factor=10.0), TRIALS)
    assert science == before


@pytest.mark.parametrize("ood", ["temporal", "kick", "rollout"])
def test_networks_with_private_noise_are_tested_too(ood: str):
    behaviors: dict[str, kinds.Behavior] = {
        "temporal": kinds.TemporalBehavior(),
        "kick": kinds.KickBehavior(),
        "rollout": kinds.RolloutBehavior(steps=4),
    }
    science, networks = made(LORENZ)
    noisy = replace(science, model=replace(science.model, noise=0.1, time_constant=0.1))
    _, outputs, _ = tried(noisy, networks, behaviors[ood])
    assert np.isfinite(outputs).all()
    _, calm, _ = tried(
        replace(noisy, model=replace(noisy.model, noise=0.0)), networks, behaviors[ood]
    )
    assert (outputs != calm).any()
