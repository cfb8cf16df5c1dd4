"""A whole spec: every block that one file can hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .._keys import key
from .delayed_discrimination import DelayedDiscrimination
from .flip_flop import FlipFlop
from .lorenz96 import Lorenz96
from .measurement import Expectation, Measure, Profile, Report
from .model import CurrentModel, RateModel
from .path_integration import PathIntegration
from .sine_wave import SineWave
from .solver import Dopri5, Euler, Heun, Tsit5
from .study import Study
from .training import Networks, Numerics, Train

Task = FlipFlop | DelayedDiscrimination | SineWave | PathIntegration | Lorenz96
Model = RateModel | CurrentModel
Solver = Euler | Heun | Tsit5 | Dopri5


@dataclass(frozen=True, kw_only=True)
class Science:
    """Everything that decides what a network becomes, its seed apart. This is what is hashed."""

    task: Task
    model: Model
    solver: Solver
    train: Train
    numerics: Numerics

    @property
    def n_steps(self) -> int:
        """Solver steps in one trial."""
        return round(self.task.duration / self.solver.dt)


@dataclass(frozen=True, kw_only=True)
class Document:
    """One study: what is trained, what is varied, what is measured and what is expected."""

    degendsl: Literal[1] = key(doc="The version of the language; always 1.")
    study: Study = key(doc="What the study is called and who made it.")
    task: Task = key(doc="What the networks learn.")
    model: Model = key(RateModel(), doc="What a network is.")
    solver: Solver = key(Euler(), doc="How the equations are solved.")
    train: Train = key(Train(), doc="How each network is trained.")
    networks: Networks = key(Networks(), doc="How many networks, and what differs between them.")
    sweep: tuple[Mapping[str, tuple[Any, ...]], ...] = key(
        (),
        doc="What is varied between conditions: a product over the list, the first item slowest. "
        "An item is a mapping from paths such as `task.channels` to lists of values; the paths "
        "of one item move together. Or an item is an axis with a name: {name: regime, levels: "
        "{lazy: {path: value}, rich: {path: value}}}.",
    )
    exclude: tuple[Mapping[str, Any], ...] = key(
        (),
        doc="Conditions of the sweep to leave out: every condition that has all the values of an "
        "entry, written as {path: value}.",
    )
    measure: Measure = key(Measure(), doc="What is measured. Never retrains anything.")
    expect: tuple[Expectation, ...] = key((), doc="Claims that the analysis checks.")
    numerics: Numerics = key(Numerics(), doc="The arithmetic; part of the science.")
    report: Report = key(Report(), doc="What the page puts first.")
    variants: Mapping[str, Mapping[str, Any]] = key(
        {},
        doc="Named changes, chosen by `--variant`: a mapping from paths to values for each name.",
    )
    profiles: Mapping[str, Profile] = key(
        {}, doc="Where and how to run, chosen by `--profile`. Never hashed."
    )
