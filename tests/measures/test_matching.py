"""Matching units: exhaustive search, planted answers, symmetry groups, and many starts."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from degendsl import metrics
from degendsl.errors import MeasureError
from degendsl.metrics import Weights

FIXTURES = Path(__file__).parent.parent / "fixtures"


def _random(seed: int, n: int, channels: int = 0, outputs: int = 0) -> Weights:
    random = np.random.default_rng(seed)
    return Weights(
        random.standard_normal((n, n)),
        random.standard_normal((n, channels)),
        random.standard_normal((outputs, n)),
    )


def _turned(w: Weights, order: np.ndarray, scale: np.ndarray) -> Weights:
    """The same network with its units in another order, each scaled, or its sign turned."""
    recurrent = w.recurrent * np.outer(scale, 1 / scale)
    return Weights(
        recurrent[np.ix_(order, order)],
        (scale[:, None] * w.input)[order],
        (w.readout / scale)[:, order],
    )


def _least(x: Weights, y: Weights, signed: bool) -> float:
    """The smallest distance, by trying every permutation and every choice of signs."""
    n = len(x.recurrent)
    scales = [0.5 * ((p**2).sum() + (q**2).sum()) for p, q in zip(x, y, strict=True)]
    if not x.input.size:
        scales = [1.0, 1.0, 1.0]
    least = np.inf
    for order in itertools.permutations(range(n)):
        for sign in itertools.product([1.0, -1.0], repeat=n) if signed else [(1.0,) * n]:
            moved = _turned(y, np.array(order), np.array(sign))
            parts = zip(x, moved, scales, strict=True)
            least = min(least, sum(((p - q) ** 2).sum() / s for p, q, s in parts))
    return float(np.sqrt(least))


def test_networks_of_eight_units_reach_the_true_minimum():
    orders = np.array(list(itertools.permutations(range(8))))
    for seed in range(6):
        a, b = np.random.default_rng(seed).standard_normal((2, 8, 8))
        inner = np.sum([a[i, j] * b[orders[:, i], orders[:, j]] for i, j in np.ndindex(8, 8)], 0)
        least = np.sqrt((a**2).sum() + (b**2).sum() - 2 * inner.max())
        assert metrics.match_units(a, b).distance == pytest.approx(least, rel=1e-9)


@pytest.mark.parametrize("group, n", [("permutation", 6), ("signed", 4)])
@pytest.mark.parametrize("channels", [0, 2])
def test_small_networks_reach_the_true_minimum(group, n, channels):
    for seed in range(4):
        x, y = (_random(2 * seed + k, n, channels, channels) for k in (0, 1))
        found = metrics.match_units(x, y, group=group)
        assert found.distance == pytest.approx(_least(x, y, group == "signed"), abs=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 40])
@pytest.mark.parametrize("group", ["permutation", "signed"])
def test_matrices_of_extreme_structure_are_matched_with_themselves(n, group):
    random = np.random.default_rng(n)
    line = np.arange(n)
    hub = random.standard_normal((n, n))
    hub[0] *= 1e6
    one = np.zeros((n, n))
    one[0, -1] = 1e15
    for w in (np.eye(n), np.ones((n, n)), np.zeros((n, n)), hub, one, 10.0 ** -np.abs(hub / 1e5)):
        order = random.permutation(n)
        for read in (None, 1e6 * np.eye(n)):
            x = Weights.of(w, read)
            copy = _turned(x, order, np.ones(n))
            found = metrics.match_units(x, copy, starts=6, group=group)
            assert found.distance <= 1e-12 * max(1.0, np.abs(w).max())
            assert sorted(found.permutation) == line.tolist()


@pytest.mark.parametrize("units", [16, 64])
def test_blocks_are_matched_together(units):
    with np.load(FIXTURES / "permutation.npz") as archive:
        w, order = archive[f"n{units}_W1"].astype(float), archive[f"n{units}_perm"]
        noise = archive[f"n{units}_E"].astype(float)
    for index in range(3):
        x = Weights.of(
            w[index], _random(index, units, 3).input, _random(index, units, 0, 2).readout
        )
        y = _turned(x, order[index], np.ones(units))
        y = y._replace(recurrent=y.recurrent + 0.2 * noise[index])
        found = metrics.match_units(x, y)
        np.testing.assert_array_equal(found.permutation, np.argsort(order[index]))
        # Units, inputs and outputs fit exactly, so all that is left is the noise.
        scale = np.sqrt(0.5 * ((x.recurrent**2).sum() + (y.recurrent**2).sum()))
        expected = 0.2 * np.linalg.norm(noise[index]) / scale
        assert found.distance == pytest.approx(expected, rel=1e-9)


def test_inputs_decide_where_recurrent_weights_cannot():
    # Without recurrent weights every order is as good; the inputs leave one.
    x = Weights.of(np.zeros((5, 5)), np.arange(5.0)[:, None])
    y = Weights.of(np.zeros((5, 5)), np.arange(5.0)[::-1, None])
    np.testing.assert_array_equal(metrics.match_units(x, y).permutation, [4, 3, 2, 1, 0])


@pytest.mark.parametrize("group", ["permutation", "signed"])
@pytest.mark.parametrize("seed", range(6))
def test_no_exchange_and_no_turn_of_a_sign_improves_a_joint_match(group, seed):
    n = 12
    x, y = (_random(2 * seed + k, n, 4, 2) for k in (0, 1))
    found = metrics.match_units(x, y, group=group, starts=1)

    def distance(order: np.ndarray, sign: np.ndarray) -> float:
        parts = zip(x, _turned(y, order, sign), strict=True)
        scales = [0.5 * ((p**2).sum() + (q**2).sum()) for p, q in zip(x, y, strict=True)]
        left = sum(((p - q) ** 2).sum() / s for (p, q), s in zip(parts, scales, strict=True))
        return float(np.sqrt(left))

    order, sign = found.permutation, np.ones(n)
    sign[order] = found.sign
    assert distance(order, sign) == pytest.approx(found.distance)
    for i in range(n):
        for j in range(i):
            other = order.copy()
            other[[i, j]] = order[[j, i]]
            assert distance(other, sign) > found.distance - 1e-9
        if group == "signed":
            turned = sign.copy()
            turned[i] *= -1
            assert distance(order, turned) > found.distance - 1e-9


@pytest.mark.parametrize("n", [16, 64, 128])
@pytest.mark.parametrize("channels", [0, 2])
def test_signs_of_odd_units_do_not_count_in_the_signed_group(n, channels):
    random = np.random.default_rng(n)
    w = _random(n, n, channels, channels)
    sign = random.choice([-1.0, 1.0], n)
    copy = _turned(w, random.permutation(n), sign)
    assert metrics.match_units(w, copy, starts=1, group="signed").distance == 0
    assert metrics.match_units(w, copy, starts=1).distance > 0.1 * np.sqrt(n)
    noisy = copy._replace(recurrent=copy.recurrent + 0.5 * _random(n + 1, n).recurrent)
    found = metrics.match_units(w, noisy, group="signed")
    clean = metrics.match_units(w, copy, starts=1, group="signed")
    np.testing.assert_array_equal(found.permutation, clean.permutation)


@pytest.mark.parametrize("channels", [0, 3])
def test_rescaled_copies_of_relu_networks_are_at_distance_zero(channels):
    random = np.random.default_rng(3)
    w = _random(4, 32, channels, channels)
    scale = np.exp(random.standard_normal(32))
    copy = _turned(w, random.permutation(32), scale)
    # Balancing ends where no scale moves by more than 1e-12.
    assert metrics.match_units(w, copy, starts=2, group="rescaled").distance < 1e-9
    assert metrics.match_units(w, copy, starts=2).distance > 0.1


def test_balancing_keeps_the_network_and_makes_it_smallest():
    w = _random(5, 8, 2, 3)
    found = metrics.balanced(w)
    x = np.random.default_rng(6).standard_normal(2)
    here = there = np.zeros(8)
    for _ in range(5):
        here = np.maximum(w.recurrent @ here + w.input @ x, 0)
        there = np.maximum(found.recurrent @ there + found.input @ x, 0)
        np.testing.assert_allclose(w.readout @ here, found.readout @ there, rtol=1e-10)

    def size(w: Weights) -> float:
        return sum(float((block**2).sum()) for block in w)

    for unit in range(8):
        for factor in (0.99, 1.01):
            scale = np.ones(8)
            scale[unit] = factor
            assert size(_turned(found, np.arange(8), scale)) > size(found)


@pytest.mark.parametrize("group", ["permutation", "signed"])
@pytest.mark.parametrize("power", [-600, -90, -20, 40])
def test_the_match_does_not_depend_on_the_scale_of_weights(group, power):
    # Powers of 2 change no digit. The products of weights of 2 ** -90 are no float32 numbers, the
    # squares of those of 2 ** -600 no float64 numbers.
    a, b = np.random.default_rng(2).standard_normal((2, 24, 24))
    plain = metrics.match_units(a, b, starts=3, group=group)
    small = metrics.match_units(np.ldexp(a, power), np.ldexp(b, power), starts=3, group=group)
    np.testing.assert_array_equal(small.permutation, plain.permutation)
    np.testing.assert_array_equal(small.sign, plain.sign)
    assert small.cosine == plain.cosine
    assert small.distance == np.ldexp(plain.distance, power)
    assert small.gap == np.ldexp(plain.gap, power)
    assert small.inner == np.ldexp(plain.inner, 2 * power)


@pytest.mark.parametrize("group", ["permutation", "signed"])
def test_a_pair_depends_neither_on_other_pairs_nor_on_its_order(group):
    w = np.random.default_rng(7).standard_normal((4, 24, 24))
    pairs = [(i, j) for i in range(4) for j in range(i)]
    together = metrics.match_pairs(w, pairs, starts=6, group=group)
    for pair, match in zip(pairs, together, strict=True):
        (alone,) = metrics.match_pairs(w, [(pair[1], pair[0])], starts=6, group=group)
        turned = metrics.match_units(w[pair[1]], w[pair[0]], starts=6, group=group)
        for other in (alone, turned):
            assert other[2:] == match[2:]
            np.testing.assert_array_equal(other.permutation, np.argsort(match.permutation))
        assert match.gap > 0 and match.starts == 6
        norms = np.linalg.norm(w[pair[0]]), np.linalg.norm(w[pair[1]])
        assert match.cosine == pytest.approx(match.inner / (norms[0] * norms[1]))
        square = norms[0] ** 2 + norms[1] ** 2 - 2 * match.inner
        assert match.distance == pytest.approx(np.sqrt(square))


def test_shuffled_weights_keep_their_entries_and_their_order_as_networks_are_added():
    w = np.random.default_rng(8).standard_normal((3, 6, 6))
    mixed = metrics.shuffled(w, seed=1)
    np.testing.assert_array_equal(np.sort(mixed.reshape(3, -1)), np.sort(w.reshape(3, -1)))
    np.testing.assert_array_equal(metrics.shuffled(w[:2], seed=1), mixed[:2])
    assert (mixed != w).any()


def test_bad_weights_name_the_network_and_the_remedy():
    w = np.random.default_rng(9).standard_normal((3, 6, 6))
    broken = w.copy()
    broken[2, 1, 1] = np.nan
    for weights, words in [
        (broken, "network 2 are not finite; leave it out"),
        (w[:, :4], "network 0 must be square"),
        (
            [w[0], w[1, :4, :4]],
            "network 1 has 4 units and network 0 6 units; .* dynamics",
        ),
        (w[:1], "at least two networks"),
    ]:
        with pytest.raises(MeasureError, match=words):
            metrics.pif_distances(weights)
