"""Train eight networks of every task with its defaults at 64 units, and print a table.

Prints, for each task, how many converge, after how many epochs, and the time it took: wall clock
and processor seconds per core, which other work on the machine disturbs less.
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
    given = parser.parse_args()
    prepare_devices()
    cores = len(jax.devices())
    print("| task | converged | epochs | wall clock | per core |\n|---|---|---|---|---|")
    for kind in given.task:
        print(row(kind, cores), flush=True)


def row(kind: str, cores: int) -> str:
    spec = parse_spec(SPEC.format(kind=kind))
    epochs: list[int] = []

    def hear(report: Report) -> None:
        if report.outcome == "converged":
            epochs.append(report.epoch)

    begun, used = time.monotonic(), _processor_seconds()
    with tempfile.TemporaryDirectory() as folder:
        store = store_for(spec.study.name, spec.folder_hash, folder)
        for group in make_plan(spec).groups():
            train_group(group, spec.networks, store, realisation(8 // cores), report=hear)
    wall, each = time.monotonic() - begun, (_processor_seconds() - used) / cores
    span = f"{min(epochs)}–{max(epochs)}, median {statistics.median(epochs):g}" if epochs else "–"
    return f"| {kind} | {len(epochs)} of 8 | {span} | {wall:.0f} s | {each:.0f} s |"


def _processor_seconds() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime


if __name__ == "__main__":
    main()
