"""How differently networks of one condition behave."""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from degendsl.errors import MeasureError


def ood_spread(losses: Float[Any, " network"]) -> float:
    """σ = √(1/N Σ(L_i − L̄)²): the spread of losses between networks (Huang et al. 2025).

    Divides by N, not N − 1, as the paper does. In the units of the loss, at least 0.

    **Raises** `MeasureError` for fewer than two networks or a loss that is not finite.
    """
    losses = np.asarray(losses, np.float64)
    if len(losses) < 2:
        raise MeasureError("a spread needs at least two networks")
    if not np.isfinite(losses).all():
        index = int(np.flatnonzero(~np.isfinite(losses))[0])
        raise MeasureError(f"the loss of network {index} is not finite; leave it out")
    return float(losses.std())


class LossSummary(NamedTuple):
    """What belongs beside σ, which is tied to the mean and blind where all fail alike.

    spread: σ, as `ood_spread`. mean: of the losses. log_spread: standard deviation, by N, of their
    decimal logarithms; infinite where a loss is 0.
    """

    spread: float
    mean: float
    log_spread: float


def loss_summary(losses: Float[Any, " network"]) -> LossSummary:
    """σ, mean and spread of log₁₀ of the losses of one condition; see `ood_spread` for errors."""
    losses = np.asarray(losses, np.float64)
    spread = ood_spread(losses)
    log_spread = float(np.log10(losses).std()) if (losses > 0).all() else float("inf")
    return LossSummary(spread, float(losses.mean()), log_spread)


def output_disagreement(outputs: Float[Any, "network trial time output"]) -> float:
    """Mean over pairs of networks of the mean squared difference of their outputs.

    Twice the unbiased variance over networks, averaged over trials, times and outputs.
    """
    return float(2 * np.asarray(outputs, np.float64).var(axis=0, ddof=1).mean())
