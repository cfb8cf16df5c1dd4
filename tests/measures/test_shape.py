"""Representations against netrep's values, known answers and invariances."""

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
