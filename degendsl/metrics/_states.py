"""What every measure of states asks of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from degendsl.errors import MeasureError

# One array where all networks have one width, a list of arrays where they have not.
States = Float[Any, "network trial time unit"] | Sequence[Float[Any, "trial time _"]]

# Their squares, and the squares of these, must be numbers still.
LARGEST_STATE = 1e60
# Products of two weights, summed over all pairs of units, must be float32 numbers still.
LARGEST_WEIGHT = 1e15


def unusable(numbers: Any, largest: float) -> str:
    """What keeps numbers from being measured: "are not finite"; nothing where they are sound."""
    try:
        numbers = np.asarray(numbers, np.float64)
    except (TypeError, ValueError):
        return "are not numbers"
    if not np.isfinite(numbers).all():
        return "are not finite"
    return f"are above {largest:g}" if numbers.size and np.abs(numbers).max() > largest else ""


def checked_states(
    states: Any, *, names: Sequence[str] | None = None, same_trials: bool = True
) -> list[np.ndarray]:
    """The states of each network as they came, once they are known to be comparable.

    A unit that never changes is harmless: it adds a zero direction. A network whose units are all
    constant has no dynamics and is refused where that matters, by the measure itself.

    **Raises** `MeasureError` naming the network where states are not finite or not (trial, time,
    unit), trials differ between networks, or there are fewer than two networks.
    """
    found = [np.asarray(one) for one in states]
    if len(found) < 2:
        raise MeasureError(
            f"a distance needs at least two networks, and there {_are(len(found))}; add networks"
        )
    names = names or [f"network {index}" for index in range(len(found))]
    for name, one in zip(names, found, strict=True):
        if one.ndim != 3:
            raise MeasureError(
                f"the states of {name} have shape {one.shape}; they must be (trial, time, unit)"
            )
        if same_trials and one.shape[:2] != found[0].shape[:2]:
            raise MeasureError(
                f"{name} has {_trials(one)} and {names[0]} has {_trials(found[0])}; "
                "give every network the same trials"
            )
        if bad := unusable(one, LARGEST_STATE):
            raise MeasureError(f"the states of {name} {bad}; leave it out")
    return found


def _trials(states: np.ndarray) -> str:
    return f"{states.shape[0]} trials of {states.shape[1]} steps"


def _are(count: int) -> str:
    return "is one" if count == 1 else "is none"
