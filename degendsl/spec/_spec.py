"""A spec as the rest of the program sees it: typed, resolved, hashed."""

import hashlib
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import rfc8785

from . import kinds
from ._problems import Problem
from ._resolve import canonical, changed, plain, science, science_versions


@dataclass(frozen=True, kw_only=True)
class SweepItem:
    """One factor: paths that move together through the levels."""

    paths: tuple[str, ...]
    levels: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Point:
    """One condition: the swept values, and everything that they decide."""

    levels: Mapping[str, Any]
    science: kinds.Science

    @cached_property
    def canonical(self) -> dict[str, Any]:
        """The five blocks with every default written out."""
        return canonical(self.science)

    @cached_property
    def hash(self) -> str:
        """sha256 of the canonical JSON (RFC 8785)."""
        return digest(self.canonical)

    @property
    def id(self) -> str:
        """The first 12 hex digits of the hash."""
        return self.hash[:12]


@dataclass(frozen=True, kw_only=True)
class Spec:
    """A valid spec. `document` is what the file says after variant and `--set`."""

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
        base = {word: self.document.get(word, {}) for word in canonical_words()}
        return tuple(
            Point(levels=levels, science=science(changed(base, levels)))
            for levels in self._combinations()
        )

    @property
    def size(self) -> int:
        """Conditions before exclusions, counted without expanding anything."""
        return math.prod(len(item.levels) for item in self.sweep)

    @cached_property
    def folder_hash(self) -> str:
        """Names the results folder: base science, sweep, seeds; never how many or how measured."""
        identity = {
            "base": canonical(science(self.document)),
            "sweep": [[dict(level) for level in item.levels] for item in self.sweep],
            "exclude": [dict(rule) for rule in self.exclude],
            "seed": self.networks.seed,
            "vary": sorted(self.networks.vary),
        }
        return digest(_numbers_alike(identity))[:12]

    @property
    def factors(self) -> tuple[str, ...]:
        """Every swept path."""
        return tuple(path for item in self.sweep for path in item.paths)

    def resolved(self) -> dict[str, Any]:
        """Everything the spec says, with defaults, for the lock file."""
        return {
            "degendsl": 1,
            "study": plain(self.study),
            **canonical(science(self.document)),
            "networks": plain(self.networks),
            "sweep": [
                {path: [level[path] for level in item.levels] for path in item.paths}
                for item in self.sweep
            ],
            "exclude": [dict(rule) for rule in self.exclude],
            "measure": plain(self.measure),
            "expect": [plain(claim) for claim in self.expect],
            "report": plain(self.report),
        }

    def _combinations(self) -> Iterator[dict[str, Any]]:
        for chosen in itertools.product(*(item.levels for item in self.sweep)):
            levels = {path: value for level in chosen for path, value in level.items()}
            excluded = any(
                all(levels.get(path) == value for path, value in rule.items())
                for rule in self.exclude
            )
            if not excluded:
                yield levels


def unit_key(point: Point, networks: kinds.Networks, index: int) -> str:
    """The full hash of one network: its condition, its seeds, the versions of what made it."""
    vary: Sequence[str] = sorted(networks.vary)
    return digest([point.hash, networks.seed, vary, index, science_versions(point.science)])


def digest(value: Any) -> str:
    """sha256 over canonical JSON, in hex."""
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def canonical_words() -> tuple[str, ...]:
    return ("task", "model", "solver", "train", "numerics")


def _numbers_alike(value: Any) -> Any:
    # RFC 8785 writes 1.0 as 1, but refuses integers beyond 2^53; both mean the same number here.
    if isinstance(value, dict):
        return {key: _numbers_alike(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_numbers_alike(inner) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
        return float(value)
    return value
