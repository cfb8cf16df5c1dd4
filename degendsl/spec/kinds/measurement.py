"""What is measured of the trained networks, what is expected, how it is shown, where it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from .._keys import key
from .behavior import Behavior, TemporalBehavior

Level = Literal["behavior", "dynamics", "weights"]
When = Literal["init", "threshold", "end"]
Also = Literal["svcca", "kernel_alignment", "weight_change", "task_information"]


@dataclass(frozen=True, kw_only=True)
class Trials:
    """The test trials, one set for all networks of a task."""

    count: int = key(64, doc="Test trials.", at_least=2, at_most=1_000_000_000)
    seed: int = key(0, doc="Seed of the test trials.", at_least=0, at_most=2**31 - 1)


@dataclass(frozen=True, kw_only=True)
class DSA:
    """Dynamics: Dynamical Similarity Analysis (Ostrow et al. 2023)."""

    kind: Literal["dsa"] = key("dsa", doc="Which measure of the dynamics.", source="paper")
    delays: int = key(20, doc="Delays of the embedding.", at_least=1, at_most=10_000)
    interval: int = key(1, doc="Steps between two delays.", at_least=1, at_most=10_000)
    rank: float = key(
        30.0,
        doc="Rank of the linear operators compared: a whole number, or below 1 the share of the "
        "variance that the rank must reach in the pooled conditions, chosen once per study.",
        above=0,
        at_most=10_000,
    )
    choose: Literal["given", "prediction"] = key(
        "given",
        doc="Where the rank comes from: `given` takes `rank`; `prediction` takes, once per study, "
        "the lowest rank up to `rank` that predicts trials held out within 5 % of the best, all "
        "conditions pooled.",
    )
    rank_per: Literal["study", "condition"] = key(
        "study",
        doc="Of what the rank is chosen: of the `study`, or, under `sensitivity` only, of each "
        "`condition` alone by the study's rule, which for a whole number is prediction up to it.",
    )
    input: Literal["ignore", "regress"] = key(
        "ignore",
        doc="What becomes of the input that drives the networks: `regress` fits its part of the "
        "next state beside the operator, and compares operators alone.",
    )
    window: Literal["all", "early", "late"] = key(
        "all", doc="Which part of each trial: all of it, its first half or its second half."
    )
    burn_in: float = key(0.0, doc="Time at the start of the window that is left out.", at_least=0)
    score: Literal["angular", "euclidean", "wasserstein"] = key(
        "angular", doc="How two operators are compared after the best rotation."
    )
    starts: int = key(
        16,
        doc="Starts of each minimisation, so many of each determinant; `wasserstein` minimises "
        "nothing.",
        at_least=1,
        at_most=1_000_000_000,
    )

    def sentence(self, unit: str = "time units") -> str:
        """How dynamics are compared, for the methods text. unit: of the burn-in."""
        apart = f" {self.interval} steps apart" if self.interval > 1 else ""
        starts = f", best of {2 * self.starts} starts, {self.starts} of each determinant"
        best = "" if self.score == "wasserstein" else starts
        inputs = ", inputs regressed out" if self.input == "regress" else ""
        part = "" if self.window == "all" else f", {self.window} half of each trial"
        part += f", without its first {self.burn_in:g} {unit}" if self.burn_in else ""
        return (
            f"mean {self.score} distance of Dynamical Similarity Analysis over pairs of networks "
            f"({self.delays} delays{apart}, {self.rank_said}{best}{inputs}{part})"
        )

    @property
    def rank_said(self) -> str:
        """Where the rank comes from."""
        if self.choose == "prediction" or (self.rank_per == "condition" and self.rank >= 1):
            return (
                f"the lowest rank up to {self.rank:g} that predicts held-out trials as well as any"
            )
        if self.rank < 1:
            return f"the rank that reaches {self.rank:.4g} of the variance"
        return f"rank {self.rank:g}"


@dataclass(frozen=True, kw_only=True)
class PIF:
    """Weights: permutation-invariant Frobenius distance of the recurrent matrices."""

    kind: Literal["pif"] = key("pif", doc="Which measure of the weights.", source="paper")
    starts: int | None = key(
        None,
        doc="Starts of each minimisation; null for as many as networks of this size ask for. The "
        "table `solvers` says how many were used.",
        at_least=1,
        at_most=1_000_000_000,
    )
    seed: int = key(0, doc="Seed of the random starts.", at_least=0, at_most=2**31 - 1)
    group: Literal["permutations", "signs", "own"] = key(
        "permutations",
        doc="What may be done to the units without changing the network: `permutations` as in the "
        "paper; `signs`, which also turns units over, for odd nonlinearities; or the network's "
        "`own` group, which for tanh is that and for relu also rescales units.",
        source="paper",
    )
    blocks: Literal["recurrent", "joint"] = key(
        "recurrent",
        doc="Which weights are compared: the recurrent matrix, or jointly with input and readout, "
        "each block over its pooled norm.",
        source="paper",
    )
    surrogate: Literal["none", "shuffled"] = key(
        "none",
        doc="A reference beside the value: `shuffled` is the distance between matrices whose "
        "entries are shuffled, diagonal and rest apart.",
    )

    def sentence(self) -> str:
        """How weights are compared, for the methods text."""
        joint = self.blocks == "joint"
        what = "recurrent, input and readout matrices jointly" if joint else "recurrent matrices"
        own = {
            "permutations": "",
            "signs": ", under permutations and sign flips",
            "own": ", under the networks' own symmetries",
        }[self.group]
        starts = f"{self.starts} starts" if self.starts else "as many starts as their size asks for"
        return (
            f"mean permutation-invariant Frobenius distance of the {what} over pairs of networks "
            f"(an upper bound, the best of {starts} of annealing and Frank–Wolfe steps{own})"
        )


def changed(block: Any, values: Mapping[str, Any]) -> Any:
    """A block with other values of some keys; where a key holds any number, 30 becomes 30.0."""
    typed = {
        name: float(value) if isinstance(getattr(block, name), float) else value
        for name, value in values.items()
    }
    return replace(block, **typed)


def under_setting(dynamics: DSA, changes: Mapping[str, Any]) -> DSA:
    """The measure that a setting of the sensitivity grid asks for.

    A rank that is listed is taken as it is, whatever the study does, unless the setting also says
    how to choose.
    """
    one = changed(dynamics, changes)
    asks = "choose" in changes or one.rank_per == "condition"
    return replace(one, choose="given") if "rank" in changes and not asks else one


@dataclass(frozen=True, kw_only=True)
class Floor:
    """The numerical floor: networks trained again from initial weights one bit away."""

    networks: int = key(
        4,
        doc="Networks per condition trained a second time with every initial weight moved by one "
        "unit in the last place and the same data; 0 for no floor. At most `networks.count`.",
        at_least=0,
        at_most=1_000_000,
    )


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Which pairs of networks are compared."""

    max: int | None = key(
        None,
        doc="Pairs compared per condition; null for all. A random subset in which every network "
        "has, as nearly as can be, equally many partners.",
        at_least=1,
        at_most=1_000_000_000,
    )


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What is measured, when, and on which trials. Never retrains anything."""

    at: tuple[When, ...] = key(
        ("init", "end"),
        doc="When networks are measured. `end` is the result, `init` its untrained reference, "
        "`threshold` the parameters with which the threshold was first reached.",
    )
    trials: Trials = key(Trials(), doc="The test trials.")
    # At each level the first entry decides verdicts; the others are shown beside it.
    behavior: tuple[Behavior, ...] = key(
        (TemporalBehavior(),),
        doc="The level of behaviour: one measure, or a list whose first decides verdicts.",
        or_one=True,
    )
    dynamics: tuple[DSA, ...] = key(
        (DSA(),),
        doc="The level of neural dynamics: one measure, or a list whose first decides verdicts.",
        or_one=True,
    )
    weights: tuple[PIF, ...] = key(
        (PIF(),),
        doc="The level of weights: one measure, or a list whose first decides verdicts.",
        or_one=True,
    )
    also: tuple[Also, ...] = key(
        (), doc="What else is measured of the same networks. It decides no expectation."
    )
    floor: Floor = key(Floor(), doc="The numerical floor.")
    include: Literal["converged", "below_threshold"] = key(
        "converged",
        doc="Which networks are compared: those that converged, or of them those still at or "
        "below the threshold on the test trials when measured.",
        source="paper",
    )
    sensitivity: Mapping[str, tuple[Any, ...]] = key(
        {},
        doc="Settings under which a verdict must keep its sign: lists of values by path below "
        "`measure`, such as `dynamics.delays: [5, 10, 20]`; every combination is measured. "
        "`dynamics.rank_per: [condition]` chooses the rank anew in each condition.",
        settings_of=("behavior", "dynamics", "weights"),
    )
    pairs: Pairs = key(Pairs(), doc="Which pairs are compared.")


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """A claim the analysis checks; exactly one direction is given, or that nothing changes."""

    level: Level = key(doc="Which level the claim is about.")
    rises_with: str | None = key(None, doc="The swept key with which degeneracy rises.")
    falls_with: str | None = key(None, doc="The swept key with which degeneracy falls.")
    unchanged_with: str | None = key(
        None, doc="The swept key with which degeneracy changes by less than `within`."
    )
    within: float | None = key(
        None,
        doc="The margin of `unchanged_with`, as a share: 0.1 for a change of less than 10 %.",
        above=0,
        below=1,
    )

    @property
    def direction(self) -> str:
        """What is claimed, in the words of the tables."""
        return "rises" if self.rises_with else "falls" if self.falls_with else "unchanged"

    @property
    def factor(self) -> str:
        """The swept key that the claim is about."""
        return self.rises_with or self.falls_with or self.unchanged_with or ""

    @property
    def text(self) -> str:
        """The claim as a sentence."""
        if self.unchanged_with:
            margin = f" by more than {self.within:.0%}" if self.within else ""
            return f"degeneracy of {self.level} does not change with {self.factor}{margin}"
        return f"degeneracy of {self.level} {self.direction} with {self.factor}"


@dataclass(frozen=True, kw_only=True)
class Report:
    """What the page puts first."""

    compare: str | None = key(
        None, doc="The swept key along the horizontal axis; by default the first one."
    )


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Where and how to run. Never part of a hash."""

    runner: Literal["inline"] = key("inline", doc="Which runner trains the networks.")
    lanes: int | None = key(
        None,
        doc="Networks trained at once on each device; by default chosen for the machine.",
        at_least=1,
        at_most=65536,
    )
