"""A spec run from end to end: train, measure, write tables and page."""

import importlib
import platform
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from degendsl.errors import StoreError, UsageError
from degendsl.outlook import Clock, refuse_what_does_not_fit
from degendsl.planning import Plan, Unit, make_plan, methods
from degendsl.spec import Spec, kinds, load_spec
from degendsl.store import Store, store_for
from degendsl.version import __version__

LOCK_FORMAT = 1


class Listener:
    """Hears how a run goes; override what interests you."""

    def planned(self, plan: Plan, missing: Sequence[Unit], store: Store) -> None:
        """Training is about to begin on the units that are missing."""

    def trained(self, report: Any) -> None:
        """A network finished an epoch (`degendsl.training.Report`)."""

    def stage(self, name: str, detail: str = "") -> None:
        """Another stage, or another part of one, has begun."""


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """What a run left behind.

    failed: units without an outcome and conditions with fewer than two converged networks, in
    words; empty when all is well. warnings: what is to be known of networks that were measured, in
    words.
    """

    store: Store
    outcomes: dict[str, int]
    verdicts: dict[str, str]
    failed: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def report(self) -> Path:
        return self.store.report_path


def run(
    spec: Spec | str | Path,
    out: str | Path = "results",
    *,
    profile: str | None = None,
    mixed: bool = False,
    listener: Listener | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    checkpoint_seconds: float = 20.0,
) -> RunResult:
    """Train what is missing, measure it, write tables and page.

    **Arguments:**

    - `spec`: a spec, or the path of one.
    - `out`: the folder that holds results; the study gets `out/<name>/<hash>`.
    - `profile`: a name under the spec's `profiles`.
    - `mixed`: train into a store that another kind of device or version began.
    - `should_stop`: asked between epochs; once true, a checkpoint is written and
        `degendsl.training.Stopped` raised.

    **Returns:** the store, how many networks ended how, the verdicts, and what failed.

    **Raises** `SpecError` for a file with mistakes, `UsageError` for a profile it does not have,
    `StoreError` where the folder conflicts, is damaged or cannot be written, `RunnerError` where
    memory or disk cannot hold the run.
    """
    spec = spec if isinstance(spec, Spec) else load_spec(spec)
    _load_all()
    listener = listener or Listener()
    plan = make_plan(spec)
    store = store_for(spec.study.name, spec.folder_hash, out)
    with store.locked():
        train(
            plan,
            store,
            chosen_profile(spec, profile),
            mixed,
            listener,
            should_stop,
            checkpoint_seconds,
        )
        return _finish(plan, store, listener)


def report(spec: Spec, store: Store, *, listener: Listener | None = None) -> RunResult:
    """Measure what is not measured yet and write tables and page; trains nothing.

    **Returns:** as `run`.

    **Raises** `StoreError` where networks are of code that gives other results now, or the folder
    is damaged or cannot be written.
    """
    plan = make_plan(spec)
    with store.locked():
        _refuse_stale(plan, store)
        return _finish(plan, store, listener or Listener())


def train(
    plan: Plan,
    store: Store,
    profile: kinds.Profile,
    mixed: bool,
    listener: Listener,
    should_stop: Callable[[], bool],
    checkpoint_seconds: float,
) -> None:
    """Train every missing unit of a plan; with none missing, JAX is not even started.

    **Raises** `StoreError` where the folder was begun elsewhere or by other code, `RunnerError`
    where memory or disk cannot hold the run.
    """
    _refuse_stale(plan, store)
    missing = missing_units(plan, store)
    listener.planned(plan, missing, store)
    pinned = store.lock.get("realisation")
    if not missing:
        store.write_spec(plan.spec.text, lock_of(plan, pinned, store.lock))
        return
    from degendsl import training

    training.prepare_devices()
    lanes = profile.lanes or (pinned or {}).get("lanes")
    where = training.realisation(lanes)
    if pinned and pinned != where.plain() and not mixed:
        raise StoreError(_conflict(store, pinned, where.plain()))
    refuse_what_does_not_fit(plan, missing, store, lanes=where.lanes)
    store.write_spec(plan.spec.text, lock_of(plan, pinned or where.plain(), store.lock))
    clock = Clock(where, listener.trained)
    try:
        for group in plan.groups(tuple(missing)):
            training.train_group(
                group,
                plan.spec.networks,
                store,
                where,
                report=clock.hear,
                should_stop=should_stop,
                checkpoint_seconds=checkpoint_seconds,
            )
    finally:
        clock.keep(store)


def missing_units(plan: Plan, store: Store) -> list[Unit]:
    """Units that the store has not."""
    return [
        unit
        for unit in plan.everything
        if not store.has_unit(unit.condition.id, unit.seed, twin=unit.twin)
    ]


def stale_units(plan: Plan, store: Store) -> list[Unit]:
    """Units that the store has, but from code whose results have changed since."""
    return [
        unit
        for unit in plan.everything
        if store.has_unit(unit.condition.id, unit.seed, twin=unit.twin)
        and store.unit_key(unit.condition.id, unit.seed, twin=unit.twin) != unit.key
    ]


def chosen_profile(spec: Spec, name: str | None) -> kinds.Profile:
    """The named profile, or the defaults.

    **Raises** `UsageError` where the spec has no profile of that name.
    """
    if name is None:
        return kinds.Profile()
    if name not in spec.profiles:
        known = ", ".join(spec.profiles) or "none"
        raise UsageError(f"there is no profile '{name}' in {spec.name}; profiles: {known}")
    return spec.profiles[name]


def lock_of(plan: Plan, realisation: Any, before: dict[str, Any]) -> dict[str, Any]:
    """What the lock file says: the spec resolved, its hashes, what it was made with."""
    spec = plan.spec
    return {
        "format": LOCK_FORMAT,
        "degendsl": __version__,
        "created": before.get("created") or datetime.now(UTC).isoformat(timespec="seconds"),
        "folder_hash": spec.folder_hash,
        "variant": spec.variant,
        "overrides": list(spec.overrides),
        "resolved": spec.resolved(),
        "conditions": [
            {"id": c.id, "hash": c.point.hash, "label": c.label, "levels": dict(c.point.levels)}
            for c in plan.conditions
        ],
        "methods": methods(plan),
        # Chosen once, when first measured.
        "ranks": before.get("ranks", []),
        "realisation": realisation,
        "python": platform.python_version(),
        "git": before.get("git") or _git_state(spec.path),
    }


def _load_all() -> None:
    """Load what measures and reports before training begins.

    Training may take hours, in which this code may be updated on disk: half of one version and
    half of another would measure what neither means, or nothing.
    """
    for name in ("training", "measuring", "analysis"):
        importlib.import_module(f"degendsl.{name}")
    importlib.import_module("degendsl_reports")


def _finish(plan: Plan, store: Store, listener: Listener) -> RunResult:
    from degendsl import training
    from degendsl.analysis import tables
    from degendsl.measuring import measure_study
    from degendsl.store import fault_point
    from degendsl_reports import write_report

    training.prepare_devices()
    measured = measure_study(plan, store, lambda label: listener.stage("measuring", label))
    fault_point("before-tables")
    listener.stage("writing tables")
    made = tables(plan, measured)
    for name, table in made.items():
        store.write_table(name, table)
    fault_point("before-page")
    listener.stage("writing the page")
    write_report(store)
    outcomes = made["networks"]["outcome"].value_counts().rows()
    failed = [
        f"{row['label']}: {row['n_converged']} of {row['n_networks']} networks converged"
        for row in made["conditions"].iter_rows(named=True)
        if row["n_converged"] < 2
    ]
    failed += [
        f"{unit.condition.label}, {unit.name}: not trained" for unit in missing_units(plan, store)
    ]
    return RunResult(
        store=store,
        outcomes=dict(outcomes),
        verdicts=dict(made["expectations"].select("text", "verdict").iter_rows()),
        failed=tuple(failed),
        warnings=tuple(made["notes"]["note"].to_list()),
    )


def _refuse_stale(plan: Plan, store: Store) -> None:
    stale = stale_units(plan, store)
    if not stale:
        return
    folders = [f"units/{one}" for one in sorted({unit.condition.id for unit in stale})]
    named = ", ".join(folders[:3]) + (" …" if folders[3:] else "")
    raise StoreError(
        f"{len(stale)} networks in {store.root} were trained by code that gives other results now, "
        f"so they cannot be compared with new ones. Give another --out, or delete {named} to train "
        "them again."
    )


def _conflict(store: Store, pinned: dict[str, Any], here: dict[str, Any]) -> str:
    differing = "\n".join(
        f"  {name}: {pinned.get(name)!r} there, {value!r} here"
        for name, value in here.items()
        if pinned.get(name) != value
    )
    return (
        f"{store.root} was begun elsewhere or otherwise, which can change results:\n{differing}\n"
        "Run where it was begun, give another --out, or accept the mixture with --mixed."
    )


def _git_state(path: Path | None) -> dict[str, Any] | None:
    """Commit and cleanliness of the folder that the spec lies in, where git tracks it."""
    if path is None:
        return None

    def git(*words: str) -> str:
        command = ["git", "-C", str(path.absolute().parent), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        return {"commit": git("rev-parse", "HEAD"), "clean": not git("status", "--porcelain")}
    except (OSError, subprocess.CalledProcessError):
        return None
