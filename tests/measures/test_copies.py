"""Copies of networks of every structure, and planted matches: they are found."""

import numpy as np
import pytest

from degendsl import metrics


def _turned(w: np.ndarray, order: np.ndarray, sign: np.ndarray) -> np.ndarray:
    """The same recurrent matrix with its units in another order, some with their sign turned."""
    return (w * np.outer(sign, sign))[np.ix_(order, order)]


@pytest.mark.parametrize("n", [16, 64, 128, 256])
def test_copies_are_at_distance_zero_from_the_first_start(n):
    w = np.random.default_rng(n).standard_normal((n, n))
    copy = _turned(w, np.random.default_rng(0).permutation(n), np.ones(n))
    assert metrics.match_units(w, copy, starts=1).distance == 0


def _structured(n: int) -> dict[str, np.ndarray]:
    """Matrices whose units look alike, or hang together by few weights only."""
    random = np.random.default_rng(n)
    units = np.arange(n)
    apart = np.abs(units[:, None] - units)
    ring = np.minimum(apart, n - apart)
    side = int(np.sqrt(n))
    places = np.array(np.divmod(np.arange(side**2), side))
    steps = np.abs(places[:, :, None] - places[:, None])
    squares = (np.minimum(steps, side - steps) ** 2).sum(axis=0)
    bits = np.bitwise_count(np.bitwise_xor.outer(np.arange(n), np.arange(n)))
    tree = np.zeros((n, n))
    tree[units[1:], (units[1:] - 1) // 2] = 1
    scattered = random.standard_normal((n, n))
    return {
        "ring": np.cos(2 * np.pi * ring / n),
        "Mexican hat": np.exp(-(ring**2) / 8) - 0.5 * np.exp(-(ring**2) / 50),
        "two rings": np.kron(np.eye(2), (ring < 2)[: n // 2, : n // 2]),
        "cycle": np.roll(np.eye(n), 1, axis=1),
        "chain": np.eye(n, k=1),
        "line": np.eye(n, k=1) + np.eye(n, k=-1),
        "torus": np.exp(-squares / 4),
        "hypercube": (bits == 1).astype(float),
        "tree": tree + tree.T,
        "rank 2": scattered[:, :2] @ scattered[:2],
        "sparse": scattered * (random.random((n, n)) < 0.05),
        "zeros and ones": (random.random((n, n)) < 0.1).astype(float),
        "heavy tails": random.standard_cauchy((n, n)),
        "orthogonal": np.linalg.qr(scattered)[0],
        "Dale": np.abs(scattered) * np.where(random.random(n) < 0.2, -4, 1),
        "ring in noise": np.exp(-(ring**2) / 8) + 0.01 * scattered,
    }


@pytest.mark.parametrize("n", [16, 64, 256])
def test_copies_of_structured_networks_are_at_distance_zero_from_the_first_start(n):
    # Where all units look alike, the barycentre by itself says nothing.
    random = np.random.default_rng(0)
    for name, matrix in _structured(n).items():
        units = len(matrix)
        for group in ("permutation", "signed"):
            turned = random.choice([-1.0, 1.0], units) if group == "signed" else np.ones(units)
            copy = _turned(matrix, random.permutation(units), turned)
            found = metrics.match_units(matrix, copy, starts=1, group=group)
            assert found.distance <= 1e-12 * np.linalg.norm(matrix), (name, group)


@pytest.mark.parametrize("n", [64, 128, 256])
def test_planted_matches_are_found_in_noise_of_half_their_size(n):
    for seed in range(3):
        random = np.random.default_rng([n, seed])
        w, noise = random.standard_normal((2, n, n))
        order = random.permutation(n)
        found = metrics.match_units(w, (w + 0.5 * noise)[np.ix_(order, order)])
        np.testing.assert_array_equal(found.permutation, np.argsort(order))
