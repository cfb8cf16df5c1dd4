"""What every measure of states asks of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from degendsl.errors import MeasureError

from ._numbers import count, listed, named, real_numbers

# Eight units in the last place of float32.
_ROUNDING = 1e-6

# One array where all networks have one width, a list of arrays where they have not.
States = Float[Any, "network trial time unit"] | Sequence[Float[Any, "trial time _"]]


def checked_states(
    states: Any,
    *,
    names: Sequence[str] | None = None,
    same_trials: bool = True,
    least: int = 2,
) -> list[np.ndarray]:
    """The states of each network as they came, once they are known to be comparable.

    A unit that never changes is no error: at 0 it adds nothing, at another value a direction of its
    own where states are not centred. A network whose units all rest has no dynamics and is refused
    where that matters, by the measure itself: see `resting`.

    **Raises** `MeasureError` naming the network where states are not finite real numbers below 1e60
    or not (trial, time, unit), trials differ between networks, networks are fewer than `least` or
    names are not as many.
    """
    found = listed(states, "the states")
    if not found and least == 1:
        raise MeasureError("there is no network; add networks")
    if len(found) < least:
        raise MeasureError(
            f"a distance needs at least two networks, and there {_are(len(found))}; add networks"
        )
    names = named(names, len(found))
    found = [checked_network(one, name) for one, name in zip(found, names, strict=True)]
    for name, one in zip(names, found, strict=True):
        if same_trials and one.shape[:2] != found[0].shape[:2]:
            raise MeasureError(
                f"{name} has {_trials(one)} and {names[0]} has {_trials(found[0])}; "
                "give every network the same trials"
            )
    return found


def checked_network(states: Any, name: str) -> np.ndarray:
    """The states of one network as they came, or a `MeasureError` that names it."""
    return real_numbers(states, f"the states of {name}", ("trial", "time", "unit"))


def resting(states: Float[Any, "trial time unit"]) -> str:
    """Why states have no dynamics: "never change within a trial"; nothing where they have.

    They may differ between trials. Changes below 1e-6 of what a unit reaches are rounding, of
    float32 states that have come to rest.
    """
    states = np.asarray(states)
    if not states.any():
        return "are all zero"
    if states.shape[1] < 2:
        return ""
    high, low = (bound(axis=1).astype(np.float64) for bound in (states.max, states.min))
    most = np.maximum(np.abs(high), np.abs(low)).max(axis=0)
    still = (high - low).max(axis=0) <= _ROUNDING * most
    return "never change within a trial" if still.all() else ""


def _trials(states: np.ndarray) -> str:
    return f"{count(states.shape[0], 'trial')} of {count(states.shape[1], 'step')}"


def _are(count: int) -> str:
    return "is one" if count == 1 else "is none"
