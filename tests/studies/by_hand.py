"""Measures and their statistics once more, in plain NumPy and float64.

Nothing of `degendsl.metrics` or `degendsl.analysis` is used: delays are written out, rotations are
minimised from the best of many, all 8! matchings are tried, and networks are left out one by one.
"""

import itertools
import math

import numpy as np
import scipy.optimize
import scipy.stats
from conftest import NETWORKS
from scipy.spatial.transform import Rotation

DELAYS, RANK = 3, 3
Arrays = dict[str, np.ndarray]
ORDERS = np.array(list(itertools.permutations(range(8))))


def run(network: Arrays, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """States and outputs of the vanilla network h = tanh(W h + U x + b), y = V h + c."""
    state = np.zeros((len(inputs), 8))
    states = []
    for x in np.swapaxes(inputs, 0, 1):
        drive = x @ network["input"].T + network["bias"]
        state = np.tanh(state @ network["recurrent"].T + drive)
        states.append(state)
    whole = np.stack(states, axis=1)
    return whole, whole @ network["readout"].T + network["readout_bias"]


def operator(states: np.ndarray) -> np.ndarray:
    """The DSA operator, its delays written out."""
    trials, steps, _ = states.shape
    rows = np.array([
        [states[k, t : t + DELAYS][::-1].ravel() for t in range(steps - DELAYS + 1)]
        for k in range(trials)
    ])  # fmt: skip
    flat = rows.reshape(-1, rows.shape[2])
    left = np.linalg.svd(flat, full_matrices=False)[0][:, :RANK].reshape(trials, -1, RANK)
    before, after = left[:, :-1].reshape(-1, RANK), left[:, 1:].reshape(-1, RANK)
    return np.linalg.solve(before.T @ before + 1e-8 * np.eye(RANK), before.T @ after).T


# −1 is a reflection in three dimensions and changes no operator, so rotations are all there is.
TURNS = Rotation.from_quat(np.random.default_rng(0).standard_normal((4000, 4))).as_matrix()


def angle(a: np.ndarray, b: np.ndarray) -> float:
    """The least arccos⟨A, C B Cᵀ⟩ over rotations: the best of many, and those far from it."""
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)

    def apart(at: np.ndarray, start: np.ndarray) -> float:
        c = start @ Rotation.from_rotvec(at).as_matrix()
        return float(((a - c @ b @ c.T) ** 2).sum())

    there = np.ones(len(TURNS), bool)
    overlap = np.einsum("ij,kil,lm,kjm->k", a, TURNS, b, TURNS, optimize=True)
    found = []
    for _ in range(4):
        start = TURNS[np.argmax(np.where(there, overlap, -np.inf))]
        there &= np.einsum("ij,kij->k", start, TURNS) < 1 + 2 * math.cos(0.6)
        end = scipy.optimize.minimize(apart, np.zeros(3), (start,), options={"gtol": 1e-9})
        found.append(max(end.fun, 0.0))
    return 2 * math.asin(min(1.0, math.sqrt(min(found)) / 2))


def matched(a: np.ndarray, b: np.ndarray) -> float:
    """The largest ⟨A, P B Pᵀ⟩ over all orders of eight units."""
    return max(
        float(np.einsum("ij,kij->k", a, b[some[:, :, None], some[:, None, :]]).max())
        for some in np.array_split(ORDERS, 8)
    )


def frobenius(a: np.ndarray, b: np.ndarray) -> float:
    return math.sqrt((a**2).sum() + (b**2).sum() - 2 * matched(a, b))


Distances = dict[tuple[int, int], float]
# A value and the ends of its interval.
Interval = tuple[float, float, float]


def jackknife(distances: Distances) -> Interval:
    """The mean over pairs and its interval, networks left out one by one."""
    return around(float(np.mean(list(distances.values()))), leave_out(distances))


def jackknife_ratio(distances: Distances, before: Distances) -> Interval:
    """A mean over pairs over that of the same networks before, left out of both at once."""
    ratio = float(np.mean(list(distances.values())) / np.mean(list(before.values())))
    return around(ratio, leave_out_of_both(distances, before))


def around(value: float, without: list[float]) -> Interval:
    n = len(without)
    error = math.sqrt((n - 1) / n * sum((one - np.mean(without)) ** 2 for one in without))
    half = float(scipy.stats.t.ppf(0.975, n - 1)) * error
    return value, max(0.0, value - half), value + half


def leave_out_of_both(distances: Distances, before: Distances) -> list[float]:
    return [a / b for a, b in zip(leave_out(distances), leave_out(before), strict=True)]


def leave_out(distances: Distances) -> list[float]:
    return [
        float(np.mean([d for pair, d in distances.items() if seed not in pair]))
        for seed in range(NETWORKS)
    ]


def bonett(losses: np.ndarray) -> tuple[float, float]:
    """Bonett 2006, equations 2 and 4: an interval of a population's standard deviation."""
    n, z = len(losses), scipy.stats.norm.ppf(0.975)
    centre = scipy.stats.trim_mean(losses, 1 / (2 * math.sqrt(n - 4)))
    kurtosis = n * ((losses - centre) ** 4).sum() / ((losses - losses.mean()) ** 2).sum() ** 2
    error = n / (n - z) * math.sqrt((kurtosis - (n - 3) / n) / (n - 1))
    middle = math.log(n / (n - z) * losses.var(ddof=1))
    return math.exp((middle - z * error) / 2), math.exp((middle + z * error) / 2)


def change(values: list[float], without: list[list[float]]) -> dict[str, float]:
    """The slope of logarithms over two conditions, seeds left out in both at once."""
    slope = math.log(values[1] / values[0])
    left_out = np.log(np.array(without[1]) / np.array(without[0]))
    n = len(left_out)
    error = math.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum())
    t, power = (float(scipy.stats.t.ppf(share, n - 1)) for share in (0.975, 0.8))
    below, above = (
        float(scipy.stats.t.sf((slope - math.log(0.7)) / error, n - 1)),
        float(scipy.stats.t.sf((math.log(1.3) - slope) / error, n - 1)),
    )
    return {
        "change": math.exp(slope) - 1,
        "ci_low": math.exp(slope - t * error) - 1,
        "ci_high": math.exp(slope + t * error) - 1,
        "p": 2 * float(scipy.stats.t.sf(abs(slope) / error, n - 1)),
        "smallest_visible": math.exp((t + power) * error) - 1,
        "unchanged": max(below, above),
    }
