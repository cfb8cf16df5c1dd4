"""Which arrays of a group can be compared, and why the others cannot."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from degendsl import metrics

from .._left_out import NAME, sentences
from ._networks import Compared, Given

_OUT = "mend or remove it"
_STEPS = "it has no dynamics; give its states at every step, or remove it"
# Which networks a line is about, unless about those that are compared.
UNTRAINED = ", untrained networks"


@dataclass(frozen=True, kw_only=True)
class Sound:
    """Arrays of networks that can be compared, by the place of the network in its group."""

    states: Compared
    weights: Compared
    losses: Mapping[int, float]


@dataclass(frozen=True, kw_only=True)
class Usable:
    """What of a group can be compared, and of the same networks before training, if given.

    problems: what is left out, and the remedy.
    """

    trained: Sound
    untrained: Sound
    problems: tuple[str, ...]


def usable(networks: Sequence[Given]) -> Usable:
    """The sound arrays of each level, by the place of their network in the group."""
    given = dict(enumerate(networks))
    early = {place: one.untrained for place, one in given.items() if one.untrained}
    trained, problems = _sound(given, "", {})
    untrained, more = _sound(early, UNTRAINED, given)
    return Usable(trained=trained, untrained=untrained, problems=(*problems, *more))


def _sound(
    networks: Mapping[int, Given], which: str, later: Mapping[int, Given]
) -> tuple[Sound, list[str]]:
    """What can be compared of some networks, and what is left out.

    later: the same networks after training, whose shapes theirs must have.
    """
    problems: list[str] = []
    names = {place: network.name for place, network in networks.items()}

    def sound(level: str, given: Mapping[int, object], why: Mapping[int, str]) -> tuple[int, ...]:
        for line in sentences(why, len(given), names):
            problems.append(f"{level}{which}: {line}")
        left = tuple(place for place in given if place not in why)
        if given and len(left) < 2:
            problems.append(f"{level}{which}: {too_few(len(left), len(given))}")
        return left

    states = {k: _real(one.states) for k, one in networks.items() if one.states is not None}
    weights = {k: one.weights for k, one in networks.items() if one.weights is not None}
    losses = {k: one.loss for k, one in networks.items() if one.loss is not None}
    pairs = {place: (one, later[place]) for place, one in networks.items() if place in later}
    seen = sound("dynamics", states, _unlike(pairs, "states") | _states(states, weights))
    unclear = {
        k: f"{one.unclear} of {NAME} could each be meant: save the one to be compared"
        for k, one in networks.items()
        if one.unclear
    }
    bad = _unlike(pairs, "weights") | _weights(weights) | unclear
    square = sound("weights", weights | unclear, bad)
    finite = sound("behaviour", losses, _losses(losses))
    # Weights are exact, and the same whatever precision the file has.
    exact = {place: weights[place].astype(np.float64) for place in square}
    found = Sound(
        states=_those(names, states, seen),
        weights=_those(names, exact, square),
        losses={place: losses[place] for place in finite},
    )
    return found, problems


def _unlike(pairs: Mapping[int, tuple[Given, Given]], array: str) -> dict[int, str]:
    """Whose array before training is of something else than the one after."""
    why = {}
    for place, (before, after) in pairs.items():
        early, late = getattr(before, array), getattr(after, array)
        if early is not None and late is not None and early.shape != late.shape:
            why[place] = (
                f"the {array} of {NAME} are {early.shape} before training and {late.shape} after "
                "it: give the same network before training, on the same trials"
            )
    return why


def too_few(count: int, of: int) -> str:
    """What is said where nothing is left to compare with."""
    networks = f"{count} network{'' if count == 1 else 's'}"
    remedy = "add more" if of < 2 else "mend those left out or add more"
    return f"{networks} can be compared, two are needed; {remedy}"


def _real(numbers: np.ndarray) -> np.ndarray:
    """Whole numbers, such as spikes, are as good as others."""
    return numbers if numbers.dtype.kind == "f" else numbers.astype(np.float64)


def _those(
    names: Mapping[int, str], arrays: Mapping[int, np.ndarray], places: tuple[int, ...]
) -> Compared:
    return Compared(
        seeds=places,
        names=tuple(names[place] for place in places),
        arrays=tuple(arrays[place] for place in places),
    )


def _states(given: Mapping[int, np.ndarray], weights: Mapping[int, np.ndarray]) -> dict[int, str]:
    """Why states cannot be compared, by the place of their network."""
    lengths = Counter(states.shape[:2] for states in given.values())
    usual = lengths.most_common(1)[0][0] if lengths else ()
    why = {}
    for place, states in given.items():
        if bad := metrics.unusable(states, metrics.LARGEST_STATE):
            why[place] = f"the states of {NAME} {bad}: {_OUT}"
        elif still := metrics.resting(states):
            why[place] = f"the states of {NAME} {still}: {_STEPS}"
        elif states.shape[:2] != usual:
            why[place] = (
                f"{NAME} has {_trials(states.shape)} and others have {_trials(usual)}: give every "
                "network the same trials"
            )
        elif place in weights and (bad := _other_units(states, weights[place])):
            why[place] = f"the states of {NAME} {bad}"
    return why


def _other_units(states: np.ndarray, weights: np.ndarray) -> str:
    """How states are not of the units that the weights are of; nothing where they may be."""
    units, count = states.shape[-1], len(weights)
    if weights.shape != (count, count) or count == units:
        return ""
    remedy = "give both of the same units, or in files of their own"
    if units == 2 * count:
        remedy += f"; of two directions states[..., :{count}] is one"
    # Of two axes as long as there are units, the nearer to the end.
    for axis in (-2, -3):
        if states.shape[axis] == count:
            remedy = (
                f"axis {axis} is as long as that; np.moveaxis(states, {axis}, -1) makes it the last"
            )
            break
    return (
        f"are of {units} units by their last axis and its weights of {count}: the axes "
        f"must be (network, trial, time, unit); {remedy}"
    )


def _weights(given: Mapping[int, np.ndarray]) -> dict[int, str]:
    why = {}
    for place, weights in given.items():
        if weights.ndim != 2 or weights.shape[0] != weights.shape[1]:
            why[place] = (
                f"those of {NAME} are not square but {weights.shape}: "
                f"give (unit, unit){_gates(weights.shape)}"
            )
        elif bad := metrics.unusable(weights, metrics.LARGEST_WEIGHT):
            why[place] = f"those of {NAME} {bad}: {_OUT}"
    return why


def _losses(given: Mapping[int, float]) -> dict[int, str]:
    return {
        place: f"the loss of {NAME} is {loss:g}: {_OUT}"
        for place, loss in given.items()
        if metrics.unusable(loss, metrics.LARGEST_STATE)
    }


def _trials(shape: Sequence[int]) -> str:
    return f"{shape[0]} trial{'' if shape[0] == 1 else 's'} of {shape[1]} steps"


def _gates(shape: tuple[int, ...]) -> str:
    """What to do with a matrix that is several, one a gate: rows of PyTorch, columns of Keras."""
    if len(shape) != 2 or 0 in shape or max(shape) % min(shape):
        return ""
    units = min(shape)
    gates = {3: "a GRU", 4: "an LSTM"}.get(max(shape) // units)
    if gates is None:
        return ""
    # In either, and of both cells, the third is the one of the new state.
    third = f"{2 * units}:{3 * units}"
    if shape[0] > shape[1]:
        rows, third, order = "rows", f"weights[{third}]", "PyTorch"
    else:
        rows, third, order = "columns", f"weights[:, {third}]", "Keras"
    return (
        f"; of {gates} save the {rows} of one gate, such as {third}, which in the order of {order} "
        "makes the new state"
    )
