"""The measures against independent values, known answers and invariances."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from degendsl import metrics
from degendsl.errors import MeasureError
from degendsl.metrics._numbers import decomposing

FIXTURES = Path(__file__).parent / "fixtures"
TRUE_ZEROS = [(6, 0), (7, 1), (8, 2), (9, 3), (10, 4), (11, 5)]


@pytest.fixture(scope="module")
def dsa() -> dict[str, np.ndarray]:
    with np.load(FIXTURES / "dsa.npz") as archive:
        return dict(archive)


@pytest.fixture(scope="module")
def matching() -> dict[str, np.ndarray]:
    with np.load(FIXTURES / "permutation.npz") as archive:
        return dict(archive)


def test_dsa_reaches_the_best_known_angle_of_every_pair(dsa: dict[str, np.ndarray]):
    pairs = [(i, j) for i in range(16) for j in range(i)]
    found = metrics.operator_distances(dsa["operators"], pairs).distance
    best = np.array([dsa["best_angular"][pair] for pair in pairs])
    assert (found - best).max() < 5e-4
    assert found[[pairs.index(pair) for pair in TRUE_ZEROS]].max() < 1e-5


def test_wasserstein_agrees_with_an_independent_value(dsa: dict[str, np.ndarray]):
    pairs = [(i, j) for i in range(16) for j in range(i)]
    found = metrics.operator_distances(dsa["operators"], pairs, score="wasserstein").distance
    expected = [dsa["wasserstein"][pair] for pair in pairs]
    # Eigenvalues of a non-normal matrix of norm about 3 err by some 1e3 eps.
    np.testing.assert_allclose(found, expected, atol=1e-12, rtol=1e-9)


def test_dsa_ignores_rotation_permutation_and_argument_order(dsa: dict[str, np.ndarray]):
    x, y = dsa["states"].astype(np.float64)
    random = np.random.default_rng(0)
    turn = np.linalg.qr(random.standard_normal((16, 16)))[0]
    states = np.stack([x, y, x @ turn, y[..., random.permutation(16)]])
    d = metrics.dsa_distances(states, delays=4, rank=6)
    assert d[0, 2] < 1e-6 and d[1, 3] < 1e-6
    assert d[0, 1] == pytest.approx(d[2, 3], abs=1e-6)
    np.testing.assert_array_equal(d, d.T)
    swapped = metrics.dsa_distances(states[::-1], delays=4, rank=6)[::-1, ::-1]
    np.testing.assert_allclose(swapped, d, atol=1e-6)


def test_a_pair_does_not_depend_on_its_batch(dsa: dict[str, np.ndarray]):
    pairs = [(i, j) for i in range(16) for j in range(i)]
    together = metrics.operator_distances(dsa["operators"], pairs).distance
    alone = metrics.operator_distances(dsa["operators"], [pairs[40]]).distance
    assert together[40] == alone[0]


def test_operators_of_a_linear_system_are_its_own():
    # Without delays and at full rank the operator is similar to the system itself.
    random = np.random.default_rng(1)
    turn = np.linalg.qr(random.standard_normal((4, 4)))[0]
    system = 0.95 * turn
    states = [random.standard_normal((20, 4))]
    for _ in range(15):
        states.append(states[-1] @ system.T)
    fitted, _ = metrics.operator(np.stack(states, 1), delays=1, rank=4)
    # The ridge of 1e-8 against squared singular vectors of about 1/4 moves them by some 1e-7.
    np.testing.assert_allclose(
        np.sort_complex(np.linalg.eigvals(fitted)),
        np.sort_complex(np.linalg.eigvals(system)),
        atol=1e-6,
    )


@pytest.mark.parametrize("units", [16, 64])
def test_planted_permutations_are_found(matching: dict[str, np.ndarray], units: int):
    for index, (w, noise, order) in enumerate(
        zip(*(matching[f"n{units}_{name}"] for name in ("W1", "E", "perm")), strict=True)
    ):
        w = w.astype(np.float64)
        for sigma in matching["sigmas"]:
            other = w[np.ix_(order, order)] + sigma * noise.astype(np.float64)
            match = metrics.match_units(w, other)
            np.testing.assert_array_equal(match.permutation, np.argsort(order))
            expected = matching[f"n{units}_q{index}_noise{sigma:g}_d"]
            assert match.distance == pytest.approx(float(expected), abs=1e-9)


def test_unrelated_matrices_come_near_the_best_known(matching: dict[str, np.ndarray]):
    for index in range(3):
        w, other = (matching[f"n64_{name}"][index].astype(np.float64) for name in ("W1", "E"))
        best = float(matching[f"n64_q{index}_indep_d"])
        assert metrics.match_units(w, other).distance < 1.015 * best


@pytest.mark.parametrize("case", ["ring_copy", "lowrank_copy", "noise1"])
def test_hard_cases_are_solved(matching: dict[str, np.ndarray], case: str):
    a, b = (matching[f"hard_{case}_{name}"].astype(np.float64) for name in "AB")
    best = float(matching[f"hard_{case}_best_d"])
    assert metrics.match_units(a, b).distance == pytest.approx(best, abs=1e-9)


def test_pif_is_symmetric_zero_on_copies_and_blind_to_order():
    random = np.random.default_rng(2)
    w = random.standard_normal((3, 12, 12))
    order = random.permutation(12)
    copies = np.concatenate([w, w[:1][:, order][:, :, order]])
    d = metrics.pif_distances(copies)
    assert d[0, 3] == 0 and (np.diag(d) == 0).all()
    np.testing.assert_array_equal(d, d.T)
    np.testing.assert_array_equal(metrics.pif_distances(w), d[:3, :3])


def test_the_measures_load_neither_jax_nor_the_language():
    heavy = ("jax", "polars", "yaml", "degendsl.spec", "degendsl.store")
    script = f"import sys, degendsl.metrics; print([x for x in {heavy} if x in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "[]\n"
    assert metrics.fixed_points and metrics.FixedPoints and metrics.field_points


def test_spread_and_disagreement_by_hand():
    assert metrics.ood_spread(np.array([1.0, 3.0])) == 1.0
    outputs = np.random.default_rng(3).standard_normal((4, 5, 6, 2))
    pairs = [((outputs[i] - outputs[j]) ** 2).mean() for i in range(4) for j in range(i)]
    assert metrics.output_disagreement(outputs) == pytest.approx(np.mean(pairs))


def test_a_map_of_points_in_a_plane_is_faithful():
    points = np.random.default_rng(4).standard_normal((7, 2))
    d = np.linalg.norm(points[:, None] - points[None], axis=-1)
    embedding = metrics.mds(d)
    found = np.linalg.norm(embedding.points[:, None] - embedding.points[None], axis=-1)
    np.testing.assert_allclose(found, d, atol=1e-7)
    assert embedding.stress < 1e-7


def test_bad_data_name_the_network_and_the_remedy():
    good = np.random.default_rng(5).standard_normal((2, 3, 10, 4))
    broken = good.copy()
    broken[1, 0, 0, 0] = np.nan
    for states, delays, rank, words in [
        (broken, 2, 3, "network 1 are not finite"),
        # Of 10 steps a window of 9 still has a next one, in each of 3 trials.
        (good, 10, 3, "network 0: only 0 samples in 3 trials of 10 steps with 10 delays"),
        (good, 10, 3, "and rank 3 needs 3; use at most 9 delays or longer trials"),
        (good, 9, 4, "only 3 samples .* rank 4 needs 4; use at most 8 delays, a lower rank, more"),
        # Few delays would leave enough samples, of too few numbers.
        (good, 2, 25, "only 24 samples .* with 2 delays, and rank 25 needs 25; use a lower rank"),
        (good, 2, 9, "rank 9 is above the 8 numbers that 2 delays of 4 units are; lower the rank"),
        (good[:, :, :1], 1, 1, "3 trials of 1 step with 1 delay, and rank 1 needs 1; use longer"),
        (good[:1], 2, 3, "at least two"),
        # Each window is half the one before.
        (good * 0 + 0.5 ** np.arange(10)[:, None], 2, 3, "carries only 1 of rank 3"),
    ]:
        with pytest.raises(MeasureError, match=words):
            metrics.dsa_distances(states, delays=delays, rank=rank)
    with pytest.raises(MeasureError, match="not finite"):
        metrics.ood_spread(np.array([1.0, np.inf]))
    with pytest.raises(MeasureError, match="square"):
        metrics.match_units(np.zeros((2, 2)), np.zeros((3, 3)))


def test_what_is_public_is_listed_and_nothing_else():
    assert dir(metrics) == sorted(metrics.__all__)
    assert {"fixed_points", "field_points", "FixedPoints", "dsa_distances"} <= {*dir(metrics)}
    assert not {"Any", "importlib", "TYPE_CHECKING"} & {*dir(metrics)}


def test_states_of_any_size_are_compared_alike():
    # Powers of 2 change no digit. Squares of the small ones are below float64's smallest number.
    states = np.random.default_rng(6).standard_normal((3, 4, 30, 5))
    d = metrics.dsa_distances(states, delays=2, rank=4, starts=2)
    for size in (2.0**-600, 2.0**190):
        again = metrics.dsa_distances(size * states, delays=2, rank=4, starts=2)
        np.testing.assert_array_equal(again, d)
        for kind in ("procrustes", "cka", "cca", "svcca", "permutation"):
            shapes, same = (metrics.shape_distances(x, kind=kind) for x in (states, size * states))
            # LAPACK scales what is small by numbers that are no powers of 2.
            np.testing.assert_allclose(same, shapes, atol=1e-14)
        euclidean = metrics.shape_distances(size * states, score="euclidean")
        np.testing.assert_array_equal(
            euclidean, size * metrics.shape_distances(states, score="euclidean")
        )
        np.testing.assert_array_equal(metrics.mds(size * d).points, size * metrics.mds(d).points)
    chosen = metrics.choose_dsa_settings(2.0**-600 * states, delays=[1, 2], ranks=[2, 4])
    ordinary = metrics.choose_dsa_settings(states, delays=[1, 2], ranks=[2, 4])
    np.testing.assert_array_equal(chosen.error, ordinary.error)


@pytest.mark.parametrize("rank", [4.0, np.float32(4), np.int64(4)])
def test_a_rank_is_a_number_of_whatever_type(rank):
    states = np.random.default_rng(7).standard_normal((2, 4, 20, 5))
    d = metrics.dsa_distances(states, delays=2, rank=4, starts=1)
    np.testing.assert_array_equal(metrics.dsa_distances(states, delays=2, rank=rank, starts=1), d)
    share = metrics.dsa_distances(states, delays=2, rank=0.5, starts=1)
    single = metrics.dsa_distances(states, delays=2, rank=np.float32(0.5), starts=1)
    np.testing.assert_array_equal(single, share)


def test_a_decomposition_that_fails_is_a_message():
    with pytest.raises(MeasureError, match="the weights cannot be decomposed .*; leave it out"):
        with decomposing("the weights"):
            np.linalg.inv(np.zeros((2, 2)))
