"""Fixed points of networks whose fixed points are known, and of one that was trained."""

from collections import Counter

import jax.numpy as jnp
import numpy as np
import pytest

from degendsl import metrics
from degendsl.errors import MeasureError

CORNERS = np.array(np.meshgrid(*[[-1.0, 0.0, 1.0]] * 3)).reshape(3, -1).T


def _three_switches(units: int = 12) -> tuple[np.ndarray, float]:
    """Three groups of units, each exciting itself twice over: every group is a bit.

    In a group the mean obeys ẋ = −x + tanh(2 x), which rests at ±x* and, unstably, at 0.
    """
    groups = np.arange(units) % 3
    recurrent = 2.0 * (groups[:, None] == groups[None, :]) / (units / 3)
    rest = 1.0
    for _ in range(100):
        rest = float(np.tanh(2 * rest))
    return recurrent, rest


def _starts(units: int, each: int = 4) -> np.ndarray:
    centres = 0.95 * np.tile(CORNERS, (each, units // 3))
    return centres + 0.05 * np.random.default_rng(0).standard_normal(centres.shape)


@pytest.mark.parametrize("form", ["rate", pytest.param("current", marks=pytest.mark.slow)])
def test_three_switches_have_their_27_points_8_of_them_stable(form):
    recurrent, rest = _three_switches()
    (found,) = metrics.fixed_points(recurrent[None], _starts(12)[None], form=form)[0]
    assert found.fixed.all() and found.lost == 0 and found.visits.sum() == 4 * 27
    # Each group is up, down or at its unstable middle: C(3, k) 2^(3−k) points with k of these.
    assert Counter(found.unstable.tolist()) == {0: 8, 1: 12, 2: 6, 3: 1}
    assert found.stable == 8
    rates = found.points if form == "rate" else np.tanh(found.points)
    size = np.sort(np.abs(rates), axis=1)
    # q ≤ 1e-14 leaves an error of √2e-14 over the smallest |slope|, about 0.3.
    assert np.abs(size * (size - rest)).max() < 1e-6
    # In each group one direction grows or shrinks by −1 + 2 φ′, and all others shrink at −1.
    slopes = -1 + 2 * (1 - rates[:, :3] ** 2)
    expected = -np.sort(-np.hstack([slopes, -np.ones((27, 9))]), axis=1)
    np.testing.assert_allclose(np.real(found.eigenvalues), expected, atol=1e-5)


def test_inputs_move_the_points_and_take_some_away():
    recurrent, _ = _three_switches()
    into = (np.arange(12) % 3 == 0).astype(float)[None, :, None]
    weak, strong = metrics.fixed_points(
        recurrent[None], _starts(12)[None], input_weights=into, inputs=np.array([[0.0], [2.0]])
    )[0]
    assert weak.stable == 8
    # The first bit is held up: two choices are left for each of the others.
    assert strong.stable == 4
    assert (strong.points[strong.fixed & (strong.unstable == 0), 0] > 0.9).all()


def test_where_a_fixed_point_has_just_gone_a_slow_point_is_left():
    # ẋ = −x + tanh(2 x + b): past the fold at b* the lower point is a ghost with q > 0.
    x = -np.sqrt(0.5)
    fold = np.arctanh(x) - 2 * x
    (found,) = metrics.fixed_points(
        np.full((1, 1, 1), 2.0),
        np.linspace(-1, 1, 21)[None, :, None],
        bias=np.full((1, 1), fold + 0.01),
    )[0]
    ghost = ~found.fixed
    assert ghost.sum() == 1 and found.stable == 1
    # To first order F = b − b* times the slope of tanh at the fold, ½.
    assert found.speeds[ghost][0] == pytest.approx(0.5 * 0.005**2, rel=0.05)
    assert found.points[ghost][0, 0] == pytest.approx(x, abs=0.05)


def test_a_map_is_unstable_where_its_steps_overshoot():
    # ṙ = −r + tanh(−3 r) rests at 0 with slope −4: a flow returns, steps of a full τ overshoot.
    recurrent, starts = np.full((1, 1, 1), -3.0), np.full((1, 2, 1), 0.1)
    assert metrics.fixed_points(recurrent, starts)[0][0].stable == 1
    assert metrics.fixed_points(recurrent, starts, step=1.0)[0][0].stable == 0
    assert metrics.fixed_points(recurrent, starts, step=0.1)[0][0].stable == 1


def test_any_vector_field_and_several_networks_at_once():
    def field(parameters, x, state):
        return parameters["size"] * (x[0] - state**2) * jnp.sign(state)

    sizes = {"size": np.array([1.0, 2.0])}
    starts = np.array([[[0.5], [3.0]], [[0.7], [1.5]]])
    found = metrics.field_points(field, sizes, starts, np.array([[1.0], [4.0]]))
    for network, size in zip(found, (1.0, 2.0), strict=True):
        for one, root in zip(network, (1.0, 2.0), strict=True):
            assert one.points == pytest.approx(np.array([[root]]))
            assert one.visits.tolist() == [2]
            assert np.real(one.eigenvalues[0, 0]) == pytest.approx(-2 * size * root)


def test_bad_networks_are_named():
    recurrent = np.zeros((2, 3, 3))
    recurrent[1, 0, 0] = np.nan
    with pytest.raises(MeasureError, match="network 1 are not finite; leave it out"):
        metrics.fixed_points(recurrent, np.zeros((2, 2, 3)))
