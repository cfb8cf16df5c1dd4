"""Speed and accuracy of DSA and of the permutation distance, side by side with their peers.

    python benchmarks/measures.py --peer PYTHON --accelerator

PYTHON is one that has dsa-metric, in an environment of its own (see README.md); without it only
our times are printed. Each pair of timings is taken in turn on the same states, and a ratio is of
times per pair, embedding and operators included: the peer compares fewer networks for its time.
--accelerator minimises also where JAX computes by default, which may be the processor.
"""

import argparse
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import quadratic_assignment
from threadpoolctl import threadpool_limits

from degendsl import metrics

FIXTURES = Path(__file__).parent.parent / "tests" / "fixtures"
PEER = Path(__file__).parent / "dsa_peer.py"
# (rank, delays, networks of ours, networks of the peer's), at 64 units and 32 × 100 samples.
DSA = ((10, 5, 16, 4), (30, 10, 16, 3))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", help="a Python that has dsa-metric")
    parser.add_argument("--accelerator", action="store_true", help="time JAX beside NumPy")
    asked = parser.parse_args()
    angles()
    for setting in DSA:
        dsa(*setting, asked.peer)
    if asked.accelerator:
        accelerator()
    for units in (64, 128, 256):
        permutation(units)
    condition()


def angles() -> None:
    with np.load(FIXTURES / "dsa.npz") as archive:
        operators, best = archive["operators"], archive["best_angular"]
    pairs = [(i, j) for i in range(16) for j in range(i)]
    found, taken = timed(lambda: metrics.operator_distances(operators, pairs))
    above = max(d - best[pair] for d, pair in zip(found.distance, pairs, strict=True))
    print(f"DSA, rank 10, operators given: {taken / len(pairs) * 1e3:.1f} ms a pair")
    print(f"  highest above the best known angle: {above:.1e} rad")


def dsa(rank: int, delays: int, ours: int, theirs: int, peer: str | None) -> None:
    states = driven(ours, units=64, trials=32, steps=100)
    _, taken = timed(lambda: metrics.dsa_distances(states, delays=delays, rank=rank))
    each = taken / (ours * (ours - 1) / 2)
    print(f"DSA, rank {rank}, {delays} delays, 64 units: {each * 1e3:.1f} ms a pair, all included")
    if peer is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        np.save(path := f"{folder}/states.npy", states[:theirs])
        command = [peer, str(PEER), path, str(delays), str(rank)]
        # Its interpreter must not find our packages.
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    reference = float(done.stdout.split()[-1]) / (theirs * (theirs - 1) / 2)
    print(f"  dsa-metric: {reference * 1e3:.0f} ms a pair, {reference / each:.0f} × as long")


def accelerator(networks: int = 25) -> None:
    """The minimisation alone, once more after it has been compiled."""
    import jax

    from degendsl.training import prepare_devices

    prepare_devices()
    devices = f"{jax.device_count()} × {jax.devices()[0].device_kind}"
    states = driven(networks, units=64, trials=32, steps=100)
    pairs = [(i, j) for i in range(networks) for j in range(i)]
    for rank, delays in ((10, 5), (30, 10)):
        operators = metrics.dsa_operators(states, delays=delays, rank=rank).matrices
        compare = partial(metrics.operator_distances, operators, pairs)
        threads, ours = timed(compare)
        again = partial(compare, accelerator=True)
        _, first = timed(again)
        found, taken = timed(again)
        differing = np.mean(np.abs(found.distance - threads.distance) > 1e-6)
        print(f"minimisation, rank {rank}, {len(pairs)} pairs: {ours:.1f} s in threads")
        print(f"  JAX on {devices}: {taken:.1f} s and {first - taken:.1f} s to compile")
        print(f"  {differing:.1%} of pairs differ by more than 1e-6 rad")


def permutation(units: int, pairs: int = 4) -> None:
    """Unrelated pairs one after the other, each on one thread, from the default starts and as many.

    Threads of the linear algebra only get in each other's way in products as small as these.
    """
    starts = metrics.default_starts(units)
    ours, theirs, higher = np.zeros((3, pairs))
    for index in range(pairs):
        a, b = np.random.default_rng(index).standard_normal((2, units, units))
        match, ours[index] = timed(lambda a=a, b=b: metrics.match_units(a, b))
        with threadpool_limits(1):
            inner, theirs[index] = timed(lambda a=a, b=b: scipy_faq(a, b, starts))
        distance = np.sqrt((a**2).sum() + (b**2).sum() - 2 * inner)
        higher[index] = distance / match.distance - 1
    print(f"permutation, {units} units, {starts} starts: {ours.mean() * 1e3:.0f} ms a pair")
    print(f"  scipy's FAQ with as many: {(theirs / ours).mean():.1f} × as long", end="")
    print(f", and {higher.mean():.1%} higher")


def scipy_faq(a: np.ndarray, b: np.ndarray, starts: int) -> float:
    found = []
    for index in range(starts):
        options: dict[str, Any] = {"maximize": True, "P0": "randomized" if index else "barycenter"}
        options["rng"] = np.random.default_rng(index)
        found.append(quadratic_assignment(a, b, options=options).fun)
    return max(found)


def condition() -> None:
    """50 networks of 128 units, 64 trials × 100 steps: one condition, by hand."""
    states = driven(50, units=128, trials=64, steps=100)
    random = np.random.default_rng(1)
    weights = random.uniform(-1, 1, (50, 128, 128)) / np.sqrt(128)
    losses = random.lognormal(size=50)
    _, behavior = timed(lambda: metrics.loss_summary(losses))
    _, weight = timed(lambda: metrics.pif_distances(weights))
    print(f"50 networks of 128 units, behaviour {behavior:.1f} s, weights {weight:.1f} s")
    for delays, rank in ((10, 10), (20, 30)):
        _, dynamics = timed(partial(metrics.dsa_distances, states, delays=delays, rank=rank))
        total = behavior + weight + dynamics
        print(f"  dynamics, {delays} delays, rank {rank}: {dynamics:.1f} s; in all {total:.0f} s")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"  {memory:.1f} GB at most")


def driven(networks: int, *, units: int, trials: int, steps: int) -> np.ndarray:
    """States of random networks, all driven by the same inputs: float32, as a study's are."""
    random = np.random.default_rng(0)
    inputs = random.standard_normal((trials, steps, 3))
    states = np.zeros((networks, trials, steps, units), np.float32)
    for index in range(networks):
        recurrent = 1.2 * random.standard_normal((units, units)) / np.sqrt(units)
        into = random.standard_normal((3, units))
        x = np.zeros((trials, units))
        for t in range(steps):
            x = 0.8 * x + 0.2 * (np.tanh(x) @ recurrent.T + inputs[:, t] @ into)
            states[index, :, t] = x
    return states


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.perf_counter()
    return call(), time.perf_counter() - begun


if __name__ == "__main__":
    main()
