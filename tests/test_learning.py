"""What learning did to a network, against explicit Jacobians and known answers."""

from pathlib import Path

import jax
import jax.random as jr
import numpy as np
import pytest
from conftest import TINY, tiny

import degendsl
from degendsl import metrics
from degendsl.measuring._learning import alignments, kernel_rows
from degendsl.metrics import _learning
from degendsl.models import Parameters
from degendsl.planning import make_plan
from degendsl.vocabulary import model_of, task_of

RNG = np.random.default_rng(0)
EPS = float(np.finfo(float).eps)


def test_kernel_alignment_equals_that_of_explicit_jacobians():
    science = make_plan(tiny(TINY, "task.channels=2")).conditions[0].science
    model, task = model_of(science), task_of(science)
    trials = task.trials(jr.key(3), 4)
    before, after = (model.initial(jr.key(seed)) for seed in (0, 1))
    rows = kernel_rows(np.asarray(trials.mask), seed=0, count=40)
    with jax.default_matmul_precision("highest"):
        found = alignments(model, after, before, trials.inputs, rows)
    for group, names in {
        "": ("recurrent",),
        "_input": ("input",),
        "_bias": ("bias",),
        "_readout": ("readout", "readout_bias"),
    }.items():
        kernels = []
        for parameters in (after, before):
            jacobian = np.concatenate(
                [by_hand(parameters, name, np.asarray(trials.inputs), rows) for name in names], 1
            )
            kernels.append(jacobian @ jacobian.T)
        top = np.trace(kernels[0] @ kernels[1])
        expected = top / np.linalg.norm(kernels[0]) / np.linalg.norm(kernels[1])
        # The rounding of float32 over a trial's 12 steps, against float64 by hand.
        assert found[f"kernel_alignment{group}"] == pytest.approx(expected, abs=1e-5)


def by_hand(parameters: Parameters, name: str, inputs: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The Jacobian of a vanilla network in float64, by carrying ∂r/∂θ forward in time."""
    w, u, b, v, c = (
        np.asarray(getattr(parameters, n), float)
        for n in ("recurrent", "input", "bias", "readout", "readout_bias")
    )
    n = len(w)
    shape = {"recurrent": w, "input": u, "bias": b, "readout": v, "readout_bias": c}[name].shape
    found = np.zeros((len(rows), int(np.prod(shape))))
    for k in range(len(inputs)):
        r, slope = np.zeros(n), np.zeros((n, *shape))
        for t, x in enumerate(inputs[k]):
            direct = np.zeros((n, *shape))
            for i in range(n):
                if name == "recurrent":
                    direct[i, i] = r
                elif name == "input":
                    direct[i, i] = x
                elif name == "bias":
                    direct[i, i] = 1
            r = np.tanh(w @ r + u @ x + b)
            slope = (1 - r**2)[(..., *[None] * len(shape))] * (np.tensordot(w, slope, 1) + direct)
            for index in np.flatnonzero((rows[:, 0] == k) & (rows[:, 1] == t)):
                output = rows[index, 2]
                row = np.tensordot(v[output], slope, 1)
                if name == "readout":
                    row[output] += r
                elif name == "readout_bias":
                    row[output] += 1
                found[index] = row.ravel()
    return found


def test_rows_of_the_kernel_are_the_same_for_every_seed_and_only_where_the_loss_counts():
    mask = (RNG.random((5, 9, 2)) < 0.5).astype(float)
    rows = kernel_rows(mask, seed=4, count=12)
    assert rows.shape == (12, 3) and len(np.unique(rows, axis=0)) == 12
    assert mask[tuple(rows.T)].all()
    np.testing.assert_array_equal(rows, kernel_rows(mask, seed=4, count=12))
    assert len(kernel_rows(mask, seed=4)) == mask.sum()


@pytest.mark.parametrize("shape", [(6, 40), (40, 6)])
def test_alignment_ignores_scale_and_rotation_and_equals_its_definition(
    shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch
):
    # So that forty features are more than one stretch.
    monkeypatch.setattr(_learning, "_STRETCH", 16)
    a, b = RNG.standard_normal((2, *shape))
    k, l_ = a @ a.T, b @ b.T
    expected = np.trace(k @ l_) / np.linalg.norm(k) / np.linalg.norm(l_)
    assert metrics.feature_alignment(a, b) == pytest.approx(expected, rel=1000 * EPS)
    turn, _ = np.linalg.qr(RNG.standard_normal((shape[1], shape[1])))
    assert metrics.feature_alignment(3 * a @ turn, a) == pytest.approx(1, abs=1000 * EPS)
    assert np.isnan(metrics.feature_alignment(a, np.zeros_like(b)))


def test_numbers_of_matrices_have_their_known_values():
    turn, _ = np.linalg.qr(RNG.standard_normal((16, 16)))
    assert metrics.spectral_radius(0.7 * turn) == pytest.approx(0.7, rel=100 * EPS)
    assert metrics.effective_rank(turn) == pytest.approx(16, rel=100 * EPS)
    two = turn @ np.diag([3.0, 3.0] + [0.0] * 14) @ turn.T
    # Fourteen singular values of rounding, each with -s log s ~ 40 eps.
    assert metrics.effective_rank(two) == pytest.approx(2, rel=10_000 * EPS)
    one = np.zeros((4, 4))
    one[1, 2] = -5
    assert metrics.sparsity(one) == pytest.approx(1, rel=10 * EPS)
    assert metrics.sparsity(np.full((4, 4), -0.3)) == pytest.approx(0, abs=10 * EPS)
    large = RNG.standard_normal((400, 400))
    # √n is 400, so what it is for infinitely many is met to about 1/400; the draw adds less.
    assert metrics.sparsity(large) == pytest.approx(1 - np.sqrt(2 / np.pi), abs=0.005)
    assert metrics.weight_change(two + turn, two) == pytest.approx(4, rel=100 * EPS)
    assert metrics.relative_weight_change(two + turn, two) == pytest.approx(1 / 3, rel=100 * EPS)


def test_what_learning_did_is_in_the_table_of_networks(tmp_path: Path):
    spec = tiny(TINY, "measure.also=[weight_change, kernel_alignment]")
    result = degendsl.run(spec, tmp_path)
    rows = result.store.table("networks").filter(outcome="converged").to_dicts()
    assert len(rows) >= 2
    (folder,) = result.store.root.glob("units/*")
    for row in rows:
        arrays = result.store.read_unit(folder.name, row["seed"]).arrays
        start, end = arrays["init/recurrent"].astype(float), arrays["final/recurrent"].astype(float)
        assert row["weight_change"] == pytest.approx(np.linalg.norm(end - start))
        assert row["spectral_radius_init"] == pytest.approx(
            np.abs(np.linalg.eigvals(start)).max(), rel=1e-9
        )
        assert row["effective_rank"] != row["effective_rank_init"]
        for name, value in row.items():
            if name.startswith(("kernel_alignment", "representation")) and value is not None:
                assert 0 < value < 1, name
        assert row["kernel_alignment_initial_state"] is None
