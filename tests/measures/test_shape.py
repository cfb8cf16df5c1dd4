"""Representations against netrep's values, known answers and invariances."""

import math
from pathlib import Path

import numpy as np
import pytest

from degendsl import metrics
from degendsl.errors import MeasureError

FIXTURES = Path(__file__).parent.parent / "fixtures"
KINDS = ["procrustes", "half_whitened", "cca", "permutation", "cka", "svcca"]


@pytest.fixture(scope="module")
def reference() -> dict[str, np.ndarray]:
    with np.load(FIXTURES / "shape.npz") as archive:
        return dict(archive)


@pytest.mark.parametrize(
    "kind, score, name",
    [
        ("procrustes", "angular", "netrep_orth_ang"),
        ("procrustes", "euclidean", "netrep_orth_euc"),
        ("half_whitened", "angular", "netrep_half_ang"),
        ("cca", "angular", "netrep_cca_ang"),
        ("permutation", "angular", "netrep_perm_ang"),
        ("permutation", "euclidean", "netrep_perm_euc"),
    ],
)
def test_shape_metrics_are_those_of_netrep(reference, kind, score, name):
    found = metrics.shape_distances(reference["states"], kind=kind, score=score)
    # The floor of the fixture, relative to norms of some 500 where the distance is euclidean.
    floor = 2e-7 if score == "angular" else 2e-5
    np.testing.assert_allclose(found, reference[name], atol=floor)


def test_cka_and_svcca_agree_with_independent_values(reference):
    states = reference["states"]
    cka = np.cos(metrics.shape_distances(states, kind="cka"))
    np.testing.assert_allclose(cka, reference["cka"], atol=1e-7)
    # The states are float32 here, which moves correlations by their rounding.
    svcca = 1 - metrics.shape_distances(states, kind="svcca")
    np.testing.assert_allclose(svcca, reference["svcca99"], atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_representations_ignore_shift_scale_and_order_of_units(kind):
    random = np.random.default_rng(0)
    x, y = random.standard_normal((2, 6, 10, 5))
    copy = 1.0 + x[..., random.permutation(5)]
    # Half whitening mixes sizes with units of the states; no other angle knows the scale.
    copy = copy if kind == "half_whitened" else 3.0 * copy
    d = metrics.shape_distances(np.stack([x, copy, y]), kind=kind)
    assert d[0, 1] < 1e-7
    assert d[0, 2] == pytest.approx(d[1, 2], abs=1e-7)
    assert d[0, 2] > 0.1
    np.testing.assert_array_equal(d, d.T)


@pytest.mark.parametrize("size", [1e-5, 1.0, 1e5])
def test_cca_ignores_any_invertible_map_at_any_scale(size):
    random = np.random.default_rng(3)
    x, y = random.standard_normal((2, 6, 20, 5))
    turn, other = (np.linalg.qr(random.standard_normal((5, 5)))[0] for _ in range(2))
    skewed = x @ (turn * np.logspace(0, -3, 5)) @ other
    d = metrics.shape_distances(size * np.stack([x, skewed, y]), kind="cca")
    # The root of what rounding, 1e-16 times a condition of 1e3, leaves in a cosine.
    assert d[0, 1] < 1e-6
    assert d[0, 2] == pytest.approx(d[1, 2], abs=1e-6)
    # Independent of everything that the function does: canonical correlations by QR.
    a, b = (np.linalg.qr(one.reshape(-1, 5) - one.mean((0, 1)))[0] for one in (x, y))
    correlations = np.linalg.svd(a.T @ b, compute_uv=False)
    assert d[0, 2] == pytest.approx(np.arccos(correlations.mean()), abs=1e-12)


@pytest.mark.parametrize("size", [1e-5, 1.0, 1e5])
@pytest.mark.parametrize("kind", ["cca", "svcca"])
def test_a_direction_that_rounding_makes_is_none(kind, size):
    x, noise = np.random.default_rng(7).standard_normal((2, 6, 20, 5))

    def apart(share: float) -> float:
        both = [np.concatenate([x, share * noise[..., k : k + 1]], axis=-1) for k in (0, 1)]
        return metrics.shape_distances([size * one for one in both], kind=kind, variance=1.0)[0, 1]

    # Five directions in common, and below 1e-6 of the largest no sixth.
    assert apart(1e-7) < 1e-6
    # Above it the sixth counts in full: noise, whose correlation is some 1/√120, at most 0.3.
    sixth = (5 + 0.1) / 6
    assert apart(1e-4) == pytest.approx(math.acos(sixth) if kind == "cca" else 1 - sixth, abs=0.05)


@pytest.mark.parametrize("kind", ["cca", "svcca"])
def test_correlations_that_too_few_samples_force_are_refused(kind):
    # 4 samples lie in 3 dimensions, which any 10 units fill: all correlations would be 1.
    states = np.random.default_rng(4).standard_normal((3, 1, 4, 10))
    with pytest.raises(MeasureError, match="4 samples are too few .* network 1 .*; give more"):
        metrics.shape_distances(states, kind=kind)
    assert metrics.shape_distances(states)[0, 1] > 0.1
    # Of few directions few samples tell enough, however many units there are.
    low = np.random.default_rng(5).standard_normal((2, 2, 6, 2)) @ np.eye(2, 10)
    assert metrics.shape_distances(low, kind=kind)[0, 1] > 0.01


def test_svcca_of_pairs_is_that_of_all():
    random = np.random.default_rng(6)
    states = [random.standard_normal((5, 12, width)) for width in (4, 7, 5)]
    directions = [metrics.svcca_directions(one) for one in states]
    np.testing.assert_allclose(
        metrics.svcca_distances(directions, [(2, 0), (0, 1), (1, 1)]),
        metrics.shape_distances(states, kind="svcca")[[2, 0, 1], [0, 1, 1]],
        atol=1e-14,
    )
    with pytest.raises(MeasureError, match="9 samples are too few .* of b and the 7 of c"):
        metrics.svcca_distances([np.eye(9)[:, :k] for k in (1, 2, 7)], [(2, 0)], names=list("abc"))


def test_networks_of_different_width_are_compared():
    random = np.random.default_rng(1)
    x = random.standard_normal((6, 10, 5))
    wider = x @ np.linalg.qr(random.standard_normal((8, 5)))[0].T
    for kind in ("procrustes", "cka", "svcca"):
        assert metrics.shape_distances([x, wider], kind=kind)[0, 1] < 1e-7
    with pytest.raises(MeasureError, match="use procrustes"):
        metrics.shape_distances([x, wider], kind="permutation")


def test_bad_states_name_the_network_and_the_remedy():
    good = np.random.default_rng(2).standard_normal((3, 4, 6, 5))
    broken, dead = good.copy(), good.copy()
    broken[1, 0, 0, 0] = np.inf
    dead[2] = 0.3
    for states, words in [
        (broken, "network 1 are not finite; leave it out"),
        (dead, "network 2 never change; leave it out"),
        (good[:1], "at least two networks"),
        ([good[0], good[1][:3]], "network 1 has 3 trials of 6 steps"),
    ]:
        with pytest.raises(MeasureError, match=words):
            metrics.shape_distances(states)
    constant = good.copy()
    constant[1, ..., 2] = 0.5
    assert np.isfinite(metrics.shape_distances(constant, kind="cca")).all()
