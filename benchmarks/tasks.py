"""Train eight networks of every task with its defaults at 64 units, and print a table.

Prints, for each task, how many converge, after how many epochs, the MSE of their last epochs, and
the time it took: wall clock and processor seconds per core, which other work on the machine
disturbs less. With `--set`, other settings of one task:
`python benchmarks/tasks.py path_integration --set task.duration=100`.
"""

import argparse
import resource
import statistics
import tempfile
import time
from typing import get_args

import jax

from degendsl.planning import make_plan
from degendsl.spec import kinds, parse_spec
from degendsl.store import store_for
from degendsl.training import Report, prepare_devices, realisation, train_group

SPEC = """\
degendsl: 1
study: {{name: tasks}}
task: {{kind: {kind}}}
model: {{units: 64}}
networks: {{count: 8}}
measure: {{dynamics: {{delays: 5}}, floor: {{networks: 0}}}}
"""


def main() -> None:
    known = [task.__dataclass_fields__["kind"].default for task in get_args(kinds.Task)]
    parser = argparse.ArgumentParser(description="Trains networks of every task.")
    parser.add_argument("task", nargs="*", default=known, help=f"by default {', '.join(known)}")
    parser.add_argument("--set", action="append", default=[], dest="changes", metavar="PATH=VALUE")
    given = parser.parse_args()
    prepare_devices()
    cores = len(jax.devices())
    print("| task | converged | epochs | last MSE | wall clock | per core |")
    print("|---|---|---|---|---|---|")
    for kind in given.task:
        print(row(kind, cores, given.changes), flush=True)


def row(kind: str, cores: int, changes: list[str]) -> str:
    spec = parse_spec(SPEC.format(kind=kind), overrides=changes)
    epochs: list[int] = []
    losses: list[float] = []

    def hear(report: Report) -> None:
        if report.outcome is not None:
            losses.append(report.loss)
        if report.outcome == "converged":
            epochs.append(report.epoch)

    begun, used = time.monotonic(), _processor_seconds()
    with tempfile.TemporaryDirectory() as folder:
        store = store_for(spec.study.name, spec.folder_hash, folder)
        for group in make_plan(spec).groups():
            train_group(group, spec.networks, store, realisation(8 // cores), report=hear)
    wall, each = time.monotonic() - begun, (_processor_seconds() - used) / cores
    span = f"{min(epochs)}–{max(epochs)}, median {statistics.median(epochs):g}" if epochs else "–"
    last = f"{min(losses):.2g}–{max(losses):.2g}"
    count = f"{len(epochs)} of {spec.networks.count}"
    return f"| {kind} | {count} | {span} | {last} | {wall:.0f} s | {each:.0f} s |"


def _processor_seconds() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime


if __name__ == "__main__":
    main()
