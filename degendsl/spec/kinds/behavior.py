"""Which trials are out of distribution: the kinds of `measure.behavior`, told apart by `ood`."""

from dataclasses import dataclass
from typing import Literal

from .._keys import key


@dataclass(frozen=True, kw_only=True)
class TemporalBehavior:
    """Trials longer than those trained on; delayed discrimination has longer delays instead."""

    ood: Literal["temporal"] = key(
        "temporal", doc="Which trials are out of distribution.", source="paper", chooses=True
    )
    factor: float = key(
        2.0,
        doc="How many times longer a trial is, or a delay and the trial by as much.",
        above=1,
        at_most=100,
        source="paper",
    )

    def sentence(self) -> str:
        """Where the networks are tested, for the methods text."""
        return f"on trials (or delays) {self.factor:g} times as long"


@dataclass(frozen=True, kw_only=True)
class NoiseBehavior:
    """The test trials with noise on the inputs, the same noise for all networks."""

    ood: Literal["input_noise"] = key(
        "input_noise", doc="Which trials are out of distribution.", chooses=True
    )
    sd: float = key(
        0.1,
        doc="Standard deviation of the noise on every input and step, in the inputs' own unit.",
        above=0,
    )

    def sentence(self) -> str:
        return f"on trials with input noise of standard deviation {self.sd:g}"


@dataclass(frozen=True, kw_only=True)
class KickBehavior:
    """The test trials with one kick to the state; the loss is that from the kick on.

    The kick has a random direction, and as its length a multiple of the root mean square length of
    the network's own states after that step, so that it means as much to every network.
    """

    ood: Literal["kick"] = key("kick", doc="Which trials are out of distribution.", chooses=True)
    size: float = key(
        0.5, doc="Length of the kick relative to that of the state.", above=0, at_most=1000
    )
    at: float = key(
        0.5, doc="When the state is kicked, as a share of the trial.", at_least=0, below=1
    )

    def sentence(self) -> str:
        return (
            f"after a kick to the state of {self.size:g} times its own length, "
            f"{self.at:.0%} into the trial"
        )


@dataclass(frozen=True, kw_only=True)
class HoldBehavior:
    """Of the flip-flop only: trials with rarer pulses, so that each has to be held for longer."""

    ood: Literal["hold"] = key("hold", doc="Which trials are out of distribution.", chooses=True)
    factor: float = key(10.0, doc="How many times rarer pulses are.", above=1, at_most=1000)

    def sentence(self) -> str:
        return f"on trials with pulses {self.factor:g} times as rare"


@dataclass(frozen=True, kw_only=True)
class RolloutBehavior:
    """Of Lorenz-96 only: the last steps of a trial run free, with the output fed back as input.

    The loss is that of the free steps, against the true course of the system.
    """

    ood: Literal["rollout"] = key(
        "rollout", doc="Which trials are out of distribution.", chooses=True
    )
    steps: int = key(20, doc="Steps that run free; those before are the warm-up.", at_least=1)

    def sentence(self) -> str:
        return f"on the last {self.steps} steps of trials, with the output fed back as input"


Behavior = TemporalBehavior | NoiseBehavior | KickBehavior | HoldBehavior | RolloutBehavior
