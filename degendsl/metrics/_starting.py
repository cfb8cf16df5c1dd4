"""Where to begin turning one operator onto another."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Complex, Float, Int
from scipy.optimize import linear_sum_assignment

Operator = Float[np.ndarray, "rank rank"]
Rotation = Float[np.ndarray, "rank rank"]

# How far, in log units, chance may bend the matching of eigenvalues beyond the first.
_BEND = 0.7
# Of what chance gives a rotation for directions that the modes leave open.
_REST = 0.01


class Landmarks(NamedTuple):
    """What an operator's own structure offers for lining it up with another.

    bases: eigenbases of A + Aᵀ, A Aᵀ and Aᵀ A. Where B is a rotated A, any of them gives the
        exact rotation up to signs.
    seen: A in each of these bases.
    eigenvalues, eigenvectors: of A itself; modes: ⟨v, A w⟩ for every two eigenvectors.
    """

    operator: Operator
    bases: Float[np.ndarray, "*pair form rank rank"]
    seen: Float[np.ndarray, "*pair form rank rank"]
    eigenvalues: Complex[np.ndarray, "*pair rank"]
    eigenvectors: Complex[np.ndarray, "*pair rank rank"]
    modes: Complex[np.ndarray, "*pair rank rank"]


def landmarks(a: Operator) -> Landmarks:
    bases = np.linalg.eigh(np.stack([a + a.T, a @ a.T, a.T @ a]))[1]
    values, vectors = _modes(a)
    modes = vectors.conj().T @ a @ vectors
    return Landmarks(a, bases, _t(bases) @ a @ bases, values, vectors, modes)


def _modes(a: Operator) -> tuple[Complex[np.ndarray, " rank"], Complex[np.ndarray, "rank rank"]]:
    """Eigenvalues and eigenvectors in an order and with phases that rounding does not change.

    Of conjugates, which follow each other, the one above the real axis comes first.
    """
    values, vectors = (x.astype(np.complex128) for x in np.linalg.eig(a))
    # Any number that conjugates share and others do not.
    order = np.lexsort((-values.imag, values.real + np.sqrt(2) * np.abs(values.imag)))
    values, vectors = values[order], vectors[:, order]
    largest = vectors[np.argmax(np.abs(vectors), axis=0), np.arange(len(a))]
    return values, vectors * (np.abs(largest) / largest)


def starting_rotations(
    a: Landmarks, others: Sequence[Landmarks], starts: int
) -> Float[np.ndarray, "pair start rank rank"]:
    """`starts` rotations of each determinant for each pair, the most promising first.

    Eigenbases lined up and the nearest eigenvalues matched find copies and close relatives. Where
    nothing fits, the best minimum is as far from these as from anywhere: chance finds it in one of
    seven tries at rank 30, and any cleverer choice of phases tried less often.
    """
    random = np.random.default_rng(0)
    b = Landmarks(*(np.stack(field) for field in zip(*others, strict=True)))
    by_signs = _by_signs(a, b)
    clever = [by_signs[:, :1], _by_nearest(a, b, random)[:, None], by_signs[:, 1:]]
    found = np.concatenate(clever, axis=1)[:, :starts]
    if (left := starts - found.shape[1]) > 0:
        found = np.concatenate([found, _by_chance(a, b, random, left)], axis=1)
    both = np.stack([found, _reflected(a.operator, b.operator[:, None], found)], axis=2)
    return both.reshape(len(others), 2 * starts, *a.operator.shape)


def _by_signs(a: Landmarks, b: Landmarks) -> Float[np.ndarray, "pair form rank rank"]:
    """Lines up eigenbases, with the signs that the largest eigenvector of agreement gives."""
    agreement = _without_diagonal(a.seen * b.seen)
    agreement = agreement + _t(agreement)
    signs = np.where(_leading(agreement) < 0, -1.0, 1.0)
    for _ in range(10 * signs.shape[-1]):
        gain = -signs * (agreement @ signs[..., None])[..., 0]
        flip = np.argmax(gain, axis=-1, keepdims=True)
        useful = np.take_along_axis(gain, flip, axis=-1) > 1e-15
        if not useful.any():
            break
        turned = np.where(useful, -1.0, 1.0) * np.take_along_axis(signs, flip, axis=-1)
        np.put_along_axis(signs, flip, turned, axis=-1)
    return (a.bases * signs[..., None, :]) @ _t(b.bases)


def _by_nearest(
    a: Landmarks, b: Landmarks, random: np.random.Generator
) -> Float[np.ndarray, "pair rank rank"]:
    """Lines up the eigenvectors of matched eigenvalues, each pair with a phase of its own."""
    cost = _squared_distances(a, b)
    # Both conjugates are as far from a real one; rounding must not choose.
    partners = _matched(cost * (1 + 1e-6 * random.random(cost.shape[1:])))
    modes = np.take_along_axis(b.modes, partners[:, :, None], axis=1)
    modes = np.take_along_axis(modes, partners[:, None, :], axis=2)
    agreement = _without_diagonal(a.modes * modes.conj())
    phase = _leading(agreement + _t(agreement).conj())
    # All of them together may be turned; here, so that conjugates have opposite phases.
    both = np.vecdot(phase.conj(), np.take(phase, _conjugates(a.eigenvalues), axis=1))
    phase = phase * np.exp(-0.5j * np.angle(both))[:, None]
    phase = phase / np.maximum(np.abs(phase), 1e-300)
    right = np.take_along_axis(b.eigenvectors, partners[:, None, :], axis=2)
    return _orthonormal(np.real((a.eigenvectors * phase[:, None]) @ _t(right).conj()), random)


def _by_chance(
    a: Landmarks, b: Landmarks, random: np.random.Generator, count: int
) -> Float[np.ndarray, "pair start rank rank"]:
    """The same with random phases, of eigenvalues matched by a distance that chance bends.

    The bends and phases are the same for every pair.
    """
    rank = len(a.operator)
    bends = np.exp(_BEND * random.standard_normal((count, rank, rank)))
    partners = np.stack([_matched(cost * bends) for cost in _squared_distances(a, b)])
    turns = random.uniform(0, 2 * np.pi, (count, rank))
    # Opposite phases for conjugates, so that what is summed below stays nearly real.
    phases = np.where(np.imag(a.eigenvalues) == 0, np.sign(np.cos(turns)), np.exp(1j * turns))
    second = np.imag(a.eigenvalues) < 0
    phases[:, second] = phases[:, _conjugates(a.eigenvalues)[second]].conj()
    right = np.take_along_axis(_t(b.eigenvectors)[:, None], partners[..., None], axis=2).conj()
    return _orthonormal(np.real((a.eigenvectors * phases[:, None]) @ right), random)


def _squared_distances(a: Landmarks, b: Landmarks) -> Float[np.ndarray, "pair rank rank"]:
    return np.abs(a.eigenvalues[:, None] - b.eigenvalues[:, None, :]) ** 2


def _matched(costs: Float[np.ndarray, "item rank rank"]) -> Int[np.ndarray, "item rank"]:
    return np.stack([linear_sum_assignment(cost)[1] for cost in costs])


def _orthonormal(sums: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Where conjugates meet real vectors a sum lacks directions, which rounding would choose.

    Columns one after the other: the nearest rotation starts no better, and takes four times as
    long.
    """
    q, r = np.linalg.qr(sums + _REST * random.standard_normal(sums.shape[1:]))
    return q * np.sign(np.diagonal(r, axis1=-2, axis2=-1))[..., None, :]


def _conjugates(eigenvalues: Complex[np.ndarray, " rank"]) -> Int[np.ndarray, " rank"]:
    """Where the conjugate of each is, itself for real ones."""
    return np.arange(len(eigenvalues)) + np.sign(np.imag(eigenvalues)).astype(int)


def _leading(symmetric: np.ndarray) -> np.ndarray:
    """The eigenvectors of the largest eigenvalues of symmetric or Hermitian matrices, roughly.

    Eleven squarings, the 2048th power. For matrices this small an eigenvalue routine of a threaded
    linear algebra library costs hundreds of times more once other threads are about.
    """
    power = _normalised(symmetric) + np.eye(symmetric.shape[-1])
    for _ in range(11):
        power = _normalised(power @ power)
    largest = np.argmax(np.abs(np.diagonal(power, axis1=-2, axis2=-1)), axis=-1)
    return np.take_along_axis(power, largest[..., None, None], axis=-1)[..., 0]


def _normalised(matrices: np.ndarray) -> np.ndarray:
    flat = matrices.reshape(*matrices.shape[:-2], -1)
    norms = np.sqrt(np.vecdot(flat, flat).real)
    return matrices / np.maximum(norms, 1e-300)[..., None, None]


def _without_diagonal(matrices: np.ndarray) -> np.ndarray:
    return matrices * (1 - np.eye(matrices.shape[-1]))


def _reflected(a: Operator, b: np.ndarray, rotations: np.ndarray) -> np.ndarray:
    """The other determinant, by the flip of one coordinate of A that costs least."""
    both = a * (rotations @ b @ _t(rotations))
    loss = both.sum(axis=-2) + both.sum(axis=-1) - 2 * np.diagonal(both, axis1=-2, axis2=-1)
    flip = np.argmin(loss, axis=-1, keepdims=True)[..., None]
    row = np.take_along_axis(rotations, flip, axis=-2)
    flipped = rotations.copy()
    np.put_along_axis(flipped, flip, -row, axis=-2)
    return flipped


def _t(x: np.ndarray) -> np.ndarray:
    return np.swapaxes(x, -1, -2)
