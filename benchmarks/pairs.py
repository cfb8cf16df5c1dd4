"""What measuring a condition costs from 10 to 10,000 networks: seconds, and the most memory.

    python benchmarks/pairs.py [--units 16] [--most 2000] [NETWORKS …]

Networks are drawn at random and written as a study's files are; then everything that `degendsl
report` measures is measured, three levels with null, cross and untrained references, and the
tables are made: no twins for a floor, no grid of settings. Each line is a process of its own.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from degendsl.planning import Plan, make_plan
from degendsl.spec import parse_spec
from degendsl.store import Store
from degendsl.store._files import pack

SPEC = """\
degendsl: 1
study: {{name: many}}
task: {{kind: flip_flop, channels: 1, duration: 24}}
model: {{units: {units}}}
networks: {{count: {networks}}}
measure:
  trials: {{count: 16}}
  dynamics: {{kind: dsa, delays: 3, rank: 8}}
  weights: {{kind: pif, starts: 5}}
  floor: {{networks: 0}}
  pairs: {{max: {most}}}
"""
EPOCHS = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--units", type=int, default=16)
    parser.add_argument("--most", type=int, default=2000)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("networks", type=int, nargs="*", default=[10, 100, 1000, 10_000])
    given = parser.parse_args()
    if given.alone:
        one(given.networks[0], given.units, given.most)
        return
    print(f"{given.units} units, at most {given.most} pairs, 16 trials × 24 steps")
    print("networks  all pairs  compared  measuring   tables  memory", flush=True)
    for networks in given.networks:
        words = ["--alone", "--units", str(given.units), "--most", str(given.most), str(networks)]
        subprocess.run([sys.executable, __file__, *words], check=True)


def one(networks: int, units: int, most: int) -> None:
    from degendsl import training
    from degendsl.analysis import tables
    from degendsl.measuring import measure_study

    training.prepare_devices()
    plan = make_plan(parse_spec(SPEC.format(networks=networks, units=units, most=most)))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        write(plan, store, units)
        begun = time.perf_counter()
        measured = measure_study(plan, store)
        done = time.perf_counter()
        made = tables(plan, measured)
        ended = time.perf_counter()
    (row,) = made["degeneracy"].filter(metric="dsa", at="end").to_dicts()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{networks:8d} {networks * (networks - 1) // 2:10d} {row['n_pairs']:9d} "
        f"{done - begun:8.1f} s {ended - done:6.1f} s {peak:4.1f} GB",
        flush=True,
    )


def write(plan: Plan, store: Store, units: int) -> None:
    """As many networks as are planned, each with its parameters at three times and its losses."""
    shapes = {
        "recurrent": (units, units),
        "input": (units, 1),
        "bias": (units,),
        "readout": (1, units),
        "readout_bias": (1,),
    }
    for unit in plan.units:
        random = np.random.default_rng(unit.seed)
        arrays: dict[str, np.ndarray] = {
            f"{at}/{name}": (random.uniform(-1, 1, shape) / np.sqrt(units)).astype(np.float32)
            for at in ("init", "threshold", "final")
            for name, shape in shapes.items()
        }
        arrays["loss"] = np.geomspace(1, 1e-3, EPOCHS)
        manifest = {
            "condition": unit.condition.id,
            "seed": unit.seed,
            "key": unit.key,
            "outcome": "converged",
            "epochs": EPOCHS,
        }
        # Not as the store does it, which waits for the disk each time.
        path = store.unit_path(unit.condition.id, unit.seed)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pack(arrays, manifest))


if __name__ == "__main__":
    main()
