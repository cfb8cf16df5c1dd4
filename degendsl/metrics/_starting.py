"""Where to begin turning one operator onto another."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Complex, Float
from scipy.optimize import linear_sum_assignment

Operator = Float[np.ndarray, "rank rank"]
Rotation = Float[np.ndarray, "rank rank"]

# How far, in log units, chance may bend the matching of eigenvalues beyond the first.
_BEND = 0.7


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
    values, vectors = np.linalg.eig(a)
    return Landmarks(a, bases, values.astype(np.complex128), vectors.astype(np.complex128))


def starting_rotations(
    a: Landmarks, b: Landmarks, starts: int
) -> Float[np.ndarray, "start rank rank"]:
    """`starts` rotations of each determinant, the most promising first.

    Eigenbases and matched eigenvalues alternate; from the third on the matching is bent by chance,
    the same for every pair, because the best pairing of modes is often not the nearest one.
    """
    random = np.random.default_rng(0)
    found = []
    for index in range(starts):
        if index % 2 == 0 and index // 2 < len(a.bases):
            one = _by_signs(a, b, index // 2)
        else:
            one = _by_eigenvalues(a, b, random, bent=index > 1, at_random=index % 2 == 0)
        found += [one, _reflected(a.operator, b.operator, one)]
    return np.stack(found)


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


def _by_eigenvalues(
    a: Landmarks, b: Landmarks, random: np.random.Generator, *, bent: bool, at_random: bool
) -> Rotation:
    """Lines up the eigenvectors of matched eigenvalues, each pair with a phase of its own."""
    rank = len(a.operator)
    cost = np.abs(a.eigenvalues[:, None] - b.eigenvalues[None, :]) ** 2
    if bent:
        cost = cost * np.exp(_BEND * random.standard_normal((rank, rank)))
    partner = linear_sum_assignment(cost)[1]
    left, right = a.eigenvectors, b.eigenvectors[:, partner]
    if at_random:
        # Opposite phases for conjugates, so that what is summed below stays nearly real.
        turn = random.uniform(0, 2 * np.pi, rank)
        phase = np.where(np.imag(a.eigenvalues) == 0, np.sign(np.cos(turn)), np.exp(1j * turn))
        second = np.flatnonzero(np.imag(a.eigenvalues) < 0)
        phase[second] = phase[second - 1].conj()
    else:
        agreement = (left.conj().T @ a.operator @ left) * (
            right.conj().T @ b.operator @ right
        ).conj()
        agreement = agreement + agreement.conj().T
        np.fill_diagonal(agreement, 0.0)
        phase = _leading(agreement)
        phase = phase / np.maximum(np.abs(phase), 1e-300)
    u, _, v = np.linalg.svd(np.real((left * phase) @ right.conj().T))
    return u @ v


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
