"""What is measured of the trained networks, what is expected, how it is shown, where it runs."""

from dataclasses import dataclass
from typing import Literal

from .._keys import key
from .behavior import Behavior, TemporalBehavior

Level = Literal["behavior", "dynamics", "weights"]
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
    delays: int = key(20, doc="Delays of the embedding, in steps.", at_least=1, at_most=10_000)
    rank: int = key(30, doc="Rank of the linear operators compared.", at_least=1, at_most=10_000)
    score: Literal["angular", "euclidean", "wasserstein"] = key(
        "angular", doc="How two operators are compared after the best rotation."
    )
    starts: int = key(8, doc="Starts of each minimisation.", at_least=1, at_most=1_000_000_000)

    def sentence(self) -> str:
        """How dynamics are compared, for the methods text."""
        return (
            f"mean {self.score} distance of Dynamical Similarity Analysis over pairs of networks "
            f"({self.delays} delays, rank {self.rank}, best of {self.starts} starts)"
        )


@dataclass(frozen=True, kw_only=True)
class PIF:
    """Weights: permutation-invariant Frobenius distance of the recurrent matrices."""

    kind: Literal["pif"] = key("pif", doc="Which measure of the weights.", source="paper")
    starts: int = key(20, doc="Starts of each minimisation.", at_least=1, at_most=1_000_000_000)
    seed: int = key(0, doc="Seed of the random starts.", at_least=0, at_most=2**31 - 1)

    def sentence(self) -> str:
        """How weights are compared, for the methods text."""
        return (
            "mean permutation-invariant Frobenius distance of the recurrent matrices over pairs "
            f"of networks (best of {self.starts} starts)"
        )


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What is measured, when, and on which trials. Never retrains anything."""

    at: tuple[Literal["init", "end"], ...] = key(
        ("init", "end"),
        doc="When networks are measured. `end` is the result, `init` its untrained reference.",
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


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """A claim the analysis checks; exactly one of the directions is given."""

    level: Level = key(doc="Which level the claim is about.")
    rises_with: str | None = key(None, doc="The swept key with which degeneracy rises.")
    falls_with: str | None = key(None, doc="The swept key with which degeneracy falls.")


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
