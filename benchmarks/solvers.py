"""What solvers and private noise cost in training: one gradient each, in units of Euler's.

Words pick cases that contain them: `python benchmarks/solvers.py heun`. Euler's is always timed.
"""

import argparse
import time
from typing import Any

import jax
import jax.numpy as jnp
import jax.random as jr

from degendsl.spec import kinds
from degendsl.training._loss import loss_of
from degendsl.vocabulary import model_of, task_of

CASES: dict[str, tuple[kinds.Solver, float]] = {
    "euler": (kinds.Euler(), 0.0),
    "euler with noise": (kinds.Euler(), 0.1),
    "heun": (kinds.Heun(), 0.0),
    "heun with noise": (kinds.Heun(), 0.1),
    "tsit5, rtol 1e-3": (kinds.Tsit5(rtol=1e-3, atol=1e-4), 0.0),
    "dopri5, rtol 1e-3": (kinds.Dopri5(rtol=1e-3, atol=1e-4), 0.0),
}


def gradient(solver: kinds.Solver, noise: float) -> Any:
    """A compiled gradient of 32 trials of 50 steps of 64 units, ready to call."""
    science = kinds.Science(
        task=kinds.FlipFlop(duration=50.0),
        model=kinds.RateModel(units=64, time_constant=5.0, noise=noise),
        solver=solver,
        train=kinds.Train(),
        numerics=kinds.Numerics(),
    )
    model, trials = model_of(science), task_of(science).trials(jr.key(0), 32)
    parameters = model.initial(jr.key(1))
    one = jax.jit(jax.grad(lambda p, key: loss_of(p, model, trials, None, key)[0]))
    jax.block_until_ready(one(parameters, jr.key(2)))
    return lambda: jax.block_until_ready(one(parameters, jr.key(2)))


def main() -> None:
    """Time all cases in turns, so that a busy machine is busy for all; print the best of each."""
    parser = argparse.ArgumentParser(description="Times solvers in training.")
    parser.add_argument("word", nargs="*", default=[""], help="cases whose names contain one")
    words = parser.parse_args().word
    chosen = [name for name in CASES if name == "euler" or any(word in name for word in words)]
    calls = {name: gradient(*CASES[name]) for name in chosen}
    best = dict.fromkeys(calls, float(jnp.inf))
    for _ in range(20):
        for name, call in calls.items():
            begun = time.perf_counter()
            call()
            best[name] = min(best[name], time.perf_counter() - begun)
    for name, seconds in best.items():
        print(f"{name:<20} {1000 * seconds:8.1f} ms   {seconds / best['euler']:5.1f} × euler")


if __name__ == "__main__":
    main()
