"""When a network stops, and as what: a function of its losses alone."""

import math
from collections.abc import Sequence
from typing import Literal

from degendsl.spec import kinds

Outcome = Literal["converged", "unconverged", "diverged"]


def crossing(losses: Sequence[float], train_mse: float) -> int | None:
    """The first epoch, counted from 1, whose loss is at or below the threshold."""
    return next((i for i, loss in enumerate(losses, start=1) if loss <= train_mse), None)


def outcome(losses: Sequence[float], train: kinds.Train) -> Outcome | None:
    """The outcome of a network with these losses per epoch, or None while it trains on.

    A network that has reached the threshold trains exactly `patience` more epochs, past
    `max_epochs` if need be, and is converged whatever its loss does then, unless it is not a
    number. Without the threshold it is unconverged after `max_epochs`.
    """
    if losses and not math.isfinite(losses[-1]):
        return "diverged"
    crossed = crossing(losses, train.stop.train_mse)
    if crossed is not None:
        return "converged" if len(losses) >= crossed + train.stop.patience else None
    return "unconverged" if len(losses) >= train.max_epochs else None
