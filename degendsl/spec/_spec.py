"""A spec as the rest of the program sees it: typed, resolved, hashed."""

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from . import kinds
from ._hash import digest
from ._paths import SCIENCE, type_at
from ._problems import Problem
from ._resolve import Shared, changed, filled, hashed, resolve, typed_science, typed_task, value_at
from ._structure import science_versions
from ._sweep import SweepItem
from ._types import Block


@dataclass(frozen=True, kw_only=True)
class Point:
    """One condition: the swept values, and everything that they decide.

    levels: the value of each swept path; of an axis with a name, the name of its level.
    blocks: the five blocks with every default written out.
    strays: swept keys that the kinds of this condition do not have; a valid spec has none.
    """

    levels: Mapping[str, Any]
    blocks: Mapping[str, Any]
    strays: tuple[str, ...] = ()

    @cached_property
    def task(self) -> kinds.Task:
        """The task, typed; far quicker than all five blocks."""
        return typed_task(self.blocks)

    @cached_property
    def science(self) -> kinds.Science:
        """The five blocks, typed."""
        return typed_science(self.blocks)

    @cached_property
    def canonical(self) -> dict[str, Any]:
        """What is hashed: the five blocks, less keys at which nothing differs from before them."""
        return hashed(self.blocks)

    @cached_property
    def hash(self) -> str:
        """sha256 of the canonical JSON (RFC 8785), in hex."""
        return digest(self.canonical)

    @property
    def id(self) -> str:
        """The first 12 hex digits of the hash."""
        return self.hash[:12]


@dataclass(frozen=True, kw_only=True)
class Spec:
    """A valid spec.

    text: the file as it was given. document: what it says after variant and `--set`, plain.
    sweep, exclude: what is varied; `points` are the conditions that come of it.
    """

    name: str
    text: str
    path: Path | None
    document: Mapping[str, Any]
    study: kinds.Study
    networks: kinds.Networks
    measure: kinds.Measure
    expect: tuple[kinds.Expectation, ...]
    report: kinds.Report
    profiles: Mapping[str, kinds.Profile]
    sweep: tuple[SweepItem, ...]
    exclude: tuple[Mapping[str, Any], ...]
    variant: str | None
    overrides: tuple[str, ...]
    warnings: tuple[Problem, ...] = ()

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Every condition, the first sweep item slowest, exclusions left out."""
        return tuple(self.point_of(levels) for levels in self._combinations())

    def point_of(self, levels: Mapping[str, Any]) -> Point:
        """The condition in which the swept paths have these values."""
        blocks, strays = resolve(changed(self.base, self.changes_of(levels)), self._shared)
        return Point(levels=levels, blocks=blocks, strays=tuple(strays))

    def changes_of(self, levels: Mapping[str, Any]) -> Mapping[str, Any]:
        """What these levels set: themselves, save where an axis has named levels."""
        named = [item for item in self.sweep if item.named and item.paths[0] in levels]
        if not named:
            return levels
        changes = dict(levels)
        for item in named:
            name = item.paths[0]
            changes.pop(name)
            changes |= item.changes[item.levels.index({name: levels[name]})]
        return changes

    @cached_property
    def _shared(self) -> Shared:
        return Shared(self.base, {})

    @cached_property
    def base(self) -> dict[str, Any]:
        """The five blocks as the spec writes them, before any sweep and without defaults."""
        return {word: self.document[word] for word in SCIENCE if word in self.document}

    @property
    def size(self) -> int:
        """Conditions before exclusions, counted without making any."""
        return math.prod(len(item.levels) for item in self.sweep)

    @property
    def factors(self) -> tuple[str, ...]:
        """Every swept path, and the name of every axis that has one."""
        return tuple(path for item in self.sweep for path in item.paths)

    @cached_property
    def folder_hash(self) -> str:
        """Names the results folder: science, sweep and seeds, but not how many or how measured."""
        exclude = [self._written_out(self.changes_of(rule)) for rule in self.exclude]
        identity = {
            "base": hashed(resolve(self.base)[0]),
            # Names of axes and levels are words for people, so they are not in it.
            "sweep": [[self._written_out(one) for one in item.changes] for item in self.sweep],
            "exclude": sorted(exclude, key=digest),
            "seed": self.networks.seed,
            "vary": sorted(self.networks.vary),
        }
        return digest(identity)[:12]

    def resolved(self) -> dict[str, Any]:
        """Everything the spec says with defaults written out, itself a spec; for the lock file."""
        document = self.document
        plain: dict[str, Any] = {"degendsl": 1, "study": filled(kinds.Study, document["study"])}
        plain |= resolve(self.base)[0]
        plain["networks"] = filled(kinds.Networks, document.get("networks", {}))
        plain["sweep"] = [_item(item) for item in self.sweep]
        plain["exclude"] = [dict(rule) for rule in self.exclude]
        plain["measure"] = filled(kinds.Measure, document.get("measure", {}))
        plain["expect"] = [
            # A direction that is not claimed is no claim, so it stays out.
            {name: one for name, one in filled(kinds.Expectation, claim).items() if one}
            for claim in document.get("expect", [])
        ]
        plain["report"] = filled(kinds.Report, document.get("report", {}))
        return plain

    def _combinations(self) -> Iterator[dict[str, Any]]:
        rules = [list(rule.items()) for rule in self.exclude]
        for chosen in itertools.product(*(item.levels for item in self.sweep)):
            levels = {path: value for one in chosen for path, value in one.items()}
            if not any(all(levels[path] == value for path, value in rule) for rule in rules):
                yield levels

    def _written_out(self, levels: Mapping[str, Any]) -> dict[str, Any]:
        """Levels with the defaults of swept blocks, so that writing those changes no hash."""
        if not any(isinstance(value, Mapping) for value in levels.values()):
            return dict(levels)
        blocks = resolve(changed(self.base, levels))[0]
        return {path: _value(blocks, path, value) for path, value in levels.items()}


def _item(item: SweepItem) -> dict[str, Any]:
    if not item.named:
        return {path: [one[path] for one in item.levels] for path in item.paths}
    (name,) = item.paths
    changes = (dict(one) for one in item.changes)
    return {
        "name": name,
        "levels": dict(zip((one[name] for one in item.levels), changes, strict=True)),
    }


def _value(blocks: Mapping[str, Any], path: str, value: Any) -> Any:
    if not isinstance(type_at(path), Block):
        return value
    return value_at(hashed(blocks), path)


def unit_key(point: Point, networks: kinds.Networks, index: int) -> str:
    """The full hash of one network: its condition, its seeds, the versions of what made it."""
    vary = sorted(networks.vary)
    return digest([point.hash, networks.seed, vary, index, science_versions(point.science)])


def twin_key(key: str) -> str:
    """The full hash of a network's twin, whose initial weights differ in their last bit."""
    return digest([key, "twin"])


def to_plain(spec: Spec) -> dict[str, Any]:
    """Everything a spec says with defaults written out; see `Spec.resolved`."""
    return spec.resolved()
