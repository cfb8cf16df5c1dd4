"""Networks whose truth is known, to draw simulated studies from."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import special

# Networks as points, one a row; networks before and after training.
Cloud = Callable[[np.random.Generator, int], np.ndarray]
Training = Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]]

# Draws that a truth is taken from where no formula is at hand.
MANY = 4_000_000


def cloud(axes: int, tail: float = math.inf) -> Cloud:
    """Networks scattered around a centre in so many directions, with heavy tails if wanted."""

    def draw(random: np.random.Generator, n: int) -> np.ndarray:
        points = random.standard_normal((n, axes))
        if math.isfinite(tail):
            points *= np.sqrt(tail / random.chisquare(tail, (n, 1)))
        return points

    return draw


CLOUDS = {
    "line": cloud(1),
    "6 axes": cloud(6),
    "60 axes": cloud(60),
    "6 axes, heavy tails (t, 5)": cloud(6, tail=5),
}


def uniform(random: np.random.Generator, n: int) -> np.ndarray:
    """Networks anywhere on a line: one family with no centre."""
    return random.random((n, 1))


def two_families(gap: float, axes: int) -> Cloud:
    """Two clouds of spread 1 along every axis, their centres `gap` apart."""

    def draw(random: np.random.Generator, n: int) -> np.ndarray:
        points = random.standard_normal((n, axes))
        points[: n // 2, 0] += gap
        return points

    return draw


def trained(draw: Cloud, kept: float) -> Training:
    """Networks that keep a share of their variance while they are trained."""

    def both(random: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
        before, moved = draw(random, n), draw(random, n)
        return before, math.sqrt(kept) * before + math.sqrt(1 - kept) * moved

    return both


class Losses(NamedTuple):
    """Losses of networks, and what is true of them all.

    logarithms: the standard deviation of log10.
    """

    draw: Callable[[np.random.Generator, tuple[int, int]], np.ndarray]
    mean: float = math.nan
    spread: float = math.nan
    logarithms: float = math.nan


def log_normal(width: float, failed: float = 0.0, worse: float = 1.0) -> Losses:
    """Losses of that width of their logarithms; a share `failed` is so many times as large."""
    mean, square = (
        math.exp(power**2 * width**2 / 2) * (1 - failed + failed * worse**power) for power in (1, 2)
    )
    squared_log = width**2 + failed * (1 - failed) * math.log(worse) ** 2

    def draw(random: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
        losses = np.exp(width * random.standard_normal(shape))
        return losses * np.where(random.random(shape) < failed, worse, 1)

    return Losses(draw, mean, math.sqrt(square - mean**2), math.sqrt(squared_log) / math.log(10))


LOSSES = {
    "normal": Losses(lambda random, shape: random.standard_normal(shape), 0.0, 1.0),
    "gamma, 4": Losses(
        lambda random, shape: random.gamma(4, size=shape),
        4.0,
        2.0,
        math.sqrt(special.polygamma(1, 4)) / math.log(10),
    ),
    "exponential": Losses(
        lambda random, shape: random.exponential(size=shape),
        1.0,
        1.0,
        math.pi / math.sqrt(6) / math.log(10),
    ),
    "log-normal, 0.5": log_normal(0.5),
    "log-normal, 1": log_normal(1.0),
    # Over orders of magnitude, with heavy tails of these: neither a mean nor a spread.
    "log-t, 5": Losses(
        lambda random, shape: np.exp(random.standard_t(5, shape)),
        logarithms=math.sqrt(5 / 3) / math.log(10),
    ),
    "a tenth failed": log_normal(0.5, failed=0.1, worse=30.0),
}


def distances(points: np.ndarray) -> np.ndarray:
    """Euclidean distances of points, one a network."""
    square = (points**2).sum(axis=1)
    return np.sqrt(np.maximum(square[:, None] + square[None, :] - 2 * points @ points.T, 0.0))


def apart(points: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """The distance of each of some pairs."""
    return np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)


def mean_distance(draw: Cloud) -> float:
    """The mean distance of two networks."""
    random = np.random.default_rng(1)
    a, b = draw(random, MANY // 8), draw(random, MANY // 8)
    return float(np.linalg.norm(a - b, axis=1).mean())
