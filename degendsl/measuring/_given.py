"""Measuring networks from elsewhere: the same levels, from arrays that were given."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from degendsl import metrics
from degendsl.errors import MeasureError
from degendsl.spec import kinds
from degendsl.store import UnitRecord

from ._cache import Arrays, Measured
from ._dynamics import between_operators
from ._examples import PATHS, Examples, kept_steps, side_by_side
from ._groups import Group
from ._halves import of_halves, of_shuffled
from ._pairs import chosen_pairs
from ._plane import plane_of
from ._study import ConditionMeasures
from ._weights import distances

# What becomes of training is not known of networks that were given.
GIVEN = "given"
_SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class Given:
    """One network from elsewhere: whichever there are of states, recurrent weights and a loss.

    states: (trial, time, unit). weights: (unit, unit), if they are right. problems: what is known
    to be missing and why.
    """

    name: str
    states: np.ndarray | None = None
    weights: np.ndarray | None = None
    loss: float | None = None
    problems: tuple[str, ...] = ()


def measure_given(
    groups: Sequence[tuple[Group, Sequence[Given]]],
    dsa: kinds.DSA,
    pif: kinds.PIF,
    report: Callable[[str], None] = lambda _: None,
    *,
    pairs: int | None = None,
) -> list[ConditionMeasures]:
    """Measure each level of each group where its data are there; what is wrong is said.

    `pairs`: at most so many of a group are compared, as of `measure.pairs.max`.
    """
    measuring = [_Measuring(group, networks, pif, pairs) for group, networks in groups]
    if dsa.rank < 1:
        dsa = _with_rank(dsa, [states for one in measuring for states in one.states.values()])
    found = []
    for one in measuring:
        report(one.group.label)
        found.append(one.everything(dsa))
    return found


def _with_rank(dsa: kinds.DSA, states: Sequence[np.ndarray]) -> kinds.DSA:
    """One rank for all networks of all groups, by the share of variance that is asked for."""
    span = (dsa.delays - 1) * dsa.interval
    # Groups of shorter trials say for themselves that they cannot be compared.
    long = [one for one in states if one.shape[1] - span >= 2]
    if not long:
        return replace(dsa, rank=1.0)
    rank = metrics.rank_for_variance(long, delays=dsa.delays, share=dsa.rank, interval=dsa.interval)
    return replace(dsa, rank=float(rank))


class _Measuring:
    """One group while it is measured, and what goes wrong with its networks."""

    def __init__(
        self, group: Group, networks: Sequence[Given], pif: kinds.PIF, pairs: int | None
    ) -> None:
        self.group, self._networks, self._pif, self._pairs = group, networks, pif, pairs
        self._references: dict[tuple[str, str], Measured] = {}
        self._problems: list[str] = []
        for network in networks:
            for problem in network.problems:
                self._missing(problem)
        # Of the networks that can be compared, by their position in the group.
        self.states = self._usable_states()
        self._weights = self._usable_weights()
        self._losses = self._usable_losses()

    def everything(self, dsa: kinds.DSA) -> ConditionMeasures:
        """All levels for which there are data."""
        levels: dict[tuple[str, str], Measured] = {}
        if len(self._losses) >= 2:
            levels["behavior", "end"] = self._behavior()
        if len(self.states) >= 2:
            found = self._dynamics(dsa)
            if found:
                levels["dynamics", "end"] = found
        if len(self._weights) >= 2:
            levels["weights", "end"] = self._distances()
        compared = sorted({seed for one in levels.values() for seed in one.seeds})
        records = {
            seed: UnitRecord(arrays={}, manifest={"outcome": GIVEN})
            for seed in range(len(self._networks))
        }
        return ConditionMeasures(
            condition=self.group,
            records=records,
            compared=tuple(compared),
            levels=levels,
            references=self._references,
            also=self._also(),
            everyone=self._behavior() if self._losses else None,
            examples=self._examples(),
            problems=tuple(self._problems),
        )

    def _usable_states(self) -> dict[int, np.ndarray]:
        given = {k: one.states for k, one in enumerate(self._networks) if one.states is not None}
        if not given:
            return {}
        lengths = Counter(states.shape[:2] for states in given.values())
        usual = lengths.most_common(1)[0][0]
        found = {}
        for seed, states in given.items():
            name = self._networks[seed].name
            if bad := metrics.unusable(states, metrics.LARGEST_STATE):
                why = f"the states of {name} {bad}; it is left out: mend or remove it"
            elif (states == states[:1, :1]).all():
                why = f"the states of {name} never change; it is left out: mend or remove it"
            elif states.shape[:2] != usual:
                why = (
                    f"{name} has {_trials(states.shape)} and most have {_trials(usual)}; it is "
                    "left out: give every network the same trials"
                )
            else:
                found[seed] = states
                continue
            self._missing(f"dynamics: {why}")
        self._two("dynamics", "states", len(found))
        return found

    def _usable_weights(self) -> dict[int, np.ndarray]:
        found: dict[int, np.ndarray] = {}
        given = {k: one.weights for k, one in enumerate(self._networks) if one.weights is not None}
        for seed, weights in given.items():
            name = self._networks[seed].name
            if weights.ndim != 2 or weights.shape[0] != weights.shape[1]:
                self._missing(
                    f"weights: those of {name} are not square but {weights.shape}; it is left out: "
                    f"give (unit, unit){_gates(weights.shape)}"
                )
            elif bad := metrics.unusable(weights, metrics.LARGEST_WEIGHT):
                self._missing(f"weights: those of {name} {bad}; it is left out: mend or remove it")
            else:
                found[seed] = weights.astype(np.float64)
        if given and self._two("weights", "weights", len(found)):
            first, *others = found
            width = len(found[first])
            other = next((seed for seed in others if len(found[seed]) != width), None)
            if other is not None:
                self._missing(
                    f"weights: networks of different width cannot be matched unit by unit: "
                    f"{self._networks[first].name} has {width} units and "
                    f"{self._networks[other].name} {len(found[other])}; group networks by width"
                )
                return {}
        return found

    def _usable_losses(self) -> dict[int, float]:
        given = {k: one.loss for k, one in enumerate(self._networks) if one.loss is not None}
        for seed, loss in list(given.items()):
            if metrics.unusable(loss, metrics.LARGEST_STATE):
                name = self._networks[seed].name
                self._missing(f"behaviour: the loss of {name} is {loss:g}; it is left out: mend it")
                del given[seed]
        if any(one.loss is not None for one in self._networks):
            self._two("behaviour", "losses", len(given))
        return given

    def _behavior(self) -> Measured:
        losses = np.array(list(self._losses.values()))
        return Measured(seeds=tuple(self._losses), arrays={"ood_mse": losses})

    def _dynamics(self, dsa: kinds.DSA) -> Measured | None:
        """As of a study; a network that does not carry the rank keeps the group from it."""
        try:
            fitted = [self._operator(seed, dsa) for seed in self.states]
            operators = np.stack([one for one, _ in fitted])
            pairs = chosen_pairs(len(operators), self._pairs)
            numbers = between_operators(operators, pairs, dsa)
            self._references |= of_halves(self.states, pairs, dsa)
        except MeasureError as error:
            self._missing(f"dynamics: {error}")
            return None
        except MemoryError:
            self._missing("dynamics: memory does not suffice; use fewer delays")
            return None
        arrays = {
            "pairs": np.array(pairs, int),
            **numbers,
            "operators": operators,
            "singular_values": np.stack([values for _, values in fitted]),
        }
        return Measured(seeds=tuple(self.states), arrays=arrays)

    def _operator(self, seed: int, dsa: kinds.DSA) -> tuple[np.ndarray, np.ndarray]:
        name = self._networks[seed].name
        try:
            return metrics.operator(
                self.states[seed],
                delays=dsa.delays,
                interval=dsa.interval,
                rank=int(dsa.rank),
                name=name,
            )
        except MeasureError as error:
            # Sizes are said of the data alone.
            raise error if name in str(error) else MeasureError(f"{name}: {error}") from error

    def _distances(self) -> Measured:
        weights = list(self._weights.values())
        pairs = chosen_pairs(len(weights), self._pairs)
        self._references |= of_shuffled(self._weights, self._pif)
        compared = [metrics.Weights.of(one) for one in weights]
        arrays: Arrays = {
            "pairs": np.array(pairs, int),
            "norm": np.array([np.linalg.norm(one) for one in weights]),
            **distances(compared, pairs, self._pif, "permutation"),
        }
        return Measured(seeds=tuple(self._weights), arrays=arrays)

    def _also(self) -> dict[tuple[str, str], Measured]:
        """Of each recurrent matrix what needs no other to be told."""
        if not self._weights:
            return {}
        weights = self._weights.values()
        arrays = {
            "spectral_radius": np.array([metrics.spectral_radius(one) for one in weights]),
            "effective_rank": np.array([metrics.effective_rank(one) for one in weights]),
            "sparsity": np.array([metrics.sparsity(one) for one in weights]),
        }
        seeds = tuple(self._weights)
        return {("weight_change", "end"): Measured(seeds=seeds, arrays=arrays)}

    def _examples(self) -> Examples:
        """Trajectories of a few networks, two matrices side by side, spectra of all."""
        ranked = sorted(self._losses, key=lambda seed: self._losses[seed])
        roles = {}
        if ranked:
            roles = {ranked[-1]: "worst", ranked[0]: "best", ranked[len(ranked) // 2]: "median"}
        seeds = tuple(self.states)
        if len(seeds) > _SHOWN:
            seeds = tuple(seed for seed in seeds if seed in roles) or seeds[:_SHOWN]
        shown = [self.states[seed] for seed in seeds]
        steps = kept_steps(shown[0].shape[1]) if shown else np.arange(0)
        planes = [plane_of(one) for one in shown]
        paths = [
            plane.places(one[:PATHS][:, steps]) for plane, one in zip(planes, shown, strict=True)
        ]
        pair = tuple(self._weights)[:2]
        two = [self._weights[seed] for seed in pair]
        spectra = [np.linalg.svd(one, compute_uv=False) for one in self._weights.values()]
        return Examples(
            seeds=seeds,
            roles=roles,
            signals=(),
            path_steps=steps,
            paths=np.stack(paths) if paths else np.zeros((0, 0, 0, 2)),
            explained=np.array([plane.explained for plane in planes]),
            pair=(pair[0], pair[1]) if len(pair) == 2 else None,
            matched=side_by_side(two[0], two[1]) if len(pair) == 2 else None,
            singular={"end": np.stack(spectra)} if len(spectra) >= 2 else {},
        )

    def _two(self, level: str, what: str, count: int) -> bool:
        if count < 2:
            self._missing(f"{level}: usable {what} of {_networks(count)}, two are needed; add more")
        return count >= 2

    def _missing(self, text: str) -> None:
        self._problems.append(f"{self.group.label}: {text}")


def _trials(shape: Sequence[int]) -> str:
    return f"{shape[0]} trials of {shape[1]} steps"


def _networks(count: int) -> str:
    return f"{count} network{'' if count == 1 else 's'}"


def _gates(shape: tuple[int, ...]) -> str:
    """What to do with a matrix that is several, one a gate."""
    gates = {3: "GRU", 4: "LSTM"}.get(shape[0] // shape[1] if len(shape) == 2 else 0)
    if gates is None or shape[0] % shape[1]:
        return ""
    return f"; of a {gates} save the rows of one gate"
