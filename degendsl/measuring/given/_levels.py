"""One level of a group under one setting: values, references, and what is missing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from degendsl.errors import MeasureError
from degendsl.spec import kinds

from .._cache import Measured
from .._left_out import sentences
from ._dynamics import dynamics, dynamics_before, of_halves
from ._kept import Kept
from ._networks import Compared
from ._notes import copies, notes
from ._usable import UNTRAINED, Usable, too_few
from ._weights import of_shuffled, weights, weights_before


class Missing(NamedTuple):
    """Why something was not measured. which: of which networks, unless of those that are compared.

    It is put behind the level and the setting: `dynamics with delays 5, untrained networks: …`.
    """

    which: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found at one level: by when it is of, by the name of the reference.

    notes: what is to be known of networks that were measured, in words.
    """

    levels: Mapping[str, Measured] = field(default_factory=dict)
    references: Mapping[str, Measured] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()
    notes: tuple[str, ...] = ()


def level_of(level: str, found: Usable, measure: kinds.Measure, kept: Kept) -> Found:
    """A level of a group by the first of its measures; what keeps it from being had is said."""
    try:
        return _LEVELS[level](found, measure, kept)
    except MeasureError as error:
        return Found(missing=(Missing("", str(error)),))
    except MemoryError:
        what = "delays" if level == "dynamics" else "networks"
        return Found(missing=(Missing("", f"memory does not suffice; use fewer {what}"),))


def _behavior(found: Usable, measure: kinds.Measure, kept: Kept) -> Found:
    by_time = {"init": found.untrained.losses, "end": found.trained.losses}
    return Found(
        levels={at: of_losses(losses) for at, losses in by_time.items() if len(losses) >= 2}
    )


def of_losses(losses: Mapping[int, float]) -> Measured:
    """Losses that were given, in the place of those out of distribution."""
    return Measured(seeds=tuple(losses), arrays={"ood_mse": np.array(list(losses.values()))})


def _dynamics(found: Usable, measure: kinds.Measure, kept: Kept) -> Found:
    dsa, states = measure.dynamics[0], found.trained.states
    if len(states.seeds) < 2:
        return Found()
    end = dynamics(states, dsa, measure.pairs.max, kept)
    missing = _left_out(end, states, "")
    if len(end.seeds) < 2:
        return Found(missing=missing)
    pairs = [(int(i), int(j)) for i, j in end.arrays["pairs"]]
    there = states.only(end.seeds)
    halves = of_halves(there, pairs, dsa, kept)
    levels = {"end": end}
    before = found.untrained.states.among(end.seeds)
    if len(before.seeds) >= 2:
        levels["init"] = dynamics_before(before, end, dsa, kept)
        missing += _left_out(levels["init"], before, UNTRAINED)
    said = (*copies(there, before, "states"), *notes(there, dsa, halved=bool(halves)))
    return Found(levels=levels, references=halves, missing=missing, notes=said)


def _left_out(measured: Measured, states: Compared, which: str) -> tuple[Missing, ...]:
    """Which networks do not carry the settings, and whether too few are left."""
    why = measured.left_out.get("", {})
    names = dict(zip(states.seeds, states.names, strict=True))
    lines = sentences(why, len(names), names)
    left = len(names) - len(why)
    return tuple(
        Missing(which, line)
        for line in [*lines, *([too_few(left, len(names))] if left < 2 else [])]
    )


def _weights(found: Usable, measure: kinds.Measure, kept: Kept) -> Found:
    given, pif = found.trained.weights, measure.weights[0]
    if len(given.seeds) < 2:
        return Found()
    end = weights(given, pif, measure.pairs.max, kept)
    before = found.untrained.weights.among(given.seeds)
    early = {"init": weights_before(before, end, pif, kept)} if len(before.seeds) >= 2 else {}
    return Found(
        levels=early | {"end": end},
        references={"surrogate": of_shuffled(given, pif, kept)},
        notes=tuple(copies(given, before, "weights")),
    )


_LEVELS: dict[str, Callable[[Usable, kinds.Measure, Kept], Found]] = {
    "behavior": _behavior,
    "dynamics": _dynamics,
    "weights": _weights,
}
