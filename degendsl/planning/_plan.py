"""Every choice made: conditions, units and the groups that share a compiled program."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from degendsl.spec import Point, Spec, kinds, printable, program_structure, twin_key, unit_key


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One point of the sweep."""

    point: Point
    label: str

    @property
    def id(self) -> str:
        return self.point.id

    @property
    def science(self) -> kinds.Science:
        return self.point.science

    @property
    def levels(self) -> Mapping[str, Any]:
        """The value of each swept path."""
        return self.point.levels


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One network: a condition and a seed index. `key` is the full hash of its science.

    twin: trained again from initial weights that differ in their last bit, and not one of the
    study's networks: how far it ends from its original is the numerical floor.
    """

    condition: Condition
    seed: int
    key: str
    twin: bool = False

    @property
    def name(self) -> str:
        """The network in words."""
        return f"{'the twin of ' if self.twin else ''}network {self.seed}"


@dataclass(frozen=True, kw_only=True)
class CompileGroup:
    """The units that one compiled program trains; `structure` is what decided that program."""

    structure: str
    units: tuple[Unit, ...]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a spec asks for, in full."""

    spec: Spec
    conditions: tuple[Condition, ...]

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """Every network, condition by condition."""
        networks = self.spec.networks
        return tuple(
            Unit(
                condition=condition,
                seed=seed,
                key=unit_key(condition.point, networks, seed),
            )
            for condition in self.conditions
            for seed in range(networks.count)
        )

    @cached_property
    def twins(self) -> tuple[Unit, ...]:
        """The first few networks of each condition once more, for the numerical floor."""
        count = min(self.spec.measure.floor.networks, self.spec.networks.count)
        return tuple(
            Unit(condition=unit.condition, seed=unit.seed, key=twin_key(unit.key), twin=True)
            for unit in self.units
            if unit.seed < count
        )

    @property
    def everything(self) -> tuple[Unit, ...]:
        """All that is trained: the networks, then their twins."""
        return self.units + self.twins

    def groups(self, units: tuple[Unit, ...] | None = None) -> tuple[CompileGroup, ...]:
        """The compile groups of `units`, by default of everything, in order of appearance."""
        by_structure: dict[str, list[Unit]] = {}
        structures = {c.id: structure_of(c.science) for c in self.conditions}
        for unit in self.everything if units is None else units:
            by_structure.setdefault(structures[unit.condition.id], []).append(unit)
        return tuple(
            CompileGroup(structure=structure, units=tuple(members))
            for structure, members in by_structure.items()
        )


def structure_of(science: kinds.Science) -> str:
    """What of a condition decides its compiled program, as canonical text."""
    return json.dumps(program_structure(science), sort_keys=True)


def make_plan(spec: Spec) -> Plan:
    """Conditions, units and compile groups of a spec. Imports no JAX and touches no disk."""
    conditions = tuple(Condition(point=point, label=_label(point)) for point in spec.points)
    return Plan(spec=spec, conditions=conditions)


def _label(point: Point) -> str:
    """A condition in a few words: `channels 3, units 64`; last words of the swept paths."""
    if not point.levels:
        return "all networks"
    return ", ".join(
        f"{path.rsplit('.', 1)[-1].replace('_', ' ')} {printable(_short(value))}"
        for path, value in point.levels.items()
    )


def _short(value: object) -> str:
    if isinstance(value, float):
        # All digits where six are not the number: two conditions have two labels.
        short = f"{value:g}"
        return short if float(short) == value else str(value)
    if isinstance(value, dict):
        kind = [str(value["kind"])] if "kind" in value else []
        rest = (f"{key.replace('_', ' ')} {_short(value[key])}" for key in value if key != "kind")
        return " ".join([*kind, *rest])
    return str(value)
