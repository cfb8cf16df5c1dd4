"""From files of networks to a results folder: tables, page, and a lock that says what was read."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from degendsl.analysis import Study, tables_of
from degendsl.errors import StoreError, UsageError
from degendsl.measuring import Given, Group, measure_given, settings_of
from degendsl.spec import describe, kinds, nearest
from degendsl.store import Store

from ._lock import LOCK_KIND, Asked, identities, lock
from ._memory import check_embedding
from ._read import GroupBy, read_networks

_SOURCES = {
    "condition": pl.String,
    "seed": pl.Int64,
    "name": pl.String,
    "untrained": pl.String,
}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What a measurement left behind.

    networks: how many there are, by the label of their group. ids: the group's name in tables, in
    the same order. rank: of the operators, where it was chosen from the networks. degeneracy: the
    rows of that table that have a value. problems: what could not be measured, in words. warnings:
    what the files hold besides, and was not used; what is to be known of what was measured.
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
    untrained: Sequence[str | Path] = (),
    group_by: GroupBy = "label",
    dsa: kinds.DSA | None = None,
    pif: kinds.PIF | None = None,
    pairs: int | None = None,
    sensitivity: Mapping[str, Sequence[Any]] = MappingProxyType({}),
    title: str | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> Comparison:
    """Measure the networks of some files; tables and page go to the folder `out`.

    What the folder knows of networks, by their numbers, is not measured again.

    **Arguments:**

    - `paths`: npz files with arrays `states` (network, trial, time, unit), `weights` (network,
        unit, unit), `losses` and `labels` (network), and folders of safetensors.
    - `untrained`: the same networks before training, a file or folder for each of `paths` and in
        their order: the reference that a study has from `init`.
    - `group_by`: `label`, which falls back to the file's name, or `file`.
    - `pairs`: at most so many pairs of a group are compared, chosen at random.
    - `sensitivity`: values by key, such as `dynamics.delays`: each combination is measured beside
        `dsa` and `pif`, as of `measure.sensitivity` of a spec.

    **Raises** `InputError` for a file that cannot be read or is refused, `StoreError` for a folder
    that holds something else or cannot be written, `UsageError` for settings that need more of the
    networks than files say.
    """
    from degendsl_reports import write_report

    measure = kinds.Measure(
        dynamics=(dsa or kinds.DSA(),),
        weights=(pif or kinds.PIF(),),
        pairs=kinds.Pairs(max=pairs),
        sensitivity={key: tuple(values) for key, values in sensitivity.items()},
    )
    _check_keys(measure.sensitivity)
    every = [measure, *(one.measure for one in settings_of(measure, measure))]
    for one in every:
        _check(one.dynamics[0], one.weights[0])
    files, early = ([Path(path) for path in some] for some in (paths, untrained))
    store = _store(Path(out))
    reading = read_networks(files, untrained=early, group_by=group_by)
    networks = reading.groups
    groups = _groups(networks)
    most = max(one.dynamics[0].delays for one in every)
    check_embedding([one for some in networks.values() for one in some], most)
    with store.locked():
        before = store.lock
        asked = Asked(
            inputs=identities(files),
            untrained=identities(early),
            measure=measure,
            title=title,
            unused=reading.unused,
        )
        if not before:
            # First, so that a folder that was begun is known as ours.
            store.write_lock(lock(store, asked, groups, before))
        found = measure_given(
            [(group, networks[group.label]) for group in groups],
            measure,
            store,
            report,
            ranks=before.get("ranks", ()),
        )
        store.write_lock(lock(store, asked, groups, before, found))
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
        warnings=(*reading.unused, *made["notes"]["note"].to_list()),
    )


def _check_keys(sensitivity: Mapping[str, Sequence[Any]]) -> None:
    """Refuse settings that measures of given networks do not have."""
    # A rank is chosen of all groups together.
    known = [
        f"{level}.{name}"
        for level, block in (("dynamics", kinds.DSA), ("weights", kinds.PIF))
        for name in describe(block)
        if name not in ("kind", "rank_per")
    ]
    for key, values in sensitivity.items():
        if key not in known:
            hint = nearest(key, known) or f"its keys are {', '.join(known)}"
            raise UsageError(f"sensitivity has no key {key!r}; {hint}".strip())
        if not values:
            raise UsageError(f"sensitivity has no values of {key}; give some, or leave it out")


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
        {
            "condition": group.id,
            "seed": seed,
            "name": network.name,
            "untrained": network.untrained.name if network.untrained else None,
        }
        for group in groups
        for seed, network in enumerate(networks[group.label])
    ]
    return pl.DataFrame(rows, schema=_SOURCES)
