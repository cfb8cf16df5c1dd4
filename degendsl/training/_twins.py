"""Twins: networks trained again from initial weights that differ in their last bit."""

from typing import Any

import jax
import numpy as np

from degendsl.models import parameter_groups


def nudge(parameters: Any, lane: int, key: str) -> None:
    """Move every weight of one lane to the next float32 above or below it, at random, in place.

    A weight of exactly zero stays, since a zero is structure: a bias that starts at none, a
    connection that is not there. What no training may change, such as a mask, stays too. Which way
    each goes follows from the twin's `key` alone.
    """
    random = np.random.default_rng(int(key[:16], 16))
    groups = jax.tree.leaves(parameter_groups(parameters))
    for leaf, group in zip(jax.tree.leaves(parameters), groups, strict=True):
        if group == "fixed":
            continue
        weights = leaf[lane]
        upwards = random.random(weights.shape) < 0.5
        limit = np.where(upwards, np.inf, -np.inf).astype(weights.dtype)
        leaf[lane] = np.where(weights == 0, weights, np.nextafter(weights, limit))
