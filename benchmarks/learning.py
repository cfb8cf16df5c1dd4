"""Time and memory of what is recorded of learning: 128 units, 100 steps, 512 rows, 64 test trials.

Each network is compared with itself before training; the first is left out of the time, since it
compiles the program that all others use.
"""

import os

os.environ.setdefault("EQX_ON_ERROR", "nan")

import resource
import statistics
import time

import jax
import jax.random as jr
import numpy as np

from degendsl import metrics
from degendsl.measuring import _evaluate
from degendsl.measuring._learning import alignments, kernel_rows
from degendsl.models import to_arrays
from degendsl.planning import make_plan
from degendsl.spec import parse_spec
from degendsl.training import prepare_devices
from degendsl.vocabulary import model_of

SPEC = """\
degendsl: 1
study: {name: benchmark}
task: {kind: flip_flop, channels: 3, duration: 100}
model: {units: 128}
"""
NETWORKS = 8


def main() -> None:
    prepare_devices()
    spec = parse_spec(SPEC)
    science = make_plan(spec).conditions[0].science
    model = model_of(science)
    trials = _evaluate.test_trials(_evaluate.condition_task(science), spec.measure.trials)
    rows = kernel_rows(np.asarray(trials.mask), spec.measure.trials.seed)
    kernel: list[float] = []
    matrix: list[float] = []
    for seed in range(NETWORKS + 1):
        before, after = (model.initial(jr.key(2 * seed + i)) for i in range(2))
        begun = time.perf_counter()
        with jax.default_matmul_precision("highest"):
            alignments(model, after, before, trials.inputs, rows)
        kernel.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        for weights in (to_arrays(before)["recurrent"], to_arrays(after)["recurrent"]):
            metrics.spectral_radius(weights)
            metrics.effective_rank(weights)
            metrics.sparsity(weights)
        matrix.append(time.perf_counter() - begun)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"kernel alignment: {statistics.median(kernel[1:]):.2f} s a network")
    print(f"numbers of its matrix, before and after: {statistics.median(matrix[1:]) * 1e3:.0f} ms")
    print(f"most memory held by the process: {peak:.2f} GiB")


if __name__ == "__main__":
    main()
