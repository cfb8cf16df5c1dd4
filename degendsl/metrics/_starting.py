"""Where to begin turning one operator onto another."""

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
    eigenvalues, eigenvectors: of A itself.
    """

    operator: Operator
    bases: list[Rotation]
    eigenvalues: Complex[np.ndarray, " rank"]
    eigenvectors: Complex[np.ndarray, "rank rank"]


def landmarks(a: Operator) -> Landmarks:
    bases = [np.linalg.eigh(form)[1] for form in (a + a.T, a @ a.T, a.T @ a)]
    return Landmarks(a, bases, *_modes(a))


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
    a: Landmarks, b: Landmarks, starts: int
) -> Float[np.ndarray, "start rank rank"]:
    """`starts` rotations of each determinant, the most promising first.

    Eigenbases lined up and the nearest eigenvalues matched find copies and close relatives. Where
    nothing fits, the best minimum is as far from these as from anywhere: chance finds it in one of
    seven tries at rank 30, and any cleverer choice of phases tried less often.
    """
    random = np.random.default_rng(0)
    first, *others = (_by_signs(a, b, form) for form in range(len(a.bases)))
    clever = [first, _by_nearest(a, b, random), *others]
    found = clever[:starts]
    if starts > len(clever):
        found += list(_by_chance(a, b, random, starts - len(clever)))
    both = [[one, _reflected(a.operator, b.operator, one)] for one in found]
    return np.stack([one for two in both for one in two])


def _by_signs(a: Landmarks, b: Landmarks, form: int) -> Rotation:
    """Lines up two eigenbases, with the signs that the largest eigenvector of agreement gives."""
    basis_a, basis_b = a.bases[form], b.bases[form]
    agreement = (basis_a.T @ a.operator @ basis_a) * (basis_b.T @ b.operator @ basis_b)
    agreement = agreement + agreement.T
    np.fill_diagonal(agreement, 0.0)
    signs = np.where(_leading(agreement) < 0, -1.0, 1.0)
    for _ in range(10 * len(signs)):
        gain = -signs * (agreement @ signs)
        flip = int(np.argmax(gain))
        if gain[flip] <= 1e-15:
            break
        signs[flip] *= -1
    return (basis_a * signs) @ basis_b.T


def _by_nearest(a: Landmarks, b: Landmarks, random: np.random.Generator) -> Rotation:
    """Lines up the eigenvectors of matched eigenvalues, each pair with a phase of its own."""
    cost = np.abs(a.eigenvalues[:, None] - b.eigenvalues[None, :]) ** 2
    # Both conjugates are as far from a real one; rounding must not choose.
    cost *= 1 + 1e-6 * random.random(cost.shape)
    left, right = a.eigenvectors, b.eigenvectors[:, linear_sum_assignment(cost)[1]]
    agreement = (left.conj().T @ a.operator @ left) * (right.conj().T @ b.operator @ right).conj()
    agreement = agreement + agreement.conj().T
    np.fill_diagonal(agreement, 0.0)
    phase = _leading(agreement)
    # All of them together may be turned; here, so that conjugates have opposite phases.
    phase = phase * np.exp(-0.5j * np.angle((phase * phase[_conjugates(a.eigenvalues)]).sum()))
    phase = phase / np.maximum(np.abs(phase), 1e-300)
    return _nearest_rotations(np.real((left * phase) @ right.conj().T), random)


def _by_chance(
    a: Landmarks, b: Landmarks, random: np.random.Generator, count: int
) -> Float[np.ndarray, "start rank rank"]:
    """The same with random phases, of eigenvalues matched by a distance that chance bends.

    The bends and phases are the same for every pair.
    """
    rank = len(a.operator)
    cost = np.abs(a.eigenvalues[:, None] - b.eigenvalues[None, :]) ** 2
    bends = np.exp(_BEND * random.standard_normal((count, rank, rank)))
    partners = np.stack([linear_sum_assignment(cost * bend)[1] for bend in bends])
    turns = random.uniform(0, 2 * np.pi, (count, rank))
    # Opposite phases for conjugates, so that what is summed below stays nearly real.
    phases = np.where(np.imag(a.eigenvalues) == 0, np.sign(np.cos(turns)), np.exp(1j * turns))
    second = np.imag(a.eigenvalues) < 0
    phases[:, second] = phases[:, _conjugates(a.eigenvalues)[second]].conj()
    left = a.eigenvectors * phases[:, None]
    right = b.eigenvectors.T[partners].conj()
    return _nearest_rotations(np.real(left @ right), random)


def _nearest_rotations(sums: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Where conjugates meet real vectors a sum lacks directions, which rounding would choose."""
    u, _, v = np.linalg.svd(sums + _REST * random.standard_normal(sums.shape))
    return u @ v


def _conjugates(eigenvalues: Complex[np.ndarray, " rank"]) -> Int[np.ndarray, " rank"]:
    """Where the conjugate of each is, itself for real ones."""
    return np.arange(len(eigenvalues)) + np.sign(np.imag(eigenvalues)).astype(int)


def _leading(symmetric: np.ndarray) -> np.ndarray:
    """The eigenvector of the largest eigenvalue of a symmetric or Hermitian matrix, roughly.

    Eleven squarings, the 2048th power. For matrices this small an eigenvalue routine of a threaded
    linear algebra library costs hundreds of times more once other threads are about.
    """
    power = symmetric / max(np.linalg.norm(symmetric), 1e-300) + np.eye(len(symmetric))
    for _ in range(11):
        power = power @ power
        power /= np.linalg.norm(power)
    return power[:, np.argmax(np.abs(np.diag(power)))]


def _reflected(a: Operator, b: Operator, rotation: Rotation) -> Rotation:
    """The other determinant, by the flip of one coordinate of A that costs least."""
    both = a * (rotation @ b @ rotation.T)
    loss = both.sum(axis=0) + both.sum(axis=1) - 2 * np.diag(both)
    flipped = rotation.copy()
    flipped[int(np.argmin(loss))] *= -1
    return flipped
