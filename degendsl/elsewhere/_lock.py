"""The lock of a measurement: what was read, what was asked for, how networks were compared."""

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from degendsl.errors import InputError
from degendsl.measuring import GivenMeasures, Group
from degendsl.planning import intervals
from degendsl.spec import kinds, printable
from degendsl.store import Store
from degendsl.version import __version__

from ._paths import files_of

LOCK_KIND = "measured"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked for, of which files.

    inputs, untrained: of the networks and of what they were before training, see `identities`.
    measure: its first entries. unused: what files hold besides.
    """

    inputs: Sequence[Mapping[str, Any]]
    untrained: Sequence[Mapping[str, Any]]
    measure: kinds.Measure
    title: str | None
    unused: Sequence[str]


def lock(
    store: Store,
    asked: Asked,
    groups: Sequence[Group],
    before: Mapping[str, Any],
    found: GivenMeasures | None = None,
) -> dict[str, Any]:
    """What was read and how it was compared, in the words that the page looks for."""
    there = {level for one in found.groups for level, _ in one.levels} if found else set()
    dsa, pif = asked.measure.dynamics[0], asked.measure.weights[0]
    measure = {"dynamics": asdict(dsa), "weights": asdict(pif)}
    chosen: dict[str, Any] = {"pairs": {"max": asked.measure.pairs.max}}
    if asked.measure.sensitivity:
        chosen["sensitivity"] = {
            key: [*values] for key, values in asked.measure.sensitivity.items()
        }
    early = {"untrained": list(asked.untrained)} if asked.untrained else {}
    title = printable(asked.title or "Networks from elsewhere")
    study = {"name": printable(store.root.resolve().name), "title": title}
    made_of = json.dumps([asked.inputs, measure, chosen, *early.values()], sort_keys=True)
    return {
        "format": 1,
        "kind": LOCK_KIND,
        "degendsl": __version__,
        "created": before.get("created") or datetime.now(UTC).isoformat(timespec="seconds"),
        "folder_hash": hashlib.sha256(made_of.encode()).hexdigest()[:12],
        "inputs": list(asked.inputs),
        **early,
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
    new = [one.entry for one in found.ranks] if found else []
    asked = [one["asked"] for one in new]
    kept = [one for one in entries if isinstance(one, dict) and one.get("asked") not in asked]
    return [*kept, *new] if new else entries


def _methods(asked: Asked, found: GivenMeasures, there: set[str]) -> list[str]:
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
        said.append(f"Dynamics: {asked.measure.dynamics[0].sentence('steps')}.")
        if found.rank:
            said.append(found.rank.sentence)
    if "weights" in there:
        said.append(f"Weights: {asked.measure.weights[0].sentence()}.")
    if asked.untrained:
        said.append("Beside each value stands that of the same networks before training.")
    if asked.measure.sensitivity:
        grid = "; ".join(
            f"{key} {', '.join(f'{v:g}' if isinstance(v, float) else str(v) for v in values)}"
            for key, values in asked.measure.sensitivity.items()
        )
        said.append(f"The same was measured under every combination of other settings ({grid}).")
    if there:
        subset = asked.measure.pairs.max is not None
        said += intervals(losses="behavior" in there, subset=subset)
    return said


def identities(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """What each file is known by, also of those in folders."""
    return [_identity(path) for path in files_of(paths)]


def _identity(path: Path) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {"file": printable(str(path)), "sha256": digest, "bytes": path.stat().st_size}
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
