"""Estimates of information against closed forms."""

import math
from typing import Any

import numpy as np
import pytest

from degendsl.measuring._information import information_of
from degendsl.metrics import conditional_entropy, gaussian_rate
from degendsl.spec import parse_spec


def of(task: str, *overrides: str) -> dict[str, Any]:
    text = f"degendsl: 1\nstudy: {{name: a}}\ntask: {task}\n"
    return information_of(parse_spec(text, overrides=overrides).points[0].science)


@pytest.mark.parametrize(("p", "channels"), [(0.3, 3), (0.8, 1)])
def test_a_flip_flop_demands_one_minus_p_bits_a_channel(p: float, channels: int):
    found = of(f"{{kind: flip_flop, channels: {channels}, flip_probability: {p}, duration: 30}}")
    for name in ("memory_demand", "memory_demand_time_known"):
        estimate = found[name]
        exact = (1 - p) * channels
        # The interval is 95 %; half as wide again on either side is 99.7 %.
        margin = 0.75 * (estimate.high - estimate.low)
        assert abs(estimate.value - exact) < margin < 0.05
    # A fair sign at every step: one bit a channel. The correction undoes a bias of 1/n bits.
    assert found["target_entropy"].value == pytest.approx(channels, abs=2e-3)


def test_entropy_of_a_channel_with_known_probabilities():
    random = np.random.default_rng(0)
    x = random.integers(0, 2, (2000, 20))
    flip = random.random((2000, 20)) < np.where(x, 0.1, 0.4)
    estimate = conditional_entropy(x ^ flip, x)

    def h(p: float) -> float:
        return -p * math.log2(p) - (1 - p) * math.log2(1 - p)

    assert estimate.low < (h(0.1) + h(0.4)) / 2 < estimate.high
    assert estimate.high - estimate.low < 0.02


def test_known_time_matters_where_the_target_follows_it():
    steps = np.broadcast_to(np.arange(8) % 2, (100, 8))
    assert conditional_entropy(steps, time_known=True).value == 0
    # Of equally many zeros and ones; the correction for one more cell than one is 1/(2n ln 2).
    assert conditional_entropy(steps).value == pytest.approx(1, abs=2e-3)


@pytest.mark.parametrize("time_known", [False, True])
def test_a_gaussian_process_needs_the_bits_of_its_rate_distortion_function(time_known: bool):
    random = np.random.default_rng(1)
    gain, noise = np.array([[2.0, 0.0], [0.5, 1.0]]), np.array([1.0, 0.3])
    x = random.normal(size=(3000, 10, 2))
    y = x @ gain.T + noise * random.normal(size=(3000, 10, 2))
    # Given x, each output is normal with the noise's variance; without, with the whole variance.
    given = sum(max(0, 0.5 * math.log2(s**2 / 0.05)) for s in noise)
    alone = sum(0.5 * math.log2(v / 0.05) for v in (gain**2).sum(1) + noise**2)
    for inputs, exact in ((x, given), (None, alone)):
        estimate = gaussian_rate(y, inputs, distortion=0.05, time_known=time_known)
        margin = 0.75 * (estimate.high - estimate.low)
        assert abs(estimate.value - exact) < margin < 0.1


def test_products_of_inputs_are_known_to_the_bound_and_groups_to_theirs():
    random = np.random.default_rng(2)
    x = random.normal(size=(200, 5, 3))
    product = (x[..., :1] * x[..., 1:2]) + x[..., 2:]
    assert gaussian_rate(product, x, distortion=0.01).value == 0
    letters = random.integers(0, 4, (200, 5, 1)).astype(float)
    assert gaussian_rate(np.sin(letters), letters, distortion=0.01, discrete_inputs=True).value == 0


def test_delayed_discrimination_demands_what_its_pulses_leave_open():
    task = "{kind: delayed_discrimination, duration: 20, delay: {min: 2, max: 9}}"
    found = of(task, "measure.dynamics.delays=2")
    # Given the second pulse f, the first is any of the 8 others: P(+) = (f − 2)/8.
    larger = np.arange(9) / 8
    at_pulse = entropies(np.stack([larger, 1 - larger], axis=1)).mean()
    second, exact = np.arange(3, 11), []
    for step in range(1, 20):
        now = (second == step).mean()
        # Where nothing is received the second pulse has been, and the sign is fair, or has not.
        after = (second < step).mean() / (1 - now)
        nothing = entropies(np.array([[after / 2, after / 2, 1 - after]]))[0]
        exact.append(now * at_pulse + (1 - now) * nothing)
    estimate = found["memory_demand_time_known"]
    # 95 % to 99.7 %, and what Miller and Madow's correction leaves of the bias where 128 pulses of
    # a step fall on 9 values: of second order in 9/128.
    margin = 0.75 * (estimate.high - estimate.low) + (9 / 128) ** 2
    assert abs(estimate.value - np.mean(exact)) < margin < 0.05


def entropies(shares: np.ndarray) -> np.ndarray:
    """Of each row of probabilities, in bits."""
    return -(shares * np.log2(np.where(shares > 0, shares, 1))).sum(axis=1)


def test_for_a_sine_everything_depends_on_whether_the_time_is_known():
    found = of("{kind: sine_wave, frequencies: {count: 10, low: 1, high: 5}}")
    # Whole cycles, mostly: a variance of one half at every frequency, D = 0.05.
    exact = 0.5 * math.log2(0.5 / 0.05)
    assert found["memory_demand"].value == pytest.approx(exact, abs=0.05)
    assert found["memory_demand_time_known"].value == 0


def test_lorenz96_needs_no_memory_and_a_path_does():
    assert of("{kind: lorenz96, sites: 4, duration: 2}")["memory_demand"].value == 0
    assert of("{kind: path_integration, duration: 30}")["memory_demand"].value > 5
