"""Twins: networks trained again from initial weights that differ in their last bit."""

from typing import Any

import jax
import numpy as np


def nudge(parameters: Any, lane: int, key: str) -> None:
    """Move every weight of one lane to the next float32 above or below it, at random, in place.

    A weight of exactly zero stays, since a zero is structure: a bias that starts at none, a
    connection that is not there. Which way each goes follows from the twin's `key` alone.
    """
    random = np.random.default_rng(int(key[:16], 16))
    for leaf in jax.tree.leaves(parameters):
        weights = leaf[lane]
        upwards = random.random(weights.shape) < 0.5
        limit = np.where(upwards, np.inf, -np.inf).astype(weights.dtype)
        leaf[lane] = np.where(weights == 0, weights, np.nextafter(weights, limit))
