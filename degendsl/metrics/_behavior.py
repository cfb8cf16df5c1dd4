"""How differently networks of one condition behave."""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from degendsl.errors import MeasureError

from ._numbers import alike, listed, real_numbers


def ood_spread(losses: Float[Any, " network"]) -> float:
    """σ = √(1/N Σ(L_i − L̄)²): the spread of losses between networks (Huang et al. 2025).

    Divides by N, not N − 1, as the paper does.

    **Arguments:**

    - `losses`: one of each network.

    **Returns:** at least 0, in the units of the loss.

    **Raises** `MeasureError` for fewer than two networks, and naming one whose loss is not finite.
    """
    given = [
        real_numbers(one, f"the losses of network {index}", ())
        for index, one in enumerate(listed(losses, "the losses"))
    ]
    if len(given) < 2:
        raise MeasureError("a spread needs at least two networks; add networks")
    return float(np.array(given, np.float64).std())


class LossSummary(NamedTuple):
    """What belongs beside σ, which is tied to the mean and blind where all fail alike.

    spread: σ, as `ood_spread`. mean: of the losses. log_spread: standard deviation, by N, of their
    decimal logarithms; infinite where a loss is 0.
    """

    spread: float
    mean: float
    log_spread: float


def loss_summary(losses: Float[Any, " network"]) -> LossSummary:
    """σ, mean and spread of log₁₀ of the losses of one condition.

    **Arguments:**

    - `losses`: one of each network.

    **Returns:** σ and the mean in the units of the loss; the spread of log₁₀ in decades, at least
    0, and infinite where a loss is 0 or below.

    **Raises** `MeasureError` as `ood_spread` does.
    """
    spread = ood_spread(losses)
    losses = np.asarray(losses, np.float64)
    log_spread = float(np.log10(losses).std()) if (losses > 0).all() else float("inf")
    return LossSummary(spread, float(losses.mean()), log_spread)


def output_disagreement(outputs: Float[Any, "network trial time output"]) -> float:
    """Mean over pairs of networks of the mean squared difference of their outputs.

    Twice the unbiased variance over networks, averaged over trials, times and outputs.

    **Arguments:**

    - `outputs`: of every network on the same trials, in the same order.

    **Returns:** at least 0, in squared units of the outputs; 0 where all networks do the same.

    **Raises** `MeasureError` naming the network whose outputs are not finite or of another shape.
    """
    given = [
        real_numbers(one, f"the outputs of network {index}", ("trial", "time", "output"))
        for index, one in enumerate(listed(outputs, "the outputs"))
    ]
    if len(given) < 2:
        raise MeasureError("a disagreement needs at least two networks; add networks")
    for index, one in enumerate(given):
        what = f"the outputs of network {index} and network 0"
        alike(one, given[0], what, "give every network the same trials")
    return float(2 * np.stack(given).astype(np.float64).var(axis=0, ddof=1).mean())
