"""A trained network's memory is its stable points."""

from pathlib import Path

import numpy as np
import pytest

from degendsl import metrics
from degendsl.planning import make_plan
from degendsl.spec import parse_spec
from degendsl.store import store_for
from degendsl.training import realisation, train_group

FLIP_FLOP = """\
degendsl: 1
study: {name: three-bits}
task: {kind: flip_flop, channels: 3, duration: 40, flip_probability: 0.2}
model: {units: 32}
train:
  optimizer: {kind: adam, learning_rate: 5e-3}
  batch_size: 32
  steps_per_epoch: 100
  max_epochs: 40
  stop: {train_mse: 4e-3, patience: 3}
networks: {count: 2}
"""


@pytest.mark.slow
def test_a_trained_3_bit_flip_flop_has_its_8_stable_points(tmp_path: Path):
    spec = parse_spec(FLIP_FLOP)
    plan = make_plan(spec)
    store = store_for(spec.study.name, spec.folder_hash, tmp_path)
    for group in plan.groups():
        train_group(group, spec.networks, store, realisation(2))
    (condition,) = plan.conditions
    trained = [store.read_unit(condition.id, seed).parameters("final") for seed in range(2)]
    # States the network reaches by itself, some time after a pulse on every channel.
    random = np.random.default_rng(0)
    starts = np.tanh(random.standard_normal((2, 200, 32)))
    pulses = np.array(np.meshgrid(*[[-1.0, 1.0]] * 3)).reshape(3, -1).T
    for index, weights in enumerate(trained):
        drive = pulses[random.integers(8, size=200)] @ weights["input"].T
        state = starts[index]
        for step in range(30):
            state = np.tanh(state @ weights["recurrent"].T + weights["bias"] + (step < 2) * drive)
        starts[index] = state
    stacked = {name: np.stack([one[name] for one in trained]) for name in trained[0]}
    # Euler with dt = τ is a map: each step goes all the way.
    found = metrics.fixed_points(stacked["recurrent"], starts, bias=stacked["bias"], step=1.0)
    for weights, (one,) in zip(trained, found, strict=True):
        stable = one.points[one.fixed & (one.unstable == 0)]
        said = stable @ weights["readout"].T + weights["readout_bias"]
        corners = {tuple(np.sign(bits)) for bits in said}
        assert one.stable == 8 and len(corners) == 8
        # The stop is at an error of 0.004, so outputs are within a few tenths of ±1.
        assert np.abs(np.abs(said) - 1).max() < 0.5
