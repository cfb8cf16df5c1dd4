"""Units that never change in networks that are measured: they alter a distance of dynamics."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

# Networks and units that a line names.
_NETWORKS = _UNITS = 5


class Remedies(NamedTuple):
    """What to do about units that stay at 0, and about units that keep another value."""

    silent: str
    constant: str


def still_units(states: Float[np.ndarray, "trial time unit"]) -> Float[np.ndarray, " unit"]:
    """The value of each unit that has one and the same throughout all trials; NaN of others."""
    first = states[0, 0]
    return np.where((states == first).all(axis=(0, 1)), first, np.nan).astype(np.float64)


def still_notes(
    found: Mapping[str, Float[np.ndarray, " unit"]], remedies: Remedies
) -> Iterator[str]:
    """A line for units that stay at 0, one for units that keep another value.

    found: what `still_units` says of each network that is measured, by its name.
    """
    silent = {name: np.flatnonzero(values == 0) for name, values in found.items()}
    if told := _told(silent):
        yield (
            f"{told[0]} with units that stay at 0: {told[1]}; they add nothing to the dynamics: "
            f"{remedies.silent}"
        )
    constant = {
        name: np.flatnonzero(~np.isnan(values) & (values != 0)) for name, values in found.items()
    }
    if told := _told(constant):
        yield (
            f"{told[0]} with units that never change: {told[1]}; they count as a direction of the "
            f"dynamics, which are not centred: {remedies.constant}"
        )


def _told(units: Mapping[str, np.ndarray]) -> tuple[str, str] | None:
    """How many networks have such units, and how many and which; None where none has."""
    some = [_shown(name, one.tolist()) for name, one in units.items() if len(one)]
    if not some:
        return None
    rest = len(some) - _NETWORKS
    more = [f"and {rest} more network{'' if rest == 1 else 's'}"] if rest > 0 else []
    count = f"{len(some)} of {len(units)} networks"
    return count, ", ".join([*some[:_NETWORKS], *more])


def _shown(name: str, units: list[int]) -> str:
    if len(units) == 1:
        return f"unit {units[0]} of {name}"
    if len(units) <= _UNITS:
        return f"units {', '.join(map(str, units))} of {name}"
    return f"{len(units)} units of {name} ({', '.join(map(str, units[:_UNITS]))}, …)"
