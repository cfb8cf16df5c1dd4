"""From files of networks to a results folder: tables, page, and a lock that says what was read."""

import hashlib
import json
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from degendsl.analysis import Study, tables_of
from degendsl.errors import InputError, StoreError, UsageError
from degendsl.measuring import Given, GivenMeasures, Group, measure_given
from degendsl.planning import intervals
from degendsl.spec import kinds, printable
from degendsl.store import Store
from degendsl.version import __version__

from ._memory import check_embedding
from ._paths import files_of
from ._read import GroupBy, read_networks

LOCK_KIND = "measured"
_SOURCES = {"condition": pl.String, "seed": pl.Int64, "name": pl.String}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What a measurement left behind.

    networks: how many there are, by the label of their group. ids: the group's name in tables, in
    the same order. rank: of the operators, where it was chosen from the networks. degeneracy: the
    rows of that table that have a value. problems: what could not be measured, in words. warnings:
    what the files hold besides, and was not used.
    """

    store: Store
    networks: Mapping[str, int]
    ids: tuple[str, ...]
    rank: int | None
    degeneracy: Sequence[Mapping[str, Any]]
    problems: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def report(self) -> Path:
        return self.store.report_path


def measure_files(
    paths: Sequence[str | Path],
    out: str | Path,
    *,
    group_by: GroupBy = "label",
    dsa: kinds.DSA | None = None,
    pif: kinds.PIF | None = None,
    pairs: int | None = None,
    title: str | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> Comparison:
    """Measure the networks of some files; tables and page go to the folder `out`.

    What the folder knows of networks, by their numbers, is not measured again.

    **Arguments:**

    - `paths`: npz files with arrays `states` (network, trial, time, unit), `weights` (network,
        unit, unit), `losses` and `labels` (network), and folders of safetensors.
    - `group_by`: `label`, which falls back to the file's name, or `file`.
    - `pairs`: at most so many pairs of a group are compared, chosen at random.

    **Raises** `InputError` for a file that cannot be read or is refused, `StoreError` for a folder
    that holds something else or cannot be written, `UsageError` for settings that need more of the
    networks than files say.
    """
    from degendsl_reports import write_report

    dsa, pif = dsa or kinds.DSA(), pif or kinds.PIF()
    _check(dsa, pif)
    files = [Path(path) for path in paths]
    store = _store(Path(out))
    reading = read_networks(files, group_by=group_by)
    networks = reading.groups
    groups = _groups(networks)
    check_embedding([one for some in networks.values() for one in some], dsa.delays)
    with store.locked():
        before = store.lock
        inputs = [_identity(path) for path in files_of(files)]
        asked = _Asked(inputs, dsa, pif, pairs, title, reading.unused)
        if not before:
            # First, so that a folder that was begun is known as ours.
            store.write_lock(_lock(store, asked, groups, before))
        found = measure_given(
            [(group, networks[group.label]) for group in groups],
            dsa,
            pif,
            store,
            report,
            pairs=pairs,
            ranks=before.get("ranks", ()),
        )
        store.write_lock(_lock(store, asked, groups, before, found))
        made = tables_of(Study(measured=tuple(found.groups), paired=False))
        made["sources"] = _sources(groups, networks)
        for name, table in made.items():
            store.write_table(name, table)
        write_report(store)
    rows = made["degeneracy"].filter(pl.col("value").is_not_null())
    return Comparison(
        store=store,
        networks={group.label: len(networks[group.label]) for group in groups},
        ids=tuple(group.id for group in groups),
        rank=found.rank.rank if found.rank else None,
        degeneracy=rows.to_dicts(),
        problems=tuple(made["problems"]["problem"].to_list()),
        warnings=reading.unused,
    )


def _check(dsa: kinds.DSA, pif: kinds.PIF) -> None:
    """Refuse what would have to be guessed."""
    if dsa.input == "regress":
        raise UsageError("files hold no inputs that could be regressed out; use input: ignore")
    if pif.group == "own":
        raise UsageError(
            "files do not say which nonlinearity networks have; use group: signs for odd ones such "
            "as tanh, or permutations"
        )
    if pif.blocks == "joint":
        raise UsageError("files hold recurrent weights alone; use blocks: recurrent")


def _store(root: Path) -> Store:
    """The folder, which is new, empty or from an earlier measurement."""
    store = Store(root)
    if root.exists() and not root.is_dir():
        raise StoreError(f"{root} is a file; give the name of a folder")
    try:
        taken = root.exists() and any(one.name != ".lock" for one in root.iterdir())
    except OSError as error:
        raise StoreError(f"cannot read {root}: {error.strerror}; give another --out") from error
    try:
        ours = not taken or store.lock.get("kind") == LOCK_KIND
    except StoreError as error:
        raise StoreError(f"{root} has a damaged lock; delete it or give another --out") from error
    if not ours:
        raise StoreError(
            f"{root} holds something else than networks measured from files; give another --out"
        )
    return store


def _groups(networks: Mapping[str, Sequence[Given]]) -> list[Group]:
    """A group a label; with one there is nothing to tell apart."""
    return [
        Group(
            id=hashlib.sha256(label.encode("utf-8", "replace")).hexdigest()[:12],
            label=label,
            levels={"label": label} if len(networks) > 1 else {},
        )
        for label in networks
    ]


def _sources(groups: Sequence[Group], networks: Mapping[str, Sequence[Given]]) -> pl.DataFrame:
    """Which network is which: one row each."""
    rows = [
        {"condition": group.id, "seed": seed, "name": network.name}
        for group in groups
        for seed, network in enumerate(networks[group.label])
    ]
    return pl.DataFrame(rows, schema=_SOURCES)


@dataclass(frozen=True)
class _Asked:
    """What was asked for, of which files."""

    inputs: Sequence[Mapping[str, Any]]
    dsa: kinds.DSA
    pif: kinds.PIF
    pairs: int | None
    title: str | None
    unused: Sequence[str]


def _lock(
    store: Store,
    asked: _Asked,
    groups: Sequence[Group],
    before: Mapping[str, Any],
    found: GivenMeasures | None = None,
) -> dict[str, Any]:
    """What was read and how it was compared, in the words that the page looks for."""
    there = {level for one in found.groups for level, _ in one.levels} if found else set()
    measure = {"dynamics": asdict(asked.dsa), "weights": asdict(asked.pif)}
    chosen = {"pairs": {"max": asked.pairs}}
    title = printable(asked.title or "Networks from elsewhere")
    study = {"name": printable(store.root.resolve().name), "title": title}
    made_of = json.dumps([asked.inputs, measure, chosen], sort_keys=True)
    return {
        "format": 1,
        "kind": LOCK_KIND,
        "degendsl": __version__,
        "created": before.get("created") or datetime.now(UTC).isoformat(timespec="seconds"),
        "folder_hash": hashlib.sha256(made_of.encode()).hexdigest()[:12],
        "inputs": list(asked.inputs),
        "resolved": {
            "study": study,
            "measure": chosen | {level: how for level, how in measure.items() if level in there},
        },
        "conditions": [
            {"id": group.id, "label": group.label, "levels": dict(group.levels)} for group in groups
        ],
        "methods": _methods(asked, found, there) if found else [],
        "warnings": list(asked.unused),
        "ranks": _ranks(before.get("ranks"), found),
        "python": platform.python_version(),
    }


def _ranks(before: Any, found: GivenMeasures | None) -> list[Any]:
    """Every rank that was chosen, the latest of its settings."""
    entries = before if isinstance(before, list) else []
    if found is None or found.rank is None:
        return entries
    new = found.rank.entry
    others = [one for one in entries if isinstance(one, dict) and one.get("asked") != new["asked"]]
    return [*others, new]


def _methods(asked: _Asked, found: GivenMeasures, there: set[str]) -> list[str]:
    measured = found.groups
    count = sum(len(one.records) for one in measured)
    said = [f"{count:,} networks trained elsewhere were compared as they were given."]
    if count == 1:
        said = ["One network trained elsewhere was read; a comparison needs two."]
    if len(measured) > 1:
        labels = ", ".join(f"'{one.condition.label}' ({len(one.records):,})" for one in measured)
        said.append(f"They form {len(measured):,} groups, in no order: {labels}.")
    if "behavior" in there:
        said.append("Behaviour: spread of the losses that were given with the networks.")
    if "dynamics" in there:
        said.append(f"Dynamics: {asked.dsa.sentence()}.")
        if found.rank:
            said.append(found.rank.sentence)
    if "weights" in there:
        said.append(f"Weights: {asked.pif.sentence()}.")
    if there:
        said += intervals(losses="behavior" in there, subset=asked.pairs is not None)
    return said


def _identity(path: Path) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {"file": printable(str(path)), "sha256": digest, "bytes": path.stat().st_size}
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
