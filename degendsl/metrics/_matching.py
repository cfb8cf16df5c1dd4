"""Where the starts of matching units begin: the barycentre, annealed, near the best, at random."""

import numpy as np

from ._annealing import annealed, reheated
from ._assignment import Assignment, Problem, climb, exchange

# Of so many starts one is annealed from the beginning, and one is random, since structured matrices
# have good optima far apart.
_ROUND = 5


def from_start(
    problem: Problem, index: int, best: Assignment | None, random: np.random.Generator
) -> Assignment:
    """The local optimum that a start leads to, given the best of those before it."""
    if index % _ROUND == 1:
        plain = index == 1 and not problem.signed
        return climb(problem, annealed(problem, None if plain else random))
    if problem.signed and index % 2 == 0:
        sizes = _by_magnitudes(problem, _middle(problem, index, random))
        return climb(problem, 0.5 * sizes.matrix())
    if best is None or index % _ROUND == 0:
        return climb(problem, _middle(problem, index, random))
    return climb(problem, reheated(problem, best, random))


def _middle(problem: Problem, index: int, random: np.random.Generator) -> np.ndarray:
    """The barycentre first, and then halfway from there to somewhere."""
    n = len(problem.a)
    barycentre = np.full((n, n), 1 / n)
    return 0.5 * (barycentre + _doubly_stochastic(random.random((n, n)))) if index else barycentre


def _by_magnitudes(problem: Problem, start: np.ndarray) -> Assignment:
    """A match of the sizes of entries, which no sign changes, and then the signs it asks for."""
    n = len(problem.a)
    a, b, linear = (np.abs(x) for x in (problem.a, problem.b, problem.linear))
    sizes = Problem(a, b, linear, False)
    order = climb(sizes, start).order
    agreement = problem.a * problem.b[np.ix_(order, order)]
    # The linear part belongs to a further unit whose sign is held.
    linear = problem.linear[np.arange(n), order]
    full = np.block([[agreement + agreement.T, linear[:, None]], [linear[None], np.zeros((1, 1))]])
    leading = np.linalg.eigh(full)[1][:, -1]
    sign = np.where(leading[:-1] * (leading[-1] if linear.any() else 1.0) < 0, -1.0, 1.0)
    return exchange(problem, Assignment(order, sign))


def _doubly_stochastic(matrix: np.ndarray) -> np.ndarray:
    """Sinkhorn scaling; twenty sweeps bring row and column sums within 1e-6 of 1."""
    for _ in range(20):
        matrix = matrix / matrix.sum(axis=1, keepdims=True)
        matrix = matrix / matrix.sum(axis=0, keepdims=True)
    return matrix
